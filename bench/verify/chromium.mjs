// Full verification and cold start in headless Chromium, ours beside the peers, each table in one run.
import { mkdirSync, readFileSync } from 'node:fs';
import { buildWasm } from '../../tools/build.mjs';
import { median, shuffled } from '../lib/measure.mjs';
import { launchChromium, page as pageOf, root, serve, wasmFile } from '../lib/serve.mjs';
import { catalogue } from './catalogues.mjs';
import { plan, report } from './measure.mjs';

const colds = ['cold-ours', 'cold-xades', 'cold-libxml2', 'cold-floor'];
const wasms = { 'cold-ours': '/bcp.wasm', 'cold-floor': '/floor.wasm' };
const COLD_STARTS = 21;

// The page's head starts to compile the wasm, as the README recommends for a fast start.
const early = (wasm) => `<script>bcpWasm = WebAssembly.compileStreaming(fetch('${wasm}'))</script>`;

function json(name) {
  const { bytes, services, env } = catalogue(name);
  const plain = { ...env, anchorDer: [...env.anchorDer], leafDer: [...env.leafDer] };
  return JSON.stringify({ bytes: Buffer.from(bytes).toString('base64'), services, env: plain });
}

async function files() {
  const floor = `${root}build/bench/floor.wasm`;
  mkdirSync(`${root}build/bench`, { recursive: true });
  buildWasm(floor, './bench/verify/floor');
  const all = { '/bcp.wasm': wasmFile, '/floor.wasm': ['application/wasm', readFileSync(floor)] };
  for (const name of ['page', ...colds]) {
    Object.assign(all, await pageOf(name, `${root}bench/verify/${name}.mjs`, name in wasms ? early(wasms[name]) : ''));
  }
  for (const { file } of plan) all[`/data/${file}`] = ['application/json', json(file)];
  return all;
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

const site = await serve(await files());
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/page`);
  await page.waitForFunction(() => globalThis.measure);
  const results = {};
  for (const { file, ...rounds } of plan) results[file] = await page.evaluate((f, r) => measure(f, r), file, rounds);
  report(await browser.version(), results, 'ehealth-bcp');

  const cold = Object.fromEntries(colds.map((name) => [name, []]));
  for (let i = 0; i < COLD_STARTS; i++) {
    for (const name of shuffled(colds)) cold[name].push(await coldStart(browser, `${site.origin}/${name}`));
  }
  console.log(
    `\nCold start to the first verified catalogue, ${COLD_STARTS} fresh contexts each, median ms (ours / peer)`,
  );
  for (const [name, times] of Object.entries(cold)) {
    const ratio = (median(cold['cold-ours']) / median(times)).toFixed(2);
    console.log(`${name.padEnd(20)}${median(times).toFixed(0).padStart(8)}  (${ratio})`);
  }
} finally {
  await browser.close();
  await site.close();
}
