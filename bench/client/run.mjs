// Speed of the client, in Node and in headless Chromium, each table in one run.
import { readFile } from 'node:fs/promises';
import { compile, instantiate } from '../../dist/core/host.js';
import { createBcpClient } from '../../dist/index.node.js';
import { soapAnswer } from '../../dist/testing/index.js';
import { makeStage, service, soapRequest } from '../../js/test/lib/stage.mjs';
import { median } from '../lib/measure.mjs';
import { launchChromium, page as pageOf, root, serve, wasmFile } from '../lib/serve.mjs';
import { crossings, overhead } from './measure.mjs';

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
const core = await instantiate(await compile(await readFile(`${root}dist/bcp.wasm`)));
const bytes = (text) => new TextEncoder().encode(text);
print(await crossings({ core, catalogue: bytes(catalogue), anchor: bytes(anchor), service, answer: bytes(answer) }));

const browser = await launchChromium();
console.log(`\n${await browser.version()}`);
const site = await serve({ '/bcp.wasm': wasmFile, ...(await pageOf('page', `${root}bench/client/page.mjs`)) });
const context = await browser.createBrowserContext();
print(
  await onPage(
    (...args) => bench.overhead(...args),
    stage.options({ namespace: 'overhead' }),
    service,
    stage.main,
    init,
  ),
);
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
  await page.goto(`${site.origin}/page`);
  await page.waitForFunction(() => 'bench' in globalThis);
  const result = await page.evaluate(run, ...args);
  await page.close();
  return result;
}

function print(figures) {
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(26)} ${value.toFixed(3)}`);
}
