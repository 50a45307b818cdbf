// The entry that says where the wasm is, and nothing else: what is built as a library leaves it to the build of the
// application.
import type { WasmSource } from './types.js';

// The literal form is the one that bundlers recognise. A bundle that is no ES module has no import.meta.url: then this
// throws when the wasm is needed, and not when the page imports it.
/**
 * Gives the wasm for `wasm` of `ehealth-bcp/slim`: its address, beside this module, or in Node the file, read at once.
 *
 * Errors: none here. Where it is not found, `wasm-load-failed` at `preload` and at the first call.
 */
export const wasm = (): WasmSource => new URL('./bcp.wasm', import.meta.url);
