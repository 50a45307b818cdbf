// Calls of the client in Node, against the fault server: what is sent where, and what the caller gets.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it, mock } from 'node:test';
import { isBcpError } from '../../dist/index.node.js';
import { OpenCatalogue } from '../../dist/catalogue/open.js';
import { ask, clientOf, clients, events, pathOf, stage, types, until } from './lib/clients.mjs';
import { eventOf, service, soapRequest } from './lib/stage.mjs';

const impatient = { policy: { attemptTimeoutMs: 1_000 } };

describe('a call that may run twice', () => {
  const outcomes = {
    'switch-fault': ['switch', 500],
    unavailable: ['switch', 503],
    reset: ['unreachable'],
    hang: ['timeout'],
    stall: ['timeout', 200],
    cut: ['incomplete', 200],
    'cut-chunked': ['incomplete', 200],
    html: ['foreign', 200],
  };
  for (const [behaviour, [outcome, status]] of Object.entries(outcomes)) {
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
      assert.deepEqual([failed.endpoint, failed.outcome, failed.status], [stage.main, outcome, status]);
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
    const { code, tried } = await ask(client).catch((e) => e);
    assert.deepEqual([code, tried], ['input-too-large', [{ endpoint: stage.main, outcome: 'cancelled' }]]);
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

describe('a list that is replaced in mid-call', () => {
  const replace = async (client, main) => {
    await until(() => stage.server.seen('/main').length);
    stage.publish({ endpoints: [main, stage.second] });
    assert.equal(await client.refresh(), 'updated');
  };
  const healthOf = async (client) => (await client.status()).services[0].health;

  it('books nothing on the endpoint that took the place of the one that failed', async () => {
    stage.server.behave('/main', 'hang');
    const client = clientOf(impatient);
    const asked = ask(client);
    await replace(client, stage.server.behave('/new', 'ok'));
    assert.equal(pathOf(client, await asked), '/new', 'the call goes on with the new list');
    const { failures, endpoint } = await healthOf(client);
    assert.deepEqual([failures ?? [], new URL(endpoint).pathname], [[], '/new']);
  });

  it('wipes no failure of the endpoint that took the place of the one that answered', async () => {
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    const client = clientOf({
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (String(url) === stage.main) await held;
        return response;
      },
    });
    const asked = ask(client);
    await replace(client, stage.server.behave('/new', 'unavailable'));
    assert.equal(pathOf(client, await ask(client)), '/second');
    answer();
    assert.equal(pathOf(client, await asked), '/main');
    const { failures, endpoint } = await healthOf(client);
    assert.deepEqual(
      [failures.map((one) => new URL(one.endpoint).pathname), new URL(endpoint).pathname],
      [['/new'], '/second'],
    );
  });

  it('is let go once by a call that was given up while it waited for the new one', async () => {
    const holds = new Map();
    for (const [name, sign] of [
      ['acquire', 1],
      ['release', -1],
    ]) {
      const real = OpenCatalogue.prototype[name];
      mock.method(OpenCatalogue.prototype, name, function () {
        holds.set(this, (holds.get(this) ?? 1) + sign);
        return real.call(this);
      });
    }
    let give;
    const client = clientOf({
      policy: { name: 'published' },
      fetch: (url, init) => (give === null ? new Promise((resolve) => (give = resolve)) : fetch(url, init)),
    });
    await client.preload();
    give = null;
    const refreshing = client.refresh();
    await until(() => give);
    stage.server.behave('/main', 'unavailable');
    const control = new AbortController();
    const failed = eventOf(client, ({ type }) => type === 'endpoint-failed');
    const asked = assert.rejects(ask(client, { signal: control.signal }), { code: 'aborted' });
    await failed;
    await new Promise(setImmediate); // it waits for the refresh that is under way
    control.abort();
    await asked;
    stage.publish();
    give(fetch(`${stage.server.origin}/catalogue.xml`));
    assert.equal(await refreshing, 'updated');
    await client.refresh(); // when the one of the call is over
    client.close();
    assert.deepEqual([...holds.values()], [0, 0]);
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

  it('ends there when a redirect was followed: the error is of the second host', async () => {
    stage.server.behave('/main', { status: 307, headers: { location: stage.server.refused } });
    await assert.rejects(ask(clientOf(), { redirect: 'follow', bcp: { repeat: 'no' } }), { code: 'not-repeatable' });
    assert.equal(stage.server.seen('/second').length, 0);
  });

  for (const behaviour of ['reset', 'hang', 'stall', 'cut']) {
    it(`blames no endpoint when the network went down meanwhile: ${behaviour}`, async (t) => {
      stage.server.behave('/main', behaviour);
      let isOut = false;
      const { navigator } = globalThis;
      const show = (value) => Object.defineProperty(globalThis, 'navigator', { configurable: true, value });
      show({
        get onLine() {
          return !isOut;
        },
      });
      t.after(() => show(navigator));
      const transport = (...request) => {
        isOut ||= request[0] === stage.main;
        return fetch(...request);
      };
      const client = clientOf({ ...impatient, fetch: transport });
      await assert.rejects(ask(client, { bcp: { repeat: 'no' } }), ({ code, tried }) => {
        assert.deepEqual([code, tried.length, tried[0].blameless], ['not-repeatable', 1, true]);
        return true;
      });
      assert.equal((await client.status()).services[0].health.failures, undefined);
    });
  }

  it('says that a redirect was followed', async () => {
    stage.server.behave('/main', { status: 307, headers: { location: '/second' } });
    const client = clientOf();
    const from = client.provenance(await ask(client, { redirect: 'follow' }));
    assert.deepEqual([from.endpoint, from.redirected], [stage.main, true]);
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
    'what is read in turns': () => [Readable.from([Buffer.from('a=1')]), undefined],
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

  it('goes out as it was at the call, though the application wipes it after', async () => {
    const body = new TextEncoder().encode('a=1');
    const headers = new Headers({ 'x-one': '1' });
    const asked = ask(clientOf(), { body, headers });
    body.fill(0);
    headers.set('x-one', '2');
    await asked;
    const [seen] = stage.server.seen('/main');
    assert.deepEqual([seen.body, seen.headers['x-one']], ['a=1', '1']);
  });

  it('has its time, whatever the clock of this computer is set to meanwhile', async (t) => {
    t.after(() => mock.timers.reset());
    stage.server.behave('/main', 'unavailable');
    const client = clientOf({
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (String(url) === stage.main) mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
        return response;
      },
    });
    assert.equal(pathOf(client, await ask(client)), '/second');
  });

  it('can be a Request', async () => {
    stage.server.behave('/main', 'unavailable');
    const client = clientOf();
    const request = new Request(stage.main, { method: 'POST', body: 'a=1', headers: { 'x-one': '1' } });
    assert.equal(pathOf(client, await client.fetch(request, { bcp: { repeat: 'yes' } })), '/second');
    const [seen] = stage.server.seen('/second');
    assert.deepEqual([seen.method, seen.body, seen.headers['x-one']], ['POST', 'a=1', '1']);
  });

  it('can have a Request in the place of its options, or null', async () => {
    const client = clientOf();
    const other = stage.server.behave('/other', 'ok');
    for (const url of [stage.main, other]) {
      const options = new Request('http://nobody.invalid/', { method: 'DELETE', headers: { 'x-one': '1' } });
      await client.fetch(url, options);
      await client.fetch(url, null);
      const seen = stage.server.seen(new URL(url).pathname);
      assert.deepEqual(
        seen.map(({ method, headers }) => [method, headers['x-one']]),
        [
          ['DELETE', '1'],
          ['GET', undefined],
        ],
      );
    }
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
    for (const init of [{ body: 'x' }, { body: '' }, { method: 'TRACE' }, { headers: { 'a b': '1' } }]) {
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
    until(() => stage.server.seen('/main').length).then(() => control.abort('changed my mind'));
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
