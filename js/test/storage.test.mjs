// What is kept in IndexedDB, against fake-indexeddb.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { FallbackAnswers, MemoryAnswers } from '../../dist/answers/answers.js';
import { Clock } from '../../dist/base/clock.js';
import { Database, request } from '../../dist/storage/idb.js';
import { Journal } from '../../dist/storage/journal.js';
import { IndexedStore } from '../../dist/storage/store.js';
import { Vault } from '../../dist/answers/vault.js';
import { dump } from './lib/idb.mjs';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  globalThis.IDBKeyRange = IDBKeyRange;
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.indexedDB;
});

const storeOf = (namespace, onDrop = () => {}) => Object.assign(new IndexedStore(namespace), { onDrop });
const bytes = (text) => new TextEncoder().encode(text);

describe('Database', () => {
  const notes = (db) => db.createObjectStore('notes');
  const put = (db, value) =>
    db.transact('readwrite', ['notes'], (tx) => request(tx.objectStore('notes').put(value, 'k')));
  const get = (db) => db.transact('readonly', ['notes'], (tx) => request(tx.objectStore('notes').get('k')));

  it('does not take a page that was busy for a database that is broken', async () => {
    const db = new Database('busy', notes);
    await db.transact('readwrite', ['notes'], (tx) => {
      const put = request(tx.objectStore('notes').put('kept', 'k'));
      for (const end = performance.now() + 2_200; performance.now() < end;);
      return put;
    });
    assert.equal(await get(db), 'kept');
  });

  it('opens again after the browser closed the connection', async () => {
    const opened = [];
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (...args) => {
      const req = open(...args);
      req.addEventListener('success', () => opened.push(req.result));
      return req;
    };
    const db = new Database('d', notes);
    await put(db, 1);
    opened[0].close(); // as after "Connection to Indexed Database server lost"
    await put(db, 2);
    assert.equal(await get(db), 2);
    assert.equal(opened.length, 2);
  });

  it('lets another tab delete the database, and goes on with a new one', async () => {
    const db = new Database('d', notes);
    await put(db, 1);
    await request(indexedDB.deleteDatabase('d'));
    assert.equal(await get(db), undefined);
    await put(db, 2);
    assert.equal(await get(db), 2);
  });

  it('reports storage-unavailable when there is no IndexedDB', async () => {
    delete globalThis.indexedDB;
    await assert.rejects(put(new Database('d', notes), 1), { code: 'storage-unavailable' });
  });

  it('reports storage-unavailable when reading indexedDB throws', async () => {
    delete globalThis.indexedDB;
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw new DOMException('no', 'SecurityError');
      },
    });
    await assert.rejects(put(new Database('d', notes), 1), { code: 'storage-unavailable' });
  });

  it('reports storage-unavailable when a later release raised the version', async () => {
    const later = await request(indexedDB.open('d', 7));
    later.close();
    await assert.rejects(put(new Database('d', notes), 1), { code: 'storage-unavailable' });
  });

  it('gives up on an open that stays blocked', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    indexedDB.open = () => ({}); // an IDBOpenDBRequest whose events never come
    const writing = put(new Database('d', notes), 1);
    writing.catch(() => {});
    await Promise.resolve();
    mock.timers.tick(2_000);
    await assert.rejects(writing, { code: 'storage-unavailable' });
  });

  it('fails at once for a while after a failure', async () => {
    const open = indexedDB.open.bind(indexedDB);
    let opened = 0;
    indexedDB.open = (...args) => {
      if (++opened === 1) throw new DOMException('broken', 'UnknownError');
      return open(...args);
    };
    const db = new Database('d', notes);
    await assert.rejects(put(db, 1), { code: 'storage-unavailable' });
    await assert.rejects(put(db, 1), { code: 'storage-unavailable' });
    assert.equal(opened, 1);
  });

  it('tells a full disk from a broken one', async () => {
    const db = new Database('d', notes);
    await assert.rejects(
      db.transact('readwrite', ['notes'], () => {
        throw new DOMException('full', 'QuotaExceededError');
      }),
      { code: 'storage-quota' },
    );
    await put(db, 1); // a full disk does not close the database
    db.close();
    const { open } = indexedDB;
    indexedDB.open = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const other = new Database('d', notes);
    await assert.rejects(put(other, 2), { code: 'storage-quota' });
    indexedDB.open = open;
    await put(other, 2); // the disk got room
  });

  it('writes nothing of a transaction whose work failed', async () => {
    const db = new Database('d', notes);
    await put(db, 1);
    await assert.rejects(
      db.transact('readwrite', ['notes'], async (tx) => {
        await request(tx.objectStore('notes').put(2, 'k'));
        throw new DOMException('full', 'QuotaExceededError');
      }),
    );
    assert.equal(await get(db), 1);
  });
});

