import { json } from '../base/bytes.js';
import * as want from '../base/kinds.js';
import { seenOf } from '../base/moment.js';
import { Database, request } from './idb.js';
import type { BcpEvent, ServiceState } from '../types.js';

/** A catalogue as it is kept: the signed octets and when they were accepted. What they say is read from them again. */
export interface StoredCatalogue {
  octets: Uint8Array<ArrayBuffer>;
  /** Of the ServiceList; only to compare before a write. */
  issueInstantMs: number;
  /**
   * When the octets were first accepted: the moment of judgement at later starts. 0: unknown, then it is IssueInstant.
   */
  acceptedAtMs: number;
  /** When a source last confirmed that this is its newest. */
  checkedAtMs: number;
}

/**
 * Why a kept catalogue cannot be used: it is damaged, or older than the one in use; or others may use it: its signer is
 * one whom this client does not trust, and another release with another anchor may. Then it becomes the one before.
 */
export type Refusal = 'useless' | 'others';

/** Makes the state to keep of the one that is kept; nothing when there is none to keep. */
export type Merge = (kept: ServiceState | undefined) => ServiceState | undefined;

const current = 'current';
const previous = 'previous';
const maxLogEntries = 500; // two days of a bad outage; a helpdesk reads the last hours

/**
 * What must survive a restart: the last good catalogue, the state of each service, the event log.
 *
 * No answers are here: those are patient data and have a database of their own.
 * Every method may fail with `storage-unavailable` or `storage-quota`.
 */
export interface Store {
  /** Called when a record is read that is none. */
  onDrop: () => void;
  /** Called when all that was kept may be gone. */
  onLost?: () => void;
  /** Returns the catalogues kept, newest first: at most the current one and the one before it. */
  catalogues(): Promise<StoredCatalogue[]>;
  /**
   * Keeps `next`, unless what is kept outdoes it. The one before stays until `confirm` at least. `refusal` tells why
   * the caller cannot use the record with these octets: it is replaced, whatever it says.
   */
  putCatalogue(next: StoredCatalogue, refusal: (kept: StoredCatalogue) => Refusal | undefined): Promise<boolean>;
  /** The current catalogue was read back and verified: the one before it may go. */
  confirm(): Promise<unknown>;
  states(): Promise<Map<string, ServiceState>>;
  /** Replaces the state of a service by what `merge` makes of it, unless that is nothing; returns that. */
  mergeState(service: string, merge: Merge): Promise<ServiceState | undefined>;
  /** Adds a line to the log, or replaces the one of that key; returns its key. */
  keepEvent(event: BcpEvent, key: number | undefined): Promise<number | undefined>;
  log(): Promise<BcpEvent[]>;
  /** Deletes everything. */
  destroy(): Promise<void>;
  close(): void;
}

/** Whether what is kept is newer than `next`, or differs at the same instant. */
export function isOutdone(next: StoredCatalogue, kept: StoredCatalogue): boolean {
  const aheadMs = kept.issueInstantMs - next.issueInstantMs;
  return aheadMs > 0 || (aheadMs === 0 && !sameOctets(kept.octets, next.octets));
}

/** The store of a page: IndexedDB. */
export class IndexedStore implements Store {
  readonly #db: Database;
  onDrop: () => void = () => {};
  onLost: () => void = () => {};

  constructor(namespace: string) {
    this.#db = new Database(`ehealth-bcp:${namespace}`, (db) => {
      db.createObjectStore('catalogue');
      db.createObjectStore('state');
      db.createObjectStore('log', { autoIncrement: true });
    });
    this.#db.onLost = () => this.onLost();
  }

  catalogues(): Promise<StoredCatalogue[]> {
    return this.#db.transact('readonly', ['catalogue'], async (tx) => {
      const records = tx.objectStore('catalogue');
      const kept = await Promise.all([request(records.get(current)), request(records.get(previous))]);
      return this.#readable(kept, catalogueOf);
    });
  }

  /** One read-compare-write in one transaction, so two tabs cannot replace a newer one by an older one. */
  putCatalogue(next: StoredCatalogue, refusal: (kept: StoredCatalogue) => Refusal | undefined): Promise<boolean> {
    return this.#db.transact('readwrite', ['catalogue'], async (tx) => {
      const records = tx.objectStore('catalogue');
      const kept = catalogueOf(await request(records.get(current)));
      const why = kept && refusal(kept);
      if (kept && why === 'others') {
        await request(records.put(kept, previous));
      } else if (kept && !why) {
        if (isOutdone(next, kept)) return false;
        if (kept.issueInstantMs < next.issueInstantMs) await request(records.put(kept, previous));
        else next.checkedAtMs = Math.max(next.checkedAtMs, kept.checkedAtMs); // this tab slept, others checked since
      }
      await request(records.put(next, current));
      return true;
    });
  }

  confirm(): Promise<unknown> {
    return this.#db.transact('readwrite', ['catalogue'], (tx) => request(tx.objectStore('catalogue').delete(previous)));
  }

  states(): Promise<Map<string, ServiceState>> {
    return this.#db.transact('readonly', ['state'], async (tx) => {
      const records = tx.objectStore('state');
      const [ids, states] = await Promise.all([request(records.getAllKeys()), request(records.getAll())]);
      return new Map(ids.map((id, i) => [String(id), states[i] as ServiceState]));
    });
  }

  mergeState(service: string, merge: Merge): Promise<ServiceState | undefined> {
    return this.#db.transact('readwrite', ['state'], async (tx) => {
      const records = tx.objectStore('state');
      const merged = merge((await request(records.get(service))) as ServiceState | undefined);
      if (merged) await request(records.put(merged, service));
      return merged;
    });
  }

  keepEvent(event: BcpEvent, key: number | undefined): Promise<number> {
    return this.#db.transact('readwrite', ['log'], async (tx) => {
      const records = tx.objectStore('log');
      const last = (await request(records.put(event, key))) as number;
      // Not with a cursor: Safari stops deleting while it iterates.
      if (last > maxLogEntries) await request(records.delete(IDBKeyRange.upperBound(last - maxLogEntries)));
      return last;
    });
  }

  async log(): Promise<BcpEvent[]> {
    const all: unknown[] = await this.#db.transact('readonly', ['log'], (tx) =>
      request(tx.objectStore('log').getAll()),
    );
    return this.#readable(all, eventOf);
  }

  destroy(): Promise<void> {
    return this.#db.destroy();
  }

  close(): void {
    this.#db.close();
  }

  #readable<T>(records: unknown[], read: (record: unknown) => T | undefined): T[] {
    return records.flatMap((record) => {
      const value = read(record);
      if (value === undefined && record !== undefined) this.onDrop();
      return value ?? [];
    });
  }
}

export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

/** A catalogue, when the record is one. The octets prove themselves; a moment that was not seen is unknown: 0. */
function catalogueOf(record: unknown): StoredCatalogue | undefined {
  const { octets, issueInstantMs, acceptedAtMs, checkedAtMs } = Object(record) as Partial<StoredCatalogue>;
  if (!(octets instanceof Uint8Array)) return undefined;
  return {
    octets,
    issueInstantMs: seenOf(issueInstantMs),
    acceptedAtMs: seenOf(acceptedAtMs),
    checkedAtMs: seenOf(checkedAtMs),
  };
}

/** A line of the log, when the record is one; of its members, what JSON can hold. */
function eventOf(record: unknown): BcpEvent | undefined {
  try {
    const event = JSON.parse(json(record)) as BcpEvent;
    const { atMs, type } = event;
    return typeof atMs === 'number' && want.date.is(new Date(atMs)) && typeof type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
