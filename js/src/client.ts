import { type Answers, FallbackAnswers, MemoryAnswers, capsOf } from './answers/answers.js';
import { Vault, destroyVault } from './answers/vault.js';
import { json, octets } from './base/bytes.js';
import { check, checkShape } from './base/check.js';
import { Clock } from './base/clock.js';
import { BcpError, closed, isOurs, recordDropped, storageError, whyOf } from './base/errors.js';
import * as want from './base/kinds.js';
import { clientShape, ruleShape } from './base/shapes.js';
import { randomNumber } from './base/random.js';
import { inTurn, limited, maxTimerMs } from './base/timing.js';
import { abortedBy, valueOf } from './call/ended.js';
import { Gateway } from './call/gateway.js';
import { Lines } from './call/line.js';
import { type Call, callOf, isUrl } from './call/request.js';
import { type Result, Run, type Surroundings } from './call/run.js';
import { Tally } from './call/tally.js';
import type { OpenCatalogue } from './catalogue/open.js';
import { Updater } from './catalogue/updater.js';
import { readyTimeoutMs } from './core/contract.js';
import type { Core, CoreHost } from './core/host.js';
import { Copy } from './storage/copy.js';
import { Journal } from './storage/journal.js';
import { States } from './storage/states.js';
import { IndexedStore, type Store } from './storage/store.js';
import { type Heard, Tabs } from './storage/tabs.js';
import type {
  BcpClient,
  BcpEvent,
  BcpRequestInit,
  CatalogueSource,
  ClearScope,
  ClientOptions,
  ClientStatus,
  ErrorCode,
  Guidance,
  ProcedureFilter,
  ProcedureOverview,
  Provenance,
  RefreshResult,
  ServiceStatus,
} from './types.js';

const coreless = new Set<ErrorCode>(['wasm-load-failed', 'contract-mismatch', 'core-dead']);

/** Builds a client on a core. The entries of the package bind it to their wasm. */
export function clientOn(host: CoreHost, options: ClientOptions): BcpClient {
  options = checkShape('options', options, clientShape);
  const { cache } = options;
  for (const [id, rule] of Object.entries(cache?.rules ?? {})) {
    const name = `options.cache.rules.${id}`;
    check(name, rule, { words: 'a rule for one of cache.services', is: () => cache!.services.includes(id) });
    checkShape(name, rule, ruleShape);
  }
  return new Client(host, options);
}

class Client implements BcpClient {
  declare readonly [Symbol.dispose]: () => void; // where the engine knows it
  readonly #host: CoreHost;
  readonly #options: ClientOptions;
  readonly #namespace: string;
  readonly #fetch: typeof fetch;
  readonly #store: Store;
  readonly #copy: Copy;
  readonly #tabs: Tabs;
  readonly #journal: Journal;
  readonly #states: States;
  readonly #updater: Updater;
  readonly #answers: Answers;
  readonly #surroundings: Surroundings;
  readonly #gateway: Gateway | undefined;
  readonly #used = new Set<string>();
  readonly #provenance = new WeakMap<Response | Request, Provenance>();
  #clearings = 0;
  #guidance: Promise<Uint8Array[]> | undefined; // the application's own, read
  #isClosed = false;

