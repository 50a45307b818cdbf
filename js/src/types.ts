// The public types and the contract with the wasm, kept by hand: their comments are the API reference. No code here.

import type { ClientErrors, CoreErrors, Findings } from './codes.js';

export type { ClientErrors, CoreErrors, Findings };

/** What is wrong. Stable: branch on it. What each means: {@link CoreErrors}, {@link ClientErrors}. */
export type ErrorCode = CoreErrorCode | ClientErrorCode;

/** Codes of the core. */
export type CoreErrorCode = keyof CoreErrors;

/** Codes of the code around the core. */
export type ClientErrorCode = keyof ClientErrors;

/** What a finding is about. Of the codes of errors, those of stylesheets and of limits occur here too. */
export type FindingCode = keyof Findings | CoreErrorCode;

/** Where the wasm comes from. */
export type WasmSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | WebAssembly.Module
  | Promise<Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module>;

/** Text (as UTF-8) or bytes. */
export type Bytes = string | ArrayBuffer | ArrayBufferView;

/** How a catalogue is judged. */
export interface VerifyOptions {
  /**
   * Trust anchors: PEM texts, each with one certificate or more. The issuing CA or its root. Required: no system roots.
   */
  anchors: readonly Bytes[];
  /** The environment that the catalogue must name: `Production`, `Acceptation`, … Unset: any. */
  environment?: string;
  /** The common name that the signer must have. Unset: the platform's. */
  signerCn?: string;
  /** Certificate revocation lists, DER or PEM. */
  crls?: readonly Bytes[];
  /**
   * Own copies of the stylesheets that a catalogue names by location, by that location: the signature does not cover
   * them.
   */
  stylesheets?: Readonly<Record<string, Bytes>>;
  /** The moment of judgement. Unset: now. */
  at?: Date;
  /** The catalogue held until now: the new one must not be older, nor differ at the same instant. */
  held?: Bytes;
  /** When `held` was first accepted. */
  heldAt?: Date;
}

/** A finding that costs one service, or one cache, or nothing: never the catalogue. */
export interface Lint {
  /** What is wrong. Stable: branch on it. */
  code: FindingCode;
  /** Where: the Id of the service, and the endpoint or element. */
  place: string;
  /** In words, for people. */
  detail: string;
}

/** Who signed. */
export interface Signer {
  /** The subject's common name. */
  cn: string;
  /** The distinguished name of who issued the certificate. */
  issuer: string;
  /** Of the certificate, in decimal. */
  serial: string;
  /** Start of the certificate, ISO 8601. */
  notBefore: string;
  /** End of the certificate, ISO 8601. */
  notAfter: string;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  sha256: string;
}

/** A catalogue that was verified. */
export interface Verdict {
  /** Version of the schema. */
  version: 1 | 2;
  /** Of the document. */
  id: string;
  /** As written in the catalogue. */
  issueInstant: string;
  /** The same in milliseconds since 1970. */
  issueInstantMs: number;
  /** `Production`, `Acceptation`, … */
  environment: string;
  /** How many services it lists. */
  services: number;
  /** How many endpoints it lists. */
  endpoints: number;
  /** Who signed it. */
  signer: Signer;
  /** What costs a service or a cache, or nothing. */
  lint: Lint[];
}

/** An endpoint of a service, as the catalogue lists it. */
export interface Endpoint {
  /** 0 is the main one. */
  order: number;
  /** What the platform publishes. INACTIVE ones may be tried too: see `policy`. */
  status: 'ACTIVE' | 'INACTIVE';
  /** Absent when it was refused; the service is then quarantined. */
  url?: string;
}

/** A service as the catalogue publishes it. */
export interface Service {
  /** The UDDI key. */
  id: string;
  /** As the platform writes it. */
  name: string;
  /** In their `Order`. */
  endpoints: Endpoint[];
  /** Absent: the catalogue prescribes none. */
  cache?: CacheRule;
  /** Why the service is not used, when its own content breaks the rules. */
  quarantined?: FindingCode;
}

/** How answers of a service may be kept, as the catalogue has it. Of a rule that is off, only what could be read. */
export interface CacheRule {
  /** Whether the endpoints or the cache are asked first. */
  strategy?: 'ENDPOINT_FIRST' | 'CACHE_FIRST';
  /** Whether the stylesheet of the key stands in the catalogue; elsewhere, the signature does not cover it. */
  inline: boolean;
  /** When an answer ends. */
  expiry: {
    /** `ttl`: an answer ends after `duration`. */
    type?: 'none' | 'ttl';
    /** An xs:duration, as written. */
    duration?: string;
  };
  /** Why the rule is not used; absent when it is. */
  off?: FindingCode;
}

