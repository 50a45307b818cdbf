// Every reader of what comes from outside gets values of every kind: records, headers, messages, moments, errors of the
// application. No call that could have succeeded fails, and a database is not taken for broken by what is in it.
//
// BCP_FUZZ_SECONDS (20) for all kinds together, BCP_FUZZ_SEED to see a failure again: `make fuzz-readers`.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createBcpClient } from '../../dist/index.node.js';
import { anyValue, changed, headerValue, jsonValue, moments, oneOf, randomOf } from './lib/anything.mjs';
import { Caches } from './lib/caches.mjs';
import { makeStage, service, soapRequest } from './lib/stage.mjs';

const seconds = Number(process.env.BCP_FUZZ_SECONDS ?? 20);
const firstSeed = Number(process.env.BCP_FUZZ_SEED ?? 1);

let stage;
let clients;
let events;
beforeEach(async () => {
  stage = await makeStage();
  clients = [];
  begin();
});
afterEach(async () => {
  end();
  delete globalThis.indexedDB;
  delete globalThis.caches;
  await stage.close();
});

/** A browser that was never here, and a service whose answers may be kept. */
function begin() {
  globalThis.indexedDB = new IDBFactory();
  globalThis.IDBKeyRange = IDBKeyRange;
  globalThis.caches = new Caches();
  events = [];
  stage.server.forget();
  stage.server.behave('/main', 'ok');
  stage.server.behave('/second', 'ok');
  stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'P1D' } });
}

function end() {
  for (const client of clients.splice(0)) client.close();
  mock.timers.reset();
}

function clientOf(over = {}) {
  const cache = { services: [service], persistent: { user: 'u', secret: () => 's'.repeat(32) } };
  const client = createBcpClient(stage.options({ cache, log: (event) => events.push(event), ...over }));
  clients.push(client);
  return client;
}

