import { type Answers, FallbackAnswers, MemoryAnswers, capsOf } from './answers.js';
import { octets } from './bare.js';
import type { OpenCatalogue } from './catalogue.js';
import { Clock } from './clock.js';
import type { CoreHost } from './core.js';
import { BcpError, isBcpError, messageOf } from './errors.js';
import { limited } from './http.js';
import { Journal } from './journal.js';
import { type Call, callOf } from './request.js';
import { type Result, Run, type Surroundings, abortedBy } from './run.js';
import { States } from './states.js';
import { Store } from './store.js';
import { type Change, Tabs } from './tabs.js';
import type {
  BcpClient, BcpRequestInit, BcpEvent, ClearScope, ClientOptions, ClientStatus, ErrorCode, Guidance, ProcedureOverview, Provenance, RefreshResult, ServiceStatus,
} from './types.js';
import { Updater } from './updater.js';
import { Vault, destroyVault } from './vault.js';

const staleAfterMs = 24 * 60 * 60_000;
// A URL goes out unprotected when core and catalogue take longer than this to come; they go on loading.
const readyTimeoutMs = 8_000;
const maxTimerMs = 2 ** 31 - 1; // the longest that setTimeout takes
const refreshedRecentlyMs = 10_000; // calls that ask for a refresh at once share one

/** Builds a client on a core. The entries of the package bind it to their wasm. */
export function clientOn(host: CoreHost, options: ClientOptions): BcpClient {
  return new Client(host, options);
}

class Client implements BcpClient {
  readonly #host: CoreHost;
  readonly #options: ClientOptions;
  readonly #namespace: string;
  readonly #fetch: typeof fetch;
  readonly #store: Store;
  readonly #tabs: Tabs;
  readonly #journal: Journal;
  readonly #states: States;
  readonly #updater: Updater;
  readonly #answers: Answers;
  readonly #surroundings: Surroundings;
  readonly #used = new Set<string>();
  readonly #provenance = new WeakMap<Response, Provenance>();
  #storage: ClientStatus['storage'] = 'persistent';
  #clearings = 0;
  #isClosed = false;

