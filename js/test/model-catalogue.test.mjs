// The updater of the catalogue in two tabs, on the paths of model/catalogue.pml. What it reads and writes waits for the
// path; the database is fake-indexeddb, Cache Storage a map, and the lists are signed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, it } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { Updater } from '../../dist/catalogue/updater.js';
import { CoreHost } from '../../dist/core/host.js';
import { Copy } from '../../dist/storage/copy.js';
import { request } from '../../dist/storage/idb.js';
import { IndexedStore } from '../../dist/storage/store.js';
import { createDrillAuthority } from '../../dist/testing/index.js';
import { Caches } from './lib/caches.mjs';
import { followEach, happenedIn, leaveEach, reach, settle } from './lib/walks.mjs';

const authority = createDrillAuthority();
const host = new CoreHost(() => readFileSync(new URL('../../dist/bcp.wasm', import.meta.url)));
const issued = Date.now() - 60_000;
// The lists of the model, by their numbers: the later one is the newer.
const lists = [1, 2, 3].map((number) =>
  new TextEncoder().encode(
    authority.sign({
      version: 2,
      issueInstant: new Date(issued + number * 1_000),
      services: [{ id: 'uddi:drill', name: 'Drill', endpoints: ['https://main.example/', 'https://second.example/'] }],
    }),
  ),
);
const numberOf = (octets) => (octets ? lists.findIndex((list) => Buffer.compare(list, octets) === 0) + 1 : 0);

let tabs; // of the walk under way
let locked;

/** A tab: what it does to a store waits in `waiting`, by the word of the model. */
class Tab {
  isOn = false;

  start() {
    this.isOn = true;
    this.waiting = {};
    this.reading = undefined;
    this.isReadingBack = this.isAsked = false;
    this.given = undefined; // the list that a source gives
    const gate = (name, work) => new Promise((go) => (this.waiting[name] = go)).then(work);
    const store = new IndexedStore('walk', () => {});
    const copy = new Copy('walk');
    const both = (name) => (this.reading ??= gate(name, () => (this.reading = undefined)));
    const gated = {
      catalogues: () => {
        const gated = this.isReadingBack ? gate('readBack', () => {}) : both('read');
        this.isReadingBack = false; // each put reads back once; what is heard meanwhile is another read
        return gated.then(() => store.catalogues());
      },
      putCatalogue: async (next, refusal) => {
        const isPut = await gate('put', () => store.putCatalogue(next, refusal));
        this.isReadingBack = isPut;
        return isPut;
      },
      confirm: () => gate('confirm', () => store.confirm()),
    };
    const gatedCopy = {
      isPossible: true,
      read: () => both('read').then(() => copy.read()),
      put: (record) => gate('copy', () => copy.put(record)),
    };
    const exclusively = async (name, _patience, work) => {
      if (name === 'refresh') return this.isAsked ? work() : 'unchanged';
      await gate('lock', () => {});
      locked ??= this;
      return work().finally(() => (locked = locked === this ? undefined : locked));
    };
    const options = {
      sources: ['https://source.example/'],
      trust: { environment: 'Production', anchors: [authority.anchor] },
      fetch: async () => new Response(this.given),
      standing: () => ({ states: {}, policy: {} }),
      report: () => {},
      reportOnce: async () => {},
    };
    const tell = () => tabs.forEach((other) => (other.toHear ||= other.isOn && other !== this));
    this.updater = new Updater(host, gated, gatedCopy, { exclusively, tell, lead() {}, leads: false }, options);
    this.store = store;
    this.toHear = false;
    this.updater.acquire().then(
      (held) => held.release(),
      () => {},
    );
  }

  /** Lets what waits under that word go on. */
  async go(name) {
    await reach(() => this.waiting[name], name);
    const go = this.waiting[name];
    delete this.waiting[name];
    go();
    await settle();
  }

  die() {
    if (locked === this) locked = undefined;
    this.isOn = false;
    this.updater.close();
    this.store.close();
    this.updater = undefined;
  }
}

beforeEach(() => {
  globalThis.IDBKeyRange = IDBKeyRange;
});
afterEach(() => {
  for (const tab of tabs) if (tab.isOn) tab.die();
  delete globalThis.indexedDB;
  delete globalThis.caches;
});

/** Does what the line says happened. */
async function step(line) {
  const [what, which, list] = happenedIn(line);
  const tab = tabs[which];
  switch (what) {
    case 'start':
      tab.start();
      return tab.go('read');
    case 'ask':
      tab.given = lists[list - 1];
      tab.isAsked = true;
      void tab.updater.refresh().catch(() => {});
      return tab.go('read');
    case 'takeOver':
      return tab.go('read');
    case 'lock':
      assert.equal(locked, undefined, 'the lock is taken');
      return tab.go('lock');
    case 'without':
      assert.ok(locked && locked !== tab, 'no other tab has the lock');
      return tab.go('lock');
    case 'hear':
      assert.ok(tab.toHear, 'no message is on its way');
      tab.toHear = false;
      return hear(tab);
    case 'die':
      return tab.die();
    case 'lose':
      if (which === 'copy') globalThis.caches = new Caches();
      else await request(indexedDB.deleteDatabase('ehealth-bcp:walk'));
      return settle();
    default:
      return tab.go(what);
  }
}

// It reads beside what the tab has under way.
async function hear(tab) {
  const { reading } = tab;
  const { read } = tab.waiting;
  tab.reading = undefined;
  delete tab.waiting.read;
  const done = tab.updater.takeOver();
  await tab.go('read');
  await done;
  if (!read) return;
  tab.reading = reading;
  tab.waiting.read = read;
}

/** What each tab uses, whether it is writing, and what the two places keep. */
async function state() {
  const used = tabs.flatMap((tab) =>
    tab.isOn ? [numberOf(tab.updater.current?.record.octets), Number(Object.keys(tab.waiting).length > 0)] : [0, 0],
  );
  const entry = globalThis.caches.entries[0];
  return [...used, ...(await inDatabase()), numberOf(entry?.octets)].join(' ');
}

async function inDatabase() {
  if (!(await indexedDB.databases()).some(({ name }) => name === 'ehealth-bcp:walk')) return [0, 0];
  const db = await request(indexedDB.open('ehealth-bcp:walk'));
  const records = db.transaction('catalogue').objectStore('catalogue');
  const kept = await Promise.all(['current', 'previous'].map((key) => request(records.get(key))));
  db.close();
  return kept.map((record) => numberOf(record?.octets));
}

/** Walks the lines; returns the first that the code leaves, with what it does instead, or does not do in `waitMs`. */
async function departure(lines, waitMs) {
  globalThis.indexedDB = new IDBFactory();
  globalThis.caches = new Caches();
  for (const tab of tabs ?? []) if (tab.isOn) tab.die();
  tabs = [new Tab(), new Tab()];
  locked = undefined;
  for (const [i, line] of lines.entries()) {
    try {
      await step(line);
    } catch (e) {
      return { line, at: i + 1, instead: e.message };
    }
    const wanted = line.split(' | ')[1];
    let is = await state();
    for (const end = Date.now() + waitMs; is !== wanted && Date.now() < end;) {
      await settle(); // verification and the database take a while, on a busy machine seconds
      is = await state();
    }
    if (is !== wanted) return { line, at: i + 1, instead: is };
  }
  return undefined;
}

it('the updater follows the model', (t) => followEach(t, 'catalogue', departure));

it('the updater leaves the path of each deliberate bug', () => leaveEach('catalogue', departure));
