// dist/core/wasm_exec.js is made from the Go toolchain's file by tools/wasm-exec.mjs.

/** The objects that Go code finds under js.Global(). */
export const scope: {
  fs: { writeSync(fd: number, buffer: Uint8Array): number };
};

export class Go {
  importObject: WebAssembly.Imports;
  exit: (code: number) => void;
  /** Whether the program ended. */
  exited: boolean;
  run(instance: WebAssembly.Instance): Promise<void>;
}
