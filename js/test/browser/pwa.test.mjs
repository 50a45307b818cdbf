// A start without network, as docs/pwa.md shows it: the worker keeps the wasm and a catalogue, the panel says what to
// do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { launch, serve, skipOf } from '../lib/browsers.mjs';
import { until } from '../lib/demo.mjs';
import { examplesOf } from '../lib/examples.mjs';
import { root } from '../lib/native.mjs';
import { makeStage, soapRequest } from '../lib/stage.mjs';

const example = (text) => examplesOf('docs/pwa.md').find(({ code }) => code.includes(text)).code;
const answerOf = (type, body) => ({ headers: { 'content-type': type }, body });
const id = 'uddi:ehealth-fgov-be:business:insurability:v2';

/** A script of the application, built as its bundler would. */
async function built(contents) {
  const stdin = { contents, resolveDir: root };
  const alias = {
    'ehealth-bcp/slim': join(root, 'dist/slim.js'),
    'ehealth-bcp/status-element': join(root, 'dist/status-element.js'),
    'ehealth-bcp/service-worker': join(root, 'dist/serviceworker.js'),
  };
  const how = { bundle: true, format: 'esm', write: false, absWorkingDir: root, target: 'es2022' };
  const { outputFiles } = await build({ stdin, alias, ...how });
  return answerOf('text/javascript', outputFiles[0].text);
}

describe('a start without network in chromium', { skip: skipOf('chromium') }, () => {
  let browser;
  let context;
  let site;
  let stage;

  before(async () => {
    browser = await launch('chromium');
  });
  after(() => browser?.close());
  beforeEach(async () => {
    stage = await makeStage();
    site = await serve();
    context = await browser.createBrowserContext();
    const options = `const options = { ...${JSON.stringify(stage.options())}, namespace: location.hash || 'first' };\n`;
    Object.assign(site.files, {
      '/': answerOf(
        'text/html',
        '<!doctype html><bcp-status lang="en"></bcp-status><script type="module" src="/main.js"></script>',
      ),
      '/main.js': await built(`${options}${example("'/sw.js'")}globalThis.bcp = bcp;`),
      '/bcp.wasm': answerOf('application/wasm', readFileSync(join(root, 'dist/bcp.wasm'))),
      '/seed.xml': answerOf(
        'application/xml',
        stage.publish({ services: [{ id, endpoints: [stage.main, stage.second] }] }),
      ),
    });
  });
  afterEach(async () => {
    await context?.close();
    await site?.close();
    await stage?.close();
  });

  async function firstVisit() {
    const page = await context.newPage();
    await page.goto(`${site.origin}/`);
    await until(page, 'the worker controls the page', () => navigator.serviceWorker.controller !== null);
    return page;
  }

  for (const [name, hash, state] of [
    ['for a client that ran before', '', 'unused'],
    ['for a client that never ran, with the seed, whose age nobody checked', '#second', 'stale'],
  ]) {
    it(`has the core and says what to do, ${name}`, async () => {
      site.files['/sw.js'] = answerOf('text/javascript', example("'install'"));
      const page = await firstVisit();
      await until(page, 'the client asked for a catalogue', () =>
        globalThis.bcp?.status().then(({ catalogue }) => catalogue?.checkedAtMs > 0),
      );
      await page.close();
      await site.close();
      await stage.close();
      const again = await context.newPage();
      await again.goto(`${site.origin}/${hash}`);
      await until(again, 'the client has a catalogue', () => globalThis.bcp !== undefined);
      assert.equal(await again.evaluate(() => bcp.status().then(({ phase }) => phase)), 'ready');
      await until(again, 'the panel knows the service', () =>
        document.querySelector('bcp-status').shadowRoot.textContent.includes('Consulting insurability'),
      );
      assert.equal(await again.$eval('bcp-status', (panel) => panel.getAttribute('state')), state);
    });
  }

  it('leaves its own files to the listener that stands first, and protects the calls', async () => {
    const worker = `import { installServiceWorker } from 'ehealth-bcp/service-worker';
${example("'install'")}
const options = ${JSON.stringify(stage.options())};
installServiceWorker(self, { ...options, wasm: '/bcp.wasm', callOptions: () => ({ repeat: 'yes' }) });
`;
    site.files['/sw.js'] = await built(worker);
    const page = await firstVisit();
    stage.server.behave('/main', 'reset');
    const ask = ({ main, body }) =>
      fetch(main, { method: 'POST', headers: { 'content-type': 'text/xml' }, body }).then((response) =>
        response.headers.get('x-bcp-endpoint'),
      );
    assert.equal(await page.evaluate(ask, { main: stage.main, body: soapRequest() }), stage.second);
    assert.equal(stage.server.seen('/second').length, 1);
    delete site.files['/seed.xml'];
    assert.equal(await page.evaluate(() => fetch('/seed.xml').then(({ status }) => status)), 200);
  });
});
