// For tests and drills, Node only: endpoints that fail on command, and catalogues signed by a drill authority.
export { createDrillAuthority } from './authority.js';
export { soapAnswer, soapFault, startFaultServer } from './faultserver.js';
export type * from './types.js';
