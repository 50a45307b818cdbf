// The same vectors, natively and through the wasm in Node: the same bytes of reply.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { Program } from '../../dist/core/program.js';
import { nativeReplies, root } from './lib/native.mjs';
import { runVectors } from './lib/vectors.mjs';

const program = await Program.start(await WebAssembly.compile(await readFile(`${root}/dist/bcp.wasm`)));
const results = await runVectors(
  (...parts) => program.call(...parts),
  (path) => readFile(`${root}/testdata/${path}`),
);

describe('vectors in Node', () => {
  it('are refused as wanted, and only then', (t) => {
    assert.ok(results.length > 500, String(results.length));
    const codes = results.map(({ name, wants }) => ({ name, codes: wants.map(({ code }) => code) }));
    assert.deepEqual(
      results.map(({ name, replies }) => ({ name, codes: replies.map((reply) => JSON.parse(reply).error?.code) })),
      codes,
    );
    t.diagnostic(`${results.length} vectors, ${codes.flatMap(({ codes }) => codes).length} calls`);
  });

  it('get the replies that the native core gives, which are as wanted, byte for byte', () => {
    assert.deepEqual(new Map(results.map(({ name, replies }) => [name, replies])), nativeReplies());
  });
});
