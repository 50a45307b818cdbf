import type { Answer, Answers, Caps } from './answers.js';
import { json, octets } from '../base/bytes.js';
import { check } from '../base/check.js';
import type { Clock } from '../base/clock.js';
import { BcpError, isOurs, whyOf } from '../base/errors.js';
import * as want from '../base/kinds.js';
import { isAhead, momentOf } from '../base/moment.js';
import { type Ended, limited, maxTimerMs } from '../base/timing.js';
import { Database, request } from '../storage/idb.js';
import type { Bytes, PersistentCacheOptions } from '../types.js';

const defaultLockAfterMs = 15 * 60_000;
const secretTimeoutMs = 5_000;
const minSecretBytes = 32; // HKDF stretches nothing: the secret itself must be beyond guessing

/** What is known of a record without its keys: nothing that tells whose it is or what it is about. */
interface Entry {
  /** HMAC-SHA-256 of user, service and key. */
  id: ArrayBuffer;
  /** HMAC-SHA-256 of user and service. */
  group: ArrayBuffer;
  size: number;
  usedAtMs: number;
  validUntilMs: number;
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  box: ArrayBuffer;
}

interface Keys {
  seal: CryptoKey;
  find: CryptoKey;
}

const allStores = ['entries', 'boxes', 'clock'];

/**
 * Answers that survive a restart: AES-256-GCM records found by HMAC, under keys of one user.
 *
 * The keys come from the application's secret by HKDF-SHA-256, are not extractable and live in memory only. A record
 * opens only for its own user, service, key and end of validity: they are its additional data.
 */
export class Vault implements Answers {
  readonly #db: Database;
  readonly #namespace: string;
  readonly #caps: Caps;
  readonly #options: PersistentCacheOptions;
  readonly #clock: Clock;
  readonly #onLock: () => void;
  readonly #onDrop: () => void;
  #keys: Promise<Keys> | undefined;
  #asked: Promise<Bytes> | undefined; // a secret that has not come yet
  #lockTimer: ReturnType<typeof setTimeout> | undefined;
  #lockAtMs = Infinity;

  /** `onLock` is called when the keys go after a time without use, `onDrop` when a record is read that is none. */
  constructor(
    namespace: string,
    caps: Caps,
    options: PersistentCacheOptions,
    clock: Clock,
    onLock: () => void,
    onDrop: () => void,
  ) {
    this.#onLock = onLock;
    this.#onDrop = onDrop;
    this.#namespace = namespace;
    this.#caps = caps;
    this.#options = options;
    this.#clock = clock;
    this.#db = databaseOf(namespace);
  }

  async read(service: string, key: string): Promise<Answer | undefined> {
    const keys = await this.#unlock();
    const id = await this.#identify(keys, service, key);
    const found = await this.#db.transact('readwrite', allStores, async (tx) => {
      await this.#tick(tx);
      const entry: unknown = await request(tx.objectStore('entries').get(id));
      const sealed = (await request(tx.objectStore('boxes').get(id))) as Sealed | undefined; // opened, it proves itself
      if (entry === undefined && sealed === undefined) return undefined;
      if (!isEntry(entry) || !sealed) return void this.#onDrop();
      await request(tx.objectStore('entries').put({ ...entry, usedAtMs: this.#clock.nowMs() }));
      return { validUntilMs: entry.validUntilMs, ...sealed };
    });
    if (!found) return undefined;
    try {
      const { iv, box } = found;
      const additionalData = additional(id, found.validUntilMs);
      return unpack(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, keys.seal, box));
    } catch {
      return void this.#onDrop(); // torn, tampered, swapped or of another secret: as good as absent
    }
  }

