import { baseOf } from './request.js';

// A browser opens six connections to an origin over HTTP/1.1 and lets the other requests wait: Chromium's
// ClientSocketPool, Firefox's network.http.max-persistent-connections-per-server. Source: docs/design.md#browser-queue.
const connections = 6;
// Of an origin that several endpoints share, one that hangs must leave a connection to the others.
const perEndpoint = connections - 1;

/** A request's place in the line for its origin. */
export interface Place {
  /** Whether the request may go; false when the endpoint failed while it was held back, so that it never went. */
  readonly turn: Promise<boolean>;
  /** When the request left: it had an answer, or it failed, or its caller gave up. */
  leave(how: 'answered' | 'failed' | 'cancelled'): void;
}

interface Waiting {
  endpoint: string;
  isFront: boolean; // the browser can have sent it
  isOut: boolean; // it was handed to the browser
  made: number; // its number among those of the client
  mayPass?: number; // the last one made when it was first seen that the browser lets later ones go ahead of it
  restart(): void;
  go(mayGo: boolean): void;
}

/**
 * The requests of a client by their origin, in the order in which they were made.
 *
 * All are handed to the browser at once, since over HTTP/2 all can go. What waits there behind six others has its clock
 * set back whenever one ahead of it is answered, and when its own turn comes: that time is the browser's, not the
 * endpoint's. Where nothing is answered, the clocks run on.
 *
 * A browser need not keep the order: a request whose preflight is still to be made waits while those pass it that need
 * none. So a later answer of the same endpoint sets the clock back too, while there are enough requests out to wait
 * for; only answers to requests that were there at the first such answer do, so that no clock is held for ever.
 */
export class Lines {
  readonly #lines = new Map<string, Waiting[]>();
  readonly #isCounted: boolean;
  #made = 0;

  /** Only a browser has such a limit. */
  constructor(isCounted = globalThis.location !== undefined) {
    this.#isCounted = isCounted;
  }

  /** Whether so many requests are out at the address that the next one may have to wait for others. */
  isCrowded(address: string | URL): boolean {
    const { origin, href } = new URL(address, baseOf());
    return this.#isCounted && countOf(this.#lines.get(origin) ?? [], href) >= perEndpoint;
  }

  /** Joins the line for `address`. `isShared`: other endpoints are called at that origin too. */
  join(address: string | URL, isShared: boolean, restart: () => void): Place {
    const none: Place = { turn: Promise.resolve(true), leave: () => {} };
    if (!this.#isCounted) return none;
    const endpoint = new URL(address, baseOf());
    const line = this.#lines.get(endpoint.origin) ?? [];
    this.#lines.set(endpoint.origin, line);
    let go: (mayGo: boolean) => void = () => {};
    const turn = new Promise<boolean>((resolve) => {
      go = resolve;
    });
    const made = ++this.#made;
    const one: Waiting = { endpoint: endpoint.href, isFront: false, isOut: false, made, restart, go };
    const isHeld = isShared && countOf(line, one.endpoint) >= perEndpoint && !isMultiplexed(endpoint.origin);
    line.push(one);
    one.isFront = !isHeld && line.filter(({ isOut }) => isOut).length < connections;
    if (!isHeld) letGo(one);
    return { turn, leave: (how) => this.#leave(endpoint.origin, line, one, how) };
  }

  #leave(origin: string, line: Waiting[], one: Waiting, how: 'answered' | 'failed' | 'cancelled'): void {
    const at = line.indexOf(one);
    if (at < 0) return;
    line.splice(at, 1);
    if (!one.isOut) one.go(false);
    for (const other of one.isOut ? [...line] : []) {
      if (other.isOut || other.endpoint !== one.endpoint) continue;
      if (how === 'failed') {
        line.splice(line.indexOf(other), 1); // it never went: later answers must not count it
        other.go(false);
      } else if (countOf(line, other.endpoint) < perEndpoint) {
        letGo(other);
      }
    }
    const isCrowd = line.filter(({ isOut }) => isOut).length >= connections;
    let ahead = 0;
    for (const other of line) {
      const isFront = other.isFront || (other.isOut && ahead < connections);
      const isPassed = how === 'answered' && isCrowd && other.isOut && this.#passes(one, other);
      if (isPassed || (!other.isFront && (isFront || how === 'answered'))) other.restart();
      other.isFront = isFront;
      if (other.isOut) ahead++;
    }
    if (line.length === 0) this.#lines.delete(origin);
  }

  #passes(one: Waiting, other: Waiting): boolean {
    if (one.endpoint !== other.endpoint || one.made < other.made) return false;
    return one.made <= (other.mayPass ??= this.#made);
  }
}

function letGo(one: Waiting): void {
  one.isOut = true;
  one.go(true);
}

function countOf(line: Waiting[], endpoint: string): number {
  return line.filter((one) => one.isOut && one.endpoint === endpoint).length;
}

/** Whether a browser says that requests to the origin share one connection. It does not say so of every origin. */
function isMultiplexed(origin: string): boolean {
  const entries = globalThis.performance?.getEntriesByType?.('resource') as PerformanceResourceTiming[] | undefined;
  return (
    entries?.some(({ name, nextHopProtocol }) => /^h[23]/.test(nextHopProtocol) && new URL(name).origin === origin) ??
    false
  );
}
