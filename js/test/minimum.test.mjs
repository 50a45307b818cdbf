// The browsers that the documentation names can read the package: its syntax, and the instructions of the wasm.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { root } from './lib/native.mjs';

const doc = readFileSync(join(root, 'docs/application.md'), 'utf8');
const [, chrome, firefox, safari] = /^Chrome and Edge ([\d.]+), Firefox ([\d.]+), Safari and iOS ([\d.]+), or newer/m.exec(doc);

/** What the sections of a WebAssembly module use beyond its first version. Throws at what it does not know. Source: WebAssembly 2.0, §5.4, §5.5. */
function featuresOf(octets) {
  const found = new Set();
  let at = 8; // after the magic number and the version
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = octets[at++];
      value += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return value;
    }
  };
  const skip = (count) => { for (let i = 0; i < count; i++) number(); };
  const types = () => {
    for (let i = number(); i > 0; i--) {
      if (octets[at++] !== 0x60) throw new Error('a type that is no function');
      const parameters = number();
      at += parameters;
      const results = number();
      if (results > 1) found.add('several results');
      at += results;
    }
  };
  const instruction = () => {
    const code = octets[at++];
    if (code === 0x02 || code === 0x03 || code === 0x04) { // a block and its type
      if (octets[at] !== 0x40 && (octets[at] < 0x7c || octets[at] > 0x7f)) found.add('a block with a function type');
      number();
    } else if (code === 0x0e) skip(number() + 1); // br_table
    else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) skip(2); // call_indirect, loads and stores
    else if ([0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42].includes(code) || (code >= 0x20 && code <= 0x24)) number();
    else if (code === 0x43 || code === 0x44) at += code === 0x43 ? 4 : 8; // constants of floating point
    else if (code >= 0xc0 && code <= 0xc4) found.add('sign extension');
    else if (code === 0xfc) {
      const [sub, operands] = [number(), { 8: 2, 9: 1, 10: 2, 11: 1 }];
      if (sub > 11) throw new Error(`an unknown instruction fc ${sub}`);
      found.add(sub < 8 ? 'conversions that do not trap' : 'bulk memory');
      skip(operands[sub] ?? 0);
    } else if (![0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b].includes(code) && (code < 0x45 || code > 0xbf)) {
      throw new Error(`an unknown instruction ${code.toString(16)}`);
    }
  };
  const bodies = () => {
    for (let i = number(); i > 0; i--) {
      const size = number();
      const end = at + size;
      for (let locals = number(); locals > 0; locals--) skip(2);
      while (at < end) instruction();
      assert.equal(at, end);
    }
  };
  while (at < octets.length) {
    const section = octets[at++];
    const size = number();
    const end = at + size;
    if (section === 1) types();
    if (section === 10) bodies();
    if (section === 12) found.add('bulk memory'); // the count of data segments
    if (section > 12) throw new Error(`an unknown section ${section}`);
    at = end;
  }
  return found;
}

describe('the oldest browsers of the documentation', () => {
  it('read the syntax of the package', async () => {
    for (const entry of ['index.js', 'slim.js', 'serviceworker.js', 'status-element.js']) {
      const bundled = async (target) => (await build({
        entryPoints: [join(root, 'dist', entry)], bundle: true, format: 'esm', write: false, target, external: ['./bcp.wasm'], logLevel: 'error',
      })).outputFiles[0].text;
      const oldest = [`chrome${chrome}`, `edge${chrome}`, `firefox${firefox}`, `safari${safari}`, `ios${safari}`];
      assert.equal(await bundled(oldest), await bundled('esnext'), entry);
    }
  });

  it('read the wasm', () => {
    assert.deepEqual([...featuresOf(readFileSync(join(root, 'dist/bcp.wasm')))].sort(), ['bulk memory', 'conversions that do not trap', 'sign extension']);
    for (const feature of ['sign extension', 'conversions that do not trap', 'bulk memory']) assert.ok(doc.includes(feature), feature);
  });
});
