// Two releases of the package on one page, as when a portal shows the application of another vendor: they share the
// origin's storage, its locks and its channel, and each goes on. Code and wasm of two releases are refused by name.
import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { browsers, skipOf } from '../lib/browsers.mjs';
import { until } from '../lib/demo.mjs';
import { buildLaterRelease, laterContract, laterVersion } from '../lib/laterrelease.mjs';
import { inBrowsers, strictSite } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const request = { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } };

/** In a page: loads the releases as `both.now` and `both.later`, and makes a client of each. */
async function makeBoth({ paths, options }) {
  globalThis.both = {};
  for (const [name, path] of Object.entries(paths)) {
    const release = await import(`${path}/index.js`);
    const events = [];
    const client = release.createBcpClient({ ...options, log: (event) => events.push(event) });
    both[name] = { release, client, events };
  }
}

/** In a page: calls with a client, and tells who answered, or why nobody did. */
async function askWith(name, target, init) {
  const { release, client } = both[name];
  try {
    const response = await client.fetch(target, init);
    return { status: response.status, ...client.provenance(response) };
  } catch (e) {
    const other = both[name === 'now' ? 'later' : 'now'].release;
    return { code: release.bcpErrorOf(e)?.code, asTheOtherReadsIt: other.bcpErrorOf(e)?.code };
  }
}

let later;
let paths;
const runnable = browsers.filter((name) => !skipOf(name));
before(() => {
  if (runnable.length === 0) return;
  later = buildLaterRelease();
  paths = { now: '/dist', later: later.path };
});
after(() => later?.remove());

const failedOver = async (name) => (await both[name].client.status()).services[0]?.health.failedOver === true;

inBrowsers('two releases on one page', strictSite, (scene) => {
  let page;

  beforeEach(async () => {
    page = await scene.open();
  });

  const make = (over = {}, of = paths) => page.evaluate(makeBoth, { paths: of, options: scene.stage.options(over) });
  const ask = (who, target = service) => page.evaluate(askWith, who, target, request);

  it('both answer, and what one learns of the endpoints the other knows', async () => {
    await make();
    assert.equal((await ask('now')).endpoint, scene.stage.main);
    assert.equal((await ask('later')).endpoint, scene.stage.main);
    const versions = await page.evaluate(async () => {
      const logs = [both.now, both.later].map(({ client }) => client.exportLog());
      return (await Promise.all(logs)).map((log) => JSON.parse(log).version);
    });
    assert.notEqual(versions[0], laterVersion);
    assert.equal(versions[1], laterVersion, 'each has the core of its own release');
    scene.stage.server.behave('/main', 'unavailable');
    assert.equal((await ask('now')).endpoint, scene.stage.second);
    await until(page, 'the later release knows', failedOver, 'later');
    scene.stage.server.forget();
    assert.equal((await ask('later')).endpoint, scene.stage.second);
    assert.equal(scene.stage.server.seen('/main').length, 0);
  });

  for (const [first, second] of [
    ['now', 'later'],
    ['later', 'now'],
  ]) {
    it(`what ${first} stored, ${second} starts with, while the network gives no catalogue`, async () => {
      await make();
      scene.stage.server.behave('/main', 'unavailable');
      await ask(first);
      await until(page, 'it is stored', () => test.holdsCatalogue());
      scene.stage.server.behave('/catalogue.xml', 'reset');
      await page.close();
      page = await scene.open();
      await make();
      scene.stage.server.forget();
      assert.equal((await ask(second)).endpoint, scene.stage.second);
      assert.equal(scene.stage.server.seen('/main').length, 0, 'states too');
      const dropped = await page.evaluate(
        (who) => both[who].events.filter(({ type }) => type === 'storage-degraded' || type === 'catalogue-rejected'),
        second,
      );
      assert.deepEqual(dropped, []);
    });
  }

  it('an error of one is an error for the other', async () => {
    await make();
    scene.stage.server.behave('/main', 'unavailable');
    scene.stage.server.behave('/second', 'unavailable');
    const exhausted = { code: 'endpoints-exhausted', asTheOtherReadsIt: 'endpoints-exhausted' };
    assert.deepEqual(await ask('now'), exhausted);
    assert.deepEqual(await ask('later'), exhausted);
  });

  it('the panel of the one that came first shows the client of the other', async () => {
    await make();
    scene.stage.server.behave('/main', 'unavailable');
    await ask('later');
    await page.evaluate(async ({ now, later }) => {
      for (const path of [now, later]) (await import(`${path}/status-element.js`)).defineBcpStatus();
      document.body.append(Object.assign(document.createElement('bcp-status'), { client: both.later.client }));
    }, paths);
    const overall = () => document.querySelector('bcp-status').shadowRoot.querySelector('[part=overall]')?.textContent;
    await until(page, 'the panel says something', overall);
  });

  it('code of one with the wasm of the other is refused, and both are named', async () => {
    await make();
    const code = await page.evaluate(async ({ now, later }) => {
      const slim = await import(`${now}/slim.js`);
      const error = await slim
        .createCore(`${later}/bcp.wasm`)
        .preload()
        .catch((e) => e);
      return [error.code, error.message];
    }, paths);
    const said = `expected a wasm with contract 1, got ${laterContract} of release ${laterVersion}: `;
    assert.deepEqual(code, ['contract-mismatch', `${said}serve the whole dist/bcp.wasm`]);
  });

  it('and then a call by URL goes out unprotected, with that code', async () => {
    const wasm = new URL(`${paths.later}/bcp.wasm`, scene.site.origin).href;
    const found = await page.evaluate(
      async ({ options, target, init }) => {
        const { createBcpClient } = await import('/dist/slim.js');
        const events = [];
        const client = createBcpClient({ ...options, log: (event) => events.push(event) });
        const response = await client.fetch(target, init);
        return [response.status, events.find(({ type }) => type === 'unprotected')?.code];
      },
      { options: scene.stage.options({ wasm }), target: scene.stage.main, init: request },
    );
    assert.deepEqual(found, [200, 'contract-mismatch']);
  });
});
