// Shakes the storage of pages in Chromium and counts what was lost: `make chaos`. Rounds: BCP_CHAOS_ROUNDS (20 of each
// kind), BCP_CHAOS_LANES (3) at once; a kind begins no round after BCP_CHAOS_MINUTES (2). Kinds can be named. With
// BCP_CHAOS_FILE each round leaves a line in that file, and the rounds of earlier runs count: a long run can go on.
// Exits with 1 when a count that must be 0 is not.
//
// lost: a start with dead sources that was not protected. older: it held an older list than one that a page said to
// have stored. served: an answer from before a log-out. markers: files of the profile that show an answer in clear.
// errors: rounds that did not end, so that nothing is known of them.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipOf } from '../lib/browsers.mjs';
import { makeStage, service } from '../lib/stage.mjs';
import { kinds } from './kinds.mjs';
import { Profile } from './profile.mjs';
import { serveBundled } from './site.mjs';

const rounds = Number(process.env.BCP_CHAOS_ROUNDS ?? 20);
const lanes = Number(process.env.BCP_CHAOS_LANES ?? 3);
const longestMs = 60_000 * Number(process.env.BCP_CHAOS_MINUTES ?? 2);
const file = process.env.BCP_CHAOS_FILE;
const mostErrors = 5; // of a kind in one run: then it is no accident

/** The columns that must be 0. */
const none = { lost: 0, older: 0, served: 0, markers: 0, errors: 0 };

/** Adds a round to a line of the table. */
function add(line, round) {
  if (!round.errors) line.rounds++;
  for (const column of [...Object.keys(none), 'seconds']) line[column] += round[column];
}

/** Rounds of one kind, in lanes that share nothing: each has a profile, a browser and servers of its own. */
async function shake(line, site) {
  const startedMs = performance.now();
  const earlierErrors = line.errors;
  let begun = line.rounds;
  const nextRound = () => {
    const isOver = performance.now() - startedMs > longestMs || line.errors - earlierErrors >= mostErrors;
    return begun < rounds && !isOver ? begun++ : undefined;
  };
  const lane = async () => {
    for (let round = nextRound(); round !== undefined;) round = await shakeProfile(line, site, round, nextRound);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Rounds in one profile, from `round` on, until none is left or one did not end; returns the next. */
async function shakeProfile(line, site, round, nextRound) {
  const stage = await makeStage();
  const directory = await mkdtemp(join(tmpdir(), 'bcp-chaos-'));
  const profile = Object.assign(new Profile(site, stage, directory), { service });
  try {
    while (round !== undefined) {
      const count = await shakeOnce(profile, line.kind, round);
      add(line, count);
      if (file) appendFileSync(file, `${JSON.stringify(count)}\n`);
      round = nextRound();
      if (count.errors) return round;
    }
  } finally {
    await profile.kill().catch(() => {});
    await stage.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function shakeOnce(profile, kind, round) {
  const startedMs = performance.now();
  const count = { kind, round, ...none };
  try {
    await profile.begin();
    await kinds[kind](profile, round, count);
    await profile.judge(count);
  } catch (e) {
    count.errors++;
    console.error(`${kind}, round ${round}: ${e.stack}`);
  }
  return { ...count, seconds: Math.round(performance.now() - startedMs) / 1000 };
}

const reason = skipOf('chromium');
if (reason) throw new Error(reason);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(kinds, name));
if (unknown.length > 0) throw new Error(`expected of the kinds ${Object.keys(kinds).join(', ')}, got ${unknown}`);
const table = (named.length > 0 ? named : Object.keys(kinds)).map((kind) => ({ kind, rounds: 0, ...none, seconds: 0 }));
const earlier = file && existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
for (const round of earlier.map((text) => JSON.parse(text))) {
  const line = table.find(({ kind }) => kind === round.kind);
  if (line) add(line, round);
}
const site = await serveBundled();
for (const line of table) {
  await shake(line, site);
  console.log(Object.entries(line).flat().join(' '));
}
await site.close();
console.table(table.map((line) => ({ ...line, seconds: Math.round(line.seconds) })));
const isBad = (line) => line.rounds === 0 || Object.keys(none).some((column) => line[column] > 0);
process.exitCode = table.some(isBad) ? 1 : 0;
