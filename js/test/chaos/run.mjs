// Shakes the storage of pages in Chromium and counts what was lost: `make chaos`. Rounds: BCP_CHAOS_ROUNDS (20 of each
// kind); a kind begins no round after BCP_CHAOS_MINUTES (2). Kinds can be named. Exits with 1 when a count that must be
// 0 is not.
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
const longestMs = 60_000 * Number(process.env.BCP_CHAOS_MINUTES ?? 2);

async function shake(name, site) {
  const stage = await makeStage();
  const directory = await mkdtemp(join(tmpdir(), 'bcp-chaos-'));
  const profile = Object.assign(new Profile(site, stage, directory), { service });
  const count = { kind: name, rounds: 0, lost: 0, older: 0, served: 0, markers: 0, errors: 0, seconds: 0 };
  const startedMs = performance.now();
  try {
    await profile.start();
    while (count.rounds < rounds && performance.now() - startedMs < longestMs) {
      stage.publish();
      const page = await profile.tab();
      await profile.refresh(page);
      await page.close();
      await kinds[name](profile, count.rounds, count);
      await profile.judge(count);
      count.rounds++;
    }
  } catch (e) {
    count.errors++;
    console.error(`${name}, round ${count.rounds}: ${e.stack}`);
  } finally {
    count.seconds = Math.round((performance.now() - startedMs) / 1000);
    await profile.kill().catch(() => {});
    await stage.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return count;
}

const reason = skipOf('chromium');
if (reason) throw new Error(reason);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(kinds, name));
if (unknown.length > 0) throw new Error(`expected of the kinds ${Object.keys(kinds).join(', ')}, got ${unknown}`);
const site = await serve();
const table = [];
for (const name of named.length > 0 ? named : Object.keys(kinds)) {
  console.log(`${name} …`);
  table.push(await shake(name, site));
}
await site.close();
console.table(table);
const isBad = ({ lost, older, served, markers, errors, rounds: done }) =>
  lost + older + served + markers + errors > 0 || done === 0;
process.exitCode = table.some(isBad) ? 1 : 0;
