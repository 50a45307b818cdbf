import type { Answer, Answers } from '../answers/answers.js';
import { readBody } from '../base/body.js';
import { check } from '../base/check.js';
import type { Clock } from '../base/clock.js';
import { BcpError, isOurs, messageOf } from '../base/errors.js';
import * as want from '../base/kinds.js';
import { limited } from '../base/timing.js';
import type { OpenCatalogue } from '../catalogue/open.js';
import type { Action, Event, Step } from '../core/contract.js';
import type { Core, CoreHost } from '../core/host.js';
import { abortedBy, valueOf } from './ended.js';
import { factsOf, isOpaque } from './facts.js';
import type { Lines } from './line.js';
import { LeaveWatch } from './leaving.js';
import { isOffline, wasNotSent } from './proof.js';
import { type Call, baseOf } from './request.js';
import type { Tally } from './tally.js';
import type { CacheOptions, News, PolicyOptions, Provenance, ServiceState } from '../types.js';

/** What a run needs of the client. */
export interface Surroundings {
  host: CoreHost;
  clock: Clock;
  /** From which the cool-downs are drawn. */
  random: number;
  policy: PolicyOptions;
  cache: CacheOptions | undefined;
  answers: Answers;
  lines: Lines;
  tally: Tally;
  /** Grows when answers are cleared: a call from before must store nothing after. */
  cleared(): number;
  rewrite: (endpoint: string) => string | URL;
  /** The endpoint that the next call would go to. */
  inUse(service: string): Promise<string | undefined>;
  /** Resolves at the next change of the state. */
  news(service: string): Promise<void>;
  /** The newest state of each service. */
  states(): Record<string, ServiceState>;
  keepState(service: string, state: ServiceState, changed: boolean): void;
  /** Runs a step on what all tabs know; no other tab takes one meanwhile. */
  alone<T>(service: string, step: (core: Core) => T): Promise<T>;
  /** The catalogue in force. */
  current(): OpenCatalogue | undefined;
  refresh(): Promise<boolean>;
  report(news: News): void;
}

/** A Response and where it came from. */
export interface Result {
  response: Response;
  provenance: Provenance;
}

/** One call of a service: performs what the core says, and tells it what came of it, until it says answer or fail. */
export class Run {
  readonly #at: Surroundings;
  readonly #call: Call;
  readonly #service: string;
  readonly #begunAt = performance.now();
  readonly #begunMs: number;
  #deadline = 0; // as the policy says, else the core
  readonly #clearedBefore: number;
  #catalogue: OpenCatalogue;
  #live: Response | undefined; // the newest answer of an endpoint, and its body
  #body: Uint8Array<ArrayBuffer> | undefined;
  #fault: Response | undefined; // to hand on when no endpoint is left
  #cached: Answer | undefined;
  #maxAnswerBytes = 0; // as the core says
  #hasLeft = false; // the send under way was handed to the transport
  #queuedMs = 0; // that the send under way spent in the browser's own queue
  #news: Promise<void> = Promise.resolve();
  readonly #watch = new LeaveWatch();

  /** Takes over one hold on the catalogue. `clearedBefore` is what `cleared` said when the call began. */
  constructor(at: Surroundings, call: Call, service: string, catalogue: OpenCatalogue, clearedBefore: number) {
    this.#at = at;
    this.#begunMs = at.clock.nowMs();
    this.#call = call;
    this.#service = service;
    this.#catalogue = catalogue;
    this.#clearedBefore = clearedBefore;
  }

