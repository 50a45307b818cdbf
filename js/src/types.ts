// The public types, kept by hand: their comments are the API reference. No code here.
export type {
  ClientErrorCode,
  ClientErrors,
  CoreErrorCode,
  CoreErrors,
  ErrorCode,
  FindingCode,
  Findings,
} from './codes.js';
export type * from './types/verdict.js';
export type * from './types/options.js';
export type * from './types/call.js';
export type * from './types/events.js';
export type * from './types/status.js';
export type * from './types/procedures.js';
export type * from './types/client.js';
