// The build joins the data segments of the wasm: the memory of the program must not notice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinDataSegments } from '../../tools/wasm-data.mjs';

const leb = (n) =>
  n < 0x40 ? [n] : n < 0x2000 ? [(n & 0x7f) | 0x80, n >> 7] : [(n & 0x7f) | 0x80, ((n >> 7) & 0x7f) | 0x80, n >> 14];
const section = (id, body) => [id, ...leb(body.length), ...body];

/** A module with three pages of memory, exported as m, and these segments: [offset, octets]. */
function moduleOf(segments) {
  const data = segments.flatMap(([offset, octets]) => [
    0,
    0x41,
    ...leb(offset),
    0x0b,
    ...leb(octets.length),
    ...octets,
  ]);
  return Buffer.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(5, [1, 0, 3]),
    ...section(7, [1, 1, 0x6d, 2, 0]),
    ...section(11, [...leb(segments.length), ...data]),
    ...section(0, [1, 0x78, 7]),
  ]);
}

const memoryOf = (wasm) => Buffer.from(new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.m.buffer);

/** The number of segments: the section stands after magic, version, memory and export. */
function segmentsOf(wasm) {
  const at = 8 + 5 + 7;
  assert.equal(wasm[at], 11);
  const count = wasm[at + 1] < 0x80 ? at + 2 : at + 3;
  return wasm[count];
}

describe('joined data segments', () => {
  for (const [name, segments, left] of [
    ['none', [], 0],
    ['one', [[5, [1, 2]]], 1],
    [
      'touching',
      [
        [5, [1, 2]],
        [7, [3]],
      ],
      1,
    ],
    [
      'over a gap of 32',
      [
        [5, [1]],
        [38, [2]],
      ],
      1,
    ],
    [
      'not over a gap of 33',
      [
        [5, [1]],
        [39, [2]],
      ],
      2,
    ],
    [
      'out of order',
      [
        [90, [1]],
        [5, [2]],
        [6, [3]],
      ],
      2,
    ],
    [
      'overlapping: the later one wins',
      [
        [5, [1, 1, 1, 1]],
        [6, [2, 2]],
      ],
      2,
    ],
    [
      'at offsets of two and three octets',
      [
        [63, [1]],
        [64, [2]],
        [8191, [3]],
        [8192, [4]],
        [131072, [5]],
      ],
      3,
    ],
    ['many', Array.from({ length: 60 }, (_, i) => [i * 20, [i, 255 - i]]), 1],
  ]) {
    it(name, () => {
      const before = moduleOf(segments);
      const after = joinDataSegments(before);
      assert.deepEqual(memoryOf(after), memoryOf(before));
      assert.equal(segmentsOf(after), left);
      assert.deepEqual(after.subarray(-5), before.subarray(-5), 'what follows is as it was');
    });
  }

  it('refuses what it does not understand', () => {
    const one = moduleOf([[5, [1, 2]]]);
    const passive = Buffer.from(one);
    passive[8 + 5 + 7 + 3] = 1;
    assert.throws(() => joinDataSegments(passive), /an active segment/);
    assert.throws(() => joinDataSegments(one.subarray(0, -1)), /ends early/);
  });
});
