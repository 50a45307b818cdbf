// The client in Node: fetch against the fault server, IndexedDB from fake-indexeddb, two clients for two tabs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createBcpClient, isBcpError } from '../../dist/index.node.js';
import { dump } from './lib/idb.mjs';
import { eventOf, makeStage, service, soapRequest } from './lib/stage.mjs';

let stage;
let clients;
let events;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  globalThis.IDBKeyRange = IDBKeyRange;
  clients = [];
  events = [];
  stage = await makeStage();
});
afterEach(async () => {
  for (const client of clients) client.close();
  mock.timers.reset();
  mock.restoreAll();
  await stage.close();
});

function clientOf(over = {}) {
  const client = createBcpClient(stage.options({ log: (event) => events.push(event), ...over }));
  clients.push(client);
  return client;
}

const impatient = { policy: { attemptTimeoutMs: 1_000 } };
const types = () => events.map(({ type }) => type);
const ask = (client, init = {}) =>
  client.fetch(service, { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' }, ...init });
const pathOf = (client, response) => new URL(client.provenance(response).endpoint).pathname;

describe('a call that may run twice', () => {
  const outcomes = {
    'switch-fault': 'switch',
    unavailable: 'switch',
    reset: 'unreachable',
    hang: 'timeout',
    stall: 'timeout',
    cut: 'incomplete',
    'cut-chunked': 'incomplete',
    html: 'foreign',
  };
  for (const [behaviour, outcome] of Object.entries(outcomes)) {
    it(`goes to the next endpoint: ${behaviour}`, async () => {
      stage.server.behave('/main', behaviour);
      const client = clientOf(outcome === 'timeout' ? impatient : {});
      const response = await ask(client);
      assert.equal(response.status, 200);
      assert.match(await response.text(), /\/second</);
      assert.equal(response.url, stage.second);
      assert.deepEqual(client.provenance(response), {
        source: 'network',
        service,
        endpoint: stage.second,
        attempts: 2,
      });
      const failed = events.find(({ type }) => type === 'endpoint-failed');
      assert.deepEqual([failed.endpoint, failed.outcome], [stage.main, outcome]);
    });
  }

  for (const kind of ['refused', 'brokenTls']) {
    it(`goes to the next endpoint: ${kind}`, async () => {
      const client = clientOf({ rewrite: (endpoint) => (endpoint === stage.main ? stage.server[kind] : endpoint) });
      assert.equal(pathOf(client, await ask(client)), '/second');
    });
  }

  it('stays where it is: business-fault', async () => {
    stage.server.behave('/main', 'business-fault');
    const client = clientOf();
    const response = await ask(client);
    assert.equal(response.status, 500);
    assert.equal(pathOf(client, response), '/main');
    assert.equal(stage.server.seen('/second').length, 0);
  });

  it('fails when the answer is larger than is held: another endpoint would send as much', async () => {
    const [before, after] = soapRequest().split('</s:Body>');
    const withLength = (length) => before + ' '.repeat(length - before.length - after.length - 9) + '</s:Body>' + after;
    const client = clientOf();
    const behave = (length) =>
      stage.server.behave('/main', {
        headers: { 'content-type': 'text/xml' },
        body: withLength(length),
      });
    behave(32 << 20);
    assert.equal((await (await ask(client)).arrayBuffer()).byteLength, 32 << 20);
    behave((32 << 20) + 1);
    await assert.rejects(ask(client), { code: 'input-too-large' });
    assert.equal(stage.server.seen('/second').length, 0);
    assert.ok(!types().includes('endpoint-failed'));
  });

  it('sticks to the endpoint that answered', async () => {
    stage.server.behave('/main', 'reset');
    const client = clientOf();
    await ask(client);
    stage.server.behave('/main', 'ok');
    assert.equal(pathOf(client, await ask(client)), '/second');
    assert.deepEqual((await client.status()).services[0].health.failedOver, true);
  });

  it('fails with what was tried when nothing answers', async () => {
    stage.server.behave('/main', 'reset');
    stage.server.behave('/second', 'unavailable');
    await assert.rejects(ask(clientOf()), (e) => {
      assert.ok(isBcpError(e));
      assert.equal(e.code, 'endpoints-exhausted');
      assert.deepEqual(
        e.tried.map(({ endpoint, outcome, status }) => [endpoint, outcome, status]),
        [
          [stage.main, 'unreachable', undefined],
          [stage.second, 'switch', 503],
        ],
      );
      return true;
    });
    assert.ok(types().includes('call-failed'));
  });

  it('says what it left out because it failed a moment ago', async () => {
    stage.server.behave('/main', 'reset');
    stage.server.behave('/second', 'reset');
    const client = clientOf();
    await assert.rejects(ask(client), { message: 'no endpoint answered, 2 tried' });
    await assert.rejects(ask(client), {
      message:
        /^no endpoint answered, 1 tried; 1 that failed less than 10 s ago left out until \d{4}-\d\d-\d\dT[\d:]+Z$/,
    });
  });
});

describe('a call that may not run twice', () => {
  it('fails when it may have been processed', async () => {
    stage.server.behave('/main', 'hang');
    await assert.rejects(ask(clientOf(impatient), { bcp: { repeat: 'no' } }), { code: 'not-repeatable' });
    assert.equal(stage.server.seen('/second').length, 0);
  });

  it('goes on when it was not processed for sure', async () => {
    stage.server.behave('/main', 'switch-fault');
    const client = clientOf();
    assert.equal(pathOf(client, await ask(client, { bcp: { repeat: 'no' } })), '/second');
  });

  it('goes on when TLS was never agreed upon', async (t) => {
    const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()));
    await new Promise((resolve) => server.listen(0, 'localhost', resolve));
    t.after(() => server.close());
    const at = async (main) => {
      stage.publish({ endpoints: [main, stage.second] });
      const client = clientOf({ namespace: main });
      return pathOf(client, await ask(client, { bcp: { repeat: 'no' } }));
    };
    const address = `localhost:${server.address().port}/`;
    assert.equal(await at(stage.server.brokenTls), '/second');
    assert.equal(await at(`https://${address}`), '/second');
    await assert.rejects(at(`http://${address}`), { code: 'not-repeatable' }); // it may have read the request
  });
});

