import { isOurs } from '../base/errors.js';
import { seenOf } from '../base/moment.js';
import { settled } from './idb.js';
import type { StoredCatalogue } from './store.js';

// A name that nobody can be asked for: the entry is never fetched.
const address = 'https://ehealth-bcp.invalid/catalogue';

/**
 * The second copy of the last good catalogue, in Cache Storage: there when IndexedDB was deleted, damaged or full.
 *
 * Shape: one entry; the moments are in its headers. Where there is no Cache Storage (Node, an insecure context), and
 * where it fails, it holds nothing and says nothing: it is only ever the second.
 * Source: docs/design.md#two-copies; Service Workers §5.4.
 */
export class Copy {
  readonly #name: string;

  constructor(namespace: string) {
    this.#name = `ehealth-bcp:${namespace}`;
  }

  /** Whether there is a place for it at all. */
  get isPossible(): boolean {
    return storage() !== undefined;
  }

  /** Returns what is there, unverified. */
  read(): Promise<StoredCatalogue | undefined> {
    return this.#kept().catch(() => undefined);
  }

  /**
   * Replaces what is there, and reads it back: a place that is damaged is deleted, and made anew.
   *
   * One that is full, or slow, stays as it is: what it holds can still be read. Returns whether it took it at once.
   */
  async put({ octets, issueInstantMs, acceptedAtMs, checkedAtMs }: StoredCatalogue): Promise<boolean | undefined> {
    const headers = { issued: `${issueInstantMs}`, accepted: `${acceptedAtMs}`, checked: `${checkedAtMs}` };
    const put = async (cache: Cache) => {
      await cache.put(address, new Response(octets, { headers }));
      return true;
    };
    const write = () => this.#open(put).catch(() => undefined);
    const isTaken = await write();
    await this.#kept().catch((e) => (isOurs(e) ? undefined : this.destroy().then(write, () => {})));
    return isTaken;
  }

  /** Deletes it. Errors: `storage-unavailable`; what the browser says. */
  async destroy(): Promise<void> {
    await this.#in((caches) => caches.delete(this.#name));
  }

  #kept(): Promise<StoredCatalogue | undefined> {
    return this.#open(async (cache) => {
      const kept = await cache.match(address);
      if (!kept) return undefined;
      const momentOf = (name: string) => seenOf(Number(kept.headers.get(name)));
      return {
        octets: new Uint8Array(await kept.arrayBuffer()),
        issueInstantMs: momentOf('issued'),
        acceptedAtMs: momentOf('accepted'),
        checkedAtMs: momentOf('checked'),
      };
    });
  }

  #open<T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    return this.#in((caches) => caches.open(this.#name).then(work));
  }

  async #in<T>(work: (caches: CacheStorage) => Promise<T>): Promise<T | undefined> {
    const caches = storage();
    return caches && settled(work(caches), 'the second copy');
  }
}

// Reading `caches` throws in sandboxed frames.
function storage(): CacheStorage | undefined {
  try {
    return globalThis.caches;
  } catch {
    return undefined;
  }
}
