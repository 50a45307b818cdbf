// The law of the house, followed: every Source, every relative link and anchor, in the repository and in the package;
// no citation of a document that is not here; lines within 120 columns.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { it } from 'node:test';
import { root, run } from './lib/native.mjs';
import { anchorsOf, authoritiesOf, citationsOf, linksOf, pathsOf, sourcesOf, tooLong } from './lib/law.mjs';

const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const read = (file) => readFileSync(join(root, file), 'utf8');
const ending = (...ends) =>
  files.filter((file) => ends.some((end) => file.endsWith(end)) && existsSync(join(root, file)));
const documents = ending('.md');
// its cases are made up
const code = ending('.go', '.ts', '.mjs', '.js').filter((file) => file !== 'js/test/law.test.mjs');
const tops = new Set(files.map((file) => file.split('/')[0]));

/** What is wrong with a link of a document, among the files that there are; undefined when it leads somewhere. */
function brokenLink(from, target, exists, text) {
  const [path, anchor] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), decodeURIComponent(path)));
  if (!exists(file)) return `${from}: ${target}: no such file`;
  if (anchor && !anchorsOf(text(file)).has(anchor)) return `${from}: ${target}: no such anchor`;
  return undefined;
}

/** The same for a citation: a path from the root of the repository. */
const brokenCitation = (from, target, exists, text) =>
  brokenLink('README.md', target, exists, text)?.replace('README.md', from);

it('every relative link of a document leads somewhere', (t) => {
  const exists = (file) => existsSync(join(root, file));
  const links = documents.flatMap((file) => linksOf(read(file)).map((target) => [file, target]));
  assert.deepEqual(links.map(([file, target]) => brokenLink(file, target, exists, read)).filter(Boolean), []);
  assert.ok(links.length > 100, String(links.length));
  t.diagnostic(`${links.length} links followed`);
});

it('every path that a document names is there', (t) => {
  const named = documents.flatMap((file) => pathsOf(read(file), tops).map((path) => [file, path]));
  assert.deepEqual(
    named.filter(([, path]) => !existsSync(join(root, path))),
    [],
  );
  t.diagnostic(`${named.length} paths followed`);
});

it('every Source can be opened', (t) => {
  const exists = (file) => existsSync(join(root, file));
  const standards = authoritiesOf(read('docs/glossary.md'));
  const vectors = ending('vector.json').map((file) => [file, JSON.parse(read(file)).source]);
  const sources = code.flatMap((file) => sourcesOf(read(file)).map((text) => [file, text])).concat(vectors);
  const opened = (text) => standards.some((name) => text.startsWith(name)) || /^[\w./-]+\.\w+(#|\b)/.test(text);
  assert.deepEqual(
    sources.filter(([, text]) => !opened(text)),
    [],
  );
  const citations = sources
    .concat(code.map((file) => [file, read(file)]))
    .flatMap(([file, text]) => citationsOf(text).map((target) => [file, target]));
  assert.deepEqual(citations.map(([file, target]) => brokenCitation(file, target, exists, read)).filter(Boolean), []);
  assert.ok(sources.length > 500 && citations.length > 150, `${sources.length} ${citations.length}`);
  t.diagnostic(`${sources.length} sources, ${citations.length} citations of documents followed`);
});

it('links and citations lead somewhere inside the package, too', async (t) => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const packed = new Set(JSON.parse(stdout)[0].files.map(({ path }) => path));
  const exists = (file) => packed.has(file);
  const markdown = [...packed].filter((file) => file.endsWith('.md'));
  const typed = [...packed].filter((file) => /\.(js|d\.ts)$/.test(file));
  const links = markdown.flatMap((file) => linksOf(read(file)).map((target) => brokenLink(file, target, exists, read)));
  const cited = typed.flatMap((file) =>
    citationsOf(read(file)).map((target) => brokenCitation(file, target, exists, read)),
  );
  assert.deepEqual([...links, ...cited].filter(Boolean), []);
  t.diagnostic(`${links.length} links and ${cited.length} citations followed in ${packed.size} files`);
});

it('nothing cites what is not in the repository', () => {
  const cited = ending('.go', '.ts', '.mjs', '.json', '.md', '.tsv').flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => /DESIGN [§]|house[ ]style|issue [0-9"]/i.test(line) && !file.endsWith('law.test.mjs'))
      .map((line) => `${file}: ${line}`),
  );
  assert.deepEqual(cited, []);
});

it('lines are within 120 columns', (t) => {
  const data = /testdata\/|package-lock/; // generated
  const seen = ending('.go', '.md', '.ts', '.mjs', '.js').filter((file) => !data.test(file));
  assert.deepEqual(
    seen.flatMap((file) => tooLong(file, read(file))),
    [],
  );
  t.diagnostic(`${seen.length} files`);
});

it('sees what is wrong', () => {
  const exists = (file) => file === 'docs/a.md';
  const text = () => '# One, two\n';
  assert.equal(brokenLink('docs/b.md', 'a.md#one-two', exists, text), undefined);
  assert.match(brokenLink('docs/b.md', 'a.md#two', exists, text), /no such anchor/);
  assert.match(brokenLink('docs/b.md', '../a.md', exists, text), /no such file/);
  assert.deepEqual(linksOf('[a](b.md) `[c](d.md)` [e](https://x/) ![f](g.png)'), ['b.md', 'g.png']);
  assert.deepEqual(sourcesOf('// Source: RFC 1 §2,\n// §3.\n// Next.\nx // Source: y'), ['RFC 1 §2, §3. Next.', 'y']);
  assert.deepEqual(citationsOf('see docs/x.md#a, #b and #c; d'), ['docs/x.md#a', 'docs/x.md#b', 'docs/x.md#c']);
  assert.deepEqual(tooLong('x.go', `\t${'x'.repeat(116)}\n\t${'x'.repeat(117)}`), ['x.go:2: 121 columns']);
  assert.ok(statSync(join(root, 'docs/design.md')).isFile());
});
