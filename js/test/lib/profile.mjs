// A profile of a browser for clients on the paths of a model: Web Locks, messages, timers and the time of day do what
// the path says, and nothing else. Clients are whole; IndexedDB is fake-indexeddb.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { clientOn } from '../../../dist/client.js';
import { CoreHost } from '../../../dist/core/host.js';
import { request } from '../../../dist/storage/idb.js';
import { createDrillAuthority } from '../../../dist/testing/index.js';
import { settle } from './walks.mjs';

export const hourMs = 3_600_000; // a step of time of the models
export const service = 'uddi:drill';

const authority = createDrillAuthority();
const core = new CoreHost(() => readFileSync(new URL('../../../dist/bcp.wasm', import.meta.url)));
const base = Date.now();
export const startMs = base;
export const issuedMs = base - 60_000; // of the catalogue
const namespace = 'walk:Production';
const signed = new TextEncoder().encode(
  authority.sign({
    version: 2,
    issueInstant: new Date(issuedMs),
    services: [{ id: service, name: 'Drill', endpoints: ['https://main.example/', 'https://second.example/'] }],
  }),
);
const own = Object.fromEntries(
  ['navigator', 'BroadcastChannel'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
);
const put = (name, value) => Object.defineProperty(globalThis, name, { configurable: true, value });
const real = { setTimeout, clearTimeout };

/** What the browser does for the tabs of a walk. `acting` is the tab of the step under way. */
export class Profile {
  hour = 1;
  step = 0; // in the hour, in ms
  tabs = [0, 1].map(() => ({ isOn: false, isAsleep: false }));
  acting = undefined;
  waiting = []; // for locks: {tab, name, patience, grant}
  held = new Map(); // name: tab
  timers = [];
  channels = new Map(); // tab: channel

  /** From here on the browser is this profile, until `close`. `locks`: there, hanging or missing. */
  constructor(locks) {
    const profile = this;
    globalThis.indexedDB = new IDBFactory();
    globalThis.IDBKeyRange = IDBKeyRange;
    mock.method(Date, 'now', () => base + this.hour * hourMs + this.step);
    mock.method(performance, 'now', () => this.hour * hourMs + this.step);
    mock.method(AbortSignal, 'timeout', () => (this.patience = new AbortController()).signal);
    mock.method(globalThis, 'setTimeout', (work, ms = 0, ...args) => {
      if (ms < 1_000) return real.setTimeout(work, ms, ...args);
      this.timers.push({ tab: this.acting, work, ms, at: Date.now() + ms });
      return this.timers.at(-1);
    });
    mock.method(globalThis, 'clearTimeout', (timer) => {
      this.timers = this.timers.filter((one) => one !== timer);
      real.clearTimeout(timer);
    });
    put('BroadcastChannel', function () {
      const tab = profile.acting;
      profile.channels.set(tab, this);
      this.heard = new Set();
      this.close = () => {};
      this.postMessage = (message) => {
        for (const [other, channel] of profile.channels) if (other !== tab) channel.heard.add(message);
      };
    });
    const manager = { request: (...args) => this.#request(locks, ...args) };
    const navigator = locks === 'missing' ? {} : { locks: manager };
    put('navigator', navigator);
  }

  #request(locks, fullName, { signal }, work) {
    const name = fullName.split(':').at(-1);
    const tab = this.acting;
    if (name === 'copy') return work(); // there is no Cache Storage
    return new Promise((resolve, reject) => {
      const one = { tab, name, patience: this.patience };
      const gone = () => (this.waiting = this.waiting.filter((other) => other !== one));
      signal.addEventListener('abort', () => gone().length && reject(signal.reason));
      one.grant = () => {
        assert.ok(locks === 'there' && !this.held.has(name), `the lock "${name}" is not to be had`);
        gone();
        this.held.set(name, tab);
        const release = () => this.held.get(name) === tab && this.held.delete(name);
        work().finally(release).then(resolve, reject);
      };
      this.waiting.push(one);
    });
  }

  /** What the tab waits for under that name. */
  waitsFor(tab, name) {
    return this.waiting.find((one) => one.tab === tab && one.name === name);
  }

  /** Starts a client in the tab. `fetch` answers its requests. */
  start(tab, fetch) {
    this.acting = tab;
    tab.isOn = true;
    tab.isAsleep = false;
    tab.client = clientOn(unspread, {
      environment: 'Production',
      namespace: 'walk',
      anchors: [authority.anchor],
      catalogue: 'https://source.example/',
      policy: { coolDownMs: 60_000, maxCoolDownMs: 60_000 },
      fetch,
    });
  }

  /** A tab that dies says nothing: its locks are free, its timers and its messages gone. */
  die(tab) {
    this.channels.delete(tab);
    this.waiting = this.waiting.filter((one) => one.tab !== tab);
    for (const [name, holder] of this.held) if (holder === tab) this.held.delete(name);
    tab.isOn = false;
    tab.client.close();
    this.timers = this.timers.filter((one) => one.tab !== tab);
  }

  /** Brings the tab a message that waits for it. */
  hear(tab, message) {
    const channel = this.channels.get(tab);
    assert.ok(channel.heard.delete(message), 'no such message is on its way');
    channel.onmessage({ data: message });
  }

  close() {
    for (const tab of this.tabs) if (tab.isOn) this.die(tab);
    mock.restoreAll();
    for (const [name, property] of Object.entries(own)) {
      if (property) Object.defineProperty(globalThis, name, property);
      else delete globalThis[name];
    }
    delete globalThis.indexedDB;
  }

  /** The catalogue, as a source gives it. */
  answer() {
    return new Response(signed);
  }

  hourOf(ms) {
    return ms === undefined ? 0 : Math.floor((ms - base) / hourMs);
  }

  /** What a store of the database has under a key. */
  async stored(store, key) {
    const db = await request(indexedDB.open(`ehealth-bcp:${namespace}`));
    const value = await request(db.transaction(store).objectStore(store).get(key));
    db.close();
    return value;
  }

  /** Puts the catalogue into the database, checked in the first hour. */
  async seed(states = {}) {
    const opening = indexedDB.open(`ehealth-bcp:${namespace}`, 1);
    opening.onupgradeneeded = () => {
      for (const name of ['catalogue', 'state']) opening.result.createObjectStore(name);
      opening.result.createObjectStore('log', { autoIncrement: true });
    };
    const db = await request(opening);
    const tx = db.transaction(['catalogue', 'state'], 'readwrite');
    const record = { octets: signed, issueInstantMs: issuedMs, acceptedAtMs: base, checkedAtMs: base + hourMs };
    tx.objectStore('catalogue').put(record, 'current');
    for (const [key, state] of Object.entries(states)) tx.objectStore('state').put(state, key);
    await new Promise((done) => (tx.oncomplete = done));
    db.close();
  }
}

// The core spreads the moments of asking by a tenth. Here they are at the hour.
const spreadless = new WeakMap();
const unspread = {
  restarts: core.restarts,
  fetchesBy() {},
  use: (job) => core.use((running) => job(hourly(running))),
};

function hourly(running) {
  const call = (name, ...args) => {
    const reply = running.call(name, ...args);
    if (name !== 'askAgain') return reply;
    return { ...reply, atMs: base + Math.round((reply.atMs - base) / hourMs) * hourMs };
  };
  const one = spreadless.get(running) ?? { rules: running.rules, call, alive: true };
  spreadless.set(running, one);
  return one;
}

/**
 * Walks the lines on a profile: `step(line)` does what happened, `state()` says what is. Returns the first line that
 * the code leaves, with what it does instead, or does not do in `waitMs`.
 */
export async function departureFrom(lines, step, state, waitMs) {
  for (const [i, line] of lines.entries()) {
    const wanted = line.split(' | ')[1];
    let is = '';
    try {
      await step(line);
      for (const end = process.hrtime.bigint() + BigInt(waitMs) * 1_000_000n; ;) {
        await settle();
        is = await state();
        if (is === wanted || process.hrtime.bigint() > end) break;
        await new Promise((done) => real.setTimeout(done, 1));
      }
    } catch (e) {
      is = e.message;
    }
    if (is !== wanted) return { line, at: i + 1, instead: is };
  }
  return undefined;
}