describe('a request', () => {
  it('goes out as the caller wrote it', async () => {
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '"urn:q"', authorization: 'Bearer x' };
    await clientOf().fetch(stage.main, { method: 'POST', headers, body: soapRequest() });
    const [seen] = stage.server.seen('/main');
    assert.equal(seen.body, soapRequest());
    for (const [name, value] of Object.entries(headers)) assert.equal(seen.headers[name], value);
  });

  const bodies = {
    text: () => ['a=1', 'text/plain;charset=UTF-8'],
    form: () => [new URLSearchParams({ a: '1' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    bytes: () => [new TextEncoder().encode('a=1'), undefined],
    blob: () => [new Blob(['a=1'], { type: 'text/x' }), 'text/x'],
    stream: () => [new Blob(['a=1']).stream(), undefined],
  };
  for (const [name, make] of Object.entries(bodies)) {
    it(`keeps its body and media type at each endpoint: ${name}`, async () => {
      stage.server.behave('/main', 'unavailable');
      const [body, type] = make();
      await ask(clientOf(), { body, duplex: 'half' });
      for (const path of ['/main', '/second']) {
        const [seen] = stage.server.seen(path);
        assert.deepEqual([seen.body, seen.headers['content-type']], ['a=1', type]);
      }
    });
  }

  it('can be a Request', async () => {
    stage.server.behave('/main', 'unavailable');
    const client = clientOf();
    const request = new Request(stage.main, { method: 'POST', body: 'a=1', headers: { 'x-one': '1' } });
    assert.equal(pathOf(client, await client.fetch(request, { bcp: { repeat: 'yes' } })), '/second');
    const [seen] = stage.server.seen('/second');
    assert.deepEqual([seen.method, seen.body, seen.headers['x-one']], ['POST', 'a=1', '1']);
  });

  it('goes to the address that the application names instead', async () => {
    const gateway = stage.server.behave('/gateway', 'ok');
    const client = clientOf({ rewrite: (endpoint) => (endpoint === stage.main ? gateway : endpoint) });
    const response = await ask(client);
    assert.equal(pathOf(client, response), '/main');
    assert.equal(stage.server.seen('/gateway').length, 1);
  });

  it('goes through the transport of the application', async () => {
    const seen = [];
    const client = clientOf({
      fetch: (url, init) => {
        seen.push(String(url));
        return fetch(url, init);
      },
    });
    await ask(client);
    assert.deepEqual(seen, [`${stage.server.origin}/catalogue.xml`, stage.main]);
  });

  it('takes nothing of an answer that comes after its time, from a transport that ignores signals', async () => {
    let answerLate;
    const late = new Promise((resolve) => {
      answerLate = resolve;
    });
    const transport = async (url, init) => {
      if (String(url) === stage.main) return late;
      const answer = await fetch(url, init);
      if (String(url) !== stage.second) return answer;
      const body = await answer.arrayBuffer();
      const slow = new ReadableStream({
        async start(stream) {
          answerLate(new Response('late', { headers: { 'content-type': 'text/xml', 'x-late': 'yes' } }));
          await new Promise((resolve) => {
            setTimeout(resolve, 50);
          });
          stream.enqueue(new Uint8Array(body));
          stream.close();
        },
      });
      return new Response(slow, { headers: { 'content-type': 'text/xml' } });
    };
    const client = clientOf({ fetch: transport, policy: { attemptTimeoutMs: 1_000 } });
    const response = await ask(client);
    assert.equal(response.headers.get('x-late'), null);
    assert.match(await response.text(), /\/second</);
  });

  it('that no fetch would take fails as with fetch, and blames no endpoint', async () => {
    const client = clientOf();
    for (const init of [{ body: 'x' }, { method: 'TRACE' }, { headers: { 'a b': '1' } }]) {
      await assert.rejects(client.fetch(service, init), TypeError);
    }
    assert.equal((await client.status()).services[0].health.failures, undefined);
  });

  it('can be one for headers only', async () => {
    const client = clientOf();
    const response = await client.fetch(stage.main, { method: 'HEAD' });
    assert.deepEqual([response.status, pathOf(client, response)], [200, '/main']);
  });

  it('to an unknown URL is a plain fetch', async () => {
    const url = stage.server.behave('/elsewhere', 'stall');
    const client = clientOf();
    // headers are there, the body never ends
    const response = await client.fetch(url, { signal: AbortSignal.timeout(5_000) });
    assert.equal(response.status, 200);
    assert.deepEqual(client.provenance(response), { source: 'network', endpoint: url, attempts: 1 });
    await response.body.cancel();
  });

  it('to an unknown Id is refused', async () => {
    await assert.rejects(clientOf().fetch('uddi:nobody'), { code: 'service-unknown' });
  });
});

describe('cancelling', () => {
  it('is no failure of the endpoint', async () => {
    stage.server.behave('/main', 'hang');
    const client = clientOf();
    const control = new AbortController();
    await client.preload();
    const calling = ask(client, { signal: control.signal });
    setTimeout(() => control.abort('changed my mind'), 50);
    await assert.rejects(calling, (e) => {
      assert.deepEqual([e.code, e.name, e.cause], ['aborted', 'AbortError', 'changed my mind']);
      assert.deepEqual(
        e.tried,
        [{ endpoint: stage.main, outcome: 'cancelled' }],
        'the request went out: it may have been processed',
      );
      return true;
    });
    assert.equal((await client.status()).services[0].health.failures, undefined);
    assert.ok(!types().includes('endpoint-failed'));
  });

  it('works before the call starts and while the catalogue loads', async () => {
    await assert.rejects(ask(clientOf(), { signal: AbortSignal.abort() }), { code: 'aborted' });
    stage.server.behave('/catalogue.xml', 'hang');
    await assert.rejects(ask(clientOf({ namespace: 'other' }), { signal: AbortSignal.timeout(50) }), {
      code: 'aborted',
    });
  });

  it('works with a transport that ignores signals', async () => {
    const client = clientOf({ ...impatient, fetch: (url, init) => fetch(url, { ...init, signal: undefined }) });
    await client.preload();
    stage.server.behave('/main', 'hang');
    await assert.rejects(ask(client, { signal: AbortSignal.timeout(50) }), { code: 'aborted', name: 'TimeoutError' });
    const response = await ask(client); // its own time-out holds as well
    assert.equal(pathOf(client, response), '/second');
  });
});

describe('without protection', () => {
  it('a URL goes out as plain fetch when the wasm does not come, an Id fails', async () => {
    for (const wasm of [`${stage.server.origin}/no.wasm`, stage.server.behave('/spa', 'html'), new Uint8Array(9)]) {
      const client = clientOf({ wasm, namespace: `n${clients.length}` });
      assert.equal((await client.fetch(stage.main, { method: 'POST' })).status, 200);
      await assert.rejects(ask(client), { code: 'wasm-load-failed' });
      assert.equal((await client.status()).phase, 'no-core');
    }
    assert.deepEqual(
      events.map(({ type, code }) => [type, code]),
      Array(3).fill(['unprotected', 'wasm-load-failed']),
    );
    assert.match(events[1].detail, /\/spa \(content-type text\/html\)/);
  });

  it('says why the only catalogue was refused', async () => {
    const client = clientOf({ environment: 'Acceptation' });
    await assert.rejects(client.preload(), { code: 'environment-mismatch' });
    assert.equal((await client.status()).code, 'environment-mismatch');
  });

  it('a URL goes out as plain fetch when there is no catalogue, an Id fails', async () => {
    stage.server.behave('/catalogue.xml', 'reset');
    const client = clientOf();
    assert.equal((await client.fetch(stage.main)).status, 200);
    await assert.rejects(ask(client), { code: 'network' });
    assert.equal((await client.status()).phase, 'no-catalogue');
  });

  it('the error says why there is no catalogue, of each source', async () => {
    const { origin } = stage.server;
    const client = clientOf({
      catalogue: [`${origin}/absent.xml`, stage.server.behave('/broken.xml', 'reset'), '/relative.xml'],
    });
    const why = [
      `HTTP 404 from ${origin}/absent.xml`,
      `${origin}/broken.xml cannot be fetched: TypeError \\w+`,
      '/relative.xml cannot be fetched: TypeError ERR_INVALID_URL',
    ];
    for (let again = 0; again < 2; again++) {
      await assert.rejects(client.preload(), {
        code: 'network',
        message: new RegExp(`^there is no catalogue: ${why.join('; ')}$`),
      });
    }
    assert.match(events.find(({ type }) => type === 'catalogue-unreachable').detail, new RegExp(`^${why.join('; ')}$`));
  });
});

describe('the catalogue', () => {
  it('is kept and verified again at the next start, without network, after its signer expired', async () => {
    stage.publish({ notAfter: new Date(Date.now() + 3_600_000) });
    await clientOf().preload();
    clients.pop().close();
    stage.server.behave('/catalogue.xml', 'reset');
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 7_200_000 });
    const client = clientOf();
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.equal(events.findLast(({ type }) => type === 'catalogue-updated').from, 'storage');
  });

  const publishAt = (hours) => new Date(Date.now() + hours * 3_600_000);
  const instant = publishAt(0);
  const give = (body) => () => stage.server.behave('/catalogue.xml', { body });
  const refused = {
    'an older one': { code: 'catalogue-rollback', publish: () => stage.publish({ at: publishAt(-1) }) },
    'another one of the same instant': {
      code: 'catalogue-equivocation',
      before: () => stage.publish({ at: instant }),
      publish: () => stage.publish({ at: instant, endpoints: [stage.second] }),
    },
    'one signed by a stranger': {
      code: 'signer-mismatch',
      publish: () => stage.publish({ signerCn: 'somebody else' }),
    },
    'one of an expired signer': { code: 'signer-expired', publish: () => stage.publish({ notAfter: publishAt(-1) }) },
    'a tampered one': { code: 'digest-mismatch', publish: () => give(stage.publish().replace('INACTIVE', 'ACTIVE'))() },
    HTML: { code: 'xml-malformed', publish: () => stage.server.behave('/catalogue.xml', 'html') },
    'one that is too large': { code: 'input-too-large', publish: give('x'.repeat((4 << 20) + 2)) },
    'an empty one': { code: 'xml-malformed', publish: give('') },
  };
  for (const [name, { code, before, publish }] of Object.entries(refused)) {
    it(`stays when the new one is refused: ${name}`, async () => {
      const client = clientOf();
      before?.();
      await client.preload();
      const kept = (await client.status()).catalogue.id;
      publish();
      assert.equal(await client.refresh(), 'rejected');
      assert.equal(events.findLast(({ type }) => type === 'catalogue-rejected')?.code, code);
      assert.equal((await client.status()).catalogue.id, kept);
      const again = clientOf();
      await again.preload();
      assert.equal((await again.status()).catalogue.id, kept);
    });
  }

  it('is replaced by a newer one, and the choice of endpoint starts anew', async () => {
    const client = clientOf();
    await ask(client);
    stage.publish({
      endpoints: [
        { url: stage.main, status: 'INACTIVE' },
        { url: stage.second, status: 'ACTIVE' },
      ],
    });
    assert.equal(await client.refresh(), 'updated');
    assert.equal(pathOf(client, await ask(client)), '/second');
    assert.equal(await client.refresh(), 'unchanged');
  });

  it('is not downloaded while the hint is the SHA-256 of the octets held, whatever else it says', async () => {
    const [url, hint] = ['/catalogue.xml', '/catalogue.sha2'].map((path) => stage.server.origin + path);
    const say = (body) => stage.server.behave('/catalogue.sha2', { body });
    const downloads = () => stage.server.seen('/catalogue.xml').length;
    say('of a list that comes later');
    const client = clientOf({ catalogue: { url, hint } });
    await client.preload();
    assert.equal(stage.server.seen('/catalogue.sha2').length, 0, 'nothing is held that a hint could confirm');
    for (const other of ['', 'one', '0'.repeat(64), 'x'.repeat(5_000)]) {
      const before = downloads();
      say(other);
      assert.equal(await client.refresh(), 'unchanged');
      assert.equal(downloads(), before + 1, `the hint ${other.slice(0, 20)}`);
    }
    const before = downloads();
    const held = await (await fetch(url)).text();
    say(`${createHash('sha256').update(held).digest('hex')}  servicelist.xml\n`);
    assert.equal(await client.refresh(), 'unchanged');
    assert.equal(downloads(), before + 1, 'this test asked, the client did not');
    stage.publish();
    say('another');
    assert.equal(await client.refresh(), 'updated');
  });

  it('is asked for at each refresh, and stale, when the clock was ahead at the last one', async () => {
    const { now } = Date;
    mock.method(Date, 'now', () => now() + 40 * 24 * 60 * 60_000);
    const before = clientOf();
    await before.preload();
    assert.equal(await before.refresh(), 'unchanged');
    before.close();
    mock.restoreAll();
    stage.server.behave('/catalogue.xml', 'reset');
    const client = clientOf();
    await client.preload();
    const asked = () => stage.server.seen('/catalogue.xml').length;
    for (let i = 0; i < 2; i++) {
      const count = asked();
      assert.equal(await client.refresh(), 'unreachable');
      assert.ok(asked() > count);
    }
    assert.equal((await client.status()).catalogue.stale, true);
  });

  it('is read no further than its limit, whatever length it announces', async () => {
    let taken = 0;
    const endless = () =>
      new ReadableStream({
        pull: (control) => (taken++ < 40 ? control.enqueue(new Uint8Array(1 << 20)) : control.close()),
      });
    const client = clientOf({ fetch: async () => new Response(endless(), { headers: { 'content-length': '600' } }) });
    await assert.rejects(client.preload(), { code: 'input-too-large' });
    assert.ok(taken < 8, `${taken} MiB taken`);
  });

  it('comes from the next source when one fails', async () => {
    const broken = stage.server.behave('/broken.xml', 'unavailable');
    const bad = stage.server.behave('/bad.xml', 'html');
    const client = clientOf({ catalogue: [broken, bad, `${stage.server.origin}/catalogue.xml`] });
    await client.refresh(); // so that it is stored, which is when it is told
    assert.deepEqual(types().slice(0, 2), ['catalogue-rejected', 'catalogue-updated']);
  });

  it('comes from the seed when there is nothing else, and the seed is verified', async () => {
    const seed = stage.publish();
    stage.server.behave('/catalogue.xml', 'reset');
    const client = clientOf({ seed });
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.equal((await client.status()).catalogue.stale, true);
    await assert.rejects(clientOf({ namespace: 'n2', seed: seed.replace('INACTIVE', 'ACTIVE') }).preload(), {
      code: 'network',
    });
    assert.ok(
      events.some(
        ({ type, from, code }) => type === 'catalogue-rejected' && from === 'seed' && code === 'digest-mismatch',
      ),
    );
  });

  it('is taken from the one before when the stored one is damaged, and repaired from the network', async () => {
    const client = clientOf();
    await client.preload();
    client.close();
    const { octets } = await damage((record) => {
      record.octets = record.octets.map((octet, i) => (i === 900 ? octet ^ 1 : octet));
    });
    assert.ok(octets);
    const again = clientOf();
    await again.preload();
    assert.ok(events.some(({ type, from }) => type === 'catalogue-rejected' && from === 'storage'));
    again.close();
    stage.server.behave('/catalogue.xml', 'reset');
    const third = clientOf();
    assert.equal(pathOf(third, await ask(third)), '/main');
  });

  async function damage(change) {
    const open = (request) =>
      new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const { name } = (await indexedDB.databases()).find((db) => db.name.startsWith('ehealth-bcp:stage'));
    const db = await open(indexedDB.open(name));
    const records = db.transaction('catalogue', 'readwrite').objectStore('catalogue');
    const record = await open(records.get('current'));
    change(record);
    await open(records.put(record, 'current'));
    db.close();
    return record;
  }
});

