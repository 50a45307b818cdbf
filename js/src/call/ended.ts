import { BcpError } from '../base/errors.js';
import type { Ended } from '../base/timing.js';
import type { Tried } from '../types.js';

/** The error of a call that its caller cancelled, or the browser for it. It has the name of what fetch throws. */
export function abortedBy(signal: AbortSignal | undefined, tried?: Tried[]): BcpError {
  const reason: unknown = signal?.reason;
  const text = signal?.aborted ? 'the caller cancelled the call' : 'the page is being left';
  const error = new BcpError('aborted', text, reason, tried);
  error.name = reason instanceof Error ? reason.name : 'AbortError';
  return error;
}

/** What was worked out in time. Errors: those of the work, `aborted`, `timeout`. */
export function valueOf<T>(ended: Ended<T>, signal: AbortSignal | undefined, tooLate: string): T {
  if (ended.how === 'done') return ended.value;
  if (ended.how === 'failed') throw ended.error;
  throw ended.how === 'late' ? new BcpError('timeout', tooLate) : abortedBy(signal);
}
