// Wrong arguments from JavaScript: each is refused with the code bad-call, and the message names it and what came.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { cacheKey, createBcpClient, isBcpError, isSwitch, plan, services, verify } from '../../dist/index.node.js';
import { installServiceWorker } from '../../dist/serviceworker.js';
import { createBcpClient as createSlimClient, createCore } from '../../dist/slim.js';
import { BcpStatusElement } from '../../dist/status-element.js';

const read = (name) => readFileSync(new URL(`../../testdata/${name}`, import.meta.url));
const catalogue = read('catalogues/v1.xml');
const wasm = readFileSync(new URL('../../dist/bcp.wasm', import.meta.url));
const anchors = [read('pki/root.pem').toString()];
const at = new Date('2026-06-01T12:00:00Z');
const good = { anchors, at, environment: 'Production' };
const says = (start) => (e) => {
  assert.ok(isBcpError(e), String(e.stack));
  assert.equal(e.code, 'bad-call', e.message);
  assert.ok(e.message.startsWith(start), `${e.message}\nexpected: ${start}`);
  return true;
};

describe('the bare functions reject', () => {
  const calls = {
    'no options': [() => verify(catalogue), 'options: expected an object, got undefined'],
    'no catalogue': [() => verify(undefined, good), 'catalogue: expected text or bytes, got undefined'],
    'a catalogue that is on its way': [
      () => verify(Promise.resolve(catalogue), good),
      'catalogue: expected text or bytes, got a Promise: await it',
    ],
    'a Response': [() => verify(new Response('x'), good), 'catalogue: expected text or bytes, got Response'],
    'no anchors': [
      () => verify(catalogue, {}),
      'options.anchors: expected a list of PEM texts, one or more, got undefined',
    ],
    'an empty list of anchors': [
      () => verify(catalogue, { anchors: [] }),
      'options.anchors: expected a list of PEM texts, one or more, got []',
    ],
    'one anchor in the place of a list': [
      () => verify(catalogue, { ...good, anchors: anchors[0] }),
      'options.anchors: expected a list of PEM texts, one or more, got a string',
    ],
    'anchors that are none': [
      () => verify(catalogue, { ...good, anchors: [anchors[0], null] }),
      'options.anchors: expected a list of PEM texts, one or more, got [a string, null]',
    ],
    DER: [
      () =>
        verify(catalogue, { ...good, anchors: [Buffer.from(anchors[0].split('\n').slice(1, -2).join(''), 'base64')] }),
      'anchors file 1: expected PEM text with a CERTIFICATE block, got DER bytes',
    ],
    'a moment as text': [
      () => verify(catalogue, { ...good, at: '2026-06-01' }),
      'options.at: expected a valid Date, got a string',
    ],
    'a moment in milliseconds': [
      () => verify(catalogue, { ...good, at: 5 }),
      'options.at: expected a valid Date, got 5',
    ],
    'a moment that is none': [
      () => verify(catalogue, { ...good, at: new Date('x') }),
      'options.at: expected a valid Date, got Date',
    ],
    'an empty environment': [
      () => verify(catalogue, { ...good, environment: '' }),
      'options.environment: expected text that is not empty, got an empty string',
    ],
    'a CRL in the place of a list': [
      () => verify(catalogue, { ...good, crls: catalogue }),
      'options.crls: expected a list of texts or bytes, got Buffer',
    ],
    'heldAt as text': [
      () => verify(catalogue, { ...good, held: catalogue, heldAt: 'x' }),
      'options.heldAt: expected a valid Date, got a string',
    ],
    'a name misspelt': [
      () => verify(catalogue, { ...good, hold: '' }),
      'options: expected the members anchors, crls, signerCn, environment, stylesheets, at, held, heldAt, got hold',
    ],
    services: [
      () => services(catalogue, { ...good, signerCn: 7 }),
      'options.signerCn: expected text that is not empty, got 7',
    ],
    'cacheKey without a rule': [() => cacheKey('<a/>'), 'rule: expected an object, got undefined'],
    'cacheKey with half a rule': [
      () => cacheKey('<a/>', { catalogue, anchors }),
      'rule.service: expected text that is not empty, got undefined',
    ],
    'cacheKey with an empty rule': [
      () => cacheKey('<a/>', {}),
      'rule.stylesheet: expected text or bytes, or a catalogue with its service, got undefined',
    ],
    'cacheKey of an object': [
      () => cacheKey({}, { stylesheet: '<a/>' }),
      'request: expected text or bytes, got Object',
    ],
    'isSwitch of nothing': [() => isSwitch(), 'answer: expected text or bytes, got undefined'],
    'isSwitch of null': [() => isSwitch(null), 'answer: expected text or bytes, got null'],
    'plan of nothing': [() => plan(), 'script: expected an object or a list of objects, got undefined'],
    'plan of a text': [() => plan('{}'), 'script: expected an object or a list of objects, got a string'],
    'plan of what JSON has not': [() => plan({ active: 1n }), 'script: expected what JSON can hold: '],
    'plan with a wrong policy': [
      () => plan({}, { policyName: 'best' }),
      'policy: name must be "connector" or "published", got "best"',
    ],
    'plan with a wrong number': [
      () => plan({}, { random: -1 }),
      'arguments: random: expected a whole number, got number -1',
    ],
    'plan with a wrong failback': [
      () => plan({}, { failback: 'yes' }),
      'arguments: failback: expected true or false, got string',
    ],
    'plan with null': [() => plan({}, null), 'options: expected an object, got null'],
  };
  for (const [name, [call, message]] of Object.entries(calls)) {
    it(name, async () => {
      let rejecting;
      assert.doesNotThrow(() => {
        rejecting = call();
      }, 'a rejection, not an exception');
      await assert.rejects(rejecting, says(message));
    });
  }

  it('and take what is right', async () => {
    await assert.rejects(
      cacheKey('<a/>', { ...good, stylesheet: '<a/>' }),
      (e) => e.code !== 'bad-call',
      'options that a stylesheet does not need',
    );
    assert.equal((await verify(catalogue, good)).services, 16);
    assert.equal(
      (await verify(catalogue, { ...good, held: '' })).lint[0].code,
      'held-invalid',
      'an empty catalogue held is not none',
    );
    const foreign = runInNewContext('new ArrayBuffer(size)', { size: wasm.length });
    new Uint8Array(foreign).set(wasm);
    await createCore(foreign).preload(); // of another frame
  });
});

