// What the tests of an application give and get. No code.
import type {
  BcpClient,
  BcpEvent,
  CallOptions,
  ClientStatus,
  ErrorCode,
  News,
  ProcedureOverview,
  Tried,
} from '../types.js';

/** A catalogue to sign. */
export interface DrillList {
  /** Version of the schema. Default: 2 when a service has a `cache`, which version 1 cannot hold; else 1. */
  version?: 1 | 2;
  /** Default `Production`. */
  environment?: string;
  /** Default: now. */
  issueInstant?: Date;
  /** One or more. */
  services: DrillService[];
}

/** An endpoint to list. */
export interface DrillEndpoint {
  /** Where it is. */
  url: string;
  /** What the catalogue says of it. */
  status: 'ACTIVE' | 'INACTIVE';
}

/** A service to list. */
export interface DrillService {
  /** For instance `uddi:ehealth-fgov-be:business:insurability:v2`. */
  id: string;
  /** Default: the Id. */
  name?: string;
  /** In `Order`; the first is ACTIVE and the others INACTIVE unless they say otherwise. */
  endpoints: (string | DrillEndpoint)[];
  /** How answers may be kept. Unset: not at all. */
  cache?: {
    /** Whether the endpoints or the cache are asked first. */
    strategy: 'ENDPOINT_FIRST' | 'CACHE_FIRST';
    /** The text of an XSLT 1.0 stylesheet: its output for the payload of a request is the key. */
    stylesheet: string;
    /** An xs:duration. Unset: no expiry. */
    duration?: string;
  };
}

/** Who signs, and when. */
export interface DrillSigning {
  /** End of the signer's certificate. Default: in half a year. */
  notAfter?: Date;
  /** The signer's common name. Default: the platform's. */
  signerCn?: string;
  /** Default: the list's `issueInstant`. */
  signingTime?: Date;
}

/** Signs catalogues for drills and tests, under a certificate authority of its own. */
export interface DrillAuthority {
  /** The trust anchor, in PEM: give it as `anchors`. */
  readonly anchor: string;
  /**
   * Returns a signed catalogue, in the form that the platform publishes. Errors: `bad-call`, which names what is wrong.
   */
  sign(list: DrillList, signing?: DrillSigning): string;
  /**
   * Revokes the certificate of a signer, as stolen, and returns the list of all that were revoked, in PEM: give it in
   * `crls`. A signer is another one when its `notAfter` or `signerCn` is. Errors: `bad-call`.
   */
  revoke(signing?: DrillSigning): string;
}

/** A `DrillAuthority` for browsers too, whose keys answer later. */
export interface DrillAuthorityAsync {
  /** The trust anchor, in PEM: give it as `anchors`. */
  readonly anchor: string;
  /** As `sign` of a `DrillAuthority`. Errors: `bad-call`, which names what is wrong. */
  sign(list: DrillList, signing?: DrillSigning): Promise<string>;
  /** As `revoke` of a `DrillAuthority`. Errors: `bad-call`. */
  revoke(signing?: DrillSigning): Promise<string>;
}

/** How an endpoint behaves: by a word, or an answer of your own. */
export type Behaviour = keyof NamedBehaviours | Answer;

/** The ways to behave that have a name. */
export interface NamedBehaviours {
  /** 200, a SOAP answer. */
  ok: true;
  /** 500, a SOAP fault that is an answer. */
  'business-fault': true;
  /** 500, a SOAP fault that asks to use another endpoint. */
  'switch-fault': true;
  /** 503. */
  unavailable: true;
  /** 503 that a browser does not show. */
  'unavailable-no-cors': true;
  /** 200, a SOAP answer that a browser does not show. */
  'no-cors': true;
  /** 200, a SOAP answer for which a browser does not ask: it may not, by the answer to its preflight. */
  'no-preflight': true;
  /** The connection breaks before the answer. */
  reset: true;
  /** No answer. */
  hang: true;
  /** Headers and half a body, then nothing. */
  stall: true;
  /** Half a body, then the connection breaks. */
  cut: true;
  /** The same, of a body that did not tell its length. */
  'cut-chunked': true;
  /** 200, the page of a proxy. */
  html: true;
}

