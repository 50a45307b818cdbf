import type { ErrorCode, Tried } from '../types.js';

// Two copies of the package can be on one page, so an error is known by this mark and not by its class.
const mark = 'ehealth-bcp.error';

/** The only kind of error that this package throws: an `Error` with a stable `code`. */
export class BcpError extends Error {
  /** What failed. Branch on it, never on `message`. */
  readonly code: ErrorCode;
  /** The endpoints that the call tried, in order. */
  readonly tried: readonly Tried[];
  /** @internal */
  readonly bcp = mark;

  constructor(code: ErrorCode, detail: string, cause?: unknown, tried: readonly Tried[] = []) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'BcpError';
    this.code = code;
    this.tried = tried;
  }
}

/** Tells whether `e` comes from this package, whichever copy of it made it. */
export function isBcpError(e: unknown): e is BcpError {
  return e instanceof Error && (e as { bcp?: unknown }).bcp === mark;
}

export function messageOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}
