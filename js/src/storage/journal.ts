import { now } from '../base/moment.js';
import type { Store } from './store.js';
import type { BcpEvent, News, OfService } from '../types.js';

const maxEvents = 200; // of this tab; the store holds those of all tabs
const foldWithin = 8; // lines of a service, or of none: so many kinds of polls and calls may fail in turn

interface Line {
  what: string; // it says, whenever
  service: string | undefined;
  event: BcpEvent;
  key: Promise<number | undefined>; // of its record
}

// What is kept has no text of the application or of a stranger: our sentences quote it.
function unquoted(event: BcpEvent): BcpEvent {
  const kept = { ...event };
  if ('detail' in kept) kept.detail = kept.detail.replace(/"(\\.|[^"\\])*("|$)/gs, '"…"');
  return kept;
}

/** Tells listeners what happens and remembers it for a helpdesk. Holds no payloads and no identifiers of people. */
export class Journal {
  readonly #listeners = new Set<(event: BcpEvent) => void>();
  readonly #store: Store;
  readonly #ring: Line[] = []; // what happened last at the end
  readonly #told = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  readonly report = (news: News): void => {
    if (news.type === 'storage-degraded' && !this.#isFirst(`${news.store} ${news.code}`)) return;
    const event = { atMs: now(), ...news } as BcpEvent;
    this.#remember(event, news);
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (e) {
        // A listener that throws must not break the call that it hears of. The page learns of it as of any uncaught
        // error.
        queueMicrotask(() => {
          throw e;
        });
      }
    }
  };

  /** Tells what no tab and no earlier start told, as far as the log goes back. */
  async reportOnce(news: News): Promise<void> {
    const what = JSON.stringify(news);
    if (!this.#isFirst(what)) return;
    const isTold = (await this.#store.log().catch(() => [])).some(
      ({ atMs, count, lastAtMs, ...old }) => JSON.stringify(old) === what,
    );
    if (!isTold) this.report(news);
  }

  // What happens again and again, as a poll that fails, is one line with a count: it must not push an outage out. Nor
  // must one service push out another: each is looked for among its own, and what goes on stays.
  #remember(event: BcpEvent, news: News): void {
    const { service } = news as Partial<OfService>;
    const what = JSON.stringify({ ...news, coolDownMs: 0 }); // which is spread at random
    const again = this.#ring
      .filter((one) => one.service === service)
      .slice(-foldWithin)
      .find((one) => one.what === what);
    const line = again ?? { what, service, event: unquoted(event), key: Promise.resolve(undefined) };
    if (again) {
      Object.assign(line.event, { count: (line.event.count ?? 1) + 1, lastAtMs: event.atMs });
      this.#ring.splice(this.#ring.indexOf(line), 1);
    }
    this.#ring.push(line);
    if (this.#ring.length > maxEvents) this.#ring.shift();
    // The ring has it; a broken store was reported by its other users.
    line.key = line.key.then((at) => this.#store.keepEvent(line.event, at)).catch(() => undefined);
  }

  subscribe(listener: (event: BcpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every event known, oldest first: of this tab from memory, of other tabs and earlier starts from the store. */
  async events(): Promise<BcpEvent[]> {
    const id = ({ count: _, lastAtMs: __, ...event }: BcpEvent) => JSON.stringify(event);
    const known = new Map((await this.#store.log().catch(() => [])).map((event) => [id(event), event]));
    for (const { event } of this.#ring) known.set(id(event), event); // its count is the newest
    return [...known.values()].sort((a, b) => a.atMs - b.atMs);
  }

  forget(): void {
    this.#ring.length = 0;
    this.#told.clear();
  }

  close(): void {
    this.#listeners.clear();
  }

  // A broken store fails at every use: saying so once is enough.
  #isFirst(what: string): boolean {
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    return true;
  }
}