describe('IndexedStore', () => {
  const base = Date.UTC(2026, 4); // a stored moment must be one that a clock can have shown
  const record = (n, text = `catalogue ${n}`) => ({
    octets: bytes(text),
    issueInstantMs: base + n,
    acceptedAtMs: base,
    checkedAtMs: base,
    fetchedAtMs: base,
  });
  const numbersOf = (catalogues) => catalogues.map(({ issueInstantMs }) => issueInstantMs - base);
  const sound = () => undefined;

  it('keeps the newer of two catalogues whatever the order', async () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const store = storeOf(`order-${order}`);
      for (const instant of order) await store.putCatalogue(record(instant), sound);
      assert.equal(numbersOf(await store.catalogues())[0], 2);
    }
  });

  it('refuses another catalogue of the same instant', async () => {
    const store = storeOf('s');
    assert.equal(await store.putCatalogue(record(1, 'a'), sound), true);
    assert.equal(await store.putCatalogue(record(1, 'b'), sound), false);
    assert.equal(await store.putCatalogue(record(1, 'a'), sound), true);
  });

  it('keeps the one before until the new one is confirmed', async () => {
    const store = storeOf('s');
    await store.putCatalogue(record(1), sound);
    await store.putCatalogue(record(2), sound);
    assert.deepEqual(numbersOf(await store.catalogues()), [2, 1]);
    await store.confirm();
    assert.deepEqual(numbersOf(await store.catalogues()), [2]);
  });

  it('replaces a record that was found damaged, newer or not', async () => {
    const store = storeOf('s');
    await store.putCatalogue(record(9), sound);
    assert.equal(await store.putCatalogue(record(2), () => 'useless'), true);
    assert.equal(numbersOf(await store.catalogues())[0], 2);
  });

  it('takes a record of another form for absent', async () => {
    let dropped = 0;
    const store = storeOf('s', () => dropped++);
    await store.putCatalogue(record(1), sound);
    await store.catalogues();
    assert.equal(dropped, 0);
    const db = await request(indexedDB.open('ehealth-bcp:s', 1));
    const tx = db.transaction('catalogue', 'readwrite');
    await request(tx.objectStore('catalogue').put({ octets: 'not bytes', issueInstantMs: 99 }, 'current'));
    db.close();
    assert.deepEqual(await store.catalogues(), []);
    assert.equal(dropped, 1);
    assert.equal(await store.putCatalogue(record(2), sound), true);
  });

  it('takes a moment that no clock can have shown, or that lies ahead, for unknown', async () => {
    const store = storeOf('s');
    for (const ms of [Infinity, NaN, -1, 12, 'x', null, {}, 1e17, Date.now() + 3_600_000]) {
      await store.putCatalogue({ ...record(1), acceptedAtMs: ms, checkedAtMs: ms }, () => 'useless');
      const [kept] = await store.catalogues();
      assert.deepEqual([kept.acceptedAtMs, kept.checkedAtMs], [0, 0], String(ms));
    }
  });

  it('merges a state with the one that another tab stored', async () => {
    const [one, two] = [storeOf('s'), storeOf('s')];
    await one.mergeState('id', () => ({ n: 1 }));
    await two.mergeState('id', (kept) => ({ n: kept.n + 1 }));
    assert.deepEqual(await one.states(), new Map([['id', { n: 2 }]]));
  });

  it('keeps the last 500 events', async () => {
    const store = storeOf('s');
    for (let i = 0; i < 510; i++) await store.keepEvent({ atMs: i, type: 'cleared' });
    const log = await store.log();
    assert.equal(log.length, 500);
    assert.equal(log.at(-1).atMs, 509);
    const key = await store.keepEvent({ atMs: 600, type: 'cleared' });
    await store.keepEvent({ atMs: 600, type: 'cleared', count: 2 }, key);
    assert.deepEqual(
      (await store.log()).slice(-2).map(({ atMs, count }) => [atMs, count]),
      [
        [509, undefined],
        [600, 2],
      ],
    );
  });

  it('has the beginning of an outage of every service, a day later', async () => {
    const journal = new Journal(storeOf('s'));
    const services = Array.from({ length: 20 }, (_, i) => `service ${i}`);
    const ofService = (service, turn) => {
      for (const endpoint of ['main', 'other'])
        journal.report({ type: 'endpoint-failed', service, endpoint, outcome: 'switch', coolDownMs: 1_000 + turn });
      journal.report({ type: 'call-failed', service, code: 'endpoints-exhausted' });
    };
    for (let turn = 0; turn < 50; turn++) {
      for (const service of services) ofService(service, turn);
      journal.report({ type: 'catalogue-unreachable', detail: `${turn % 2}` });
      journal.report({ type: 'endpoint-switched', service: 'another', from: `${turn}`, to: 'x' }); // ever another line
    }
    const failed = (await journal.events()).filter((event) => event.service?.startsWith('service'));
    assert.equal(failed.length, 3 * services.length);
    assert.ok(failed.every(({ count }) => count === 50));
  });

  it('keeps two namespaces apart', async () => {
    await storeOf('a').putCatalogue(record(1), sound);
    assert.deepEqual(await storeOf('b').catalogues(), []);
  });
});