describe('two tabs', () => {
  it('share what one of them found out', async () => {
    const [one, two] = [clientOf(), clientOf()];
    await Promise.all([ask(one), ask(two)]);
    stage.server.behave('/main', 'reset');
    await ask(one);
    const started = performance.now();
    while (!(await two.status()).services[0].health.failedOver) {
      assert.ok(performance.now() - started < 2_000, 'the other tab did not hear of it');
      await new Promise(setImmediate);
    }
    stage.server.forget();
    assert.equal(pathOf(two, await ask(two)), '/second');
    assert.equal(stage.server.seen('/main').length, 0);
  });

  it('take over the catalogue that one of them got', async () => {
    const [one, two] = [clientOf(), clientOf()];
    await Promise.all([one.preload(), two.preload()]);
    stage.publish();
    const arrives = eventOf(two, ({ type, from }) => type === 'catalogue-updated' && from === 'tab');
    await one.refresh();
    await arrives;
    assert.equal((await two.status()).catalogue.id, (await one.status()).catalogue.id);
  });

  it('do not meet when their namespaces differ', async () => {
    const [one, two] = [clientOf(), clientOf({ namespace: 'another' })];
    await Promise.all([ask(one), ask(two)]);
    stage.server.behave('/main', 'reset');
    await ask(one);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await two.status()).services[0].health.failedOver, undefined);
  });

  it('agree without BroadcastChannel', async () => {
    const channel = globalThis.BroadcastChannel;
    delete globalThis.BroadcastChannel;
    try {
      const [one, two] = [clientOf(), clientOf()];
      await Promise.all([ask(one), ask(two)]);
      stage.server.behave('/main', 'reset');
      await ask(one);
      await new Promise((resolve) => setTimeout(resolve, 50));
      stage.server.forget();
      await ask(two);
      assert.equal(stage.server.seen('/main').length, 0);
    } finally {
      globalThis.BroadcastChannel = channel;
    }
  });
});

