// Workbox beside the package: a start without network, and the order of listeners (docs/pwa.md).
import { html } from '../lib/sources.mjs';

const precaching = `  globPatterns: ['**/*.{html,js,css,wasm}', 'seed.xml'],
  maximumFileSizeToCacheInBytes: 12 * 2 ** 20,
`;

/** The list has no address that answers: what the page has is the seed. */
const offlinePage = `import * as bcp from 'ehealth-bcp';
import { ask } from './ask.js';
await navigator.serviceWorker.register('/sw.js');
const { ready } = navigator.serviceWorker;
const seed = async () => (await fetch('/seed.xml')).arrayBuffer();
const more = { seed, catalogue: location.origin + '/no-list', namespace: location.hash || 'first' };
ask(bcp, globalThis.stage, more).then(async (answer) => {
  await ready;
  globalThis.answer = answer;
});
`;

const offline = {
  name: 'Workbox 7, a start without network',
  lines: precaching.trim().split('\n'),
  async run(app) {
    const list = await (await fetch(app.stage.options.catalogue)).text();
    app.write({ 'index.html': html(), 'main.js': offlinePage, 'public/seed.xml': list });
    const generate = `import { generateSW } from 'workbox-build';
const precaching = {
${precaching}};
const { warnings } = await generateSW({
  globDirectory: 'dist',
  swDest: 'dist/sw.js',
  skipWaiting: true,
  clientsClaim: true,
  ...precaching,
});
if (warnings.length > 0) throw new Error(warnings.join());
`;
    app.write({ 'generate.js': generate, 'vite.config.js': "export default { build: { target: 'es2022' } };\n" });
    await app.tool('vite', ['build']);
    await app.run(process.execPath, ['generate.js']);
    const site = await app.site('dist');
    try {
      const first = await site.ask('');
      if (first.endpoint !== app.stage.second) return first;
      site.goDown();
      return await site.ask('#second'); // another client, which has stored nothing
    } finally {
      await site.close();
    }
  },
};

const route = `registerRoute(({ url }) => url.pathname.startsWith('/api/'), new NetworkFirst({ cacheName: 'api' }));\n`;
const protect = `const callOptions = () => ({ repeat: 'yes' });
installServiceWorker(self, { ...STAGE.options, wasm: '/bcp.wasm', callOptions });\n`;
const workerOf = (...listeners) => `import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';
import { installServiceWorker } from 'ehealth-bcp/service-worker';
${listeners.join('')}self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
`;

/** Its calls are plain ones: the worker protects them. `kept` are the addresses that Workbox kept. */
const routedPage = `navigator.serviceWorker.register('/sw.js', { type: 'module' });
const { main, envelope: body } = globalThis.stage;
async function run() {
  await new Promise((resolve) => {
    if (navigator.serviceWorker.controller) resolve();
    navigator.serviceWorker.oncontrollerchange = resolve;
  });
  await (await fetch('/api/patients.json')).json();
  const response = await fetch(main, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });
  await response.text();
  const kept = (await (await caches.open('api')).keys()).length;
  return { status: response.status, endpoint: response.headers.get('x-bcp-endpoint'), kept };
}
run().catch((e) => ({ error: e.message })).then((answer) => { globalThis.answer = answer; });
`;

const order = {
  name: 'Workbox 7, routes before installServiceWorker',
  async run(app) {
    let answer;
    for (const [folder, listeners, kept] of [
      ['after', [protect, route], 0], // the routes do not run, as docs/pwa.md says
      ['before', [route, protect], 1],
    ]) {
      const files = { 'index.html': html(), 'main.js': routedPage, 'api/patients.json': '[]' };
      for (const [name, text] of Object.entries(files)) app.write({ [`${folder}/${name}`]: text });
      app.write({ [`${folder}.js`]: workerOf(...listeners) });
      app.copy('node_modules/ehealth-bcp/dist/bcp.wasm', `${folder}/bcp.wasm`);
      const defined = [`--define:STAGE=${JSON.stringify(app.stage)}`, '--define:process.env.NODE_ENV="production"'];
      await app.tool('esbuild', [`${folder}.js`, '--bundle', `--outfile=${folder}/sw.js`, '--format=esm', ...defined]);
      answer = await app.page(folder);
      if (answer.kept !== kept) return { error: `${folder}: ${answer.error ?? JSON.stringify(answer)}` };
    }
    return answer;
  },
};

export const workers = [offline, order];
