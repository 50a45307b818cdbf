// The page of `npx ehealth-bcp demo`: a failover by keyboard, a kept answer, an act of which nobody knows; in four
// languages, with axe.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startDemo } from '../../../dist/demo/server.js';
import { browsers, launch, skipOf } from '../lib/browsers.mjs';
import { assertAccessible, assertNoSidewaysScroll, click, until } from '../lib/demo.mjs';

for (const name of browsers) {
  describe(`the page of the demonstration in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let demo;
    let page;

    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());
    beforeEach(async () => {
      demo = await startDemo();
      page = await browser.newPage();
    });
    afterEach(async () => {
      await page?.close();
      await demo.close();
    });

    async function open(lang) {
      await page.goto(`${demo.origin}/?lang=${lang}`);
      await until(page, 'the buttons', () => document.querySelectorAll('#tasks button').length === 3);
    }
    /** Waits for the newest answer to come from there. */
    const answered = (count, source) =>
      until(
        page,
        `answer ${count} from ${source}`,
        (n, wanted) => {
          const [first, ...more] = document.querySelectorAll('#answers > [data-source]');
          return more.length === n - 1 && first.dataset.source === wanted;
        },
        count,
        source,
      );
    const newest = () => page.evaluate(() => document.querySelector('#answers > li').innerText);
    const siteDoes = (way) =>
      until(page, way, (wanted) => document.querySelector('#endpoints select').value === wanted, way);

    it('fails over by keyboard alone', async () => {
      await open('en');
      const press = async (id) => {
        for (let i = 0; i < 30; i++) {
          if ((await page.evaluate(() => document.activeElement.id)) === id) return page.keyboard.press('Enter');
          await page.keyboard.press('Tab');
        }
        throw new Error(`Tab does not reach ${id}`);
      };
      await press('call-insurability');
      await answered(1, 'main');
      await press('main-down');
      await siteDoes('reset');
      await page.evaluate(() => document.getElementById('lang').focus());
      await press('call-insurability');
      await answered(2, 'recovery');
      assert.match(await newest(), /Answered by the recovery endpoint\./);
    });

    it('serves a kept answer, and says what to do when nobody knows whether an act arrived', async () => {
      await open('nl');
      await click(page, '#call-encryption-known');
      await answered(1, 'main');
      await click(page, '#all-down');
      await siteDoes('reset');
      await click(page, '#call-encryption-known');
      await answered(2, 'cache');
      await click(page, '#call-eattest');
      await answered(3, 'failed');
      assert.match(await newest(), /Niemand weet of het aangekomen is\. \(not-repeatable\)/);
      await click(page, '#call-insurability');
      await answered(4, 'failed');
      assert.match(await newest(), /Geen antwoord\. \(endpoints-exhausted\)/);
      await click(page, '#all-up');
      await siteDoes('ok');
    });

    it('says that the server is gone', async () => {
      await open('en');
      await demo.close();
      await until(page, 'the notice', () => {
        document.getElementById('all-down').click();
        return /has stopped/.test(document.getElementById('said').textContent);
      });
    });

    for (const lang of ['nl', 'fr', 'de', 'en']) {
      it(`is accessible, on a telephone too: ${lang}`, async () => {
        await open(lang);
        await click(page, '#main-down');
        await siteDoes('reset');
        await click(page, '#call-insurability');
        await answered(1, 'recovery');
        assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
        await assertAccessible(page, `the demonstration, ${lang}`);
        await page.setViewport({ width: 360, height: 800 });
        await assertNoSidewaysScroll(page, `the demonstration at 360, ${lang}`);
      });
    }
  });
}
