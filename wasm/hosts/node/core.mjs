// Runs bcp-core.wasm in Node through node:wasi: a complete host, to read and to copy. JavaScript itself is better
// served by the package, which is smaller, and starts faster. Source: docs/other-languages.md.
import { WASI } from 'node:wasi';

const contract = 1; // the number of the operations that this host was written for
const lengthBytes = 4;

/** One instance of the module. */
export class Core {
  #exports;
  #ended; // why no call can be made any more

  /** Starts an instance of a compiled module. */
  static async start(module) {
    const wasi = new WASI({ version: 'preview1' });
    const imports = {};
    // Each through JavaScript: Node 20 is not sound after a trap in a program that called its own functions directly.
    for (const [name, call] of Object.entries(wasi.wasiImport)) imports[name] = (...args) => call(...args);
    imports.fd_write = () => 0; // what the program says when it ends: the output belongs to the application
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
    wasi.initialize(instance);
    return new Core(instance.exports);
  }

  /** Takes an instance that is initialised, whoever gave its imports. */
  constructor(exports) {
    this.#exports = exports;
    const about = JSON.parse(this.call('contract', '{}')).value;
    if (about?.contract !== contract) throw new Error(`the module has contract ${about?.contract}, not ${contract}`);
  }

  /** Performs one operation and returns its reply, JSON text. Once the program ended, every call throws. */
  call(operation, args, ...blobs) {
    if (this.#ended) throw new Error('the program has ended', { cause: this.#ended });
    const utf8 = new TextEncoder();
    const call = frame([utf8.encode(operation), utf8.encode(args), ...blobs]);
    let input;
    try {
      input = this.#exports.bcpInput(call.length) >>> 0; // addresses are unsigned
      if (input !== 0) return this.#perform(input, call);
    } catch (cause) {
      this.#ended = cause instanceof Error ? cause : new Error(`exit: ${String(cause)}`);
      throw new Error('the program has ended', { cause: this.#ended });
    }
    throw new Error(`the call is too large: ${call.length} octets`);
  }

  #perform(input, call) {
    const { memory, bcpCall } = this.#exports;
    new Uint8Array(memory.buffer).set(call, input);
    const reply = bcpCall(input) >>> 0;
    const { buffer } = memory; // anew: it is another one when the memory grew
    const length = new DataView(buffer).getUint32(reply, true);
    return new TextDecoder().decode(new Uint8Array(buffer, reply + lengthBytes, length));
  }
}

// The number of parts, the length of each, and the parts.
function frame(parts) {
  const head = lengthBytes * (1 + parts.length);
  const call = new Uint8Array(parts.reduce((sum, { length }) => sum + length, head));
  const lengths = new DataView(call.buffer);
  lengths.setUint32(0, parts.length, true);
  let at = head;
  parts.forEach((part, i) => {
    lengths.setUint32(lengthBytes * (1 + i), part.length, true);
    call.set(part, at);
    at += part.length;
  });
  return call;
}
