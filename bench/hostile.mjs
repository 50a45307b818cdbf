// How long the most expensive inputs known take, each in a fresh program, and how much memory: at most a second and 256
// MiB.
import { hostile, started } from '../js/test/lib/hostile.mjs';
import { median } from './lib/measure.mjs';

const start = await started();
console.log(`\nNode ${process.version}: the most expensive inputs, median ms of 5, MiB`);
for (const [name, make] of Object.entries(hostile)) {
  const times = [];
  let size = 0;
  for (let round = 0; round < 5; round++) {
    const { core, memory } = await start();
    const { operation, args, blobs } = make();
    const began = performance.now();
    try {
      core.call(operation, args, ...blobs);
    } catch {
      // limit-exceeded, most of them
    }
    times.push(performance.now() - began);
    size = Math.max(size, memory.buffer.byteLength);
  }
  console.log(`${name.padEnd(48)}${median(times).toFixed(0).padStart(6)}${String(size >> 20).padStart(6)}`);
}
