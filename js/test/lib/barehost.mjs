// A host that gives the WASI module what it needs, and refuses all else.
import { getRandomValues } from 'node:crypto';

const notSupported = 52; // ENOSYS
const badDescriptor = 8; // EBADF: there are no folders

const now = (id) => BigInt(Math.round((id === 0 ? Date.now() : performance.now() + 1) * 1e6));

/** An instance's exports, initialised, and how often each function was called that has no answer. */
export async function bareInstance(module, { clockNs = now } = {}) {
  const refused = {};
  let memory;
  const view = () => new DataView(memory.buffer);
  const none = (count, size) => {
    view().setUint32(count, 0, true);
    view().setUint32(size, 0, true);
    return 0;
  };
  const given = {
    random_get: (at, length) => (getRandomValues(new Uint8Array(memory.buffer, at, length)), 0),
    clock_time_get: (id, _precision, at) => (view().setBigUint64(at, clockNs(id), true), 0),
    args_sizes_get: none,
    args_get: () => 0,
    environ_sizes_get: none,
    environ_get: () => 0,
    fd_prestat_get: () => badDescriptor,
    proc_exit: (code) => {
      throw new Error(`the program ended with ${code}`);
    },
  };
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from !== 'wasi_snapshot_preview1') throw new Error(`it asks for ${from}.${name}`);
    imports[name] = given[name] ?? (() => ((refused[name] = (refused[name] ?? 0) + 1), notSupported));
  }
  const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
  memory = exports.memory;
  exports._initialize();
  return { exports, refused };
}
