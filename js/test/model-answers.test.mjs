// The stores of answers and a log-out, on the paths of model/answers.pml: two tabs, one database. Transactions run when
// the path says so, in the order in which they were made, as browsers run them.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it, mock } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { FallbackAnswers, MemoryAnswers } from '../../dist/answers/answers.js';
import { Vault } from '../../dist/answers/vault.js';
import { Clock } from '../../dist/base/clock.js';
import { BcpError } from '../../dist/base/errors.js';
import { Database, request } from '../../dist/storage/idb.js';
import { fewSteps, happenedIn, reach, settle, walksOf } from './lib/walks.mjs';

const caps = { maxEntries: 9, maxBytes: 10_000 };
const { transact } = Database.prototype;
const destroy = Database.prototype.destroy;
const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
const database = 'ehealth-bcp:ns:answers';
const answer = () => ({
  storedAtMs: Date.now(),
  validUntilMs: Date.now() + 3_600_000,
  status: 200,
  statusText: 'OK',
  headers: [],
  body: new Uint8Array([1]),
});

let stage; // of the walk under way

/** What waits for the path: transactions in their order, and the sealing of each tab. */
class Stage {
  queue = [];
  sealing = [];
  tabs = [0, 1].map((number) => new Tab(number));
  isClearing = false;
  writer; // the tab whose write goes on
}

/** A tab: the stores, and of a client what concerns clearing (js/src/client.ts, js/src/call/run.ts). */
class Tab {
  clearings = 0;
  before = 0;
  hasSecret = true;
  writing = undefined;

  constructor(number) {
    this.number = number;
    this.memory = new MemoryAnswers(caps);
    const secret = () => {
      if (!this.hasSecret) throw new Error('logged out');
      return new Uint8Array(32).fill(7);
    };
    const vault = new Vault(
      'ns',
      caps,
      { user: 'u', secret },
      new Clock(() => {}),
      () => {},
      () => {},
    );
    this.answers = new FallbackAnswers(vault, this.memory, () => {});
  }

  write() {
    if (this.clearings !== this.before) return;
    const writing = this.answers.write('s', 'k', answer()).catch(() => {});
    this.writing = writing;
    void writing.finally(() => (this.writing = undefined));
  }

  clear() {
    this.clearings++;
    stage.isClearing = true;
    void this.answers.clear().catch(() => {});
    stage.isClearing = false;
  }
}

beforeEach(() => {
  globalThis.IDBKeyRange = IDBKeyRange;
  const owners = new Map(); // database: tab
  const ownerOf = (db) => owners.get(db) ?? (owners.set(db, stage.writer), stage.writer);
  mock.method(crypto.subtle, 'encrypt', async (...args) => {
    const tab = stage.writer;
    await new Promise((go) => (stage.sealing[tab] = go));
    return encrypt(...args);
  });
  mock.method(Database.prototype, 'transact', function (mode, stores, work) {
    return new Promise((resolve, reject) => {
      const ofWork = async (tx) => {
        const result = await work(tx);
        if (result !== false) throw new DOMException('full', 'QuotaExceededError');
        return result;
      };
      const go = (how) =>
        how === 'failed'
          ? Promise.reject(new BcpError('storage-unavailable', 'as the path says'))
          : transact.call(this, mode, stores, how === 'quota' ? ofWork : work);
      const kind = stage.isClearing ? 'wipe' : 'put';
      stage.queue.push({ kind, tab: ownerOf(this), go: (how) => go(how).then(resolve, reject) });
    });
  });
  mock.method(Database.prototype, 'destroy', function () {
    return new Promise((resolve, reject) => {
      const go = (how) =>
        (how === 'failed'
          ? Promise.reject(new BcpError('storage-unavailable', 'as the path says'))
          : destroy.call(this)
        ).then(resolve, reject);
      stage.queue.push({ kind: 'drop', tab: ownerOf(this), go });
    });
  });
});
afterEach(() => {
  mock.restoreAll();
  delete globalThis.indexedDB;
});

/** Does what the line says happened. */
async function step(line) {
  const [what, number, how] = happenedIn(line);
  const tab = stage.tabs[number];
  stage.writer = Number(number);
  switch (what) {
    case 'begin':
      tab.before = tab.clearings;
      return;
    case 'write':
      tab.hasSecret = how === 'secret';
      tab.write();
      return reach(() => stage.sealing[number] || !tab.writing, line);
    case 'sealed': {
      const { length } = stage.queue;
      stage.sealing[number]();
      stage.sealing[number] = undefined;
      return reach(() => stage.queue.length > length || !tab.writing, line);
    }
    case 'clear':
    case 'hear':
      return tab.clear();
    default: {
      const first = stage.queue.shift();
      assert.deepEqual([first?.kind, first?.tab], [what, Number(number)], line);
      await first.go(how);
      return settle();
    }
  }
}

/** The transactions that wait, and what is kept: on disk, in the memory of each tab. */
async function kept() {
  const inMemory = await Promise.all(stage.tabs.map(({ memory }) => memory.holds('s', Date.now())));
  return [stage.queue.length, await isOnDisk(), ...inMemory].map(Number).join(' ');
}

async function isOnDisk() {
  if (!(await indexedDB.databases()).some(({ name }) => name === database)) return false;
  const db = await request(indexedDB.open(database));
  const count = await request(db.transaction('boxes').objectStore('boxes').count());
  db.close();
  return count > 0;
}

/** Walks the lines; returns the first that the code leaves, with what it does instead. */
async function departure(lines) {
  globalThis.indexedDB = new IDBFactory();
  stage = new Stage();
  for (const [i, line] of lines.entries()) {
    try {
      await step(line);
    } catch (e) {
      return { line, at: i + 1, instead: e.message };
    }
    const state = await kept();
    if (state !== line.split(' | ')[1]) return { line, at: i + 1, instead: state };
  }
  return undefined;
}

it('the stores of answers follow the model', async (t) => {
  let steps = 0;
  for (const [title, lines] of walksOf('answers.paths')) {
    assert.deepEqual(await departure(lines), undefined, title);
    steps += lines.length;
  }
  assert.ok(steps > fewSteps, String(steps));
  t.diagnostic(`${steps} steps as in the model`);
});

it('the stores of answers leave the path of each deliberate bug', async () => {
  for (const [title, lines] of walksOf('answers.bugs')) assert.ok(await departure(lines), title);
});