const answer = (body, over = {}) => ({
  storedAtMs: Date.UTC(2026, 4),
  validUntilMs: Date.UTC(2026, 5),
  status: 200,
  statusText: 'OK',
  headers: [['content-type', 'text/xml']],
  body: bytes(body),
  ...over,
});
const caps = { maxEntries: 3, maxBytes: 10_000 };
const secretOf = (user) => bytes(`${user}: thirty-two bytes of secret, or more`);
const vaultOf = (user, over = {}) =>
  new Vault(
    'ns',
    caps,
    { user, secret: () => secretOf(user), ...over },
    over.clock ?? new Clock(() => {}),
    () => {},
    over.onDrop ?? (() => {}),
  );

for (const [name, make] of [
  ['MemoryAnswers', () => new MemoryAnswers(caps)],
  ['Vault', () => vaultOf('A')],
]) {
  describe(name, () => {
    it('gives back what was stored, by service and key', async () => {
      const answers = make();
      await answers.write('s1', 'k', answer('one'));
      await answers.write('s2', 'k', answer('two'));
      assert.deepEqual(await answers.read('s1', 'k'), answer('one'));
      assert.deepEqual(await answers.read('s2', 'k'), answer('two'));
      assert.equal(await answers.read('s1', 'other'), undefined);
    });

    it('knows for which services it holds answers that are valid', async () => {
      const answers = make();
      const { validUntilMs } = answer('one');
      assert.equal(await answers.holds('s1', validUntilMs - 1), false);
      await answers.write('s1', 'k', answer('one'));
      const held = async (nowMs) => [await answers.holds('s1', nowMs), await answers.holds('s2', nowMs)];
      assert.deepEqual(await held(validUntilMs - 1), [true, false]);
      assert.deepEqual(await held(validUntilMs), [false, false]);
    });

    it('drops the least recently used beyond its caps', async () => {
      const minuteMs = 60_000; // the clock goes on with the real time: more than the test takes
      let now = 1_000_000;
      mock.timers.enable({ apis: ['Date'], now });
      const answers = make();
      for (const key of ['a', 'b', 'c']) {
        mock.timers.setTime((now += minuteMs));
        await answers.write('s', key, answer(key));
      }
      mock.timers.setTime((now += minuteMs));
      await answers.read('s', 'a');
      mock.timers.setTime((now += minuteMs));
      await answers.write('s', 'd', answer('d'));
      const kept = [];
      for (const key of ['a', 'b', 'c', 'd']) if (await answers.read('s', key)) kept.push(key);
      assert.deepEqual(kept, ['a', 'c', 'd']);
    });

    it('refuses an answer larger than the whole cache and keeps the others', async () => {
      const answers = make();
      await answers.write('s', 'a', answer('a'));
      await assert.rejects(answers.write('s', 'b', answer('b'.repeat(20_000))), { code: 'storage-quota' });
      assert.ok(await answers.read('s', 'a'));
    });

    it('is empty after clear', async () => {
      const answers = make();
      await answers.write('s', 'a', answer('a'));
      await answers.clear();
      assert.equal(await answers.read('s', 'a'), undefined);
    });
  });
}

