// The last good catalogue is kept twice, and what could not be kept is kept later. IndexedDB is fake-indexeddb, and
// Cache Storage a map; js/test/chaos does the same to a real browser.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { createDrillAuthority } from '../../dist/testing/index.js';
import { Caches } from './lib/caches.mjs';
import { clientOf, events, stage, until } from './lib/clients.mjs';
import { service, soapRequest } from './lib/stage.mjs';

beforeEach(() => {
  globalThis.caches = new Caches();
});
afterEach(() => {
  delete globalThis.caches;
});

const issued = async (client) => (await client.status()).catalogue?.issueInstantMs;
const rejected = () => events.filter(({ type }) => type === 'catalogue-rejected');

/** A first start, which keeps what is published; resolves when both places have it. */
async function keep() {
  const client = clientOf();
  await client.refresh();
  await until(() => globalThis.caches.entries.length > 0);
  const at = await issued(client);
  client.close();
  return at;
}

/** From here no source answers. */
function cutOff() {
  stage.server.behave('/catalogue.xml', 'unavailable');
}

/** The catalogues in IndexedDB, the current one first. */
const inDatabase = () =>
  new Promise((resolve, reject) => {
    const { namespace, environment } = stage.options();
    const opening = indexedDB.open(`ehealth-bcp:${namespace}:${environment}`);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const all = db.transaction('catalogue').objectStore('catalogue').getAll();
      all.onsuccess = () => {
        db.close();
        resolve(all.result);
      };
    };
  });

