// client.fetch stands where fetch stands: asked the same, both show the same, or it is listed why not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { browsers, launch, openPage, serve, skipOf } from '../lib/browsers.mjs';
import { echo, endings } from '../lib/echo.mjs';
import { root } from '../lib/native.mjs';
import { differences } from '../lib/probes.mjs';
import { makeStage } from '../lib/stage.mjs';

it('each reason to differ stands in the documentation, and no other', () => {
  const [, section] = /\n## Where it differs from fetch\n([^]*?)\n## /.exec(
    readFileSync(join(root, 'docs/application.md'), 'utf8'),
  );
  assert.deepEqual(
    [...section.matchAll(/^- \*\*(.*)\*\*/gm)].map(([, reason]) => reason),
    Object.keys(differences),
  );
});

/** The names of the probes that may differ. */
const listed = (...lists) =>
  Object.values(differences)
    .flatMap((by) => lists.flatMap((list) => by[list] ?? []))
    .sort();

for (const name of browsers) {
  describe(`a client's fetch beside that of ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let stage;
    let page;
    const sites = [];
    before(async () => {
      browser = await launch(name);
      sites.push(await serve({ answer: echo }), await serve({ answer: echo }));
      stage = await makeStage();
      stage.publish({
        services: sites.flatMap(({ origin }, i) =>
          endings.map((ending, j) => ({
            id: `uddi:ehealth-fgov-be:business:s${i}e${j}:v1`,
            name: ending,
            endpoints: [`${origin}/known/${ending}`],
          })),
        ),
      });
      page = await openPage(await browser.createBrowserContext(), sites[0]);
      await page.evaluate((options) => test.make('c', options), stage.options());
      assert.equal(await page.evaluate(() => test.preload('c')), 'ok');
    });
    after(async () => {
      await browser?.close();
      for (const site of sites) await site.close();
      await stage?.close();
    });

    const compare = async (t, site, kind, ...lists) => {
      const { found, knows } = await page.evaluate((base) => test.probes('c', base), `${site.origin}/${kind}`);
      assert.equal(knows, kind === 'known');
      const other = found.filter(({ native, own }) => !same(native, own));
      const always = listed(...lists);
      const atTimes = listed(...lists.map((list) => `${list}, at times`));
      const isListed = (probe) => always.includes(probe.name) || atTimes.includes(probe.name);
      assert.deepEqual(
        other.filter((probe) => !isListed(probe)),
        [],
        'these differ and are not listed',
      );
      const lasting = other
        .map((probe) => probe.name)
        .filter((probe) => !atTimes.includes(probe))
        .sort();
      assert.deepEqual(lasting, always, 'these are listed');
      const answered = found.filter(({ native }) => 'value' in native).length;
      assert.ok(found.length > 100 && answered > 70, `${answered} of ${found.length} were answered`);
      t.diagnostic(`${found.length} probes, ${found.length - other.length} the same, ${other.length} listed`);
    };
    it('at unknown addresses of the page', (t) => compare(t, sites[0], 'unknown', 'always'));
    it('at unknown addresses elsewhere', (t) => compare(t, sites[1], 'unknown', 'always'));
    it('at known addresses of the page', (t) => compare(t, sites[0], 'known', 'always', 'known', name));
    it('at known addresses elsewhere', (t) => compare(t, sites[1], 'known', 'always', 'known', 'elsewhere', name));
  });
}

function same(a, b) {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
