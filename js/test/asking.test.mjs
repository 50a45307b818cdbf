// A page and a server ask for the catalogue at the same moments: the script of client/asking_test.go, in Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { soapAnswer } from '../../dist/testing/index.js';

const file = (name) => readFileSync(new URL(`../../${name}`, import.meta.url));
const script = JSON.parse(file('client/testdata/asking.json'));

/** A client on a clock of its own: `at` sets it, `nextAfter` tells what the timer is set to after something. */
function timed(t) {
  const real = { now: Date.now, random: Math.random, setTimeout: globalThis.setTimeout };
  t.after(() => {
    Date.now = real.now;
    Math.random = real.random;
    globalThis.setTimeout = real.setTimeout;
  });
  let nowMs = script.steps[0].atMs;
  let nextMs;
  Date.now = () => nowMs;
  Math.random = () => (script.random + 0.5) / Number.MAX_SAFE_INTEGER; // what the client gives the core
  globalThis.setTimeout = (f, ms, ...rest) => {
    if (ms > 5 * 60_000) nextMs = nowMs + ms; // of calls there are shorter ones
    return real.setTimeout(f, ms, ...rest);
  };
  const list = file(`testdata/${script.catalogue}`);
  const client = createBcpClient({
    environment: script.environment,
    catalogue: 'https://list.example/c.xml',
    anchors: [file(`testdata/${script.anchors}`).toString()],
    fetch: async (target) => {
      const url = String(target.url ?? target);
      if (url === 'https://list.example/c.xml') return new Response(list);
      if (new URL(url).host === 'list.example') return new Response('', { status: 404 });
      if (url === script.fails) throw new TypeError('connection reset');
      return new Response(soapAnswer('<ok/>'), { headers: { 'content-type': 'text/xml' } });
    },
  });
  t.after(() => client.close());
  return {
    client,
    at: (ms) => (nowMs = ms),
    call: (repeat) => client.fetch(script.service, { method: 'POST', body: '<question/>', bcp: { repeat } }),
    nextAfter: async (doing) => {
      nextMs = undefined;
      await doing();
      for (let tries = 0; nextMs === undefined && tries < 100; tries++)
        await new Promise((done) => real.setTimeout(done, 20));
      return nextMs;
    },
  };
}

it('asks for the catalogue at the moments of a server', async (t) => {
  const { client, at, call, nextAfter } = timed(t);
  for (const [i, step] of script.steps.entries()) {
    at(step.atMs);
    if (step.call) await call('yes');
    assert.equal(await nextAfter(client.refresh), step.nextMs, `step ${i}`);
  }
});

it('asks sooner once an act failed, though nothing was sent elsewhere', async (t) => {
  const { client, call, nextAfter } = timed(t);
  const calmMs = await nextAfter(client.refresh);
  const awayMs = await nextAfter(() => assert.rejects(call('no'), { code: 'not-repeatable' }));
  assert.ok(awayMs < calmMs - 15 * 60_000, `${awayMs}, ${calmMs}`);
});
