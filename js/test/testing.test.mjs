// ehealth-bcp/testing: wrong arguments are refused by name, and the schema is the one that the services need.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isBcpError, services } from '../../dist/index.node.js';
import {
  createDrillAuthority,
  createDrillAuthorityAsync,
  soapAnswer,
  soapFault,
  startFaultServer,
} from '../../dist/testing/index.js';
import { stylesheet } from './lib/stage.mjs';

const says = (start) => (e) => {
  assert.ok(isBcpError(e), String(e.stack));
  assert.equal(e.code, 'bad-call', e.message);
  assert.ok(e.message.startsWith(start), `${e.message}\nexpected: ${start}`);
  return true;
};

const authority = createDrillAuthority();
const id = 'uddi:x:v1';
const endpoints = ['https://x.example/'];
const cache = { strategy: 'ENDPOINT_FIRST', stylesheet };
const list = (over = {}) => ({ services: [{ id, endpoints, ...over }] });
const anEndpoint = 'list.services[0].endpoints[0]';

describe('sign refuses', () => {
  const wrong = {
    'no list': [[], 'list: expected an object, got undefined'],
    'a list without services': [[{}], 'list.services: expected a list of services, one or more, got undefined'],
    'an empty list': [[{ services: [] }], 'list.services: expected a list of services, one or more, got []'],
    'a service that is text': [[{ services: [id] }], 'list.services[0]: expected an object, got a string'],
    'a service without id': [
      [list({ id: undefined })],
      'list.services[0].id: expected text that is not empty, got undefined',
    ],
    'a name that is none': [
      [list({ name: '' })],
      'list.services[0].name: expected text that is not empty, got an empty string',
    ],
    'a service without endpoints': [
      [{ services: [{ id }] }],
      'list.services[0].endpoints: expected a list of endpoints, one or more, got undefined',
    ],
    'a second service without endpoints': [[{ services: [{ id, endpoints }, { id }] }], 'list.services[1].endpoints: '],
    'one endpoint in the place of a list': [
      [list({ endpoints: endpoints[0] })],
      'list.services[0].endpoints: expected a list of endpoints, one or more, got a string',
    ],
    'an endpoint without address': [
      [list({ endpoints: [{ status: 'ACTIVE' }] })],
      `${anEndpoint}.url: expected text that is not empty, got undefined`,
    ],
    'an endpoint without status': [
      [list({ endpoints: [{ url: 'https://x.example/' }] })],
      `${anEndpoint}.status: expected ACTIVE or INACTIVE, got undefined`,
    ],
    'an endpoint that is a number': [
      [list({ endpoints: [5] })],
      `${anEndpoint}: expected an address or { url, status }, got 5`,
    ],
    'an empty address': [
      [list({ endpoints: [''] })],
      `${anEndpoint}: expected an address or { url, status }, got an empty string`,
    ],
    'a cache without stylesheet': [
      [list({ cache: { strategy: 'ENDPOINT_FIRST' } })],
      'list.services[0].cache.stylesheet: expected text that is not empty, got undefined',
    ],
    'a strategy that does not exist': [
      [list({ cache: { ...cache, strategy: 'CACHE_ONLY' } })],
      'list.services[0].cache.strategy: expected ENDPOINT_FIRST or CACHE_FIRST, got a string',
    ],
    'a duration in seconds': [
      [list({ cache: { ...cache, duration: 5 } })],
      'list.services[0].cache.duration: expected text that is not empty, got 5',
    ],
    'a cache in version 1': [
      [{ version: 1, ...list({ cache }) }],
      'list.services[0].cache: expected none in a list of version 1, got one',
    ],
    'a version that does not exist': [[{ version: 3, ...list() }], 'list.version: expected 1 or 2, got 3'],
    'an environment that is none': [
      [{ environment: '', ...list() }],
      'list.environment: expected text that is not empty, got an empty string',
    ],
    'a moment as text': [
      [{ issueInstant: '2026-05-20', ...list() }],
      'list.issueInstant: expected a valid Date, got a string',
    ],
    'signing that is none': [[list(), null], 'signing: expected an object, got null'],
    'an end as text': [[list(), { notAfter: '2027' }], 'signing.notAfter: expected a valid Date, got a string'],
    'a signing time that is none': [
      [list(), { signingTime: new Date('x') }],
      'signing.signingTime: expected a valid Date, got Date',
    ],
    'a signer without name': [
      [list(), { signerCn: '' }],
      'signing.signerCn: expected text that is not empty, got an empty string',
    ],
  };
  for (const [name, [given, message]] of Object.entries(wrong)) {
    it(name, () => assert.throws(() => authority.sign(...given), says(message)));
  }
});

