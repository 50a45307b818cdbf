import type { ErrorCode, News, Tried } from '../types.js';

// Two copies of the package can be on one page, so an error is known by this mark and not by its class.
const mark = 'ehealth-bcp';

/** The only kind of error that this package throws: an `Error` with a stable `code`. */
export class BcpError extends Error {
  /** `BcpError`; of a cancelled call, what fetch throws has. */
  override name = 'BcpError'; // not assigned: a page may have frozen Error.prototype
  /** What failed. Branch on it, never on `message`. */
  readonly code: ErrorCode;
  /** The endpoints that the call tried, in order. */
  readonly tried: readonly Tried[];
  /** @internal */
  readonly bcp = mark;

  constructor(code: ErrorCode, detail: string, cause?: unknown, tried: readonly Tried[] = []) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.tried = tried;
  }
}

/** Tells whether `e` itself comes from this package, whichever copy of it made it. */
export function isOurs(e: unknown): e is BcpError {
  return e instanceof Error && (e as { bcp?: unknown }).bcp === mark;
}

/**
 * An error that is one of ours, or that some HTTP library made around one: `bcpErrorOf` gives ours. `code` and `tried`
 * are there when the library copied them.
 */
export interface AroundBcpError extends Error {
  /** Of ours, when the library copied it; else the library's own, or none. */
  readonly code?: ErrorCode;
  /** Of ours, when the library copied it. */
  readonly tried?: readonly Tried[];
}

/**
 * Tells whether `e` is an error of this package, whichever copy of it made it, or an error around one: HTTP libraries
 * wrap what their fetch throws. Its `code` is sure only in what {@link bcpErrorOf} returns.
 */
export const isBcpError = (e: unknown): e is AroundBcpError => !!bcpErrorOf(e);

/**
 * Returns the error of this package that `e` is, or that stands in its `cause` (in Angular: `error`), up to 8 deep;
 * undefined when there is none.
 */
export function bcpErrorOf(e: unknown): BcpError | undefined {
  try {
    for (let one = e as Read, left = 9; left--; one = (one.cause ?? one.error) as Read) {
      if (one.bcp === mark) return one as BcpError;
    }
  } catch {} // nothing is left to read, or it refuses to be read
  return undefined;
}

type Read = { bcp?: unknown; cause?: unknown; error?: unknown };

const engines = /^(Compile|Link|Runtime)Error$/; // of WebAssembly: what they say is about our own file

/**
 * Why something failed, in words that may be stored: our own sentence, or of a stranger's error its kind alone, since
 * its text may be about a person. The error itself is the `cause`.
 */
export function whyOf(e: unknown): string {
  if (isOurs(e)) return e.message;
  const { name, message, code, cause } = Object(e) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    cause?: unknown;
  };
  const kind = textOf(name);
  if (engines.test(kind)) return textOf(message).slice(0, 300);
  const codes = [code, (Object(cause) as { code?: unknown }).code].filter((one) =>
    /^E[A-Z]+$|^[A-Z]+_[A-Z_]+$/.test(textOf(one)),
  );
  return [/^[A-Z]\w{1,30}Error$/.test(kind) ? kind : 'an error', ...codes].join(' ');
}

// What is thrown may be anything, also what is no text and cannot be made one.
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The news that a stored record could not be read, and counts as absent. */
export function recordDropped(store: 'catalogue' | 'answers'): News {
  return { type: 'storage-degraded', store, code: 'record-dropped', detail: 'a record that cannot be read' };
}

/** What a store threw, as an error of ours. */
export const storageError = (e: unknown): BcpError =>
  isOurs(e) ? e : new BcpError('storage-unavailable', `the store failed: ${whyOf(e)}`, e);

/** The text of any error, for one that is thrown to whoever made it, and is not kept. */
export function messageOf(e: unknown): string {
  return textOf((Object(e) as { message?: unknown }).message) || textOf(e) || 'an error';
}

/** What a client says once it is closed. */
export const closed = (): BcpError => new BcpError('closed', 'the client is closed');
