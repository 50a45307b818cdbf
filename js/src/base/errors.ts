import type { ErrorCode, News, Tried } from '../types.js';

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

const engines = /^(Compile|Link|Runtime)Error$/; // of WebAssembly: what they say is about our own file

/**
 * Why something failed, in words that may be stored: our own sentence, or of a stranger's error its kind alone, since
 * its text may be about a person. The error itself is the `cause`.
 */
export function whyOf(e: unknown): string {
  if (isBcpError(e)) return e.message;
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

/** The text of any error, for one that is thrown to whoever made it, and is not kept. */
export function messageOf(e: unknown): string {
  return textOf((Object(e) as { message?: unknown }).message) || textOf(e) || 'an error';
}