describe('storage that fails', () => {
  const faults = {
    'no IndexedDB': () => {
      delete globalThis.indexedDB;
    },
    'IndexedDB that throws': () => {
      globalThis.indexedDB.open = () => {
        throw new DOMException('no', 'SecurityError');
      };
    },
    'IndexedDB that never answers': () => {
      globalThis.indexedDB.open = () => ({});
    },
  };
  for (const [name, brake] of Object.entries(faults)) {
    it(`does not stop calls, and is said once: ${name}`, async () => {
      brake();
      const client = clientOf();
      stage.server.behave('/main', 'reset');
      assert.equal(pathOf(client, await ask(client)), '/second');
      assert.equal(pathOf(client, await ask(client)), '/second');
      assert.equal(types().filter((type) => type === 'storage-degraded').length, 1);
      assert.equal((await client.status()).storage, 'memory');
    });
  }
});

describe('the core', () => {
  it('is replaced when it dies, and the call goes on', async () => {
    const dying = [];
    const instantiate = WebAssembly.instantiate;
    mock.method(WebAssembly, 'instantiate', async (module, imports) => {
      const instance = await instantiate(module, imports);
      dying.push(() => imports.gojs['runtime.wasmExit'](0)); // what the Go program does at a fatal error
      return instance;
    });
    const { readFile } = await import('node:fs/promises');
    const client = clientOf({ wasm: await readFile(new URL('../../dist/bcp.wasm', import.meta.url)) });
    await client.preload();
    dying[0]();
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.equal(types().filter((type) => type === 'core-restarted').length, 1);
    assert.equal(dying.length, 2);
  });
});

