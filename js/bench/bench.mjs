// Speed of the client, in Node and in headless Chromium, each table in one run: node js/bench/bench.mjs
import { readFile } from 'node:fs/promises';
import { compile, instantiate } from '../../dist/core/host.js';
import { createBcpClient } from '../../dist/index.node.js';
import { soapAnswer } from '../../dist/testing/index.js';
import { launch, serve } from '../test/lib/browsers.mjs';
import { root } from '../test/lib/native.mjs';
import { makeStage, service, soapRequest } from '../test/lib/stage.mjs';
import { crossings, median, overhead } from './measure.mjs';

const coldStarts = 9;
const stage = await makeStage();
const catalogue = stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } });
const init = { method: 'POST', body: soapRequest(), headers: { 'content-type': 'text/xml', soapaction: '"q"' } };
const answer = soapAnswer('<Answer xmlns="urn:drill">/main</Answer>');
const anchor = stage.authority.anchor;

console.log(`Node ${process.versions.node}`);
const client = createBcpClient(stage.options());
await client.preload();
print(await overhead({ client, service, endpoint: stage.main, init }));
client.close();
const core = await instantiate(await compile(await readFile(`${root}/dist/bcp.wasm`)));
const bytes = (text) => new TextEncoder().encode(text);
print(await crossings({ core, catalogue: bytes(catalogue), anchor: bytes(anchor), service, answer: bytes(answer) }));

const browser = await launch('chromium');
console.log(`\n${await browser.version()}`);
const site = await serve();
const context = await browser.createBrowserContext();
print(await onPage((...args) => bench.overhead(...args), stage.options({ namespace: 'overhead' }), service, stage.main, init));
print(await onPage((args) => bench.crossings(args), { catalogue, anchor, service, answer }));

const persistent = { user: 'u', secret: 'a secret of thirty-two bytes or more' };
const options = stage.options({ cache: { services: [service], persistent } });
const repeatable = { ...init, bcp: { repeat: 'yes' } };
await onPage((...args) => bench.firstCall(...args), options, service, repeatable);
for (const path of ['/main', '/second', '/catalogue.xml']) stage.server.behave(path, 'reset');
const times = [];
for (let i = 0; i < coldStarts; i++) {
  const { tookMs, source } = await onPage((...args) => bench.firstCall(...args), options, service, repeatable);
  if (source !== 'cache') throw new Error(`expected a cached answer, got one from ${source}`);
  times.push(tookMs);
}
print({ coldCallToCachedAnswerMs: median(times) });

await browser.close();
await site.close();
await stage.close();

async function onPage(run, ...args) {
  const page = await context.newPage();
  await page.goto(`${site.origin}/js/bench/page.html`);
  await page.waitForFunction(() => 'bench' in globalThis);
  const result = await page.evaluate(run, ...args);
  await page.close();
  return result;
}

function print(figures) {
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(26)} ${value.toFixed(3)}`);
}
