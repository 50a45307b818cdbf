// Guidance files of an application, through the client: a bad one is told and costs nothing, a text is a text.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clientOf, events, stage } from './lib/clients.mjs';
import { service, soapRequest } from './lib/stage.mjs';

const one = { id: 'ours', needs: [['drill']], title: { en: 'Ours' }, texts: { lastResort: { en: ['Wait.'] } } };
const file = (change) => JSON.stringify({ format: 1, functionalities: [{ ...one, ...change }] });

const bad = {
  'of 10 MB': [file({}) + ' '.repeat(10 << 20), /1048576|at most/],
  'cut in the middle': [file({}).slice(0, 60), /cut/],
  'a page': ['<!doctype html><script>alert(1)</script>', /an HTML page/],
  'a list': ['[]', /./],
  null: ['null', /format 0/],
  'with a number for a title': [file({ title: { en: 7 } }), /title/],
  'with a text for a list': [file({ texts: { lastResort: { en: 'Wait.' } } }), /./],
  'with a language that is none': [file({ title: { en: 'Ours', it: 'Nostro' } }), /language "it"/],
  'with a language half given': [file({ title: { en: 'Ours', nl: 'Ons' } }), /lacks "nl"/],
  'written backwards': [file({ title: { en: '\u202esruO' } }), /control characters/],
  'with an isolate': [file({ title: { en: 'Ours\u2067' } }), /control characters/],
  'with a source that hides': [file({ source: { publisher: 'p\u202e', title: 't' } }), /source/],
  'with a member that is none': [file({ colour: 'red' }), /colour/],
  'without a last resort': [file({ texts: {} }), /no lastResort/],
};
for (const [name, [procedures, detail]] of Object.entries(bad)) {
  it(`a guidance file ${name} is told, and costs neither the built-in guidance nor a call`, async () => {
    const client = clientOf({ procedures });
    await assert.rejects(client.preload(), (e) => e.code === 'procedure-invalid' && detail.test(e.message));
    const told = events.filter(({ type }) => type === 'procedures-rejected');
    assert.equal(told.length, 1);
    assert.ok(told[0].detail.length < 700);
    const { items } = await client.procedures('nl');
    assert.equal(items.length, 18);
    assert.equal((await client.procedure('login', 'de')).lang, 'de');
    const response = await client.fetch(service, { method: 'POST', body: soapRequest() });
    assert.equal(client.provenance(response).source, 'network');
  });
}

it('markup and a service that nobody knows are text, and alarm nobody', async () => {
  const markup = '<script>alert(1)</script>';
  const procedures = file({ needs: [['urn:nobody']], title: { fr: markup }, texts: { lastResort: { fr: [markup] } } });
  const client = clientOf({ procedures });
  await client.preload();
  const { items } = await client.procedures('nl');
  const { way, lang, title, lastResort } = items.find(({ functionality }) => functionality === 'ours');
  assert.deepEqual([way, lang, title, lastResort], ['unwatched', 'fr', markup, [markup]]);
  assert.equal(items.length, 19);
});

it('a catalogue whose names hold markup and turn the direction of writing is told, and works', async () => {
  const markup = '<img src=x onerror=alert(1)>\u202eSTS';
  stage.publish({ services: [{ id: service, name: markup, endpoints: [stage.main] }] });
  const client = clientOf();
  await client.preload();
  const { services, catalogue } = await client.status();
  assert.equal(services[0].name, markup, 'the name as it was signed');
  const [{ code, detail }] = catalogue.lint.filter((finding) => finding.code.startsWith('service-'));
  assert.equal(code, 'service-name-quirk');
  assert.equal(detail, 'the Name has markup, or characters that do not print', 'and nothing of it');
  const response = await client.fetch(service, { method: 'POST', body: soapRequest() });
  assert.equal(client.provenance(response).source, 'network');
});
