// The six scenarios through the small EHR, in real browsers: switch, provenance, failback, cached answer, guidance.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { browsers, launch, skipOf } from '../lib/browsers.mjs';
import {
  assertAccessible,
  assertNoSidewaysScroll,
  click,
  logIn,
  openEhr,
  panelShows,
  publish,
  refresh,
  runTask,
  startDemo,
  until,
} from '../lib/demo.mjs';

const logText = (page) => page.evaluate(() => document.querySelector('#log').textContent);

for (const name of browsers) {
  describe(`the demonstration in ${name}`, { skip: skipOf(name) }, () => {
    let demo;
    let browser;
    let context;
    let page;
    const errors = [];

    before(async () => {
      demo = await startDemo();
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      if (demo) assert.equal(await demo.stop(), 0, 'the platform stops gracefully');
    });
    beforeEach(async () => {
      await demo.command(
        'recover',
        'publish main',
        'publish cache etk off',
        'publish cache insurability off',
        'publish signer signer',
      );
      context = await browser.createBrowserContext();
      errors.length = 0;
    });
    afterEach(async () => {
      assert.deepEqual(errors, [], 'errors on the page');
      await context.close();
    });

    const open = async (lang, user) => {
      page = await openEhr(context, demo, lang, user);
      page.on('pageerror', ({ message }) => {
        errors.push(message);
      });
    };

    it('main endpoint down and back', async () => {
      await open('nl');
      assert.equal((await runTask(page, 'insurability')).source, 'live');
      await demo.command('fail insurability/0 refused');
      const away = await runTask(page, 'insurability');
      assert.equal(away.source, 'other');
      assert.match(away.text, /Pogingen\n2/);
      assert.match(await panelShows(page, 'insurability', 'recovery'), /reservesysteem/);
      await assertAccessible(page, 'failed over');
      await demo.command('recover');
      const back = await until(page, 'failback', async () => {
        document.querySelector('#run-insurability').click();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return document.querySelector('.answer').dataset.source === 'live';
      });
      assert.equal(back, true);
      assert.match(await logText(page), /failback/);
      await until(page, 'normal again', () => document.querySelector('bcp-status').getAttribute('state') === 'normal');
    });

    it('national outage with republication', async () => {
      await open('fr');
      await demo.command('fail ehealth unavailable');
      assert.equal((await runTask(page, 'login')).source, 'other');
      const unsure = await runTask(page, 'prescription');
      assert.equal(unsure.source, 'failed');
      assert.match(
        unsure.text,
        /n'est pas certain que votre envoi soit arrivé[^]*Pour le helpdesk : not-repeatable/,
        'a sentence, and the code after it',
      );
      assert.match(unsure.text, /Vérifiez d'abord si[^]*à nouveau[^]*sur papier/, 'look, send again, paper');
      await publish(page, demo, 'publish site recovery');
      assert.notEqual((await runTask(page, 'prescription')).source, 'failed');
      assert.match(await panelShows(page, 'prescription', 'recovery'), /système de secours/);
      await publish(page, demo, 'recover', 'publish main');
      assert.equal((await runTask(page, 'prescription')).source, 'live');
      await panelShows(page, 'prescription', 'normal');
    });

    it('eHealth down, MyCareNet direct up', async () => {
      await open('de');
      await demo.command('fail ehealth refused', 'fail recovery refused');
      assert.equal((await runTask(page, 'insurability')).source, 'other');
      assert.match(await panelShows(page, 'insurability', 'fallback'), /direkt an MyCareNet/);
      const lost = await runTask(page, 'encryption-unknown');
      assert.equal(lost.source, 'failed');
      assert.match(lost.text, /Der Dienst ist zurzeit nicht erreichbar\.[^]*endpoints-exhausted/);
      assert.match(await logText(page), /Anfrage ohne Antwort/);
      assert.match(lost.text, /niemals unverschlüsselt/);
      await panelShows(page, 'encryption-unknown', 'lastResort');
      assert.match(
        (await runTask(page, 'login')).text,
        /melden Sie sich während der Störung nicht ab/,
        'a keystore needs the token service too',
      );
      assert.match(await panelShows(page, 'prescription', 'lastResort'), /auf Papier/);
      assert.equal(await page.evaluate(() => document.querySelector('bcp-status').getAttribute('state')), 'degraded');
      await assertAccessible(page, 'degraded');
      await demo.command('fail eattest reset');
      const sent = await runTask(page, 'eattest');
      assert.match(sent.text, /not-repeatable[^]*Prüfen Sie zuerst[^]*erneut[^]*auf Papier/, 'look, send again, paper');
      assert.doesNotMatch(sent.text, /direkt an MyCareNet/, 'a way that would carry a second one');
      assert.match(await panelShows(page, 'eattest', 'unconfirmed'), /Prüfen Sie zuerst/);
    });

    it('ETK depot down, with cache, also from a cold start, and never for another user', async () => {
      await open('en');
      await publish(page, demo, 'publish cache etk ENDPOINT_FIRST P30D');
      const fresh = await runTask(page, 'encryption-known');
      assert.equal(fresh.source, 'live');
      const [key] = /[\w+/]{43}=/.exec(fresh.text);
      await demo.command('fail etk refused');
      const kept = await runTask(page, 'encryption-known');
      assert.equal(kept.source, 'cache');
      assert.match(kept.text, /earlier answer/);
      assert.match(kept.text, /Valid until/);
      assert.ok(kept.text.includes(key));
      await panelShows(page, 'encryption-known', 'cache');
      await assertAccessible(page, 'from the cache');

      await demo.command('fail all refused');
      await page.reload();
      await until(page, 'the panel', () => document.querySelector('#run-all') !== null);
      const cold = await runTask(page, 'encryption-known');
      assert.equal(cold.source, 'cache', cold.text);
      assert.ok(cold.text.includes(key));

      await click(page, '#log-out');
      await logIn(page, 'B');
      assert.equal((await runTask(page, 'encryption-known')).source, 'failed');
    });

    it('signer rotated', async () => {
      await open('nl');
      await publish(page, demo, 'publish signer rotated');
      assert.equal(await refresh(page), 'Catalogus ongewijzigd.');
      await publish(page, demo, 'publish switch etk/1');
      assert.notEqual((await runTask(page, 'encryption-known')).source, 'failed');
      await panelShows(page, 'encryption-known', 'recovery');
    });

    it('bad publications change nothing, and the gateway says why', async () => {
      await open('fr');
      assert.equal((await runTask(page, 'encryption-known')).source, 'live');
      for (const [kind, code] of Object.entries({
        tampered: 'digest-mismatch',
        older: 'catalogue-rollback',
        expired: 'signer-expired',
        foreign: 'signer-untrusted',
        page: 'xml-malformed',
      })) {
        await demo.command(`publish bad ${kind}`);
        assert.equal(await refresh(page), 'Catalogue inchangé.', kind);
        await until(
          page,
          `the gateway refuses: ${code}`,
          async (c) => (await (await fetch('/practice/gateway.json')).json()).refused === c,
          code,
        );
        assert.equal((await runTask(page, 'encryption-known')).source, 'live', kind);
        await until(
          page,
          `the panel is normal after ${kind}`,
          () => document.querySelector('bcp-status').getAttribute('state') === 'normal',
        );
      }
    });

    it('is accessible and fits at every width, in every page', async () => {
      await open('nl');
      for (const width of [360, 768, 1440]) {
        await page.setViewport({ width, height: 900 });
        const end = await page.evaluate(
          () =>
            document.querySelector('bcp-status').shadowRoot.querySelector('[part="about"]').getBoundingClientRect()
              .bottom + scrollY,
        );
        assert.ok(end < 900, `the state is on the first screen at ${width} px, it ends at ${end}`);
        await assertNoSidewaysScroll(page, `EHR at ${width}`);
        await assertAccessible(page, `EHR at ${width}`);
      }
      const other = await context.newPage();
      for (const [path, sign] of [
        ['/', 'main'],
        ['/control/', '#endpoints tr'],
        ['/verify/', '#form'],
      ]) {
        await other.goto(demo.origin + path);
        await until(other, `${path} drawn`, (selector) => document.querySelector(selector) !== null, sign);
        for (const width of [360, 768, 1440]) {
          await other.setViewport({ width, height: 900 });
          await assertNoSidewaysScroll(other, `${path} at ${width}`);
          await assertAccessible(other, `${path} at ${width}`);
        }
      }
    });

    it('shows the answer where it stands below the fold', async () => {
      await open('nl');
      await page.setViewport({ width: 360, height: 640 });
      await runTask(page, 'login');
      await until(page, 'the answer in the window', () => {
        const card = document.querySelector('.answer').getBoundingClientRect();
        return card.top >= -1 && card.bottom <= innerHeight + 1; // to the pixel
      });
    });

    it('renews the token in the middle of the life that it has left, and tries again when that fails', async () => {
      await open('en', 'A');
      // The waits of about half a token's life, each with what ends it.
      await page.evaluate(() => {
        const setTimer = globalThis.setTimeout;
        globalThis.waits = [];
        globalThis.setTimeout = (end, ms, ...args) => {
          if (ms > 28 * 60_000 && ms <= 30 * 60_000) waits.push(end);
          return setTimer(end, ms, ...args);
        };
      });
      const planned = (count) => until(page, `${count} renewals planned`, (n) => waits.length >= n, count);
      const renew = () => page.evaluate(() => waits.at(-1)());
      const first = await runTask(page, 'login');
      assert.equal(first.source, 'live');
      await planned(1);
      await demo.command('fail sts reset');
      await renew();
      await until(page, 'a try that failed', () => document.querySelector('.answer').dataset.source === 'failed');
      await planned(2);
      await demo.command('recover');
      await renew();
      await until(page, 'a new token', () => document.querySelector('.answer').dataset.source !== 'failed');
      await planned(3);
    });

    it('changes language everywhere, and can be used from the keyboard', async () => {
      await open('nl');
      await page.select('#lang', 'de');
      await until(page, 'German', () => document.querySelector('#run-login').textContent === 'Anmeldung');
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
      await until(page, 'a German panel', () =>
        document.querySelector('bcp-status').shadowRoot.textContent.includes('Noch nichts benutzt'),
      );
      await page.focus('#run-login');
      await page.keyboard.press('Enter');
      await until(page, 'an answer', () => document.querySelector('.answer') !== null);
      assert.equal(
        await page.evaluate(() => document.activeElement.id),
        'run-login',
        'the keyboard stays where it was',
      );
    });

    it('announces a change once, politely', async () => {
      await open('en');
      const announced = () =>
        page.evaluate(
          () => document.querySelector('bcp-status').shadowRoot.querySelector('[role="status"]').textContent,
        );
      assert.equal(await announced(), '', 'the first state is no news');
      await demo.command('fail kgss refused');
      await runTask(page, 'encryption-unknown');
      await panelShows(page, 'encryption-unknown', 'lastResort');
      await until(page, 'the news', () => {
        const news = document.querySelector('bcp-status').shadowRoot.querySelector('[role="status"]').textContent;
        return /do(es)? not work.*Encrypting for an unknown recipient: not available electronically\./.test(news);
      });
    });
  });
}
