// What a bundler makes of the package. Bundles that are no ES modules: importing stops nothing, and the failure to find
// the wasm names what to change. Bundles that take little of it are small.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
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

  for (const [name, source, options] of [
    ['iife, what esbuild writes by itself', 'index.js', { format: 'iife' }],
    ['cjs for Node', 'index.node.js', { format: 'cjs', platform: 'node' }],
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
      const { stdout, stderr } = await run(process.execPath, [outfile]);
      const told = 'wasm-load-failed: the wasm cannot be loaded: give wasm to ehealth-bcp/slim';
      assert.equal(stdout, `imported\n${told}\n`, stderr);
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
