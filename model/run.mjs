// Searches every state of the models with spin, looks for each deliberate bug, and writes the paths that the tests play
// on the code. docs/model.md says how to read what it prints.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `node model/run.mjs [MODEL…] [--paths] [--write]

Without MODEL all of them. --paths: only the paths, no search. --write: keep what is found in model/testdata instead of
comparing it with what is there.`;
const here = dirname(fileURLToPath(import.meta.url));
const kept = join(here, 'testdata');
const sources = readdirSync(here).filter((file) => file.endsWith('.pml'));
const texts = new Map(sources.map((file) => [file, readFileSync(join(here, file), 'utf8')]));
const included = (file) => [...texts.get(file).matchAll(/^#include "(.+)"/gm)].map(([, name]) => name);
const all = sources.filter((file) => /^active proctype/m.test(whole(file))).filter((file) => !isPart(file));
const maxDepth = 20_000;
const shortDepths = [25, 40, 60, 100, maxDepth]; // a trail is looked for among the short ones first
const seeds = 100; // random runs of which paths are chosen
const maxPaths = 60;

/** The text of a model with what it includes. */
function whole(file) {
  return [texts.get(file), ...included(file).map(whole)].join('\n');
}

function isPart(file) {
  return sources.some((other) => included(other).includes(file));
}

const run = (command, args, cwd) =>
  new Promise((resolve, reject) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      // pan and spin end with other codes than 0 when they found something
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: error?.code ?? 0, text: stdout + stderr });
    });
  });

/** A folder of its own with the models in it, for the time of the work: spin leaves files where it runs. */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'bcp-model-'));
  try {
    for (const source of sources) copyFileSync(join(here, source), join(folder, source));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the search of a model with these definitions. */
async function build(file, defines, folder) {
  const { text } = await run('spin', ['-a', ...defines, file], folder);
  if (/error/i.test(text)) throw new Error(`${file}: spin: ${text.trim()}`);
  const { code, text: flaws } = await run('gcc', ['-O1', '-w', '-DSAFETY', '-DNOCLAIM', '-o', 'pan', 'pan.c'], folder);
  if (code !== 0) throw new Error(`${file}: gcc: ${flaws.slice(0, 500)}`);
}

/** What a search printed. */
function reportOf(text) {
  const number = (pattern) => Number(pattern.exec(text)?.[1] ?? NaN);
  return {
    states: number(/(\d+) states, stored/),
    depth: number(/depth reached (\d+)/),
    megabytes: number(/([\d.]+)\s+total actual memory/),
    errors: number(/errors: (\d+)/),
    violated: [...new Set([...text.matchAll(/assertion violated\s+!\((\w+)\)/g)].map(([, name]) => name))],
    others: [...text.matchAll(/^pan:\d+: (?!assertion violated\s+!\(\w+\)).*$/gm)].map(([line]) => line),
    isCut: /max search depth too small|out of memory/.test(text),
    unreached: [...text.matchAll(/^\s+\S+\.pml:\d+, state \d+, ".*"$/gm)].map(([line]) => line.trim()),
  };
}

/** The lines of a path in what spin printed. */
const linesOf = (text) =>
  text
    .replace(/spin: [^\n]*\n/g, '')
    .split('\n')
    .filter((line) => / \| /.test(line))
    .map((line) => line.trim());

async function trailOf(file, folder, defines) {
  for (const depth of shortDepths) {
    const { text } = await run('./pan', [`-m${depth}`, '-w22'], folder);
    if (reportOf(text).errors > 0) break;
  }
  return linesOf((await run('spin', [...defines, '-t', '-T', file], folder)).text);
}

/** Searches the model itself. Returns what is wrong with it. */
async function search(file, folder) {
  const started = Date.now();
  await build(file, [], folder);
  const { text } = await run('./pan', [`-m${maxDepth}`, '-w25'], folder);
  const report = reportOf(text);
  const { states, depth, megabytes } = report;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${file}: ${states} states, depth ${depth}, ${megabytes} MB, ${seconds} s`);
  const flaws = report.others.slice(0, 3);
  if (!(states > 0)) flaws.push(`no search: ${text.slice(0, 300)}`);
  if (report.isCut) flaws.push('the search was cut short');
  if (report.unreached.length > 0) flaws.push(`never reached: ${report.unreached.join('; ')}`);
  if (report.errors > 0) {
    const trail = `path 0\n${(await trailOf(file, folder, [])).join('\n')}\n`;
    const path = join(here, '../build', `${nameOf(file)}.trail`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, trail);
    flaws.push(`violated: ${report.violated.join(', ')}; a way there, also in build/${nameOf(file)}.trail:\n${trail}`);
  }
  return flaws.map((flaw) => `${file}: ${flaw}`);
}

