// Before each test of a file that imports this: a stage, an empty IndexedDB, no client. After it: every client closed,
// every mock undone. What changes with each test is exported as it is then.
import { afterEach, beforeEach, mock } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createBcpClient } from '../../../dist/index.node.js';
import { makeStage, service, soapRequest } from './stage.mjs';

/** The stage of this test. */
export let stage;
/** What its clients told so far. */
export let events;
/** The clients to close: one that a test makes by itself is added. */
export let clients;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  globalThis.IDBKeyRange = IDBKeyRange;
  clients = [];
  events = [];
  stage = await makeStage();
});
afterEach(async () => {
  for (const client of clients) client.close();
  mock.timers.reset();
  mock.restoreAll();
  delete globalThis.indexedDB;
  await stage.close();
});

/** A client of the stage; `over` are options of its own. */
export function clientOf(over = {}) {
  const client = createBcpClient(stage.options({ log: (event) => events.push(event), ...over }));
  clients.push(client);
  return client;
}

/** Calls the service with what may run twice. */
export const ask = (client, init = {}) =>
  client.fetch(service, { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' }, ...init });

/** The path of the endpoint that answered. */
export const pathOf = (client, response) => new URL(client.provenance(response).endpoint).pathname;

/** The types of what was told. */
export const types = () => events.map(({ type }) => type);

/** Waits until `passes` gives a true value: 10 s and more, since a machine may be busy. */
export async function until(passes) {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await passes()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('it did not come');
}
