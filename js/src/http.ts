import { BcpError } from './errors.js';

// A body that says it is this short is read in one go, which is several times faster than its stream. Compressed, it can
// still be a thousand times longer than it says: 64 MiB at most.
const shortBytes = 64 << 10;

/** Reads a body up to `maxBytes`. Errors: `input-too-large`; what the stream reports when it breaks. */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = response.headers.get('content-length');
  if (!response.body || (announced !== null && Number(announced) <= shortBytes)) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new BcpError('input-too-large', `expected at most ${maxBytes} bytes from ${response.url}, got more`);
    }
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

/** How a limited piece of work ended. */
export type Ended<T> = { how: 'done'; value: T } | { how: 'failed'; error: unknown } | { how: 'late' } | { how: 'cancelled' };

/**
 * Runs `work` with a signal that fires after `timeoutMs` or when `cancel` fires, and says which came first.
 *
 * The reason is taken from what fired and not from the error: browsers name the errors differently, and a transport
 * of the application may ignore the signal altogether.
 */
export async function limited<T>(timeoutMs: number, cancel: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<Ended<T>> {
  const control = new AbortController();
  let isDone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onCancel = () => {};
  const stopped = new Promise<Ended<T>>((resolve) => {
    onCancel = () => resolve({ how: 'cancelled' });
    timer = setTimeout(() => resolve({ how: 'late' }), timeoutMs);
  });
  try {
    if (cancel?.aborted) return { how: 'cancelled' };
    cancel?.addEventListener('abort', onCancel);
    const finished = work(control.signal).then(
      (value): Ended<T> => ({ how: 'done', value }),
      (error: unknown): Ended<T> => ({ how: 'failed', error }),
    );
    const ended = await Promise.race([finished, stopped]);
    isDone = ended.how === 'done';
    return cancel?.aborted && ended.how === 'failed' ? { how: 'cancelled' } : ended;
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', onCancel);
    if (!isDone) control.abort();
  }
}