describe('the second copy', () => {
  it('serves when IndexedDB lost the catalogue, and puts it back there', async () => {
    const at = await keep();
    globalThis.indexedDB = new IDBFactory();
    cutOff();
    assert.equal(await issued(clientOf()), at);
    await until(async () => (await inDatabase()).length === 1);
  });

  it('is made anew when it is lost', async () => {
    await keep();
    globalThis.caches = new Caches();
    cutOff();
    await clientOf().preload();
    await until(() => globalThis.caches.entries.length === 1);
  });

  it('wins when it is the newer one, and the older place gets it', async () => {
    await keep();
    const [older, copies] = [globalThis.indexedDB, globalThis.caches];
    globalThis.indexedDB = new IDBFactory();
    stage.publish();
    const newer = clientOf();
    await newer.refresh();
    const at = await issued(newer);
    await until(async () => (await issuedIn(copies)) === at);
    newer.close();
    globalThis.indexedDB = older;
    cutOff();
    assert.equal(await issued(clientOf()), at);
    await until(async () => (await inDatabase()).some(({ issueInstantMs }) => issueInstantMs === at));
    assert.deepEqual(rejected(), [], 'an older one is no fault');
  });

  it('loses when it is the older one, whatever its moments say', async () => {
    await keep();
    const [older] = globalThis.caches.entries.map((entry) => ({ ...entry, headers: [['issued', '4000000000000']] }));
    stage.publish();
    const at = await keep();
    for (const place of globalThis.caches.places.values())
      for (const address of place.keys()) place.set(address, older);
    cutOff();
    const client = clientOf();
    assert.equal(await issued(client), at);
    await until(async () => (await issuedIn(globalThis.caches)) === at);
    assert.equal(await issued(client), at);
  });

  it('is verified: one that was tampered with is refused, and replaced', async () => {
    const at = await keep();
    const flip = () => {
      for (const { octets } of globalThis.caches.entries) octets[octets.length >> 1] ^= 1;
    };
    const [{ octets: good }] = globalThis.caches.entries.map(({ octets }) => ({ octets: octets.slice() }));
    flip();
    cutOff();
    const client = clientOf();
    assert.equal(await issued(client), at);
    await until(() => rejected().length === 1);
    await until(() => Buffer.compare(globalThis.caches.entries[0].octets, good) === 0);
    client.close();

    globalThis.indexedDB = new IDBFactory();
    flip();
    assert.equal((await clientOf().status()).phase, 'no-catalogue');
  });

  for (const [what, matches] of Object.entries({
    'reading it fails': () => Promise.reject(new DOMException('', 'UnknownError')),
    'its octets are cut': async () =>
      new Response(new ReadableStream({ start: (it) => it.error(new TypeError('cut')) })),
  })) {
    it(`is made anew, in a new place, where ${what}`, async () => {
      const at = await keep();
      const damaged = { match: matches, put: () => Promise.reject(new DOMException('', 'UnknownError')) };
      const { open, delete: drop } = globalThis.caches;
      let isDamaged = true;
      globalThis.caches.open = async function (name) {
        return isDamaged ? damaged : open.call(this, name);
      };
      globalThis.caches.delete = async function (name) {
        isDamaged = false;
        return drop.call(this, name);
      };
      cutOff();
      const client = clientOf();
      await client.preload();
      await until(() => !isDamaged && globalThis.caches.entries.length === 1);
      client.close();
      globalThis.indexedDB = new IDBFactory();
      assert.equal(await issued(clientOf()), at);
    });
  }

  it('is the newest, also when a tab slept in the middle of writing an older one', async () => {
    await keep();
    const copies = globalThis.caches;
    const { open } = copies;
    let wake;
    copies.open = async function (name) {
      const place = await open.call(this, name);
      const put = async (...entry) => {
        copies.open = open;
        await new Promise((resolve) => (wake = resolve));
        return place.put(...entry);
      };
      return { match: (address) => place.match(address), put };
    };
    stage.publish();
    const refreshing = clientOf().refresh();
    await until(() => wake !== undefined);
    stage.publish();
    const other = clientOf();
    await other.refresh();
    wake();
    await refreshing;
    assert.equal(await issuedIn(copies), await issued(other));
  });

  it('is kept where there is no room for a newer one', async () => {
    const at = await keep();
    const { open } = globalThis.caches;
    let refused = 0;
    globalThis.caches.open = async function (name) {
      const put = async () => {
        refused++;
        throw new DOMException('', 'QuotaExceededError');
      };
      return { ...(await open.call(this, name)), put };
    };
    stage.publish();
    const client = clientOf();
    await client.refresh();
    await until(() => refused > 0);
    client.close();
    globalThis.indexedDB = new IDBFactory();
    cutOff();
    assert.equal(await issued(clientOf()), at);
  });

  it('and the database keep the list of another release, which trusts another anchor', async () => {
    const mine = createDrillAuthority();
    const at = await keep();
    const list = {
      version: 2,
      issueInstant: new Date(at - 60_000),
      services: [{ id: service, endpoints: [stage.main] }],
    };
    const other = clientOf({ anchors: [mine.anchor], seed: mine.sign(list) });
    cutOff();
    assert.equal(await issued(other), at - 60_000);
    await until(async () => (await inDatabase()).length === 2);
    other.close();
    assert.equal(await issued(clientOf()), at, 'the release with the first anchor');
  });

  it('goes with the rest of what is cleared', async () => {
    const client = clientOf();
    await client.refresh();
    await client.clear('everything');
    assert.deepEqual(globalThis.caches.entries, []);
  });

  const fails = (name) => () => Promise.reject(new DOMException('', name));
  const dead = () => {
    throw new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError');
  };
  for (const [place, breakIt] of [
    ['the database', () => (globalThis.indexedDB.deleteDatabase = dead)],
    ['the second copy', () => (globalThis.caches.delete = dead)],
  ]) {
    it(`says in our own words that ${place} could not be cleared`, async () => {
      const client = clientOf();
      await client.refresh();
      breakIt();
      const { code, message } = await client.clear('everything').catch((e) => e);
      assert.deepEqual([code, message], ['storage-unavailable', 'the store failed: UnknownError']);
    });
  }

  it('has nothing to clear where the browser lets nobody store', async () => {
    const client = clientOf();
    await client.refresh();
    globalThis.caches.delete = fails('SecurityError');
    await client.clear('everything');
  });

  it('is read again for a database that the browser took away', async () => {
    const opened = [];
    const { open } = indexedDB;
    indexedDB.open = function (...args) {
      const opening = open.apply(this, args);
      opening.addEventListener('success', () => opened.push(opening.result));
      return opening;
    };
    const client = clientOf();
    await client.refresh();
    await until(() => globalThis.caches.entries.length > 0);
    globalThis.indexedDB = new IDBFactory();
    for (const db of opened) db.onclose?.();
    await until(async () => (await inDatabase()).length === 1);
  });

  const holding = (cache) => ({ open: async () => cache, delete: async () => false });
  const broken = {
    'refuses to open': { open: fails('SecurityError') },
    'never answers': { open: () => new Promise(() => {}), delete: async () => false },
    'is full': holding({ match: async () => undefined, put: fails('QuotaExceededError') }),
    'holds what is none': holding({ match: async () => new Response('<html>'), put: async () => {} }),
    'throws when it is read': undefined,
  };
  for (const [what, place] of Object.entries(broken)) {
    it(`costs nothing where it ${what}`, async () => {
      const get = () => {
        if (!place) throw new DOMException('sandboxed', 'SecurityError');
        return place;
      };
      Object.defineProperty(globalThis, 'caches', { configurable: true, get });
      const client = clientOf();
      assert.equal((await client.fetch(service, { method: 'POST', body: soapRequest() })).status, 200);
      assert.equal((await client.status()).storage, 'persistent');
    });
  }
});

describe('a database', () => {
  it('that was busy or full gets later what it did not take', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
    const client = clientOf();
    const { open } = indexedDB;
    indexedDB.open = () => {
      throw new DOMException('lost', 'UnknownError');
    };
    await client.refresh();
    assert.equal((await client.status()).storage, 'memory');
    indexedDB.open = open;
    const real = performance.now.bind(performance);
    mock.method(performance, 'now', () => real() + 31_000);
    mock.timers.tick(31_000);
    mock.timers.reset();
    await until(async () => (await client.status()).storage === 'persistent');
    assert.equal((await inDatabase()).length, 1);
  });

  it('of a later release is read as it is', async () => {
    const at = await keep();
    const { namespace, environment } = stage.options();
    await new Promise((done) => {
      const raising = indexedDB.open(`ehealth-bcp:${namespace}:${environment}`, 7);
      raising.onupgradeneeded = () => raising.result.createObjectStore('something new');
      raising.onsuccess = () => done(raising.result.close());
    });
    delete globalThis.caches;
    cutOff();
    const client = clientOf();
    assert.equal(await issued(client), at);
    assert.equal((await client.status()).storage, 'persistent');
  });
});

/** The moment of the catalogue in Cache Storage, by the list itself. */
async function issuedIn(copies) {
  const [{ octets } = {}] = copies.entries;
  return octets && Date.parse(/IssueInstant="([^"]+)"/.exec(new TextDecoder().decode(octets))?.[1] ?? '');
}