/** A cache key. It may name a patient. */
export interface CacheKey {
  /** The whole output of the stylesheet. */
  key: string;
  /**
   * The key says nothing of the request: it is the same when every value is another one, or none. Only with a bare
   * stylesheet; with a catalogue it is the error `key-constant`.
   */
  constant?: true;
  /** What the stylesheet said by `xsl:message`. */
  messages?: string[];
}

/** When to renew a token of the token service. */
export interface TokenRenewal {
  /** The middle of the life that the token has left; now, when it has as good as none. */
  renewAt: Date;
  /** The end that the token names (`NotOnOrAfter`). */
  endsAt: Date;
  /** It has passed its end: a new token is needed before the next call. */
  ended: boolean;
}

/** Which endpoints a call may try, and in which order. */
export type Policy = 'connector' | 'published';

/** Rules of failover. Values out of their bounds are refused with `bad-call` at the first call. */
export interface PolicyOptions {
  /**
   * `connector` (default): as the platform's own connector, INACTIVE endpoints too; it has no failback of its own, see
   * `failback`. `published`: only ACTIVE endpoints in their order; when all fail, the catalogue is refreshed at once.
   */
  name?: Policy;
  /** Return to the preferred endpoint after a cool-down. Default true. */
  failback?: boolean;
  /** Per attempt, headers and body. Default 20,000. */
  attemptTimeoutMs?: number;
  /** Per call. Default 60,000. */
  totalTimeoutMs?: number;
  /** The first wait before a failed endpoint is probed; each further one is twice as long. Default 5 min. */
  coolDownMs?: number;
  /** The longest of these waits. Default 60 min. */
  maxCoolDownMs?: number;
  /** How long an answer is kept when the catalogue sets no limit. Default 30 days. */
  maxCacheAgeMs?: number;
}

/** Where a copy of the catalogue is. Any place will do: trust comes from the signature. */
export type CatalogueSource =
  | string
  | URL
  | {
      /** The catalogue. */
      url: string | URL;
      /** The small `.sha2` file beside it: saves the download while it is the SHA-256 of the catalogue held. */
      hint: string | URL;
    };

/** The answer cache. Off for every service that is not named: answers are patient data. */
export interface CacheOptions {
  /**
   * Ids of the services whose answers may be kept: by the rule of the catalogue, else by that in `rules`, else by the
   * built-in one of the ETK depot. What has none of these is not kept.
   */
  services: readonly string[];
  /** Rules for services in `services` to which the catalogue gives none, by Id. */
  rules?: Readonly<Record<string, OwnCacheRule>>;
  /** See {@link VerifyOptions.stylesheets}. Without its copy, such a cache is off (finding `key-not-signed`). */
  stylesheets?: Readonly<Record<string, Bytes>>;
  /** Serve an answer past its end when nothing else is left; it is marked `expired`. Default false. */
  serveExpired?: boolean;
  /** How many answers are kept; the least recently used go first. Default 500. */
  maxEntries?: number;
  /** How many bytes they may take together. Default 20 MiB. */
  maxBytes?: number;
  /** Unset: answers are kept in memory only, until the page is left. */
  persistent?: PersistentCacheOptions;
}

/**
 * How answers are kept of a service to which the catalogue gives no cache. One that cannot be used is a finding, and
 * off.
 */
export interface OwnCacheRule {
  /**
   * XSLT 1.0: makes the key of the payload, the first element in the SOAP Body. docs/cache.md says what a key may not
   * do. Unset: the built-in one of the ETK depot; no other service has one.
   */
  stylesheet?: string;
  /** Default `ENDPOINT_FIRST`: the answer kept is served only when no endpoint answers. */
  strategy?: 'ENDPOINT_FIRST' | 'CACHE_FIRST';
  /** How long an answer is fresh: an xs:duration of at most 92 days, `P30D`. Unset: `policy.maxCacheAgeMs`. */
  duration?: string;
}

