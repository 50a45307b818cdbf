// Rules of the application for services to which the catalogue gives no cache, and the built-in one of the ETK depot.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { cacheKey, createBcpClient, services } from '../../dist/index.node.js';
import { soapAnswer } from '../../dist/testing/index.js';
import { makeStage, service, soapRequest, stylesheet } from './lib/stage.mjs';

const depot = 'uddi:ehealth-fgov-be:business:etkdepot:v1';
const shared = process.env.BCP_SHARED;

let stage;
let clients;
beforeEach(async () => {
  clients = [];
  stage = await makeStage();
});
afterEach(async () => {
  for (const client of clients) client.close();
  mock.timers.reset();
  await stage.close();
});

function clientOf(over) {
  const client = createBcpClient(stage.options(over));
  clients.push(client);
  return client;
}

const ask = (client, body = soapRequest(), id = service) =>
  client.fetch(id, { method: 'POST', body, bcp: { repeat: 'yes' } });
const sourceOf = async (client, ...call) => client.provenance(await ask(client, ...call)).source;
const fail = (...paths) => paths.forEach((path) => stage.server.behave(path, 'reset'));

describe('cache.rules', () => {
  const cache = { services: [service], rules: { [service]: { stylesheet, duration: 'PT8H' } } };

  it('keeps answers of a service without a cache in the catalogue, for the same question only', async () => {
    const client = clientOf({ cache });
    assert.equal(await sourceOf(client), 'network');
    assert.equal(await sourceOf(client), 'network', 'the endpoints come first');
    fail('/main', '/second');
    const { source, storedAt, validUntil } = client.provenance(await ask(client));
    assert.deepEqual([source, validUntil - storedAt], ['cache', 8 * 3_600_000]);
    await assert.rejects(ask(client, soapRequest('90010100123')), { code: 'endpoints-exhausted' });
  });

  it('asks the cache first when the rule says so', async () => {
    const client = clientOf({ cache: { ...cache, rules: { [service]: { stylesheet, strategy: 'CACHE_FIRST' } } } });
    assert.equal(await sourceOf(client), 'network');
    assert.equal(await sourceOf(client), 'cache');
    assert.equal(stage.server.seen('/main').length, 1);
  });

  it('gives way to the cache of the catalogue', async () => {
    stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } });
    const client = clientOf({ cache: { ...cache, rules: { [service]: { stylesheet, strategy: 'CACHE_FIRST' } } } });
    await ask(client);
    assert.equal(await sourceOf(client), 'network');
    fail('/main', '/second');
    const { storedAt, validUntil } = client.provenance(await ask(client));
    assert.equal(validUntil - storedAt, 3_600_000);
  });

  it('is there after a new catalogue came', async () => {
    const client = clientOf({ cache });
    await ask(client);
    stage.publish();
    assert.equal(await client.refresh(), 'updated');
    fail('/main', '/second');
    assert.equal(await sourceOf(client), 'cache');
  });

  for (const [name, rule, code] of [
    ['a stylesheet that is none', { stylesheet: '<a/>' }, 'xslt-invalid'],
    ['a key of separators', { stylesheet: stylesheet.replace(/<xsl:value-of.*?\/>/, '|') }, 'key-constant'],
    ['a duration that is none', { stylesheet, duration: '30 days' }, 'expiry-invalid'],
    ['another strategy', { stylesheet, strategy: 'CACHE_ONLY' }, 'cache-invalid'],
    ['no stylesheet', { duration: 'P1D' }, 'cache-invalid'],
  ]) {
    it(`that cannot be used is a finding, and calls go on: ${name}`, async () => {
      const client = clientOf({ cache: { services: [service], rules: { [service]: rule } } });
      assert.equal(await sourceOf(client), 'network');
      const { lint } = (await client.status()).catalogue;
      assert.deepEqual(
        lint.map((finding) => [finding.code, finding.place]),
        [[code, `service "${service}", rule of the application`]],
      );
      fail('/main', '/second');
      await assert.rejects(ask(client), { code: 'endpoints-exhausted' });
    });
  }

  it('is refused at once when it is no rule', () => {
    for (const rules of [
      { [service]: stylesheet },
      { [service]: null },
      { [service]: { stylesheet: 5 } },
      { [service]: { stylesheet: '' } },
      { [service]: { stylesheet, ttl: 'P1D' } },
      5,
    ]) {
      assert.throws(
        () => clientOf({ cache: { services: [service], rules } }),
        { code: 'bad-call', message: /cache\.rules/ },
        JSON.stringify(rules),
      );
    }
  });
});

