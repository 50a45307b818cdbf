// Time per cache key in headless Chromium, ours beside the browser's own XSLTProcessor and xslt-processor, in one run.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { cases, grown, kibibytes } from './keys/cases.mjs';
import { anchor, signed } from './keys/catalogue.mjs';
import { aim, linearity, table } from './keys/measure.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

async function serve() {
  const { outputFiles } = await build({
    entryPoints: [here('keys-page.mjs')], bundle: true, minify: true, format: 'esm', platform: 'browser', write: false,
    charset: 'utf8', logLevel: 'error',
  });
  const files = {
    '/': ['text/html', '<!doctype html><title>keys</title><script type="module" src="/page.js"></script>'],
    '/page.js': ['text/javascript', outputFiles[0].contents],
    '/bcp.wasm': ['application/wasm', readFileSync(here('../dist/bcp.wasm'))],
    '/keys': ['application/json', JSON.stringify({ catalogue: signed().toString('base64'), anchor: anchor().toString('base64') })],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ['text/plain', ''];
    response.writeHead(body ? 200 : 404, { // isolated, for a clock of 5 µs
      'content-type': type, 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

const server = await serve();
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'], protocolTimeout: 300_000,
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.keys);
  const absent = await page.evaluate(() => keys.hasXslt) ? [] : ['XSLTProcessor: this browser has none'];
  const plain = cases.map(({ name, sheet, request, key }) => ({ name, sheet, request, key }));
  const results = await page.evaluate((c) => keys.measure(c), plain);
  table(await browser.version(), results, cases, { absent });
  aim('ours compiled / XSLTProcessor fresh', results, cases, 'ours, compiled', 'XSLTProcessor, fresh', 1);
  aim('ours compiled / xslt-processor with a parsed stylesheet', results, cases, 'ours, compiled', 'xslt-processor, compiled', 0.5);
  aim('ours compiled / xslt-processor as it is used', results, cases, 'ours, compiled', 'xslt-processor, fresh', 0.5);
  const large = cases.map((c) => ({ ...c, grown: Object.fromEntries(kibibytes.map((kib) => [kib, grown(c, kib)])) }));
  linearity('Chromium, compiled', await page.evaluate((c, k) => keys.grow(c, k), large, kibibytes), kibibytes);
} finally {
  await browser.close();
  server.close();
}