describe('Vault', () => {
  it('leaves nothing readable in IndexedDB', async () => {
    await vaultOf('user-marker').write(
      'service-marker',
      'key-marker-85071599987',
      answer('answer-marker', { headers: [['x', 'header-marker']] }),
    );
    const everything = await dump();
    assert.match(everything, /entries/); // the dump works
    assert.doesNotMatch(everything, /marker|85071599987/);
  });

  it('finds nothing of another user, nor under another secret', async () => {
    await vaultOf('A').write('s', 'k', answer('of A'));
    assert.equal(await vaultOf('B').read('s', 'k'), undefined);
    assert.equal(await vaultOf('A', { secret: () => secretOf('B') }).read('s', 'k'), undefined);
    assert.equal(await vaultOf('B', { secret: () => secretOf('A') }).read('s', 'k'), undefined);
    assert.deepEqual(await vaultOf('A').read('s', 'k'), answer('of A'));
  });

  const tampering = {
    'two boxes swapped': async (entries, boxes) => {
      const [a, b] = await request(boxes.getAllKeys());
      const [first, second] = await request(boxes.getAll());
      boxes.put(first, b);
      boxes.put(second, a);
    },
    'the end of validity moved': async (entries) => {
      for (const entry of await request(entries.getAll()))
        entries.put({ ...entry, validUntilMs: entry.validUntilMs + 1 });
    },
    'a byte changed': async (entries, boxes) => {
      for (const id of await request(boxes.getAllKeys())) {
        const { iv, box } = await request(boxes.get(id));
        new Uint8Array(box)[5] ^= 1;
        boxes.put({ iv, box }, id);
      }
    },
    'a box cut': async (entries, boxes) => {
      for (const id of await request(boxes.getAllKeys())) {
        const { iv, box } = await request(boxes.get(id));
        boxes.put({ iv, box: box.slice(0, 10) }, id);
      }
    },
    'a box removed': async (entries, boxes) => {
      boxes.clear();
    },
  };
  for (const [name, tamper] of Object.entries(tampering)) {
    it(`takes a record for absent: ${name}`, async () => {
      await vaultOf('A').write('s', 'k1', answer('one'));
      await vaultOf('A').write('s', 'k2', answer('two'));
      const db = await request(indexedDB.open('ehealth-bcp:ns:answers', 1));
      const tx = db.transaction(['entries', 'boxes'], 'readwrite');
      await tamper(tx.objectStore('entries'), tx.objectStore('boxes'));
      await new Promise((resolve) => {
        tx.oncomplete = resolve;
      });
      db.close();
      let dropped = 0;
      assert.equal(await vaultOf('A', { onDrop: () => dropped++ }).read('s', 'k1'), undefined);
      assert.equal(dropped, 1);
    });
  }

  it('remembers how late it was when the clock was set back', async () => {
    mock.timers.enable({ apis: ['Date'], now: 2_000_000_000_000 });
    await vaultOf('A').write('s', 'k', answer('a'));
    mock.timers.setTime(2_000_000_000_000 - 240_000);
    const clock = new Clock(() => {});
    assert.ok(await vaultOf('A', { clock }).read('s', 'k'));
    assert.ok(clock.nowMs() >= 2_000_000_000_000);
  });

  it('drops every answer when the clock shows that it was wrong: nobody knows how old they are', async () => {
    mock.timers.enable({ apis: ['Date'], now: 2_000_000_000_000 });
    await vaultOf('A').write('s', 'k', answer('a'));
    mock.timers.setTime(1_900_000_000_000);
    const clock = new Clock(() => {});
    assert.equal(await vaultOf('A', { clock }).read('s', 'k'), undefined);
    assert.ok(clock.nowMs() < 1_900_000_100_000);
  });

  it('asks for the secret once, again after clear and after an idle lock', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let asked = 0;
    const vault = vaultOf('A', {
      secret: () => {
        asked++;
        return secretOf('A');
      },
      lockAfterMs: 60_000,
    });
    await vault.read('s', 'a');
    await vault.read('s', 'b');
    assert.equal(asked, 1);
    await vault.clear();
    await vault.read('s', 'a');
    assert.equal(asked, 2);
    mock.timers.tick(60_000);
    await vault.read('s', 'a');
    assert.equal(asked, 3);
    const now = Date.now() + 60_001; // the computer slept: no timer ran
    mock.method(Date, 'now', () => now);
    await vault.read('s', 'a');
    assert.equal(asked, 4);
  });

  it('waits once for a secret that does not come, and takes it when it comes', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let asked = 0;
    let give;
    const coming = new Promise((resolve) => (give = resolve));
    const vault = vaultOf('A', { secret: () => (asked++, coming) });
    const late = { code: 'storage-unavailable', message: /it took too long/ };
    const first = assert.rejects(vault.read('s', 'k'), late);
    await setImmediate();
    mock.timers.tick(5_000);
    await first;
    const second = assert.rejects(vault.read('s', 'k'), late);
    await setImmediate();
    mock.timers.tick(0);
    await second;
    assert.equal(asked, 1);
    give(secretOf('A'));
    await setImmediate();
    await vault.write('s', 'k', answer('a'));
    assert.ok(await vault.read('s', 'k'));
  });

  it('stores nothing when the keys were dropped while it sealed', async () => {
    const vault = vaultOf('A');
    await vault.read('s', 'k');
    const writing = vault.write('s', 'k', answer('a'));
    const clearing = vault.clear();
    await assert.rejects(writing, { code: 'storage-unavailable' });
    await clearing;
    assert.equal(await vaultOf('A').read('s', 'k'), undefined);
  });

  it('refuses a secret that can be guessed', async () => {
    await assert.rejects(vaultOf('A', { secret: () => 'password' }).read('s', 'k'), { code: 'bad-call' });
  });

  it('says what is wrong with a secret', async () => {
    const looks = { undefined: undefined, null: null, Response: new Response(), 5: 5 };
    for (const [look, secret] of Object.entries(looks)) {
      await assert.rejects(vaultOf('A', { secret: () => secret }).read('s', 'k'), {
        code: 'bad-call',
        message: `secret: expected text or bytes, got ${look}`,
      });
    }
    const failing = vaultOf('A', {
      secret: () => {
        throw Object.assign(new Error('HTTP 401 for nurse-1'), { name: 'no name' });
      },
    });
    await assert.rejects(failing.read('s', 'k'), {
      code: 'storage-unavailable',
      message: 'the application gave no secret: an error',
    });
  });

  it('makes room once when the browser gives less than our caps', async () => {
    const vault = vaultOf('A');
    for (const key of ['a', 'b', 'c']) await vault.write('s', key, answer(key.repeat(100)));
    let refusals = 1;
    const { put } = IDBObjectStore.prototype;
    mock.method(IDBObjectStore.prototype, 'put', function refuseOnce(value, ...key) {
      if (value?.box && refusals-- > 0) throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, ...key);
    });
    await vault.write('s', 'd', answer('d'.repeat(100)));
    mock.restoreAll();
    assert.ok(await vault.read('s', 'd'));
    assert.equal(await vault.read('s', 'a'), undefined);
  });
});