describe('stylesheets that the signature does not cover', () => {
  // The first service has a cache whose stylesheet is elsewhere.
  const list = readFileSync(
    new URL('../../testdata/vectors/lint/key-not-signed/catalogue.xml', import.meta.url),
    'utf8',
  );
  const anchors = [readFileSync(new URL('../../testdata/pki/root.pem', import.meta.url), 'utf8')];
  const location = 'https://services.bcp.example/key.xslt';
  const kgss = 'uddi:ehealth-fgov-be:business:kgss:v1';
  const at = new Date('2026-06-01T12:00:00Z');

  it('count when the application has its own copy, by its location', async () => {
    const judged = { anchors, at };
    const offOf = async (over) =>
      (await services(list, { ...judged, ...over })).services.find(({ id }) => id === kgss).cache.off;
    assert.equal(await offOf(), 'key-not-signed');
    assert.equal(await offOf({ stylesheets: { [`${location}?`]: stylesheet } }), 'key-not-signed');
    assert.equal(await offOf({ stylesheets: { [location]: '<a/>' } }), 'xslt-invalid');
    const stylesheets = { 'https://other.example/': '<a/>', [location]: new TextEncoder().encode(stylesheet) };
    assert.equal(await offOf({ stylesheets }), undefined);
    const { key } = await cacheKey(soapRequest(), { ...judged, stylesheets, catalogue: list, service: kgss });
    assert.equal(key, '85071599987');
  });

  it('count in a client', async () => {
    mock.timers.enable({ apis: ['Date'], now: at });
    stage.server.behave('/catalogue.xml', { body: list });
    const cache = { services: [kgss] };
    const over = { anchors, rewrite: () => stage.main };
    const without = clientOf({ ...over, cache, namespace: 'without' });
    const within = clientOf({ ...over, cache: { ...cache, stylesheets: { [location]: stylesheet } } });
    for (const client of [without, within]) await ask(client, soapRequest(), kgss);
    fail('/main');
    assert.equal(await sourceOf(within, soapRequest(), kgss), 'cache');
    await assert.rejects(ask(without, soapRequest(), kgss), { code: 'endpoints-exhausted' });
  });
});

describe('the ETK depot', () => {
  const question = (nihii) =>
    soapAnswer(
      '<e:GetEtkRequest xmlns:e="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><e:SearchCriteria><e:Identifier>' +
        `<e:Type>NIHII</e:Type><e:Value>${nihii}</e:Value></e:Identifier></e:SearchCriteria></e:GetEtkRequest>`,
    );
  const [own, other, third] = ['19999901', '18888802', '17777703'].map(question);

  /** Own and another's key are asked for, the depot dies, and both come from the cache, and say so. */
  async function keepsKeys(over) {
    const client = clientOf({ ...over, cache: { services: [depot] } });
    const live = [];
    for (const body of [own, other]) {
      stage.server.behave('/main', {
        body: body.replaceAll('Request', 'Response').replace('<e:Search', '<e:ETK>bm90IGEga2V5</e:ETK>$&'),
        headers: { 'content-type': 'text/xml' },
      });
      const response = await ask(client, body, depot);
      assert.equal(client.provenance(response).source, 'network');
      live.push(await response.text());
    }
    stage.server.behave('/main', { body: soapAnswer('<r><Status><Code>500</Code></Status></r>') });
    assert.equal(await sourceOf(client, other, depot), 'network', 'while the depot answers, it is asked');
    fail('/main', '/second');
    for (const [i, body] of [own, other].entries()) {
      const response = await ask(client, body, depot);
      const { source, storedAt, validUntil, expired } = client.provenance(response);
      assert.deepEqual([source, expired, validUntil - storedAt], ['cache', false, 30 * 86_400_000]);
      assert.equal(await response.text(), live[i]);
    }
    await assert.rejects(ask(client, third, depot), { code: 'endpoints-exhausted' });
  }

  it('has keys kept once it is named', async () => {
    stage.publish({ services: [{ id: depot, endpoints: [stage.main, stage.second] }] });
    await keepsKeys();
  });

  it('has none kept until it is named', async () => {
    stage.publish({ services: [{ id: depot, endpoints: [stage.main, stage.second] }] });
    const client = clientOf({ cache: { services: [service] } });
    await ask(client, own, depot);
    fail('/main', '/second');
    await assert.rejects(ask(client, own, depot), { code: 'endpoints-exhausted' });
  });

  const genuine = { skip: shared ? false : 'BCP_SHARED is not set: shared cases are not here' };
  const sharedFile = (name) => readFileSync(`${shared}/catalogues/${name}`, 'utf8');

  it('has keys kept with the list of 2020', genuine, async () => {
    mock.timers.enable({ apis: ['Date'], now: new Date('2020-10-01T12:00:00Z') });
    stage.server.behave('/catalogue.xml', { body: sharedFile('production-2020-09-14.xml') });
    await keepsKeys({ anchors: [sharedFile('production-2020-issuing-ca.pem')], rewrite: () => stage.main });
  });

  it('has keys kept with the content of the list of 2022, which was edited after it was signed', genuine, async () => {
    const listed = [
      ...sharedFile('production-2022-12-22-edited.xml').matchAll(/<Service Id="([^"]*)"[^]*?<\/Service>/g),
    ].map(([text, id]) => ({
      id,
      endpoints: [...text.matchAll(/Status="(\w+)">([^<]*)</g)].map(([, status, url]) => ({ url, status })),
    }));
    assert.ok(listed.length > 20);
    stage.publish({ services: listed });
    await keepsKeys({ rewrite: () => stage.main });
  });
});
