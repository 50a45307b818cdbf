// The first page: verdict, signer and services of a catalogue that a person picks.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { browsers, launch, skipOf } from '../lib/browsers.mjs';
import { assertAccessible, assertNoSidewaysScroll, click, startDemo, until } from '../lib/demo.mjs';

const shared = process.env.BCP_SHARED;

for (const name of browsers) {
  describe(`the first page in ${name}`, { skip: skipOf(name) }, () => {
    let demo;
    let browser;
    let page;
    let folder;

    before(async () => {
      demo = await startDemo();
      browser = await launch(name);
      page = await browser.newPage();
      await page.goto(`${demo.origin}/verify/`);
      folder = mkdtempSync(join(tmpdir(), 'bcp-'));
      for (const file of ['catalogue.xml', 'anchors.pem']) {
        writeFileSync(
          join(folder, file),
          Buffer.from(await (await fetch(`${demo.origin}/platform/${file}`)).arrayBuffer()),
        );
      }
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
      if (folder) rmSync(folder, { recursive: true });
    });

    /** Fills the form and returns the text of the result. */
    const check = async (files, texts = {}) => {
      await page.evaluate(() => {
        document.querySelector('#result').replaceChildren();
      });
      for (const [id, paths] of Object.entries(files)) await (await page.$(`#${id}`)).uploadFile(...[paths].flat());
      for (const id of ['environment', 'at'])
        await page.evaluate(
          (i, v) => {
            document.getElementById(i).value = v;
          },
          id,
          texts[id] ?? '',
        );
      await click(page, '#form button[type=submit]');
      return until(
        page,
        'a verdict',
        () => document.querySelector('#result .badge') && document.querySelector('#result').innerText,
      );
    };

    it('says what is missing', async () => {
      assert.match(await check({}), /Pick a catalogue first/);
      assert.match(await check({ catalogue: join(folder, 'catalogue.xml') }), /Pick the certificates/);
    });

    it('accepts the drill catalogue, and shows which endpoint to call', async () => {
      await click(page, '#use-drill');
      await until(page, 'accepted', () => document.querySelector('#result .badge.good') !== null);
      const text = await page.evaluate(() => document.querySelector('#result').innerText);
      assert.match(text, /CBE=0809394427, SERVICELIST/);
      assert.match(text, /13 services, 27 endpoints/);
      assert.equal(await page.evaluate(() => document.querySelectorAll('tbody tr').length), 13);
      for (const width of [360, 768, 1440]) {
        await page.setViewport({ width, height: 900 });
        await assertNoSidewaysScroll(page, `verdict at ${width}`);
        await assertAccessible(page, `verdict at ${width}`);
      }
    });

    it('accepts the same file when it is picked', async () => {
      const text = await check(
        { catalogue: join(folder, 'catalogue.xml'), anchors: join(folder, 'anchors.pem') },
        { environment: 'Drill' },
      );
      assert.match(text, /accepted/);
    });

    it('refuses by code', async () => {
      const files = { catalogue: join(folder, 'catalogue.xml'), anchors: join(folder, 'anchors.pem') };
      assert.match(await check(files, { environment: 'Production' }), /environment-mismatch/);
      assert.match(await check(files, { at: '2019-01-01T00:00:00Z' }), /signer-not-yet-valid/);
      assert.match(await check(files, { at: 'tomorrow' }), /is not a moment/);
      assert.match(await check({ ...files, catalogue: join(folder, 'anchors.pem') }), /xml-malformed/);
      await assertAccessible(page, 'refused');
    });

    it('accepts a published recovery endpoint as the one to call, and marks a service without one', async () => {
      await demo.command('publish switch etk/1', 'publish inactive kgss');
      await click(page, '#use-drill');
      const rows = await until(page, 'the services', () => {
        const texts = [...document.querySelectorAll('tbody tr')].map((row) => row.innerText);
        return texts.some((text) => text.includes('recovery endpoint')) && texts;
      });
      const state = await demo.state();
      const etk = state.services.find(({ short }) => short === 'etk');
      assert.ok(rows.find((text) => text.includes('etkdepot')).includes(etk.endpoints[1].url));
      assert.match(
        rows.find((text) => text.includes('kgss')),
        /no active endpoint/,
      );
    });

    it(
      'judges the genuine catalogues',
      { skip: !shared && 'BCP_SHARED is not set: shared cases are not here' },
      async () => {
        const genuine = (file) => {
          const path = join(shared, 'catalogues', file);
          assert.ok(existsSync(path), path);
          return path;
        };
        const good = {
          catalogue: genuine('production-2020-09-14.xml'),
          anchors: genuine('production-2020-issuing-ca.pem'),
        };
        const text = await check(good, { environment: 'Production', at: '2020-10-01T00:00:00Z' });
        assert.match(text, /accepted/);
        assert.match(text, /22 services, 45 endpoints, schema version 1/);
        assert.match(text, /service-id-quirk[^]*recip-eexecutor:v4'/, 'what the list says oddly is shown');
        assert.match(await check(good, { at: '2021-01-01T00:00:00Z' }), /signer-expired/);
        const edited = {
          catalogue: genuine('production-2022-12-22-edited.xml'),
          anchors: genuine('production-2022-issuing-ca.pem'),
        };
        assert.match(await check(edited, { at: '2023-01-01T00:00:00Z' }), /digest-mismatch/);
      },
    );
  });
}