describe('what is told', () => {
  it('holds no payload and nothing that identifies a person', async () => {
    stage.server.behave('/main', 'reset');
    stage.server.behave('/second', 'reset');
    const client = clientOf();
    await assert.rejects(ask(client));
    const log = await client.exportLog();
    assert.match(log, /endpoint-failed/);
    assert.doesNotMatch(log + (await dump()), /85071599987/);
  });

  it('survives a restart', async () => {
    stage.server.behave('/main', 'reset');
    const client = clientOf();
    await ask(client);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.close();
    assert.match(await clientOf().exportLog(), /endpoint-switched/);
  });

  it('does not depend on its listeners', async () => {
    const uncaught = [];
    const later = globalThis.queueMicrotask;
    mock.method(globalThis, 'queueMicrotask', (work) =>
      later(() => {
        try {
          work();
        } catch (e) {
          uncaught.push(e.message);
        }
      }),
    );
    const client = clientOf();
    client.subscribe(() => {
      throw new Error('of the listener');
    });
    assert.equal((await ask(client)).status, 200);
    await client.refresh();
    assert.deepEqual([...new Set(uncaught)], ['of the listener']);
  });
});

describe('a client', () => {
  it('refuses options that would leave calls unprotected', () => {
    for (const wrong of [
      { anchors: [] },
      { anchors: 'PEM' },
      { environment: '' },
      { catalogue: undefined },
      { cache: {} },
    ]) {
      assert.throws(() => clientOf(wrong), { code: 'bad-call' }, JSON.stringify(wrong));
    }
  });

  it('reports a wrong policy at the first call', async () => {
    for (const [policy, message] of [
      [{ name: 'best-effort' }, 'policy: name must be "connector" or "published", got "best-effort"'],
      [{ attemptTimeoutMs: '5000' }, /^policy: attemptTimeoutMs: expected an integer .* got text$/],
      [{ attemptTimeoutMs: 5 }, 'policy: attemptTimeoutMs must be 100 to 300000, got 5'],
      [{ attemptTimeout: 5000 }, 'policy: unknown member "attemptTimeout"'],
    ]) {
      const client = clientOf({ policy, namespace: `n${clients.length}` });
      await assert.rejects(client.preload(), { code: 'bad-call' });
      await assert.rejects(ask(client), { code: 'bad-call', message });
    }
  });

  it('counts a mistake in rewrite against no endpoint', async () => {
    for (const [rewrite, message] of [
      [() => undefined, 'what options.rewrite returns: expected an address, got undefined'],
      [
        () => {
          throw new Error('no gateway');
        },
        'options.rewrite failed: no gateway',
      ],
      [() => '/gateway', 'options.rewrite failed: Invalid URL'], // in Node; a page has a base
    ]) {
      const client = clientOf({ rewrite, namespace: `n${clients.length}` });
      await assert.rejects(ask(client), { code: 'bad-call', message });
      assert.equal((await client.status()).services[0].health.failures, undefined);
    }
    assert.ok(!types().includes('endpoint-failed'));
  });

  it('takes what fetch takes for an address', async () => {
    const client = clientOf();
    for (const target of [new URL(stage.main), { href: stage.main, toString: () => stage.main }]) {
      assert.equal(
        client.provenance(await client.fetch(target, { method: 'POST', body: soapRequest() })).service,
        service,
      );
    }
  });

  it('counts no other mistake of the application against an endpoint', async () => {
    const client = clientOf({ fetch: (url, init) => (init.method === 'POST' ? undefined : fetch(url, init)) });
    await assert.rejects(ask(client), { code: 'bad-call', message: 'options.fetch: expected a Response' });
    const other = clientOf({ namespace: 'streams' });
    const broken = new ReadableStream({ start: (control) => control.error(new Error('the disk is gone')) });
    await assert.rejects(ask(other, { body: broken, duplex: 'half' }), {
      code: 'bad-call',
      message: 'init.body: it cannot be read: the disk is gone',
    });
    for (const one of [client, other]) assert.equal((await one.status()).services[0].health.failures, undefined);
    assert.ok(!types().includes('endpoint-failed'));
  });

  it('forgets everything where nothing can be stored', async () => {
    await clientOf().clear('everything');
  });

  it('fails with closed when it is closed at any moment of its start', async () => {
    const list = stage.publish();
    for (let turns = 0; turns < 60; turns++) {
      const client = clientOf({
        namespace: `closing${turns}`,
        catalogue: 'https://own.example/c.xml',
        fetch: async () => new Response(list),
        ...(turns % 2 ? { seed: list } : {}),
      });
      const starting = client.preload().catch((e) => e.code);
      for (let i = 0; i < turns; i++) await null;
      client.close();
      assert.ok([undefined, 'closed'].includes(await starting), `after ${turns} turns`);
    }
  });

  it('checks the integrity of a wasm that it does not fetch', async () => {
    const { readFile } = await import('node:fs/promises');
    const file = await readFile(new URL('../../dist/bcp.wasm', import.meta.url));
    const { integrity } = await import('../../dist/integrity.js');
    const other = integrity.replace(/.{8}$/, 'AAAAAAAA');
    const answer = () => new Response(file, { headers: { 'content-type': 'application/wasm' } });
    for (const wasm of [undefined, () => file, () => Promise.resolve(file), answer]) {
      await clientOf({ wasm: wasm?.(), wasmIntegrity: integrity, namespace: `n${clients.length}` }).preload();
      await assert.rejects(
        clientOf({ wasm: wasm?.(), wasmIntegrity: other, namespace: `n${clients.length}` }).preload(),
        { code: 'wasm-load-failed', message: 'the wasm cannot be loaded: it is not what wasmIntegrity says' },
      );
    }
    const module = await WebAssembly.compile(file);
    await assert.rejects(clientOf({ wasm: module, wasmIntegrity: integrity, namespace: 'compiled' }).preload(), {
      code: 'bad-call',
    });
  });

  it('does nothing after it was closed', async () => {
    const client = clientOf();
    await ask(client);
    client.close();
    await assert.rejects(ask(client), { code: 'closed' });
    await assert.rejects(client.refresh(), { code: 'closed' });
    await assert.rejects(client.preload(), { code: 'closed' });
    assert.equal((await client.status()).phase, 'closed');
  });

  it('works detached, each method', async () => {
    const client = clientOf();
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter((name) => name !== 'constructor');
    assert.deepEqual(
      methods.filter((name) => !Object.hasOwn(client, name)),
      [],
    );
    const { fetch, provenance, status, subscribe, refresh, close } = client;
    const types = [];
    subscribe(({ type }) => types.push(type));
    const response = await fetch(service, { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } });
    assert.equal(provenance(response).source, 'network');
    assert.equal((await status()).phase, 'ready');
    await refresh(); // what is new is told when it is stored
    assert.ok(types.length > 0);
    close();
    assert.equal((await status()).phase, 'closed');
  });

  it('reads a target as a URL before it looks it up', async () => {
    const client = clientOf();
    const { origin } = stage.server;
    for (const target of [
      `${stage.main}#part`,
      ` ${stage.main}\n`,
      `${origin}/x/../main`,
      stage.main.toUpperCase().replace('MAIN', 'main'),
    ]) {
      assert.equal(client.provenance(await client.fetch(target)).service, service, JSON.stringify(target));
    }
  });

  it('does not call itself when it replaces the global fetch', async () => {
    const { fetch } = globalThis;
    const client = clientOf();
    globalThis.fetch = client.fetch;
    try {
      assert.equal((await globalThis.fetch(stage.main)).status, 200);
      assert.equal((await globalThis.fetch(`${stage.server.origin}/other`)).status, 404);
    } finally {
      globalThis.fetch = fetch;
    }
    assert.equal(stage.server.seen('/main').length, 1);
  });

  it('ends where using ends', async () => {
    const client = clientOf();
    client[Symbol.dispose]();
    assert.equal((await client.status()).phase, 'closed');
  });

  it('gives the Response of the endpoint as it is', async () => {
    const response = await ask(clientOf());
    for (const one of [response, response.clone()]) assert.equal(one.url, stage.main);
    assert.throws(() => response.headers.set('x-own', '1'), TypeError);
  });

  it('tells the way to work for each care functionality', async () => {
    const overview = await clientOf().procedures('fr');
    assert.ok(overview.items.length > 5);
    assert.equal((await clientOf().procedure(overview.items[0].functionality, 'de')).lang, 'de');
    const message = /"insurance"; there are login, insurability, .* timestamping$/;
    await assert.rejects(clientOf().procedure('insurance', 'nl'), { code: 'functionality-unknown', message });
  });
});

