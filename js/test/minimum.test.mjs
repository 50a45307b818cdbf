// The browsers that the documentation names can read the package: its syntax, and the instructions of the wasm.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import wabt from 'wabt';
import { root } from './lib/native.mjs';

const doc = readFileSync(join(root, 'docs/application.md'), 'utf8');
const [, chrome, firefox, safari] =
  /^Chrome and Edge ([\d.]+), Firefox ([\d.]+), Safari and iOS ([\d.]+), or newer/m.exec(doc);

// What the documentation names beyond the first version of WebAssembly, as wabt calls it.
const named = {
  'sign extension': 'sign_extension',
  'conversions that do not trap': 'sat_float_to_int',
  'bulk memory': 'bulk_memory',
};
// What wabt reads unless it is told not to: the documentation promises to do without.
const others = ['mutable_globals', 'multi_value', 'reference_types', 'simd'];

describe('the oldest browsers of the documentation', () => {
  it('read the syntax of the package', async () => {
    for (const entry of ['index.js', 'slim.js', 'serviceworker.js', 'status-element.js']) {
      const bundled = async (target) =>
        (
          await build({
            entryPoints: [join(root, 'dist', entry)],
            bundle: true,
            format: 'esm',
            write: false,
            target,
            external: ['./bcp.wasm'],
            logLevel: 'error',
          })
        ).outputFiles[0].text;
      const oldest = [`chrome${chrome}`, `edge${chrome}`, `firefox${firefox}`, `safari${safari}`, `ios${safari}`];
      assert.equal(await bundled(oldest), await bundled('esnext'), entry);
    }
  });

  it('read the wasm', async () => {
    const { readWasm } = await wabt();
    const wasm = readFileSync(join(root, 'dist/bcp.wasm'));
    const without = (names) => Object.fromEntries(names.map((name) => [name, false]));
    const read = (...absent) => readWasm(wasm, without([...others, ...absent])).destroy();
    read();
    for (const [words, name] of Object.entries(named)) {
      assert.ok(doc.includes(words), words);
      assert.throws(() => read(name), /unexpected opcode/, words);
    }
  });
});
