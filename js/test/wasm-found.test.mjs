// Where the wasm is not found, or is not ours, the error says what came from where, and what to change.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { createCore } from '../../dist/slim.js';
import { startFaultServer } from '../../dist/testing/index.js';
import { root } from './lib/native.mjs';

const wasm = readFileSync(join(root, 'dist/bcp.wasm'));
const page = '<!doctype html><div id="app"></div>';
const foreign = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const place = 'serve dist/bcp.wasm there, or give its address as wasm';
const whole = ': serve the whole dist/bcp.wasm';

describe('the wasm', () => {
  let server;
  before(async () => {
    server = await startFaultServer();
  });
  after(() => server.close());

  it('is not waited for without end', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const loading = createCore(new Promise(() => {})).preload();
    mock.timers.tick(30_000);
    mock.timers.reset();
    await assert.rejects(loading, { code: 'wasm-load-failed', message: /it did not come within 30000 ms/ });
  });

  async function told(path, status, type, body) {
    const address = server.behave(path, { status, body, headers: { 'content-type': type } });
    const e = await createCore(address)
      .preload()
      .catch((error) => error);
    assert.equal(e?.code, 'wasm-load-failed', String(e));
    return e.message.replace(address, path).replace('the wasm cannot be loaded: ', '');
  }

  const refused = {
    'an absent file': ['/none', 404, 'text/plain', 'no', `HTTP 404 from /none (content-type text/plain): ${place}`],
    'the page of the application': [
      '/page',
      200,
      'text/html',
      page,
      `something else came from /page (content-type text/html): ${place}`,
    ],
    'the page of Vite, which moved the code': [
      '/node_modules/.vite/deps/bcp.wasm',
      200,
      'text/html',
      page,
      'something else came from /node_modules/.vite/deps/bcp.wasm (content-type text/html): ' +
        "set optimizeDeps: { exclude: ['ehealth-bcp'] }",
    ],
    'the wasm of another': ['/foreign', 200, 'application/wasm', foreign, `it is not the core${whole}`],
  };
  for (const [name, [path, status, type, body, message]] of Object.entries(refused)) {
    it(`is not taken for ${name}`, async () => assert.equal(await told(path, status, type, body), message));
  }

  for (const type of ['application/wasm', 'application/octet-stream']) {
    it(`is not taken when it is cut: ${type}`, async () => {
      const message = await told('/cut', 200, type, wasm.subarray(0, 1_000_000));
      assert.ok(message.startsWith('WebAssembly.compile') && message.endsWith(whole), message);
    });
  }

  it('is read no further than its limit', async () => {
    let taken = 0;
    const pull = (to) => (taken++ < 200 ? to.enqueue(new Uint8Array(1 << 20)) : to.close());
    const given = new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), {
      headers: { 'content-length': '9' },
    });
    await assert.rejects(createCore(given).preload(), {
      code: 'wasm-load-failed',
      message: /expected at most 33554432/,
    });
    assert.ok(taken < 40, `${taken} MiB`);
  });

  it('is not there when nothing answers', async () => {
    const e = await createCore(server.refused)
      .preload()
      .catch((error) => error);
    assert.match(e.message, /, from http:.*: no answer, one cut short, or connect-src of the policy forbids it$/);
  });
});
