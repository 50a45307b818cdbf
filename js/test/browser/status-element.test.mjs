// <bcp-status> alone, with a client that says what the test wants: every state, every language, keyboard, print, axe.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { browsers, launch, serve, skipOf } from '../lib/browsers.mjs';
import { assertAccessible, assertNoSidewaysScroll, until } from '../lib/demo.mjs';

// The panel in a page as strict as a hospital's: not even a style of its own is allowed inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const pageHtml = '<!doctype html><html lang="fr"><meta charset="utf-8"><title>panel</title><meta name="viewport" content="width=device-width">'
  + '<main><h1>Page</h1><bcp-status></bcp-status></main><script type="module" src="/panel.mjs"></script></html>';
const pageScript = `
import { defineBcpStatus } from '/dist/status-element.js';
defineBcpStatus();
defineBcpStatus(); // twice is no error
const listeners = new Set();
globalThis.panel = document.querySelector('bcp-status');
globalThis.violations = [];
addEventListener('securitypolicyviolation', (e) => {
  if (!e.blockedURI.endsWith('/favicon.ico')) violations.push(e.violatedDirective + ' ' + e.blockedURI); // which a browser with a window asks for by itself
});
globalThis.listening = () => listeners.size;
globalThis.say = (status, overview) => {
  globalThis.said = { status, overview };
  for (const listener of listeners) listener({ type: 'endpoint-failed' });
};
globalThis.client = {
  status: async () => { if (!said.status) throw new Error('no state'); return said.status; },
  procedures: async (lang) => { globalThis.askedLang = lang; if (!said.overview) throw new Error('no overview'); return said.overview; },
  subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
};
`;

const source = { publisher: 'eHealth-platform', title: 'Business continuity' };
const item = (functionality, way, more = {}) => ({
  functionality, way, lang: 'fr', title: `Titre ${functionality}`, recovery: ['au site de secours'], fallback: ['autre voie'], cache: ['ancienne réponse'],
  lastResort: ['sur papier'], source, ...more,
});
const overview = (...items) => ({
  overall: items.some(({ way }) => way === 'cache' || way === 'lastResort') ? 'degraded' : items.some(({ way }) => way === 'recovery' || way === 'fallback') ? 'continuity' : 'normal',
  items,
});
const ready = (stale = false) => ({ phase: 'ready', catalogue: { issueInstantMs: 1.76e12, checkedAtMs: 1.76e12, stale }, services: [] });