  async write(service: string, key: string, answer: Answer): Promise<void> {
    const unlocked = this.#unlock();
    const keys = await unlocked;
    const id = await this.#identify(keys, service, key);
    const iv = crypto.getRandomValues(new Uint8Array(12)); // 96 bits, fresh for each record
    const additionalData = additional(id, answer.validUntilMs);
    const group = await this.#identify(keys, service);
    const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, keys.seal, pack(answer));
    if (this.#keys !== unlocked) throw dropped();
    if (box.byteLength > this.#caps.maxBytes) throw new BcpError('storage-quota', 'larger than the whole cache');
    const entry = { id, group, size: box.byteLength, usedAtMs: this.#clock.nowMs(), validUntilMs: answer.validUntilMs };
    try {
      await this.#put(unlocked, entry, { iv, box }, () => this.#caps);
    } catch (e) {
      if (!isOurs(e) || e.code !== 'storage-quota') throw e;
      // The browser gives less room than our caps: make do with half of what is there.
      await this.#put(unlocked, entry, { iv, box }, (bytes) => ({ ...this.#caps, maxBytes: bytes / 2 }));
    }
  }

  // Looks only while the keys are there, and leaves the idle lock alone: a panel that asks must not keep them alive.
  async holds(service: string, nowMs: number): Promise<boolean> {
    const keys = await this.#keys;
    if (!keys) return false;
    const group = await this.#identify(keys, service);
    return this.#db.transact('readonly', ['entries'], async (tx) => {
      const entries: unknown[] = await request(tx.objectStore('entries').index('group').getAll(group));
      return entries.some((entry) => isEntry(entry) && entry.validUntilMs > nowMs);
    });
  }

