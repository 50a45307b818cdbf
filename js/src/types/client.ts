// The client.
import type { BcpRequestInit, Provenance } from './call.js';
import type { BcpEvent } from './events.js';
import type { Guidance, ProcedureFilter, ProcedureOverview } from './procedures.js';
import type { ClientStatus } from './status.js';

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
  /** Asks every source, once for all tabs: the newest catalogue wins. */
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