/** The deliberate bugs that a model lists: "BUG_NAME -> property" in its comments. */
function bugsOf(file) {
  const text = whole(file);
  const listed = [...text.matchAll(/\b(BUG_\w+) +-> +(\w+)/g)].map(([, bug, property]) => ({ bug, property }));
  const used = new Set(text.match(/^#.*\bBUG_.*$/gm)?.flatMap((line) => line.match(/\bBUG_\w+/g)));
  for (const { bug } of listed) if (!used.has(bug)) throw new Error(`${file}: ${bug} is listed and not used`);
  return listed;
}

/** Looks for a deliberate bug: its property, and no other, is violated. */
async function hunt(file, { bug, property }, folder) {
  const defines = [`-D${bug}`, '-DSMALL'];
  await build(file, defines, folder);
  const { violated, others, isCut } = reportOf((await run('./pan', [`-m${maxDepth}`, '-w22', '-c0'], folder)).text);
  const isFound = violated.length === 1 && violated[0] === property && others.length === 0 && !isCut;
  const steps = isFound ? await trailOf(file, folder, defines) : [];
  console.log(`  ${bug}: ${isFound ? `${property}, after ${steps.length} steps` : `NOT FOUND as ${property}`}`);
  const told = [...violated, ...others.slice(0, 3), ...(isCut ? ['the search was cut short'] : [])].join(', ');
  const flaw = isFound ? [] : [`${file}: ${bug}: expected ${property} alone, got ${told || 'nothing'}`];
  return { flaws: flaw, text: `bug ${bug} ${property}\n${steps.join('\n')}\n` };
}

/** Searches a model, and each of its bugs. Returns what is wrong. */
async function examine(file, isWriting) {
  const flaws = await inFolder((folder) => search(file, folder));
  const hunts = await inTurn(bugsOf(file).map((bug) => () => inFolder((folder) => hunt(file, bug, folder))));
  flaws.push(...hunts.flatMap((one) => one.flaws));
  if (flaws.length > 0) return flaws;
  return keep(`${nameOf(file)}.bugs`, hunts.map((one) => one.text).join(''), isWriting);
}

/** Random runs, of which each that goes somewhere new is a path. */
async function pathsOf(file) {
  const known = new Set();
  const paths = [];
  const walk = (seed) =>
    inFolder(async (folder) => linesOf((await run('spin', [`-n${seed}`, '-T', '-u100000', file], folder)).text));
  const runs = await inTurn(Array.from({ length: seeds }, (_, i) => () => walk(i + 1)));
  if (runs.some((lines) => lines.length === 0)) throw new Error(`${file}: a random run of spin told nothing`);
  for (const [i, lines] of runs.entries()) {
    const kinds = lines.map((line, at) => `${lines[at - 1]?.split('|')[1] ?? ''}>${line}`);
    const fresh = kinds.filter((kind) => !known.has(kind));
    if (fresh.length < 2 || paths.length === maxPaths) continue;
    for (const kind of fresh) known.add(kind);
    paths.push(`path ${i + 1}\n${lines.join('\n')}\n`);
  }
  console.log(`  ${paths.length} paths, ${known.size} different steps`);
  return paths.join('');
}

/** Does the jobs, as many at once as there are processors; results in their order. */
async function inTurn(jobs) {
  const results = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < jobs.length; i = next++) results[i] = await jobs[i]();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

/** Compares with what is kept, or keeps it. */
function keep(name, text, isWriting) {
  const path = join(kept, name);
  const head = `# Made by make model; docs/model.md says what the lines mean.\n`;
  if (isWriting) {
    mkdirSync(kept, { recursive: true });
    writeFileSync(path, head + text);
    return [];
  }
  let before = '';
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    // as good as empty
  }
  return before === head + text ? [] : [`model/testdata/${name} is not what the model gives: make model-write`];
}

const nameOf = (file) => file.replace(/\.pml$/, '');

function need(command, args, hint) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n')[0];
  } catch {
    console.error(`The models need ${command}: ${hint}`);
    process.exit(2);
  }
}

function chosen(names) {
  const unknown = names.filter((name) => !all.includes(`${name}.pml`));
  if (unknown.length > 0) {
    console.error(`There is no model ${unknown.join(', ')}; there are ${all.map(nameOf).join(', ')}.\n\n${usage}`);
    process.exit(2);
  }
  return names.length === 0 ? all : names.map((name) => `${name}.pml`);
}

async function main() {
  let given;
  try {
    given = parseArgs({ options: { paths: { type: 'boolean' }, write: { type: 'boolean' } }, allowPositionals: true });
  } catch (e) {
    console.error(`${e.message}\n\n${usage}`);
    process.exit(2);
  }
  const files = chosen(given.positionals);
  const version = need('spin', ['-V'], 'Debian has it as the package spin');
  need('gcc', ['--version'], 'Debian has it as the package gcc');
  const started = Date.now();
  const flaws = [];
  for (const file of files) {
    if (!given.values.paths) flaws.push(...(await examine(file, given.values.write)));
    flaws.push(...keep(`${nameOf(file)}.paths`, await pathsOf(file), given.values.write));
  }
  console.log(`${version}: ${files.length} models in ${Math.round((Date.now() - started) / 1000)} s`);
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}

await main();