describe('the authority whose keys answer later', () => {
  it('signs what is accepted, also when two are asked for at once', async () => {
    const later = await createDrillAuthorityAsync();
    const signed = await Promise.all([later.sign(list()), later.sign({ ...list({ cache }), environment: 'Drill' })]);
    const [one, two] = await Promise.all(signed.map((text) => services(text, { anchors: [later.anchor] })));
    assert.equal(one.services[0].id, id);
    assert.equal(two.services[0].cache.strategy, 'ENDPOINT_FIRST');
    const certificates = signed.map((text) => /X509Certificate>([^<]+)/.exec(text)[1]);
    assert.equal(certificates[0], certificates[1], 'of one signer');
    const trust = { anchors: [later.anchor], crls: [await later.revoke()] };
    await assert.rejects(services(signed[0], trust), { code: 'signer-revoked' });
    const other = await later.sign(list(), { signerCn: 'Somebody' });
    await assert.rejects(services(other, { anchors: [later.anchor] }), { code: 'signer-mismatch' });
    await assert.rejects(services(signed[0], { anchors: [authority.anchor] }), { code: 'signer-untrusted' });
  });

  it('refuses what the other refuses, and goes on', async () => {
    const later = await createDrillAuthorityAsync();
    await assert.rejects(later.sign({ services: [] }), says('list.services: expected a list of services, one or more'));
    await assert.rejects(later.sign(list({ cache }), { notAfter: '2027' }), says('signing.notAfter: expected a valid'));
    assert.match(await later.sign(list()), /bcp:protocol:v1"/);
  });
});

describe('sign chooses the version of the schema', () => {
  const table = (catalogue) => services(catalogue, { anchors: [authority.anchor] });
  it('2 for a cache', async () => {
    for (const version of [undefined, 2]) {
      const {
        services: [service],
        lint,
      } = await table(authority.sign({ version, ...list({ cache }) }));
      assert.equal(service.cache.strategy, 'ENDPOINT_FIRST');
      assert.deepEqual(lint, []);
    }
  });

  it('1 without, unless another is given', () => {
    assert.match(authority.sign(list()), /bcp:protocol:v1"/);
    assert.match(authority.sign({ version: 2, ...list() }), /bcp:protocol:v2"/);
  });
});

describe('the fault server refuses', () => {
  let server;
  before(async () => {
    server = await startFaultServer();
  });
  after(() => server.close());

  const wrong = {
    'a behaviour that does not exist': [
      () => server.behave('/q', 'swich-fault'),
      'behaviour: expected ok, business-fault, switch-fault, ',
    ],
    'what every object has': [() => server.behave('/q', 'toString'), 'behaviour: expected ok, '],
    'no behaviour': [() => server.behave('/q'), 'behaviour: expected ok, '],
    'a status that is none': [
      () => server.behave('/q', { status: 99 }),
      'behaviour.status: expected a whole number from 200 to 599, got 99',
    ],
    'a status beyond': [
      () => server.behave('/q', { status: 600 }),
      'behaviour.status: expected a whole number from 200 to 599, got 600',
    ],
    'half a status': [
      () => server.behave('/q', { status: 200.5 }),
      'behaviour.status: expected a whole number from 200 to 599, got 200.5',
    ],
    'a status as text': [
      () => server.behave('/q', { status: '503' }),
      'behaviour.status: expected a whole number from 200 to 599, got a string',
    ],
    'headers that are a list': [
      () => server.behave('/q', { headers: ['a'] }),
      'behaviour.headers: expected an object of header names and texts, got [a string]',
    ],
    'a header name with a blank': [
      () => server.behave('/q', { headers: { 'a b': 'c' } }),
      'behaviour.headers: expected an object of header names and texts, got Object',
    ],
    'a header of two lines': [
      () => server.behave('/q', { headers: { a: 'b\nc' } }),
      'behaviour.headers: expected an object of header names and texts, got Object',
    ],
    'a path that begins with two slashes': [
      () => server.behave('//q/r', 'ok'),
      'path: expected a path as an address has it',
    ],
    'a header that is a number': [
      () => server.behave('/q', { headers: { age: 5 } }),
      'behaviour.headers: expected an object of header names and texts, got Object',
    ],
    'a body that is an object': [
      () => server.behave('/q', { body: {} }),
      'behaviour.body: expected text or a Uint8Array, got Object',
    ],
    'a path without /': [() => server.behave('q', 'ok'), 'path: expected a path as an address has it, '],
    'a path that breaks an address': [() => server.behave(':x', 'ok'), 'path: expected a path as an address has it, '],
    'a path with a query': [() => server.behave('/q?x=1', 'ok'), 'path: expected a path as an address has it, '],
    'an address as path': [() => server.seen(`${server.origin}/q`), 'path: expected a path as an address has it, '],
    'a payload that is an object': [() => soapAnswer({}), 'payload: expected text, got Object'],
    'a code that is none': [() => soapFault(), 'code: expected text, got undefined'],
  };
  for (const [name, [call, message]] of Object.entries(wrong)) {
    it(name, () => assert.throws(call, says(message)));
  }

  it('and takes every behaviour that its type has', async () => {
    for (const behaviour of [
      'ok',
      'business-fault',
      'switch-fault',
      'unavailable',
      'unavailable-no-cors',
      'no-cors',
      'no-preflight',
      'reset',
      'hang',
      'stall',
      'cut',
      'cut-chunked',
      'html',
      {},
      { status: 404, headers: { age: '5' }, body: new Uint8Array(1) },
    ]) {
      server.behave('/q', behaviour);
    }
    server.behave('/q', { body: '' });
    assert.equal(await (await fetch(`${server.origin}/q`)).text(), '');
    assert.equal(server.seen('/q').length, 1);
  });
});
