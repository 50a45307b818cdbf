// The entry ehealth-bcp/testing where there is no Node: without what needs its sockets and keys.
export { createFakeClient } from './fakeclient.js';
export { soapAnswer, soapFault } from './soap.js';
export type * from './types.js';
