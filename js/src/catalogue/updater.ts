import { readBody } from '../base/body.js';
import { octets } from '../base/bytes.js';
import { BcpError, closed, isOurs, storageError, whyOf } from '../base/errors.js';
import { now } from '../base/moment.js';
import { type Ended, limited, maxTimerMs } from '../base/timing.js';
import type { Replies, Rules } from '../core/contract.js';
import type { CoreHost } from '../core/host.js';
import { OpenCatalogue, type Trust } from './open.js';
import type { Copy } from '../storage/copy.js';
import { Later } from '../storage/later.js';
import { type Refusal, type Store, type StoredCatalogue, sameOctets } from '../storage/store.js';
import type { Tabs } from '../storage/tabs.js';
import type { Bytes, CatalogueSource, News, PolicyOptions, RefreshResult, ServiceState } from '../types.js';

const minuteMs = 60_000;
// How long a refresh waits for that of another tab: a call may wait for it, and the lock may be a stranger's. Without a
// catalogue calls wait, and the other tab's request may itself go through a service worker that waits here.
const patienceMs = 5_000;
const seedPatienceMs = 3_000; // the sources are asked then; a seed that comes later is taken later
const firstPatienceMs = 2_000;
// So late, a leader is taken to sleep. Browsers let the timers of a hidden page run once a minute.
const sleepingLeaderMs = 3 * 60_000;
const maxRefused = 4; // the two that IndexedDB keeps, the second copy, and one for a write that came in between

export interface UpdaterOptions {
  sources: readonly CatalogueSource[];
  seed: Bytes | (() => Promise<Bytes>) | undefined;
  trust: Trust;
  fetch: typeof fetch;
  /** The states, the policy and the random number by which the core says when to ask again. */
  standing: () => { states: Record<string, ServiceState>; policy: PolicyOptions; random: number };
  report: (news: News) => void;
  reportOnce: (news: News) => Promise<void>;
}

/** What the two places hold, unverified. */
interface Stored {
  kept: StoredCatalogue[];
  copy: StoredCatalogue | undefined;
}

type From = 'network' | 'storage' | 'seed' | 'tab';