/** Keeps answers in IndexedDB, encrypted: AES-256-GCM, under keys derived from a secret that the application holds. */
export interface PersistentCacheOptions {
  /** Who is logged in. Another user finds nothing of this one. It is not stored. */
  user: string;
  /**
   * Gives a secret of this user from the application's own server, 32 random bytes or more. Asked for at the first
   * need after creation, `clear` or an idle lock. It is not kept: only non-extractable keys are, in memory.
   */
  secret: () => Promise<Bytes> | Bytes;
  /** Without use for this long, the keys are dropped. Default 15 min. */
  lockAfterMs?: number;
}

/** What a client is made of. Required: `environment`, `anchors`, and `catalogue` or `gateway`. */
export interface ClientOptions {
  /** The environment that the catalogue must name: `Production`, `Acceptation`, … */
  environment: string;
  /** Where to fetch the catalogue, in order of preference. Unset: from the `gateway`. */
  catalogue?: CatalogueSource | readonly CatalogueSource[];
  /**
   * Where the application's own gateway is (`bcp serve`), for instance `/bcp/`. It gives the catalogue, the way to the
   * endpoints, and what the whole house saw of them. Unset: endpoints are called directly, or as `rewrite` says.
   */
  gateway?: string | URL;
  /** A catalogue that came with the application, for a first start without network. Verified like any other. */
  seed?: Bytes | (() => Promise<Bytes>);
  /** See {@link VerifyOptions.anchors}. */
  anchors: readonly Bytes[];
  /** Certificate revocation lists, DER or PEM. */
  crls?: readonly Bytes[];
  /** The common name that the signer must have. Unset: the platform's. */
  signerCn?: string;
  /** Which endpoints a call may try, and how long. */
  policy?: PolicyOptions;
  /** Unset: no answer is kept. */
  cache?: CacheOptions;
  /**
   * What the application changes, adds and removes in the built-in guidance: see docs/procedures.md. A file that cannot
   * be read is told (`preload` rejects, event `procedures-rejected`), the built-in guidance stays, calls stay
   * protected.
   */
  procedures?: Bytes;
  /** Who reads the guidance and the panel; what concerns others is left out. Default `all`. */
  audience?: Audience | 'all';
  /** Keeps two applications on one origin apart. Default `default`. */
  namespace?: string;
  /**
   * Where the last good catalogue and the states of the endpoints survive a restart. Unset: IndexedDB. For Node:
   * `fileStore(dir)` of `ehealth-bcp/node`.
   */
  store?: ClientStore;
  /** The transport, for requests and for the catalogue. Default: the global fetch. */
  fetch?: typeof fetch;
  /** Gives the address to really call for an endpoint, for instance the application's own gateway. */
  rewrite?: (endpoint: string) => string | URL;
  /** Gets every event. What it throws is thrown again by itself, outside the call: in Node that ends the process. */
  log?: (event: BcpEvent) => void;
  /** Where the wasm is. Unset: beside this module. */
  wasm?: WasmSource;
  /**
   * Subresource integrity of the wasm, from `ehealth-bcp/integrity`. With a `wasm` that is compiled already,
   * `bad-call`.
   */
  wasmIntegrity?: string;
}

/** An attempt of a call. */
export interface Attempt {
  /** Where it goes: the URL as the catalogue writes it. */
  endpoint: string;
  /** The first is 1. */
  attempt: number;
}

/** Options of one call, beside those of fetch. */
export interface CallOptions {
  /**
   * The body of each attempt, for signatures and time stamps that differ per endpoint: `attempt` from 1, `endpoint` as
   * the catalogue writes it. The cache key is that of the first. What it takes to make it counts against the call's
   * total time-out, and against no endpoint. Not together with `init.body`, nor with GET or HEAD.
   */
  body?: (at: Attempt) => BodyInit | Promise<BodyInit>;
  /** Whether this request may safely run twice. Unset: the nature of the service decides. */
  repeat?: 'yes' | 'no';
  /** Overrides the client's. */
  serveExpired?: boolean;
}

/** What `fetch` takes, and `bcp` beside it. */
export interface BcpRequestInit extends RequestInit {
  /** How this call is to be treated. */
  bcp?: CallOptions;
}

