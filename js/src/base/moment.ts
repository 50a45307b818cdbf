// What comes out of a store may be anything: each kind of value has one reader, which gives a sane one or nothing.

/** How far apart two honest clocks are: that of the core, for what is read before there is one. A test compares. */
export const clockSlackMs = 5 * 60_000;
const from = Date.UTC(2020, 0);
const to = Date.UTC(2101, 0);

/** A stored moment, when a clock can have shown it: an integer from 2020 to 2100. Source: docs/design.md#time. */
export function momentOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= from && Number(value) < to ? Number(value) : undefined;
}

/** The moment by the clock of the page: an integer, also where a page put another function in the place of Date.now. */
export function now(): number {
  const ms = Math.floor(Number(Date.now()));
  return Number.isSafeInteger(ms) ? ms : Math.floor(performance.timeOrigin + performance.now());
}

/** Whether a moment lies further ahead than clocks differ: the clock was moved since. */
export function isAhead(ms: number): boolean {
  return ms > now() + clockSlackMs;
}

/** A stored moment that was seen; 0 for one that is unknown. */
export function seenOf(value: unknown): number {
  const ms = momentOf(value);
  return ms === undefined || isAhead(ms) ? 0 : ms;
}
