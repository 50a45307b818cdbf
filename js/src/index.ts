// The default entry: the wasm is the file beside this one. Importing it loads nothing.
import { bareCalls } from './bare.js';
import { ownOf } from './base/check.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, ClientOptions } from './types.js';

export * from './api.js';

// The literal form is the one that bundlers recognise. A bundle that is no ES module has no import.meta.url: then this
// throws when the wasm is needed, and not when the page imports it.
const wasmUrl = (): URL => new URL('./bcp.wasm', import.meta.url);

const host = /* @__PURE__ */ new CoreHost(wasmUrl);
const bare = /* @__PURE__ */ bareCalls(host);

export const preload = bare.preload;
export const verify = bare.verify;
export const services = bare.services;
export const cacheKey = bare.cacheKey;
export const isSwitch = bare.isSwitch;
export const tokenRenewal = bare.tokenRenewal;
export const plan = bare.plan;

/** Makes a client. Nothing is loaded before its first call. Clients without a wasm of their own share one core. */
export function createBcpClient(options: ClientOptions): BcpClient {
  // clientOn says what is wrong with none
  const { wasm, wasmIntegrity } = ownOf(options ?? {}) as Partial<ClientOptions>;
  return clientOn(wasm === undefined && !wasmIntegrity ? host : ownHost(ownOf(options)), options);
}

function ownHost({ wasm, wasmIntegrity, fetch }: ClientOptions): CoreHost {
  return new CoreHost(() => wasm ?? wasmUrl(), { integrity: wasmIntegrity, fetch });
}
