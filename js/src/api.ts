// What every entry exports.
export type { BareCalls, KeyRule, PlanOptions } from './bare.js';
export { BcpError, bcpErrorOf, isBcpError, type AroundBcpError } from './base/errors.js';
export type * from './types.js';
