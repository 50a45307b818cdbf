// Contact sheets of <bcp-status> in build/screenshots/panel, to be looked at: one for each state. A row for each
// language in three widths, light, dark and in forced colours, then the same on paper, which unfolds everything. `card`
// is the emergency card, as wide as a page of A4 between its margins. The guidance is the built-in one; what is seen is
// made up.
//   node tools/contactsheets.mjs [STATE…]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBcpClient } from '../dist/index.node.js';
import { createDrillAuthority } from '../dist/testing/index.js';
import { launch, serve } from '../js/test/lib/browsers.mjs';
import { assertAccessible, until } from '../js/test/lib/demo.mjs';
import { root } from '../js/test/lib/native.mjs';

const folder = join(root, 'build', 'screenshots', 'panel');
const langs = ['nl', 'fr', 'de', 'en'];
const widths = [360, 768, 1440];
const looks = {
  light: { media: 'screen', features: { 'prefers-color-scheme': 'light' } },
  dark: { media: 'screen', features: { 'prefers-color-scheme': 'dark' } },
  forced: { media: 'screen', features: { 'forced-colors': 'active', 'prefers-color-scheme': 'dark' } },
  print: { media: 'print', features: { 'prefers-color-scheme': 'light' } },
};
// Of today, as in an outage: the panel then says the time alone.
const [sinceMs, failedAtMs, retryAtMs, answeredAtMs] = [12, 41, 46, 55].map((minutes) =>
  new Date().setHours(8, minutes, 0, 0),
);

/** What is seen in each state, by functionality; the others answered. */
const outage = { sinceMs };
const states = {
  unused: { overall: 'unused', others: { way: 'normal' } },
  normal: { overall: 'normal' },
  continuity: {
    overall: 'continuity',
    insurability: { way: 'recovery', ...outage, answeredAtMs },
    'member-data': { way: 'fallback', ...outage, answeredAtMs },
    'encryption-known': { way: 'cache', ...outage, retryAtMs },
  },
  recovery: {
    overall: 'continuity',
    login: { way: 'recovery', ...outage, answeredAtMs },
    insurability: { way: 'fallback', ...outage, answeredAtMs },
  },
  out: {
    overall: 'degraded',
    others: { way: 'lastResort', ...outage, retryAtMs },
    'encryption-known': { way: 'cache', ...outage, retryAtMs },
    'vaccination-status': { way: 'unwatched' },
  },
  'out-pharmacist': {
    overall: 'degraded',
    audience: 'pharmacist',
    others: { way: 'lastResort', ...outage, retryAtMs },
    'vaccination-status': { way: 'unwatched' },
  },
  one: {
    overall: 'degraded',
    prescription: { way: 'lastResort', ...outage, retryAtMs },
  },
  degraded: {
    overall: 'degraded',
    login: { way: 'lastResort', ...outage, retryAtMs },
    prescription: { way: 'unconfirmed', uncertain: true, ...outage, failedAtMs },
    insurability: { way: 'retry', ...outage, failedAtMs },
    tarification: { way: 'unconfirmed', ...outage, failedAtMs },
  },
  stale: { overall: 'normal', stale: true, checkedAtMs: failedAtMs - 2 * 864e5 },
  unprotected: { overall: 'unknown', phase: 'no-catalogue', code: 'network', others: { way: 'unwatched' } },
  unknown: { overall: undefined },
  trust: {
    overall: 'normal',
    trust: {
      signerDaysLeft: 20,
      anchorDaysLeft: 900,
      expiring: [{ what: 'signer', endsMs: sinceMs + 20 * 864e5, thresholdDays: 30 }],
    },
  },
  compact: {
    overall: 'degraded',
    attributes: { compact: '' },
    login: { way: 'lastResort', ...outage, retryAtMs },
    prescription: { way: 'unconfirmed', uncertain: true, ...outage, failedAtMs },
  },
};
const weight = [
  'lastResort',
  'uncertain',
  'retry',
  'unconfirmed',
  'cache',
  'fallback',
  'recovery',
  'normal',
  'unwatched',
];
/** The services of a functionality, as the guidance names them and with a version, as the catalogue does. */
const { functionalities } = JSON.parse(readFileSync(join(root, 'core', 'procedure', 'guidance.json'), 'utf8'));
const servicesOf = new Map(functionalities.map(({ id, needs }) => [id, needs.map(([first]) => `${first}:v1`)]));
const weightOf = ({ way, uncertain }) => weight.indexOf(uncertain && way !== 'lastResort' ? 'uncertain' : way);

function shown(name, items) {
  const { overall, audience, others = { way: 'normal', answeredAtMs }, phase = 'ready', code, ...rest } = states[name];
  const { stale = false, checkedAtMs = failedAtMs, trust, attributes = {}, ...seen } = rest;
  const changed = items
    .filter((item) => !audience || !item.audience || item.audience.includes(audience))
    .map(({ way: _, ...item }) => ({
      ...item,
      services: servicesOf.get(item.functionality),
      ...(seen[item.functionality] ?? others),
    }))
    .sort((a, b) => weightOf(a) - weightOf(b));
  const catalogue = { issueInstantMs: sinceMs - 4 * 864e5, checkedAtMs, stale };
  return {
    attributes: { practice: 'Dr. Peeters, Gent', ...attributes },
    status: overall && { phase, code, trust, services: [], ...(phase === 'ready' ? { catalogue } : {}) },
    overview: overall && { overall, items: changed },
  };
}

