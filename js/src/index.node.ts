// The entry for Node, whose fetch does not read files.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareCalls } from './bare.js';
import { ownOf } from './base/check.js';
import { BcpError } from './base/errors.js';
import { unconnected } from './call/proof.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, ClientOptions, WasmSource } from './types.js';

export * from './api.js';

// A bundle of server code has this module elsewhere: a bundler may put an address of its own kind here, or leave the
// wasm behind, and where modules are CommonJS there is no import.meta.url. Then it is where the package is installed,
// seen from the folder of the process.
async function readWasm(): Promise<Uint8Array> {
  try {
    return await readFile(fileURLToPath(new URL('./bcp.wasm', import.meta.url).href));
  } catch (e) {
    try {
      return await readFile(createRequire(join(process.cwd(), 'package.json')).resolve('ehealth-bcp/bcp.wasm'));
    } catch {
      throw new BcpError('wasm-load-failed', notFound, e);
    }
  }
}

const notFound =
  'the wasm cannot be loaded: it is not beside the bundle and ehealth-bcp is not installed in the folder of the ' +
  'process: leave ehealth-bcp out of the bundle (external), or give wasm to ehealth-bcp/slim';

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

function ownHost(wasm: WasmSource | undefined, integrity: string | undefined): CoreHost {
  return new CoreHost(() => wasm ?? readWasm(), { integrity });
}
