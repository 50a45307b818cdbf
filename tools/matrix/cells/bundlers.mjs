// Bundlers of pages.
import { html, nodeScript, pageScript } from '../lib/sources.mjs';

const wasmOf = 'node_modules/ehealth-bcp/dist/bcp.wasm';
const given = "{ wasm: '/bcp.wasm' }"; // the address of the copy
const classic = html('<script src="/main.js"></script>');

/** esbuild and Rollup leave the wasm where it is: a copy beside the bundle, or its address for slim. */
const esbuild = [
  {
    name: 'esbuild, esm',
    lines: ['--format=esm', 'cp node_modules/ehealth-bcp/dist/bcp.wasm dist/'],
    async run(app) {
      app.write({
        'main.js': pageScript(),
        'dist/index.html': html(),
        'build.sh':
          'esbuild main.js --bundle --format=esm --outdir=dist\ncp node_modules/ehealth-bcp/dist/bcp.wasm dist/\n',
      });
      await app.tool('esbuild', ['main.js', '--bundle', '--format=esm', '--outdir=dist']);
      app.copy(wasmOf, 'dist/bcp.wasm');
      return app.page('dist');
    },
  },
  {
    name: 'esbuild, iife',
    lines: ["wasm: '/bcp.wasm'"],
    async run(app) {
      app.write({ 'main.js': pageScript('ehealth-bcp/slim', given), 'dist/index.html': classic });
      await app.tool('esbuild', ['main.js', '--bundle', '--outdir=dist']);
      app.copy(wasmOf, 'dist/bcp.wasm');
      return app.page('dist');
    },
  },
  {
    name: 'esbuild, cjs for Node',
    async run(app) {
      const main = nodeScript()
        .replace('await ask', 'ask')
        .replace(
          /console\.log\(JSON\.stringify\((.*)\)\);/s,
          '$1.then((answer) => console.log(JSON.stringify(answer)));',
        );
      app.write({ 'main.js': main });
      const how = ['--platform=node', '--format=cjs', '--outfile=dist/main.cjs'];
      await app.tool('esbuild', ['main.js', '--bundle', ...how]);
      return JSON.parse(await app.run(process.execPath, ['dist/main.cjs']));
    },
  },
];

const rollupConfig = `import { copyFileSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';
const wasm = new URL(import.meta.resolve('ehealth-bcp/bcp.wasm'));
export default {
  input: 'main.js',
  output: { dir: 'dist', format: 'es' },
  plugins: [resolve(), { name: 'wasm', writeBundle: () => copyFileSync(wasm, 'dist/bcp.wasm') }],
};
`;
const rollup = [
  {
    name: 'Rollup 4',
    lines: ["writeBundle: () => copyFileSync(wasm, 'dist/bcp.wasm')"],
    async run(app) {
      app.write({ 'main.js': pageScript(), 'dist/index.html': html(), 'rollup.config.js': rollupConfig });
      await app.tool('rollup', ['-c']);
      return app.page('dist');
    },
  },
];

function vite(name, tool, needsLine) {
  const exclude = "optimizeDeps: { exclude: ['ehealth-bcp'] }";
  const files = { 'index.html': html(), 'main.js': pageScript() };
  const config = needsLine ? `export default { ${exclude} };\n` : 'export default {};\n';
  return [
    {
      name: `${name}, dev`,
      lines: needsLine ? [exclude] : undefined,
      async run(app) {
        app.write({ ...files, 'vite.config.js': config });
        return app.page(await app.start(tool, (port) => ['--port', port, '--host', '127.0.0.1', '--strictPort']));
      },
    },
    {
      name: `${name}, build`,
      async run(app) {
        app.write(files);
        await app.tool(tool, ['build']);
        return app.page('dist');
      },
    },
  ];
}

/** The wasm is left to the application, whose build emits it: the library is small. */
const external = "external: ['ehealth-bcp/wasm']";
const library = {
  name: 'Vite 8, library mode, in an application of Vite 8',
  lines: [external, 'wasm: wasm()'],
  async run(app) {
    app.write({
      'library.js': `import { createBcpClient } from 'ehealth-bcp/slim';
import { wasm } from 'ehealth-bcp/wasm';
export const makeClient = (options) => createBcpClient({ ...options, wasm: wasm() });
`,
      'vite.library.js': `const lib = { entry: 'library.js', formats: ['es'], fileName: 'built' };
export default { build: { outDir: 'library', lib, rolldownOptions: { ${external} } } };
`,
      'index.html': html(),
      'main.js': `import { makeClient } from './library/built.js';
import { ask } from './ask.js';
ask({ createBcpClient: makeClient }, globalThis.stage).then((answer) => { globalThis.answer = answer; });
`,
    });
    await app.tool('vite', ['build', '--config', 'vite.library.js']);
    const octets = app.sizeOf('library/built.js');
    if (octets > 200_000) return { error: `the library has ${octets} octets` };
    await app.tool('vite', ['build']);
    return app.page('dist');
  },
};

const webpackConfig = `export default { mode: 'production', entry: './main.js', output: { publicPath: 'auto' } };\n`;
const webpack = [
  ['webpack 5', 'webpack-cli', 'webpack.config.js'],
  ['Rspack 2', '@rspack/cli', 'rspack.config.js'],
].map(([name, tool, config]) => ({
  name,
  async run(app) {
    app.write({ 'main.js': pageScript(), 'dist/index.html': classic, [config]: webpackConfig });
    await app.tool(tool, ['build']);
    return app.page('dist');
  },
}));

const parcelPage = html('<script type="module" src="main.js"></script>');
const parcel = [
  {
    name: 'Parcel 2, main entry',
    async run(app) {
      app.write({ 'main.js': pageScript(), 'index.html': parcelPage });
      await app.tool('parcel', ['build', 'index.html', '--no-cache']);
      return app.page('dist');
    },
  },
  {
    name: 'Parcel 2, sub-paths',
    async run(app) {
      const head = `import { defineBcpStatus } from 'ehealth-bcp/status-element';
import { installServiceWorker } from 'ehealth-bcp/service-worker';
import { integrity } from 'ehealth-bcp/integrity';
if (!defineBcpStatus || !installServiceWorker || !integrity) throw new Error('an entry is empty');
import wasm from 'url:ehealth-bcp/bcp.wasm';
`;
      app.write({
        'main.js': pageScript('ehealth-bcp/slim', '{ wasm, wasmIntegrity: integrity }', head),
        'index.html': parcelPage,
      });
      await app.tool('parcel', ['build', 'index.html', '--no-cache']);
      return app.page('dist');
    },
  },
];

export const bundlers = [
  ...esbuild,
  ...rollup,
  ...vite('Vite 5', 'vite5', true),
  ...vite('Vite 7', 'vite7', true),
  ...vite('Vite 8', 'vite', false),
  library,
  ...webpack,
  ...parcel,
];
