// What a browser ends because it leaves the page fails this soon after. Largest seen: 20 ms. Not every sign means that
// the page goes, so an error that comes later is an error of the network.
const leavingMs = 1_000;

/**
 * Watches whether the page is being left.
 *
 * WebKit and Firefox end a page's requests when the next page is asked for, long before `pagehide`, and with the error
 * of an endpoint that is down: there `beforeunload` is a sign, unless it came from a link that asks for no page
 * (mailto:, a download). Chromium ends them with the page. Close it: Firefox puts no page away that listens to
 * `beforeunload`.
 */
export class LeaveWatch {
  #signAt = -Infinity;
  #strayAt = -Infinity; // a click on a link that leads to no page
  readonly #ends: (() => void)[] = [];

  constructor() {
    // No signal: where a test has Node's fetch in a page of jsdom, the page refuses Node's signals.
    const on = (type: string, listener: (event: Event) => void): void => {
      globalThis.addEventListener?.(type, listener, true);
      this.#ends.push(() => globalThis.removeEventListener?.(type, listener, true));
    };
    on('pagehide', () => {
      this.#signAt = performance.now();
    });
    if (isChromium()) return;
    on('click', (event) => {
      if (isStray(event)) this.#strayAt = performance.now();
    });
    on('beforeunload', () => {
      if (performance.now() - this.#strayAt > leavingMs) this.#signAt = performance.now();
    });
  }

  get isLeaving(): boolean {
    return performance.now() - this.#signAt < leavingMs;
  }

  close(): void {
    for (const end of this.#ends) end();
  }
}

// Only Chromium has it, on https and loopback. Elsewhere beforeunload counts, as in the other engines.
function isChromium(): boolean {
  return globalThis.navigator !== undefined && 'userAgentData' in globalThis.navigator;
}

// By the path, since of a link in a shadow tree the target is its host.
function isStray(event: Event): boolean {
  const path = event.composedPath() as Partial<Element>[];
  const link = path.find((one) => one.matches?.('a[href]')) as HTMLAnchorElement | undefined;
  return link !== undefined && (link.hasAttribute('download') || !/^https?:$/.test(link.protocol));
}
