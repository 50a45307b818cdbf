import { octets } from '../base/bytes.js';
import { ownOf } from '../base/check.js';
import type { Core } from '../core/host.js';
import type { StoredCatalogue } from '../storage/store.js';
import type { Bytes, CacheOptions, Service, Verdict, VerifyOptions } from '../types.js';

// A core holds 64: of more clients than that on a page, the one that rested longest opens its catalogue again.
const maxOpen = 56;
const open = new WeakMap<Core, Set<OpenCatalogue>>(); // by core, the one that rested longest first

function openOf(core: Core): Set<OpenCatalogue> {
  const known = open.get(core) ?? new Set();
  open.set(core, known);
  return known;
}

/** What the application trusts, and what it says of caches. */
export interface Trust {
  environment: string;
  anchors: readonly Bytes[];
  crls?: readonly Bytes[] | undefined;
  signerCn?: string | undefined;
  cache?: CacheOptions | undefined;
}

/**
 * A catalogue that was verified and is open in the core.
 *
 * It keeps the octets, so a fresh core opens it again. Calls hold it while they run; it closes when it is retired and
 * the last of them let go.
 */
export class OpenCatalogue {
  readonly record: StoredCatalogue;
  readonly verdict: Verdict;
  readonly #trust: Trust;
  readonly #handles = new WeakMap<Core, number>();
  readonly #found = new Map<string, string | undefined>();
  #origins: Map<string, number> | undefined; // how many endpoints are at each
  #users = 1; // the owner
  #core: Core;

  private constructor(
    record: StoredCatalogue,
    trust: Trust,
    core: Core,
    { handle, ...verdict }: Verdict & { handle: number },
  ) {
    this.record = record;
    record.issueInstantMs = verdict.issueInstantMs;
    this.#trust = trust;
    this.verdict = verdict;
    this.#core = core;
    this.#handles.set(core, handle);
    this.handle(core);
  }

  /**
   * Verifies the record and opens it.
   *
   * Shape: judged at the moment when it was accepted; against `held`, the one in force, when it is a new one.
   * Errors: the step of verification that failed.
   */
  static open(core: Core, record: StoredCatalogue, trust: Trust, held?: OpenCatalogue): OpenCatalogue {
    return new OpenCatalogue(record, trust, core, openIn(core, record, trust, held));
  }

  /** The handle in this core; opens the octets again when the core is a fresh one, or closed them for others. */
  handle(core: Core): number {
    let handle = this.#handles.get(core);
    if (handle === undefined) {
      handle = openIn(core, this.record, this.#trust).handle;
      this.#handles.set(core, handle);
      this.#core = core;
    }
    const inUse = openOf(core);
    inUse.delete(this);
    inUse.add(this);
    if (inUse.size > maxOpen) inUse.values().next().value!.#close(core);
    return handle;
  }

  #close(core: Core): void {
    const handle = this.#handles.get(core);
    this.#handles.delete(core);
    openOf(core).delete(this);
    if (handle !== undefined && core.alive) core.call('closeCatalogue', { handle });
  }

  /** For a target that is no service: " (did you mean …?)", or nothing. */
  near(core: Core, target: string): string {
    return core.call('find', { handle: this.handle(core), target }).near ?? '';
  }

  /**
   * The Id of the service that `target` names, by its Id or one of its URLs. Bounded: the answers for unknown targets
   * are not kept.
   */
  find(core: Core, target: string): string | undefined {
    let service = this.#found.get(target);
    if (service === undefined) {
      service = core.call('find', { handle: this.handle(core), target }).service;
      if (service !== undefined) this.#found.set(target, service);
    }
    return service;
  }

  /**
   * Whether other endpoints are called at the origin of `address`: a gateway's, or one that the catalogue lists with
   * others.
   */
  isShared(core: Core, endpoint: string, address: string | URL): boolean {
    if (String(address) !== endpoint) return true;
    this.#origins ??= countOrigins(core.call('services', { handle: this.handle(core) }).services);
    return (this.#origins.get(new URL(endpoint).origin) ?? 0) > 1;
  }

  acquire(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users === 0) this.#close(this.#core);
  }
}

function countOrigins(services: Service[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const url of new Set(services.flatMap(({ endpoints }) => endpoints.map((one) => one.url)))) {
    if (url === undefined || !URL.canParse(url)) continue; // refused
    const { origin } = new URL(url);
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return counts;
}

function openIn(core: Core, record: StoredCatalogue, trust: Trust, held?: OpenCatalogue): Verdict & { handle: number } {
  const own = ownOf({ ...trust, stylesheets: trust.cache?.stylesheets });
  const [args, ...blobs] = openArguments(record.octets, own);
  const atMs = record.acceptedAtMs || undefined; // unknown, it is judged at its IssueInstant
  const cached = trust.cache?.services.map((service) => ({ service, ...trust.cache?.rules?.[service] }));
  return core.call('openCatalogue', { ...args, atMs, atIssue: !atMs, cached, held: held?.handle(core) }, ...blobs);
}

type Opening = Pick<VerifyOptions, 'anchors'> & { [Name in keyof VerifyOptions]?: VerifyOptions[Name] | undefined };

/** Builds the arguments and blobs of `openCatalogue`. */
export function openArguments(catalogue: Uint8Array, options: Opening): [object, ...Uint8Array[]] {
  const { crls = [], stylesheets = {} } = options;
  const args = {
    environment: options.environment ?? '', // any
    signerCn: options.signerCn,
    atMs: (options.at ?? new Date()).getTime(),
    anchors: options.anchors.length,
    crls: crls.length,
    stylesheets: Object.keys(stylesheets),
    ...(options.held === undefined ? {} : { heldAtMs: (options.heldAt ?? new Date()).getTime() }),
  };
  return [
    args,
    catalogue,
    ...options.anchors.map(octets),
    ...[...crls, ...Object.values(stylesheets)].map(octets),
    ...(options.held === undefined ? [] : [octets(options.held)]),
  ];
}
