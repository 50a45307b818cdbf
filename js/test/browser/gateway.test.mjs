// The deployment that is real in the field: neither the catalogue nor the endpoints send CORS headers, so the page
// reaches both through `bcp serve`, here on another origin than its own.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { openPage } from '../lib/browsers.mjs';
import { startGateway } from '../lib/gateway.mjs';
import { inBrowsers } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const request = (repeat) => ({
  method: 'POST',
  body: soapRequest(),
  headers: { 'content-type': 'text/xml', soapaction: '"q"' },
  bcp: { repeat },
});
const ask = (page, target, repeat = 'yes') =>
  page.evaluate((...args) => test.ask('c', ...args), target, request(repeat));

inBrowsers('through the gateway', {}, (scene) => {
  let gateway;
  let page;

  beforeEach(async () => {
    scene.stage.main = scene.stage.server.behave('/main', 'no-cors');
    scene.stage.second = scene.stage.server.behave('/second', 'no-cors');
    page = await scene.open();
  });
  afterEach(() => gateway.stop());

  /** Publishes endpoints, starts the gateway, and makes a client of it on the page. */
  const open = async (endpoints) => {
    scene.stage.publish({ endpoints });
    const list = scene.stage.options();
    const {
      catalogue,
      anchors: [anchor],
    } = list;
    gateway = await startGateway({ catalogue, anchor, origins: [scene.site.origin] });
    const { catalogue: _, ...options } = list;
    await page.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
    assert.equal(await page.evaluate(() => test.preload('c')), 'ok');
  };

  it('answers, fails over, and the panel says what was seen', async () => {
    await open([scene.stage.main, scene.stage.second]);
    const { status, endpoint, source } = await ask(page, service);
    assert.deepEqual({ status, endpoint, source }, { status: 200, endpoint: scene.stage.main, source: 'network' });
    scene.stage.server.behave('/main', 'unavailable-no-cors');
    const over = await ask(page, service);
    assert.deepEqual([over.status, over.endpoint, over.attempts], [200, scene.stage.second, 2]);
    const {
      services: [{ health }],
    } = await page.evaluate(() => test.call('c', 'status'));
    assert.deepEqual([health.failedOver, health.endpoint], [true, scene.stage.second]);
    const house = await gateway.status();
    assert.equal(house.services[0].health.failedOver, true, 'the gateway saw it too');
    assert.match(await gateway.metrics(), /bcp_sends_total\{order="0",outcome="switch"/);
  });

  it('sends an act that could not be sent to the next endpoint', async () => {
    await open([scene.stage.server.refused, scene.stage.second]);
    const { status, endpoint, attempts } = await ask(page, service, 'no');
    assert.deepEqual({ status, endpoint, attempts }, { status: 200, endpoint: scene.stage.second, attempts: 2 });
  });

  it('and no act that may have been processed', async () => {
    scene.stage.server.behave('/main', 'reset'); // read, so perhaps processed
    await open([scene.stage.main, scene.stage.second]);
    assert.equal((await ask(page, service, 'no')).code, 'not-repeatable');
    assert.equal(scene.stage.server.seen('/second').length, 0);
  });

  it('a second client of the house does not wait for the endpoint that hangs', async () => {
    await open([scene.stage.main, scene.stage.second]);
    scene.stage.server.behave('/main', 'unavailable-no-cors');
    await ask(page, service);
    const other = await openPage(await scene.browser.createBrowserContext(), scene.site);
    const { catalogue: _, ...options } = scene.stage.options({ namespace: 'another' });
    await other.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
    scene.stage.server.forget();
    const { endpoint, attempts } = await ask(other, service);
    assert.deepEqual([endpoint, attempts, scene.stage.server.seen('/main').length], [scene.stage.second, 1, 0]);
    await other.browserContext().close();
  });

  it('a call without a catalogue goes through it; what it does not know goes out as it is', async () => {
    await open([scene.stage.main, scene.stage.second]);
    await page.evaluate(() => test.close('c'));
    const { catalogue: _, ...options } = scene.stage.options({
      namespace: 'coreless',
      wasm: `${scene.site.origin}/nowhere.wasm`,
    });
    await page.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
    assert.equal((await ask(page, scene.stage.main)).status, 200, 'a browser cannot reach it by itself');
    const own = scene.stage.server.behave('/own', 'ok');
    assert.equal((await ask(page, own)).status, 200);
    assert.equal(scene.stage.server.seen('/own').length, 1);
  });
});