for (const name of browsers) {
  describe(`<bcp-status> in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let page;

    before(async () => {
      browser = await launch(name);
      site = await serve({
        headers: { 'content-security-policy': policy },
        files: {
          '/panel.html': { headers: { 'content-type': 'text/html' }, body: pageHtml },
          '/panel.mjs': { headers: { 'content-type': 'text/javascript' }, body: pageScript },
        },
      });
      page = await browser.newPage();
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    beforeEach(async () => {
      await page.goto(`${site.origin}/panel.html`);
      await until(page, 'the page', () => 'client' in globalThis);
      await show(ready(), overview(item('login', 'normal')), 'normal');
      await page.evaluate(() => { panel.client = client; });
      await state('normal');
    });

    const state = (want) => until(page, `state ${want}`, (w) => panel.getAttribute('state') === w, want);
    const show = (...args) => page.evaluate((s, o) => say(s, o), ...args);
    const text = () => page.evaluate(() => panel.shadowRoot.querySelector('[part=panel]').innerText);
    const announced = () => page.evaluate(() => panel.shadowRoot.querySelector('[role=status]').textContent);

    const states = {
      normal: [ready(), overview(item('login', 'normal'), item('vaccination-status', 'unwatched')), /Tout fonctionne normalement/],
      continuity: [ready(), overview(item('login', 'recovery'), item('insurability', 'fallback')), /au site de secours[^]*autre voie/],
      degraded: [ready(), overview(item('login', 'cache'), item('eattest', 'lastResort', { sinceMs: 1.76e12 })), /ancienne réponse[^]*sur papier/],
      stale: [ready(true), overview(item('login', 'normal')), /Catalogue ancien/],
      unprotected: [{ phase: 'no-catalogue', code: 'network', services: [] }, overview(), /Sans protection/],
      unknown: [undefined, undefined, /État encore inconnu/],
    };
    for (const [want, [status, shown, says]] of Object.entries(states)) {
      it(`shows and tells: ${want}`, async () => {
        await show(status, shown);
        await state(want);
        assert.match(await text(), says);
        await assertAccessible(page, want);
        for (const scheme of ['dark', 'light']) {
          if (name === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
          await page.setViewport({ width: 320, height: 700 });
          await assertNoSidewaysScroll(page, want);
          await assertAccessible(page, `${want}, ${scheme}`);
        }
        assert.deepEqual(await page.evaluate(() => violations), []);
      });
    }

    it('says a stale catalogue beside what is worse', async () => {
      await show(ready(true), overview(item('login', 'recovery')));
      await state('continuity');
      assert.match(await text(), /Catalogue ancien : non contrôlé/);
    });

    it('gives the last resort beneath a way that may not help', async () => {
      await show(ready(), overview(item('login', 'fallback')));
      await state('continuity');
      assert.match(await text(), /autre voie\s+Si cela ne marche pas :\s+sur papier/);
    });

    it('announces changes, not the first state, not what stays', async () => {
      assert.equal(await announced(), '');
      await show(ready(), overview(item('login', 'recovery'), item('eattest', 'normal')));
      await state('continuity');
      assert.equal(await announced(), 'Continuité active. Titre login: site de secours. Titre eattest: normal.');
      await show(ready(), overview(item('login', 'recovery'), item('eattest', 'cache')));
      await state('degraded');
      assert.equal(await announced(), 'Fonctionnement limité. Titre eattest: réponses antérieures.');
    });

    it('speaks the language of the attribute, else of the page, else English', async () => {
      assert.equal(await page.evaluate(() => askedLang), 'fr');
      for (const [lang, want, heading] of [['nl', 'nl', 'Elektronische diensten'], ['de-BE', 'de', 'Elektronische Dienste'], ['it', 'en', 'Electronic services']]) {
        await page.evaluate((l) => panel.setAttribute('lang', l), lang);
        await until(page, heading, (h) => panel.shadowRoot.querySelector('[part=heading]').textContent === h, heading);
        assert.equal(await page.evaluate(() => askedLang), want);
      }
      assert.equal(await announced(), '', 'another language is no news');
    });

    it('keeps what is unfolded, and the keyboard, when the state changes', async () => {
      await page.evaluate(() => panel.shadowRoot.querySelector('summary').focus());
      await page.keyboard.press('Enter');
      await until(page, 'unfolded', () => panel.shadowRoot.querySelector('details').open);
      await show(ready(), overview(item('login', 'normal'), item('eattest', 'recovery')));
      await state('continuity');
      assert.deepEqual(await page.evaluate(() => [panel.shadowRoot.querySelector('details').open, panel.shadowRoot.activeElement.localName]), [true, 'summary']);
    });

    it('unfolds for paper, and folds again', async () => {
      const folded = () => page.evaluate(() => !panel.shadowRoot.querySelector('details').open);
      assert.equal(await folded(), true);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      assert.equal(await folded(), false);
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.equal(await folded(), true);
    });

    it('lets go of the client when it leaves the page, and takes it up again', async () => {
      const listening = () => page.evaluate(() => globalThis.listening());
      assert.equal(await listening(), 1);
      await page.evaluate(() => { globalThis.home = panel.parentElement; panel.remove(); });
      assert.equal(await listening(), 0);
      await show(ready(), overview(item('login', 'recovery')));
      await page.evaluate(() => home.append(panel));
      assert.equal(await listening(), 1);
      await state('continuity');
      await page.evaluate(() => { panel.client = undefined; });
      assert.equal(await listening(), 0);
      await state('unknown');
    });
  });
}

describe('<bcp-status> without a page', () => {
  it('can be imported in Node', async () => {
    const { defineBcpStatus } = await import('../../../dist/status-element.js');
    assert.equal(typeof defineBcpStatus, 'function');
  });
});