/** A plain answer. */
export interface Answer {
  /** 200 to 599. Default 200. */
  status?: number;
  /** Beside those of CORS, which are always there. */
  headers?: Record<string, string>;
  /** Default: empty. */
  body?: string | Uint8Array;
}

/** What came in. */
export interface Seen {
  /** As it was sent: `POST`. */
  method: string;
  /** Of the URL, without the query. */
  path: string;
  /** By name in small letters. */
  headers: Record<string, string | string[] | undefined>;
  /** Read as UTF-8. */
  body: string;
}

/** A server on loopback whose paths fail on command. */
export interface FaultServer {
  /** For instance `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** An endpoint where nothing listens. */
  readonly refused: string;
  /** An endpoint where TLS fails. */
  readonly brokenTls: string;
  /**
   * Sets how a path behaves from now on. A path that was never set answers 404. Returns its URL. Errors: `bad-call` for
   * a behaviour that does not exist and for a path with a query.
   */
  behave(path: string, behaviour: Behaviour): string;
  /** Requests that reached a path since the start or the last `forget`, preflights left out. */
  seen(path: string): Seen[];
  /** Empties what `seen` returns. */
  forget(): void;
  /** Breaks every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * What a call of a fake client gets: an answer with its origin, or, with `code`, an error. Unset members are those of
 * an answer of the main endpoint.
 */
export interface FakeAnswer {
  /** The body. Default: a SOAP Envelope. */
  text?: string;
  /** Of HTTP, 200 to 599. Default 200. */
  status?: number;
  /** Beside a Content-Type of SOAP. */
  headers?: Record<string, string>;
  /** Default `network`. */
  source?: 'network' | 'cache';
  /** The Id of the service. Default: the target of the call. */
  service?: string;
  /** Which endpoint answered. Default: the target when it is a URL. */
  endpoint?: string;
  /** How many requests were sent. Default 1; of a kept answer, 2. */
  attempts?: number;
  /** The answer is a fault that is handed on, because no endpoint was left. */
  exhausted?: true;
  /** When a kept answer was stored. Default: now. */
  storedAt?: Date;
  /** Its end. Default: 30 days after it was stored; of an expired one, before. */
  validUntil?: Date;
  /** It is past its end. Default false. */
  expired?: boolean;
  /** How long the call takes, in milliseconds. Default 0. */
  delayMs?: number;
  /** The call fails with this code. */
  code?: ErrorCode;
  /** What the error says of the endpoints that were called. Default: none. */
  tried?: readonly Tried[];
}

/** A call that a fake client got. */
export interface FakeCall {
  /** The Id or the URL. */
  target: string;
  /** Of HTTP. */
  method: string;
  /** Read as UTF-8. */
  body: string;
  /** The options of the call, when it had some. */
  bcp?: CallOptions;
}

/** What a fake client says. */
export interface FakeOptions {
  /** The answer of each target: an Id of a service, or a URL. */
  answers?: Readonly<Record<string, FakeAnswer>>;
  /** What `status()` returns, beside `ready` with no services. */
  status?: Partial<ClientStatus>;
  /** What `procedures()` returns, and `procedure()` one of. Default: nothing was used yet. */
  procedures?: ProcedureOverview;
}

/** A client that plays: see `createFakeClient`. */
export interface FakeClient extends BcpClient {
  /** What it was called with, in order. */
  readonly calls: readonly FakeCall[];
  /** Sets what calls of a target get from now on. Errors: `bad-call`, which names what no client would say. */
  answer(target: string, answer: FakeAnswer): void;
  /** Tells an event to every subscriber. Unset `atMs`: now. */
  tell(event: News | BcpEvent): void;
}
