/**
 * A wall clock that never runs back, and keeps running when the computer's clock was set back.
 *
 * Only for what must not become young again: cached answers and cool-downs. Certificates are judged by the plain clock.
 */
export class Clock {
  #floorMs = 0;
  #floorAt = 0;

  nowMs(): number {
    const elapsedMs = performance.now() - this.#floorAt;
    const nowMs = Math.min(Math.floor(Math.max(Date.now(), this.#floorMs + elapsedMs)), 8.64e15); // the last Date
    this.raise(nowMs);
    return nowMs;
  }

  /** Learns that it was already this late. */
  raise(floorMs: number): void {
    const at = performance.now();
    if (floorMs <= this.#floorMs + (at - this.#floorAt)) return;
    this.#floorMs = floorMs;
    this.#floorAt = at;
  }
}
