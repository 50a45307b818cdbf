// Full verification and cold start in headless Chromium, ours beside the peers, each table in one run.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { catalogue } from './data.mjs';
import { median, plan, report } from './measure.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const pages = ['verify-page', 'cold-ours', 'cold-xades', 'cold-libxml2'];
const COLD_STARTS = 9;
const early = "<script>bcpWasm = WebAssembly.compileStreaming(fetch('/bcp.wasm'))</script>";

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
  const files = new Map([['/bcp.wasm', ['application/wasm', readFileSync(here('../dist/bcp.wasm'))]]]);
  for (const page of pages) {
    files.set(`/${page}.js`, ['text/javascript', await bundled(page)]);
    files.set(`/${page}`, ['text/html', `<!doctype html><title>${page}</title>${page === 'cold-ours' ? early : ''}<script type="module" src="/${page}.js"></script>`]);
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

  const cold = { 'cold-ours': [], 'cold-xades': [], 'cold-libxml2': [] };
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
