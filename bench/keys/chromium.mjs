// Time per cache key in headless Chromium, ours beside the browser's own XSLTProcessor and xslt-processor, in one run.
import { launchChromium, page as pageOf, root, serve, wasmFile } from '../lib/serve.mjs';
import { cases, grown, kibibytes } from './cases.mjs';
import { anchor, signed } from './catalogue.mjs';
import { aim, linearity, table } from './measure.mjs';

const site = await serve({
  '/bcp.wasm': wasmFile,
  '/keys': [
    'application/json',
    JSON.stringify({ catalogue: signed().toString('base64'), anchor: anchor().toString('base64') }),
  ],
  ...(await pageOf('page', `${root}bench/keys/page.mjs`)),
});
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/page`);
  await page.waitForFunction(() => globalThis.keys);
  const absent = (await page.evaluate(() => keys.hasXslt)) ? [] : ['XSLTProcessor: this browser has none'];
  const plain = cases.map(({ name, sheet, request, key }) => ({ name, sheet, request, key }));
  const results = await page.evaluate((c) => keys.measure(c), plain);
  table(await browser.version(), results, cases, { absent });
  aim('ours compiled / XSLTProcessor fresh', results, cases, 'ours, compiled', 'XSLTProcessor, fresh', 1);
  aim(
    'ours compiled / xslt-processor with a parsed stylesheet',
    results,
    cases,
    'ours, compiled',
    'xslt-processor, compiled',
    0.5,
  );
  aim('ours compiled / xslt-processor as it is used', results, cases, 'ours, compiled', 'xslt-processor, fresh', 0.5);
  const large = cases.map((c) => ({ ...c, grown: Object.fromEntries(kibibytes.map((kib) => [kib, grown(c, kib)])) }));
  linearity('Chromium, compiled', await page.evaluate((c, k) => keys.grow(c, k), large, kibibytes), kibibytes);
} finally {
  await browser.close();
  await site.close();
}