  // Without keys, what is stored cannot be read until the application gives its secret again.
  forget(): void {
    clearTimeout(this.#lockTimer);
    this.#keys = this.#asked = undefined;
  }

  async clear(): Promise<void> {
    this.forget();
    const emptied = this.#db
      .transact('readwrite', allStores, (tx) => {
        for (const store of allStores) tx.objectStore(store).clear();
      })
      .then(
        () => true,
        () => false,
      );
    const isEmpty = await emptied;
    await this.#db.destroy().catch((e: unknown) => {
      if (!isEmpty) throw e; // sealed answers are left: only then is the log-out not done
    });
  }

  close(): void {
    this.forget();
    this.#db.close();
  }

  #unlock(): Promise<Keys> {
    const nowMs = this.#clock.nowMs();
    if (nowMs > this.#lockAtMs) this.#lock(); // while the computer sleeps, no timer runs
    clearTimeout(this.#lockTimer);
    const afterMs = this.#options.lockAfterMs ?? defaultLockAfterMs;
    this.#lockAtMs = nowMs + afterMs;
    this.#lockTimer = setTimeout(() => this.#lock(), Math.min(afterMs, maxTimerMs));
    (this.#lockTimer as { unref?: () => void }).unref?.(); // Node only: a timer must not keep the process alive
    if (!this.#keys) {
      const keys = this.#derive();
      keys.catch(() => {
        if (this.#keys === keys) this.#keys = undefined;
      });
      this.#keys = keys;
    }
    return this.#keys;
  }

  #lock(): void {
    this.forget();
    this.#onLock();
  }

  async #derive(): Promise<Keys> {
    if (!globalThis.crypto?.subtle)
      throw new BcpError('storage-unavailable', 'no secure context: there is no WebCrypto');
    const given = await this.#ask();
    if (given.how !== 'done')
      throw new BcpError(
        'storage-unavailable',
        `the application gave no secret: ${given.how === 'failed' ? whyOf(given.error) : 'it took too long'}`,
      );
    check('secret', given.value, want.bytes);
    const secret = octets(given.value);
    if (secret.length < minSecretBytes)
      throw new BcpError('bad-call', `expected a secret of at least ${minSecretBytes} bytes, got ${secret.length}`);
    const base = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveKey']);
    const derive = (use: string, type: AesDerivedKeyParams | HmacImportParams, usages: KeyUsage[]) => {
      const info = octets(json(['ehealth-bcp', use, this.#namespace, this.#options.user])) as BufferSource;
      return crypto.subtle.deriveKey(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
        base,
        type,
        false,
        usages,
      );
    };
    return {
      seal: await derive('seal', { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']),
      find: await derive('find', { name: 'HMAC', hash: 'SHA-256', length: 256 } as HmacImportParams, ['sign']),
    };
  }

  // One that does not come is waited for once; it counts when it comes.
  #ask(): Promise<Ended<Bytes>> {
    const waitMs = this.#asked ? 0 : secretTimeoutMs;
    const asked = (this.#asked ??= Promise.resolve().then(() => this.#options.secret()));
    const forget = () => {
      if (this.#asked === asked) this.#asked = undefined;
    };
    asked.then(forget, forget);
    return limited(waitMs, undefined, () => asked);
  }

  #identify(keys: Keys, ...what: string[]): Promise<ArrayBuffer> {
    return crypto.subtle.sign('HMAC', keys.find, octets(json([this.#options.user, ...what])) as BufferSource);
  }

  // Keeps the latest moment seen, so that a clock set back does not make expired answers valid again. One from further
  // ahead than clocks differ shows that the clock was wrong: nobody knows how old the answers are, so they go.
  async #tick(tx: IDBTransaction): Promise<void> {
    const clock = tx.objectStore('clock');
    const floor: unknown = await request(clock.get('floorMs'));
    const floorMs = momentOf(floor);
    if (floor !== undefined && (floorMs === undefined || isAhead(floorMs))) this.#onDrop();
    if (floorMs !== undefined && isAhead(floorMs)) {
      tx.objectStore('entries').clear();
      tx.objectStore('boxes').clear();
    } else if (floorMs !== undefined) {
      this.#clock.raise(floorMs);
    }
    await request(clock.put(this.#clock.nowMs(), 'floorMs'));
  }

  // A transaction that is made once more may run after a log-out has emptied the stores, so it looks at the keys, too.
  async #put(unlocked: Promise<Keys>, entry: Entry, sealed: Sealed, capsFor: (bytes: number) => Caps): Promise<void> {
    const isPut = await this.#db.transact('readwrite', allStores, async (tx) => {
      if (this.#keys !== unlocked) return false;
      await this.#tick(tx);
      const entries = tx.objectStore('entries');
      const boxes = tx.objectStore('boxes');
      const all: unknown[] = await request(entries.getAll());
      if (!all.every(isEntry)) this.#onDrop();
      const kept = all.filter(isEntry).filter(({ id }) => indexedDB.cmp(id, entry.id) !== 0);
      let bytes = kept.reduce((sum, { size }) => sum + size, 0);
      const caps = capsFor(bytes);
      let count = kept.length;
      for (const old of kept.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
        if (count < caps.maxEntries && bytes + entry.size <= caps.maxBytes) break;
        entries.delete(old.id);
        boxes.delete(old.id);
        bytes -= old.size;
        count--;
      }
      entries.put(entry);
      boxes.put(sealed, entry.id);
      return true;
    });
    if (!isPut) throw dropped();
  }
}

const dropped = () => new BcpError('storage-unavailable', 'the keys were dropped');

function databaseOf(namespace: string): Database {
  return new Database(`ehealth-bcp:${namespace}:answers`, (db) => {
    db.createObjectStore('entries', { keyPath: 'id' }).createIndex('group', 'group');
    db.createObjectStore('boxes');
    db.createObjectStore('clock');
  });
}

/** Wipes what vaults of this namespace ever stored, for a client that has none itself. */
export function destroyVault(namespace: string): Promise<void> {
  return databaseOf(namespace).destroy();
}

/** An entry, when it is one. */
function isEntry(value: unknown): value is Entry {
  const { id, group, size, usedAtMs, validUntilMs } = Object(value) as Partial<Entry>;
  return (
    id instanceof ArrayBuffer &&
    group instanceof ArrayBuffer &&
    want.whole.is(size) &&
    Number.isFinite(usedAtMs) &&
    momentOf(validUntilMs) !== undefined
  );
}

function additional(id: ArrayBuffer, validUntilMs: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(id.byteLength + 8);
  data.set(new Uint8Array(id));
  new DataView(data.buffer).setFloat64(id.byteLength, validUntilMs);
  return data;
}

// A record is the length of its JSON head in 4 bytes, the head, the body.
function pack({ body, ...head }: Answer): Uint8Array<ArrayBuffer> {
  const text = octets(json(head));
  const packed = new Uint8Array(4 + text.length + body.length);
  new DataView(packed.buffer).setUint32(0, text.length);
  packed.set(text, 4);
  packed.set(body, 4 + text.length);
  return packed;
}

function unpack(packed: ArrayBuffer): Answer {
  const end = 4 + new DataView(packed).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 4, end - 4))) as Omit<Answer, 'body'>;
  return { ...head, body: new Uint8Array(packed, end) };
}