describe('createBcpClient refuses', () => {
  const options = { environment: 'Production', catalogue: '/c.xml', anchors };
  const wrong = {
    'no options': [undefined, 'options: expected an object, got undefined'],
    'no environment': [
      { ...options, environment: undefined },
      'options.environment: expected text that is not empty, got undefined',
    ],
    'one anchor': [
      { ...options, anchors: anchors[0] },
      'options.anchors: expected a list of PEM texts, one or more, got a string',
    ],
    'no catalogue': [
      { ...options, catalogue: undefined },
      'options.catalogue: expected an address, { url, hint } or a list of these, got undefined',
    ],
    'no catalogues': [
      { ...options, catalogue: [] },
      'options.catalogue: expected an address, { url, hint } or a list of these, got []',
    ],
    'a catalogue without address': [
      { ...options, catalogue: { href: '/c' } },
      'options.catalogue: expected an address, { url, hint } or a list of these, got Object',
    ],
    'a seed on its way': [
      { ...options, seed: Promise.resolve('') },
      'options.seed: expected text, bytes or a function, got a Promise: await it',
    ],
    'a policy as a map': [{ ...options, policy: new Map() }, 'options.policy: expected an object, got Map'],
    'a policy by name': [{ ...options, policy: 'published' }, 'options.policy: expected an object, got a string'],
    'a cache without services': [
      { ...options, cache: {} },
      'options.cache.services: expected a list of texts, got undefined',
    ],
    'a secret that is none': [
      { ...options, cache: { services: [], persistent: { user: 'u', secret: 'x' } } },
      'options.cache.persistent.secret: expected a function, got a string',
    ],
    'no user': [
      { ...options, cache: { services: [], persistent: { user: '', secret: () => '' } } },
      'options.cache.persistent.user: expected text that is not empty, got an empty string',
    ],
    'procedures as an object': [
      { ...options, procedures: {} },
      'options.procedures: expected text or bytes, got Object',
    ],
    'a log that is none': [{ ...options, log: console }, 'options.log: expected a function, got'],
    'a name misspelt': [{ ...options, chache: {} }, 'options: expected the members environment, '],
    'a name misspelt of what it needs': [
      { ...options, anchors: undefined, anchor: anchors },
      'options: expected the members environment, anchors, ',
    ],
    'a name misspelt further in': [
      { ...options, cache: { services: [], persistant: {} } },
      'options.cache: expected the members services, rules, stylesheets, serveExpired, maxEntries, maxBytes, persistent, got persistant',
    ],
    'a rule with a name misspelt': [
      { ...options, cache: { services: ['uddi:a'], rules: { 'uddi:a': { stylsheet: '<a/>' } } } },
      'options.cache.rules.uddi:a: expected the members stylesheet, strategy, duration, got stylsheet',
    ],
    'a rule for a service that is not named': [
      { ...options, cache: { services: ['uddi:a'], rules: { 'uddi:b': {} } } },
      'options.cache.rules.uddi:b: expected a rule for one of cache.services, got Object',
    ],
    'an integrity that is none': [
      { ...options, wasmIntegrity: 'garbage' },
      'options.wasmIntegrity: expected one hash, as ehealth-bcp/integrity has it, got a string',
    ],
    'a transport that is none': [{ ...options, fetch: true }, 'options.fetch: expected a function, got true'],
  };
  for (const [name, [given, message]] of Object.entries(wrong)) {
    it(name, () => {
      assert.throws(() => createBcpClient(given), says(message));
      if (given) assert.throws(() => createSlimClient({ ...given, wasm: '/bcp.wasm' }), says(message));
    });
  }

  it('a wasm that is none', () => {
    for (const wasm of [3, {}, '', null]) {
      assert.throws(
        () => createBcpClient({ ...options, wasm }),
        says('options.wasm: expected an address, bytes, a Response or a Module, or a promise of one, got '),
      );
      assert.throws(
        () => createSlimClient({ ...options, wasm }),
        says('options.wasm: expected an address, bytes, a Response or a Module, or a promise of one, got '),
      );
    }
    assert.throws(() => createSlimClient(options), says('options.wasm: expected an address, '));
  });

  it('a name misspelt, for a core alone', () => {
    assert.throws(
      () => createCore('/bcp.wasm', { integrity: 'x' }),
      says('options: expected the members wasmIntegrity, got integrity'),
    );
    assert.throws(
      () => createCore('/bcp.wasm', { wasmIntegrity: 'x' }),
      says('options.wasmIntegrity: expected one hash, as ehealth-bcp/integrity has it, got a string'),
    );
    assert.throws(() => createCore(), says('wasm: expected an address, '));
  });

  it('callOptions that are none, and an address that is none, in a service worker', () => {
    const scope = { addEventListener() {} };
    assert.throws(
      () => installServiceWorker(scope, { ...options, callOptions: 'x' }),
      says('options.callOptions: expected a function, got a string'),
    );
    assert.throws(
      () => installServiceWorker(scope, { ...options, catalogue: 'http://[' }),
      says('options.catalogue: '),
    );
  });

  it('but no name without a value', () =>
    createBcpClient({ ...options, namespace: 'undefined', chache: undefined }).close());

  it('nothing at all, in the other entries too', () => {
    assert.throws(() => createSlimClient(), says('options: expected an object, got undefined'));
    assert.throws(
      () => installServiceWorker({ addEventListener() {} }),
      says('options: expected an object, got undefined'),
    );
    assert.throws(
      () => installServiceWorker(undefined, options),
      says('scope: expected the self of a service worker, got undefined'),
    );
  });

  it('a client that is none, in the status element', () => {
    assert.throws(() => {
      new BcpStatusElement().client = Promise.resolve();
    }, says('client: expected a client of createBcpClient, got a Promise: await it'));
  });
});

