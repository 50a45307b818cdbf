// The entry without a reference to the wasm: the caller says where it is.
import { check, checkShape, coreOptions, object, wasm as wasmKind } from './arguments.js';
import { type BareCalls, bareCalls } from './bare.js';
import { clientOn } from './client.js';
import { CoreHost } from './core.js';
import type { BcpClient, ClientOptions, WasmSource } from './types.js';

export * from './api.js';

/** Returns verify, services, cacheKey, isSwitch and plan for a wasm that the caller names. It loads at `preload` or the first call. */
export function createCore(wasm: WasmSource, options: { integrity?: string } = {}): BareCalls {
  check('wasm', wasm, wasmKind);
  checkShape('options', options, coreOptions);
  return bareCalls(new CoreHost(() => wasm, options));
}

/** Makes a client on the wasm that `options.wasm` names. Nothing is loaded before its first call. */
export function createBcpClient(options: ClientOptions & { wasm: WasmSource }): BcpClient {
  check('options', options, object);
  const { wasm, wasmIntegrity } = options;
  check('options.wasm', wasm, wasmKind);
  return clientOn(new CoreHost(() => wasm, { integrity: wasmIntegrity }), options);
}
