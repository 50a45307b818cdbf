// A tab that is stuck while it holds a lock must not stop the others: all that a lock guards is also safe without it.
const lockTimeoutMs = 20_000;

/** What changed in IndexedDB. It carries no data: whoever hears it reads again, and verifies again. */
export type Change = 'catalogue' | 'state' | 'answers-cleared';

/**
 * The other tabs, workers and the service worker of the same application.
 *
 * Works without Web Locks (every tab leads, every tab refreshes) and without BroadcastChannel (`hears` is false).
 */
export class Tabs {
  readonly #prefix: string;
  readonly #channel: BroadcastChannel | undefined;
  readonly #closing = new AbortController();
  #leads = false;

  constructor(namespace: string, onChange: (change: Change) => void) {
    this.#prefix = `ehealth-bcp:${namespace}`;
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(this.#prefix);
    this.#channel.onmessage = (message: MessageEvent<unknown>) => {
      const change = message.data;
      if (change === 'catalogue' || change === 'state' || change === 'answers-cleared') onChange(change);
    };
    // Node only: a channel must not keep the process alive.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  /** Whether changes of other tabs arrive by themselves. */
  get hears(): boolean {
    return this.#channel !== undefined;
  }

  /** Whether this tab does the work that one tab does for all. */
  get leads(): boolean {
    return this.#leads;
  }

  tell(change: Change): void {
    if (!this.#closing.signal.aborted) this.#channel?.postMessage(change);
  }

  /** Calls `start` when this tab becomes the leader: at once, when the tab before it dies, or never. */
  async lead(start: () => void): Promise<void> {
    const { signal } = this.#closing;
    const leadUntilClosed = () => new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      this.#leads = true;
      signal.addEventListener('abort', () => resolve(), { once: true });
      start();
    });
    try {
      const held = locks()?.request(`${this.#prefix}:leader`, { signal }, leadUntilClosed);
      await (held ?? leadUntilClosed());
    } catch {
      // Closed while waiting, or a frame that may not use locks: then each tab is its own leader.
      if (!signal.aborted) await leadUntilClosed();
    } finally {
      this.#leads = false;
    }
  }

  /** Runs `work` while no other tab runs work of the same name, or after 20 s of waiting for one. */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    let started = false;
    const begin = () => {
      started = true;
      return work();
    };
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(lockTimeoutMs)]);
      const done = locks()?.request(`${this.#prefix}:${name}`, { signal }, begin);
      if (done) return await done;
    } catch (e) {
      if (started) throw e;
    }
    return begin();
  }

  close(): void {
    this.#closing.abort();
    this.#channel?.close();
  }
}

function locks(): LockManager | undefined {
  return globalThis.navigator?.locks;
}
