// Pictures of the demonstration in build/screenshots, to be looked at: each page and state at three widths, light and
// dark.   node tools/screenshots.mjs [FILTER]
//   node tools/screenshots.mjs --docs     only the pictures of the README, in docs/images
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../js/test/lib/browsers.mjs';
import {
  assertNoSidewaysScroll,
  click,
  openEhr,
  panelShows,
  publish,
  runTask,
  startDemo,
  until,
} from '../js/test/lib/demo.mjs';
import { root } from '../js/test/lib/native.mjs';

const folder = join(root, 'build', 'screenshots');
const widths = [360, 768, 1440];
const isForDocs = process.argv[2] === '--docs';
const filter = isForDocs ? '' : (process.argv[2] ?? '');

for (const each of [folder, join(root, 'docs', 'images')]) mkdirSync(each, { recursive: true });
const demo = await startDemo();
const browser = await launch('chromium');

/** Takes a page in every width and scheme. */
async function take(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const width of widths) {
      await page.setViewport({ width, height: 900 });
      await assertNoSidewaysScroll(page, `${name} at ${width}`);
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
    }
  }
}

/** The scene that the README shows, at the size in which it shows it. The package has it: PNG takes twice the room. */
const pictures = { 'ehr-continuity': 'ehr' };

async function picture(page, name) {
  await page.setViewport({ width: 1280, height: 860 });
  const path = join(root, 'docs', 'images', `${pictures[name]}.webp`);
  await page.screenshot({ path, type: 'webp', quality: 80 });
}

/** The states, each on a page of its own. */
const scenes = {
  async start(context) {
    const page = await context.newPage();
    await page.goto(`${demo.origin}/`);
    return page;
  },
  async 'verify-accepted'(context) {
    const page = await context.newPage();
    await page.goto(`${demo.origin}/verify/`);
    await click(page, '#use-drill');
    await until(page, 'a verdict', () => document.querySelector('#result .good') !== null);
    return page;
  },
  async 'verify-refused'(context) {
    await demo.command('publish bad tampered');
    const page = await context.newPage();
    await page.goto(`${demo.origin}/verify/`);
    await click(page, '#use-drill');
    await until(page, 'a verdict', () => document.querySelector('#result .bad') !== null);
    return page;
  },
  async control(context) {
    await demo.command('fail ehealth refused', 'publish cache etk ENDPOINT_FIRST P30D');
    const page = await context.newPage();
    await page.goto(`${demo.origin}/control/`);
    await until(page, 'the endpoints', () => document.querySelector('#endpoints tr') !== null);
    return page;
  },
  async 'ehr-door'(context) {
    const page = await context.newPage();
    await page.goto(`${demo.origin}/app/?lang=fr`);
    await until(page, 'the door', () => document.querySelector('#log-in-A') !== null);
    return page;
  },
  async 'ehr-normal'(context) {
    const page = await openEhr(context, demo, 'nl');
    for (const task of ['login', 'insurability', 'prescription']) await runTask(page, task);
    return page;
  },
  async 'ehr-continuity'(context) {
    const page = await openEhr(context, demo, isForDocs ? 'en' : 'fr');
    await demo.command('fail ehealth refused');
    for (const task of ['login', 'insurability', 'member-data', 'tarification']) await runTask(page, task);
    await panelShows(page, 'tarification', 'fallback');
    return page;
  },
  async 'ehr-degraded'(context) {
    const page = await openEhr(context, demo, 'de');
    await publish(page, demo, 'publish cache etk ENDPOINT_FIRST P30D');
    await runTask(page, 'encryption-known');
    await demo.command('fail all refused');
    for (const task of ['encryption-known', 'encryption-unknown', 'insurability', 'login']) await runTask(page, task);
    await panelShows(page, 'encryption-unknown', 'lastResort');
    return page;
  },
};

try {
  for (const [name, arrange] of Object.entries(scenes)) {
    if (isForDocs ? !pictures[name] : !name.includes(filter)) continue;
    await demo.command('recover', 'publish main', 'publish cache etk off');
    const context = await browser.createBrowserContext();
    await (isForDocs ? picture : take)(await arrange(context), name);
    await context.close();
  }
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`${isForDocs ? 'docs/images' : folder}: look at them`);
