// What an editor shows when the mouse is over a name: every export of every entry, and every public member, has it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { it } from 'node:test';
import { root } from './lib/native.mjs';

const dist = join(root, 'dist');
const textOf = (file) => readFileSync(join(dist, file), 'utf8');

/** The declarations of every entry of the package, with those that they export again. */
function published() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = new Set(Object.values(exports).flatMap(({ types }) => (types ? [types.replace('./dist/', '')] : [])));
  for (const file of files) {
    for (const [, path] of textOf(file).matchAll(/^export [^;]*? from '(\.[^']+)';/gm))
      files.add(normalize(join(dirname(file), path)).replace(/\.js$/, '.d.ts'));
  }
  return [...files];
}

const declaration = /^export (declare )?(function|const|class|interface|type) (?![{*])/; // not what is exported again
const member = /^\s+(static |readonly |get |set )*['\w$-]+\??[(:<]/;
const inside = /^\s*(private|protected|constructor|#|\*|declare )/;

/** The lines that declare something without a comment before them; a setter has that of its getter. */
function bare(text) {
  const names = (line) => declaration.test(line) || (member.test(line) && !inside.test(line));
  const nameOf = (line) => /['\w$-]+(?=\??[(:<])/.exec(line)?.[0];
  return text.split('\n').filter((line, i, lines) => {
    const before = lines[i - 1] ?? '';
    const isSaid = /\*\/\s*$/.test(before) || (names(before) && nameOf(before) === nameOf(line));
    return names(line) && !isSaid;
  });
}

it('every export and every public member has a text', (t) => {
  const files = published();
  const names = files.flatMap((file) => textOf(file).match(/\*\/\n/g) ?? []).length;
  assert.ok(files.length > 15 && names > 400, `${names} texts in ${files.length} files`);
  assert.deepEqual(
    files.flatMap((file) => bare(textOf(file)).map((line) => `${file}: ${line.trim()}`)),
    [],
  );
  t.diagnostic(`${names} texts in ${files.length} files`);
});

it('sees a name that has none', () => {
  const said =
    '/** A. */\nexport interface A {\n    /** B. */\n    b: string;\n    private c;\n    constructor(d: string);\n}\n';
  assert.deepEqual(bare(said), []);
  assert.deepEqual(bare(said.replace('    /** B. */\n', '')), ['    b: string;']);
  assert.deepEqual(bare('export declare const x: () => void;\n'), ['export declare const x: () => void;']);
  assert.deepEqual(bare("/** A. */\nexport type A =\n/** B. */\n{\n    readonly 'b-c'?: 1;\n};"), [
    "    readonly 'b-c'?: 1;",
  ]);
});
