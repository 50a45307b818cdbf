import { octets } from '../base/bytes.js';
import { seenOf } from '../base/moment.js';
import type { ServiceState } from '../types.js';
import { Folder, sha256 } from './folder.js';
import { type Merge, type Store, type StoredCatalogue, isOutdone, sameOctets } from './store.js';

/** The line before the octets of a catalogue, and the record of a check. What a later version adds is passed over. */
interface Head {
  acceptedAtMs?: number;
  /** Of the ServiceList; only to compare before a write. */
  issueInstantMs?: number;
  /** Of the list that was checked. */
  sha256?: string;
  checkedAtMs?: number;
}

/** The store of a Node back-end, in a folder. The event log is not in it: a server has a log of its own. */
export class FileStore implements Store {
  readonly #folder: Folder;
  #merges = new Map<string, Merge[]>(); // those that the next write takes along
  #writing: Promise<Map<string, ServiceState>> | undefined;

  constructor(path: string) {
    this.#folder = new Folder(path);
  }

  get onDrop(): () => void {
    return this.#folder.onDrop;
  }

  set onDrop(tell: () => void) {
    this.#folder.onDrop = tell;
  }

  async catalogues(): Promise<StoredCatalogue[]> {
    const [records, [check]] = await Promise.all([this.#folder.load('catalogue'), this.#folder.load('check')]);
    const checked = headOf(check);
    return records.map((record) => {
      const { octets, acceptedAtMs, issueInstantMs } = catalogueOf(record);
      return { octets, acceptedAtMs, issueInstantMs, checkedAtMs: checkedAtOf(checked, sha256(octets)) };
    });
  }

  async putCatalogue(next: StoredCatalogue, refusal: (kept: StoredCatalogue) => unknown): Promise<boolean> {
    let isKept = true;
    await this.#folder.update('catalogue', ([record]) => {
      const kept = record && catalogueOf(record);
      if (kept && !refusal(kept)) {
        isKept = !isOutdone(next, kept);
        if (!isKept || sameOctets(kept.octets, next.octets)) return undefined;
      }
      const { acceptedAtMs, issueInstantMs } = next;
      return Buffer.concat([octets(`${JSON.stringify({ acceptedAtMs, issueInstantMs })}\n`), next.octets]);
    });
    if (isKept) {
      const hash = sha256(next.octets);
      await this.#folder.update('check', ([check]) => {
        // This process may have been stopped, and others checked since.
        next.checkedAtMs = Math.max(next.checkedAtMs, checkedAtOf(headOf(check), hash));
        return octets(JSON.stringify({ sha256: hash, checkedAtMs: next.checkedAtMs || undefined }));
      });
    }
    return isKept;
  }

  /** The one before stays: a folder has room. */
  async confirm(): Promise<void> {}

  async states(): Promise<Map<string, ServiceState>> {
    const [record] = await this.#folder.load('states');
    return statesOf(record);
  }

  /** Merges that come while a write is under way share the next one. */
  async mergeState(service: string, merge: Merge): Promise<ServiceState | undefined> {
    this.#merges.set(service, [...(this.#merges.get(service) ?? []), merge]);
    return (await (this.#writing ??= this.#writeStates())).get(service);
  }

  async #writeStates(): Promise<Map<string, ServiceState>> {
    const merges = this.#merges;
    let states = new Map<string, ServiceState>();
    const isTaken = () => this.#merges !== merges;
    const take = () => {
      this.#merges = new Map();
      this.#writing = undefined;
    };
    try {
      await this.#folder.update('states', ([record]) => {
        take(); // what comes from here on is for the next write
        states = statesOf(record);
        for (const [service, all] of merges) {
          for (const merge of all) {
            const merged = merge(states.get(service));
            if (merged) states.set(service, merged);
          }
        }
        return octets(JSON.stringify({ states: Object.fromEntries(states) }));
      });
    } finally {
      if (!isTaken()) take(); // it failed before
    }
    return states;
  }

  async keepEvent(): Promise<undefined> {}

  async log(): Promise<[]> {
    return [];
  }

  destroy(): Promise<void> {
    return this.#folder.remove(['catalogue', 'check', 'states']);
  }

  close(): void {}
}

function catalogueOf(record: Uint8Array<ArrayBuffer>): StoredCatalogue {
  const end = record.indexOf(0x0a);
  const { acceptedAtMs, issueInstantMs } = headOf(record.subarray(0, Math.max(end, 0)));
  return {
    octets: record.slice(end + 1),
    acceptedAtMs: seenOf(acceptedAtMs),
    issueInstantMs: seenOf(issueInstantMs),
    checkedAtMs: 0,
  };
}

/** When the list of that hash was checked, as far as this record says. */
function checkedAtOf(check: Head, hash: string): number {
  return check.sha256 === hash ? seenOf(check.checkedAtMs) : 0;
}

function headOf(line: Uint8Array | undefined): Head {
  return Object(parsed(line)) as Head;
}

/** By service. What is no state the core finds out: it is its reader. */
function statesOf(record: Uint8Array | undefined): Map<string, ServiceState> {
  const { states } = Object(parsed(record)) as { states?: unknown };
  return new Map(Object.entries(Object(states) as Record<string, ServiceState>));
}

function parsed(text: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}
