// A page that uses its own HTTP library, with the service worker installed.
import assert from 'node:assert/strict';
import { soapAnswer } from '../../../dist/testing/index.js';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { browsers, launch, openPage, serve, skipOf, strictPolicy } from '../lib/browsers.mjs';
import { makeStage, service, soapRequest } from '../lib/stage.mjs';

for (const name of browsers) {
  describe(`service worker in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let page;
    let stage;

    before(async () => {
      browser = await launch(name);
      // With Trusted Types, the address of a service worker needs a policy of the application.
      const policy = strictPolicy.replace(/require-trusted-types.*/, '');
      site = await serve({ headers: { 'content-security-policy': policy, 'service-worker-allowed': '/' } });
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    beforeEach(async () => {
      stage = await makeStage();
      stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } });
      const context = await browser.createBrowserContext();
      page = await openPage(context, site);
      const options = encodeURIComponent(JSON.stringify(stage.options({ cache: { services: [service] } })));
      await page.evaluate((script) => test.register(script), `/js/test/browser/pages/worker.mjs?options=${options}`);
    });
    afterEach(async () => {
      await page.browserContext().close();
      await stage.close();
    });

    const plain = (
      url,
      init = { method: 'POST', body: soapRequest(), headers: { 'content-type': 'text/xml', soapaction: '"q"' } },
    ) => page.evaluate((...args) => test.plain(...args), url, init);

    it('protects plain fetch, and says where the answer came from', async () => {
      const first = await plain(stage.main);
      assert.deepEqual(first.headers, {
        'x-bcp-source': 'network',
        'x-bcp-attempts': '1',
        'x-bcp-endpoint': stage.main,
      });
      stage.server.behave('/main', 'unavailable-no-cors');
      const second = await plain(stage.main);
      assert.match(second.text, /\/second</);
      assert.deepEqual(second.headers, {
        'x-bcp-source': 'network',
        'x-bcp-attempts': '2',
        'x-bcp-endpoint': stage.second,
      });
      stage.server.behave('/second', 'reset');
      const third = await plain(stage.main);
      assert.equal(third.text, second.text);
      assert.equal(third.headers['x-bcp-source'], 'cache');
      assert.equal(third.headers['x-bcp-expired'], 'false');
      assert.ok(!Number.isNaN(Date.parse(third.headers['x-bcp-stored-at'])));
    });

    it('protects XMLHttpRequest', async () => {
      stage.server.behave('/main', 'reset');
      const { status, text, source } = await page.evaluate((...args) => test.xhr(...args), stage.main, soapRequest());
      assert.deepEqual({ status, source }, { status: 200, source: 'network' });
      assert.match(text, /\/second</);
    });

    it('leaves other requests alone', async () => {
      const url = stage.server.behave('/other', { body: 'other', headers: { 'x-bcp-source': 'cache' } });
      assert.equal((await plain(url, {})).text, 'other');
      assert.equal((await plain(`${site.origin}/package.json`, {})).status, 200);
    });

    it('does not let an endpoint pass for the cache', async () => {
      const headers = { 'content-type': 'text/xml', 'x-bcp-source': 'cache', 'x-bcp-stored-at': 'today' };
      stage.server.behave('/main', { body: soapAnswer('<live/>'), headers });
      const { headers: told } = await plain(stage.main);
      assert.deepEqual(told, { 'x-bcp-source': 'network', 'x-bcp-attempts': '1', 'x-bcp-endpoint': stage.main });
    });

    it('is a network error to the page when everything failed', async () => {
      stage.server.behave('/main', 'reset');
      stage.server.behave('/second', 'reset');
      assert.deepEqual(await plain(stage.main), { error: 'TypeError' });
    });
  });
}
