// The vectors in real browsers: the same bytes of reply as natively.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browsers, launch, openPage, serve, skipOf, strictPolicy } from '../lib/browsers.mjs';
import { nativeReplies } from '../lib/native.mjs';

describe('vectors', () => {
  for (const name of browsers) {
    it(`get the reply of the native core in ${name}`, { skip: skipOf(name) }, async () => {
      const site = await serve({ headers: { 'content-security-policy': strictPolicy } });
      const browser = await launch(name);
      try {
        const page = await openPage(browser, site);
        assert.deepEqual(new Map(await page.evaluate(() => test.vectors())), nativeReplies());
      } finally {
        await browser.close();
        await site.close();
      }
    });
  }
});
