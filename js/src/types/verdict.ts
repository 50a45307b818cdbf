// A catalogue: how it is judged, what is found in it.
import type { FindingCode } from '../codes.js';

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
