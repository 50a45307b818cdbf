// A front door that answers in the place of the service: a probe is answered by SOAP alone, and whatever else comes,
// the caller gets the other endpoint's answer, or an error that says what came.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { soapAnswer, soapFault } from '../../dist/testing/index.js';
import { makeStage, service, soapRequest } from './lib/stage.mjs';

const xml = { 'content-type': 'text/xml; charset=utf-8' };
const typed = (type, body, status = 200) => ({ status, headers: { 'content-type': type }, body });

let stage;
let client;
let events;

beforeEach(async () => {
  stage = await makeStage();
  events = [];
  const log = (event) => events.push(event);
  client = createBcpClient(stage.options({ log, cache: { services: [service] } }));
});
afterEach(async () => {
  client.close();
  mock.timers.reset();
  await stage.close();
});

/** Asks and says which endpoint the answer is of. */
async function ask(init = {}) {
  const response = await client.fetch(service, {
    method: 'POST',
    body: soapRequest(),
    headers: xml,
    bcp: { repeat: 'yes' },
    ...init,
  });
  return { status: response.status, text: await response.text(), ...client.provenance(response) };
}

const types = () => events.map(({ type }) => type);
const health = async () => (await client.status()).services[0].health;

describe('a site that comes back load balancer first', () => {
  const media = {
    page: ['text/html', '<!doctype html><title>404</title>'],
    text: ['text/plain', 'no healthy upstream'],
    JSON: ['application/json', '{"status":"starting"}'],
    XML: ['text/xml', '<maintenance>until 6</maintenance>'],
  };
  for (const status of [200, 401, 404, 429, 500, 503]) {
    for (const [name, [type, body]] of Object.entries(media)) {
      it(`is not led back into: ${status} with ${name}`, async () => {
        const start = Date.now();
        mock.timers.enable({ apis: ['Date'], now: start });
        stage.server.behave('/main', 'reset');
        assert.equal((await ask()).endpoint, stage.second);
        stage.server.behave('/main', typed(type, body, status));
        stage.server.forget();
        mock.timers.setTime(start + 10 * 60_000); // the rest is over: one call probes
        const probing = await ask();
        assert.deepEqual([probing.status, probing.endpoint, probing.attempts], [200, stage.second, 2]);
        assert.match(probing.text, /\/second</);
        for (let i = 0; i < 3; i++) {
          const later = await ask();
          assert.deepEqual([later.endpoint, later.attempts], [stage.second, 1]);
        }
        assert.equal(stage.server.seen('/main').length, 1, 'one probe');
        assert.ok(!types().includes('failback'));
        assert.equal((await health()).failedOver, true);
        const last = events.findLast(({ type: kind }) => kind === 'endpoint-failed');
        assert.deepEqual([last.outcome, last.status], [status === 503 ? 'switch' : 'foreign', status]);

        stage.server.behave('/main', 'ok');
        mock.timers.setTime(start + 2 * 60 * 60_000);
        assert.equal((await ask()).endpoint, stage.main, 'and back, once the service itself answers');
        assert.ok(types().includes('failback'));
      });
    }
  }
});

it('one operation that is refused leaves the others where they were', async () => {
  assert.equal((await ask()).endpoint, stage.main);
  for (const path of ['/main', '/second']) {
    stage.server.behave(path, { status: 500, headers: xml, body: soapFault('SOA-01002') });
  }
  const refused = await ask({ headers: { ...xml, soapaction: '"urn:not-mine"' } });
  assert.deepEqual([refused.status, refused.exhausted, refused.attempts], [500, true, 2]);
  assert.match(refused.text, /SOA-01002/);
  for (const path of ['/main', '/second']) stage.server.behave(path, 'ok');
  for (let i = 0; i < 3; i++) {
    const other = await ask({ headers: { ...xml, soapaction: '"urn:mine"' } });
    assert.deepEqual([other.endpoint, other.attempts], [stage.main, 1]);
  }
  for (const type of ['endpoint-failed', 'endpoint-switched', 'failback']) assert.ok(!types().includes(type), type);
  assert.ok(!(await health()).failedOver);
});