/** Where an answer came from. */
export type Provenance =
  | {
      /** An endpoint answered. */
      source: 'network';
      /** The Id of the service; absent for a request that went out as plain fetch. */
      service?: string;
      /** The URL that answered, as the catalogue writes it. */
      endpoint: string;
      /** How many requests this call sent; endpoints that it left out, because they just failed, are not in it. */
      attempts: number;
      /** True when no endpoint was left: the answer is the last complete SOAP fault that one of them gave. */
      exhausted?: true;
      /** Of a kept answer only. */
      storedAt?: never;
      /** Of a kept answer only. */
      validUntil?: never;
      /** Of a kept answer only. */
      expired?: never;
    }
  | {
      /** It was kept from an earlier call. */
      source: 'cache';
      /** The Id of the service. */
      service: string;
      /** Of an endpoint's answer only. */
      endpoint?: never;
      /** How many requests this call sent before, all of which failed. */
      attempts: number;
      /** When it came. */
      storedAt: Date;
      /** Its end. */
      validUntil: Date;
      /** It is past its end: only with `serveExpired`. */
      expired: boolean;
    };

/** What came of one attempt. */
export type Outcome = 'answered' | 'switch' | 'foreign' | 'unreachable' | 'timeout' | 'incomplete' | 'cancelled';

/** One endpoint that was tried. */
export interface Tried {
  /** The URL, as the catalogue writes it. */
  endpoint: string;
  /** How it ended. */
  outcome: Outcome;
  /** Of the HTTP answer; absent when none came. */
  status?: number;
  /** The code of the platform's fault that says that the request was not processed. */
  switchCode?: string;
  /** True when a complete SOAP fault came. */
  fault?: true;
  /** What came in the place of an answer, in our own words. */
  came?: string;
  /**
   * True when it failed for a reason of our own (offline, refused by the application's gateway): the endpoint is not to
   * blame.
   */
  blameless?: true;
}

/** Something that happened. Holds Ids of services and URLs of the catalogue; never a request, an answer or a key. */
export type BcpEvent = Told & News;

/** When it happened. */
export interface Told {
  /** In milliseconds since 1970. */
  atMs: number;
  /** In the log, of what happened several times in a row: how often, `atMs` being the first time. */
  count?: number;
  /** The last of these times. */
  lastAtMs?: number;
}

/** What an event is about: a service. */
export interface OfService {
  /** Its Id. */
  service: string;
}

/** What an event is about: an endpoint of a service. */
export interface OfEndpoint extends OfService {
  /** Its URL, as the catalogue writes it. */
  endpoint: string;
}

/** Why it happened. */
export interface Why {
  /** Branch on it. */
  code: ErrorCode;
  /** In words, for people. */
  detail: string;
}

/** Where a catalogue came from. */
export interface FromSource {
  /** `tab`: another tab had it. `storage`: an earlier start. `seed`: it came with the application. */
  from: 'network' | 'storage' | 'seed' | 'tab';
}

/** What an endpoint said. */
export interface Said {
  /** Of the HTTP answer; absent when none came. */
  status?: number;
  /** The code of the platform's fault that says that the request was not processed. */
  switchCode?: string;
}

