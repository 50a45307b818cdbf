/** The longest that setTimeout takes. */
export const maxTimerMs = 2 ** 31 - 1;

// A timer that fires so late shows a page that stood still (a dialog, frozen, kept for the way back), and the answer
// may wait behind it: it gets so much longer.
const lateMs = 500;
const graceMs = 2_000;

/** How a limited piece of work ended. */
export type Ended<T> =
  { how: 'done'; value: T } | { how: 'failed'; error: unknown } | { how: 'late' } | { how: 'cancelled' };

/**
 * Runs `work` with a signal that fires after `timeoutMs` or when `cancel` fires, and says which came first.
 *
 * The reason is taken from what fired and not from the error: browsers name the errors differently, and a transport
 * of the application may ignore the signal altogether. `restart` gives the work its whole time again.
 */
export async function limited<T>(
  timeoutMs: number,
  cancel: AbortSignal | undefined,
  work: (signal: AbortSignal, restart: () => void) => Promise<T>,
): Promise<Ended<T>> {
  const control = new AbortController();
  let isDone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onCancel = () => {};
  let restart = () => {};
  const stopped = new Promise<Ended<T>>((resolve) => {
    onCancel = () => resolve({ how: 'cancelled' });
    restart = () => {
      clearTimeout(timer);
      const end = () => resolve({ how: 'late' });
      const dueAt = performance.now() + timeoutMs;
      timer = setTimeout(() => {
        if (performance.now() - dueAt < lateMs) end();
        else timer = setTimeout(end, graceMs);
      }, timeoutMs);
    };
    restart();
  });
  try {
    if (cancel?.aborted) return { how: 'cancelled' };
    cancel?.addEventListener('abort', onCancel);
    const finished = work(control.signal, restart).then(
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

/** Returns what does `work`, once at a time: what is asked for meanwhile is done once more, after. */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = () => {
    next = undefined;
    return work();
  };
  return () => (next ??= last = last.then(begin, begin));
}
