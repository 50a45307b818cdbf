// Shakes the storage of pages in Chromium and counts what was lost: `make chaos`. Rounds: BCP_CHAOS_ROUNDS (20 of each
// kind), BCP_CHAOS_LANES (3) at once; a kind begins no round after BCP_CHAOS_MINUTES (2). Kinds can be named. Exits
// with 1 when a count that must be 0 is not.
//
// lost: a start with dead sources that was not protected. older: it held an older list than one that a page said to
// have stored. served: an answer from before a log-out. markers: files of the profile that show an answer in clear.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, skipOf } from '../lib/browsers.mjs';
import { makeStage, service } from '../lib/stage.mjs';
import { kinds } from './kinds.mjs';
import { Profile } from './profile.mjs';

const rounds = Number(process.env.BCP_CHAOS_ROUNDS ?? 20);
const lanes = Number(process.env.BCP_CHAOS_LANES ?? 3);
const longestMs = 60_000 * Number(process.env.BCP_CHAOS_MINUTES ?? 2);

/** Rounds of one kind, in lanes that share nothing: each has a profile, a browser and servers of its own. */
async function shake(name, site) {
  const count = { kind: name, rounds: 0, lost: 0, older: 0, served: 0, markers: 0, errors: 0, seconds: 0 };
  const startedMs = performance.now();
  let begun = 0;
  const nextRound = () => (begun < rounds && performance.now() - startedMs < longestMs ? begun++ : undefined);
  await Promise.all(Array.from({ length: Math.min(lanes, rounds) }, () => shakeProfile(name, site, count, nextRound)));
  count.seconds = Math.round((performance.now() - startedMs) / 1000);
  return count;
}

async function shakeProfile(name, site, count, nextRound) {
  const stage = await makeStage();
  const directory = await mkdtemp(join(tmpdir(), 'bcp-chaos-'));
  const profile = Object.assign(new Profile(site, stage, directory), { service });
  let round;
  try {
    await profile.start();
    while ((round = nextRound()) !== undefined) {
      stage.publish();
      const page = await profile.tab();
      await profile.refresh(page);
      await page.close();
      await kinds[name](profile, round, count);
      await profile.judge(count);
      count.rounds++;
    }
  } catch (e) {
    count.errors++;
    console.error(`${name}, round ${round}: ${e.stack}`);
  } finally {
    await profile.kill().catch(() => {});
    await stage.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const reason = skipOf('chromium');
if (reason) throw new Error(reason);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(kinds, name));
if (unknown.length > 0) throw new Error(`expected of the kinds ${Object.keys(kinds).join(', ')}, got ${unknown}`);
const site = await serve();
const table = [];
for (const name of named.length > 0 ? named : Object.keys(kinds)) {
  table.push(await shake(name, site));
  console.log(Object.entries(table.at(-1)).flat().join(' '));
}
await site.close();
console.table(table);
const isBad = ({ lost, older, served, markers, errors, rounds: done }) =>
  lost + older + served + markers + errors > 0 || done === 0;
process.exitCode = table.some(isBad) ? 1 : 0;
