import { integrityHash, json, octets } from '../base/bytes.js';
import { readBody } from '../base/body.js';
import { BcpError, isOurs, messageOf, whyOf } from '../base/errors.js';
import { limited } from '../base/timing.js';
import type { Replies, Reply, Rules } from './contract.js';
import { Program } from './program.js';
import type { WasmSource } from '../types.js';

/** The contract between this code and the wasm. A core with another number is refused. */
export const CONTRACT = 1;

/** A loaded core. It is synchronous, holds no secret and keeps nothing but the catalogues it was told to open. */
export interface Core {
  /**
   * Runs one operation of the contract and returns its value.
   *
   * Errors: the code of the core; `core-dead` when the program ended, after which `alive` is false.
   */
  call<Name extends keyof Replies>(name: Name, args: object, ...blobs: Uint8Array[]): Replies[Name];
  readonly alive: boolean;
  readonly rules: Rules;
}

export interface LoadOptions {
  /** What the bytes must hash to. */
  wasmIntegrity?: string | undefined;
  fetch?: typeof fetch | undefined;
}

// What a loader waits for before it gives up. The page works without the core meanwhile.
const loadTimeoutMs = 30_000;

const maxWasmBytes = 32 << 20; // three times its size: what never ends is none

const wasmMagic = 0x0061736d; // "\0asm"

/** Compiles the wasm from whatever the application has. Errors: `wasm-load-failed`, with URL and media type. */
export async function compile(source: WasmSource, options: LoadOptions = {}): Promise<WebAssembly.Module> {
  const ended = await limited(loadTimeoutMs, undefined, (signal) => load(source, options, signal));
  if (ended.how === 'done') return ended.value;
  if (ended.how !== 'failed') throw failed(`it did not come within ${loadTimeoutMs} ms`);
  const { error } = ended;
  const from = typeof source === 'string' || source instanceof URL ? `, from ${String(source)}` : '';
  const remedy = error instanceof WebAssembly.CompileError ? whole : absent;
  throw isOurs(error) && error.code !== 'input-too-large'
    ? error
    : failed(`${whyOf(error)}${from}: ${remedyOf(error, remedy)}`, error);
}

async function load(source: WasmSource, options: LoadOptions, signal: AbortSignal): Promise<WebAssembly.Module> {
  const { fetch = globalThis.fetch, wasmIntegrity } = options;
  let given = await source;
  if (typeof given === 'string' || given instanceof URL) {
    given = await fetch(given, { credentials: 'same-origin', signal });
  }
  if (wasmIntegrity) given = await checked(given, wasmIntegrity);
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof Response) return compileResponse(given);
  return compileBytes(given, 'the given bytes');
}

// What to change. An engine names the policy when that is why.
const whole = 'serve the whole dist/bcp.wasm';

const absent = 'no answer, one cut short, or connect-src of the policy forbids it';

const remedyOf = (e: unknown, other: string): string =>
  /unsafe-eval|CSP/.test(messageOf(e)) ? "script-src of the policy needs 'wasm-unsafe-eval'" : other;

// Vite 5 to 7 move the code and not the wasm.
const placing = (url: string): string =>
  url.includes('/.vite/')
    ? "set optimizeDeps: { exclude: ['ehealth-bcp'] }"
    : 'serve dist/bcp.wasm there, or give its address as wasm';

type Given = Exclude<Awaited<WasmSource>, string | URL>;

// The bytes are checked, whoever fetched them: a transport of the application may pass the hash over. What is compiled
// already cannot be.
async function checked(given: Given, expected: string): Promise<Given> {
  if (given instanceof Response && !given.ok) return given;
  if (given instanceof WebAssembly.Module)
    throw new BcpError('bad-call', 'options.wasmIntegrity: a compiled module cannot be checked');
  const file = octets(given instanceof Response ? await readBody(given, maxWasmBytes) : given);
  if (!globalThis.crypto?.subtle) {
    throw failed('no secure context: there is no WebCrypto for wasmIntegrity');
  }
  const [, bits, hash] = integrityHash.exec(expected)!;
  const digest = await crypto.subtle.digest(`SHA-${bits}`, file);
  if (btoa(String.fromCharCode(...new Uint8Array(digest))) !== hash) throw failed('it is not what wasmIntegrity says');
  return file;
}

const failed = (why: string, cause?: unknown): BcpError =>
  new BcpError('wasm-load-failed', `the wasm cannot be loaded: ${why}`, cause);

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  const type = response.headers.get('content-type') ?? 'none';
  const from = `${response.url || 'the given response'} (content-type ${type}): ${placing(response.url)}`;
  if (!response.ok) throw failed(`HTTP ${response.status} from ${from}`);
  if (/^application\/wasm\s*(;|$)/i.test(type)) return WebAssembly.compileStreaming(response);
  return compileBytes(await readBody(response, maxWasmBytes), from);
}