/** An event without the moment. */
export type News =
  | ({
      /** A catalogue was accepted. `issueInstant` is as the catalogue has it. */
      type: 'catalogue-updated';
      /** As the catalogue has it. */
      issueInstant: string;
    } & FromSource)
  | ({
      /** A catalogue was refused; the one held stays. */
      type: 'catalogue-rejected';
    } & Why &
      FromSource)
  | {
      /** No source gave a catalogue; the one held stays. */
      type: 'catalogue-unreachable';
      /** In words, for people. */
      detail: string;
    }
  | ({
      /** An endpoint failed. It rests for `coolDownMs`. */
      type: 'endpoint-failed';
      /** How the attempt ended. */
      outcome: Outcome;
      /** How long it rests. */
      coolDownMs?: number;
    } & OfEndpoint &
      Said)
  | ({
      /** The endpoint lives and refuses the caller: not authenticated, or not authorized. Nobody is blamed. */
      type: 'call-refused';
    } & OfEndpoint &
      Said)
  | ({
      /** Later calls go to another endpoint first; `failback`: to the preferred one again. */
      type: 'endpoint-switched' | 'failback';
      /** Where calls went first, until now. */
      from: string;
      /** Where calls go first, from now on. */
      to: string;
    } & OfService)
  | ({
      /** A call tries the preferred endpoint, after its rest. */
      type: 'probe';
    } & OfEndpoint)
  | ({
      /** A newer catalogue chose the endpoint. */
      type: 'choice-reset';
      /** Where calls go first, from now on. */
      to: string;
    } & OfService)
  | ({
      /** It answered, after calls that nothing answered, the first at `sinceMs`. */
      type: 'service-recovered';
      /** The first failure of the outage, in milliseconds since 1970. */
      sinceMs: number;
    } & OfEndpoint)
  | ({
      /** A kept answer was served; `stale-served`: one past its end. */
      type: 'cache-hit' | 'stale-served';
      /** When the answer was stored, in milliseconds since 1970. */
      storedAtMs: number;
    } & OfService)
  | ({
      /** The cache could not be used; the call went on without it. */
      type: 'cache-failed';
    } & OfService)
  | ({
      /**
       * This request has no key (`key-constant`, `key-empty`, `xslt-failed`, ...): the call neither asked the cache
       * nor filled it.
       */
      type: 'cache-skipped';
      /** Branch on it. */
      code: ErrorCode;
    } & OfService)
  | ({
      /** A call ended with an error. */
      type: 'call-failed';
      /** Branch on it. */
      code: ErrorCode;
    } & OfService)
  | ({
      /**
       * A part of the trust ends: told once at 60, 30 and 7 days before, and at the end. Ship a release with a later
       * anchor.
       */
      type: 'trust-expiring';
    } & TrustEnding)
  | ({
      /** What cannot be stored is kept in memory, or a record was dropped. */
      type: 'storage-degraded';
      /** What is kept there. */
      store: 'catalogue' | 'answers';
    } & Why)
  | {
      /** The core died, and was started again. */
      type: 'core-restarted';
    }
  | ({
      /** The application's own guidance cannot be read; the built-in one stays. */
      type: 'procedures-rejected';
    } & Why)
  | ({
      /** A request went out as plain fetch, without continuity. */
      type: 'unprotected';
    } & Why)
  | {
      /** `clear` was called. */
      type: 'cleared';
    };

/** What a client keeps over restarts: `fileStore` of `ehealth-bcp/node` makes one. */
export interface ClientStore {
  /** What it holds is the client's own. */
  readonly opaqueStore: unique symbol;
}

/** Failover state of one service: opaque JSON of the core. */
export interface ServiceState {
  /** What it holds is the core's own. */
  readonly opaque: unique symbol;
}

/** How a service is doing. */
export interface ServiceStatus {
  /** The UDDI key. */
  id: string;
  /** As the platform writes it. */
  name: string;
  /** Why it is not used at all. */
  quarantined?: FindingCode;
  /** What is known of its endpoints. */
  health: Health;
}

/** What is known of an endpoint that fails. Moments are milliseconds since 1970. */
export interface EndpointFailure {
  /** Its URL. */
  endpoint: string;
  /** How often it failed since it answered. */
  count: number;
  /** The last failure. */
  atMs: number;
  /** The first failure since it answered. */
  sinceMs?: number;
  /** Until when it rests. */
  untilMs: number;
  /** A call is trying it. */
  probing?: true;
}

/** The last answer of an endpoint. */
export interface EndpointAnswer {
  /** Its URL. */
  endpoint: string;
  /** In milliseconds since 1970. */
  atMs: number;
}

/** What is known of the endpoints of a service; what is false or unknown is absent. */
export interface Health {
  /** Where the next call goes first. */
  endpoint?: string;
  /** Where the catalogue wants it to go. */
  preferred?: string;
  /** They differ, because the preferred one failed. */
  failedOver?: true;
  /** The catalogue has no ACTIVE endpoint. */
  inactive?: true;
  /** No endpoint is left that is not known to fail. */
  down?: true;
  /** When the preferred endpoint may be tried again. */
  probeAtMs?: number;
  /** The endpoints that are known to fail. */
  failures?: EndpointFailure[];
  /** The last answer of each endpoint. */
  answers?: EndpointAnswer[];
  /** A request that must not run twice ended without a proof, and no endpoint answered since. */
  uncertain?: true;
}

/** A part of the trust that ends within 60 days, or has ended. Source: docs/design.md#foresight. */
export interface TrustEnding {
  /** `signer`: the certificate of the list's signer. `anchors`: the last of the application's `anchors`. */
  what: 'signer' | 'anchors';
  /** When it ends, in milliseconds since 1970. */
  endsMs: number;
  /** The threshold that was passed last: 60, 30 or 7 days before the end; 0 at the end. */
  thresholdDays: number;
}

