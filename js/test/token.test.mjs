// Tokens of the token service: when to renew one, and that none is served after its own end.
import assert from 'node:assert/strict';
import { beforeEach, it, mock } from 'node:test';
import { tokenRenewal } from '../../dist/index.node.js';
import { clientOf, stage } from './lib/clients.mjs';
import { soapRequest, stylesheet } from './lib/stage.mjs';

const sts = 'uddi:ehealth-fgov-be:business:iamsecuritytokenservice:v1';
const hour = 3_600_000;
const endOf = (ms) => new Date(Math.floor(ms / 1000) * 1000); // as the token writes it

const tokenUntil = (end) =>
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:Answer xmlns:t="urn:drill">' +
  '<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion">' +
  `<a:Conditions NotBefore="2020-01-01T00:00:00Z" NotOnOrAfter="${end.toISOString()}"/>` +
  '</a:Assertion></t:Answer></s:Body></s:Envelope>';

beforeEach(() => {
  stage.publish({ services: [{ id: sts, name: 'STS', endpoints: [stage.main] }] });
});

const caching = (cache) =>
  clientOf({ cache: { services: [sts], rules: { [sts]: { stylesheet, duration: 'P7D' } }, ...cache } });

const ask = (client) =>
  client.fetch(sts, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: soapRequest() });
const wayOf = async (client) => (await client.procedures('en', { only: ['login'] })).items[0].way;

const stores = {
  'in memory': {},
  'on disk': { persistent: { user: 'u', secret: async () => 'a secret of the application, long enough' } },
};
for (const [where, cache] of Object.entries(stores)) {
  it(`a token that is kept ${where} is not served after its own end, whatever the caller takes`, async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const end = endOf(Date.now() + hour);
    stage.server.behave('/main', { body: tokenUntil(end), headers: { 'content-type': 'text/xml' } });
    const client = caching({ ...cache, serveExpired: true });
    await ask(client);
    stage.server.behave('/main', 'reset');

    mock.timers.setTime(+end - 60_000); // the clock goes on with the real time
    const { source, validUntil } = client.provenance(await ask(client));
    assert.deepEqual({ source, validUntil }, { source: 'cache', validUntil: end });
    assert.equal(await wayOf(client), 'cache');

    mock.timers.setTime(+end);
    await assert.rejects(ask(client), { code: 'endpoints-exhausted', message: /the answer in the cache is expired/ });
    assert.equal(await wayOf(client), 'lastResort', 'the panel sends nobody to a token that has ended');
  });
}

it('a token whose end cannot be read is not kept', async () => {
  const body = tokenUntil(new Date(Date.now() + hour)).replace(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="soon"');
  stage.server.behave('/main', { body, headers: { 'content-type': 'text/xml' } });
  const client = caching();
  assert.equal(await (await ask(client)).text(), body);
  stage.server.behave('/main', 'reset');
  await assert.rejects(ask(client), { code: 'endpoints-exhausted', message: /nothing in the cache/ });
});

it('a token is renewed in the middle of the life that it has left', async () => {
  const end = new Date('2026-01-01T09:00:00Z');
  const token = tokenUntil(end);
  const at = (text) => ({ at: new Date(text) });
  assert.deepEqual(await tokenRenewal(token, at('2026-01-01T08:00:00Z')), {
    renewAt: new Date('2026-01-01T08:30:00Z'),
    endsAt: end,
    ended: false,
  });
  const failed = await tokenRenewal(new TextEncoder().encode(token), at('2026-01-01T08:30:00Z'));
  assert.deepEqual(failed.renewAt, new Date('2026-01-01T08:45:00Z'), 'the window slides');
  assert.equal((await tokenRenewal(token)).ended, true, 'by the clock, when no moment is given');
});

it('a token that names no end is refused, and so are arguments of another type', async () => {
  await assert.rejects(tokenRenewal('<x/>'), { code: 'token-invalid', message: /NotOnOrAfter, got XML/ });
  await assert.rejects(tokenRenewal(''), { code: 'token-invalid' });
  await assert.rejects(tokenRenewal(), { code: 'bad-call', message: /^token: expected text or bytes/ });
  await assert.rejects(tokenRenewal('x', { at: new Date(NaN) }), { code: 'bad-call', message: /at: .*valid Date/ });
});