// The fallback page of a single-page application answers 200 text/html for a file that is absent: say so.
async function compileBytes(bytes: ArrayBuffer | ArrayBufferView, from: string): Promise<WebAssembly.Module> {
  const file = octets(bytes);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.byteLength < 4 || view.getUint32(0) !== wasmMagic) {
    throw failed(`something else came from ${from}`);
  }
  return WebAssembly.compile(file);
}

/** Starts the program of a compiled module. Errors: `wasm-load-failed`, `contract-mismatch`. */
export async function instantiate(module: WebAssembly.Module): Promise<Core> {
  const program = await Program.start(module).catch((e: unknown) => {
    // A policy without 'wasm-unsafe-eval' stops WebKit only here, after it compiled.
    throw failed(`${whyOf(e)}: ${remedyOf(e, whole)}`, e);
  });
  const core = new RunningCore(program);
  const { contract, version } = core.rules;
  if (contract !== CONTRACT) {
    throw new BcpError(
      'contract-mismatch',
      `expected a wasm with contract ${CONTRACT}, got ${contract} of release ${version}: ${whole}`,
    );
  }
  return core;
}

class RunningCore implements Core {
  readonly #program: Program;
  alive = true;
  readonly rules: Replies['contract'];

  constructor(program: Program) {
    this.#program = program;
    this.rules = this.call('contract', {});
  }

  call<Name extends keyof Replies>(name: Name, args: object, ...blobs: Uint8Array[]): Replies[Name] {
    let text: string;
    try {
      text = json(args);
    } catch (e) {
      throw new BcpError('bad-call', `${name}: expected what JSON can hold: ${whyOf(e)}`, e);
    }
    const reply = this.#reply(name, text, blobs);
    if (!reply.ok) throw new BcpError(reply.error.code, reply.error.detail);
    return reply.value as Replies[Name];
  }

  #reply(name: string, args: string, blobs: Uint8Array[]): Reply {
    try {
      if (!this.alive) throw new Error('the program has ended');
      return JSON.parse(this.#program.call(name, args, ...blobs)) as Reply;
    } catch (e) {
      if (isOurs(e)) throw e;
      this.alive = false;
      throw new BcpError('core-dead', `${name}: ${whyOf(e)}`, e);
    }
  }
}

// After a failed load, callers get the same error at once for this long: an unreachable wasm must not slow each call.
const loadRetryMs = 30_000;

/**
 * Loads the core at the first need and replaces it when it dies.
 *
 * A job may run twice: once more on a fresh core when the first one died under it.
 */
export class CoreHost {
  readonly #source: () => WasmSource;
  readonly #options: LoadOptions;
  /** Called each time that a dead core was dropped. */
  readonly restarts = new Set<() => void>();
  #module: Promise<WebAssembly.Module> | undefined;
  #core: Promise<Core> | undefined;
  #retryAt = 0;

  constructor(source: () => WasmSource, options: LoadOptions = {}) {
    this.#source = source;
    this.#options = { ...options };
  }

  /**
   * By what the wasm is fetched, unless there is a transport for it: the page may put another one in its place later.
   */
  fetchesBy(fetch: typeof globalThis.fetch): void {
    this.#options.fetch ??= fetch;
  }

  /** Runs a synchronous job on the core. Errors: those of the job, of loading, and `core-dead` when it died twice. */
  async use<T>(job: (core: Core) => T): Promise<T> {
    const core = await this.#load();
    try {
      return job(core);
    } catch (e) {
      if (core.alive) throw e;
    }
    await this.#replace(core);
    const fresh = await this.#load();
    try {
      return job(fresh);
    } finally {
      if (!fresh.alive) await this.#replace(fresh);
    }
  }

  #load(): Promise<Core> {
    if (!this.#core || (this.#retryAt > 0 && performance.now() > this.#retryAt)) {
      this.#retryAt = 0;
      this.#core = this.#start();
      this.#core.catch(() => {
        this.#retryAt = performance.now() + loadRetryMs;
      });
    }
    return this.#core;
  }

  async #start(): Promise<Core> {
    this.#module ??= compile(this.#given(), this.#options);
    try {
      return await instantiate(await this.#module);
    } catch (e) {
      this.#module = undefined;
      throw e;
    }
  }

  // An entry finds its wasm by import.meta.url: a bundle that is no ES module has none.
  #given(): WasmSource {
    try {
      return this.#source();
    } catch (e) {
      throw failed('give wasm to ehealth-bcp/slim', e);
    }
  }

  // Several jobs can see the same core die: only the first of them drops it.
  async #replace(dead: Core): Promise<void> {
    if ((await this.#core) !== dead) return;
    this.#core = undefined;
    for (const tell of this.restarts) tell();
  }
}
