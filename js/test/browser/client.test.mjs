// The client in real browsers, against the fault server, on a page with a strict content security policy.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { openPage, ready, serve, strictPolicy } from '../lib/browsers.mjs';
import { until } from '../lib/demo.mjs';
import { inBrowsers, strictSite } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const request = (over = {}) => ({
  method: 'POST',
  body: soapRequest(),
  headers: { 'content-type': 'text/xml', soapaction: '"q"' },
  bcp: { repeat: 'yes' },
  ...over,
});
const ask = (page, init, target = service, name = 'c') =>
  page.evaluate((...args) => test.ask(...args), name, target, init ?? request());
const make = (page, options, name = 'c') => page.evaluate((...args) => test.make(...args), name, options);
const eventsOf = (page, name = 'c') => page.evaluate((n) => test.events(n), name);
const pathOf = ({ endpoint, code }) => (endpoint ? new URL(endpoint).pathname : code);

inBrowsers('client', strictSite, (scene, name) => {
  let page;

  describe('on one page', () => {
    before(async () => {
      page = await openPage(await scene.browser.createBrowserContext(), scene.site);
    });
    after(() => page.browserContext().close());
    afterEach(() => page.evaluate(() => test.close('c')));

    it('needs only wasm-unsafe-eval, adds no globals, passes Trusted Types', async () => {
      await make(page, scene.stage.options());
      assert.equal(pathOf(await ask(page)), '/main');
      assert.deepEqual(await page.evaluate(() => test.violations()), []);
      assert.deepEqual(await page.evaluate(() => test.newGlobals()), []);
    });

    // What a browser shows of each kind of failure, and what must come of it.
    const kinds = {
      'switch-fault': 'switch',
      unavailable: 'switch',
      'unavailable-no-cors': 'unreachable',
      'no-cors': 'unreachable',
      'no-preflight': 'unreachable',
      reset: 'unreachable',
      hang: 'timeout',
      stall: 'timeout',
      cut: 'incomplete',
      'cut-chunked': 'incomplete',
      html: 'foreign',
    };
    for (const [kind, outcome] of Object.entries(kinds)) {
      it(`goes to the next endpoint: ${kind}`, async () => {
        scene.stage.server.behave('/main', kind);
        await make(page, scene.stage.options(outcome === 'timeout' ? { policy: { attemptTimeoutMs: 1_000 } } : {}));
        const { status, text, source, attempts, endpoint } = await ask(page);
        assert.deepEqual(
          { status, source, attempts, endpoint },
          { status: 200, source: 'network', attempts: 2, endpoint: scene.stage.second },
        );
        assert.match(text, /\/second</);
        const failed = (await eventsOf(page)).filter(({ type }) => type === 'endpoint-failed');
        assert.deepEqual(
          failed.map((event) => [event.endpoint, event.outcome]),
          [[scene.stage.main, outcome]],
        );
      });
    }

    for (const kind of ['refused', 'brokenTls']) {
      it(`goes to the next endpoint: ${kind}`, async () => {
        await make(page, scene.stage.options({ rewrite: { [scene.stage.main]: scene.stage.server[kind] } }));
        const { endpoint, attempts } = await ask(page);
        assert.deepEqual({ endpoint, attempts }, { endpoint: scene.stage.second, attempts: 2 });
      });
    }

    it('stays where it is: business-fault', async () => {
      scene.stage.server.behave('/main', 'business-fault');
      await make(page, scene.stage.options());
      const { status, endpoint, attempts } = await ask(page);
      assert.deepEqual({ status, endpoint, attempts }, { status: 500, endpoint: scene.stage.main, attempts: 1 });
    });
  });

  describe('on a page of its own', () => {
    beforeEach(async () => {
      page = await scene.open();
    });
    it('goes on without the wasm: blocked, absent, a page in its place', async (t) => {
      const fallback = scene.stage.server.behave('/spa', 'html');
      for (const [i, wasm] of [`${scene.stage.server.origin}/none.wasm`, fallback].entries()) {
        await make(page, scene.stage.options({ wasm }), `c${i}`);
        assert.equal((await ask(page, request(), scene.stage.main, `c${i}`)).status, 200);
        assert.equal((await ask(page, request(), service, `c${i}`)).code, 'wasm-load-failed');
        assert.equal((await eventsOf(page, `c${i}`))[0].type, 'unprotected');
      }
      const strict = await serve({
        headers: { 'content-security-policy': strictPolicy.replace(" 'wasm-unsafe-eval'", '') },
      });
      t.after(() => strict.close());
      const blocked = await scene.open(strict);
      await make(blocked, scene.stage.options());
      assert.equal((await ask(blocked, request(), scene.stage.main)).status, 200);
      assert.equal((await ask(blocked)).code, 'wasm-load-failed');
      const { detail } = (await eventsOf(blocked)).find(({ type }) => type === 'unprotected');
      assert.match(detail, /script-src of the policy needs 'wasm-unsafe-eval'/);
      assert.equal((await blocked.evaluate(() => test.call('c', 'status'))).phase, 'no-core');
    });

    it('loads a wasm of another media type', async () => {
      const { readFile } = await import('node:fs/promises');
      const body = await readFile(new URL('../../../dist/bcp.wasm', import.meta.url));
      const wasm = scene.stage.server.behave('/w', { body, headers: { 'content-type': 'application/octet-stream' } });
      await make(page, scene.stage.options({ wasm }));
      assert.equal((await ask(page)).status, 200);
    });

    it('checks the integrity of the wasm', async () => {
      const { integrity } = await import('../../../dist/integrity.js');
      await make(page, scene.stage.options({ wasmIntegrity: integrity }), 'right');
      assert.equal((await ask(page, request(), service, 'right')).status, 200);
      await make(page, scene.stage.options({ wasmIntegrity: integrity.replace(/.{8}$/, 'AAAAAAAA') }), 'wrong');
      assert.equal((await ask(page, request(), service, 'wrong')).code, 'wasm-load-failed');
    });

    const faults = ['quota', 'denied', 'silent', 'closing', 'absent'];
    for (const fault of faults) {
      it(`works while storage fails, and says so once: ${fault}`, async () => {
        await page.evaluate((how) => test.breakStorage(how), fault);
        scene.stage.server.behave('/main', 'unavailable');
        await make(page, scene.stage.options());
        assert.equal(pathOf(await ask(page)), '/second');
        assert.equal(pathOf(await ask(page)), '/second');
        assert.equal((await page.evaluate(() => test.call('c', 'status'))).storage, 'memory');
        const said = (await eventsOf(page)).filter(({ type }) => type === 'storage-degraded');
        assert.deepEqual(
          said.map(({ code }) => code),
          [fault === 'quota' ? 'storage-quota' : 'storage-unavailable'],
        );
      });
    }

    it('works after its databases were deleted under its feet', async () => {
      await make(page, scene.stage.options());
      await ask(page);
      await page.evaluate(() => test.deleteDatabases());
      scene.stage.server.behave('/main', 'unavailable');
      assert.equal(pathOf(await ask(page)), '/second');
      scene.stage.publish();
      assert.equal(await page.evaluate(() => test.call('c', 'refresh')), 'updated');
    });

    it('replaces a damaged stored catalogue', async () => {
      await make(page, scene.stage.options());
      await ask(page);
      await page.evaluate(() => test.close('c'));
      await page.evaluate(() => test.damageCatalogue());
      await page.evaluate(async () => Promise.all((await caches.keys()).map((key) => caches.delete(key))));
      await page.close();
      page = await scene.open();
      await make(page, scene.stage.options());
      assert.equal((await ask(page)).status, 200);
      await page.evaluate(() => test.call('c', 'refresh')); // a catalogue is told when it is stored
      const types = (await eventsOf(page)).map(({ type, from, code }) => [type, from, code]);
      assert.deepEqual(types.slice(0, 2), [
        ['catalogue-rejected', 'storage', 'digest-mismatch'],
        ['catalogue-updated', 'network', undefined],
      ]);
    });

    for (const harm of ['damageCatalogue', 'deleteDatabases']) {
      it(`starts from the second copy, and mends the first, with a dead network: ${harm}`, async () => {
        await make(page, scene.stage.options());
        await page.evaluate(() => test.call('c', 'refresh')); // a catalogue is told when it is stored
        await page.evaluate(() => test.close('c'));
        await page.evaluate((name) => test[name](), harm);
        scene.stage.server.behave('/catalogue.xml', 'reset');
        for (const place of ['Cache Storage', 'IndexedDB']) {
          // In its driver's sessions WebKit forgets Cache Storage with the last page that uses it.
          if (name !== 'webkit') await page.goto(`${scene.site.origin}/js/test/browser/pages/page.html`);
          await ready(page);
          await make(page, scene.stage.options());
          assert.equal((await ask(page)).status, 200, `from ${place}`);
          await until(page, 'both have it', () => test.holdsCatalogue());
          await page.evaluate(() => test.close('c'));
          await page.evaluate(async () => Promise.all((await caches.keys()).map((key) => caches.delete(key))));
        }
      });
    }

    it('starts from the stored catalogue when the network is dead', async () => {
      await make(page, scene.stage.options());
      await ask(page);
      await page.close();
      scene.stage.server.behave('/catalogue.xml', 'reset');
      scene.stage.server.behave('/main', 'reset');
      page = await scene.open();
      await make(page, scene.stage.options());
      const { endpoint } = await ask(page);
      assert.equal(endpoint, scene.stage.second);
      assert.equal((await eventsOf(page))[0].from, 'storage');
    });
  });
});
