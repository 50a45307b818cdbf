import { BcpError, isOurs, whyOf } from '../base/errors.js';

// The longest that one operation may take: WebKit has operations that never settle. Largest seen in tests: 40 ms.
const operationTimeoutMs = 2_000;
// It is counted in slices: a page that is busy for seconds gets one late timer, which proves nothing about the
// database.
const slices = 4;

/** After a failure a database is left alone for this long, so that a broken one does not slow each call. */
export const retryMs = 30_000;

/** One IndexedDB database, opened at the first need and again after the browser closed it. */
export class Database {
  readonly #name: string;
  readonly #upgrade: (db: IDBDatabase) => void;
  #open: Promise<IDBDatabase> | undefined;
  #downUntil = 0;
  #closed = false;

  /** Called when the browser took the database away: with what it held, as a rule. */
  onLost: () => void = () => {};

  /** `upgrade` makes the object stores of version 1, the only one so far. */
  constructor(name: string, upgrade: (db: IDBDatabase) => void) {
    this.#name = name;
    this.#upgrade = upgrade;
  }

  /**
   * Runs `work` in one transaction and resolves when the transaction is complete, not before.
   *
   * `work` may wait for requests of the transaction and for nothing else.
   * Errors: `storage-quota`; `storage-unavailable` for everything else, a time-out included.
   */
  async transact<T>(
    mode: IDBTransactionMode,
    stores: string[],
    work: (tx: IDBTransaction) => T | Promise<T>,
  ): Promise<T> {
    if (performance.now() < this.#downUntil)
      throw new BcpError('storage-unavailable', 'the database failed a moment ago');
    try {
      return await this.#once(mode, stores, work);
    } catch (e) {
      if (nameOf(e) !== 'InvalidStateError' && nameOf(e) !== 'NotFoundError') throw this.#failed(e);
    }
    this.#drop(); // the connection was closed, or the database deleted, under our feet
    try {
      return await this.#once(mode, stores, work);
    } catch (e) {
      throw this.#failed(e);
    }
  }

  /** Deletes the database with everything in it. */
  async destroy(): Promise<void> {
    this.#drop();
    if (!globalThis.indexedDB) return; // nothing was ever stored
    await settled(request(indexedDB.deleteDatabase(this.#name)), 'deleting the database');
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #once<T>(mode: IDBTransactionMode, stores: string[], work: (tx: IDBTransaction) => T | Promise<T>): Promise<T> {
    this.#open ??= this.#connect();
    const db = await this.#open;
    const tx = db.transaction(stores, mode, { durability: 'strict' });
    const complete = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new BcpError('storage-unavailable', 'the transaction was aborted'));
    });
    try {
      const [result] = await settled(Promise.all([(async () => work(tx))(), complete]), 'the transaction');
      return result;
    } catch (e) {
      abort(tx); // no write may happen after it was reported as failed
      throw e;
    }
  }

  async #connect(): Promise<IDBDatabase> {
    if (this.#closed) throw new BcpError('storage-unavailable', 'the client is closed');
    // `indexedDB` is absent in some places, and reading it throws in sandboxed frames.
    const opening = indexedDB.open(this.#name, 1);
    opening.onupgradeneeded = () => this.#upgrade(opening.result);
    // A later release was here, and this one is back: stores keep their names, so what they hold is read as it is.
    const asItIs = (e: unknown) => {
      if (nameOf(e) !== 'VersionError') throw e;
      return request(indexedDB.open(this.#name));
    };
    // A blocked open waits for another tab, for ever if that one is stuck: the time limit ends the wait.
    const opened = request(opening)
      .catch(asItIs)
      .then((db) => {
        db.onversionchange = () => this.#drop(); // another tab wants to delete or upgrade: do not stand in its way
        db.onclose = () => {
          this.#drop();
          this.onLost();
        };
        return db;
      });
    try {
      return await settled(opened, 'opening the database');
    } catch (e) {
      opened.then(
        (db) => db.close(),
        () => {},
      ); // it may still open, too late
      throw e;
    }
  }

  #drop(): void {
    this.#open?.then(
      (db) => db.close(),
      () => {},
    );
    this.#open = undefined;
  }

  #failed(e: unknown): BcpError {
    this.#drop(); // an open that failed too: a full disk may get room
    if (nameOf(e) === 'QuotaExceededError') return new BcpError('storage-quota', 'the browser gives no more room', e);
    // A foreign record has the last key that there is: no line can be added to that store; the others work.
    if (nameOf(e) !== 'ConstraintError') this.#downUntil = performance.now() + retryMs;
    const why = nameOf(e) === 'ReferenceError' ? 'none; in Node give store: fileStore(dir)' : whyOf(e);
    return isOurs(e) ? e : new BcpError('storage-unavailable', `IndexedDB: ${why}`, e);
  }
}

/** Waits for one request. */
export function request<T>(req: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });
}

/** Waits for `work`, but no longer than an operation may take. Errors: `storage-unavailable`. */
export async function settled<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const late = new Promise<never>((_, reject) => {
    let left = slices;
    timer = setInterval(() => {
      if (--left === 0) reject(new BcpError('storage-unavailable', `${what} took over ${operationTimeoutMs} ms`));
    }, operationTimeoutMs / slices);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // It has ended by itself.
  }
}

function nameOf(e: unknown): string {
  return e instanceof Error || e instanceof DOMException ? e.name : '';
}
