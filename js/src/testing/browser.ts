// The entry ehealth-bcp/testing where there is no Node: without what needs its sockets.
export { createFakeClient } from './fakeclient.js';
export { soapAnswer, soapFault } from './soap.js';
export type * from './types.js';
export { createDrillAuthorityAsync } from './webauthority.js';
