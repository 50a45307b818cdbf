// The default entry: the wasm is the file beside this one. Importing it loads nothing.
import { type BareCalls, bareCalls } from './bare.js';
import { ownOf } from './base/check.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, ClientOptions } from './types.js';
import { wasm as wasmBeside } from './wasm.js';

export * from './api.js';

const host = /* @__PURE__ */ new CoreHost(wasmBeside);
const bare = /* @__PURE__ */ bareCalls(host);

/** Loads the wasm ahead of the first call. Errors: `wasm-load-failed`, `contract-mismatch`. */
export const preload: BareCalls['preload'] = bare.preload;
/** Verifies a catalogue. Errors: the step that failed, for instance `digest-mismatch`. */
export const verify: BareCalls['verify'] = bare.verify;
/** Verifies a catalogue and lists its services. Errors: as `verify`. */
export const services: BareCalls['services'] = bare.services;
/** Returns the cache key of a SOAP request. Errors: `cache-off`, `key-…`, `xslt-…`; as `verify`. */
export const cacheKey: BareCalls['cacheKey'] = bare.cacheKey;
/** Tells whether an answer is a SOAP fault that switches to the next endpoint, and by which code. */
export const isSwitch: BareCalls['isSwitch'] = bare.isSwitch;
/** Says when a token of the token service should be renewed, and when it ends. Errors: `token-invalid`. */
export const tokenRenewal: BareCalls['tokenRenewal'] = bare.tokenRenewal;
/** Plays scripted calls through the failover rules, see `bcp plan`. Errors: `bad-call`; as `verify`. */
export const plan: BareCalls['plan'] = bare.plan;

/** Makes a client. Nothing is loaded before its first call. Clients without a wasm of their own share one core. */
export function createBcpClient(options: ClientOptions): BcpClient {
  // clientOn says what is wrong with none
  const { wasm, wasmIntegrity, fetch } = ownOf(options ?? {}) as Partial<ClientOptions>;
  const isShared = wasm === undefined && !wasmIntegrity;
  const own = () => new CoreHost(() => wasm ?? wasmBeside(), { wasmIntegrity, fetch });
  return clientOn(isShared ? host : own(), options);
}
