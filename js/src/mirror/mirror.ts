import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBody } from '../base/body.js';
import { BcpError, isOurs, whyOf } from '../base/errors.js';
import { OpenCatalogue, type Trust } from '../catalogue/open.js';
import type { CommandOutcome, MirrorRun } from '../core/contract.js';
import type { Core } from '../core/host.js';
import { FileLock, type Held } from '../storage/filelock.js';
import { FileStore } from '../storage/filestore.js';
import { sha256 } from '../storage/folder.js';
import { type StoredCatalogue, sameOctets } from '../storage/store.js';
import { type Fault, Published, faultOf } from './published.js';

type Result = 'updated' | 'unchanged' | 'refused' | 'unreachable' | 'unwritable';
type Origin = 'network' | 'store' | 'bundled';

const exits: Record<Result, number> = { updated: 0, unchanged: 0, refused: 1, unwritable: 1, unreachable: 3 };

/** Performs a run of the command mirror; `signal` ends it early. What it came to is in the outcome, always. */
export async function mirror(
  core: Core,
  run: MirrorRun,
  contents: Uint8Array[],
  signal: AbortSignal,
): Promise<CommandOutcome> {
  const state = join(run.dir, '.state');
  let held: Held;
  try {
    await mkdir(join(run.dir, 'history'), { recursive: true }); // a web server reads it, as another user
    await mkdir(state, { recursive: true, mode: 0o700 });
    held = await new FileLock(join(state, 'run.node')).take(run.timeoutMs); // two at once would publish in any order
  } catch (e) {
    return outcomeOf('unwritable', { ok: false, result: 'unwritable', at: now(), ...faultOf(e) });
  }
  try {
    return await new Mirror(core, run, contents, AbortSignal.any([signal, AbortSignal.timeout(run.timeoutMs)])).run();
  } finally {
    await held.release().catch(() => {}); // what is left counts as dead in seconds
  }
}

/** One run: what is held, what the sources give, what is published. */
class Mirror {
  readonly #core: Core;
  readonly #sources: MirrorRun['sources'];
  readonly #trust: Trust;
  readonly #signal: AbortSignal;
  readonly #store: FileStore;
  readonly #published: Published;
  #held: OpenCatalogue | undefined;
  #origin: Origin = 'store';
  #fault: Fault | undefined; // of writing

  constructor(core: Core, run: MirrorRun, contents: Uint8Array[], signal: AbortSignal) {
    const { environment, signerCn } = run;
    this.#core = core;
    this.#sources = run.sources;
    this.#trust = { environment, signerCn, anchors: contents.slice(0, run.anchors), crls: contents.slice(run.anchors) };
    this.#signal = signal;
    this.#store = new FileStore(join(run.dir, '.state'));
    this.#published = new Published(core, run.dir);
  }

