import { isAhead, now } from './moment.js';

/**
 * A wall clock that does not run back, and keeps running when the computer's clock was set back by less than clocks
 * differ. Set back by more, it follows, and tells: nobody knows any more how old what was seen is.
 *
 * Only for what must not become young again: cached answers and cool-downs. Certificates are judged by the plain clock.
 * Source: docs/design.md#time.
 */
export class Clock {
  readonly #onMoved: () => void;
  #floorMs = 0;
  #floorAt = 0;

  constructor(onMoved: () => void) {
    this.#onMoved = onMoved;
  }

  nowMs(): number {
    const isMoved = isAhead(this.#floor());
    if (isMoved) this.#floorMs = 0;
    const ms = Math.min(Math.floor(Math.max(now(), this.#floor())), 8.64e15); // the last Date
    this.raise(ms);
    if (isMoved) this.#onMoved();
    return ms;
  }

  /** Learns that it was already this late. */
  raise(floorMs: number): void {
    if (floorMs <= this.#floor()) return;
    this.#floorMs = floorMs;
    this.#floorAt = performance.now();
  }

  #floor(): number {
    return this.#floorMs + performance.now() - this.#floorAt;
  }
}
