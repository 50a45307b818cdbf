// <bcp-status> alone, with a client that says what the test wants: every state, every language, keyboard, print, axe.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { browsers, launch, serve, skipOf } from '../lib/browsers.mjs';
import { assertAccessible, assertNoSidewaysScroll, until } from '../lib/demo.mjs';

// The panel in a page as strict as a hospital's: not even a style of its own is allowed inline.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const pageHtml =
  '<!doctype html><html lang="fr"><meta charset="utf-8"><title>panel</title><meta name="viewport" content="width=device-width">' +
  '<main><h1>Page</h1><bcp-status></bcp-status></main><script type="module" src="/panel.mjs"></script></html>';
const pageScript = `
import { defineBcpStatus } from '/dist/status-element.js';
defineBcpStatus();
defineBcpStatus(); // twice is no error
const listeners = new Set();
globalThis.panel = document.querySelector('bcp-status');
globalThis.violations = [];
addEventListener('securitypolicyviolation', (e) => {
  // which a browser with a window asks for by itself
  if (!e.blockedURI.endsWith('/favicon.ico')) violations.push(e.violatedDirective + ' ' + e.blockedURI);
});
globalThis.listening = () => listeners.size;
globalThis.say = (status, overview) => {
  globalThis.said = { status, overview };
  for (const listener of listeners) listener({ type: 'endpoint-failed' });
};
globalThis.client = {
  status: async () => { if (!said.status) throw new Error('no state'); return said.status; },
  exportLog: async () => '{}',
  procedures: async (lang, filter) => {
    globalThis.askedLang = lang;
    globalThis.askedFilter = filter;
    if (!said.overview) throw new Error('no overview');
    return said.overview;
  },
  subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener); },
};
`;