  constructor(host: CoreHost, options: ClientOptions) {
    const { environment, anchors, crls, signerCn, catalogue, seed } = options;
    if (!environment || !(anchors?.length > 0)) throw new BcpError('bad-call', 'expected an environment and at least one anchor');
    const namespace = (this.#namespace = `${options.namespace ?? 'default'}:${environment}`);
    const clock = new Clock();
    this.#host = host;
    this.#options = options;
    this.#fetch = options.fetch ?? ((...args) => globalThis.fetch(...args)); // looked up late: an application may wrap it
    this.#store = new Store(namespace);
    this.#tabs = new Tabs(namespace, this.#onChange);
    this.#journal = new Journal(this.#store);
    this.#journal.subscribe(this.#onEvent);
    if (options.log) this.#journal.subscribe(options.log);
    const { report } = this.#journal;
    this.#states = new States(host, this.#store, this.#tabs, report);
    this.#updater = new Updater(host, this.#store, this.#tabs, {
      sources: Array.isArray(catalogue) ? catalogue : [catalogue],
      seed,
      trust: { environment, anchors, crls, signerCn },
      fetch: this.#fetch,
      isFailedOver: async () => (await this.#services()).some(({ health }) => health.failedOver),
      report,
    });
    this.#answers = this.#makeAnswers(namespace, clock);
    this.#surroundings = {
      host, clock, report,
      seed: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
      policy: options.policy ?? {},
      cache: options.cache,
      answers: this.#answers,
      cleared: () => this.#clearings,
      rewrite: options.rewrite ?? ((endpoint) => endpoint),
      state: (service) => this.#states.get(service),
      keepState: (service, state, changed) => this.#states.keep(service, state, changed),
      acquire: () => this.#updater.acquire(),
      refresh: async () => (await this.#updater.refresh(refreshedRecentlyMs)) === 'updated',
    };
    host.restarts.add(this.#onRestart);
  }

  async fetch(target: string | URL | Request, init?: BcpRequestInit): Promise<Response> {
    if (this.#isClosed) throw new BcpError('closed', 'the client is closed');
    const call = callOf(this.#fetch, target, init);
    if (call.signal?.aborted) throw abortedBy(call.signal);
    const { response, provenance } = await this.#protected(call);
    this.#provenance.set(response, provenance);
    return response;
  }

  provenance(response: Response): Provenance | undefined {
    return this.#provenance.get(response);
  }

  async status(): Promise<ClientStatus> {
    const base = { services: [], storage: this.#storage, leader: this.#tabs.leads };
    if (this.#isClosed) return { ...base, phase: 'closed' };
    try {
      (await this.#updater.acquire()).release();
    } catch (e) {
      const code: ErrorCode = isBcpError(e) ? e.code : 'internal';
      return { ...base, phase: code === 'wasm-load-failed' || code === 'contract-mismatch' || code === 'core-dead' ? 'no-core' : 'no-catalogue', code };
    }
    const services = await this.#services();
    const { record, verdict } = this.#updater.current!;
    const { acceptedAtMs, checkedAtMs } = record;
    const stale = Date.now() - checkedAtMs > staleAfterMs;
    return { ...base, phase: 'ready', services, catalogue: { ...verdict, acceptedAtMs, checkedAtMs, stale } };
  }

  subscribe(listener: (event: BcpEvent) => void): () => void {
    return this.#journal.subscribe(listener);
  }

  async refresh(): Promise<RefreshResult> {
    (await this.#updater.acquire().catch(() => undefined))?.release();
    return this.#updater.refresh();
  }

  async preload(): Promise<void> {
    (await this.#updater.acquire()).release();
    await this.#states.ready();
  }

  async clear(scope: ClearScope = 'answers'): Promise<void> {
    this.#forgetAnswers();
    await this.#answers.clear();
    if (!this.#options.cache?.persistent) await destroyVault(this.#namespace).catch(() => {}); // where there is no IndexedDB, there is none
    this.#tabs.tell('answers-cleared');
    if (scope === 'everything') {
      this.#states.forget();
      this.#journal.forget();
      await this.#store.destroy();
    }
    this.#journal.report({ type: 'cleared' });
  }

  procedure(functionality: string, lang: string): Promise<Guidance> {
    return this.#host.run((core) => core.call('procedure', { functionality, lang }, ...this.#guidance()));
  }

  async procedures(lang: string): Promise<ProcedureOverview> {
    const catalogue = await this.#updater.acquire().catch(() => undefined); // guidance is there without one
    const { policy, clock } = this.#surroundings;
    const cached: string[] = [];
    for (const service of this.#options.cache?.services ?? []) if (await this.#answers.holds(service)) cached.push(service);
    try {
      return await this.#host.run((core) => core.call('procedures', {
        lang,
        ...(catalogue ? { handle: catalogue.handle(core), states: this.#states.all(), policy } : {}),
        cached,
        used: [...this.#used],
        nowMs: clock.nowMs(),
      }, ...this.#guidance()));
    } finally {
      catalogue?.release();
    }
  }

  async exportLog(): Promise<string> {
    const status = await this.status();
    return JSON.stringify({ exportedAtMs: Date.now(), status, events: await this.#journal.events() }, null, 1);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#host.restarts.delete(this.#onRestart);
    this.#updater.close();
    this.#answers.close();
    this.#tabs.close();
    this.#store.close();
    this.#journal.close();
  }

  // A URL is never worse off than with plain fetch: when there is no core or no catalogue, it goes out as it is.
  async #protected(call: Call): Promise<Result> {
    let held: OpenCatalogue | undefined;
    let service: string | undefined;
    try {
      const states = this.#states.ready(); // read while the wasm loads
      const catalogue = (held = await this.#whenReady(call));
      service = await this.#host.run((core) => catalogue.find(core, call.target));
      await states;
    } catch (e) {
      held?.release();
      if (!isUrl(call.target) || (isBcpError(e) && (e.code === 'aborted' || e.code === 'closed'))) throw e;
      const code = isBcpError(e) ? e.code : 'internal';
      this.#journal.report({ type: 'unprotected', code, detail: messageOf(e) });
      return this.#plain(call);
    }
    if (service !== undefined) {
      this.#used.add(service);
      return new Run(this.#surroundings, call, service, held).finish();
    }
    held.release();
    if (isUrl(call.target)) return this.#plain(call);
    throw new BcpError('service-unknown', `expected the Id of a service or a URL, got ${JSON.stringify(call.target)}`);
  }

  async #plain(call: Call): Promise<Result> {
    return { response: await call.plain(), provenance: { source: 'network', endpoint: call.target, attempts: 1 } };
  }

  async #whenReady(call: Call): Promise<OpenCatalogue> {
    if (this.#updater.current) return this.#updater.acquire();
    const timeoutMs = isUrl(call.target) ? readyTimeoutMs : maxTimerMs;
    const acquiring = this.#updater.acquire();
    const ended = await limited(timeoutMs, call.signal, () => acquiring);
    if (ended.how === 'done') return ended.value;
    acquiring.then((late) => late.release(), () => {});
    switch (ended.how) {
      case 'failed': throw ended.error;
      case 'cancelled': throw abortedBy(call.signal);
      case 'late': throw new BcpError('timeout', `core and catalogue did not come within ${timeoutMs} ms`);
    }
  }

  async #services(): Promise<ServiceStatus[]> {
    const catalogue = this.#updater.current;
    if (!catalogue) return [];
    const { policy, clock } = this.#surroundings;
    const { services } = await this.#host.run((core) => core.call<{ services: ServiceStatus[] }>('status', {
      handle: catalogue.handle(core), policy, states: this.#states.all(), nowMs: clock.nowMs(),
    }));
    return services;
  }

  #makeAnswers(namespace: string, clock: Clock): Answers {
    const { cache } = this.#options;
    const memory = new MemoryAnswers(capsOf(cache ?? { services: [] }));
    if (!cache?.persistent) return memory;
    const vault = new Vault(namespace, capsOf(cache), cache.persistent, clock);
    return new FallbackAnswers(vault, memory, (e) => {
      const code = isBcpError(e) ? e.code : 'storage-unavailable';
      this.#journal.report({ type: 'storage-degraded', store: 'answers', code, detail: messageOf(e) });
    });
  }

  #guidance(): Uint8Array[] {
    const { procedures } = this.#options;
    return procedures === undefined ? [] : [octets(procedures)];
  }

  #forgetAnswers(): void {
    this.#clearings++;
  }

  readonly #onChange = (change: Change): void => {
    switch (change) {
      case 'catalogue': return void this.#updater.takeOver();
      case 'state': return void this.#states.reload().then(() => this.#updater.reschedule());
      case 'answers-cleared':
        this.#forgetAnswers();
        return void this.#answers.clear();
    }
  };

  readonly #onEvent = (event: BcpEvent): void => {
    switch (event.type) {
      case 'endpoint-switched': case 'failback': case 'choice-reset': return void this.#updater.reschedule();
      case 'storage-degraded':
        if (event.store === 'catalogue') this.#storage = 'memory';
    }
  };

  readonly #onRestart = (): void => this.#journal.report({ type: 'core-restarted' });
}

// A string that could be a path is one; anything else that is no URL is the Id of a service.
function isUrl(target: string): boolean {
  return /^(https?:|[./])/i.test(target);
}
