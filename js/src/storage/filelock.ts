import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { BcpError } from '../base/errors.js';

// Node has no flock, so a holder that dies leaves its file behind: it shows that it lives by touching the file, and
// whoever sees no touch for this long takes the lock away. A write takes milliseconds.
const touchMs = 500;
const deadMs = 3_000;
const askAgainMs = 5;

/** A lock that is held. */
export interface Held {
  /** Errors: `storage-unavailable` when it was taken away: this process stood still, and another one goes on. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Who was last seen to hold a lock, and since when nothing of it changed, on this process's own steady clock. */
interface Sight {
  what: string;
  sinceMs: number;
}

/**
 * A lock among the Node processes that share a folder, as a file that only one of them can make.
 *
 * It holds the host, the process and a random name of its holder. That of a process of this host that is gone is taken
 * away at once.
 */
export class FileLock {
  readonly #path: string;
  #sight: Sight | undefined; // kept between tries: each may be too short to see that a holder is dead

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Waits until nobody else holds it.
   *
   * Errors: `storage-unavailable` after `patienceMs`; what the file system says when the folder cannot be written to.
   */
  async take(patienceMs: number): Promise<Held> {
    const token = `${hostname()} ${process.pid} ${randomUUID()}\n`;
    const untilMs = performance.now() + patienceMs;
    while (!(await this.#make(token))) {
      await this.#takeAwayFromTheDead();
      if (performance.now() > untilMs)
        throw new BcpError('storage-unavailable', 'another process holds the lock of the folder');
      await sleep(askAgainMs);
    }
    this.#sight = undefined;
    const touching = setInterval(() => {
      const now = new Date();
      utimes(this.#path, now, now).catch(() => {}); // check tells when the file is gone
    }, touchMs);
    const isMine = async () => (await contentOf(this.#path)) === token;
    return {
      check: async () => {
        if (!(await isMine()))
          throw new BcpError('storage-unavailable', 'the lock of the folder was taken away: this process stood still');
      },
      release: async () => {
        clearInterval(touching);
        if (await isMine()) await rm(this.#path, { force: true });
      },
    };
  }

  async #make(token: string): Promise<boolean> {
    try {
      await writeFile(this.#path, token, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (e) {
      // Windows says EPERM of a file that is being deleted.
      if (codeOf(e) === 'EEXIST' || (codeOf(e) === 'EPERM' && process.platform === 'win32')) return false;
      throw e;
    }
  }

  async #takeAwayFromTheDead(): Promise<void> {
    const content = await contentOf(this.#path);
    const seen = await stat(this.#path).catch(() => undefined);
    if (content === undefined || !seen) return;
    const what = `${content}${seen.ino} ${seen.mtimeMs}`;
    if (this.#sight?.what !== what) this.#sight = { what, sinceMs: performance.now() };
    if (performance.now() - this.#sight.sinceMs < deadMs && !isGone(content)) return;
    const away = `${this.#path}.${randomUUID()}`;
    await rename(this.#path, away).catch(() => {}); // of several that try, one succeeds
    const taken = await contentOf(away);
    // In between, another one took the dead one's lock away and made its own: it gets it back.
    if (taken !== undefined && taken !== content) await writeFile(this.#path, taken, { flag: 'wx' }).catch(() => {});
    await rm(away, { force: true });
  }
}

/** Whether the holder was a process of this host that has ended. */
function isGone(content: string): boolean {
  const [host, pid] = content.split(' ');
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (e) {
    return codeOf(e) === 'ESRCH';
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

export function codeOf(e: unknown): unknown {
  return (Object(e) as { code?: unknown }).code;
}
