// For tests and drills, Node only: endpoints that fail on command, and catalogues signed by a drill authority.
export type { DrillAuthority, DrillList, DrillService, DrillSigning } from './authority.js';
export { createDrillAuthority } from './authority.js';
export type { Answer, Behaviour, FaultServer, Seen } from './faultserver.js';
export { soapAnswer, soapFault, startFaultServer } from './faultserver.js';
