// The deployment that is real in the field: neither the catalogue nor the endpoints send CORS headers, so the page
// reaches both through `bcp serve`, here on another origin than its own.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { browsers, launch, openPage, serve, skipOf } from '../lib/browsers.mjs';
import { startGateway } from '../lib/gateway.mjs';
import { makeStage, service, soapRequest } from '../lib/stage.mjs';

const request = (repeat) => ({
  method: 'POST',
  body: soapRequest(),
  headers: { 'content-type': 'text/xml', soapaction: '"q"' },
  bcp: { repeat },
});
const ask = (page, target, repeat = 'yes') =>
  page.evaluate((...args) => test.ask('c', ...args), target, request(repeat));

for (const name of browsers) {
  describe(`through the gateway in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let stage;
    let gateway;
    let page;

    before(async () => {
      browser = await launch(name);
      site = await serve();
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    beforeEach(async () => {
      stage = await makeStage();
      stage.main = stage.server.behave('/main', 'no-cors');
      stage.second = stage.server.behave('/second', 'no-cors');
      page = await openPage(await browser.createBrowserContext(), site);
    });
    afterEach(async () => {
      await page.browserContext().close();
      await gateway.stop();
      await stage.close();
    });
    /** Publishes endpoints, starts the gateway, and makes a client of it on the page. */
    const open = async (endpoints) => {
      stage.publish({ endpoints });
      const list = stage.options();
      const {
        catalogue,
        anchors: [anchor],
      } = list;
      gateway = await startGateway({ catalogue, anchor, origins: [site.origin] });
      const { catalogue: _, ...options } = list;
      await page.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
      assert.equal(await page.evaluate(() => test.preload('c')), 'ok');
    };

    it('answers, fails over, and the panel says what was seen', async () => {
      await open([stage.main, stage.second]);
      const { status, endpoint, source } = await ask(page, service);
      assert.deepEqual({ status, endpoint, source }, { status: 200, endpoint: stage.main, source: 'network' });
      stage.server.behave('/main', 'unavailable-no-cors');
      const over = await ask(page, service);
      assert.deepEqual([over.status, over.endpoint, over.attempts], [200, stage.second, 2]);
      const {
        services: [{ health }],
      } = await page.evaluate(() => test.call('c', 'status'));
      assert.deepEqual([health.failedOver, health.endpoint], [true, stage.second]);
      const house = await gateway.status();
      assert.equal(house.services[0].health.failedOver, true, 'the gateway saw it too');
      assert.match(await gateway.metrics(), /bcp_sends_total\{order="0",outcome="switch"/);
    });

    it('sends an act that could not be sent to the next endpoint', async () => {
      await open([stage.server.refused, stage.second]);
      const { status, endpoint, attempts } = await ask(page, service, 'no');
      assert.deepEqual({ status, endpoint, attempts }, { status: 200, endpoint: stage.second, attempts: 2 });
    });

    it('and no act that may have been processed', async () => {
      stage.server.behave('/main', 'reset'); // read, so perhaps processed
      await open([stage.main, stage.second]);
      assert.equal((await ask(page, service, 'no')).code, 'not-repeatable');
      assert.equal(stage.server.seen('/second').length, 0);
    });

    it('a second client of the house does not wait for the endpoint that hangs', async () => {
      await open([stage.main, stage.second]);
      stage.server.behave('/main', 'unavailable-no-cors');
      await ask(page, service);
      const other = await openPage(await browser.createBrowserContext(), site);
      const { catalogue: _, ...options } = stage.options({ namespace: 'another' });
      await other.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
      stage.server.forget();
      const { endpoint, attempts } = await ask(other, service);
      assert.deepEqual([endpoint, attempts, stage.server.seen('/main').length], [stage.second, 1, 0]);
      await other.browserContext().close();
    });

    it('a call without a catalogue goes through it; what it does not know goes out as it is', async () => {
      await open([stage.main, stage.second]);
      await page.evaluate(() => test.close('c'));
      const { catalogue: _, ...options } = stage.options({
        namespace: 'coreless',
        wasm: `${site.origin}/nowhere.wasm`,
      });
      await page.evaluate((given) => test.make('c', given), { ...options, gateway: gateway.url });
      assert.equal((await ask(page, stage.main)).status, 200, 'a browser cannot reach it by itself');
      const own = stage.server.behave('/own', 'ok');
      assert.equal((await ask(page, own)).status, 200);
      assert.equal(stage.server.seen('/own').length, 1);
    });
  });
}
