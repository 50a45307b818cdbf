// What every entry exports.
export type { Asked, BareCalls, KeyRule, Listed, PlanOptions, ServiceRule, StylesheetRule, Switch } from './bare.js';
export { BcpError, bcpErrorOf, isBcpError, type AroundBcpError } from './base/errors.js';
export type * from './types.js';