/** The life of the catalogue: found at start, refreshed, taken over from other tabs. Holds the one in use. */
export class Updater {
  readonly #host: CoreHost;
  readonly #store: Store;
  readonly #copy: Copy;
  readonly #tabs: Tabs;
  readonly #options: UpdaterOptions;
  readonly #later = new Later();
  readonly #closing = new AbortController();
  readonly #refused: { octets: Uint8Array; why: Refusal }[] = []; // kept ones
  #current: OpenCatalogue | undefined;
  #isKept = true;
  #starting: Promise<void> | undefined;
  #refreshing: Promise<RefreshResult> | undefined;
  #lastResult: RefreshResult = 'unreachable';
  #rejection: BcpError | undefined; // why the last catalogue that came was refused
  #unreachable = 'no source answered'; // why, of each, when they were asked last
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking!: Rules['asking']; // known once it started
  #askedAtMs = 0;
  #retryAt = 0;
  #tellFound = () => {};
  readonly #found = new Promise<void>((resolve) => {
    this.#tellFound = resolve;
  });

  constructor(host: CoreHost, store: Store, copy: Copy, tabs: Tabs, options: UpdaterOptions) {
    this.#host = host;
    this.#store = store;
    this.#copy = copy;
    this.#tabs = tabs;
    this.#options = options;
  }

  /** The catalogue in use, if any. */
  get current(): OpenCatalogue | undefined {
    return this.#current;
  }

  /** Whether IndexedDB has the catalogue in use, as far as it was tried. */
  get isKept(): boolean {
    return this.#isKept;
  }

  /** Returns the catalogue in use, held for a call: release it. Errors: why there is none. */
  async acquire(): Promise<OpenCatalogue> {
    if (!this.#current) await (this.#starting ??= this.#start());
    if (!this.#current) await Promise.race([this.#found, this.#firstFromNetwork()]); // another tab may find one sooner
    if (!this.#current) throw closed();
    return this.#current.acquire();
  }

  /**
   * Asks the sources, unless that was done less than `maxAgeMs` ago; without it every source. One refresh at
   * a time in all tabs.
   *
   * Shape: one that is under way began before this call, so it counts only as far as `maxAgeMs` allows.
   */
  refresh(maxAgeMs = 0): Promise<RefreshResult> {
    const since = maxAgeMs === 0 ? Infinity : now() - maxAgeMs; // nobody else's moment answers an explicit refresh
    const mine = (this.#refreshing ?? Promise.resolve())
      .then(() =>
        isSeen(this.#askedAtMs, since)
          ? this.#lastResult
          : this.#tabs.exclusively('refresh', this.#current ? patienceMs : firstPatienceMs, () => this.#refresh(since)),
      )
      .finally(() => {
        if (this.#refreshing === mine) this.#refreshing = undefined;
        void this.reschedule();
      });
    this.#refreshing = mine;
    return mine;
  }

  /** Refreshes for a call that is under way, and says whether that helped. One answer serves the next calls, too. */
  async renew(): Promise<boolean> {
    return (await this.refresh(this.#asking.refreshForMs)) === 'updated';
  }

  /** Another tab stored a catalogue, or checked it: verify it here too. */
  async takeOver(from: From = 'tab', stored = this.#stored()): Promise<void> {
    const { kept, copy } = await stored;
    if (!(await this.#rules().catch(() => undefined))) return; // no core: nothing is judged, and nothing refused
    for (const record of copy ? [...kept, copy] : kept) {
      if (this.#refusalOf(record) || (await this.#adopt(record, from))) continue;
      // A core that died judged nothing: what it was given is nobody's to throw away.
      const isOthers = /^(signer|core)-/.test(this.#rejection!.code);
      this.#refused.push({ octets: record.octets, why: isOthers ? 'others' : 'useless' });
      if (this.#refused.length > maxRefused) this.#refused.shift();
    }
  }

  /**
   * When the sources are to be asked again, whether the last check is so old, or unknown, that a host warns, and how
   * long the trust lasts.
   */
  async asking(): Promise<Replies['askAgain']> {
    const nowMs = now();
    return this.#host.use((core) => {
      const catalogue = this.#current;
      const moments = { askedAtMs: wholeOf(this.#askedAtMs), confirmedAtMs: wholeOf(catalogue?.record.checkedAtMs) };
      const held = catalogue && { handle: catalogue.handle(core) };
      return core.call('askAgain', { ...held, ...moments, ...this.#options.standing(), nowMs });
    });
  }

  /**
   * Sets the timer anew: after a check, and when something failed, switched or came back. The leader asks; the others
   * ask when it has not, because it sleeps: a check of any of them reaches all and sets their timers, too.
   */
  async reschedule(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    const nowMs = now();
    const { atMs, trust }: Partial<Replies['askAgain']> & { atMs: number } = await this.asking().catch(() => ({
      atMs: nowMs + minuteMs,
    })); // no core: the next call says so
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    if (this.#tabs.leads) {
      for (const ending of trust?.expiring ?? []) void this.#options.reportOnce({ type: 'trust-expiring', ...ending });
      for (const flaw of trust?.flaws ?? []) void this.#options.reportOnce({ type: 'trust-flawed', ...flaw });
    }
    // What is overdue is not put off by what is heard meanwhile.
    const waitMs = Math.max(atMs + (this.#tabs.leads ? 0 : sleepingLeaderMs) - nowMs, 1_000);
    // A question that is under way then, or a check that this tab has not heard of, is as good as its own: later than
    // the one known now.
    const sinceMs = Math.max(this.#askedAtMs, this.#current?.record.checkedAtMs ?? 0) + 1;
    this.#timer = setTimeout(() => void this.refresh(now() - sinceMs), Math.min(waitMs, maxTimerMs));
    (this.#timer as { unref?: () => void }).unref?.(); // Node only: a timer must not keep the process alive
  }

  close(): void {
    this.#closing.abort();
    this.#later.close();
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.('online', this.#onAwake);
    globalThis.document?.removeEventListener('visibilitychange', this.#onAwake);
    this.#current?.release();
    this.#current = undefined;
  }

  async #start(): Promise<void> {
    const stored = this.#stored(); // read while the wasm loads
    try {
      this.#asking = (await this.#rules()).asking; // without a core nothing below can succeed
    } catch (e) {
      this.#starting = undefined;
      throw e;
    }
    await this.takeOver('storage', stored);
    void this.#heal(await stored);
    this.#store.onLost = async () => this.#heal(await this.#stored());
    const { seed } = this.#options;
    const planting = seed === undefined ? undefined : this.#plant(seed); // it may be newer than what was stored
    if (!this.#current && planting) await limited(seedPatienceMs, this.#closing.signal, () => planting);
    if (this.#closing.signal.aborted) return;
    globalThis.addEventListener?.('online', this.#onAwake);
    globalThis.document?.addEventListener('visibilitychange', this.#onAwake);
    void this.reschedule();
    this.#tabs.lead(() => void this.reschedule());
    if (this.#current) void this.refresh(this.#asking.freshMs);
  }

  readonly #onAwake = () => {
    if (globalThis.document?.visibilityState !== 'hidden') void this.refresh(this.#asking.freshMs);
  };

  async #plant(seed: Bytes | (() => Promise<Bytes>)): Promise<void> {
    try {
      const signed = typeof seed === 'function' ? await seed() : seed;
      const record = newRecord(octets(signed));
      record.checkedAtMs = 0; // no source confirmed it
      if (isIn(record, this.#current?.record)) return;
      if (await this.#adopt(record, 'seed')) await this.#keep(record, 'seed');
    } catch (e) {
      this.#options.report({ type: 'catalogue-unreachable', detail: `the seed: ${whyOf(e)}` });
    }
  }

  async #firstFromNetwork(): Promise<void> {
    if (performance.now() >= this.#retryAt) {
      await this.refresh(this.#asking.freshMs); // another tab may have one by now
      this.#retryAt = performance.now() + this.#asking.retryMs;
    }
    if (this.#closing.signal.aborted) throw closed();
    if (!this.#current) throw this.#rejection ?? new BcpError('network', `there is no catalogue: ${this.#unreachable}`);
  }

  async #refresh(since: number): Promise<RefreshResult> {
    if (this.#closing.signal.aborted) return 'unreachable';
    const before = this.#current;
    await this.takeOver();
    if (isSeen(this.#current?.record.checkedAtMs, since)) return this.#current === before ? 'unchanged' : 'updated';
    this.#askedAtMs = now();
    this.#lastResult = await this.#askAll(since === Infinity);
    return this.#lastResult;
  }

  // A source that has a newer list ends the round, unless somebody asks: a later one may have the newest. One that
  // confirms what is held does, too, unless something is away from its main endpoint: it may be the copy that stopped.
  async #askAll(isAsked: boolean): Promise<RefreshResult> {
    const results = new Set<RefreshResult>();
    const details: string[] = [];
    for (const source of this.#options.sources) {
      const { result, detail } = await this.#ask(source);
      results.add(result);
      if (detail) details.push(detail);
      if (!isAsked && (result === 'updated' || (result === 'unchanged' && !(await this.#isAway())))) break;
    }
    const best = (['updated', 'unchanged', 'rejected'] as const).find((result) => results.has(result));
    if (best) return best;
    this.#unreachable = details.join('; ');
    this.#options.report({ type: 'catalogue-unreachable', detail: this.#unreachable });
    return 'unreachable';
  }

  async #isAway(): Promise<boolean> {
    if (this.#options.sources.length === 1) return false;
    const asking = this.asking().catch(() => ({ away: true })); // nobody waits: a rejection would end a process of Node
    return (await asking).away === true;
  }

  async #ask(source: CatalogueSource): Promise<{ result: RefreshResult; detail: string }> {
    const { url, hint: hintUrl } =
      typeof source === 'object' && 'url' in source ? source : { url: source, hint: undefined };
    const mine = this.#current?.record;
    if (mine && hintUrl !== undefined && (await this.#hintConfirms(hintUrl, mine))) return this.#confirm(mine);
    let signed: Uint8Array<ArrayBuffer>;
    try {
      const { limits, asking } = await this.#rules();
      signed = await this.#get(url, limits.catalogueBytes, asking.fetchTimeoutMs);
    } catch (e) {
      if (!isOurs(e) || e.code !== 'input-too-large') return { result: 'unreachable', detail: whyOf(e) };
      this.#rejection = e;
      this.#options.report({ type: 'catalogue-rejected', code: e.code, detail: e.message, from: 'network' });
      return { result: 'rejected', detail: e.message };
    }
    if (mine && sameOctets(mine.octets, signed)) {
      return this.#confirm(mine);
    }
    const record = newRecord(signed);
    record.checkedAtMs = this.#askedAtMs;
    if (!(await this.#adopt(record, 'network', `, from ${String(url)}`))) return { result: 'rejected', detail: '' };
    await this.#keep(record, 'network');
    return { result: 'updated', detail: '' };
  }

  // A hint counts only when it is the SHA-256 of the octets held: it is not signed.
  async #hintConfirms(url: string | URL, { octets }: StoredCatalogue): Promise<boolean> {
    try {
      const { limits, asking } = await this.#rules();
      const hint = await this.#get(url, limits.hintBytes, asking.hintTimeoutMs);
      return await this.#host.use((core) => core.call('hintConfirms', {}, hint, octets).confirms);
    } catch {
      return false;
    }
  }

  #rules(): Promise<Rules> {
    return this.#host.use((core) => core.rules);
  }

  async #confirm(mine: StoredCatalogue): Promise<{ result: RefreshResult; detail: string }> {
    mine.checkedAtMs = this.#askedAtMs;
    await this.#keep(mine);
    return { result: 'unchanged', detail: '' };
  }

  async #get(url: string | URL, maxBytes: number, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
    const ended: Ended<Uint8Array<ArrayBuffer>> = await limited(timeoutMs, this.#closing.signal, async (signal) => {
      const response = await this.#options.fetch(url, { cache: 'no-cache', credentials: 'same-origin', signal });
      if (!response.ok) throw new BcpError('network', `HTTP ${response.status} from ${String(url)}`);
      return readBody(response, maxBytes);
    });
    switch (ended.how) {
      case 'done':
        return ended.value;
      case 'failed':
        throw isOurs(ended.error)
          ? ended.error
          : new BcpError('network', `${String(url)} cannot be fetched: ${whyOf(ended.error)}`, ended.error);
      case 'late':
        throw new BcpError('network', `no answer from ${String(url)} within ${timeoutMs} ms`);
      case 'cancelled':
        throw closed();
    }
  }

  // Verifies against the catalogue in use and takes its place, in one turn: nothing can come in between. It may be the
  // one in use, which somebody checked since.
  async #adopt(record: StoredCatalogue, from: From, source = ''): Promise<boolean> {
    try {
      await this.#host.use((core) => {
        if (this.#closing.signal.aborted) throw closed();
        const mine = this.#current;
        if (mine && isIn(record, mine.record)) {
          mine.record.checkedAtMs = Math.max(mine.record.checkedAtMs, record.checkedAtMs);
          return;
        }
        this.#current = OpenCatalogue.open(core, record, this.#options.trust, mine);
        mine?.release();
        if (from === 'storage' || from === 'tab') this.#tellUpdated(from);
      });
    } catch (e) {
      const code = isOurs(e) ? e.code : 'internal';
      const detail = whyOf(e) + source;
      this.#rejection = new BcpError(code, detail, e);
      // What is held is newer than a seed or a kept one: as it should be.
      const isOlder = from !== 'network' && this.#current && code === 'catalogue-rollback';
      if (code !== 'closed' && !isOlder) this.#options.report({ type: 'catalogue-rejected', code, detail, from });
      return false;
    }
    this.#tellFound();
    return true;
  }

  #tellUpdated(from: From): void {
    const issueInstant = this.#current?.verdict.issueInstant ?? '';
    // else it was closed meanwhile
    if (issueInstant) this.#options.report({ type: 'catalogue-updated', issueInstant, from });
  }

  /** Stores it. A catalogue that is new, `from` somewhere, is told then: it is stored, or known not to be storable. */
  async #keep(record: StoredCatalogue, from?: From): Promise<void> {
    await this.#write(record);
    if (from) this.#tellUpdated(from);
  }

  async #write(record: StoredCatalogue): Promise<void> {
    try {
      await this.#put(record);
      this.#isKept = true;
    } catch (e) {
      this.#degraded(e);
      this.#later.again(() => this.#current && this.#write(this.#current.record)); // it may just have been busy
    }
    await this.#tabs.exclusively('copy', firstPatienceMs, () => this.#writeCopy());
    this.#tabs.tell('catalogue');
  }

  async #put(record: StoredCatalogue, isFirst = true): Promise<void> {
    const refusal = (kept: StoredCatalogue) => (this.#current?.record === record ? this.#refusalOf(kept) : undefined);
    if (!(await this.#store.putCatalogue(record, refusal))) {
      await this.takeOver(); // what is kept says that it is newer: it takes the place, or is found to lie
      return isFirst && this.#current?.record === record ? this.#put(record, false) : undefined;
    }
    const [kept, before] = await this.#store.catalogues();
    const isOthers = before && this.#refusalOf(before) === 'others';
    if (!isOthers && kept && sameOctets(kept.octets, record.octets)) await this.#store.confirm();
  }

  // One tab at a time, and each takes over first what is newer: so the last one to write has seen the newest. One that
  // slept in between wrote late, over a newer one: so each looks again until it finds what it wrote.
  async #writeCopy(): Promise<void> {
    for (let looks = 4; looks--;) {
      const stored = this.#stored();
      await this.takeOver('tab', stored);
      const mine = this.#current?.record;
      if (!mine || isIn(mine, (await stored).copy) || !(await this.#copy.put(mine))) return;
    }
  }

  // At start: one of the two places may have lost it, or hold an older one.
  async #heal({ kept, copy }: Stored): Promise<void> {
    const mine = this.#current?.record;
    if (!mine || (isIn(mine, kept[0]) && (isIn(mine, copy) || !this.#copy.isPossible))) return;
    await this.#write(mine);
  }

  async #stored(): Promise<Stored> {
    const [kept, copy] = await Promise.all([
      this.#store.catalogues().catch((e: unknown) => {
        this.#degraded(e);
        return [];
      }),
      this.#copy.read(),
    ]);
    return { kept, copy };
  }

  #refusalOf({ octets }: StoredCatalogue): Refusal | undefined {
    return this.#refused.find((one) => sameOctets(one.octets, octets))?.why;
  }

  #degraded(e: unknown): void {
    this.#isKept = false;
    const { code, message } = storageError(e);
    this.#options.report({ type: 'storage-degraded', store: 'catalogue', code, detail: message });
  }
}

// A moment in the future was not seen: the clock was moved.
function isSeen(ms: number | undefined, since: number): boolean {
  return ms !== undefined && ms >= since && ms <= now();
}

// Never, and what is no moment, is unknown to the core; what lies in the future it takes for unknown itself.
function wholeOf(ms: number | undefined): number | undefined {
  return ms !== undefined && Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

function isIn({ octets }: StoredCatalogue, place: StoredCatalogue | undefined): boolean {
  return place !== undefined && sameOctets(place.octets, octets);
}

function newRecord(signed: Uint8Array): StoredCatalogue {
  const nowMs = now();
  return { octets: new Uint8Array(signed), issueInstantMs: 0, acceptedAtMs: nowMs, checkedAtMs: nowMs };
}
