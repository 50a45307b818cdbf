import { BcpError } from '../base/errors.js';
import { Go, scope } from './wasm_exec.js';

// What the Go program exports: see wasm/doc.go.
interface Exports {
  mem: WebAssembly.Memory;
  bcpInput(size: number): number;
  bcpCall(input: number): number;
}

const lengthBytes = 4;

/** A running Go program: one function over its memory. */
export class Program {
  readonly #go: Go;
  readonly #exports: Exports;

  private constructor(go: Go, exports: Exports) {
    this.#go = go;
    this.#exports = exports;
  }

  /** Starts the program of a compiled module. Errors: those of WebAssembly; that the module is another one's. */
  static async start(module: WebAssembly.Module): Promise<Program> {
    const go = new Go();
    go.exit = () => {}; // the program ends only by a fatal error of its own; the next call sees that
    scope.fs.writeSync = (_fd, text) => text.length; // a fatal error prints to the console, which belongs to the page
    const instance = await WebAssembly.instantiate(module, go.importObject);
    const exports = instance.exports as unknown as Exports;
    if (!exports.bcpCall) throw new BcpError('wasm-load-failed', 'it is not the core');
    void go.run(instance); // runs main() until it waits, in this turn
    return new Program(go, exports);
  }

  /**
   * Performs one operation and returns its reply, JSON text.
   *
   * Errors: `input-too-large`; anything else means that the program ended.
   */
  call(name: string, argsJSON: string, ...blobs: Uint8Array[]): string {
    const { mem, bcpInput, bcpCall } = this.#exports;
    const utf8 = new TextEncoder();
    const parts = [utf8.encode(name), utf8.encode(argsJSON), ...blobs];
    const head = lengthBytes * (1 + parts.length);
    const size = parts.reduce((sum, { length }) => sum + length, head);
    this.#alive();
    const input = bcpInput(size);
    this.#alive();
    if (input === 0) throw new BcpError('input-too-large', `the call is too large: ${size} bytes`);
    const lengths = new DataView(mem.buffer, input, head);
    // anew in each call: the buffer changes when the memory grows
    const octets = new Uint8Array(mem.buffer, input, size);
    lengths.setUint32(0, parts.length, true);
    let at = head;
    parts.forEach((part, i) => {
      lengths.setUint32(lengthBytes * (1 + i), part.length, true);
      octets.set(part, at);
      at += part.length;
    });
    const reply = bcpCall(input);
    this.#alive();
    const length = new DataView(mem.buffer).getUint32(reply, true);
    return new TextDecoder().decode(new Uint8Array(mem.buffer, reply + lengthBytes, length));
  }

  // After a fatal error its functions still return, with what happens to stand in memory.
  #alive(): void {
    if (this.#go.exited) throw new Error('the program has ended');
  }
}
