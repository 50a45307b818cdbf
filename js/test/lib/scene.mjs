// What tests in browsers begin with: a browser and a site for all of them, a stage and a browser context for each.
import { after, afterEach, before, beforeEach, describe } from 'node:test';
import { browsers, launch, openPage, serve, skipOf, strictPolicy } from './browsers.mjs';
import { makeStage } from './stage.mjs';

/** What `serve` takes for a page that allows nothing but what the package needs. */
export const strictSite = { headers: { 'content-security-policy': strictPolicy } };

/**
 * Describes the same tests for each browser. `tests` gets the scene and the browser's name; `serving` is what `serve`
 * takes.
 *
 * Shape: `browser` and `site` are of all tests, `stage` is of the one that runs; `open` opens the test page in that
 * one's own context, which ends with it.
 */
export function inBrowsers(what, serving, tests) {
  for (const name of browsers) {
    describe(`${what} in ${name}`, { skip: skipOf(name) }, () => {
      let context;
      const scene = {
        async open(site = scene.site) {
          return openPage(await (context ??= scene.browser.createBrowserContext()), site);
        },
      };
      before(async () => {
        scene.browser = await launch(name);
        scene.site = await serve(serving);
      });
      after(async () => {
        await scene.browser?.close();
        await scene.site?.close();
      });
      beforeEach(async () => {
        context = undefined;
        scene.stage = await makeStage();
      });
      afterEach(async () => {
        try {
          await (await context)?.close();
        } finally {
          await scene.stage.close(); // left open, it would keep the process for ever
        }
      });
      tests(scene, name);
    });
  }
}
