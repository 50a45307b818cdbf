// The entry ehealth-bcp/testing, for tests and drills. In Node: endpoints that fail on command, and catalogues signed
// by a drill authority. Everywhere: a client that plays, and the authority whose keys answer later.
export { createDrillAuthority } from './authority.js';
export { createFakeClient } from './fakeclient.js';
export { startFaultServer } from './faultserver.js';
export { soapAnswer, soapFault } from './soap.js';
export type * from './types.js';
export { createDrillAuthorityAsync } from './webauthority.js';