const ask = (client) => client.fetch(service, { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } });
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** A start that leaves a record in every store: a list, a state after a failover, a log, an answer, a clock. */
async function leaveRecords() {
  stage.server.behave('/main', 'reset');
  const client = clientOf();
  await succeeds(client);
  await client.refresh();
  for (let tries = 0; globalThis.caches.entries.length === 0; tries++) {
    assert.ok(tries < 2_000, 'the second copy was not stored');
    await sleep(5);
  }
  end();
  stage.server.behave('/main', 'ok');
  events = [];
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function succeeds(client) {
  const response = await ask(client);
  assert.equal(client.provenance(response).service, service, 'it went out unprotected');
  assert.equal(client.provenance(response).source, 'network');
  assert.match(await response.text(), /<Answer/);
}

/** What must work whatever was read: calls, everything that tells of the state, and the cache. */
async function works(client) {
  await succeeds(client);
  await client.refresh();
  assert.equal((await client.status()).phase, 'ready');
  await client.procedures('nl');
  JSON.parse(await client.exportLog());
  for (const path of ['/main', '/second']) stage.server.behave(path, 'reset');
  const kept = client.provenance(await ask(client));
  assert.deepEqual([kept.source, kept.expired], ['cache', false], 'the answer was not kept');
  await client.clear();
  const told = events.filter(({ type }) => type === 'storage-degraded');
  assert.deepEqual(
    told.filter(({ code }) => code !== 'record-dropped'),
    [],
  );
  assert.equal(new Set(told.map(({ store }) => store)).size, told.length, 'told more than once');
}

const databases = async () => {
  const all = await indexedDB.databases();
  return Promise.all(all.map(({ name }) => done(indexedDB.open(name))));
};

/** Changes about half of the records of every store, some altogether, some in one part. */
async function damageRecords(random) {
  for (const db of await databases()) {
    for (const name of db.objectStoreNames) {
      const records = db.transaction(name, 'readwrite').objectStore(name);
      const [keys, values] = [await done(records.getAllKeys()), await done(records.getAll())];
      for (const [i, key] of keys.entries()) {
        if (random() < 0.5) continue;
        const value = changed(random, values[i]);
        await done(
          records.keyPath ? records.put({ ...Object(value), [records.keyPath]: key }) : records.put(value, key),
        );
      }
      if (!records.keyPath && random() < 0.3) {
        await done(
          records.put(anyValue(random), oneOf(random, [0, -1.5, 1e300, '', 'x', new Date(0), [[]], new Uint8Array(1)])),
        );
      }
    }
    db.close();
  }
}

/** What is done in a round. Each begins in a browser that was never here. */
const kinds = {
  async 'records of every store'(random) {
    await leaveRecords();
    await damageRecords(random);
    if (random() < 0.5) stage.server.behave('/catalogue.xml', 'unavailable');
    else delete globalThis.caches;
    await works(clientOf());
  },

  async 'the second copy'(random) {
    await leaveRecords();
    for (const entry of globalThis.caches.entries) {
      if (random() < 0.5)
        entry.octets = oneOf(random, [new Uint8Array(), new Uint8Array(5), entry.octets.slice(0, 999)]);
      entry.headers = entry.headers.map(([name, right]) => [name, [headerValue(random, right)].flat().join()]);
    }
    if (random() < 0.5) stage.server.behave('/catalogue.xml', 'unavailable');
    else globalThis.indexedDB = new IDBFactory();
    await works(clientOf());
  },

  async 'headers of answers, of the list and of its hint'(random) {
    const headersOf = (right) => {
      const names = [
        'content-type',
        'content-encoding',
        'date',
        'last-modified',
        'retry-after',
        'age',
        'etag',
        'x-bcp-code',
      ];
      const made = [...names, 'x-bcp-not-sent'].map((name) => [name, headerValue(random, right)]);
      const some = made.filter(([, value]) => value !== undefined && random() < 0.5);
      return Object.fromEntries(some.flatMap(([name, value]) => twice(name, value)));
    };
    const hint = stage.server.behave('/hint', { headers: headersOf('text/plain'), body: String(jsonValue(random)) });
    const list = stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'P1D' } });
    const { 'content-encoding': _, ...ofList } = headersOf('application/xml');
    stage.server.behave('/catalogue.xml', { headers: ofList, body: list });
    stage.server.behave('/main', { headers: headersOf('text/xml'), body: soapRequest().replace('Query', 'Answer') });
    const client = clientOf({ catalogue: { url: `${stage.server.origin}/catalogue.xml`, hint } });
    await client.refresh();
    await succeedsAnyhow(client);
    await works(client);
  },

  async 'messages of other tabs'(random) {
    const { namespace, environment } = stage.options();
    const channel = new BroadcastChannel(`ehealth-bcp:${namespace}:${environment}`);
    const client = clientOf();
    await succeeds(client);
    for (let i = 0; i < 20; i++)
      channel.postMessage(random() < 0.2 ? oneOf(random, ['catalogue', 'state']) : anyValue(random));
    await sleep(5);
    await works(client);
    channel.close();
  },

  async 'states of the house'(random) {
    const base = `${stage.server.origin}/gateway/`;
    stage.server.behave('/gateway/endpoint', 'ok');
    const states = random() < 0.5 ? { [service]: jsonValue(random) } : jsonValue(random);
    stage.server.behave('/gateway/states', { body: random() < 0.1 ? '{' : JSON.stringify(states) });
    await works(clientOf({ gateway: base, rewrite: (endpoint) => endpoint }));
  },

  async 'the clock of this computer'(random) {
    await leaveRecords();
    mock.timers.enable({ apis: ['Date'], now: oneOf(random, moments()) });
    stage.server.behave('/catalogue.xml', 'unavailable');
    const client = clientOf();
    await succeeds(client);
    await client.refresh();
    JSON.parse(await client.exportLog());
    end();
    events = []; // each client tells once
    stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'P1D' } });
    await works(clientOf());
  },

  async 'errors of the application'(random) {
    const thrown = () => {
      const made = random() < 0.5 ? anyValue(random) : Object.create(null);
      const error = random() < 0.5 ? new TypeError('patient 85071599987') : made;
      for (const name of ['name', 'code', 'cause', 'message', 'stack']) {
        if (random() < 0.4 && Object.isExtensible(error))
          error[name] = oneOf(random, [anyValue(random), Object.create(null), Symbol('x')]);
      }
      return error;
    };
    const failing = (input, init) => {
      if (String(input).endsWith('/main')) throw thrown();
      return fetch(input, init);
    };
    const client = clientOf({ fetch: failing });
    await works(client);
    assert.doesNotMatch(JSON.stringify(events), /85071599987/);
  },
};

/** A header that comes twice has its second name in capitals. */
const twice = (name, value) => [value].flat().map((one, i) => [i === 0 ? name : name.toUpperCase(), one]);

/** An answer whose headers are wrong may be somebody else's: then the next endpoint answers. */
async function succeedsAnyhow(client) {
  assert.match(await (await ask(client)).text(), /Answer/);
  stage.server.behave('/main', 'ok');
}

describe('what comes from outside, of every kind', () => {
  for (const [index, [name, round]] of Object.entries(kinds).entries()) {
    it(name, async (t) => {
      const endMs = performance.now() + (1_000 * seconds) / Object.keys(kinds).length;
      let rounds = 0;
      for (let seed = firstSeed; rounds === 0 || performance.now() < endMs; seed++, rounds++) {
        begin();
        try {
          await round(randomOf(seed * 101 + index));
        } catch (e) {
          throw new Error(`BCP_FUZZ_SEED=${seed}: ${e.message}\n${JSON.stringify(events.slice(-5))}`, { cause: e });
        } finally {
          end();
        }
      }
      t.diagnostic(`${rounds} rounds`);
    });
  }
});