  async finish(): Promise<Result> {
    try {
      let step = await this.#begin();
      for (;;) {
        const { action } = step;
        if (action.do === 'answer') return this.#answer(action);
        if (action.do === 'fail') throw this.#failure(action);
        const { call } = step;
        const madeAt = performance.now();
        const event = await this.#perform(action).catch(async (e: unknown) => {
          // others wait for it
          const ended = await this.#next(call, { kind: 'cancelled', ...this.#unsent }).catch(() => undefined);
          const tried = ended?.action.do === 'fail' && ended.action.tried;
          if (tried && isOurs(e)) Object.assign(e, { tried });
          throw e;
        });
        const tookMs = performance.now() - madeAt;
        step = await this.#next(call, this.#queued(event));
        if (action.do === 'send') this.#at.tally.count(this.#service, action.endpoint, tookMs, event, step.notes);
      }
    } finally {
      this.#watch.close();
      this.#catalogue.release();
    }
  }

  async #begin(): Promise<Step> {
    const { host, cache, policy, random } = this.#at;
    const limits = await host.use((core) => core.rules.limits);
    this.#maxAnswerBytes = limits.answerBytes;
    this.#deadline = this.#begunAt + (policy.totalTimeoutMs ?? limits.totalTimeoutMs);
    const isCached = cache?.services.includes(this.#service) ?? false;
    const { contentType, accept } = this.#call;
    // Where the media type leaves it open, the head of the body says whether it is a SOAP Envelope.
    const isOpen = !/^(text\/xml|application\/soap\+xml|multipart\/related)\s*([;,]|$)/i.test(contentType ?? '');
    const whole = isCached || isOpen ? await this.#firstBody() : undefined;
    const body = isCached ? whole : whole?.subarray(0, limits.headBytes);
    const { repeat, serveExpired = cache?.serveExpired } = this.#call.options;
    return this.#step((core) =>
      core.call(
        'begin',
        {
          handle: this.#catalogue.handle(core),
          target: this.#service,
          policy,
          facts: { repeat, cache: isCached, serveExpired },
          contentType,
          accept,
          state: this.#at.states()[this.#service],
          nowMs: this.#nowMs(),
          random,
        },
        ...(body ? [body] : []),
      ),
    );
  }

  async #firstBody(): Promise<Uint8Array | undefined> {
    const endpoint = (this.#call.options.body && (await this.#at.inUse(this.#service))) ?? this.#call.target;
    return this.#patiently(() => this.#call.body({ endpoint, attempt: 1 }));
  }

  // What the application itself does takes the time of the call, and of no endpoint.
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#call;
    return valueOf(await limited(this.#deadline - performance.now(), signal, work), signal, 'the body took too long');
  }

  // The clock of this computer may be set while a call runs: that is no time that passed. A Date holds no more.
  #nowMs(): number {
    return Math.min(this.#begunMs + Math.round(performance.now() - this.#begunAt), 8.64e15);
  }

  // What never left proves that nothing was sent, and no endpoint is to blame.
  get #unsent(): { notSent?: true; blameless?: true } {
    return this.#hasLeft ? {} : { notSent: true, blameless: true };
  }

  #next(call: Step['call'], event: Event): Promise<Step> {
    const body = event.kind === 'response' ? this.#body : event.kind === 'cacheHit' && this.#cached?.body;
    const blobs = body ? [body] : [];
    return this.#step((core) => {
      this.#follow();
      const handle = this.#catalogue.handle(core);
      const state = this.#at.states()[this.#service];
      return core.call('next', { handle, call, state, event, nowMs: this.#nowMs() }, ...blobs);
    });
  }

  // A state is of the newest list, by the Order of its endpoints: what one of an older list did would be booked there
  // on another.
  #follow(): void {
    const newest = this.#at.current();
    if (!newest || newest === this.#catalogue) return;
    this.#catalogue.release();
    this.#catalogue = newest.acquire();
  }

  // The state is taken and kept in one turn, so calls of one service that run at once do not lose each other's news.
  // A probe is decided once more with what all tabs know: it is sent for all of them.
  async #step(job: (core: Core) => Step): Promise<Step> {
    const taken = await this.#at.host.use((core) => {
      const step = job(core);
      return step.action.do === 'send' && step.action.probe ? undefined : this.#take(core, step);
    });
    return taken ?? this.#at.alone(this.#service, (core) => this.#take(core, job(core)));
  }

  #take(core: Core, step: Step): Step {
    this.#at.keepState(this.#service, step.state, step.changed === true);
    if (step.action.do === 'wait') this.#news = this.#at.news(this.#service); // in this turn, so that none is missed
    if (step.keep && this.#live) this.#fault = this.#live;
    for (const note of step.notes ?? []) {
      const { kind, ...news } = note;
      this.#at.report({ type: kind, service: this.#service, ...news } as News);
      // What was seen of a host tells something of its other services.
      const { states } = core.call('spread', {
        handle: this.#catalogue.handle(core),
        note,
        service: this.#service,
        states: this.#at.states(),
        nowMs: this.#at.clock.nowMs(),
      });
      for (const [id, state] of Object.entries(states)) this.#at.keepState(id, state, true);
    }
    return step;
  }

  async #perform(action: Exclude<Action, { do: 'answer' } | { do: 'fail' }>): Promise<Event> {
    this.#hasLeft = false;
    if (action.do === 'send') {
      const { endpoint, attempt } = action;
      await this.#patiently(() => this.#call.prepare({ endpoint, attempt }));
    }
    const left = this.#deadline - performance.now();
    if (action.do === 'send' && left <= 0) return { kind: 'deadline', ...this.#unsent };
    // A cache that hangs leaves the endpoints their time.
    const limit =
      action.do === 'readCache' ? left / 2 : 'timeoutMs' in action ? Math.min(action.timeoutMs, left) : left;
    const ended = await limited(limit, this.#call.signal, (signal, restart) => {
      switch (action.do) {
        case 'send':
          return this.#send(action, signal, restart);
        case 'wait':
          return this.#news.then((): Event => ({ kind: 'waited' }));
        case 'readCache':
          return this.#read(action.service, action.key);
        case 'writeCache':
          return this.#write(action);
        case 'refreshCatalogue':
          return this.#refresh();
      }
    });
    const status = this.#live?.status;
    const offline = isOffline() ? { blameless: true as const } : {};
    switch (ended.how) {
      case 'done':
        return ended.value;
      case 'cancelled':
        return { kind: 'cancelled', ...this.#unsent };
      case 'late':
        if (action.do === 'readCache') return { kind: 'cacheMiss' };
        if (limit >= left) return { kind: 'deadline', ...this.#unsent };
        return action.do === 'wait'
          ? { kind: 'waited' }
          : { kind: 'outcome', outcome: 'timeout', status, ...offline, ...this.#unsent };
      case 'failed':
        // more than we hold: another endpoint would send as much
        if (action.do !== 'send' || isOurs(ended.error)) throw ended.error;
        if (this.#watch.isLeaving) return { kind: 'cancelled' };
        // A browser does not say why: refused, reset, TLS, CORS and CSP look the same. With headers there, the body
        // broke.
        return {
          kind: 'outcome',
          outcome: status ? 'incomplete' : 'unreachable',
          status,
          ...offline,
          ...(!status && !this.#call.follows && wasNotSent(ended.error) && { notSent: true }),
        };
    }
  }

  // Time in the browser's own queue is not the endpoint's: neither the call's time nor the attempt's counts it.
  #queued(event: Event): Event {
    const queuedMs = Math.round(this.#queuedMs);
    this.#queuedMs = 0;
    if (queuedMs === 0 || (event.kind !== 'response' && event.kind !== 'outcome')) return event;
    this.#deadline += queuedMs;
    return { ...event, queuedMs };
  }

  async #send(
    { endpoint, attempt, once }: Extract<Action, { do: 'send' }>,
    signal: AbortSignal,
    restart: () => void,
  ): Promise<Event> {
    this.#live = this.#body = undefined;
    // What may not run twice is not sent into the dark: then it is sure that nothing arrived.
    if (once && isOffline()) return { kind: 'outcome', outcome: 'unreachable', ...this.#unsent };
    const address = this.#addressOf(endpoint);
    const madeAt = performance.now();
    const { lines } = this.#at;
    const isShared =
      lines.isCrowded(address) &&
      (await this.#at.host.use((core) => this.#catalogue.isShared(core, endpoint, address)));
    const place = lines.join(address, isShared, () => {
      this.#queuedMs = performance.now() - madeAt;
      restart();
    });
    signal.addEventListener('abort', () => place.leave(this.#call.signal?.aborted ? 'cancelled' : 'failed'));
    if (!(await place.turn)) return { kind: 'outcome', outcome: 'unreachable', ...this.#unsent };
    try {
      const event = await this.#exchange(endpoint, address, attempt, signal);
      place.leave('answered');
      return event;
    } finally {
      place.leave('failed');
    }
  }

  async #exchange(endpoint: string, address: string | URL, attempt: number, signal: AbortSignal): Promise<Event> {
    this.#hasLeft = true;
    const live = await this.#call.send(address, signal, { endpoint, attempt });
    if (typeof live?.status !== 'number') throw new BcpError('bad-call', 'options.fetch: expected a Response');
    signal.throwIfAborted(); // a transport that ignores the signal may answer while the next endpoint does
    this.#live = live;
    if (isOpaque(live)) return { kind: 'outcome', outcome: 'answered', silent: true };
    // The caller gets the browser's own Response, unread.
    const body = await readBody(live.clone(), this.#maxAnswerBytes).catch((e: unknown) => {
      live.body?.cancel().catch(() => {});
      throw e;
    });
    signal.throwIfAborted();
    this.#body = body;
    const isOwnGateway = String(address) !== endpoint; // an endpoint's own word for it proves nothing
    return factsOf(live, this.#call.method, isOwnGateway);
  }

  // A mistake of the application must not count against an endpoint.
  #addressOf(endpoint: string): string | URL {
    try {
      const address = this.#at.rewrite(endpoint);
      check('what options.rewrite returns', address, want.url);
      void new URL(address, baseOf()); // throws for what is no address
      return address;
    } catch (e) {
      throw isOurs(e) ? e : new BcpError('bad-call', `options.rewrite failed: ${messageOf(e)}`, e);
    }
  }

  async #read(service: string, key: string): Promise<Event> {
    try {
      this.#cached = await this.#at.answers.read(service, key);
    } catch {
      this.#cached = undefined;
    }
    if (!this.#cached) return { kind: 'cacheMiss' };
    const { storedAtMs, validUntilMs, headers } = this.#cached;
    const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
    return { kind: 'cacheHit', storedAtMs, validUntilMs, contentType };
  }

  async #write({ service, key, storedAtMs, validUntilMs }: Extract<Action, { do: 'writeCache' }>): Promise<Event> {
    if (!this.#live || this.#at.cleared() !== this.#clearedBefore) return { kind: 'cacheFailed' };
    const { status, statusText, headers } = this.#live;
    const body = this.#body ?? new Uint8Array();
    try {
      await this.#at.answers.write(service, key, {
        storedAtMs,
        validUntilMs,
        status,
        statusText,
        headers: [...headers],
        body,
      });
      return { kind: 'cacheWritten' };
    } catch {
      return { kind: 'cacheFailed' };
    }
  }

  async #refresh(): Promise<Event> {
    return { kind: (await this.#at.refresh()) ? 'catalogueRefreshed' : 'catalogueUnchanged' };
  }

  #answer(action: Extract<Action, { do: 'answer' }>): Result {
    const { source, attempts } = action;
    if (source === 'network') {
      const response = action.exhausted ? this.#fault! : this.#live!;
      if (action.exhausted && action.code)
        this.#at.report({ type: 'call-failed', service: this.#service, code: action.code });
      const { endpoint, exhausted } = action;
      const { redirected } = response;
      const how = { ...(exhausted && { exhausted }), ...(redirected && { redirected }) };
      return { response, provenance: { source, service: this.#service, endpoint, attempts, ...how } };
    }
    const { status, statusText, headers, body } = this.#cached!;
    const { storedAtMs, validUntilMs, expired = false } = action;
    this.#at.report({ type: expired ? 'stale-served' : 'cache-hit', service: this.#service, storedAtMs });
    return {
      response: new Response(bodiless.has(status) ? null : body, { status, statusText, headers }),
      provenance: {
        source,
        service: this.#service,
        attempts,
        storedAt: new Date(storedAtMs),
        validUntil: new Date(validUntilMs),
        expired,
      },
    };
  }

  #failure({ code, detail, tried }: Extract<Action, { do: 'fail' }>): BcpError {
    if (code === 'aborted') return abortedBy(this.#call.signal, tried);
    this.#at.report({ type: 'call-failed', service: this.#service, code });
    return new BcpError(code, detail, undefined, tried);
  }
}

const bodiless = new Set([204, 205, 304]);
