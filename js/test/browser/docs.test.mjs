// The examples of the documentation that need a browser: they run as they stand.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { browsers, launch, serve, skipOf } from '../lib/browsers.mjs';
import { until } from '../lib/demo.mjs';
import { examplesOf } from '../lib/examples.mjs';
import { root } from '../lib/native.mjs';
import { makeStage, soapRequest } from '../lib/stage.mjs';

const example = (file, text) => examplesOf(file).find(({ code }) => code.includes(text)).code;
const workerPage = 'docs/service-worker.md';
const importMap =
  '<script type="importmap">{"imports":{"ehealth-bcp":"/dist/index.js","ehealth-bcp/slim":"/dist/slim.js",' +
  '"ehealth-bcp/status-element":"/dist/status-element.js"}}</script>';
const wasm = { headers: { 'content-type': 'application/wasm' }, body: readFileSync(join(root, 'dist/bcp.wasm')) };
const page = (head, body) => ({
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="nl"><title>Example</title>${importMap}${head}${body}`,
});
const script = (body) => ({ headers: { 'content-type': 'text/javascript' }, body });

/** The worker of the documents, as an application's build makes it. */
async function bundledWorker(anchor) {
  const made = await build({
    stdin: {
      contents: `const issuingCaPem = ${JSON.stringify(anchor)};\n${example(workerPage, 'installServiceWorker')}`,
    },
    alias: { 'ehealth-bcp/service-worker': join(root, 'dist/serviceworker.js') },
    bundle: true,
    format: 'esm',
    write: false,
    absWorkingDir: root,
    logLevel: 'error',
  });
  return made.outputFiles[0].text;
}

for (const name of browsers) {
  describe(`the examples of the documentation in ${name}`, { skip: skipOf(name) }, () => {
    let browser;
    let context;
    let site;
    let stage;

    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());
    beforeEach(async () => {
      stage = await makeStage();
      site = await serve();
      context = await browser.createBrowserContext();
      Object.assign(site.files, {
        '/bcp.wasm': wasm,
        '/bcp/servicelist.xml': { headers: { 'content-type': 'application/xml' }, body: stage.publish() },
        '/options.mjs': script(`globalThis.options = ${JSON.stringify(stage.options())};`),
      });
    });
    afterEach(async () => {
      await context?.close();
      await site?.close();
      await stage?.close();
    });

    it('the service worker', async () => {
      const id = 'uddi:ehealth-fgov-be:business:mycareneteattest:v2';
      const acting = [stage.server.behave('/eattest/v2', 'ok'), stage.server.behave('/bcp/eattest/v2', 'ok')];
      const services = [
        { id: 'uddi:ehealth-fgov-be:business:drill:v1', endpoints: [stage.main, stage.second] },
        { id, endpoints: acting },
      ];
      site.files['/bcp/servicelist.xml'].body = stage.publish({ services });
      const options = { ...stage.options(), namespace: 'default' }; // as the worker's
      Object.assign(site.files, {
        '/sw.js': script(await bundledWorker(stage.authority.anchor)),
        '/page': page(
          `<script>options = ${JSON.stringify(options)};</script><script type="module" src="/page.mjs"></script>`,
          '<bcp-status lang="nl"></bcp-status>',
        ),
        '/page.mjs': script(`${example(workerPage, 'logOut')}\nglobalThis.mine = { bcp, logOut };`),
      });
      const opened = await context.newPage();
      await opened.goto(`${site.origin}/page`);
      const run = (endpoint, envelope, code) =>
        opened.evaluate(
          async (...args) => {
            const AsyncFunction = (async () => {}).constructor;
            return new AsyncFunction('endpoint', 'envelope', 'showNotice', args[2])(args[0], args[1], () => {});
          },
          endpoint,
          envelope,
          code,
        );
      const seen = "['x-bcp-source', 'x-bcp-endpoint'].map((name) => response.headers.get(name))";
      const code = `${example(workerPage, 'serviceWorker.register')}\nreturn ${seen};`;
      await run(stage.main, soapRequest(), code);
      await until(opened, 'the worker controls the page', () => navigator.serviceWorker.controller !== null);
      assert.deepEqual(await run(stage.main, soapRequest(), code), ['network', stage.main]);
      stage.server.behave('/main', 'reset');
      assert.deepEqual(
        await run(
          stage.main,
          soapRequest(),
          code.replace("'text/xml'", "'text/xml', soapaction: 'GetTransactionList'"),
        ),
        ['network', stage.second],
      );
      await until(opened, 'the page knows what the worker learnt', async () =>
        (await globalThis.mine.bcp.status()).services.some(({ health }) => health.failedOver),
      );
      await until(opened, 'the panel knows', () =>
        document.querySelector('bcp-status').shadowRoot?.textContent.includes('Nog niets gebruikt'),
      );

      assert.deepEqual(await run(acting[0], soapRequest(), code), [null, null]);
      stage.server.behave('/eattest/v2', 'reset');
      stage.server.forget();
      const thrown = (url, body) =>
        globalThis.mine.bcp
          .fetch(url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body })
          .catch((e) => e.code);
      assert.equal(await opened.evaluate(thrown, acting[0], soapRequest()), 'not-repeatable');
      assert.equal(stage.server.seen('/bcp/eattest/v2').length, 0);
      await opened.evaluate(() => globalThis.mine.logOut());
    });

    it('the status panel', async () => {
      const services = ['iamsecuritytokenservice', 'recip-eprescriber'].map((name) => ({
        id: `uddi:ehealth-fgov-be:business:${name}:v1`,
        endpoints: [`${stage.main}/${name}`],
      }));
      stage.publish({ services });
      site.files['/page'] = page(
        `<style>${example('docs/status-panel.md', '--bcp-back')}</style><script type="module" src="/options.mjs"></script><script type="module" src="/page.mjs"></script>`,
        example('docs/status-panel.md', '<bcp-status lang'),
      );
      site.files['/page.mjs'] = script(example('docs/status-panel.md', 'defineBcpStatus'));
      const opened = await context.newPage();
      await opened.goto(`${site.origin}/page`);
      await until(opened, 'a panel that knows', () =>
        document.querySelector('bcp-status').shadowRoot?.textContent.includes('Nog niets gebruikt'),
      );
      const styled = await opened.evaluate(() => {
        const { shadowRoot } = document.querySelector('bcp-status');
        return [
          getComputedStyle(shadowRoot.querySelector('[part=panel]')).backgroundColor,
          getComputedStyle(shadowRoot.querySelector('[part=overall]')).textTransform,
        ];
      });
      assert.deepEqual(styled, ['rgb(255, 253, 245)', 'uppercase']);
    });

    it('the fast start', async () => {
      const text = readFileSync(join(root, 'docs/application.md'), 'utf8');
      const [, early] = /`<script>(bcpWasm = .*?)<\/script>`/.exec(text);
      const [, call] = /`(createBcpClient\(\{ ….*?\}\))` from `ehealth-bcp\/slim`/s.exec(text);
      site.files['/assets/bcp.wasm'] = wasm;
      site.files['/page'] = page(
        `<script>${early}</script><script type="module" src="/options.mjs"></script><script type="module" src="/page.mjs"></script>`,
        '',
      );
      site.files['/page.mjs'] = script(
        `import { createBcpClient } from 'ehealth-bcp/slim';\n${call.replace('…', '...options')}.preload().then(() => { globalThis.done = true; });`,
      );
      const opened = await context.newPage();
      await opened.goto(`${site.origin}/page`);
      assert.equal(await until(opened, 'the client is ready', () => globalThis.done), true);
    });
  });
}
