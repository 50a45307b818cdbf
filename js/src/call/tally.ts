import type { Event, Note } from '../core/contract.js';
import type { EndpointSends } from '../types.js';

/** Bounds of the histogram in milliseconds, as the gateway has them. */
const bounds = [50, 100, 250, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 6e4];

/** Counts what sends came to, by endpoint: as many rows as the lists of a page have endpoints. */
export class Tally {
  readonly #rows = new Map<string, EndpointSends>();

  /** Counts a send that is over, by its event and what the core noted of it. */
  count(service: string, endpoint: string, tookMs: number, event: Event, notes: Note[] = []): void {
    const has = (kind: Note['kind']): boolean => notes.some((note) => note.kind === kind);
    const key = service + ' ' + endpoint;
    const row = this.#rows.get(key) ?? {
      service,
      endpoint,
      answered: 0,
      failed: 0,
      switches: 0,
      took: [...bounds, 0].fill(0),
    };
    if (has('endpoint-failed')) row.failed++;
    else if (event.kind === 'response' && !has('call-refused')) row.answered++;
    else return;
    if (has('endpoint-switched')) row.switches++;
    const place = bounds.findIndex((bound) => tookMs <= bound);
    row.took[place < 0 ? bounds.length : place]!++;
    this.#rows.set(key, row);
  }

  /** What was counted, as a copy. */
  all(): EndpointSends[] {
    return [...this.#rows.values()].map((row) => ({ ...row, took: [...row.took] }));
  }
}
