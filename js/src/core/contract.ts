// What the core returns: one type for the value of each operation of core/contract. Go writes samples of each value to
// testdata/contract, which the type check compiles against these, so the two cannot drift apart.
import type {
  CacheKey,
  CoreErrorCode,
  ErrorCode,
  Guidance,
  Lint,
  Outcome,
  ProcedureOverview,
  Service,
  ServiceState,
  ServiceStatus,
  Tried,
  TrustStatus,
  Verdict,
} from '../types.js';

/** The reply to any operation. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: { code: CoreErrorCode; detail: string } };

/** What the core tells its hosts at the start, so that they keep no copy of it. */
export type Rules = Pick<Replies['contract'], 'limits' | 'asking'>;

/** The one rule that holds while the core is still loading, so it stands here too: the check of types compares them. */
export const readyTimeoutMs = 8_000;

/** The value of each operation, by its name. */
export interface Replies {
  contract: {
    contract: number;
    version: string;
    /** What hosts must not exceed, so that no copy of a bound is kept. */
    limits: {
      catalogueBytes: number;
      hintBytes: number;
      answerBytes: number;
      keyRequestBytes: number;
      /** Of a request without a key: so much says what it is. */
      headBytes: number;
      openCatalogues: number;
      /** Of a call, where the policy names none. */
      totalTimeoutMs: number;
    };
    asking: {
      freshMs: number;
      refreshForMs: number;
      hintTimeoutMs: number;
      fetchTimeoutMs: number;
      retryMs: number;
      /** How long a call waits for the first catalogue before it goes out unprotected. */
      readyTimeoutMs: typeof readyTimeoutMs;
      clockSlackMs: number;
    };
  };
  openCatalogue: Opened;
  closeCatalogue: object;
  services: { services: Service[]; lint: Lint[] };
  askAgain: { atMs: number; stale: boolean; away?: true; trust?: TrustStatus };
  hintConfirms: { confirms: boolean };
  find: { service?: string; near?: string };
  begin: Step & { service: string };
  next: Step;
  merge: { state: ServiceState };
  spread: { states: Record<string, ServiceState> };
  status: { services: ServiceStatus[] };
  cacheKey: CacheKey;
  isSwitch: { switch: boolean; code?: string };
  classify: {
    outcome: Outcome;
    silent?: true;
    switchCode?: string;
    fault?: true;
    cacheable?: true;
    came?: string;
    endsMs?: number;
  };
  plan: unknown;
  tokenRenewal: { renewAtMs: number; endsMs: number; ended: boolean };
  procedure: Guidance;
  procedures: ProcedureOverview;
  commandFiles: { files: { name: string; maxBytes: number; spare?: true }[] } | CommandOutcome;
  command: CommandOutcome;
  commandUnreadable: CommandOutcome;
}

/** A catalogue that was verified and is open under a handle. */
export interface Opened extends Verdict {
  handle: number;
}

/** What a command prints, and the code it ends with; or what the host does in its place. */
export interface CommandOutcome {
  exit: number;
  stdout: string;
  stderr: string;
  mirror?: MirrorRun;
}

/** A run of the command mirror that was understood. Of the contents, the first are the `anchors`, then `crls`. */
export interface MirrorRun {
  sources: { url: string; hint?: string }[];
  dir: string;
  environment: string;
  signerCn?: string;
  anchors: number;
  crls: number;
  timeoutMs: number;
}

/** A call in the core's own form: a host hands it back unread. */
export type CallState = { readonly opaqueCall: unique symbol };

/** Where a call stands. */
export interface Step {
  call: CallState;
  state: ServiceState;
  action: Action;
  /** The state is worth keeping and telling other tabs about. */
  changed?: true;
  /** The answer that just came is to be kept: it is handed on when no endpoint is left. */
  keep?: true;
  notes?: Note[];
}

/** What to do next, decided by the core. Source: docs/design.md#failover. */
export type Action =
  | { do: 'send'; endpoint: string; attempt: number; timeoutMs: number; probe?: true; once?: true }
  | { do: 'wait'; timeoutMs: number }
  | { do: 'readCache'; service: string; key: string }
  | { do: 'writeCache'; service: string; key: string; storedAtMs: number; validUntilMs: number }
  | { do: 'refreshCatalogue' }
  | { do: 'answer'; source: 'network'; endpoint: string; attempts: number; exhausted?: true; code?: ErrorCode }
  | { do: 'answer'; source: 'cache'; attempts: number; storedAtMs: number; validUntilMs: number; expired?: true }
  | { do: 'fail'; code: ErrorCode; detail: string; tried?: Tried[]; cache?: CoreErrorCode };

/** What happened, for the core to decide upon. */
export type Event =
  | {
      kind: 'response';
      status: number;
      contentType?: string;
      contentLength?: number;
      redirected?: true;
      notSent?: true;
      code?: string;
      queuedMs?: number;
    }
  | {
      kind: 'outcome';
      outcome: Outcome;
      status?: number | undefined;
      notSent?: true;
      blameless?: true;
      silent?: true;
      queuedMs?: number;
    }
  | { kind: 'cacheHit'; storedAtMs: number; validUntilMs: number; contentType?: string }
  | {
      kind: 'waited' | 'cacheMiss' | 'cacheWritten' | 'cacheFailed' | 'catalogueRefreshed' | 'catalogueUnchanged';
    }
  | { kind: 'cancelled' | 'deadline'; notSent?: true; blameless?: true };

/** Something worth a line in the event log. */
export type Note =
  | {
      kind: 'endpoint-failed';
      endpoint: string;
      outcome: Outcome;
      status?: number;
      switchCode?: string;
      coolDownMs?: number;
    }
  | { kind: 'call-refused'; endpoint: string; status?: number; switchCode?: string }
  | { kind: 'endpoint-switched' | 'failback'; from: string; to: string }
  | { kind: 'probe'; endpoint: string }
  | { kind: 'choice-reset'; to: string }
  | { kind: 'service-recovered'; endpoint: string; sinceMs?: number }
  | { kind: 'cache-failed' }
  | { kind: 'cache-skipped'; code: CoreErrorCode };
