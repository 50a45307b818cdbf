import type { Store } from './store.js';
import type { BcpEvent, News } from '../types.js';

const maxEvents = 200; // of this tab; the store holds those of all tabs

/** Tells listeners what happens and remembers it for a helpdesk. Holds no payloads and no identifiers of people. */
export class Journal {
  readonly #listeners = new Set<(event: BcpEvent) => void>();
  readonly #store: Store;
  readonly #ring: BcpEvent[] = [];
  readonly #told = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  readonly report = (news: News): void => {
    if (news.type === 'storage-degraded' && !this.#isFirst(`${news.store} ${news.code}`)) return;
    const event = { atMs: Date.now(), ...news } as BcpEvent;
    this.#ring.push(event);
    if (this.#ring.length > maxEvents) this.#ring.shift();
    this.#store.appendLog(event).catch(() => {}); // the ring has it; a broken store was reported by its other users
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (e) {
        // A listener that throws must not break the call that it hears of. The page learns of it as of any uncaught error.
        queueMicrotask(() => { throw e; });
      }
    }
  };

  /** Tells what no tab and no earlier start told, as far as the log goes back. */
  async reportOnce(news: News): Promise<void> {
    const what = JSON.stringify(news);
    if (!this.#isFirst(what)) return;
    const isTold = (await this.#store.log().catch(() => [])).some(({ atMs, ...old }) => JSON.stringify(old) === what);
    if (!isTold) this.report(news);
  }

  subscribe(listener: (event: BcpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every event known, oldest first: of this tab from memory, of other tabs and earlier starts from the store. */
  async events(): Promise<BcpEvent[]> {
    const known = new Map(this.#ring.map((event) => [JSON.stringify(event), event]));
    for (const event of await this.#store.log().catch(() => [])) known.set(JSON.stringify(event), event);
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
