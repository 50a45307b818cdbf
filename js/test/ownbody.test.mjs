// The body of a request is the application's: what it does to make it takes no endpoint's time, and what fails in it is
// nobody's failure.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { makeStage, service, soapRequest } from './lib/stage.mjs';

const xml = { 'content-type': 'text/xml' };

let stage;
let client;
let events;

beforeEach(async () => {
  stage = await makeStage();
  open();
});
afterEach(async () => {
  client.close();
  await stage.close();
});

function open(over = {}) {
  client?.close();
  events = [];
  client = createBcpClient(stage.options({ log: (event) => events.push(event), ...over }));
}

const ask = (bcp, over = {}) => client.fetch(service, { method: 'POST', headers: xml, bcp, ...over });
const endpointOf = async (response) => client.provenance(await response).endpoint;
const failed = () => events.filter(({ type }) => type === 'endpoint-failed');
const health = async () => (await client.status()).services[0].health;

describe('a body made for each attempt', () => {
  it('is made once for each, for the endpoint that it goes to, whatever else it is read for', async () => {
    stage.publish({ cache: { strategy: 'ENDPOINT_FIRST' } });
    stage.server.behave('/main', 'unavailable');
    for (const cache of [undefined, { services: [service] }]) {
      for (const headers of [xml, {}]) {
        open({ cache });
        const made = [];
        const body = ({ endpoint, attempt }) => {
          made.push([endpoint, attempt]);
          return soapRequest();
        };
        assert.equal(await endpointOf(ask({ repeat: 'yes', body }, { headers })), stage.second);
        assert.deepEqual(made, [
          [stage.main, 1],
          [stage.second, 2],
        ]);
        await client.clear('everything');
      }
    }
  });

  it('can be a stream, of which the key is made too', async () => {
    stage.publish({ cache: { strategy: 'ENDPOINT_FIRST' } });
    open({ cache: { services: [service] } });
    await ask({ repeat: 'yes', body: () => new Blob([soapRequest('17')]).stream() });
    assert.equal(stage.server.seen('/main')[0].body, soapRequest('17'));
    stage.server.behave('/main', 'reset');
    stage.server.behave('/second', 'reset');
    assert.equal(client.provenance(await ask({ repeat: 'yes' }, { body: soapRequest('17') })).source, 'cache');
  });

  it('may take longer than an attempt, for a PIN say: no endpoint is to blame', async () => {
    open({ policy: { attemptTimeoutMs: 1_500, totalTimeoutMs: 10_000 } });
    const body = () => new Promise((resolve) => setTimeout(() => resolve(soapRequest()), 1_600));
    assert.equal(await endpointOf(ask({ repeat: 'no', body })), stage.main);
    assert.deepEqual(failed(), []);
  });

  it('that takes longer than the call leaves nothing uncertain', async () => {
    open({ policy: { attemptTimeoutMs: 200, totalTimeoutMs: 300 } });
    await assert.rejects(ask({ repeat: 'no', body: () => new Promise(() => {}) }), { code: 'timeout' });
    assert.deepEqual(await health(), { endpoint: stage.main, preferred: stage.main });
  });

  it('of a machine that slept past the end of the call is not sent', async () => {
    open({ policy: { attemptTimeoutMs: 200, totalTimeoutMs: 300 } });
    const body = () => {
      for (const end = performance.now() + 400; performance.now() < end;); // no timer fires meanwhile, as in a sleep
      return soapRequest();
    };
    await assert.rejects(ask({ repeat: 'no', body }), { code: 'timeout' });
    assert.equal(stage.server.seen('/main').length, 0);
    assert.deepEqual(await health(), { endpoint: stage.main, preferred: stage.main });
  });

  it('can be given up while it is made, or read', async () => {
    for (const over of [{}, { headers: {} }, { body: new ReadableStream({}), duplex: 'half', headers: {} }]) {
      const signal = AbortSignal.timeout(200);
      const bcp = over.body ? { repeat: 'no' } : { repeat: 'no', body: () => new Promise(() => {}) };
      await assert.rejects(ask(bcp, { signal, ...over }), { code: 'aborted', name: 'TimeoutError' });
      assert.deepEqual(await health(), { endpoint: stage.main, preferred: stage.main });
    }
  });

  it('that fails does not keep the others waiting for what the endpoint says', async () => {
    stage.server.behave('/main', 'reset');
    const body = ({ attempt }) => {
      if (attempt === 2) throw new Error('no key');
      return soapRequest();
    };
    await assert.rejects(ask({ repeat: 'yes', body }), { code: 'bad-call' });
    const patience = AbortSignal.timeout(5_000); // a call that waits does so for an attempt's time, 10 s, and more
    const other = ask({ repeat: 'yes' }, { body: soapRequest(), signal: patience });
    assert.equal(await endpointOf(other), stage.second);
  });

  it('is none of GET, in whatever form', async () => {
    for (const target of [service, new Request(stage.main)]) {
      const asked = client.fetch(target, { bcp: { repeat: 'yes', body: () => 'x' } });
      await assert.rejects(asked, { code: 'bad-call' });
    }
    assert.deepEqual(failed(), []);
  });
});

describe('what a request asks for', () => {
  const json = { status: 404, headers: { 'content-type': 'application/json' }, body: '{}' };
  for (const type of ['application/xml', 'text/xml-external-parsed-entity', 'text/plain', undefined]) {
    it(`is SOAP by its body, under the media type ${type}`, async () => {
      stage.server.behave('/main', json);
      const headers = type ? { 'content-type': type } : {};
      assert.equal(await endpointOf(ask({ repeat: 'yes' }, { body: soapRequest(), headers })), stage.second);
    });
  }
});
