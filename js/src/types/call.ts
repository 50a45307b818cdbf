// A call: its options, and where its answer came from.

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
      /** True when a redirect was followed, to a host that nobody signed: only with `redirect: 'follow'`. */
      redirected?: true;
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
