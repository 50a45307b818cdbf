// What a client is given.
import type { BcpEvent } from './events.js';
import type { Audience } from './procedures.js';
import type { Bytes, VerifyOptions, WasmSource } from './verdict.js';

/** What a client keeps over restarts: `fileStore` of `ehealth-bcp/node` makes one. */
export interface ClientStore {
  /** What it holds is the client's own. */
  readonly opaqueStore: unique symbol;
}

/** Which endpoints a call may try, and in which order. */
export type PolicyName = 'connector' | 'published';

/** Rules of failover. Values out of their bounds are refused with `bad-call` at the first call. */
export interface PolicyOptions {
  /**
   * `connector` (default): as the platform's own connector, INACTIVE endpoints too; it has no failback of its own, see
   * `failback`. `published`: only ACTIVE endpoints in their order; when all fail, the catalogue is refreshed at once.
   */
  name?: PolicyName;
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
  /**
   * A catalogue that came with the application, for a first start without network. Verified like any other. One that is
   * newer than the stored one takes its place as soon as it is there; until then the stored one serves.
   */
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
