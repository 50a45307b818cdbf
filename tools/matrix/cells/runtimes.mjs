// Runtimes without a bundler.
import { html, nodeScript, pageScript } from '../lib/sources.mjs';
import { fileOf, nodeOf } from '../lib/place.mjs';

const node = ['20', '22', '24'].map((version) => ({
  name: `Node ${version}`,
  async run(app) {
    app.write({ 'main.js': nodeScript() });
    return JSON.parse(await app.run(nodeOf(version), ['main.js']));
  },
}));

const slim = {
  name: 'Node 22, slim with ehealth-bcp/wasm',
  async run(app) {
    app.write({
      'main.js': nodeScript('ehealth-bcp/slim', '{ wasm: wasm() }', "import { wasm } from 'ehealth-bcp/wasm';"),
    });
    return JSON.parse(await app.run(nodeOf(22), ['main.js']));
  },
};

const required = {
  name: 'Node 22, require',
  async run(app) {
    const main = `const bcp = require('ehealth-bcp');
require('./ask.js').ask(bcp, JSON.parse(process.env.BCP_STAGE)).then((answer) => console.log(JSON.stringify(answer)));
`;
    app.write({ 'main.cjs': main });
    return JSON.parse(await app.run(nodeOf(22), ['main.cjs']));
  },
};

const others = [
  {
    name: 'Deno 2',
    async run(app) {
      app.write({ 'main.js': nodeScript(), 'deno.json': '{ "nodeModulesDir": "manual" }' });
      return JSON.parse(await app.tool('deno', ['run', '-A', 'main.js'], { DENO_NO_UPDATE_CHECK: '1' }));
    },
  },
  {
    name: 'Bun 1',
    async run(app) {
      app.write({ 'main.js': nodeScript() });
      return JSON.parse(await app.run(fileOf('bun/bin/bun.exe'), ['main.js']));
    },
  },
  {
    name: 'import map, no bundler',
    async run(app) {
      const map = '<script type="importmap">{ "imports": { "ehealth-bcp": "/vendor/ehealth-bcp/index.js" } }</script>';
      const page = html(`${map}\n<script type="module" src="/main.js"></script>`);
      app.write({ 'public/index.html': page, 'public/main.js': pageScript() });
      app.copy('ask.js', 'public/ask.js');
      app.copy('node_modules/ehealth-bcp/dist', 'public/vendor/ehealth-bcp');
      return app.page('public');
    },
  },
];

export const runtimes = [...node, slim, required, ...others];
