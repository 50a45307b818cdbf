import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BcpError, isOurs, whyOf } from '../base/errors.js';
import { FileLock, type Held, codeOf } from './filelock.js';

const lockPatienceMs = 5_000;
const maxRecordBytes = 16 << 20; // a catalogue is at most 4 MiB, the states of 2,000 services 0.5 MB
const magic = 'ehealth-bcp record 1 ';

/**
 * Records in a folder, in the form of the Go package client, type Dir: what one writes the other reads.
 *
 * Shape: NAME.bcp is the record and NAME.bcp.before the one before it; each begins with the SHA-256 of what follows, so
 * one that is torn, empty or of something else counts as absent. A write goes to a file of its own, onto the disk, and
 * then takes the place of the record by a rename. Folder and files are readable by their owner alone.
 * Errors, of each method: `storage-quota` when the disk is full, else `storage-unavailable`.
 */
export class Folder {
  readonly #path: string;
  readonly #lock: FileLock;
  /** Called when a file is read that holds no whole record. */
  onDrop: () => void = () => {};

  #last: Promise<unknown> = Promise.resolve(); // writes of this process stand in line here, not at the lock

  constructor(path: string) {
    this.#path = path;
    this.#lock = new FileLock(join(path, 'lock.node'));
  }

  /** The whole records of that name, the newest first; a folder that is not there holds nothing. */
  async load(name: string): Promise<Uint8Array<ArrayBuffer>[]> {
    try {
      const records = await Promise.all([this.#file(name), this.#before(name)].map(readRecord));
      if (records.includes('damaged')) this.onDrop();
      return records.filter((record) => typeof record === 'object');
    } catch (e) {
      throw failed(e);
    }
  }

  /** Replaces the record by what `change` makes of those that are kept, alone; nothing leaves everything as it is. */
  update(name: string, change: (kept: Uint8Array<ArrayBuffer>[]) => Uint8Array | undefined): Promise<void> {
    return this.#alone(async (held) => {
      const kept = await this.load(name);
      const next = change(kept);
      if (next && !(kept[0] && Buffer.compare(next, kept[0]) === 0)) await this.#write(name, next, held);
    });
  }

  /** Deletes the records of these names. */
  remove(names: readonly string[]): Promise<void> {
    return this.#alone(async () => {
      for (const name of names) {
        await rm(this.#file(name), { force: true });
        await rm(this.#before(name), { force: true });
      }
      await syncFolder(this.#path);
    });
  }

  async #alone(work: (held: Held) => Promise<void>): Promise<void> {
    const mine = this.#last.then(async () => {
      let held: Held | undefined;
      try {
        await mkdir(this.#path, { recursive: true, mode: 0o700 });
        held = await this.#lock.take(lockPatienceMs);
        await work(held);
      } catch (e) {
        throw failed(e);
      } finally {
        await held?.release().catch(() => {}); // the work is done: what is left counts as dead in seconds
      }
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  // At every instant the current file or the one before it is whole.
  async #write(name: string, data: Uint8Array, held: Held): Promise<void> {
    await this.#sweep(name);
    const temporary = `${this.#file(name)}.${randomUUID()}.tmp`;
    try {
      await writeSynced(temporary, Buffer.concat([Buffer.from(`${magic}${sha256(data)}\n`), data]), 0o600);
      await held.check();
      // Only a whole record becomes the one before; a torn one must not push out a whole one.
      const current = await readRecord(this.#file(name)).catch(() => undefined);
      if (typeof current === 'object') await this.#keepBefore(name);
      await replace(temporary, this.#file(name));
    } catch (e) {
      await rm(temporary, { force: true }).catch(() => {});
      throw e;
    }
    await syncFolder(this.#path);
  }

  // Writes that a crash cut.
  async #sweep(name: string): Promise<void> {
    for (const file of await readdir(this.#path)) {
      if (file.startsWith(`${name}.bcp.`) && /\.[0-9a-f-]{36}\.tmp$/.test(file))
        await rm(join(this.#path, file), { force: true });
    }
  }

  // The current file gets its second name by a link and not by a move, so that it is never away.
  async #keepBefore(name: string): Promise<void> {
    const temporary = `${this.#before(name)}.${randomUUID()}.tmp`;
    try {
      await link(this.#file(name), temporary);
    } catch {
      return replace(this.#file(name), this.#before(name)); // a file system without links
    }
    await replace(temporary, this.#before(name));
    await rm(temporary, { force: true }); // a rename onto another name of the same file leaves both
  }

  #file(name: string): string {
    return join(this.#path, `${name}.bcp`);
  }

  #before(name: string): string {
    return `${this.#file(name)}.before`;
  }
}

export function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

/** What is in a file of this form; nothing when it is absent, torn or of something else. */
async function readRecord(path: string): Promise<Uint8Array<ArrayBuffer> | 'damaged' | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe must not be waited for
  } catch (e) {
    if (codeOf(e) === 'ENOENT') return undefined;
    throw e;
  }
  try {
    const { size } = await file.stat().then((stats) => (stats.isFile() ? stats : { size: Infinity }));
    if (size > maxRecordBytes) return 'damaged';
    const all = new Uint8Array(await file.readFile());
    const end = all.indexOf(0x0a);
    const data = all.slice(end + 1);
    return end >= 0 && Buffer.from(all.subarray(0, end)).toString() === magic + sha256(data) ? data : 'damaged';
  } catch {
    return 'damaged'; // a bad block
  } finally {
    await file.close();
  }
}

// A rename that reaches the disk before the octets do would leave an empty file after a power cut.
async function writeSynced(path: string, data: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

// Where a reader keeps Windows from replacing a file, it is tried again for a moment.
async function replace(from: string, to: string): Promise<void> {
  for (let left = process.platform === 'win32' ? 20 : 0; ; left--) {
    try {
      return await rename(from, to);
    } catch (e) {
      if (left === 0) throw e;
      await sleep(5);
    }
  }
}

/**
 * Puts data in the place of the file at `path`, whole or not at all. It keeps out no other writer: a lock does.
 */
export async function writeFile(path: string, data: Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true }); // of a write that a crash cut
  await writeSynced(temporary, data, mode);
  await replace(temporary, path);
  await syncFolder(dirname(path));
}

// Makes the renames in a folder durable. Windows knows no such thing.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What the file system says, as an error of ours. */
export function failed(e: unknown): BcpError {
  if (isOurs(e)) return e;
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(codeOf(e)));
  return isFull
    ? new BcpError('storage-quota', `the disk is full: ${whyOf(e)}`, e)
    : new BcpError('storage-unavailable', `the folder cannot be used: ${whyOf(e)}`, e);
}
