// What the tests of an application give and get. No code.

/** A catalogue to sign. */
export interface DrillList {
  /** Version of the schema. Default: 2 when a service has a `cache`, which version 1 cannot hold; else 1. */
  version?: 1 | 2;
  /** Default `Production`. */
  environment?: string;
  /** Default: now. */
  issueInstant?: Date;
  services: DrillService[];
}

export interface DrillService {
  id: string;
  /** Default: the Id. */
  name?: string;
  /** In `Order`; the first is ACTIVE and the others INACTIVE unless they say otherwise. */
  endpoints: (string | { url: string; status: 'ACTIVE' | 'INACTIVE' })[];
  cache?: {
    strategy: 'ENDPOINT_FIRST' | 'CACHE_FIRST';
    /** The text of an XSLT 1.0 stylesheet: its output for the payload of a request is the key. */
    stylesheet: string;
    /** An xs:duration. Unset: no expiry. */
    duration?: string;
  };
}

export interface DrillSigning {
  /** End of the signer's certificate. Default: in half a year. */
  notAfter?: Date;
  /** The signer's common name. Default: the platform's. */
  signerCn?: string;
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
}

/** How an endpoint behaves. */
export type Behaviour =
  | 'ok' // 200, a SOAP answer
  | 'business-fault' // 500, a SOAP fault that is an answer
  | 'switch-fault' // 500, a SOAP fault that asks to use another endpoint
  | 'unavailable'
  | 'unavailable-no-cors' // 503
  | 'no-cors'
  | 'no-preflight' // 200 that a browser does not show, or does not ask for
  | 'reset' // the connection breaks before the answer
  | 'hang' // no answer
  | 'stall' // headers and half a body, then nothing
  | 'cut'
  | 'cut-chunked' // half a body, then the connection breaks
  | 'html' // 200, the page of a proxy
  | Answer;

/** A plain answer. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** What came in. */
export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A server on loopback whose paths fail on command. */
export interface FaultServer {
  /** For instance `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** An endpoint where nothing listens, and one where TLS fails. */
  readonly refused: string;
  readonly brokenTls: string;
  /**
   * Sets how a path behaves from now on. A path that was never set answers 404. Returns its URL. Errors: `bad-call` for
   * a behaviour that does not exist and for a path with a query.
   */
  behave(path: string, behaviour: Behaviour): string;
  /** Requests that reached a path since the start or the last `forget`, preflights left out. */
  seen(path: string): Seen[];
  forget(): void;
  close(): Promise<void>;
}