  constructor(host: CoreHost, options: ClientOptions) {
    const { environment, anchors, crls, signerCn, seed, gateway } = options;
    const namespace = (this.#namespace = `${options.namespace ?? 'default'}:${environment}`);
    const clock = new Clock(() => this.#answers.forget());
    this.#host = host;
    this.#options = options;
    const { fetch } = globalThis; // the one of now: it may be replaced by the client's own
    host.fetchesBy(fetch);
    this.#fetch = options.fetch ?? ((...args) => fetch(...args));
    this.#gateway = gateway === undefined ? undefined : new Gateway(gateway, this.#fetch);
    const catalogue = options.catalogue ?? this.#gateway?.catalogue;
    check('options.catalogue', catalogue, want.catalogueSources);
    this.#store = (options.store as Store | undefined) ?? new IndexedStore(namespace);
    this.#store.onDrop = this.#onDrop('catalogue');
    this.#copy = new Copy(namespace);
    this.#tabs = new Tabs(namespace, this.#onChange);
    this.#journal = new Journal(this.#store);
    this.#journal.subscribe(this.#onEvent);
    if (options.log) this.#journal.subscribe(options.log);
    const { report } = this.#journal;
    const { policy = {} } = options;
    const random = randomNumber();
    this.#states = new States(host, this.#store, this.#tabs, report);
    this.#updater = new Updater(host, this.#store, this.#copy, this.#tabs, {
      sources: [catalogue!].flat() as CatalogueSource[],
      seed,
      trust: { environment, anchors, crls, signerCn, cache: options.cache },
      fetch: this.#fetch,
      standing: () => ({ states: this.#states.all(), policy, random }),
      report,
      reportOnce: (news) => this.#journal.reportOnce(news),
    });
    this.#answers = this.#makeAnswers(namespace, clock);
    this.#surroundings = {
      host,
      clock,
      report,
      random,
      policy,
      cache: options.cache,
      answers: this.#answers,
      lines: new Lines(),
      tally: new Tally(),
      cleared: () => this.#clearings,
      rewrite: options.rewrite ?? this.#gateway?.addressOf ?? ((endpoint) => endpoint),
      inUse: async (id) => (await this.#services()).find((one) => one.id === id)?.health.endpoint,
      news: (service) => this.#states.news(service),
      states: () => this.#states.all(),
      keepState: (service, state, changed) => this.#states.keep(service, state, changed),
      alone: (service, step) => this.#states.alone(service, step),
      current: () => this.#updater.current,
      refresh: () => this.#updater.renew(),
    };
    host.restarts.add(this.#onRestart);
    // Each works detached: a library takes `client.fetch`, a page writes `const { status } = client`.
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Client.prototype))) {
      if (name !== 'constructor') Object.defineProperty(this, name, { value: (value as () => void).bind(this) });
    }
    if (Symbol.dispose) Object.defineProperty(this, Symbol.dispose, { value: this.close });
  }

