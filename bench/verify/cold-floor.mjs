// Not a verifier: the least that any Go program with certificates pays in a browser, started as cold-ours is.
import { Go, scope } from '../../dist/core/wasm_exec.js';
import { coldStart } from './cold.mjs';

async function start() {
  const go = new Go();
  void go.run(await WebAssembly.instantiate(await globalThis.bcpWasm, go.importObject));
}

const started = start();
coldStart(async (bytes, env, services) => {
  await started;
  return scope.check(new TextEncoder().encode(env.anchorPem), env.leafDer) ? services : 0;
});
