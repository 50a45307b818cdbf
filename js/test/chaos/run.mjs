// Shakes the storage of pages in Chromium and counts what was lost: `make chaos`. Rounds: BCP_CHAOS_ROUNDS (20 of each
// kind); no round begins after BCP_CHAOS_MINUTES (10, of all kinds). Exits with 1 when a count that must be 0 is not.
//
// lost: a start with dead sources that was not protected. older: it held an older list than a page that had refreshed.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, openPage, serve, skipOf } from '../lib/browsers.mjs';
import { makeStage, service, soapRequest } from '../lib/stage.mjs';
import { replaceRecords } from './records.mjs';

const rounds = Number(process.env.BCP_CHAOS_ROUNDS ?? 20);
const endMs = performance.now() + 60_000 * Number(process.env.BCP_CHAOS_MINUTES ?? 10);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const request = { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } };

/** A profile of its own with a browser that can be killed, and the newest list that a page held after a refresh. */
class Profile {
  newestMs = 0;
  constructor(site, stage, directory) {
    Object.assign(this, { site, stage, directory });
  }
  async start() {
    this.browser = await launch('chromium', { userDataDir: this.directory });
  }
  async tab() {
    const page = await openPage(this.browser.defaultBrowserContext(), this.site);
    await page.evaluate((options) => test.make('c', options), this.stage.options());
    return page;
  }
  async refresh(page) {
    await page.evaluate(() => test.call('c', 'refresh'));
    const { catalogue } = await page.evaluate(() => test.call('c', 'status'));
    this.newestMs = Math.max(this.newestMs, catalogue?.issueInstantMs ?? 0);
  }
  async kill() {
    const ended = once(this.browser.process(), 'exit');
    this.browser.process().kill('SIGKILL');
    await ended;
  }
  /** What a page finds that starts while no source answers. */
  async judge(count) {
    this.stage.server.behave('/catalogue.xml', 'reset');
    const page = await this.tab();
    const reply = await page.evaluate((...args) => test.ask('c', ...args), service, request);
    const { catalogue } = await page.evaluate(() => test.call('c', 'status'));
    if (!catalogue || reply.service !== service) count.lost++;
    else if (catalogue.issueInstantMs < this.newestMs) count.older++;
    await page.close();
  }
}

/** What is done to a profile in one round. Each begins after a refresh, and ends with a running browser. */
const kinds = {
  async killed(profile) {
    const pages = [await profile.tab(), await profile.tab()];
    const publishing = (async () => {
      for (;;) {
        profile.stage.publish();
        await Promise.all(pages.map((page) => profile.refresh(page)));
      }
    })().catch(() => {}); // the browser is dead
    await sleep(Math.random() * 600);
    await profile.kill();
    await publishing;
    await profile.start();
  },
  async frozen(profile) {
    const [frozen, other] = [await profile.tab(), await profile.tab()];
    const session = await frozen.createCDPSession();
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    profile.stage.publish();
    await profile.refresh(other);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await Promise.all([frozen.close(), other.close()]);
  },
  async crashed(profile) {
    const [dying, other] = [await profile.tab(), await profile.tab()];
    profile.stage.publish();
    const session = await dying.createCDPSession();
    const crashing = profile.refresh(dying).catch(() => {});
    session.send('Page.crash').catch(() => {});
    await profile.refresh(other);
    await dying.close().catch(() => {});
    await Promise.race([crashing, sleep(1_000)]);
    await other.close();
  },
  async records(profile, round) {
    const page = await profile.tab();
    await page.evaluate(replaceRecords, ['state', 'log'], round);
    await page.close();
  },
  async deleted(profile) {
    const page = await profile.tab();
    await page.evaluate(async () => {
      test.close('c');
      for (const { name } of await indexedDB.databases()) {
        await new Promise((resolve) => {
          indexedDB.deleteDatabase(name).onsuccess = resolve;
        });
      }
    });
    await page.close();
  },
};

async function shake(name, site) {
  const stage = await makeStage();
  const directory = await mkdtemp(join(tmpdir(), 'bcp-chaos-'));
  const profile = new Profile(site, stage, directory);
  const count = { kind: name, rounds: 0, lost: 0, older: 0, errors: 0, seconds: 0 };
  const startedMs = performance.now();
  try {
    await profile.start();
    while (count.rounds < rounds && performance.now() < endMs) {
      stage.publish();
      const page = await profile.tab();
      await profile.refresh(page);
      await page.close();
      await kinds[name](profile, count.rounds);
      await profile.judge(count);
      count.rounds++;
    }
  } catch (e) {
    count.errors++;
    console.error(`${name}, round ${count.rounds}: ${e.message}`);
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
const site = await serve();
const table = [];
for (const name of named.length > 0 ? named : Object.keys(kinds)) table.push(await shake(name, site));
await site.close();
console.table(table);
const isBad = ({ lost, older, errors, rounds: done }) => lost + older + errors > 0 || done === 0;
process.exitCode = table.some(isBad) ? 1 : 0;