const source = { publisher: 'eHealth-platform', title: 'Business continuity' };
const item = (functionality, way, more = {}) => ({
  functionality,
  way,
  lang: 'fr',
  title: `Titre ${functionality}`,
  recovery: ['au site de secours'],
  fallback: ['autre voie'],
  cache: ['ancienne réponse'],
  unconfirmed: ['pas encore essayé'],
  retry: ['à nouveau'],
  mayHaveArrived: ['regarder', 'renvoyer', 'papier'],
  lastResort: ['sur papier'],
  source,
  ...(way === 'normal' ? { answeredAtMs: 1.76e12 } : {}),
  ...more,
});
const bad = ({ way, uncertain }) => uncertain || ['unconfirmed', 'retry', 'lastResort'].includes(way);
const elsewhere = ({ way }) => ['recovery', 'fallback', 'cache'].includes(way);
const overview = (...items) => ({
  overall: items.some(bad)
    ? 'degraded'
    : items.some(elsewhere)
      ? 'continuity'
      : items.some(({ answeredAtMs }) => answeredAtMs)
        ? 'normal'
        : 'unused',
  items,
});
const ready = (stale = false) => ({
  phase: 'ready',
  catalogue: { issueInstantMs: 1.76e12, checkedAtMs: 1.76e12, stale },
  services: [],
});

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
      await page.evaluate(() => {
        panel.client = client;
      });
      await state('normal');
    });

    const state = (want) => until(page, `state ${want}`, (w) => panel.getAttribute('state') === w, want);
    const show = (...args) => page.evaluate((s, o) => say(s, o), ...args);
    const text = () => page.evaluate(() => panel.shadowRoot.querySelector('[part=panel]').innerText);
    const says = (want) =>
      until(page, `announced: ${want}`, (w) => panel.shadowRoot.querySelector('[role=status]').textContent === w, want);
    const announced = () => page.evaluate(() => panel.shadowRoot.querySelector('[role=status]').textContent);

    const states = {
      unused: [
        ready(),
        overview(item('login', 'normal', { answeredAtMs: undefined })),
        /Aucun service encore utilisé[^]*Pas encore utilisé \(1\)/,
      ],
      normal: [
        ready(),
        overview(item('login', 'normal'), item('vaccination-status', 'unwatched')),
        /Aucune panne constatée[^]*la dernière fois le 09\/10\/2025[^]*Fonctionne \(1\)/,
      ],
      continuity: [
        ready(),
        overview(item('login', 'recovery'), item('insurability', 'fallback'), item('etk', 'cache')),
        /2 sur 3 par une autre voie, 1 sur 3 avec des données déjà [^]*ancienne réponse[^]*au site de secours/,
      ],
      degraded: [
        ready(),
        overview(item('eattest', 'lastResort', { sinceMs: 1.76e12 }), item('login', 'retry', { failedAtMs: 1.76e12 })),
        /1 sur 2 ne fonctionne pas\u00a0: [^;]+; 1 sur 2 incertain\u00a0: [^;]*sur papier[^]*Échec le 09\/10\/2025/,
      ],
      stale: [
        ready(true),
        overview(item('login', 'normal')),
        /Aucune panne constatée[^]*Vous pouvez continuer[^]*depuis le 09\/10\/2025/,
      ],
      unprotected: [
        { phase: 'no-catalogue', code: 'network', services: [] },
        overview(item('login', 'unwatched')),
        /Plan de[^]*état inconnu[^]*Continuez[^]*Imprimez[^]*appelez le help[^]*On ne sait pas[^]*Code network/,
      ],
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
      assert.match(await text(), /non contrôlée depuis le 09\/10\/2025/);
    });

    it('tells the helpdesk when the trust ends', async () => {
      const trust = {
        signerDaysLeft: 20,
        anchorDaysLeft: 900,
        expiring: [{ what: 'signer', endsMs: 1.76e12, thresholdDays: 30 }],
      };
      await show({ ...ready(), trust }, overview(item('login', 'recovery')));
      await state('continuity');
      assert.match(await text(), /expire le 09\/10\/2025/);
      await assertAccessible(page, 'trust');
      await show(ready(), overview(item('login', 'normal')));
      await state('normal');
      assert.doesNotMatch(await text(), /expire le/);
    });

    it('asks attention for what does not work alone; what goes another way stands apart', async () => {
      const sections = () =>
        page.evaluate(() =>
          [...panel.shadowRoot.querySelectorAll('section[part=section]')].map((section) => [
            section.querySelector('.sub').textContent,
            ...[...section.querySelectorAll('[part=item]')].map((li) => li.dataset.functionality),
          ]),
        );
      await show(ready(), overview(item('insurability', 'fallback'), item('login', 'recovery')));
      await state('continuity');
      assert.deepEqual(await sections(), [['Par une autre voie (2)', 'insurability', 'login']]);
      await show(
        ready(),
        overview(
          item('eattest', 'lastResort'),
          item('prescription', 'recovery', { uncertain: true }),
          item('etk', 'cache'),
        ),
      );
      await state('degraded');
      assert.deepEqual(await sections(), [
        ["Points d'attention (2)", 'eattest', 'prescription'],
        ['Avec des données déjà enregistrées (1)', 'etk'],
      ]);
    });

    it('says first what to do now when nothing can be relied on, in each language, with the card', async () => {
      const seen = () =>
        page.evaluate(() => {
          const { children } = panel.shadowRoot.querySelector('[part=panel]');
          const now = children[1].getAttribute('part') === 'now' ? children[1] : undefined;
          const cards = [...panel.shadowRoot.querySelectorAll('#print-card')];
          return [now?.innerText.replace(/\s+/g, ' '), cards.length, now?.contains(cards[0])];
        });
      const out = [item('login', 'lastResort'), item('insurability', 'retry')];
      await show(ready(), overview(...out));
      await state('degraded');
      await says(
        '1 sur 2 ne fonctionne pas, 1 sur 2 incertain. Restez connecté\u00a0: ne vous déconnectez pas et ne fermez pas votre navigateur. ' +
          "Travaillez pour l'instant sur papier, avec les procédures de secours imprimées ou les étapes ci-dessous. " +
          'Titre login: pas disponible par voie électronique. Titre insurability: essayez à nouveau.',
      );
      for (const [lang, want] of Object.entries({
        fr: /^À faire maintenant Restez connecté\s: .*Imprimer les procédures de secours$/,
        nl: /^Doe nu dit Blijf aangemeld: meld u niet af .* Werk voorlopig op papier.* Noodkaart afdrukken$/,
        de: /^Jetzt zu tun Bleiben Sie angemeldet: .*Notfallkarte drucken$/,
        en: /^Do this now Stay signed in: do not sign out .*Print the emergency card$/,
      })) {
        await page.evaluate((l) => panel.setAttribute('lang', l), lang);
        await until(page, lang, (l) => panel.shadowRoot.querySelector('[part=panel]').lang === l, lang);
        const [text, ...rest] = await seen();
        assert.match(text, want);
        assert.deepEqual(rest, [1, true], 'the card is printed there, and nowhere else');
      }
      await page.evaluate(() => panel.setAttribute('compact', ''));
      await until(page, 'compact', () => panel.shadowRoot.getElementById('summary-all') !== null);
      assert.equal((await seen())[2], true, 'also where the rest is folded');
      await assertAccessible(page, 'now');
    });

    it('says paper when several fail and nothing answers, to stay when one could not sign in again', async () => {
      const out = (functionality, ...services) => item(functionality, 'lastResort', { services, sinceMs: 1.75e12 });
      const before = { answeredAtMs: 1.74e12 };
      const unused = item('etk', 'normal', { answeredAtMs: undefined });
      const [stay, paper] = [/^Restez connecté[^]*navigateur\.$/, /^Restez connecté[^]*Travaillez/];
      for (const [items, want] of [
        [[out('kgss', 'kgss'), out('prescription', 'kgss'), unused], undefined],
        [[out('kgss', 'kgss'), out('eattest', 'eattest'), unused], paper],
        [[out('kgss', 'kgss'), out('eattest', 'eattest'), item('timestamping', 'normal')], undefined],
        [
          [out('kgss', 'kgss'), out('eattest', 'eattest'), item('etk', 'recovery', { answeredAtMs: 1.76e12 })],
          undefined,
        ],
        [[out('kgss', 'kgss'), out('eattest', 'eattest'), item('sumehr', 'normal', before)], paper],
        [[out('login', 'sts'), unused], paper],
        [[out('login', 'sts'), item('kgss', 'normal')], stay],
      ]) {
        await show(ready(), overview(...items));
        const shown = items.map(({ functionality, way }) => functionality + way).sort();
        await until(
          page,
          shown.join(),
          (want) =>
            want ===
            [...panel.shadowRoot.querySelectorAll('[part=item]')]
              .map(({ dataset }) => dataset.functionality + dataset.way)
              .sort()
              .join(),
          shown.join(),
        );
        const now = () => panel.shadowRoot.querySelector('[part=now] :is(ol, ul)')?.textContent;
        if (want) assert.match(await page.evaluate(now), want, shown);
        else assert.equal(await page.evaluate(now), want, shown);
      }
    });

    it('is red for what cannot be done, amber for what is to be done, and says both without a colour', async () => {
      const answeredAtMs = 1.76e12;
      const looks = () =>
        page.evaluate(() =>
          [...panel.shadowRoot.querySelectorAll('[part=overall], [part=item]')].map((e) => {
            const badge = e.querySelector('[part=way]') ?? e;
            const name = e.dataset.functionality ?? 'overall';
            return `${name} ${badge.className} ${badge.textContent[0]} ${getComputedStyle(badge).borderTopStyle}`;
          }),
        );
      const fine = overview(
        item('login', 'recovery', { answeredAtMs }),
        item('insurability', 'fallback', { answeredAtMs }),
        item('encryption-known', 'cache', { keptSuffices: true }),
        item('etk', 'normal', { answeredAtMs: undefined }),
      );
      await show(ready(), fine);
      await state('continuity');
      assert.deepEqual(await looks(), [
        'overall good ⇄ solid',
        'encryption-known good ✓ solid',
        'login good ✓ solid',
        'insurability good ✓ solid',
        'etk calm · solid',
      ]);
      assert.match(await text(), /Vous n'avez rien à faire/);
      await show(ready(true), overview(item('login', 'normal')));
      await state('stale');
      assert.deepEqual(await looks(), ['overall calm ◷ solid', 'login good ✓ solid']);
      await show(
        ready(),
        overview(item('eattest', 'lastResort'), item('login', 'retry'), item('vaccination-status', 'fallback')),
      );
      await state('degraded');
      if (name === 'chromium') await page.emulateMediaType('print');
      const line = name === 'chromium' ? 'dashed' : 'solid';
      assert.deepEqual(await looks(), [
        'overall bad ✕ solid',
        'eattest bad ✕ solid',
        `login warn ! ${line}`,
        `vaccination-status warn ! ${line}`,
      ]);
      if (name === 'chromium') await page.emulateMediaType('screen');
    });

    it('names every service that fails to the helpdesk, the worst first, as one reads it out', async () => {
      const id = (name, version = ':v1') => `uddi:ehealth-fgov-be:business:${name}${version}`;
      const failing = { failures: [{ endpoint: 'https://a.invalid/', count: 1, atMs: 1, untilMs: 2 }] };
      const services = [
        { id: id('etkdepot'), name: 'x', health: {} },
        { id: id('consent'), name: 'x', health: failing },
        { id: id('kgss'), name: 'x', health: { down: true } },
      ];
      const items = [
        item('hub-documents', 'lastResort', { services: [id('metahub', ':v2')] }),
        item('etk', 'normal', { services: [id('etkdepot')] }),
      ];
      const said = () => page.evaluate(() => panel.shadowRoot.querySelector('[part=services]').textContent);
      await show({ ...ready(), services }, overview(...items));
      await state('degraded');
      assert.equal(await said(), 'Services web touchés\u00a0: metahub version 2, consent version 1, kgss version 1.');
      const many = ["insurability:v1'", 'a:v1', 'b:v1', 'c', 'd:v1', 'e:v1', 'f:v1'].map((end) => id(end, ''));
      await show(ready(), overview(item('login', 'retry', { services: many })));
      await until(page, 'seven', () =>
        /insurability/.test(panel.shadowRoot.querySelector('[part=services]').textContent),
      );
      assert.equal(
        await said(),
        'Services web touchés\u00a0: insurability version 1, a version 1, b version 1, c, d version 1 ' +
          'et 2 de plus dans le journal.',
      );
    });

    it('says when to try again, unless the data saved earlier are as good', async () => {
      await show(ready(), overview(item('etk', 'cache', { retryAtMs: 1.76e12 })));
      await state('continuity');
      assert.match(await text(), /ancienne réponse\s+Essayez à nouveau après[^]*Si cela ne fonctionne pas\s/);
      await show(ready(), overview(item('etk', 'cache', { retryAtMs: 1.76e12, keptSuffices: true })));
      await until(page, 'folded', () => !/Essayez/.test(panel.shadowRoot.querySelector('[part=panel]').innerText));
    });

    it('says the time alone of what happened today, and the date too once the day is over', async () => {
      const noon = new Date().setHours(12, 0, 0, 0);
      const moments = { sinceMs: noon, failedAtMs: noon, retryAtMs: noon };
      const items = [item('etk', 'retry', moments), item('login', 'lastResort', moments)];
      await show({ ...ready(), catalogue: { ...ready().catalogue, checkedAtMs: noon } }, overview(...items));
      await state('degraded');
      for (const [lang, ...wanted] of [
        ['fr', 'depuis 12:00', 'Échec à 12:00.', 'après 12:00.', 'contrôlée à 12:00.'],
        ['nl', 'sinds 12:00', 'Niet gelukt om 12:00.', 'na 12:00.', 'nagekeken om 12:00.'],
        ['de', 'seit 12:00 Uhr', 'Nicht gelungen um 12:00 Uhr.', 'nach 12:00 Uhr erneut.', 'geprüft um 12:00 Uhr.'],
        ['en', 'since 12:00', 'Failed at 12:00.', 'after 12:00.', 'checked at 12:00.'],
      ]) {
        await page.evaluate((l) => panel.setAttribute('lang', l), lang);
        await until(
          page,
          `${lang}: ${wanted}`,
          (all) => all.every((want) => panel.shadowRoot.querySelector('[part=panel]').textContent.includes(want)),
          wanted,
        );
      }
      await page.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 864e5;
        panel.refresh();
      });
      await until(page, 'the date', () =>
        /since \d\d\/\d\d\/\d{4}, 12:00/.test(panel.shadowRoot.querySelector('[part=panel]').innerText),
      );
    });

    it('folds the last resort beneath a way that may not help', async () => {
      await show(ready(), overview(item('login', 'fallback')));
      await state('continuity');
      assert.match(await text(), /autre voie\s+Si cela ne fonctionne pas\s/);
      assert.doesNotMatch(await text(), /sur papier/);
      await page.evaluate(() => panel.shadowRoot.getElementById('summary-otherwise-login').click());
      await until(page, 'unfolded', () => /sur papier/.test(panel.shadowRoot.querySelector('[part=panel]').innerText));
    });

    it('says of the one thing that does not work what to do, before anything else', async () => {
      for (const [way, more, want] of [
        ['lastResort', {}, 'sur papier'],
        ['retry', {}, 'à nouveau'],
        ['unconfirmed', {}, 'pas encore essayé'],
        ['unconfirmed', { uncertain: true }, 'regarder'],
      ]) {
        await show(ready(), overview(item('eattest', way, { ...more, sinceMs: 1.76e12 }), item('etk', 'recovery')));
        await until(page, want, (w) => panel.shadowRoot.querySelector('[part=now] li')?.textContent === w, want);
        assert.match(
          await text(),
          new RegExp(`^[^]*\\s: Titre eattest\\s+À faire maintenant\\s+${want}[^]*Points d'attention[^]*depuis`),
        );
        const guided = () => panel.shadowRoot.querySelectorAll('[part=guidance]:not(details *)').length;
        assert.equal(await page.evaluate(guided), 2, 'once, beside that of what works another way');
        assert.doesNotMatch(await text(), /Lisez ci-dessous/);
      }
      await show(ready(), overview(item('eattest', 'lastResort'), item('sumehr', 'lastResort')));
      await until(page, 'two', () => !panel.shadowRoot.querySelector('[part=now]'));
      assert.match(await text(), /Lisez ci-dessous/);
    });

    it('leaves open what the reader needs first where many are hit, and folds the others', async () => {
      const out = (name, more) => item(name, 'lastResort', { services: ['urn:one'], ...more });
      const names = ['a', 'b', 'c', 'd'].map((name) => out(name));
      const open = () =>
        page.evaluate(() =>
          [...panel.shadowRoot.querySelectorAll('[part=item]')]
            .filter((e) => e.checkVisibility())
            .map((e) => e.dataset.functionality),
        );
      await show(ready(), overview(out('eattest', { first: 1 }), ...names));
      await state('degraded');
      assert.deepEqual(await open(), ['eattest', 'a', 'b', 'c', 'd'], 'five can be read');
      await show(
        ready(),
        overview(out('eattest', { first: 1 }), ...names, item('sumehr', 'unconfirmed', { uncertain: true })),
      );
      await until(page, 'six', () => panel.shadowRoot.getElementById('summary-rest') !== null);
      assert.deepEqual(await open(), ['eattest', 'sumehr']);
      assert.match(await text(), /Points d'attention \(6\)[^]*Les autres \(4\)/);
      await page.evaluate(() => panel.shadowRoot.getElementById('summary-rest').focus());
      await page.keyboard.press('Enter');
      await until(page, 'unfolded', () => panel.shadowRoot.getElementById('summary-rest').parentElement.open);
      assert.deepEqual(await open(), ['eattest', 'sumehr', 'a', 'b', 'c', 'd']);
      await assertAccessible(page, 'many');
      await show(ready(), overview(...names, out('e'), out('f')));
      await until(page, 'none first', () => !panel.shadowRoot.getElementById('summary-rest'));
      assert.equal((await open()).length, 6);
    });

    it('shows one moment where nothing failed, and the others in the details', async () => {
      assert.equal((await text()).match(/\d\d:\d\d/g).length, 1);
      await page.evaluate(() => panel.shadowRoot.getElementById('summary-basis').click());
      await until(page, 'the list', () =>
        /Liste des services du/.test(panel.shadowRoot.querySelector('[part=panel]').innerText),
      );
    });

    it('names whom to call while there is no list: the number of the application, else the helpdesk', async () => {
      const call = () => page.evaluate(() => panel.shadowRoot.querySelector('[part=now] li:last-child').innerText);
      await page.evaluate(() => panel.setAttribute('lang', 'nl'));
      await show({ phase: 'no-core', code: 'core-dead', services: [] }, undefined);
      await state('unprotected');
      assert.equal(
        await call(),
        'Blijft dit bericht langer dan 15 minuten staan, bel dan de helpdesk van uw software.',
      );
      assert.doesNotMatch(await text(), /Druk nu|Noodkaart/, 'without a core there is no card');
      await page.evaluate(() => {
        const number = Object.assign(document.createElement('a'), { slot: 'helpdesk', textContent: '02 123 45 67' });
        number.href = 'tel:+3221234567';
        panel.append(number);
      });
      const shown = () => {
        const slot = panel.shadowRoot.querySelector('[part=now] slot');
        return slot.assignedElements()[0]?.checkVisibility() && slot.assignedElements()[0].textContent;
      };
      assert.equal(await page.evaluate(shown), '02 123 45 67');
    });

    it('announces changes, not the first state, not what stays', async () => {
      assert.equal(await announced(), '');
      await show(ready(), overview(item('login', 'recovery'), item('eattest', 'normal')));
      await state('continuity');
      await says(
        'Vous pouvez continuer\u00a0: 1 sur 2 par une autre voie. Titre login: fonctionne, sur un système de secours. Titre eattest: fonctionne.',
      );
      await show(ready(), overview(item('login', 'recovery'), item('eattest', 'lastResort')));
      await state('degraded');
      await says('1 sur 2 ne fonctionne pas. Titre eattest: pas disponible par voie électronique.');
    });

    it('speaks the language of the attribute, else of the page, else English', async () => {
      assert.equal(await page.evaluate(() => askedLang), 'fr');
      for (const [lang, want, heading] of [
        ['nl', 'nl', 'Elektronische diensten'],
        ['de-BE', 'de', 'Elektronische Dienste'],
        ['it', 'en', 'Electronic services'],
      ]) {
        await page.evaluate((l) => panel.setAttribute('lang', l), lang);
        await until(page, heading, (h) => panel.shadowRoot.querySelector('[part=heading]').textContent === h, heading);
        assert.equal(await page.evaluate(() => askedLang), want);
        const marked = () => panel.shadowRoot.querySelector('[part=heading]').closest('[lang]').lang;
        assert.equal(await page.evaluate(marked), want, 'the words are marked as what they are');
      }
      assert.equal(await announced(), '', 'another language is no news');
    });

    it('keeps what is unfolded, and the keyboard, when the state changes', async () => {
      await page.evaluate(() => panel.shadowRoot.getElementById('summary-normal').focus());
      await page.keyboard.press('Enter');
      await until(page, 'unfolded', () => panel.shadowRoot.getElementById('summary-normal').parentElement.open);
      await show(ready(), overview(item('login', 'normal'), item('eattest', 'recovery')));
      await state('continuity');
      assert.deepEqual(
        await page.evaluate(() => [
          panel.shadowRoot.getElementById('summary-normal').parentElement.open,
          panel.shadowRoot.activeElement.id,
        ]),
        [true, 'summary-normal'],
      );
    });

    it('has three steps for what may have arrived, numbered, and the last resort folded beneath', async () => {
      await show(ready(), overview(item('eattest', 'unconfirmed', { uncertain: true })));
      await state('degraded');
      const seen = await page.evaluate(() => {
        const { shadowRoot } = panel;
        return [
          shadowRoot.querySelector('[data-functionality=eattest] [part=way]').textContent,
          [...shadowRoot.querySelectorAll('[part=now] ol > li')].map((step) => step.textContent),
          [...shadowRoot.querySelectorAll('[part=guide]')].map((guide) => [
            guide.open,
            guide.innerText.trim(),
            guide.textContent,
          ]),
        ];
      });
      const folded = [false, 'Si cela ne fonctionne pas', 'Si cela ne fonctionne passur papier'];
      assert.deepEqual(seen, ["! arrivée de l'envoi incertaine", ['regarder', 'renvoyer', 'papier'], [folded]]);
    });

    it('says where to look before sending again, also when it is compact and something comes before it', async () => {
      await show(ready(), overview(item('login', 'lastResort'), item('eattest', 'unconfirmed', { uncertain: true })));
      await page.evaluate(() => panel.setAttribute('compact', ''));
      await until(page, 'compact', () => panel.shadowRoot.getElementById('summary-all') !== null);
      const steps = () => [...panel.shadowRoot.querySelectorAll('[part=now] li')].map((step) => step.textContent);
      assert.equal((await page.evaluate(steps)).at(-1), 'regarder');
    });

    it('asks for what its attributes choose, and is short when it is compact', async () => {
      await show(ready(), overview(item('login', 'recovery'), item('eattest', 'lastResort')));
      await state('degraded');
      const height = () => page.evaluate(() => panel.getBoundingClientRect().height);
      const long = await height();
      await page.evaluate(() => {
        panel.setAttribute('only', ' login  eattest ');
        panel.setAttribute('audience', 'pharmacist');
        panel.setAttribute('compact', '');
        panel.setAttribute('heading-level', '3');
      });
      await until(
        page,
        'compact',
        () => panel.shadowRoot.querySelectorAll('h3[part=heading], #summary-all').length === 2,
      );
      assert.deepEqual(await page.evaluate(() => askedFilter), { only: ['login', 'eattest'], audience: 'pharmacist' });
      assert.ok((await height()) < long / 2);
      await assertAccessible(page, 'compact');
    });

    it('shows the guidance before there is an outage', async () => {
      await show(ready(), overview(item('vaccination-status', 'unwatched')));
      await until(page, 'the guidance', () =>
        /autre voie/.test(panel.shadowRoot.querySelector('[data-functionality=vaccination-status]')?.textContent),
      );
    });

    it('shows markup as text, wherever it comes from, and runs nothing', async () => {
      const markup = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>';
      const lines = [markup];
      const hostile = item('login', 'lastResort', {
        title: markup,
        lastResort: lines,
        services: [`urn:${markup}:v1`],
        source: { publisher: markup, title: markup },
      });
      await page.evaluate((m) => panel.setAttribute('practice', m), markup);
      await show(
        { ...ready(), phase: 'ready', code: markup },
        overview(hostile, item('etk', 'normal', { title: markup })),
      );
      await state('degraded');
      await until(page, 'the text', (m) => panel.shadowRoot.querySelector('[part=title]').textContent === m, markup);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      const [made, ran] = await page.evaluate(() => [
        panel.shadowRoot.querySelectorAll('img, script').length,
        typeof globalThis.ran,
      ]);
      assert.deepEqual([made, ran], [0, 'undefined']);
      assert.ok((await text()).includes(markup));
      assert.deepEqual(await page.evaluate(() => violations), []);
    });

    it('saves the log under the day', async () => {
      const saved = await page.evaluate(async () => {
        const made = [];
        HTMLAnchorElement.prototype.click = function () {
          made.push([this.download, this.href]);
        };
        panel.shadowRoot.getElementById('export').click();
        while (made.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        return made;
      });
      assert.equal(saved.length, 1);
      assert.match(saved[0][0], /^bcp-log-\d{4}-\d\d-\d\d\.json$/);
      assert.match(saved[0][1], /^blob:/);
      await page.evaluate(() => {
        delete client.exportLog;
        panel.client = client;
        panel.refresh();
      });
      await until(page, 'no button', () => !panel.shadowRoot.getElementById('export'));
    });

    it('takes a client that was set before the element was defined', async () => {
      const seen = await page.evaluate(async () => {
        const early = document.createElement('bcp-later');
        early.client = client;
        document.body.append(early);
        (await import('/dist/status-element.js')).defineBcpStatus('bcp-later');
        return [Object.hasOwn(early, 'client'), early.client === client];
      });
      assert.deepEqual(seen, [false, true]);
    });

    it('is read in order: what it is, how it is, what is worst, what helps, the helpdesk, the buttons', async () => {
      await show(ready(), overview(item('eattest', 'lastResort'), item('login', 'recovery'), item('etk', 'normal')));
      await state('degraded');
      const [parts, focusable] = await page.evaluate(() => [
        [
          ...panel.shadowRoot.querySelectorAll(
            '[part=heading],[part=overall],[part=now],[part=about],[part=item],[part=catalogue],[part=helpdesk],button',
          ),
        ].map((e) => e.dataset.functionality ?? e.getAttribute('part')),
        [...panel.shadowRoot.querySelectorAll('summary,a[href],button')]
          .filter((e) => e.checkVisibility())
          .map((e) => e.id),
      ]);
      assert.deepEqual(parts, [
        'heading',
        'overall',
        'now',
        'eattest',
        'login',
        'etk',
        'catalogue',
        'helpdesk',
        'print-card',
        'print',
        'export',
      ]);
      await page.evaluate(() => {
        document.activeElement?.blur();
        panel.shadowRoot.querySelector('summary').focus();
      });
      const walked = focusable.slice(0, 1);
      for (let i = 1; i < focusable.length; i++) {
        await page.keyboard.press('Tab');
        walked.push(await page.evaluate(() => panel.shadowRoot.activeElement?.id));
      }
      assert.deepEqual(walked, focusable);
    });

    it('prints an emergency card before an outage', async () => {
      const consult = item('insurability', 'normal', { mayHaveArrived: undefined });
      await show(ready(), overview(item('login', 'normal'), consult, item('prescription', 'normal', { first: 1 })));
      await until(page, 'all', () => panel.shadowRoot.querySelectorAll('[part=item]').length === 3);
      const card = await page.evaluate(async () => {
        window.print = () => {
          globalThis.printed = panel.shadowRoot.querySelector('[part=card]')?.textContent;
          dispatchEvent(new Event('afterprint'));
        };
        panel.setAttribute('practice', 'Cabinet du Parc');
        const isOver = new Promise((resolve) => addEventListener('afterprint', resolve, { once: true }));
        panel.append(Object.assign(document.createElement('b'), { slot: 'helpdesk', textContent: ' 02 123 45 67 ' }));
        panel.shadowRoot.getElementById('print-card').click();
        await isOver;
        return [printed, panel.shadowRoot.querySelector('[part=card]')];
      });
      assert.match(
        card[0],
        /^Procédures[^]*loginAutre voieautre voieSi cela ne fonctionne passur papierArr[^]*02 123 45 67S[^]*Parc$/,
      );
      assert.match(card[0], /Titre prescription[^]*Titre insurability[^]*Titre login/);
      assert.doesNotMatch(card[0], /ancienne réponse|au site de secours/, 'what asks nothing');
      assert.equal(card[1], null, 'gone from the page after printing');
    });

    it('unfolds for paper, but what stands on the card, and folds again', async () => {
      await show(ready(), overview(item('eattest', 'recovery'), item('login', 'normal')));
      await state('continuity');
      const open = () =>
        page.evaluate(() => [...panel.shadowRoot.querySelectorAll('details[open] > summary')].map(({ id }) => id));
      assert.deepEqual(await open(), []);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      assert.deepEqual(await open(), ['summary-otherwise-eattest', 'summary-normal', 'summary-basis']);
      assert.match(await text(), /cela ne fonctionne pas\s+Autre voie\s+autre voie\s+Rien ne [^]*sur papier/);
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.deepEqual(await open(), []);
    });

    it('lets go of the client when it leaves the page, and takes it up again', async () => {
      const listening = () => page.evaluate(() => globalThis.listening());
      assert.equal(await listening(), 1);
      await page.evaluate(() => {
        globalThis.home = panel.parentElement;
        panel.remove();
      });
      assert.equal(await listening(), 0);
      await show(ready(), overview(item('login', 'recovery')));
      await page.evaluate(() => home.append(panel));
      assert.equal(await listening(), 1);
      await state('continuity');
      await page.evaluate(() => {
        panel.client = undefined;
      });
      assert.equal(await listening(), 0);
      await state('unknown');
    });

    it('says that an outage would not show once it hears nothing for seconds, and no more when it does', async () => {
      await page.evaluate(() => (panel.client = undefined));
      await state('unknown');
      const says = (want) =>
        until(page, want, (w) => panel.shadowRoot.querySelector('[part=about]').textContent.includes(w), want);
      await says('Vérification en cours');
      for (const [lang, want] of Object.entries({
        fr: "une panne ne s'affiche pas ici",
        nl: 'een storing is hier niet te zien',
        de: 'Eine Störung ist hier nicht zu sehen',
        en: 'an outage does not show here',
      })) {
        await page.evaluate((l) => panel.setAttribute('lang', l), lang);
        await says(want);
      }
      await assertAccessible(page, 'silent');
      await page.evaluate(() => (panel.client = client));
      await state('normal');
    });
  });
}

describe('<bcp-status> without a page', () => {
  it('can be imported in Node', async () => {
    const { defineBcpStatus } = await import('../../../dist/status-element.js');
    assert.equal(typeof defineBcpStatus, 'function');
  });
});
