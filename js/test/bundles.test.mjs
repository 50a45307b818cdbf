// What a bundler makes of the package. Bundles that are no ES modules: importing stops nothing, and the failure to find
// the wasm names what to change. Bundles that take little of it are small.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { root, run } from './lib/native.mjs';

const application = (source) => `
  import { createBcpClient, preload } from './${source}';
  const anchors = ['-----BEGIN CERTIFICATE-----'];
  const options = { environment: 'Production', catalogue: 'https://list.example/', anchors };
  createBcpClient(options).close();
  console.log('imported');
  preload().catch((e) => console.log(e.code + ': ' + e.message));
`;

describe('a bundle without import.meta.url', () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, source, options, why] of [
    [
      'iife, what esbuild writes by itself',
      'index.js',
      { format: 'iife' },
      'the wasm cannot be loaded: give wasm to ehealth-bcp/slim',
    ],
    [
      'cjs for Node, where the package is not installed',
      'index.node.js',
      { format: 'cjs', platform: 'node' },
      'the wasm cannot be loaded: it is not beside the bundle and ehealth-bcp is not installed in the folder of the ' +
        'process: leave ehealth-bcp out of the bundle (external), or give wasm to ehealth-bcp/slim',
    ],
  ]) {
    it(`is imported, and preload says what to do: ${name}`, async () => {
      const outfile = join(folder, `${options.format}.cjs`);
      const stdin = { contents: application(source), resolveDir: join(root, 'dist') };
      await build({
        stdin,
        bundle: true,
        outfile,
        logLevel: 'error',
        logOverride: { 'empty-import-meta': 'silent' },
        ...options,
      });
      const { stdout, stderr } = await run(process.execPath, [outfile], '', folder);
      assert.equal(stdout, `imported\nwasm-load-failed: ${why}\n`, stderr);
    });
  }

  for (const format of ['cjs', 'esm']) {
    it(`of server code finds the wasm where the package is installed: ${format}`, async () => {
      const app = mkdtempSync(join(folder, 'app-'));
      mkdirSync(join(app, 'node_modules'));
      symlinkSync(root, join(app, 'node_modules/ehealth-bcp'));
      const outfile = join(app, `.next/server/main.${format === 'cjs' ? 'cjs' : 'mjs'}`);
      const contents = "import { preload } from './index.node.js'; preload().then(() => console.log('loaded'));";
      const stdin = { contents, resolveDir: join(root, 'dist') };
      const logOverride = { 'empty-import-meta': 'silent' };
      await build({ stdin, bundle: true, outfile, format, platform: 'node', logLevel: 'error', logOverride });
      const { stdout, stderr } = await run(process.execPath, [outfile], '', app);
      assert.equal(stdout, 'loaded\n', stderr);
    });
  }

  it('has its wasm when the application gives it', async () => {
    const outfile = join(folder, 'given.cjs');
    const contents = `
      import { createCore } from './slim.js';
      import { readFileSync } from 'node:fs';
      const file = readFileSync(${JSON.stringify(join(root, 'dist/bcp.wasm'))});
      createCore(file).preload().then(() => console.log('loaded'));
    `;
    const stdin = { contents, resolveDir: join(root, 'dist') };
    await build({ stdin, bundle: true, outfile, format: 'cjs', platform: 'node' });
    const { stdout, stderr } = await run(process.execPath, [outfile]);
    assert.equal(stdout, 'loaded\n', stderr);
  });
});

it('the CommonJS file is whole, and finds its wasm', async () => {
  const main = await import('../../dist/index.node.js');
  const all = createRequire(import.meta.url)('../../dist/commonjs.cjs');
  assert.deepEqual(Object.keys(all).sort(), Object.keys(main).sort());
  await all.preload();
});

describe('a bundle that takes little of the package', () => {
  /** What esbuild makes of a module that imports from the main entry. */
  async function bundleOf(contents) {
    const stdin = { contents, resolveDir: join(root, 'dist') };
    const logOverride = { 'ignored-bare-import': 'silent' };
    const options = { bundle: true, minify: true, format: 'esm', write: false, logOverride };
    return (await build({ stdin, ...options })).outputFiles[0];
  }

  it('is empty when it takes nothing', async () => {
    for (const entry of ['index', 'slim', 'serviceworker', 'status-element']) {
      assert.equal((await bundleOf(`import './${entry}.js';`)).text, '', entry);
    }
    assert.equal((await bundleOf("import { createBcpClient, verify } from './index.js';")).text, '');
  });

  it('is under 150 octets with isBcpError alone, and knows an error', async () => {
    const { text, contents } = await bundleOf("export { isBcpError } from './index.js';");
    assert.ok(contents.length < 150, `${contents.length}: ${text}`);
    const { isBcpError } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    const { BcpError } = await import('../../dist/index.node.js');
    assert.equal(isBcpError(new Error('x', { cause: new BcpError('closed', 'x') })), true);
    assert.equal(isBcpError(new Error('x')), false);
  });
});

it('Parcel, which reads no exports, has every entry of a page as an alias', () => {
  const { exports, alias } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ofNode = ['.', './node', './testing', './commonjs', './package.json'];
  const ofPages = Object.entries(exports).filter(([name]) => !ofNode.includes(name));
  assert.deepEqual(alias, Object.fromEntries(ofPages.map(([name, to]) => [name, to.default ?? to])));
});
