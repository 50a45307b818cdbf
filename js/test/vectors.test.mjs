// The same vectors, natively and through the wasm in Node: the same bytes of reply.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { nativeReplies, root } from './lib/native.mjs';
import { runVectors } from './lib/vectors.mjs';

const module = await WebAssembly.compile(await readFile(`${root}/dist/bcp.wasm`));
const results = await runVectors(module, (path) => readFile(`${root}/testdata/${path}`));

describe('vectors in Node', () => {
  it('have the wanted verdicts', () => {
    assert.ok(results.length > 0);
    const got = results.map(({ name, reply }) => ({ name, code: JSON.parse(reply).error?.code ?? 'ok' }));
    assert.deepEqual(
      got,
      results.map(({ name, want }) => ({ name, code: want.code ?? 'ok' })),
    );
  });

  it('judge answers as wanted', () => {
    const answers = results.filter(({ want }) => want.answer);
    assert.ok(answers.length > 50, String(answers.length));
    for (const { name, reply, want } of answers) {
      const { came: _, ...verdict } = JSON.parse(reply).value; // words for people
      assert.deepEqual({ name, ...verdict }, { name, ...want.answer });
    }
  });

  it('get the reply that the native core gives, byte for byte', () => {
    assert.deepEqual(new Map(results.map(({ name, reply }) => [name, reply])), nativeReplies());
  });
});
