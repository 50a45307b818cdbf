import { isOurs, recordDropped, whyOf } from '../base/errors.js';
import { now } from '../base/moment.js';
import type { Core, CoreHost } from '../core/host.js';
import { Later } from './later.js';
import type { Store } from './store.js';
import type { Tabs } from './tabs.js';
import type { News, ServiceState } from '../types.js';

/**
 * The failover state of each service: the newest in memory, what changed in IndexedDB, other tabs told.
 *
 * States are merged by the core, in any order and any number of times with the same result.
 */
export class States {
  readonly #host: CoreHost;
  readonly #store: Store;
  readonly #tabs: Tabs;
  readonly #report: (news: News) => void;
  readonly #newest = new Map<string, ServiceState>();
  readonly #news = new Map<string, { told: Promise<void>; tell: () => void }>();
  readonly #unsaved = new Set<string>();
  readonly #later = new Later();
  #isRead = true;
  #loaded: Promise<void> | undefined;

  constructor(host: CoreHost, store: Store, tabs: Tabs, report: (news: News) => void) {
    this.#host = host;
    this.#store = store;
    this.#tabs = tabs;
    this.#report = report;
  }

  /** Whether IndexedDB has all that it was given, and gave what it has. */
  get isKept(): boolean {
    return this.#isRead && this.#unsaved.size === 0;
  }

  all(): Record<string, ServiceState> {
    return Object.fromEntries(this.#newest);
  }

  /** Resolves at the next change of a service's state, here or in another tab. */
  news(service: string): Promise<void> {
    let next = this.#news.get(service);
    if (!next) {
      let tell = (): void => {};
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      this.#news.set(service, (next = { told, tell }));
    }
    return next.told;
  }

  keep(service: string, state: ServiceState, changed: boolean): void {
    this.#newest.set(service, state);
    if (!changed) return; // for nothing, those who wait would wake one another for ever
    this.#tell(service);
    void this.#save(service);
  }

  /**
   * Runs `step`, which takes and keeps the state of the service, on the newest state of all tabs, and stores what it
   * made of it before another tab can do the same: of many tabs, one books a probe.
   *
   * A transaction does that without a lock of its own. Where the store fails, `step` runs without the others.
   */
  async alone<T>(service: string, step: (core: Core) => T): Promise<T> {
    let made: { value: T } | undefined;
    try {
      await this.#host.use((core) =>
        this.#store.mergeState(service, (kept) => {
          const merged = kept === undefined ? undefined : this.#mergeOf(core, this.#newest.get(service), kept);
          if (merged !== undefined) this.#newest.set(service, merged);
          made ??= { value: step(core) };
          return this.#newest.get(service);
        }),
      );
      this.#tabs.tell('state');
    } catch {
      // What the step itself threw, it throws again below.
    }
    return made ? made.value : this.#host.use(step);
  }

  /** Before a call: what earlier starts and other tabs left. Without BroadcastChannel the store is read each time. */
  ready(): Promise<void> {
    if (!this.#loaded || !this.#tabs.hears) this.#loaded = this.reload();
    return this.#loaded;
  }

  /** Another tab changed something: read it. */
  async reload(): Promise<void> {
    try {
      const kept = await this.#store.states();
      this.#isRead = true;
      await this.#merge([...kept]);
    } catch (e) {
      this.#isRead = false;
      this.#later.again(this.#retry);
      this.#degraded(e);
    }
  }

  /** What others saw. What is no state is as good as absent. */
  async merge(states: Record<string, ServiceState>): Promise<void> {
    await this.#merge(Object.entries(states)).catch(() => {}); // no core, which the call says itself
  }

  async #merge(others: [string, ServiceState][]): Promise<void> {
    if (others.length === 0) return;
    await this.#host.use((core) => {
      for (const [service, state] of others) {
        const merged = this.#mergeOf(core, this.#newest.get(service), state);
        if (merged === undefined) continue;
        this.#newest.set(service, merged);
        this.#tell(service);
      }
    });
  }

  forget(): void {
    this.#newest.clear();
    this.#unsaved.clear();
    this.#loaded = undefined;
  }

  #tell(service: string): void {
    this.#news.get(service)?.tell();
    this.#news.delete(service);
  }

  async #save(service: string): Promise<void> {
    try {
      // The merge runs inside the transaction, so no news of another tab is lost between reading and writing.
      await this.#host.use((core) =>
        this.#store.mergeState(service, (kept) => {
          const own = this.#newest.get(service); // none, when all was cleared meanwhile
          return kept === undefined ? own : this.#mergeOf(core, own, kept);
        }),
      );
      this.#unsaved.delete(service);
      this.#tabs.tell('state');
    } catch (e) {
      this.#unsaved.add(service);
      this.#later.again(this.#retry);
      this.#degraded(e);
    }
  }

  readonly #retry = async (): Promise<void> => {
    if (!this.#isRead) await this.reload();
    for (const service of this.#unsaved) void this.#save(service);
  };

  close(): void {
    this.#later.close();
  }

  // A record that something else wrote is as good as absent.
  #mergeOf(core: Core, own: ServiceState | undefined, other: ServiceState): ServiceState | undefined {
    const states = own === undefined ? [other] : [own, other]; // `other` may be anything: the core is its reader
    try {
      return core.call('merge', { states, nowMs: now() }).state;
    } catch (e) {
      if (!core.alive) throw e;
      this.#report(recordDropped('catalogue'));
      return own;
    }
  }

  #degraded(e: unknown): void {
    if (isOurs(e) && e.code.startsWith('storage-')) {
      this.#report({ type: 'storage-degraded', store: 'catalogue', code: e.code, detail: whyOf(e) });
    } else {
      this.#loaded = undefined; // the core did not come, which the call says itself: read again with the next one
    }
  }
}
