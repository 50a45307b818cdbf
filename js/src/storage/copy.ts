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
  async read(): Promise<StoredCatalogue | undefined> {
    return this.#attempt(async (cache) => {
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

  /** Replaces what is there. */
  async put({ octets, issueInstantMs, acceptedAtMs, checkedAtMs }: StoredCatalogue): Promise<void> {
    const moments = { issued: issueInstantMs, accepted: acceptedAtMs, checked: checkedAtMs };
    const headers = Object.entries(moments).map(([name, ms]): [string, string] => [name, String(ms)]);
    await this.#attempt((cache) => cache.put(address, new Response(octets, { headers })));
  }

  /** Deletes it. Errors: `storage-unavailable`; what the browser says. */
  async destroy(): Promise<void> {
    await settled(Promise.resolve(storage()?.delete(this.#name)), 'deleting the second copy');
  }

  async #attempt<T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    try {
      const caches = storage();
      return caches && (await settled(caches.open(this.#name).then(work), 'the second copy'));
    } catch {
      return undefined;
    }
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