  async run(): Promise<CommandOutcome> {
    await this.#findHeld();
    const asked = await this.#ask();
    if (this.#held) await this.#writing(() => this.#published.put(this.#held!.record.octets));
    const isHelped = asked.result === 'updated' || asked.result === 'unchanged';
    const { result, ...fault } = isHelped && this.#fault ? { result: 'unwritable' as const, ...this.#fault } : asked;
    const status = {
      ok: result === 'updated' || result === 'unchanged',
      result,
      at: now(),
      ...fault,
      ...(this.#held && { list: this.#list(this.#held) }),
      history: await this.#published.history(),
    };
    try {
      await this.#published.write('status.json', Buffer.from(`${JSON.stringify(status)}\n`));
    } catch (e) {
      if (status.ok) return outcomeOf('unwritable', { ...status, ok: false, result: 'unwritable', ...faultOf(e) });
    }
    return outcomeOf(result, status);
  }

  // Of an earlier run; or what stands published, when the state was lost: no older list may take its place.
  async #findHeld(): Promise<void> {
    const stored = await this.#store.catalogues().catch((e: unknown) => {
      this.#fault = faultOf(e);
      return [];
    });
    for (const record of stored) if (!this.#held && this.#opens(record)) await this.#take(record, 'store');
    const octets = await this.#published.list();
    if (!octets || (this.#held && sameOctets(this.#held.record.octets, octets))) return;
    const stands = { octets, issueInstantMs: 0, acceptedAtMs: Date.now(), checkedAtMs: 0 };
    if (this.#opens(stands)) await this.#take(stands, 'bundled');
  }

  /** Asks every source until one has a newer list. When none confirms the one held: the refusal of the last file. */
  async #ask(): Promise<{ result: Result } & Partial<Fault>> {
    let answer: { result: Result } & Partial<Fault> = { result: 'unreachable', code: 'network' };
    for (const source of this.#sources) {
      try {
        answer = { result: await this.#askOne(source) };
        if (answer.result === 'updated') break;
      } catch (e) {
        const fault = faultOf(e);
        const isReached = fault.code !== 'network';
        if (answer.result !== 'unchanged' && (isReached || answer.result === 'unreachable'))
          answer = { result: isReached ? 'refused' : 'unreachable', ...fault };
      }
    }
    return answer;
  }

  async #askOne({ url, hint }: MirrorRun['sources'][number]): Promise<'updated' | 'unchanged'> {
    const held = this.#held?.record;
    if (held && hint !== undefined && (await this.#isConfirmed(hint, held))) return this.#confirm(held);
    const { limits, asking } = this.#core.rules;
    const octets = await this.#get(url, limits.catalogueBytes, asking.fetchTimeoutMs);
    if (held && sameOctets(held.octets, octets)) return this.#confirm(held);
    const nowMs = Date.now();
    const record = { octets, issueInstantMs: 0, acceptedAtMs: nowMs, checkedAtMs: nowMs };
    const newer = OpenCatalogue.open(this.#core, record, this.#trust, this.#held);
    this.#held?.release();
    this.#held = newer;
    await this.#take(record, 'network');
    return 'updated';
  }

  async #isConfirmed(hint: string, { octets }: StoredCatalogue): Promise<boolean> {
    try {
      const { limits, asking } = this.#core.rules;
      const text = await this.#get(hint, limits.hintBytes, asking.hintTimeoutMs);
      return this.#core.call('hintConfirms', {}, text, octets).confirms;
    } catch {
      return false;
    }
  }

  async #confirm(held: StoredCatalogue): Promise<'unchanged'> {
    held.checkedAtMs = Date.now();
    await this.#writing(() => this.#store.putCatalogue(held, () => false));
    return 'unchanged';
  }

  #opens(record: StoredCatalogue): boolean {
    try {
      const opened = OpenCatalogue.open(this.#core, record, this.#trust, this.#held);
      this.#held?.release();
      this.#held = opened;
      return true;
    } catch (e) {
      if (!this.#core.alive) throw e;
      return false; // tampered with, or of other anchors; or what is held is newer
    }
  }

  // The one kept is no good, or older: it was just opened beside this one.
  async #take(record: StoredCatalogue, origin: Origin): Promise<void> {
    this.#origin = origin;
    const { issueInstant } = this.#held!.verdict;
    await this.#writing(() => this.#published.keep(record.octets, issueInstant));
    if (origin !== 'store') await this.#writing(() => this.#store.putCatalogue(record, () => true));
  }

  async #writing(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (e) {
      this.#fault = faultOf(e);
    }
  }

  // Its errors name no address, which may hold a name and a password.
  async #get(url: string, maxBytes: number, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(url, { headers: { 'cache-control': 'no-cache' }, signal });
      if (response.status !== 200)
        throw new BcpError('network', `the source of the catalogue answered with HTTP ${response.status}`);
      return await readBody(response, maxBytes);
    } catch (e) {
      if (isOurs(e) && e.code === 'input-too-large')
        throw new BcpError('input-too-large', `expected at most ${maxBytes} bytes`);
      throw isOurs(e) ? e : new BcpError('network', `the source of the catalogue gave no answer: ${whyOf(e)}`, e);
    }
  }

  #list({ record, verdict }: OpenCatalogue): object {
    const { octets, acceptedAtMs, checkedAtMs } = record;
    const confirmedAtMs = checkedAtMs || undefined;
    const { stale } = this.#core.call('askAgain', {
      confirmedAtMs,
      states: {},
      policy: {},
      random: 0,
      nowMs: Date.now(),
    });
    return { ...verdict, sha256: sha256(octets), origin: this.#origin, acceptedAtMs, checkedAtMs, stale };
  }
}

function now(): string {
  return new Date().toISOString();
}

function outcomeOf(result: Result, status: object): CommandOutcome {
  return { exit: exits[result], stdout: `${JSON.stringify(status)}\n`, stderr: '' };
}
