// How the services are doing.
import type { ErrorCode, FindingCode } from '../codes.js';
import type { Verdict } from './verdict.js';

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

/** A file of the trust that does not do what it was given for. Source: docs/design.md#foresight. */
export interface TrustFlaw {
  /** `crl-invalid`, `crl-expired` or `certificate-unreadable`; the finding in `catalogue.lint` says it in words. */
  code: FindingCode;
  /** Which file, counted from 1: `crl 1`, `anchors file 2, block 1`. */
  place: string;
}

/** How long the trust in the catalogue lasts, from what was verified. The list in force stays in force after it. */
export interface TrustStatus {
  /** Whole days until the certificate of the list's signer ends, rounded down: negative once it has. */
  signerDaysLeft: number;
  /** Whole days until the last of the application's `anchors` ends, rounded down: negative once it has. */
  anchorDaysLeft: number;
  /** What ends within 60 days, the first to end first; absent when nothing does. */
  expiring?: TrustEnding[];
  /** Anchors that cannot be read, CRLs that revoke nothing (`crl-invalid`) or have ended; absent when all are good. */
  flaws?: TrustFlaw[];
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
