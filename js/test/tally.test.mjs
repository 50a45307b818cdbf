// What the sends of a client came to, by endpoint, in its status: nothing of a request is in it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { soapFault } from '../../dist/testing/index.js';
import { ask, clientOf, stage } from './lib/clients.mjs';
import { service, soapRequest } from './lib/stage.mjs';

const sendsOf = async (client) =>
  (await client.status()).sends.map(({ endpoint, took, ...rest }) => ({
    ...rest,
    path: new URL(endpoint).pathname,
    timed: took.reduce((sum, count) => sum + count, 0),
    buckets: took.length,
  }));
const row = (path, answered, failed, switches) => ({
  service,
  path,
  answered,
  failed,
  switches,
  timed: answered + failed,
  buckets: 11,
});

it('counts answers, failures and switches of each endpoint', async () => {
  const client = clientOf();
  assert.deepEqual((await client.status()).sends, []);
  await ask(client);
  stage.server.behave('/main', 'reset');
  await ask(client);
  await ask(client);
  assert.deepEqual(await sendsOf(client), [row('/main', 1, 1, 0), row('/second', 2, 0, 1)]);
});

it('counts calls that run at once', async () => {
  const client = clientOf();
  await Promise.all(Array.from({ length: 20 }, () => ask(client)));
  assert.deepEqual(await sendsOf(client), [row('/main', 20, 0, 0)]);
});

it('counts neither what the caller cancelled nor who was refused', async () => {
  const client = clientOf();
  stage.server.behave('/main', 'hang');
  await assert.rejects(ask(client, { signal: AbortSignal.timeout(300) }));
  assert.deepEqual(await sendsOf(client), []);
  stage.server.behave('/main', { status: 500, body: soapFault('SOA-01001') });
  await ask(client);
  assert.deepEqual(await sendsOf(client), [row('/second', 1, 0, 0)]);
});

it('puts an answer that took its time where it belongs, and hands out copies', async () => {
  const late = async (...args) => {
    await new Promise((done) => setTimeout(done, 600));
    return fetch(...args);
  };
  const client = clientOf({ fetch: late });
  await ask(client);
  const { sends } = await client.status();
  assert.equal(
    sends[0].took.slice(0, 4).reduce((sum, count) => sum + count),
    0,
    `${sends[0].took}`,
  );
  sends[0].took.fill(9);
  sends[0].answered = 9;
  assert.equal((await client.status()).sends[0].answered, 1);
});

it('holds nothing of a request', async () => {
  const client = clientOf();
  const body = soapRequest().replace(/<\/[\w:]*Body>/, '<x xmlns="urn:x">79010112345</x>$&');
  await client.fetch(service, { method: 'POST', body, headers: { 'x-user': 'DR-WHO' }, bcp: { repeat: 'yes' } });
  const { sends } = await client.status();
  assert.deepEqual(Object.keys(sends[0]), ['service', 'endpoint', 'answered', 'failed', 'switches', 'took']);
  assert.doesNotMatch(JSON.stringify(sends), /79010112345|DR-WHO/);
});
