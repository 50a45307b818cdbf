// The entry ehealth-bcp/wasm in Node, whose fetch does not read files.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BcpError } from './base/errors.js';

// A bundle of server code has this module elsewhere: a bundler may put an address of its own kind here, or leave the
// wasm behind, and where modules are CommonJS there is no import.meta.url. Then it is where the package is installed,
// seen from the folder of the process.
/** Reads the wasm. Errors: `wasm-load-failed`. */
export async function readWasm(): Promise<Uint8Array> {
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

/** The wasm, for `wasm` of `ehealth-bcp/slim`. */
export function wasm(): Promise<Uint8Array> {
  const read = readWasm();
  read.catch(() => {}); // who needs it hears of it; a client that is never used must not end the process
  return read;
}
