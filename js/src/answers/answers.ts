import { json } from '../base/bytes.js';
import { BcpError } from '../base/errors.js';
import type { CacheOptions } from '../types.js';

/** A complete answer, as it goes into the cache and comes out. */
export interface Answer {
  storedAtMs: number;
  validUntilMs: number;
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}

/** Keeps answers by service and key. The least recently used go when a cap is reached. */
export interface Answers {
  read(service: string, key: string): Promise<Answer | undefined>;
  /** Errors: `storage-…` when it cannot be kept. */
  write(service: string, key: string, answer: Answer): Promise<void>;
  /** Whether an answer of this service is known to be there that is valid at that moment. */
  holds(service: string, nowMs: number): Promise<boolean>;
  /** Drops what is in memory: answers, and the keys of those that are stored. */
  forget(): void;
  /** Drops the keys first, then the records. */
  clear(): Promise<void>;
  close(): void;
}

const defaultMaxEntries = 500;
const defaultMaxBytes = 20 << 20;

export interface Caps {
  maxEntries: number;
  maxBytes: number;
}

export function capsOf({ maxEntries = defaultMaxEntries, maxBytes = defaultMaxBytes }: CacheOptions): Caps {
  return { maxEntries, maxBytes };
}

/** Answers of this tab, gone when it closes. */
export class MemoryAnswers implements Answers {
  readonly #caps: Caps;
  readonly #kept = new Map<string, Answer>(); // in order of use
  #bytes = 0;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  async read(service: string, key: string): Promise<Answer | undefined> {
    const id = idOf(service, key);
    const answer = this.#kept.get(id);
    if (!answer) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, answer);
    return answer;
  }

  async write(service: string, key: string, answer: Answer): Promise<void> {
    const id = idOf(service, key);
    this.#remove(id);
    if (answer.body.length > this.#caps.maxBytes) throw new BcpError('storage-quota', 'larger than the whole cache');
    this.#kept.set(id, answer);
    this.#bytes += answer.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#caps.maxEntries && this.#bytes <= this.#caps.maxBytes) break;
      this.#remove(oldest);
    }
  }

  async holds(service: string, nowMs: number): Promise<boolean> {
    return [...this.#kept].some(
      ([id, { validUntilMs }]) => validUntilMs > nowMs && (JSON.parse(id) as string[])[0] === service,
    );
  }

  forget(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  async clear(): Promise<void> {
    this.forget();
  }

  close(): void {
    this.forget();
  }

  #remove(id: string): void {
    this.#bytes -= this.#kept.get(id)?.body.length ?? 0;
    this.#kept.delete(id);
  }
}

/** Tries `first` and, where that fails, `second`: says so through `degraded` and goes on. */
export class FallbackAnswers implements Answers {
  readonly #first: Answers;
  readonly #second: Answers;
  readonly #degraded: (e: unknown) => void;
  #cleared = 0;
  #isLocked = false; // cleared, and the keys were not had again: nothing is kept anywhere

  constructor(first: Answers, second: Answers, degraded: (e: unknown) => void) {
    this.#first = first;
    this.#second = second;
    this.#degraded = degraded;
  }

  /** The newest, wherever it is: `first` may have had no room for it. */
  async read(service: string, key: string): Promise<Answer | undefined> {
    const cleared = this.#cleared;
    const first = await this.#first.read(service, key).catch((e: unknown) => void this.#degraded(e));
    const second = await this.#second.read(service, key);
    if (cleared !== this.#cleared) return undefined;
    return first && second ? (second.storedAtMs > first.storedAtMs ? second : first) : (first ?? second);
  }

  async write(service: string, key: string, answer: Answer): Promise<void> {
    const cleared = this.#cleared;
    try {
      await this.#first.write(service, key, answer);
      if (cleared === this.#cleared) this.#isLocked = false;
    } catch (e) {
      this.#degraded(e);
      if (this.#isLocked || cleared !== this.#cleared) throw e;
      await this.#second.write(service, key, answer);
    }
  }

  async holds(service: string, nowMs: number): Promise<boolean> {
    return (await this.#second.holds(service, nowMs)) || this.#first.holds(service, nowMs).catch(() => false);
  }

  forget(): void {
    this.#cleared++;
    this.#first.forget();
    this.#second.forget();
  }

  async clear(): Promise<void> {
    this.#cleared++;
    this.#isLocked = true;
    const clearing = this.#first.clear(); // drops its keys before anything is waited for
    await this.#second.clear();
    await clearing;
  }

  close(): void {
    this.#first.close();
    this.#second.close();
  }
}

function idOf(service: string, key: string): string {
  return json([service, key]);
}
