// What is published, and what a consumer finds in it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildWasm } from '../../tools/build.mjs';
import { wasmExecModule } from '../../tools/wasm-exec.mjs';
import { examplesOf } from './lib/examples.mjs';
import { root, run } from './lib/native.mjs';

const bin = (name) => join(root, 'node_modules/.bin', name);
const consumer = join(root, 'build/consumer');
// They run npm pack, which builds: not under the other tests, which read dist/.
const packing = (command, args) => run('env', ['npm_config_ignore_scripts=true', command, ...args]);
const modules = () =>
  readdirSync(join(root, 'dist'), { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .sort();
const textOf = (file) => readFileSync(join(root, 'dist', file), 'utf8');
const sha384 = (file) => createHash('sha384').update(readFileSync(file)).digest('base64');

before(() => {
  rmSync(consumer, { recursive: true, force: true });
  mkdirSync(join(consumer, 'node_modules'), { recursive: true });
  symlinkSync(root, join(consumer, 'node_modules/ehealth-bcp'));
});
after(() => rmSync(consumer, { recursive: true, force: true }));

const shipped = [
  /^dist\/[\w/.-]+\.(c?js|js\.map|d\.c?ts|wasm|txt)$/,
  /^dist\/demo\/page\/[\w.]+\.(html|css|js)$/,
  /^docs\/(recipes\/)?[\w-]+\.md$/,
  /^docs\/images\/[\w-]+\.(svg|webp)$/,
  /^core\/procedure\/guidance\.json$/,
  /^(LICENSE|(README|CHANGELOG|SECURITY)\.md|package\.json)$/,
];

describe('the package', () => {
  it('holds dist, documentation and licence, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
    const paths = JSON.parse(stdout)[0].files.map(({ path }) => path);
    const odd = paths.filter((path) => !shipped.some((pattern) => pattern.test(path)));
    assert.deepEqual(odd, []);
    const { exports, bin: commands } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    for (const target of [...targets, `./${commands['ehealth-bcp']}`])
      assert.ok(paths.includes(target.slice(2)), target);
  });

  it('has the version of the core', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { stdout } = await run(process.execPath, [join(root, 'dist/cli.js'), 'version']);
    assert.equal(stdout, `ehealth-bcp ${version}\n`);
  });

  it('has no dependencies and no install script', () => {
    const { dependencies, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    assert.equal(dependencies, undefined);
    assert.deepEqual(
      Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
      [],
    );
  });

  it('has the wasm that the sources make, with its hash', async () => {
    const again = join(root, 'build/again.wasm');
    buildWasm(again);
    assert.equal(sha384(join(root, 'dist/bcp.wasm')), sha384(again));
    const { integrity, madeWith } = await import('../../dist/integrity.js');
    assert.equal(integrity, `sha384-${sha384(again)}`);
    assert.equal(`${madeWith}\n`, (await run('go', ['env', 'GOVERSION'])).stdout);
  });

  it('has the wasm_exec.js of the Go release that made the wasm', () => {
    assert.equal(textOf('core/wasm_exec.js'), wasmExecModule());
  });

  it('shows its source to a debugger, and no path of the machine that built it', () => {
    const compiled = modules().filter((file) => /sourceMappingURL/.test(textOf(file)));
    assert.ok(compiled.length > 40, String(compiled.length));
    for (const file of compiled) {
      const { sources, sourcesContent, mappings } = JSON.parse(textOf(`${file}.map`));
      const [source] = sources;
      assert.ok(source.startsWith('../') && source.includes('js/src/'), source);
      assert.equal(sourcesContent[0], readFileSync(join(root, 'js/src', file.replace(/js$/, 'ts')), 'utf8'), file);
      if (textOf(file).includes('function')) assert.ok(mappings.length > 0, file);
    }
  });

  it('names the wasm only where a bundler may look for it', () => {
    const mentions = (file) => textOf(file).includes("new URL('./bcp.wasm', import.meta.url)");
    assert.deepEqual(modules().filter(mentions), ['cli.js', 'wasm.js', 'wasm.node.js']);
  });

  it('can be imported where TextEncoder and its like are missing', async () => {
    const missing = ['TextEncoder', 'TextDecoder', 'crypto', 'performance']
      .map((name) => `delete globalThis.${name};`)
      .join(' ');
    const entries = ['index', 'slim', 'serviceworker', 'status-element'];
    const code = [
      missing,
      ...entries.map((name) => `await import('./dist/${name}.js');`),
      `console.log('imported')`,
    ].join('\n');
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code]);
    assert.equal(stdout.trim(), 'imported', stderr);
  });

  it('uses no eval, no console, no dynamic import', () => {
    for (const file of modules()) {
      if (file === 'core/wasm_exec.js') continue; // Go's own; what it prints, core/program.ts swallows
      assert.doesNotMatch(textOf(file), /\beval\(|new Function|console\.|[^.\w]import\(|new Worker|innerHTML/, file);
    }
  });

  it('passes publint', async () => {
    const { exit, stdout, stderr } = await packing(bin('publint'), ['--strict', '--pack', 'npm']);
    assert.equal(exit, 0, stdout + stderr);
  });

  it('passes attw', async () => {
    const { exit, stdout, stderr } = await packing(bin('attw'), [
      '--pack',
      '.',
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      './bcp.wasm',
    ]);
    assert.equal(exit, 0, stdout + stderr);
  });

  for (const [module, moduleResolution] of [
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ]) {
    it(`compiles in a consumer: ${moduleResolution}`, async () => {
      writeFileSync(join(consumer, 'consumer.ts'), readFileSync(join(root, 'js/test/types/consumer.ts')));
      await compiles(['consumer.ts'], { module, moduleResolution });
    });
  }

  it('compiles what the readme and the documentation show', async () => {
    const shown = ['README.md', 'docs/application.md'].flatMap(examplesOf).filter(({ kind }) => kind === 'ts');
    assert.equal(shown.length, 2);
    const given =
      'declare const issuingCaPem: string, envelope: string; declare function showNotice(text: string): void;\n';
    const files = shown.map(({ code }, i) => {
      writeFileSync(join(consumer, `shown${i}.ts`), given + code);
      return `shown${i}.ts`;
    });
    for (const file of files) await compiles([file], { module: 'NodeNext', moduleResolution: 'NodeNext' });
  });

  it('compiles the service worker that the documentation shows', async () => {
    const { code } = examplesOf('docs/service-worker.md').find((example) =>
      example.code.includes('installServiceWorker'),
    );
    writeFileSync(
      join(consumer, 'worker.ts'),
      `declare const issuingCaPem: string, self: ServiceWorkerGlobalScope;\n${code}`,
    );
    await compiles(['worker.ts'], { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2022', 'WebWorker'] });
  });

  const jsxOf = {
    'React 18': ['react18.d.ts', { jsx: 'preserve' }, () => ''],
    'React 19': ['react19.d.ts', { jsx: 'react-jsx' }, () => shownIn('docs/status-panel.md', "declare module 'react'")],
  };
  for (const [name, [declarations, options, augmentation]] of Object.entries(jsxOf)) {
    it(`compiles as JSX: ${name}`, async () => {
      const typed = (file) => readFileSync(join(root, 'js/test/types', file), 'utf8');
      writeFileSync(join(consumer, declarations), typed(declarations));
      writeFileSync(join(consumer, 'augmentation.ts'), `import 'ehealth-bcp/status-element';\n${augmentation()}`);
      writeFileSync(join(consumer, 'panel.tsx'), typed('panel.tsx'));
      const files = [declarations, 'augmentation.ts', 'panel.tsx'];
      await compiles(files, { module: 'ESNext', moduleResolution: 'Bundler', ...options });
    });
  }
  const shownIn = (file, text) => examplesOf(file).find(({ code }) => code.includes(text)).code;

  async function compiles(files, options) {
    writeFileSync(join(consumer, 'package.json'), '{"type":"module"}');
    const compilerOptions = {
      target: 'ES2022',
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
      ...options,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      preserveSymlinks: true,
    };
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { exit, stdout } = await run(bin('tsc'), ['-p', consumer]);
    assert.equal(exit, 0, stdout);
  }
});

describe('require() of the package', () => {
  it('works in Node', async () => {
    const { stdout, stderr } = await run(process.execPath, [
      '-e',
      "console.log(typeof require('ehealth-bcp').createBcpClient)",
    ]);
    assert.equal(stdout, 'function\n', stderr);
  });
});
