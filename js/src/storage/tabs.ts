/** What changed in IndexedDB. It carries no data: whoever hears it reads again, and verifies again. */
export type Change = 'catalogue' | 'state' | 'answers-cleared';

/** Or that this page was put away when it was left, and is back as it was: it heard nothing in between. */
export type Heard = Change | 'back';

/**
 * The other tabs, workers and the service worker of the same application.
 *
 * Works without Web Locks (every tab leads, every tab refreshes) and without BroadcastChannel (`hears` is false).
 */
export class Tabs {
  readonly #prefix: string;
  readonly #channel: BroadcastChannel | undefined;
  readonly #closing = new AbortController();
  readonly #onChange: (change: Heard) => void;
  #here = new AbortController(); // until the page is put away, or the client closed
  #leads = false;
  #start: (() => void) | undefined;

  constructor(namespace: string, onChange: (change: Heard) => void) {
    this.#prefix = `ehealth-bcp:${namespace}`;
    this.#onChange = onChange;
    globalThis.addEventListener?.('pagehide', this.#onHide);
    globalThis.addEventListener?.('pageshow', this.#onShow);
    try {
      this.#channel = new BroadcastChannel(this.#prefix);
    } catch {
      return; // there is none, or the user keeps sites from storing
    }
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

  /** Calls `start` when this tab becomes the leader: at once, when the tab before it dies or is put away, or never. */
  lead(start: () => void): void {
    this.#start = start;
    void this.#lead(start, this.#here.signal);
  }

  async #lead(start: () => void, signal: AbortSignal): Promise<void> {
    const leadWhileHere = () =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        this.#leads = true;
        signal.addEventListener(
          'abort',
          () => {
            this.#leads = false;
            resolve();
          },
          { once: true },
        );
        start();
      });
    try {
      const held = locks()?.request(`${this.#prefix}:leader`, { signal }, leadWhileHere);
      await (held ?? leadWhileHere());
    } catch {
      // Gone while waiting, or a frame that may not use locks: then each tab is its own leader.
      if (!signal.aborted) await leadWhileHere();
    }
  }

  // Put away, a page does nothing. Chromium lets it keep its locks all the same, WebKit takes them away unasked.
  readonly #onHide = ({ persisted }: PageTransitionEvent) => {
    if (persisted) this.#here.abort();
  };

  readonly #onShow = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) return;
    this.#here = new AbortController();
    this.#onChange('back');
    if (this.#start) this.lead(this.#start);
  };

  /**
   * Runs `work` while no other tab runs work of the same name, or after `patienceMs` of waiting for one: a tab that is
   * stuck while it holds a lock must not stop the others, and all that a lock guards is also safe without it.
   */
  async exclusively<T>(name: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
    let working: Promise<T> | undefined;
    const begin = () => (working ??= work());
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs)]);
      await locks()?.request(`${this.#prefix}:${name}`, { signal }, begin);
    } catch {
      // Not granted, or taken away when the page was put away: the work goes on without. Or the work failed, as told
      // below.
    }
    return begin();
  }

  close(): void {
    globalThis.removeEventListener?.('pagehide', this.#onHide);
    globalThis.removeEventListener?.('pageshow', this.#onShow);
    this.#closing.abort();
    this.#here.abort();
    this.#channel?.close();
  }
}

function locks(): LockManager | undefined {
  return globalThis.navigator?.locks;
}
