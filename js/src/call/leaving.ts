// What a browser ends because it leaves the page fails this soon after. Largest seen: 20 ms. Not every link leaves the
// page (a download, mailto:), so an error that comes later is an error of the network.
const leavingMs = 1_000;

/**
 * Watches whether the page is being left.
 *
 * WebKit and Firefox end a page's requests when the next page is asked for, long before `pagehide`, and with the error of
 * an endpoint that is down. Close it: Firefox puts no page away that listens to `beforeunload`.
 */
export class LeaveWatch {
  #signAt = -Infinity;
  readonly #closed = new AbortController();

  constructor() {
    for (const sign of ['beforeunload', 'pagehide']) {
      globalThis.addEventListener?.(sign, () => { this.#signAt = performance.now(); }, this.#closed);
    }
  }

  get isLeaving(): boolean {
    return performance.now() - this.#signAt < leavingMs;
  }

  close(): void {
    this.#closed.abort();
  }
}
