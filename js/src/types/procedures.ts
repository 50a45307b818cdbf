// What a person does without a service.

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
  /** Its place among what a reader needs first, from 1. Absent: not one of these. */
  first?: number;
  /** A kept answer does as well as a fresh one, and asks nothing of the reader. */
  keptSuffices?: true;
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
  /** What needs attention first, the heaviest at the top; of equal weight, by `first`. */
  items: ProcedureItem[];
}

/** Chooses functionalities. A word that is none hides nothing: a typing error takes no guidance away. */
export interface ProcedureFilter {
  /** Unset: the client's. */
  audience?: string;
  /** Names of functionalities: these alone, whoever reads. */
  only?: readonly string[];
}
