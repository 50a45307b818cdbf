import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BcpError, isOurs } from '../base/errors.js';
import type { Core } from '../core/host.js';
import { codeOf } from '../storage/filelock.js';
import { failed, sha256, writeFile } from '../storage/folder.js';
import type { ErrorCode } from '../types.js';

const maxChainBytes = 8 << 20; // the core refuses more

/** Why something could not be done. */
export interface Fault {
  code: ErrorCode;
  detail: string;
}

export function faultOf(e: unknown): Fault {
  const { code, message } = isOurs(e) ? e : failed(e);
  return { code, detail: message };
}

/** The answer of the command history. */
interface Chain {
  ok: boolean;
  code?: ErrorCode;
  detail?: string;
  head?: string;
  torn?: number;
  lists?: { digest: string }[];
}

/** How many lists a history holds, and the hash to note; the code when it cannot be gone on with. */
export interface HistoryStatus {
  entries: number;
  head: string;
  code?: ErrorCode;
}

/** The folder of a mirror: the list, its hint, the status, and the history, in the form of the Go package gateway. */
export class Published {
  readonly #core: Core;
  readonly #dir: string;
  #fault: Fault | undefined; // of the history

  constructor(core: Core, dir: string) {
    this.#core = core;
    this.#dir = dir;
  }

  /** The list that stands there, whatever it is. */
  async list(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const octets = await this.#read('servicelist.xml', this.#core.rules.limits.catalogueBytes).catch(() => undefined);
    return octets?.length ? octets : undefined;
  }

  /** Puts the list in its place before the hint: the reverse would announce a change and serve the old list. */
  async put(octets: Uint8Array): Promise<void> {
    await this.write('servicelist.xml', octets);
    await this.write('servicelist.sha2', Buffer.from(`${sha256(octets)}\n`));
  }

  /** Writes a file, unless it is so already. */
  async write(name: string, octets: Uint8Array): Promise<void> {
    const stands = await this.#read(name, octets.length).catch(() => undefined);
    if (stands && Buffer.compare(stands, octets) === 0) return;
    await writeFile(join(this.#dir, name), octets, 0o644);
  }

  /** Adds a list to the history, unless it is the last one. One that does not hold is left, to be seen. */
  async keep(octets: Uint8Array, issueInstant: string): Promise<void> {
    this.#fault = undefined;
    try {
      await this.#append(octets, issueInstant);
    } catch (e) {
      this.#fault = faultOf(e);
      throw e;
    }
  }

  async history(): Promise<HistoryStatus> {
    const none = new Uint8Array();
    const text = await this.#chain().catch(() => none);
    const chain = this.#checked(text);
    const { head, lists } = chain.ok ? chain : this.#checked(none);
    const code = chain.ok ? this.#fault?.code : chain.code;
    return { entries: lists?.length ?? 0, head: head ?? '', ...(code && { code }) };
  }

  async #append(octets: Uint8Array, issueInstant: string): Promise<void> {
    const text = await this.#chain();
    const { ok, code, detail, head, torn = 0, lists } = this.#checked(text);
    if (!ok) throw new BcpError(code!, detail!);
    const digest = sha256(octets);
    const name = `history/${digest}.xml`; // before the line that names it
    const there = await stat(join(this.#dir, name)).catch(() => undefined);
    if (there?.size !== octets.length) await writeFile(join(this.#dir, name), octets, 0o644);
    if (lists?.at(-1)?.digest === digest) return;
    const hash = sha256(Buffer.from(`${head} ${digest} ${issueInstant}`)); // which the core checks before it is written
    const line = Buffer.from(`${digest} ${issueInstant} ${hash}\n`);
    const whole = text.length - torn; // what a crash cut goes
    const next = this.#checked(Buffer.concat([text.subarray(0, whole), line]));
    if (!next.ok) throw new BcpError(next.code!, next.detail!);
    const file = await open(join(this.#dir, 'history/chain.txt'), 'a', 0o644);
    try {
      if (torn > 0) await file.truncate(whole);
      await file.writeFile(line);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** What `bcp history` says of a chain. */
  #checked(text: Uint8Array): Chain {
    const { stdout } = this.#core.call('command', { args: ['history', '-'], nowMs: Date.now() }, text);
    return JSON.parse(stdout) as Chain;
  }

  async #chain(): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#read('history/chain.txt', maxChainBytes)) ?? new Uint8Array();
  }

  /** A file, one octet more than `maxBytes` at most; nothing when it is not there. */
  async #read(name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const path = join(this.#dir, name);
    try {
      const { size } = await stat(path);
      return size > maxBytes ? new Uint8Array(maxBytes + 1) : new Uint8Array(await readFile(path));
    } catch (e) {
      if (codeOf(e) === 'ENOENT') return undefined;
      throw e;
    }
  }
}