describe('the end of the trust', () => {
  const day = 24 * 60 * 60_000;
  const told = () =>
    events
      .filter(({ type }) => type === 'trust-expiring')
      .map(({ what, endsMs, thresholdDays }) => ({ what, endsMs, thresholdDays }));

  it('is told once, to all tabs and starts, and stands in the status', async () => {
    const endsMs = Math.ceil(Date.now() / 1000) * 1000 + 20.5 * day;
    stage.publish({ notAfter: new Date(endsMs) });
    const ending = { what: 'signer', endsMs, thresholdDays: 30 };
    const client = clientOf();
    const coming = eventOf(client, ({ type }) => type === 'trust-expiring');
    await client.preload();
    await coming;
    const { trust } = await client.status();
    assert.deepEqual(trust.expiring, [ending]);
    assert.equal(trust.signerDaysLeft, 20);
    await client.refresh();
    client.close();
    const next = clientOf();
    await next.refresh();
    await eventOf(next, ({ type }) => type === 'trust-expiring', 500).catch(() => {}); // it must not come
    assert.deepEqual(told(), [ending]);
  });

  it('is no news when it is far', async () => {
    const client = clientOf();
    await client.refresh();
    const { trust } = await client.status();
    assert.equal(trust.expiring, undefined);
    assert.equal(trust.signerDaysLeft, 179);
    assert.deepEqual(told(), []);
  });
});
