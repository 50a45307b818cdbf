// What a browser ends because it leaves the page fails this soon after. Largest seen: 20 ms. Not every sign means that the
// page goes, so an error that comes later is an error of the network.
const leavingMs = 1_000;

/**
 * Watches whether the page is being left.
 *
 * WebKit and Firefox end a page's requests when the next page is asked for, long before `pagehide`, and with the error of
 * an endpoint that is down. A link to mailto: and a download ask for no page: they are no sign. Close it: Firefox puts no page
 * away that listens to `beforeunload`.
 */
export class LeaveWatch {
  #signAt = -Infinity;
  #strayAt = -Infinity; // a click on a link that leads to no page
  readonly #closed = new AbortController();

  constructor() {
    const leave = (): void => { this.#signAt = performance.now(); };
    const on = (target: EventTarget | undefined, type: string, listener: (event: Event) => void): void =>
      target?.addEventListener?.(type, listener, { capture: true, signal: this.#closed.signal });
    on(globalThis as unknown as EventTarget, 'pagehide', leave);
    // Where the browser says what it navigates to, nothing needs to be guessed.
    const { navigation } = globalThis as { navigation?: EventTarget };
    if (navigation) {
      on(navigation, 'navigate', (event) => { if (leadsAway(event as NavigateSign)) leave(); });
      return;
    }
    on(globalThis as unknown as EventTarget, 'click', (event) => { if (isStray(event)) this.#strayAt = performance.now(); });
    on(globalThis as unknown as EventTarget, 'beforeunload', () => { if (performance.now() - this.#strayAt > leavingMs) leave(); });
  }

  get isLeaving(): boolean {
    return performance.now() - this.#signAt < leavingMs;
  }

  close(): void {
    this.#closed.abort();
  }
}

interface NavigateSign extends Event {
  hashChange?: boolean;
  downloadRequest?: string | null;
  destination?: { url: string; sameDocument: boolean };
}

function leadsAway({ hashChange, downloadRequest, destination }: NavigateSign): boolean {
  return !hashChange && typeof downloadRequest !== 'string' && !destination?.sameDocument && /^https?:/.test(destination?.url ?? 'https:');
}

function isStray({ target }: Event): boolean {
  const link = (target as Partial<Element> | null)?.closest?.('a[href]') as HTMLAnchorElement | null | undefined;
  return link !== null && link !== undefined && (link.hasAttribute('download') || !/^https?:$/.test(link.protocol));
}
