// The demonstration of the package alone, as `npx ehealth-bcp demo` starts it. In a page: browser/own-demo.test.mjs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { texts } from '../src/demo/page/texts.js';
import { startDemo } from '../../dist/demo/server.js';
import { root, run } from './lib/native.mjs';

const cli = join(root, 'dist/cli.js');
const entries = (value, place = '') =>
  typeof value === 'object'
    ? Object.entries(value).flatMap(([key, part]) => entries(part, `${place}.${key}`))
    : [place];

describe('the demonstration', () => {
  let demo;
  const behave = (path, behaviour) =>
    fetch(`${demo.origin}/behave`, { method: 'POST', body: JSON.stringify({ path, behaviour }) });
  /** The status of an answer to a request as it is written, with a Host or an Origin of another. */
  const statusOf = async (path, headers, method = 'GET') => {
    const sent = request(`${demo.origin}${path}`, { method, headers });
    sent.end(method === 'POST' ? '{}' : undefined);
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode;
  };

  before(async () => {
    demo = await startDemo();
  });
  after(() => demo.close());

  it('has its words in four languages', () => {
    assert.deepEqual(Object.keys(texts).sort(), ['de', 'en', 'fr', 'nl']);
    for (const lang of Object.keys(texts)) assert.deepEqual(entries(texts[lang]), entries(texts.en), lang);
  });

  it('serves its page and the modules of the package, and no other file', async () => {
    for (const path of [
      '/',
      '/page/page.js',
      '/dist/index.js',
      '/dist/core/host.js',
      '/dist/core/host.js.map',
      '/dist/bcp.wasm',
      '/state',
    ]) {
      assert.equal(await statusOf(path), 200, path);
    }
    const others = ['/dist/index.d.ts', '/package.json', '/dist/../package.json', '/dist/%2e%2e/package.json'];
    for (const path of [...others, '/dist/', '/page/', '/page/../server.js', '/behave', '/x'])
      assert.equal(await statusOf(path), 404, path);
    assert.equal(await statusOf('/', {}, 'POST'), 404);
  });

  it('lets an endpoint behave as it is told, and the catalogue too', async () => {
    const { services, catalogue } = await (await fetch(`${demo.origin}/state`)).json();
    const [{ path, url }] = services[0].endpoints;
    assert.equal((await fetch(url, { method: 'POST' })).status, 200);
    const { requests } = await (await behave(path, 'unavailable')).json();
    assert.equal(requests[path], 1);
    assert.equal((await fetch(url, { method: 'POST' })).status, 503);
    await behave(catalogue.path, 'unavailable');
    assert.equal((await fetch(catalogue.url)).status, 503);
    await behave(catalogue.path, 'ok');
    assert.match(await (await fetch(catalogue.url)).text(), /<ServiceList /);
  });

  it('refuses what is no command, and says why', async () => {
    for (const [body, detail] of [
      ['{"path":"/main/etk","behaviour":"sleep"}', /behaviour: expected ok, business-fault, .*, got a string/],
      ['{"path":"main","behaviour":"ok"}', /path: expected a path/],
      ['{"behaviour":"ok"}', /path: expected a path/],
      ['null', /./],
      ['{', /JSON/],
      ['"'.padEnd(20_000, 'x'), /too long/],
    ]) {
      const response = await fetch(`${demo.origin}/behave`, { method: 'POST', body });
      const answer = await response.json();
      assert.equal(response.status, 400, body);
      assert.equal(answer.code, 'bad-call');
      assert.match(answer.detail, detail);
    }
  });

  it('answers no page of another site', async () => {
    assert.equal(await statusOf('/state', { host: 'evil.example' }), 403);
    assert.equal(await statusOf('/behave', { origin: 'https://evil.example' }, 'POST'), 403);
    assert.equal(await statusOf('/state', { host: 'localhost' }), 200);
  });
});

describe('the command demo', () => {
  it('prints its address, and ends by a signal', async () => {
    const child = spawn(process.execPath, [cli, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      said += chunk;
      const [, origin] =
        /^The demonstration is at (http:\/\/127\.0\.0\.1:\d+)\/ - stop it with Ctrl-C\.\n$/.exec(said) ?? [];
      if (!origin) continue;
      assert.equal((await fetch(origin)).status, 200);
      child.kill('SIGINT');
    }
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    assert.equal(code, 0);
    assert.match(said, /\nStopped\.\n$/);
  });

  it('says that a port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const { exit, stderr } = await run(process.execPath, [cli, 'demo', '--port', String(port)]);
    taken.close();
    assert.deepEqual(
      { exit, stderr },
      {
        exit: 1,
        stderr: `ehealth-bcp: port ${port} cannot be had (EADDRINUSE): leave --port out\n`,
      },
    );
  });

  it('refuses other arguments with its usage', async () => {
    const wrong = [['--port'], ['--port', 'x'], ['--port', '65536'], ['--port=-1'], ['now'], ['--port', '1', '2']];
    for (const args of wrong) {
      const { exit, stdout, stderr } = await run(process.execPath, [cli, 'demo', ...args]);
      assert.deepEqual([exit, stdout], [2, ''], args.join(' '));
      assert.match(stderr, /^usage: ehealth-bcp demo \[--port N\]\n/);
    }
    const { exit, stdout } = await run(process.execPath, [cli, 'demo', '--help']);
    assert.equal((await run(process.execPath, [cli, 'help', 'demo'])).stdout, stdout);
    assert.equal(exit, 0);
    assert.match(stdout, /^usage: /);
  });
});
