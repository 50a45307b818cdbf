// The entry without a reference to the wasm: the caller says where it is.
import { type BareCalls, bareCalls } from './bare.js';
import { check, checkShape, ownOf } from './base/check.js';
import * as want from './base/kinds.js';
import { coreShape } from './base/shapes.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, ClientOptions, WasmSource } from './types.js';

export * from './api.js';

/** What is asked of the wasm. */
export interface CoreOptions {
  /** Subresource integrity, from `ehealth-bcp/integrity`. */
  wasmIntegrity?: string;
}

/** What a client of this entry is made of. */
export interface SlimOptions extends ClientOptions {
  /** Where the wasm is. */
  wasm: WasmSource;
}

/**
 * Returns verify, services, cacheKey, isSwitch, tokenRenewal and plan for a wasm that the caller names. It loads at
 * `preload` or the first call.
 */
export function createCore(wasm: WasmSource, options: CoreOptions = {}): BareCalls {
  check('wasm', wasm, want.wasm);
  return bareCalls(new CoreHost(() => wasm, checkShape('options', options, coreShape)));
}

/** Makes a client on the wasm that `options.wasm` names. Nothing is loaded before its first call. */
export function createBcpClient(options: SlimOptions): BcpClient {
  check('options', options, want.object);
  const { wasm, wasmIntegrity } = ownOf(options);
  check('options.wasm', wasm, want.wasm);
  return clientOn(new CoreHost(() => wasm, { wasmIntegrity }), options);
}
