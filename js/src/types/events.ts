// What a client tells while it works.
import type { ErrorCode } from '../codes.js';
import type { Outcome } from './call.js';
import type { TrustEnding, TrustFlaw } from './status.js';

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
      /** A CRL or an anchor that you gave is of no use: told once for each. */
      type: 'trust-flawed';
    } & TrustFlaw)
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