describe('FallbackAnswers', () => {
  it('goes on in memory when the store fails, and says so', async () => {
    delete globalThis.indexedDB;
    const failures = [];
    const answers = new FallbackAnswers(vaultOf('A'), new MemoryAnswers(caps), (e) => failures.push(e.code));
    await answers.write('s', 'k', answer('a'));
    assert.deepEqual(await answers.read('s', 'k'), answer('a'));
    assert.deepEqual(new Set(failures), new Set(['storage-unavailable']));
  });
});

describe('Clock', () => {
  it('does not run back with a clock that is set right, and keeps running', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    const clock = new Clock(assert.fail);
    const before = clock.nowMs();
    mock.timers.setTime(750_000);
    assert.ok(clock.nowMs() >= before);
    clock.raise(1_040_000);
    assert.ok(clock.nowMs() >= 1_040_000);
    mock.timers.setTime(4_000_000);
    assert.equal(clock.nowMs(), 4_000_000);
  });

  it('follows a clock that is set back by more than clocks differ, and says so once', () => {
    mock.timers.enable({ apis: ['Date'], now: 4_000_000 });
    let moved = 0;
    const clock = new Clock(() => moved++);
    clock.nowMs();
    mock.timers.setTime(3_600_000);
    assert.deepEqual([clock.nowMs(), clock.nowMs(), moved], [3_600_000, 3_600_000, 1]);
  });

  const right = Date.now;
  for (const [what, now] of Object.entries({
    'a fraction': () => right() + 0.25,
    'a BigInt': () => BigInt(right()),
    text: () => String(right()),
    nothing: () => undefined,
  })) {
    it(`gives whole milliseconds where a page made Date.now give ${what}`, () => {
      Date.now = now;
      try {
        const ms = new Clock(assert.fail).nowMs();
        assert.ok(Number.isSafeInteger(ms) && Math.abs(ms - right()) < 60_000, String(ms));
      } finally {
        Date.now = right;
      }
    });
  }
});
