// Full verification and cold start in headless Chromium, ours beside the peers, each table in one run.
import { createServer } from 'node:http';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { buildWasm } from '../tools/build.mjs';
import { catalogue } from './data.mjs';
import { median, plan, report } from './measure.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const colds = ['cold-ours', 'cold-xades', 'cold-libxml2', 'cold-floor'];
const pages = ['verify-page', ...colds];
const wasms = { 'cold-ours': '/bcp.wasm', 'cold-floor': '/floor.wasm' };
const COLD_STARTS = 21;

// The page's head starts to compile the wasm, as the README recommends for a fast start.
const early = (wasm) => `<script>bcpWasm = WebAssembly.compileStreaming(fetch('${wasm}'))</script>`;

async function bundled(name) {
  const { outputFiles } = await build({
    entryPoints: [here(`${name}.mjs`)], bundle: true, minify: true, format: 'esm', platform: 'browser', write: false,
    charset: 'utf8', logLevel: 'error',
  });
  return outputFiles[0].contents;
}

function json(name) {
  const { bytes, services, env } = catalogue(name);
  const plain = { ...env, anchorDer: [...env.anchorDer], leafDer: [...env.leafDer] };
  return JSON.stringify({ bytes: Buffer.from(bytes).toString('base64'), services, env: plain });
}

async function serve() {
  mkdirSync(here('../build/bench'), { recursive: true });
  buildWasm(here('../build/bench/floor.wasm'), './bench/floor');
  const files = new Map([
    ['/bcp.wasm', ['application/wasm', readFileSync(here('../dist/bcp.wasm'))]],
    ['/floor.wasm', ['application/wasm', readFileSync(here('../build/bench/floor.wasm'))]],
  ]);
  for (const page of pages) {
    files.set(`/${page}.js`, ['text/javascript', await bundled(page)]);
    files.set(`/${page}`, ['text/html', `<!doctype html><title>${page}</title>${page in wasms ? early(wasms[page]) : ''}<script type="module" src="/${page}.js"></script>`]);
  }
  for (const { file } of plan) files.set(`/data/${file}`, ['application/json', json(file)]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url) ?? ['text/plain', ''];
    response.writeHead(body ? 200 : 404, {
      'content-type': type, 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

async function coldStart(browser, url) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(url);
  const took = await (await page.waitForFunction(() => globalThis.verifiedAfterMs)).jsonValue();
  await context.close();
  if (took < 0) throw new Error(`${url} did not verify the catalogue`);
  return took;
}

const server = await serve();
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'], protocolTimeout: 900_000,
});
try {
  const page = await browser.newPage();
  await page.goto(`${origin}/verify-page`);
  await page.waitForFunction(() => globalThis.measure);
  const results = {};
  for (const { file, ...rounds } of plan) results[file] = await page.evaluate((f, r) => measure(f, r), file, rounds);
  report(await browser.version(), results, 'ehealth-bcp');

  const cold = Object.fromEntries(colds.map((name) => [name, []]));
  for (let i = 0; i < COLD_STARTS; i++) {
    for (const name of Object.keys(cold).toSorted(() => Math.random() - 0.5)) cold[name].push(await coldStart(browser, `${origin}/${name}`));
  }
  console.log(`\nCold start to the first verified catalogue, ${COLD_STARTS} fresh contexts each, median ms (ours / peer)`);
  for (const [name, times] of Object.entries(cold)) {
    const ratio = (median(cold['cold-ours']) / median(times)).toFixed(2);
    console.log(`${name.padEnd(20)}${median(times).toFixed(0).padStart(8)}  (${ratio})`);
  }
} finally {
  await browser.close();
  server.close();
}
