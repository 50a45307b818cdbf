// The client in Node: IndexedDB from fake-indexeddb, two clients for two tabs, what is told, its doors.
import assert from 'node:assert/strict';
import { afterEach, describe, it, mock } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { ask, clientOf, events, clients, pathOf, stage, types, until } from './lib/clients.mjs';
import { dump } from './lib/idb.mjs';
import { eventOf, service, soapRequest } from './lib/stage.mjs';

const isAway = async (tab) => (await tab.status()).services[0].health.failedOver;

describe('two tabs', () => {
  it('share what one of them found out', async () => {
    const [one, two] = [clientOf(), clientOf()];
    await Promise.all([ask(one), ask(two)]);
    stage.server.behave('/main', 'reset');
    await ask(one);
    await until(() => isAway(two));
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
    const [one, near, far] = [clientOf(), clientOf(), clientOf({ namespace: 'another' })];
    await Promise.all([ask(one), ask(near), ask(far)]);
    stage.server.behave('/main', 'reset');
    await ask(one);
    await until(() => isAway(near));
    assert.ok(!(await isAway(far)));
  });

  it('agree without BroadcastChannel', async () => {
    const channel = globalThis.BroadcastChannel;
    delete globalThis.BroadcastChannel;
    try {
      const [one, two] = [clientOf(), clientOf()];
      await Promise.all([ask(one), ask(two)]);
      stage.server.behave('/main', 'reset');
      await ask(one);
      await until(async () => /"store":"state","keys":\["uddi/.test(await dump()));
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
  it('says what to give in Node', async () => {
    faults['no IndexedDB']();
    await ask(clientOf());
    const { detail } = events.find(({ type }) => type === 'storage-degraded');
    assert.equal(detail, 'IndexedDB: none; in Node give store: fileStore(dir)');
  });

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

describe('clearing everything', () => {
  it('leaves no state behind, though one was just about to be stored', async () => {
    for (const path of ['/main', '/second']) stage.server.behave(path, 'reset');
    const client = clientOf();
    const clearing = new Promise((resolve) =>
      client.subscribe(({ type, endpoint }) => {
        if (type === 'endpoint-failed' && endpoint === stage.second) resolve(client.clear('everything'));
      }),
    );
    await assert.rejects(ask(client), { code: 'endpoints-exhausted' });
    await clearing;
    await until(async () => /"type":"call-failed"/.test(await dump())); // what was to be stored before it, is
    assert.match(await dump(), /"store":"state","keys":\[\]/);
  });
});

describe('a gateway that is down, before there is a catalogue', () => {
  it("stops no request that is the application's own", async () => {
    const own = stage.server.behave('/own-api', 'ok');
    const { catalogue: _catalogue, ...options } = stage.options({ gateway: stage.server.refused });
    const client = createBcpClient(options);
    clients.push(client);
    assert.equal((await client.fetch(own)).status, 200);
    assert.equal((await client.fetch(own, { method: 'POST', body: 'a=1' })).status, 200);
  });
});

describe('a page of a web server where the gateway should be', () => {
  const page = { body: '<!doctype html><title>App</title>', headers: { 'content-type': 'text/html; charset=utf-8' } };
  const ask = async (behaviour) => {
    for (const path of ['/bcp/servicelist.xml', '/bcp/states']) stage.server.behave(path, page);
    stage.server.behave('/bcp/endpoint', behaviour);
    const { catalogue: _catalogue, ...options } = stage.options({ gateway: `${stage.server.origin}/bcp/` });
    const client = createBcpClient({ ...options, log: (event) => events.push(event) });
    clients.push(client);
    return (await client.fetch(stage.main, { method: 'POST', body: soapRequest() })).text();
  };

  for (const [what, behaviour] of Object.entries({
    'the page of the application': page,
    'a 404': { ...page, status: 404 },
    'a 405': { status: 405 },
  })) {
    it(`is no answer: ${what}`, async () => {
      assert.match(await ask(behaviour), /Envelope/);
      const { detail } = events.find(({ type }) => type === 'unprotected');
      assert.match(detail, /got an HTML page.*, from http:.*\/bcp\/servicelist\.xml$/);
    });
  }

  it('is one when the gateway says that an endpoint gave it', async () => {
    stage.server.forget();
    const { headers } = page;
    assert.equal(await ask({ ...page, headers: { ...headers, 'x-bcp-endpoint': stage.main } }), page.body);
    assert.equal(stage.server.seen('/main').length, 0);
  });
});

describe('a page with an old library, which gives every array a toJSON', () => {
  afterEach(() => delete Array.prototype.toJSON);

  it('has its catalogue, its answers and a log that can be read', async () => {
    Array.prototype.toJSON = function () {
      return `[${this.map((one) => JSON.stringify(one)).join(', ')}]`;
    };
    stage.publish({ cache: { strategy: 'CACHE_FIRST', duration: 'P1D' } });
    const secret = () => new Uint8Array(32);
    const client = clientOf({ cache: { services: [service], persistent: { user: 'u', secret } } });
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.equal(client.provenance(await ask(client)).source, 'cache');
    assert.equal(JSON.parse(await client.exportLog()).status.services[0].id, service);
  });
});

describe('a seed that never comes', () => {
  it('does not keep the sources from being asked', async () => {
    const client = clientOf({ seed: () => new Promise(() => {}) });
    assert.equal(pathOf(client, await ask(client)), '/main');
  });
});

describe('a cache that hangs', () => {
  it('leaves the endpoints their time', async () => {
    stage.publish({ cache: { strategy: 'CACHE_FIRST', duration: 'P1D' } });
    const secret = () => new Promise(() => {});
    const cache = { services: [service], persistent: { user: 'u', secret } };
    const client = clientOf({ cache, policy: { totalTimeoutMs: 4_000 } });
    assert.equal(pathOf(client, await ask(client)), '/main');
  });
});

describe('the states of the house', () => {
  it('keep no call that is given up', async () => {
    let asked;
    const client = clientOf({
      gateway: `${stage.server.origin}/gateway/`,
      fetch: (input, init) =>
        String(input).endsWith('/states') ? new Promise(() => (asked = init.signal)) : fetch(input, init),
    });
    await client.preload();
    const control = new AbortController();
    const asking = assert.rejects(ask(client, { signal: control.signal }), { code: 'aborted' });
    await until(() => asked);
    control.abort();
    await asking;
    assert.ok(!asked.aborted, 'they may still come');
  });

  it('are read up to a bound', async () => {
    let chunks = 0;
    let isCancelled = false;
    const endless = new ReadableStream({
      pull(controller) {
        chunks++;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
      cancel: () => void (isCancelled = true),
    });
    const client = clientOf({
      gateway: `${stage.server.origin}/gateway/`,
      rewrite: (endpoint) => endpoint,
      fetch: async (input, init) => (String(input).endsWith('/states') ? new Response(endless) : fetch(input, init)),
    });
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.ok(isCancelled);
    assert.ok(chunks > 60 && chunks < 100, `${chunks} chunks of 64 KiB`);
  });
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

  it('quotes a stranger and the application to listeners alone', async () => {
    stage.publish({ signerCn: 'of "somebody' });
    const client = clientOf({ procedures: '{"of somebody":1}' });
    await assert.rejects(client.preload());
    await client.procedures('nl');
    await until(() => ['catalogue-rejected', 'procedures-rejected'].every((type) => types().includes(type)));
    assert.match(JSON.stringify(events), /of .{0,9}somebody.*of somebody/);
    const log = await client.exportLog();
    assert.match(log, /"procedure data: unknown member \\"…\\""/);
    assert.doesNotMatch(log + (await dump()), /somebody/);
  });

  it('survives a restart', async () => {
    stage.server.behave('/main', 'reset');
    const client = clientOf();
    await ask(client);
    await until(async () => /endpoint-switched/.test(await dump()));
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

  it('refuses a policy that it does not know', () => {
    for (const [policy, message] of [
      [{ name: 'best-effort' }, 'options.policy.name: expected connector or published, got a string'],
      [{ attemptTimeoutMs: '5000' }, 'options.policy.attemptTimeoutMs: expected a whole number from 0, got a string'],
      [{ attemptTimeout: 5000 }, /^options\.policy: expected the members name, .*, got attemptTimeout$/],
    ]) {
      assert.throws(() => clientOf({ policy }), { code: 'bad-call', message });
    }
  });

  it('reports a number that the policy cannot have at the first call, and in the status', async () => {
    const client = clientOf({ policy: { attemptTimeoutMs: 5 } });
    const message = /policy: attemptTimeoutMs must be 100 to 300000, got 5$/;
    await assert.rejects(client.preload(), { code: 'bad-call', message });
    await assert.rejects(ask(client), { code: 'bad-call', message });
    const { phase, code } = await client.status();
    assert.deepEqual([phase, code], ['no-catalogue', 'bad-call']);
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
      const tried = [{ endpoint: stage.main, outcome: 'cancelled' }];
      await assert.rejects(ask(client), { code: 'bad-call', message, tried });
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

  it('keeps what a call found out when it is closed at once, for one that opens then', async () => {
    await ask(clientOf());
    stage.server.behave('/main', 'reset');
    const log = ({ type }) => type === 'endpoint-failed' && closing.close();
    const closing = clientOf({ log });
    await ask(closing);
    for (const client of clients.splice(0)) client.close(); // what the first heard it would tell
    stage.server.forget();
    assert.equal(pathOf(clientOf(), await ask(clients[0])), '/second');
    assert.equal(stage.server.seen('/main').length, 0);
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
      `\0h\ntt\tp${stage.main.slice(4)}\x1f`,
      `${origin}/x/../main`,
      stage.main.toUpperCase().replace('MAIN', 'main'),
    ]) {
      assert.equal(client.provenance(await client.fetch(target)).service, service, JSON.stringify(target));
    }
  });

  it('takes nothing for its own that the page gave all objects', async () => {
    stage.server.behave('/main', 'reset');
    const client = clientOf({ cache: { services: [service], rules: {} } });
    const given = { more: () => {}, signerCn: 'somebody', bcp: { repeat: 'yes' } };
    Object.assign(Object.prototype, given);
    try {
      clientOf({ cache: { services: [service], rules: {} } });
      const acts = client.fetch(service, { method: 'POST', body: soapRequest() });
      await assert.rejects(acts, { code: 'not-repeatable' });
      assert.equal(pathOf(client, await ask(client)), '/second');
      await until(async () => /"store":"state","keys":\["uddi/.test(await dump()));
      assert.deepEqual(
        types().filter((type) => type === 'storage-degraded'),
        [],
      );
    } finally {
      for (const name in given) delete Object.prototype[name];
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
