// dist/wasm_exec.js is made from the Go toolchain's file by tools/wasm-exec.mjs.

/** The objects that Go code finds under js.Global(). */
export const scope: {
  bcpCall?: (name: string, argsJSON: string, ...blobs: Uint8Array[]) => unknown;
  fs: { writeSync(fd: number, buffer: Uint8Array): number };
};

export class Go {
  importObject: WebAssembly.Imports;
  exit: (code: number) => void;
  run(instance: WebAssembly.Instance): Promise<void>;
}
