// 120 acts at once on an endpoint that takes 2 s for each, over HTTP/2 in headless Chromium: how long all take with the
// client, beside plain fetch. The aim is at most 1.5 times as long, each answered once and sent once.
import { createSecureServer } from 'node:http2';
import { makeAuthority, makeSigner, pemOf } from '../../dist/testing/certificates.js';
import { soapAnswer } from '../../dist/testing/index.js';
import { makeStage, service, soapRequest } from '../../js/test/lib/stage.mjs';
import { median, shuffled } from '../lib/measure.mjs';
import { launchChromium, page as pageOf, root, serve, wasmFile } from '../lib/serve.mjs';

const calls = 120;
const answerMs = 2_000;
const rounds = 5;
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
};

/** An endpoint that speaks HTTP/2 and takes its time. */
async function endpointOf() {
  const nextMonth = new Date(Date.now() + 30 * 86_400_000);
  // Not with the authority's own key, which is for no server.
  const holder = makeSigner(makeAuthority('bench'), 'localhost', 2, nextMonth);
  const key = holder.key.export({ type: 'pkcs8', format: 'pem' });
  let sent = 0;
  const server = createSecureServer({ key, cert: pemOf(holder), settings: { maxConcurrentStreams: 250 } });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':method'] === 'OPTIONS') return void stream.respond({ ':status': 204, ...cors }, { endStream: true });
    sent++;
    setTimeout(() => {
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, 'content-type': 'text/xml', ...cors });
      stream.end(soapAnswer('<ok/>'));
    }, answerMs);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `https://localhost:${server.address().port}/act`,
    taken: () => {
      const count = sent;
      sent = 0;
      return count;
    },
    close: () => server.close(),
  };
}

const stage = await makeStage();
const endpoint = await endpointOf();
stage.publish({ endpoints: [endpoint.url] });
const site = await serve({ '/bcp.wasm': wasmFile, ...(await pageOf('page', `${root}bench/client/page.mjs`)) });
const browser = await launchChromium(['--ignore-certificate-errors']);
const page = await browser.newPage();
await page.goto(`${site.origin}/page`);
await page.waitForFunction(() => 'bench' in globalThis);
const init = { method: 'POST', body: soapRequest(), headers: { 'content-type': 'text/xml', soapaction: '"q"' } };
const times = { plain: [], client: [] };
for (let round = -1; round < rounds; round++) {
  for (const who of shuffled(Object.keys(times))) {
    const target = who === 'plain' ? endpoint.url : service;
    const result = await page.evaluate((...args) => bench.burst(...args), stage.options(), target, init, calls, who);
    const sent = endpoint.taken();
    if (result.answered !== calls || sent !== calls)
      throw new Error(`${who}: ${result.answered} answered, ${sent} sent: ${result.why}`);
    if (round >= 0) times[who].push(result.tookMs); // the first round warms up
  }
}
const [plainMs, clientMs] = [median(times.plain), median(times.client)];
const ratio = clientMs / plainMs;
console.log(`${await browser.version()}, HTTP/2, ${calls} acts at once, ${answerMs} ms each`);
console.log(`  plain ${plainMs.toFixed(0)} ms, client ${clientMs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (aim 1.5)`);
await browser.close();
await site.close();
await stage.close();
endpoint.close();
process.exitCode = ratio > 1.5 ? 1 : 0;