/** How long the trust in the catalogue lasts, from what was verified. The list in force stays in force after it. */
export interface TrustStatus {
  /** Whole days until the certificate of the list's signer ends, rounded down: negative once it has. */
  signerDaysLeft: number;
  /** Whole days until the last of the application's `anchors` ends, rounded down: negative once it has. */
  anchorDaysLeft: number;
  /** What ends within 60 days, the first to end first; absent when nothing does. */
  expiring?: TrustEnding[];
}

/**
 * What the sends of this client to an endpoint came to since it was created. Nothing of a request is in it.
 *
 * Availability is `answered / (answered + failed)`. Not in either: what the caller cancelled, what never left for want
 * of a network, and refusals of the caller.
 */
export interface EndpointSends {
  /** The Id of the service. */
  service: string;
  /** Its URL. */
  endpoint: string;
  /** How often an answer came that is handed on, also where it does not prove whose it is (an empty 202). */
  answered: number;
  /** How often none came, or one of somebody else. */
  failed: number;
  /** How often it took the place of another endpoint that had failed. */
  switches: number;
  /**
   * A histogram of what `answered` and `failed` took: how many at most 50, 100, 250, 500 ms, 1, 2, 5, 10, 20, 60 s, and
   * how many longer. Each send is in one of them; time in the browser's own queue counts.
   */
  took: number[];
}

/** A snapshot. */
export interface ClientStatus {
  /** `ready`: calls are protected. The others say what is missing. */
  phase: 'ready' | 'no-catalogue' | 'no-core' | 'closed';
  /** Why not ready. */
  code?: ErrorCode;
  /** The one in force; absent without one. */
  catalogue?: Verdict & {
    /** When it was first accepted, in milliseconds since 1970. */
    acceptedAtMs: number;
    /** When a source last confirmed it, in milliseconds since 1970. */
    checkedAtMs: number;
    /** No source confirmed it for 24 h. A warning: it is still used. */
    stale: boolean;
  };
  /** How long the trust in the catalogue lasts; absent without a catalogue. */
  trust?: TrustStatus;
  /** How each service of the catalogue is doing. */
  services: ServiceStatus[];
  /** What the sends came to, by endpoint; those that were sent to nothing yet are not in it. */
  sends: EndpointSends[];
  /** Where the catalogue and the states are kept. `memory`: IndexedDB did not take the last; it is tried again. */
  storage: 'persistent' | 'memory';
  /** Whether this tab refreshes the catalogue for all. */
  leader: boolean;
}

/** Who a functionality is for. */
export type Audience = 'general-practitioner' | 'pharmacist';

/** Who says so. */
export interface GuidanceSource {
  /** Who published it. */
  publisher: string;
  /** The name of the text. */
  title: string;
  /** Whom the text addresses. */
  audience?: string;
  /** What a reader should know of it. */
  note?: string;
}

/** How to work when a care functionality is hit. Each text is a list of whole sentences: one step each, in order. */
export interface Guidance {
  /** Its name, as `procedure` takes it. */
  functionality: string;
  /** The language of the texts, which may differ from the one asked for. */
  lang: string;
  /** Its name for people. */
  title: string;
  /** Absent: for everybody. */
  audience?: Audience[];
  /** While another endpoint of the same service answers. */
  recovery?: string[];
  /** Another electronic way. Without a way of this name in use: one that the caregiver takes on his own knowledge. */
  fallback?: string[];
  /** While kept answers are served. */
  cache?: string[];
  /** While one endpoint failed and another was not tried. */
  unconfirmed?: string[];
  /** When trying again may help. */
  retry?: string[];
  /** For what acts: look whether it arrived, send again, paper. Holds while `uncertain`, and after `not-repeatable`. */
  mayHaveArrived?: string[];
  /** When no electronic way is left. */
  lastResort: string[];
  /** Who says so. */
  source: GuidanceSource;
  /**
   * Whether the kept answer of which `storedAt` was given counts, and before which moment. Absent: no rule on its age.
   */
  kept?: {
    /** It may still be relied on. */
    counts: boolean;
    /** The moment until which it may be, in milliseconds since 1970. */
    untilMs: number;
  };
}

/**
 * How a functionality is served, by what was seen, from light to heavy. `unwatched`: the catalogue lists nothing that
 * it needs. `normal`: the main endpoint answered (`answeredAtMs`), or was not used yet. `recovery`, `fallback`: another
 * one answered in this outage. `cache`: nothing answers, answers were kept. `unconfirmed`: one failed, another was not
 * tried. `retry`: nothing answered, and nothing was tried since the rest was over. `lastResort`: no electronic way is
 * left.
 */