const html =
  '<!doctype html><html><meta charset="utf-8"><title>panel</title>' +
  '<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width">' +
  '<style>body { font-family: sans-serif }</style><main><h1>Page</h1></main><script type="module" src="/panel.mjs"></script></html>';
const script = `import { defineBcpStatus } from '/dist/status-element.js';
defineBcpStatus();
globalThis.show = (lang, { attributes, status, overview }) => {
  document.documentElement.lang = lang;
  globalThis.panel = document.createElement('bcp-status');
  for (const [name, value] of Object.entries({ lang, ...attributes })) panel.setAttribute(name, value);
  document.querySelector('bcp-status')?.remove();
  document.querySelector('main').append(panel);
  const orFail = async (value) => { if (!value) throw new Error('none'); return value; };
  panel.client = {
    status: () => orFail(status), procedures: () => orFail(overview),
    subscribe: () => () => {}, exportLog: async () => '{}',
  };
};`;

/** Pictures side by side, on one page as wide as three looks. */
async function sheet(browser, name, pictures) {
  const page = await browser.newPage();
  const cells = pictures
    .map(
      ({ label, width, data }) =>
        `<figure style="width:${width}px">` +
        `<figcaption>${label}</figcaption><img style="width:${width}px" src="data:image/png;base64,${data}"></figure>`,
    )
    .join('');
  await page.setViewport({ width: 3940, height: 800 });
  const style =
    'body{display:flex;flex-wrap:wrap;gap:8px;align-items:start;font:14px sans-serif;background:#888}' +
    'figure{margin:0}';
  await page.setContent(`<style>${style}</style>${cells}`);
  writeFileSync(join(folder, `${name}.png`), await page.screenshot({ fullPage: true }));
  await page.close();
}

const client = createBcpClient({
  environment: 'Production',
  catalogue: 'http://127.0.0.1:9/none.xml',
  anchors: [createDrillAuthority().anchor],
});
const guidance = {};
for (const lang of langs) guidance[lang] = (await client.procedures(lang)).items;
client.close();

mkdirSync(folder, { recursive: true });
const site = await serve({
  files: {
    '/panel.html': { headers: { 'content-type': 'text/html' }, body: html },
    '/panel.mjs': { headers: { 'content-type': 'text/javascript' }, body: script },
  },
});
const browser = await launch('chromium');
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...Object.keys(states), 'card'];
try {
  const page = await browser.newPage();
  const devtools = await page.createCDPSession();
  await page.goto(`${site.origin}/panel.html`);
  await until(page, 'the page', () => 'show' in globalThis);
  for (const name of wanted.filter((one) => one in states)) {
    const [pictures, printed] = [[], []];
    for (const lang of langs) {
      await page.evaluate((l, s) => show(l, s), lang, shown(name, guidance[lang]));
      const state =
        (states[name].stale ? 'stale' : states[name].phase && 'unprotected') ?? states[name].overall ?? 'unknown';
      await until(page, `${name} in ${lang}`, (want) => panel.getAttribute('state') === want, state);
      for (const [look, { media, features }] of Object.entries(looks)) {
        const named = Object.entries(features).map(([feature, value]) => ({ name: feature, value }));
        await devtools.send('Emulation.setEmulatedMedia', { media, features: named });
        if (media === 'print') await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        for (const width of widths) {
          await page.setViewport({ width, height: 200 });
          if (look !== 'print' && width === 360) await assertAccessible(page, `${name}, ${lang}, ${look}`);
          const data = Buffer.from(await page.screenshot({ fullPage: true })).toString('base64');
          (media === 'print' ? printed : pictures).push({
            label: `${name} ${lang} ${look} ${width}`,
            width: width / 2,
            data,
          });
        }
      }
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    }
    await sheet(browser, name, [...pictures, ...printed]);
    console.log(`${name}: ${pictures.length + printed.length} pictures`);
  }
  if (wanted.includes('card')) {
    const cards = [];
    const features = [{ name: 'prefers-color-scheme', value: 'light' }];
    await devtools.send('Emulation.setEmulatedMedia', { media: 'print', features });
    for (const lang of langs) {
      await page.evaluate((l, s) => show(l, s), lang, shown('unprotected', guidance[lang]));
      await page.evaluate(() => {
        window.print = () => {};
        panel.printCard();
      });
      await until(page, `the card in ${lang}`, () => panel.shadowRoot.querySelector('[part=card]') !== null);
      await page.setViewport({ width: 690, height: 2000 }); // columns of unsettled height are cut by fullPage
      const data = Buffer.from(await page.screenshot()).toString('base64');
      cards.push({ label: `card ${lang}`, width: 690, data });
    }
    await sheet(browser, 'card', cards);
    console.log(`card: ${cards.length} pictures`);
  }
} finally {
  await browser.close();
  await site.close();
}
console.log(`${folder}: look at them`);