describe('a client rejects', () => {
  const client = createBcpClient({
    environment: 'Production',
    namespace: 'arguments',
    catalogue: 'https://own.example/c.xml',
    anchors,
    fetch: async () => new Response('no'),
  });
  const calls = {
    'no target': [() => client.fetch(), 'target: expected the Id of a service, a URL or a Request, got undefined'],
    'a target that is none': [() => client.fetch(5), 'target: expected the Id of a service, a URL or a Request, got 5'],
    'bcp that is on its way': [
      () => client.fetch('uddi:x', { bcp: Promise.resolve({ repeat: 'no' }) }),
      'init.bcp: expected an object, got a Promise: await it',
    ],
    'bcp as a map': [
      () => client.fetch('uddi:x', { bcp: new Map([['repeat', 'no']]) }),
      'init.bcp: expected an object, got Map',
    ],
    'a repeat that is misspelt': [
      () => client.fetch('uddi:x', { bcp: { repaet: 'yes' } }),
      'init.bcp: expected the members body, repeat, serveExpired, got repaet',
    ],
    'a repeat that is none': [
      () => client.fetch('uddi:x', { bcp: { repeat: true } }),
      'init.bcp.repeat: expected yes or no, got true',
    ],
    'bcp that is none': [() => client.fetch('uddi:x', { bcp: 'yes' }), 'init.bcp: expected an object, got a string'],
    'serveExpired that is none': [
      () => client.fetch('uddi:x', { bcp: { serveExpired: 1 } }),
      'init.bcp.serveExpired: expected true or false, got 1',
    ],
    'no functionality': [
      () => client.procedure(undefined, 'nl'),
      'functionality: expected text that is not empty, got undefined',
    ],
    'no language': [() => client.procedure('login'), 'lang: expected text that is not empty, got undefined'],
    'no language for all': [() => client.procedures(), 'lang: expected text that is not empty, got undefined'],
    'an unknown scope': [() => client.clear('all'), 'scope: expected answers or everything, got a string'],
  };
  for (const [name, [call, message]] of Object.entries(calls)) {
    it(name, () => assert.rejects(call(), says(message)));
  }

  it('a listener that is none', () => {
    assert.throws(() => client.subscribe(), says('listener: expected a function, got undefined'));
    client.close();
  });
});
