// Another program wrote a value of another kind in the place of every record of every store: the next start is
// protected all the same, its calls succeed, and what was dropped is told once. All kinds of change:
// ../readers.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { replaceRecords } from '../chaos/records.mjs';
import { browsers, launch, openPage, serve, skipOf } from '../lib/browsers.mjs';
import { makeStage, service, soapRequest } from '../lib/stage.mjs';

const stores = ['catalogue', 'state', 'log', 'entries', 'boxes', 'clock'];
const kinds = 24; // of values that replaceRecords knows
const blob = 21;
const request = { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } };

for (const name of browsers) {
  describe(`records of every kind in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let stage;
    let page;
    before(async () => {
      site = await serve();
      stage = await makeStage();
      browser = await launch(name);
      page = await openPage(await browser.createBrowserContext(), site);
    });
    after(async () => {
      await browser?.close();
      await stage?.close();
      await site?.close();
    });

    const ask = (client) => page.evaluate((...args) => test.ask(...args), client, service, request);
    const make = (client) => {
      const over = { cache: { services: [service] }, user: 'doctor', secret: 's'.repeat(32) };
      return page.evaluate((...args) => test.make(...args), client, stage.options(over));
    };
    const close = (client) => page.evaluate((one) => test.close(one), client);

    /** Leaves a record in every store, and a second copy of the list. */
    async function leaveRecords() {
      await page.evaluate(() => test.deleteDatabases());
      stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'P1D' } });
      stage.server.behave('/main', 'reset');
      stage.server.behave('/second', 'ok');
      await make('before');
      assert.equal((await ask('before')).source, 'network');
      await page.evaluate(() => test.call('before', 'refresh'));
      for (let tries = 0; !(await page.evaluate(() => test.holdsCatalogue())); tries++) {
        assert.ok(tries < 200, 'the list was not stored twice');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await close('before');
    }

    for (let round = 0; round < kinds; round++) {
      const skip = name === 'webkit' && round === blob && 'a private window of WebKit stores no Blob';
      it(`value ${round}`, { skip }, async () => {
        await leaveRecords();
        assert.ok((await page.evaluate(replaceRecords, stores, round)) >= 5, 'a store held nothing');
        stage.server.behave('/main', 'ok');
        stage.server.behave('/catalogue.xml', 'reset');
        await make('after');
        const { status, source, service: known } = await ask('after');
        assert.deepEqual({ status, source, known }, { status: 200, source: 'network', known: service });
        for (const path of ['/main', '/second']) stage.server.behave(path, 'reset');
        const kept = await ask('after');
        assert.deepEqual([kept.source, kept.expired], ['cache', false], 'the answer was not kept');
        const { events } = JSON.parse(await page.evaluate(() => test.call('after', 'exportLog')));
        assert.deepEqual(
          events.filter(({ at, type }) => Number.isNaN(Date.parse(at)) || typeof type !== 'string'),
          [],
          'a foreign record is in the log',
        );
        await page.evaluate(() => test.call('after', 'clear'));
        const told = (await page.evaluate(() => test.events('after'))).filter(
          ({ type }) => type === 'storage-degraded',
        );
        await close('after');
        const dropped = told.map(({ store, code }) => `${store} ${code}`).sort();
        assert.deepEqual(dropped, ['answers record-dropped', 'catalogue record-dropped']);
      });
    }
  });
}
