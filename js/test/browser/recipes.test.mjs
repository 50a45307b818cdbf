// The recipes for HTTP libraries run as they stand, in a page. In Node: js/test/recipes.test.mjs, with node-soap, which
// is for Node alone.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { browsers, launch, serve, skipOf } from '../lib/browsers.mjs';
import { root } from '../lib/native.mjs';
import { asked, brokenStage, libraries, proves, written } from '../lib/recipes.mjs';
import { soapRequest } from '../lib/stage.mjs';

for (const name of browsers) {
  describe(`in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let site;
    let stage;
    let page;
    let folder;

    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());
    beforeEach(async () => {
      stage = await brokenStage();
      site = await serve();
    });
    afterEach(async () => {
      await page?.close();
      await site.close();
      await stage.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** A page that has the recipe as `recipe`, built as an application builds it. */
    async function open(library) {
      folder = written(library);
      const { outputFiles } = await build({
        stdin: {
          contents: `import * as recipe from './main.js'; globalThis.recipe = { ...recipe, run: (${asked})(recipe) };`,
          resolveDir: folder,
        },
        alias: { 'ehealth-bcp': join(root, 'dist/index.js') },
        bundle: true,
        format: 'esm',
        write: false,
        logLevel: 'error',
      });

      const html = `<!doctype html><title>Recipe</title><script>given = ${JSON.stringify(stage.options())};
        given.wasm = '/dist/bcp.wasm';</script><script type="module" src="/recipe.mjs"></script>`;
      site.files['/recipe'] = { headers: { 'content-type': 'text/html' }, body: html };
      site.files['/recipe.mjs'] = { headers: { 'content-type': 'text/javascript' }, body: outputFiles[0].contents };
      page = await browser.newPage();
      await page.goto(`${site.origin}/recipe`);
      // On a busy machine the first call may not wait for it, and goes out unprotected.
      await page.evaluate(() => globalThis.recipe.bcp.preload().then(() => true));
    }

    for (const library of libraries) {
      it(library, async () => {
        await open(library);
        await proves(library, stage, (...call) =>
          page.evaluate((url, envelope) => globalThis.recipe.run(url, envelope), ...call),
        );
      });
    }

    it('a fetch that is replaced by the client', async () => {
      await open('ky');
      const plain = stage.server.behave('/plain', { body: 'as it is' });
      const came = await page.evaluate(
        async (known, body, unknown) => {
          globalThis.fetch = globalThis.recipe.bcp.fetch;
          const response = await fetch(known, { method: 'POST', body });
          const { endpoint } = globalThis.recipe.bcp.provenance(response);
          return [endpoint, await (await fetch(unknown)).text(), await globalThis.recipe.bcp.refresh()];
        },
        stage.asking[0],
        soapRequest(),
        plain,
      );
      assert.deepEqual(came, [stage.asking[1], 'as it is', 'unchanged']);
    });
  });
}
