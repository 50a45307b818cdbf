// The drill authority where there is no Node: a page signs its own catalogue and is protected by it; on plain http,
// where a browser has no keys, it says so.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsers, launch, openPage, serve, skipOf, strictPolicy } from '../lib/browsers.mjs';
import { examplesOf } from '../lib/examples.mjs';
import { makeStage, service, soapRequest } from '../lib/stage.mjs';

/** The module that docs/testing.md shows, as an import map would have it. */
const { code } = examplesOf('docs/testing.md').find((example) => example.code.includes('createDrillAuthorityAsync()'));
const example = code
  .replace("'ehealth-bcp'", "'/dist/index.js'")
  .replace(/'ehealth-bcp.testing'/, "'/dist/testing/browser.js'");

/** In a page: calls the service with the client that the example makes. */
async function callAsShown({ id, endpoints, init }) {
  const { clientFor } = await import('/example.mjs');
  const bcp = await clientFor(id, endpoints);
  const response = await bcp.fetch(id, init);
  const { endpoint } = bcp.provenance(response);
  bcp.close();
  return { endpoint, status: response.status };
}

for (const name of browsers) {
  describe(`the drill authority in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let stage;

    before(async () => {
      browser = await launch(name);
      const policy = strictPolicy.replace("connect-src 'self'", "connect-src 'self' blob:");
      const files = { '/example.mjs': { headers: { 'content-type': 'text/javascript' }, body: example } };
      site = await serve({ headers: { 'content-security-policy': policy }, files });
      stage = await makeStage();
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      await stage?.close();
    });

    it('signs a catalogue by which a call fails over', async () => {
      stage.server.behave('/main', 'unavailable');
      const page = await openPage(browser, site);
      const init = { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } };
      const found = await page.evaluate(callAsShown, { id: service, endpoints: [stage.main, stage.second], init });
      assert.deepEqual(found, { endpoint: stage.second, status: 200 });
      assert.equal(stage.server.seen('/main').length, 1);
      await page.close();
    });

    it('says where it can be made, when this is no such place', async () => {
      const page = await openPage(browser, site);
      const said = await page.evaluate(async () => {
        Object.defineProperty(crypto, 'subtle', { value: undefined });
        const { createDrillAuthorityAsync } = await import('/dist/testing/browser.js');
        return createDrillAuthorityAsync().catch((e) => `${e.code}: ${e.message}`);
      });
      assert.equal(said, 'bad-call: createDrillAuthorityAsync: expected a page on https or localhost, which has keys');
      await page.close();
    });
  });
}
