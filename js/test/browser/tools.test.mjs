// The quick rows of the matrix of tools: bundlers, runtimes, test runners, compilers, each with a small application and
// the package as npm would publish it. `make test-tools` runs every row, and installs the tools; a forge installs them
// here, too.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cells } from '../../../tools/matrix/cells/index.mjs';
import { openMatrix } from '../../../tools/matrix/lib/matrix.mjs';
import { install, isInstalled } from '../../../tools/matrix/lib/place.mjs';
import { skipOf } from '../lib/browsers.mjs';

const quick = [
  'esbuild, esm',
  'esbuild, iife',
  'esbuild, cjs for Node',
  'Rollup 4',
  'Vite 5, dev',
  'Vite 8, dev',
  'Vite 8, build',
  'webpack 5',
  'Rspack 2',
  'Parcel 2, sub-paths',
  'React 19, TypeScript: the panel in JSX',
  'Workbox 7, a start without network',
  'Node 20',
  'Node 24',
  'Node 22, require',
  'import map, no bundler',
  'jest 30, CommonJS',
  'vitest 5, jsdom',
  'TypeScript 5.0, bundler',
  'TypeScript 5.9, nodenext',
  'publint, strict',
  'Are the types wrong, strict',
];

/** Why the tools are not there, or false. */
function missing() {
  if (isInstalled()) return false;
  if (!process.env.CI) return 'the tools are not installed: make test-tools installs them';
  try {
    install();
    return false;
  } catch (e) {
    return `the tools cannot be installed: ${e.message}`;
  }
}

describe('the package in other tools', { skip: skipOf('chromium') || missing() }, () => {
  let matrix;
  before(async () => {
    matrix = await openMatrix();
  });
  after(() => matrix?.close());

  for (const name of quick) {
    it(name, async () => {
      const cell = cells.find((each) => each.name === name);
      assert.ok(cell, 'there is such a row');
      const { ok, note } = await matrix.run(cell);
      assert.ok(ok, note);
    });
  }
});
