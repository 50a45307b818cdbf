// The report of a drill as a page: accessible, and readable on a telephone.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { browsers, launch, serve, skipOf } from '../lib/browsers.mjs';
import { assertAccessible, assertNoSidewaysScroll } from '../lib/demo.mjs';
import { nativeCommand, run } from '../lib/native.mjs';

const wrong = 'title A drill that fails\nfail etk/0 refused\ncall etk repeat yes\nexpect answer etk/0\n';

for (const name of browsers) {
  describe(`the report of a drill in ${name}`, { skip: skipOf(name) }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'bcp-'));
    let browser;
    let site;

    before(async () => {
      const files = {};
      writeFileSync(join(folder, 'wrong.drill'), wrong);
      for (const [drill, exit] of [
        ['national-outage', 0],
        [join(folder, 'wrong.drill'), 1],
      ]) {
        const page = join(folder, `${exit}.html`);
        assert.equal((await run(nativeCommand(), ['drill', drill, '--html', page])).exit, exit);
        files[`/${exit}.html`] = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: readFileSync(page) };
      }
      site = await serve({ files });
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      rmSync(folder, { recursive: true });
    });

    for (const exit of [0, 1]) {
      it(`that ended with ${exit}`, async () => {
        const page = await browser.newPage();
        await page.goto(`${site.origin}/${exit}.html`);
        for (const width of [360, 1440]) {
          await page.setViewport({ width, height: 900 });
          await assertNoSidewaysScroll(page, `${width}`);
          await assertAccessible(page, `${width}`);
          const labels = await page.evaluate(() =>
            [...document.querySelectorAll('tbody tr:first-child > *')]
              .map((cell) => getComputedStyle(cell, '::before').content)
              .filter((text) => text !== 'none'),
          );
          assert.equal(labels.length > 0, width === 360, 'each cell carries its heading where the columns are gone');
        }
        await page.close();
      });
    }

    it('the picture has a name, and its table says the same', async () => {
      const page = await browser.newPage();
      await page.goto(`${site.origin}/0.html`);
      const seen = await page.evaluate(() => {
        const picture = document.querySelector('figure svg[role=img]');
        const table = [...document.querySelectorAll('table')].find((t) =>
          t.caption.textContent.includes('each endpoint'),
        );
        const named = (id) => document.getElementById(id)?.textContent ?? '';
        return {
          name: picture.getAttribute('aria-labelledby').split(' ').map(named).join(' '),
          lanes: [...picture.querySelectorAll('text')].map((t) => t.textContent).filter((t) => t.includes('/')),
          rows: [...table.querySelectorAll('tbody th')].map((th) => th.textContent).filter((t) => t.includes('/')),
          outside: [...picture.querySelectorAll('text, rect, circle')]
            .map((e) => e.getBBox())
            .filter(
              (b) =>
                b.x < 0 ||
                b.x + b.width > picture.viewBox.baseVal.width + 8 ||
                b.y < 0 ||
                b.y + b.height > picture.viewBox.baseVal.height,
            ).length,
        };
      });
      assert.match(seen.name, /Time line .*each endpoint/);
      assert.ok(seen.lanes.length > 3, String(seen.lanes));
      assert.deepEqual(seen.rows, seen.lanes);
      assert.equal(seen.outside, 0, 'everything is within the picture');
      await page.close();
    });
  });
}
