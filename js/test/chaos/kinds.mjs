// What is done to a profile in a round. Each begins after a refresh, and ends with a running browser. A kind may
// count for itself what the table asks for: `served`, answers from before a log-out; `markers`, files that show an
// answer.
import { open, stat } from 'node:fs/promises';
import { soapAnswer } from '../../../dist/testing/index.js';
import { replaceRecords } from './records.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const anyOf = (list) => list[Math.floor(Math.random() * list.length)];

/** Publishes and refreshes on these pages until the browser ends, or `isOver` says so. */
async function publish(profile, pages, isOver = () => false) {
  try {
    while (!isOver()) {
      profile.stage.publish();
      await Promise.all(pages.map((page) => profile.refresh(page)));
    }
  } catch {
    // the browser is dead
  }
}

/** In a page: one of the two places is lost. */
async function lose(place) {
  test.close('c');
  if (place === 'databases') return test.deleteDatabases();
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

export const kinds = {
  /** The browser is killed while two tabs store what is published. */
  async killed(profile) {
    const publishing = publish(profile, [await profile.tab(), await profile.tab()]);
    await sleep(Math.random() * 600);
    await profile.kill();
    await publishing;
    await profile.start();
  },

  /** Tabs come and go while others store. */
  async opened(profile) {
    let isOver = false;
    const publisher = await profile.tab();
    const publishing = publish(profile, [publisher], () => isOver);
    for (let i = 0; i < 3; i++) {
      const page = await profile.tab();
      const refreshing = profile.refresh(page).catch(() => {});
      await sleep(Math.random() * 60);
      await page.close();
      await refreshing;
    }
    isOver = true;
    await publishing;
    await profile.leave(publisher);
  },

  /**
   * One tab is frozen in the middle of a refresh, and goes on after another stored what is newer: in both places, so
   * either alone is enough.
   */
  async frozen(profile, round) {
    const [frozen, other] = [await profile.tab(), await profile.tab()];
    const session = await frozen.createCDPSession();
    profile.stage.publish();
    const refreshing = profile.refresh(frozen).catch(() => {});
    await sleep(Math.random() * 40);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    profile.stage.publish();
    await profile.refresh(other);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await refreshing;
    await session.detach();
    await profile.leave(frozen);
    if (round % 2 === 1) await other.evaluate(lose, 'databases');
    await profile.leave(other);
  },

  /** One tab crashes in the middle of a refresh. */
  async crashed(profile) {
    const [dying, other] = [await profile.tab(), await profile.tab()];
    profile.stage.publish();
    const session = await dying.createCDPSession();
    const crashing = profile.refresh(dying).catch(() => {});
    await sleep(Math.random() * 40);
    session.send('Page.crash').catch(() => {});
    await profile.refresh(other);
    await dying.close().catch(() => {});
    await Promise.race([crashing, sleep(1_000)]);
    await profile.leave(other);
  },

  /** Something else wrote values of every kind in the place of every record: the second copy of the list is left. */
  async records(profile, round) {
    const page = await profile.tab();
    await page.evaluate(replaceRecords, ['catalogue', 'state', 'log'], round);
    await profile.leave(page);
  },

  /** The databases are deleted, as by a cleaning tool; or the second copy is. */
  async deleted(profile, round) {
    const page = await profile.tab();
    await page.evaluate(lose, round % 2 === 0 ? 'databases' : 'copy');
    await profile.leave(page);
  },

  /**
   * A bad disk: one of the two places is damaged while no browser runs. In a profile always the same one: damage may
   * show rounds later, and in both at once it would be two faults.
   */
  async corrupted(profile, round) {
    await sleep(1_000); // what was written is on the disk: a kill and a damage at once are two faults
    await profile.kill();
    const place = (profile.damaged ??= round % 2 === 0 ? /IndexedDB\// : /CacheStorage\//);
    const files = await profile.files((file) => place.test(file) && !file.endsWith('LOCK'));
    for (let i = 0; i < 3 && files.length > 0; i++) await damage(anyOf(files));
    await profile.start();
  },

  /** A page of another kind holds the databases open, busy and deaf to changes of version. */
  async blocked(profile) {
    const deaf = await profile.page();
    await deaf.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        indexedDB.open(name).onsuccess = ({ target: { result: db } }) => {
          const endMs = performance.now() + 1_500;
          const records = db.transaction(db.objectStoreNames, 'readwrite').objectStore(db.objectStoreNames[0]);
          (function busy() {
            if (performance.now() < endMs) records.count().onsuccess = busy;
          })();
        };
      }
    });
    const page = await profile.tab();
    profile.stage.publish();
    await profile.refresh(page);
    await Promise.all([profile.leave(page), profile.leave(deaf)]);
  },

  /** The browser gives no more room, also for what is published meanwhile. */
  async full(profile) {
    const page = await profile.tab();
    const session = await page.createCDPSession();
    const { origin } = profile.site;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    profile.stage.publish();
    await profile.refresh(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await session.detach();
    await profile.leave(page);
  },

  /** The clock of the PC is wrong while a list is published, and right again after. */
  async clocks(profile, round) {
    const off = [-86_400_000, 86_400_000, -400 * 86_400_000, 30 * 86_400_000, -Date.now(), 8.64e15 - 2 * Date.now()];
    const page = await profile.page();
    await page.evaluate(
      (ms) => {
        const { now } = Date;
        Date.now = () => now() + ms;
      },
      off[round % off.length],
    );
    await page.evaluate((options) => test.make('c', options), profile.stage.options());
    profile.stage.publish();
    await page.evaluate(() => test.call('c', 'refresh'));
    await profile.ask(page);
    await profile.leave(page);
  },

  /** The service worker is stopped at any point of a call or a publication, and is there for the next call. */
  async worker(profile, round, count) {
    const page = await profile.page();
    const options = encodeURIComponent(JSON.stringify(profile.stage.options()));
    await page.evaluate((script) => test.register(script), `/js/test/browser/pages/worker.mjs?options=${options}`);
    const session = await page.createCDPSession();
    await session.send('ServiceWorker.enable');
    const call = () =>
      page.evaluate((...args) => test.plain(...args), profile.stage.main, { method: 'POST', body: 'x' });
    for (let i = 0; i < 3; i++) {
      profile.stage.publish();
      const calling = call();
      await sleep(Math.random() * 400);
      await session.send('ServiceWorker.stopAllWorkers');
      await calling; // it may fail with the worker
    }
    if ((await call()).status !== 200) count.lost++;
    await page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
    await session.detach();
    await profile.leave(page);
  },

  /** The user logs out in one of two tabs while both call. Nothing of before is served after, nor is it on the disk. */
  async logout(profile, round, count) {
    const { stage } = profile;
    const marker = `Marker-${round}-${Math.random().toString(36).slice(2)}`;
    const body = soapAnswer(`<Answer xmlns="urn:drill">${marker}</Answer>`);
    stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } });
    stage.server.behave('/main', { body, headers: { 'content-type': 'text/xml' } });
    const secret = 'a secret of the server, of thirty-two bytes or more';
    const over = { cache: { services: [profile.service] }, user: 'doctor', secret };
    const tabs = [await profile.tab(over), await profile.tab(over)];
    const patients = Array.from({ length: 10 }, (_, i) => String(10_000_000_000 + i));
    await Promise.all(tabs.map((tab) => tab.evaluate(() => test.call('c', 'refresh'))));
    const calls = tabs.map((tab) => Promise.all(patients.map((inss) => profile.ask(tab, inss))));
    await sleep(Math.random() * 150);
    await tabs[0].evaluate(() => test.call('c', 'clear'));
    await Promise.all(calls);
    if (round % 2 === 0) {
      await profile.kill();
      await profile.start();
    } else await Promise.all(tabs.map((tab) => profile.leave(tab)));
    count.markers += await profile.finds(marker);
    stage.server.behave('/main', 'reset');
    stage.server.behave('/second', 'reset');
    const next = await profile.tab(over);
    for (const inss of patients) if ((await profile.ask(next, inss)).text?.includes(marker)) count.served++;
    await profile.leave(next);
    stage.server.behave('/main', 'ok');
    stage.server.behave('/second', 'ok');
  },
};

/** Overwrites a piece of a file with noise, or cuts it. */
async function damage(file) {
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  try {
    if (Math.random() < 0.3) return await handle.truncate(Math.floor(Math.random() * size));
    const noise = Buffer.from(Array.from({ length: 64 }, () => Math.floor(Math.random() * 256)));
    await handle.write(noise, 0, noise.length, Math.floor(Math.random() * size));
  } finally {
    await handle.close();
  }
}
