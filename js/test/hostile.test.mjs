// The most expensive inputs known, in the wasm as it is shipped: each ends, in little memory, and the program goes on.
// How long they take, `make bench` prints.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { hostile, started } from './lib/hostile.mjs';

const mostMemory = 256 << 20;

describe('expensive input', () => {
  let start;
  before(async () => {
    start = await started();
  });

  for (const [name, make] of Object.entries(hostile)) {
    it(name, async () => {
      const { core, memory } = await start();
      const { operation, args, blobs, times = 1 } = make();
      for (let left = times; left > 0; left--) {
        try {
          core.call(operation, args, ...blobs);
        } catch (e) {
          assert.equal(e.code, 'limit-exceeded', e.message);
        }
      }
      assert.ok(memory.buffer.byteLength <= mostMemory, `${memory.buffer.byteLength} bytes`);
      assert.equal(typeof core.call('contract', {}).version, 'string');
    });
  }
});
