// The client that plays says what a real client would: the same members, answers, errors.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bcpErrorOf, createBcpClient } from '../../dist/index.node.js';
import { createFakeClient, soapFault } from '../../dist/testing/browser.js';

const id = 'uddi:x:v1';
const url = 'https://x.example/service';

describe('a client that plays', () => {
  it('has every member of a client, and works detached', async () => {
    const real = createBcpClient({ environment: 'E', catalogue: 'http://127.0.0.1:9/', anchors: ['x'] });
    const fake = createFakeClient();
    const methods = Object.getOwnPropertyNames(real).filter((name) => typeof real[name] === 'function');
    assert.ok(methods.length >= 11, String(methods));
    for (const name of methods) assert.equal(typeof fake[name], 'function', name);
    if (Symbol.dispose) assert.equal(fake[Symbol.dispose], fake.close);
    real.close();
    const { fetch, provenance } = fake;
    assert.equal(provenance(await fetch(url)).endpoint, url);
  });

  it('answers as the main endpoint does, and keeps what was asked', async () => {
    const bcp = createFakeClient();
    const response = await bcp.fetch(id, { method: 'POST', body: '<q/>', bcp: { repeat: 'yes' } });
    assert.equal(response.status, 200);
    assert.match(await response.text(), /Envelope/);
    assert.equal(bcp.provenance(response).service, id);
    const request = new Request(url, { method: 'PUT', body: 'x' });
    await bcp.fetch(request);
    assert.equal(bcp.provenance(request).source, 'network');
    const own = async ({ endpoint, attempt }) => `<q>${attempt} ${endpoint}</q>`;
    await bcp.fetch(url, { method: 'POST', bcp: { body: own } });
    assert.deepEqual(bcp.calls, [
      { target: id, method: 'POST', body: '<q/>', bcp: { repeat: 'yes' } },
      { target: url, method: 'PUT', body: 'x' },
      { target: url, method: 'POST', body: `<q>1 ${url}</q>`, bcp: { body: own } },
    ]);
    assert.equal(bcp.provenance(new Response('another')), undefined);
  });

  it('gives what was set, from the first or from then on', async () => {
    const storedAt = new Date('2026-01-01T00:00:00Z');
    const bcp = createFakeClient({ answers: { [id]: { source: 'cache', storedAt, expired: true, text: 'kept' } } });
    const response = await bcp.fetch(id);
    const { validUntil, ...from } = bcp.provenance(response);
    assert.deepEqual(from, { source: 'cache', service: id, attempts: 2, storedAt, expired: true });
    assert.ok(validUntil < new Date());
    assert.equal(await response.text(), 'kept');
    bcp.answer(id, { status: 500, text: soapFault('SOA-02001'), exhausted: true, headers: { 'x-a': 'b' } });
    const fault = await bcp.fetch(id);
    assert.deepEqual([fault.status, fault.headers.get('x-a')], [500, 'b']);
    assert.equal(bcp.provenance(fault).exhausted, true);
    bcp.answer(id, { status: 204 });
    assert.equal(await (await bcp.fetch(id)).text(), '');
  });

  it('fails with the code that was set, or as a call that is cancelled', async () => {
    const tried = [{ endpoint: url, outcome: 'timeout' }];
    const bcp = createFakeClient({
      answers: { [id]: { code: 'endpoints-exhausted', tried }, [url]: { delayMs: 60_000 } },
    });
    await assert.rejects(bcp.fetch(id), (e) => {
      assert.deepEqual([bcpErrorOf(e).code, bcpErrorOf(e).tried], ['endpoints-exhausted', tried]);
      return true;
    });
    const aborted = (name) => (e) => e.name === name && bcpErrorOf(e)?.code === 'aborted';
    await assert.rejects(bcp.fetch(url, { signal: AbortSignal.timeout(5) }), aborted('TimeoutError'));
    await assert.rejects(bcp.fetch(url, { signal: AbortSignal.abort() }), aborted('AbortError'));
    bcp.close();
    await assert.rejects(bcp.fetch(id), { code: 'closed' });
    assert.equal((await bcp.status()).phase, 'closed');
  });

  it('tells events, and shows what the panel asks for', async () => {
    const item = { functionality: 'eattest', lang: 'en', title: 'eAttest', lastResort: ['Paper.'], way: 'lastResort' };
    const procedures = { overall: 'degraded', items: [item] };
    const bcp = createFakeClient({ procedures, status: { phase: 'no-catalogue', code: 'network' } });
    const told = [];
    const stop = bcp.subscribe((event) => told.push(event));
    bcp.tell({ type: 'service-recovered', service: id, endpoint: url, sinceMs: 1 });
    await bcp.clear();
    stop();
    bcp.tell({ type: 'cleared' });
    assert.deepEqual(
      told.map(({ type, atMs }) => [type, atMs > 0]),
      [
        ['service-recovered', true],
        ['cleared', true],
      ],
    );
    assert.equal(await bcp.procedures('en'), procedures);
    assert.equal(await bcp.procedure('eattest', 'en'), item);
    assert.equal((await bcp.procedure('sumehr', 'en')).functionality, 'sumehr');
    assert.deepEqual([(await bcp.status()).phase, await bcp.refresh()], ['no-catalogue', 'unchanged']);
    assert.equal(JSON.parse(await bcp.exportLog()).status.code, 'network');
  });

  const refused = {
    'a live answer with a moment': [{ storedAt: new Date() }, 'answer.storedAt: expected with source cache only'],
    'a kept answer with an endpoint': [
      { source: 'cache', endpoint: url },
      'answer.endpoint: expected with source network only',
    ],
    'a member that does not exist': [{ staus: 200 }, 'answer: expected the members text, status,'],
    'a status that is none': [{ status: 99 }, 'answer.status: expected a whole number from 200 to 599'],
    'a source that is none': [{ source: 'disk' }, 'answer.source: expected network or cache'],
    nothing: [undefined, 'answer: expected an object'],
  };
  for (const [name, [answer, start]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      const says = (e) => e.code === 'bad-call' && (assert.ok(e.message.startsWith(start), e.message), true);
      assert.throws(() => createFakeClient().answer(id, answer), says);
    });
  }

  it('refuses options that it has not', async () => {
    assert.throws(() => createFakeClient({ answer: {} }), /options: expected the members answers, status, procedures/);
    await assert.rejects(createFakeClient().fetch(''), { code: 'bad-call' });
  });
});
