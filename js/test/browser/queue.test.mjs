// A browser sends six requests to an origin at once over HTTP/1.1 and holds the others back: that time is not the
// endpoint's. And a burst on a client that knows nothing yet does not go to every endpoint that hangs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, beforeEach, it } from 'node:test';
import { inBrowsers } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type,soapaction',
  'access-control-max-age': '600',
};
const xml = { 'content-type': 'text/xml; charset=utf-8' };
const answer = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r/></s:Body></s:Envelope>';

/** A server that answers after `delayMs`, or never, by the path, and counts. */
async function serveSlowly(delayMs) {
  const seen = new Map();
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    const { pathname } = new URL(request.url, 'http://localhost');
    seen.set(pathname, (seen.get(pathname) ?? 0) + 1);
    if (pathname.startsWith('/hang')) return request.resume();
    setTimeout(() => response.writeHead(200, { ...cors, ...xml }).end(answer), delayMs);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    count: (path) => seen.get(path) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** Makes `count` calls at once on the page and counts how they ended. */
const burst = (page, count, repeat) =>
  page.evaluate(
    async (n, target, body, bcp) => {
      const init = { method: 'POST', body, headers: { 'content-type': 'text/xml' }, bcp };
      const all = await Promise.all(Array.from({ length: n }, () => test.ask('c', target, init)));
      return all.reduce((counts, { status, code, endpoint }) => {
        const key = code ?? `${status} ${new URL(endpoint).pathname}`;
        return { ...counts, [key]: (counts[key] ?? 0) + 1 };
      }, {});
    },
    count,
    service,
    soapRequest(),
    { repeat },
  );

const blamed = async (page) =>
  (await page.evaluate(() => test.events('c'))).filter(({ type }) => type === 'endpoint-failed');

inBrowsers("the browser's own queue", {}, (scene) => {
  let slow;
  let page;

  beforeEach(async () => {
    slow = await serveSlowly(400);
    page = await scene.open();
  });
  afterEach(() => slow.close());

  const make = (endpoints, policy) => {
    scene.stage.publish({ endpoints });
    return page.evaluate((options) => test.make('c', options), scene.stage.options({ policy }));
  };

  // 120 acts, six at a time, take eight seconds: more than twice what an attempt may, and twice what the call may.
  it('120 acts at once: each is answered, nobody is blamed, nothing goes twice', async () => {
    await make([`${slow.origin}/main`, scene.stage.second], { attemptTimeoutMs: 3_000, totalTimeoutMs: 4_000 });
    const counts = await burst(page, 120, 'no');
    assert.deepEqual(await blamed(page), []);
    assert.deepEqual(counts, { '200 /main': 120 });
    assert.deepEqual([slow.count('/main'), scene.stage.server.seen('/second').length], [120, 0]);
  });

  it('an endpoint that hangs does not starve another one of its origin', async () => {
    await make([`${slow.origin}/hang`, `${slow.origin}/second`], { attemptTimeoutMs: 1_500, totalTimeoutMs: 10_000 });
    assert.deepEqual(await burst(page, 20, 'yes'), { '200 /second': 20 });
  });

  it('20 calls on three endpoints that hang send at most 30 requests, none waits longer than its time', async () => {
    const paths = ['/hang/1', '/hang/2', '/hang/3'];
    await make(
      paths.map((path) => slow.origin + path),
      { attemptTimeoutMs: 1_500, totalTimeoutMs: 6_000 },
    );
    const started = performance.now();
    const counts = await burst(page, 20, 'yes');
    assert.equal(
      Object.values(counts).reduce((sum, n) => sum + n),
      20,
    );
    assert.ok(
      Object.keys(counts).every((how) => how === 'timeout' || how === 'endpoints-exhausted'),
      JSON.stringify(counts),
    );
    const sent = paths.reduce((sum, path) => sum + slow.count(path), 0);
    assert.ok(sent <= 30, `${sent} requests`);
    assert.ok(performance.now() - started < 60_000, 'a call did not end');
  });
});
