// The WASI module through node:wasi beside the js wasm in Node: node node.mjs MODULE CATALOGUE ANCHORS AT.
// bench/wasi/main.go measures the same in wazero.
import { readFile } from 'node:fs/promises';
import { Program } from '../../dist/core/program.js';
import { Core } from '../../wasm/hosts/node/core.mjs';

const [module, catalogue, anchors, at] = process.argv.slice(2);
const [warm, calls] = [750, 10_000];
const blobs = [await readFile(catalogue), await readFile(anchors)];
const args = JSON.stringify({ environment: 'Production', anchors: 1, atMs: Number(at) });
const inMs = (n) => `${n.toFixed(1)} ms`;

for (const [name, file, start] of [
  ['js wasm in Node', new URL('../../dist/bcp.wasm', import.meta.url), Program.start],
  ['node:wasi', module, Core.start],
]) {
  const began = performance.now();
  const core = await start(await WebAssembly.compile(await readFile(file)));
  const loaded = performance.now() - began;
  const times = [];
  for (let i = 0; i < calls; i++) {
    const before = performance.now();
    const reply = core.call('openCatalogue', args, ...blobs);
    times.push(performance.now() - before);
    const { handle } = JSON.parse(reply).value;
    core.call('closeCatalogue', JSON.stringify({ handle }));
  }
  const steady = times.slice(-warm).sort((a, b) => a - b);
  console.log(
    `${name}: load ${inMs(loaded)}, first ${inMs(times[0])}, then median ${steady[warm / 2].toFixed(3)} ms`,
    `(best ${steady[0].toFixed(3)})`,
  );
}
