// The entry for Node, whose fetch does not read files.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { bareCalls } from './bare.js';
import { ownOf } from './base/check.js';
import { unconnected } from './call/proof.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, ClientOptions, WasmSource } from './types.js';
import { readWasm } from './wasm.node.js';

export * from './api.js';

const host = new CoreHost(readWasm);
const bare = bareCalls(host);

export const preload = bare.preload;
export const verify = bare.verify;
export const services = bare.services;
export const cacheKey = bare.cacheKey;
export const isSwitch = bare.isSwitch;
export const tokenRenewal = bare.tokenRenewal;
export const plan = bare.plan;

// Node's fetch tells here, and nowhere else, that an error of TLS is one of the handshake.
const failedToConnect = 'undici:client:connectError';
const note = (news: unknown): void => void unconnected.add((news as { error: Error }).error);

/** Makes a client. Nothing is loaded before its first call. Clients without a wasm of their own share one core. */
export function createBcpClient(options: ClientOptions): BcpClient {
  unsubscribe(failedToConnect, note); // once is enough
  subscribe(failedToConnect, note);
  // clientOn says what is wrong with none
  const { wasm, wasmIntegrity } = ownOf(options ?? {}) as Partial<ClientOptions>;
  return clientOn(wasm === undefined && !wasmIntegrity ? host : ownHost(wasm, wasmIntegrity), options);
}

function ownHost(wasm: WasmSource | undefined, wasmIntegrity: string | undefined): CoreHost {
  return new CoreHost(() => wasm ?? readWasm(), { wasmIntegrity });
}