export type Way = 'unwatched' | 'normal' | 'recovery' | 'fallback' | 'cache' | 'unconfirmed' | 'retry' | 'lastResort';

/** A functionality with its guidance and what was seen. Moments are milliseconds since 1970. */
export interface ProcedureItem extends Guidance {
  /** How it is served. */
  way: Way;
  /** Nobody knows whether the last act arrived. It weighs more than every way but `lastResort`. */
  uncertain?: true;
  /** The last answer on this way. */
  answeredAtMs?: number;
  /** The first failure of the outage, until the main endpoint is back. */
  sinceMs?: number;
  /** The last failure. */
  failedAtMs?: number;
  /** From when trying again may help. */
  retryAtMs?: number;
  /** Ids of the services that decided. */
  services?: string[];
}

/** What the functionalities amount to. `unused`: nothing was called yet, so nothing was seen. */
export interface ProcedureOverview {
  /** The heaviest of its items. */
  overall: 'unknown' | 'unused' | 'normal' | 'continuity' | 'degraded';
  /** What needs attention first, the heaviest at the top. */
  items: ProcedureItem[];
}

/** Chooses functionalities. A word that is none hides nothing: a typing error takes no guidance away. */
export interface ProcedureFilter {
  /** Unset: the client's. */
  audience?: string;
  /** Names of functionalities: these alone, whoever reads. */
  only?: readonly string[];
}

/** What `clear` wipes: answers and their keys, or everything that this namespace ever stored. */
export type ClearScope = 'answers' | 'everything';

/** What came of a refresh. */
export type RefreshResult = 'updated' | 'unchanged' | 'rejected' | 'unreachable';

/** `close` under the name that `using` takes, where engine and compiler know `Symbol.dispose`. */
export type Disposing = { [K in SymbolConstructor['dispose' & keyof SymbolConstructor] & symbol]: () => void };

/** A kept answer beside which guidance is read. */
export interface KeptAnswer {
  /** When it was stored: of its provenance. */
  storedAt?: Date;
}

/** Replaces fetch, with business continuity. Every method works detached: `const { fetch } = client`. */
export interface BcpClient extends Disposing {
  /**
   * Calls a service, named by its Id or by any of its endpoint URLs. Other URLs go out as plain fetch.
   *
   * Shape: a standard Response; a body is complete when it resolves.
   * Errors: BcpError. `aborted` (its name and `cause` are those of the signal's reason; AbortError when the page is
   * being left), `endpoints-exhausted`, `not-repeatable`, `service-…`, `timeout`; `tried` tells which endpoints were
   * called, when the call was cancelled too.
   */
  fetch(target: string | URL | Request, init?: BcpRequestInit): Promise<Response>;
  /**
   * Where a Response of this client came from; undefined for others, clones included. A library that hides the Response
   * may show the Request that it gave to `fetch`: that will do too.
   */
  provenance(of: Response | Request): Provenance | undefined;
  /** How the client and the services are doing, at this moment. */
  status(): Promise<ClientStatus>;
  /** Calls `listener` for each event until the returned function is called. What it throws: see `log`. */
  subscribe(listener: (event: BcpEvent) => void): () => void;
  /** Asks the sources for a newer catalogue, once for all tabs. */
  refresh(): Promise<RefreshResult>;
  /** Loads the wasm and the catalogue ahead of the first call. Errors: why calls would not be protected. */
  preload(): Promise<void>;
  /**
   * Wipes. Works offline. Call it at log-out.
   *
   * Errors: `storage-unavailable` when records could not be deleted; without their keys, they are unreadable all the
   * same.
   */
  clear(scope?: ClearScope): Promise<void>;
  /**
   * The way to work when a care functionality is hit: electronic fallback, last resort. `lang`: nl, fr, de or en.
   * `storedAt`: of a kept answer beside it.
   */
  procedure(functionality: string, lang: string, about?: KeptAnswer): Promise<Guidance>;
  /** The way to work now, for every care functionality, or those that are chosen. */
  procedures(lang: string, filter?: ProcedureFilter): Promise<ProcedureOverview>;
  /** The event log as JSON text, for a helpdesk. */
  exportLog(): Promise<string>;
  /**
   * Ends timers and connections. Calls that run go on to their end; `fetch`, `refresh` and `preload` after it fail with
   * `closed`.
   */
  close(): void;
}