describe('what is no answer', () => {
  const answer = soapAnswer('<Answer xmlns="urn:drill"><Name>caf\u00e9</Name></Answer>');
  const related = 'multipart/related; type="text/xml"; start="<root>"; boundary=edge';
  const part = (id, body) => `--edge\r\nContent-Type: text/xml\r\nContent-ID: <${id}>\r\n\r\n${body}\r\n`;
  const page = `<!doctype html><body>${'<p>not here'.repeat(3_100_000)}`.slice(0, 32 << 20);
  const cut = 'XML that is cut or not well-formed';
  // Each with its outcome, and what the caller's error says came.
  const rows = {
    'a truncated Envelope': [typed('text/xml', answer.slice(0, -20)), 'incomplete', cut],
    'a truncated Envelope that calls itself a page': [typed('text/html', answer.slice(0, -20), 404), 'incomplete', cut],
    'an Envelope cut in its start tag': [typed('text/xml', answer.slice(0, 20)), 'incomplete', cut],
    'two Envelopes': [typed('text/xml', answer + answer), 'incomplete', cut],
    'an Envelope in an attachment': [
      typed(related, `${part('root', '<a/>')}${part('other', answer)}--edge--\r\n`),
      'foreign',
      'XML that is no SOAP Envelope',
    ],
    'a multipart answer without its end': [
      typed(related, part('root', answer)),
      'incomplete',
      'a multipart answer that is cut',
    ],
    'a page of 32 MiB': [typed('text/html', page, 404), 'foreign', 'an HTML page'],
    'a page of 32 MiB that calls itself XML': [typed('text/xml', page), 'foreign', 'an HTML page'],
    'octets that are not of their charset': [
      typed('text/xml; charset=utf-8', Buffer.from(answer, 'latin1')),
      'incomplete',
      cut,
    ],
    'a page without a media type': [{ headers: {}, body: '<html><p>x' }, 'foreign', 'an HTML page'],
    'JSON that calls itself XML': [typed('text/xml', '{"a":1}', 500), 'foreign', 'JSON'],
    'nothing, where something was asked for': [typed('text/xml', '', 404), 'foreign', 'nothing'],
    'an Envelope without a Body': [
      typed('text/xml', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>'),
      'foreign',
      'a SOAP Envelope without a Body',
    ],
    'a DOCTYPE': [typed('text/xml', `<!DOCTYPE x>${answer}`), 'foreign', 'a document with a DOCTYPE'],
  };
  for (const [name, [behaviour, outcome, came]] of Object.entries(rows)) {
    it(`is named to the caller: ${name}`, async () => {
      for (const path of ['/main', '/second']) stage.server.behave(path, behaviour);
      const status = behaviour.status ?? 200;
      await assert.rejects(ask(), (e) => {
        assert.equal(e.code, 'endpoints-exhausted');
        assert.match(e.message, new RegExp(`${came}$`));
        assert.deepEqual(
          e.tried,
          [stage.main, stage.second].map((endpoint) => ({ endpoint, outcome, status, came })),
        );
        return true;
      });
      await assert.rejects(ask({ bcp: { repeat: 'no' } }), (e) => {
        assert.deepEqual([e.code, e.tried.length, e.tried[0].came], ['not-repeatable', 1, came]);
        return true;
      });
      stage.server.behave('/second', 'ok');
      assert.equal((await ask()).endpoint, stage.second, 'the endpoint that answers is found');
    });
  }
});

describe('what is an answer, whatever its headers say', () => {
  const answer = soapAnswer('<Answer xmlns="urn:drill"><Name>caf\u00e9</Name></Answer>');
  const latin = Buffer.from(answer, 'latin1');
  const rows = {
    'no media type': { headers: {}, body: answer },
    'the media type of a page': typed('text/html', answer),
    'the media type of JSON': typed('application/json', answer),
    'the status of a page not found': typed('text/xml', answer, 404),
    'Latin-1, as the header says': typed('text/xml; charset=iso-8859-1', latin),
    'Latin-1, as the document says over a header that says UTF-8': typed(
      'text/xml; charset=utf-8',
      Buffer.concat([Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?>'), latin]),
    ),
  };
  for (const [name, behaviour] of Object.entries(rows)) {
    it(`stays where it is: ${name}`, async () => {
      stage.server.behave('/main', behaviour);
      const got = await ask();
      assert.deepEqual([got.endpoint, got.attempts, got.status], [stage.main, 1, behaviour.status ?? 200]);
      assert.equal(stage.server.seen('/second').length, 0);
    });
  }

  it('takes the next endpoint for a switch code after 999 other details', async () => {
    const details = '<e><Code>OTHER</Code></e>'.repeat(999);
    const body = soapFault('SOA-02001').replace('<detail>', `<detail>${details}`);
    stage.server.behave('/main', { status: 500, headers: xml, body });
    const got = await ask({ bcp: { repeat: 'no' } }); // the code is proof
    assert.deepEqual([got.endpoint, got.attempts], [stage.second, 2]);
    const failed = events.find(({ type }) => type === 'endpoint-failed');
    assert.deepEqual([failed.outcome, failed.status, failed.switchCode], ['switch', 500, 'SOA-02001']);
  });
});
