import { retryMs } from './idb.js';

/** Does once more what a busy or broken database did not take, when that may be used again. */
export class Later {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** Does `work` after a while; of several before then, the last. */
  again(work: () => unknown): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, retryMs + 1_000);
    (this.#timer as { unref?: () => void }).unref?.(); // Node only: a timer must not keep the process alive
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