  async fetch(target: string | URL | Request, init?: BcpRequestInit): Promise<Response> {
    this.#mustBeOpen();
    const call = callOf(this.#fetch, target, init);
    if (call.signal?.aborted) throw abortedBy(call.signal);
    const { response, provenance } = await this.#protected(call, this.#clearings);
    this.#provenance.set(response, provenance);
    if (target instanceof Request) this.#provenance.set(target, provenance);
    return response;
  }

  provenance(of: Response | Request): Provenance | undefined {
    return this.#provenance.get(of);
  }

  async status(): Promise<ClientStatus> {
    const storage: ClientStatus['storage'] = this.#updater.isKept && this.#states.isKept ? 'persistent' : 'memory';
    const base = { services: [], sends: this.#surroundings.tally.all(), storage, leader: this.#tabs.leads };
    if (this.#isClosed) return { ...base, phase: 'closed' };
    let catalogue: OpenCatalogue | undefined;
    try {
      catalogue = await this.#updater.acquire();
      const services = await this.#services();
      const { acceptedAtMs, checkedAtMs } = catalogue.record;
      const { stale, trust } = await this.#updater.asking();
      return {
        ...base,
        phase: 'ready',
        services,
        catalogue: { ...catalogue.verdict, acceptedAtMs, checkedAtMs, stale },
        ...(trust && { trust }),
      };
    } catch (e) {
      const code: ErrorCode = isOurs(e) ? e.code : 'internal';
      return { ...base, phase: coreless.has(code) ? 'no-core' : 'no-catalogue', code };
    } finally {
      catalogue?.release();
    }
  }

  subscribe(listener: (event: BcpEvent) => void): () => void {
    check('listener', listener, want.callback);
    return this.#journal.subscribe(listener);
  }

  async refresh(): Promise<RefreshResult> {
    this.#mustBeOpen();
    (await this.#updater.acquire().catch(() => undefined))?.release();
    return this.#updater.refresh();
  }

  async preload(): Promise<void> {
    (await this.#updater.acquire()).release();
    await this.#states.ready();
    await this.#services(); // tells of a policy that no call could use
    await this.#readGuidance();
  }

  async clear(scope: ClearScope = 'answers'): Promise<void> {
    check('scope', scope, want.oneOf('answers', 'everything'));
    this.#clearings++;
    const clearing = this.#answers.clear();
    this.#tabs.tell('answers-cleared');
    if (scope === 'everything') {
      this.#states.forget();
      this.#journal.forget();
    }
    const done = await Promise.allSettled([
      clearing,
      // Another client may have kept some for this namespace. Where there is no IndexedDB, there are none.
      this.#options.cache?.persistent ? undefined : destroyVault(this.#namespace).catch(() => {}),
      ...(scope === 'everything' ? [this.#store.destroy(), this.#copy.destroy()] : []),
    ]);
    this.#journal.report({ type: 'cleared' });
    for (const part of done) {
      // Where the browser lets nobody store, nothing is left.
      if (part.status === 'rejected' && whyOf(part.reason) !== 'SecurityError') throw storageError(part.reason);
    }
  }

  async procedure(functionality: string, lang: string, about: { storedAt?: Date } = {}): Promise<Guidance> {
    check('functionality', functionality, want.text);
    check('lang', lang, want.text);
    checkShape('about', about, { 'storedAt?': want.date });
    const storedAtMs = about.storedAt?.getTime();
    return this.#guided((core, own) =>
      core.call('procedure', { functionality, lang, storedAtMs, nowMs: this.#surroundings.clock.nowMs() }, ...own),
    );
  }

  async procedures(lang: string, filter: ProcedureFilter = {}): Promise<ProcedureOverview> {
    check('lang', lang, want.text);
    checkShape('filter', filter, { 'audience?': want.text, 'only?': want.texts });
    const catalogue = await this.#updater.acquire().catch(() => undefined); // guidance is there without one
    const { policy, clock } = this.#surroundings;
    const cached: string[] = [];
    for (const service of this.#options.cache?.services ?? []) {
      if (await this.#answers.holds(service, clock.nowMs())) cached.push(service);
    }
    try {
      return await this.#guided((core, own) =>
        core.call(
          'procedures',
          {
            lang,
            ...(catalogue ? { handle: catalogue.handle(core), states: this.#states.all(), policy } : {}),
            cached,
            used: [...this.#used],
            nowMs: clock.nowMs(),
            audience: filter.audience ?? this.#options.audience,
            only: filter.only,
          },
          ...own,
        ),
      );
    } finally {
      catalogue?.release();
    }
  }

  async exportLog(): Promise<string> {
    const [status, events] = await Promise.all([this.status(), this.#journal.events()]);
    const { version } = await this.#host.use((core) => core.call('contract', {})).catch(() => ({ version: 'no core' }));
    const { environment, policy = {} } = this.#options;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return json(
      {
        exportedAt: isoOf(Date.now()),
        version,
        environment,
        policy,
        timeZone,
        status,
        events: events.map((event) => ({ at: isoOf(event.atMs), ...event })),
      },
      1,
    );
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#host.restarts.delete(this.#onRestart);
    this.#updater.close();
    this.#answers.close();
    this.#states.close();
    this.#tabs.close();
    setTimeout(() => this.#store.close()); // what a call just found out is written before, for whoever opens next
    this.#journal.close();
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw closed();
  }

  // A URL is never worse off than with plain fetch: when there is no core or no catalogue, it goes out as it is.
  // What a log-out clears counts from here: an earlier call stores nothing after it.
  async #protected(call: Call, clearings: number): Promise<Result> {
    let held: OpenCatalogue | undefined;
    let service: string | undefined;
    try {
      const states = this.#statesReady(); // read while the wasm loads
      const catalogue = (held = await this.#whenReady(call));
      service = await this.#host.use((core) => catalogue.find(core, call.target));
      await limited(readyTimeoutMs, call.signal, () => states);
    } catch (e) {
      held?.release();
      if (!isUrl(call.target) || (isOurs(e) && (e.code === 'aborted' || e.code === 'closed'))) throw e;
      const code = isOurs(e) ? e.code : 'internal';
      this.#journal.report({ type: 'unprotected', code, detail: whyOf(e) });
      const response = await (this.#gateway?.plain(call) ?? call.plain());
      return { response, provenance: plainly(call) };
    }
    if (service !== undefined) {
      this.#used.add(service);
      return new Run(this.#surroundings, call, service, held, clearings).finish();
    }
    const open = held;
    try {
      if (isUrl(call.target)) return { response: await call.plain(), provenance: plainly(call) };
      const near = await this.#host.use((core) => open.near(core, call.target));
      throw new BcpError(
        'service-unknown',
        `expected a URL or the Id of a service that the catalogue has, got ${JSON.stringify(call.target)}${near}`,
      );
    } finally {
      held.release();
    }
  }

  // What earlier starts, other tabs and the house know of the endpoints.
  #statesReady(): Promise<unknown> {
    return Promise.all([this.#states.ready(), this.#gateway?.states().then((states) => this.#states.merge(states))]);
  }

  async #whenReady(call: Call): Promise<OpenCatalogue> {
    if (this.#updater.current) return this.#updater.acquire();
    const timeoutMs = isUrl(call.target) ? readyTimeoutMs : maxTimerMs;
    const acquiring = this.#updater.acquire();
    const ended = await limited(timeoutMs, call.signal, () => acquiring);
    if (ended.how !== 'done') {
      acquiring.then(
        (late) => late.release(),
        () => {},
      );
    }
    return valueOf(ended, call.signal, `core and catalogue did not come within ${timeoutMs} ms`);
  }

  #onDrop(store: 'catalogue' | 'answers'): () => void {
    return () => this.#journal.report(recordDropped(store));
  }

  #services(): Promise<ServiceStatus[]> {
    const { policy, clock } = this.#surroundings;
    return this.#host.use((core) => {
      const catalogue = this.#updater.current; // here, because it may be replaced while the core loads
      if (!catalogue) return [];
      return core.call('status', {
        handle: catalogue.handle(core),
        policy,
        states: this.#states.all(),
        nowMs: clock.nowMs(),
      }).services;
    });
  }

  #makeAnswers(namespace: string, clock: Clock): Answers {
    const { cache } = this.#options;
    const memory = new MemoryAnswers(capsOf(cache ?? { services: [] }));
    if (!cache?.persistent) return memory;
    const vault = new Vault(
      namespace,
      capsOf(cache),
      cache.persistent,
      clock,
      () => memory.forget(),
      this.#onDrop('answers'),
    );
    return new FallbackAnswers(vault, memory, (e) => {
      const { code, message } = storageError(e);
      this.#journal.report({ type: 'storage-degraded', store: 'answers', code, detail: message });
    });
  }

  /** Reads with the application's own guidance; when that is broken, with the built-in one. */
  async #guided<T>(read: (core: Core, own: Uint8Array[]) => T): Promise<T> {
    const own = await this.#readGuidance().catch(() => []);
    return this.#host.use((core) => read(core, own));
  }

  /** Reads the application's own guidance once. Errors: `procedure-invalid`, told once and the same at every call. */
  #readGuidance(): Promise<Uint8Array[]> {
    return (this.#guidance ??= this.#checkGuidance().catch((e: unknown) => {
      if (isOurs(e) && e.code === 'procedure-invalid')
        this.#journal.report({ type: 'procedures-rejected', code: e.code, detail: e.message });
      else this.#guidance = undefined; // no core: nothing is known of the file
      throw e;
    }));
  }

  async #checkGuidance(): Promise<Uint8Array[]> {
    const { procedures } = this.#options;
    if (procedures === undefined) return [];
    const own = [octets(procedures)];
    await this.#host.use((core) => core.call('procedures', { lang: 'en', nowMs: 0 }, ...own));
    return own;
  }

  // Another tab may tell of changes without end: one look serves all that were told before it.
  readonly #takeOver = inTurn(() => this.#updater.takeOver().then(() => this.#updater.reschedule()));
  readonly #reload = inTurn(() => this.#states.reload().then(() => this.#updater.reschedule()));

  readonly #onChange = (change: Heard): void => {
    switch (change) {
      case 'catalogue':
        return void this.#takeOver();
      case 'state':
        return void this.#reload();
      case 'answers-cleared':
        this.#clearings++;
        return void this.#answers.clear().catch(() => {}); // the tab that cleared tells its caller
      case 'back': // the user may have logged out elsewhere: as a page that is loaded anew, it knows no answers
        this.#clearings++;
        this.#answers.forget();
        void this.#takeOver();
        return void this.#reload();
    }
  };

  readonly #onEvent = (event: BcpEvent): void => {
    switch (event.type) {
      case 'endpoint-failed':
      case 'endpoint-switched':
      case 'failback':
      case 'choice-reset':
        return void this.#updater.reschedule();
    }
  };

  readonly #onRestart = (): void => this.#journal.report({ type: 'core-restarted' });
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

const plainly = ({ target }: Call): Provenance => ({ source: 'network', endpoint: target, attempts: 1 });
