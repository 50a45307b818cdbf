// Services of one host tell one another what was seen of it: when one is back, the others may try, an act too.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it, mock } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { makeStage, soapRequest } from './lib/stage.mjs';

const idOf = (name) => `uddi:ehealth-fgov-be:business:${name}:v1`;

let stage;
let client;

beforeEach(async () => {
  stage = await makeStage();
  const services = ['a', 'b'].map((name) => ({
    id: idOf(name),
    name,
    endpoints: [0, 1].map((order) => stage.server.behave(`/${name}${order}`, 'ok')),
  }));
  stage.publish({ services });
  client = createBcpClient(stage.options());
});
afterEach(async () => {
  client.close();
  mock.timers.reset();
  await stage.close();
});

/** Calls a service, and returns the path of the endpoint that answered. */
async function ask(name, repeat) {
  const headers = { 'content-type': 'text/xml' };
  const response = await client.fetch(idOf(name), { method: 'POST', headers, body: soapRequest(), bcp: { repeat } });
  return new URL(client.provenance(response).endpoint).pathname;
}

it('a consultation that comes back brings the acts of the host back', async () => {
  const start = Date.now();
  mock.timers.enable({ apis: ['Date'], now: start });
  for (const main of ['/a0', '/b0']) stage.server.behave(main, 'reset');
  assert.deepEqual([await ask('a', 'yes'), await ask('b', 'yes')], ['/a1', '/b1']);
  for (const main of ['/a0', '/b0']) stage.server.behave(main, 'ok');
  mock.timers.setTime(start + 10 * 60_000);
  assert.equal(await ask('b', 'no'), '/b1', 'an act does not find out');
  assert.equal(await ask('a', 'yes'), '/a0');
  assert.equal(await ask('b', 'no'), '/b0');
});

it('a host that is still silent keeps the acts away', async () => {
  const start = Date.now();
  mock.timers.enable({ apis: ['Date'], now: start });
  for (const main of ['/a0', '/b0']) stage.server.behave(main, 'reset');
  assert.deepEqual([await ask('a', 'yes'), await ask('b', 'yes')], ['/a1', '/b1']);
  mock.timers.setTime(start + 50 * 60_000);
  assert.equal(await ask('a', 'yes'), '/a1', 'a probe that fails');
  stage.server.forget();
  mock.timers.setTime(start + 100 * 60_000);
  assert.equal(await ask('b', 'no'), '/b1');
  assert.equal(stage.server.seen('/b0').length, 0);
});
