// The catalogue of the client in Node: found, refreshed, refused, kept, and the end of the trust in it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it, mock } from 'node:test';
import { ask, clientOf, clients, events, pathOf, stage, types } from './lib/clients.mjs';
import { eventOf } from './lib/stage.mjs';

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

  it('is asked for once at start, however slow the first answer is', async () => {
    const slow = (...args) => new Promise((resolve) => setTimeout(resolve, 1_500)).then(() => fetch(...args));
    const client = clientOf({ fetch: slow });
    await client.preload();
    await client.refresh(); // waits for what is under way
    assert.equal(stage.server.seen('/catalogue.xml').length, 2);
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

  it('is the newest of all sources when somebody asks', async () => {
    const paths = ['/stopped.xml', '/late.xml', '/newest.xml'];
    const url = (path) => stage.server.origin + path;
    stage.publish({ path: paths[0] });
    stage.server.behave(paths[1], 'reset');
    const client = clientOf({ catalogue: paths.map(url) });
    await client.preload();
    for (const [path, endpoint] of [
      [paths[1], stage.main],
      [paths[2], stage.second],
    ]) {
      stage.publish({ path, endpoints: [endpoint] });
    }
    assert.equal(await client.refresh(), 'updated');
    assert.equal(pathOf(client, await ask(client)), '/second');
  });

  it('comes from the seed when there is nothing else, and the seed is verified', async () => {
    const seed = stage.publish();
    stage.server.behave('/catalogue.xml', 'reset');
    const client = clientOf({ seed });
    assert.equal(pathOf(client, await ask(client)), '/main');
    assert.equal((await client.status()).catalogue.stale, true);
    await assert.rejects(clientOf({ namespace: 'n2', seed: seed.replace('INACTIVE', 'ACTIVE') }).preload(), {
      code: 'digest-mismatch',
    });
    assert.ok(
      events.some(
        ({ type, from, code }) => type === 'catalogue-rejected' && from === 'seed' && code === 'digest-mismatch',
      ),
    );
  });

  it('comes from a newer seed than the stored one as soon as it is there; nothing waits for it', async () => {
    await clientOf().refresh();
    clients.pop().close();
    const seed = stage.publish();
    stage.server.behave('/catalogue.xml', 'reset');
    let give;
    const client = clientOf({ seed: () => new Promise((resolve) => (give = () => resolve(seed))) });
    const stored = (await client.status()).catalogue.id;
    events.length = 0;
    give();
    await eventOf(client, ({ type, from }) => type === 'catalogue-updated' && from === 'seed');
    assert.notEqual((await client.status()).catalogue.id, stored);
  });

  const wasm = readFileSync(new URL('../../dist/bcp.wasm', import.meta.url));
  const told = () => {
    const { namespace, environment } = stage.options();
    const channel = new BroadcastChannel(`ehealth-bcp:${namespace}:${environment}`);
    for (let times = 2; times--;) channel.postMessage('catalogue');
    setTimeout(() => channel.close(), 100);
    return new Promise((resolve) => setTimeout(resolve, 100));
  };

  it('is refused by nobody while there is no core, whatever asks for it', async () => {
    await clientOf().refresh();
    clients.pop().close();
    stage.server.behave('/catalogue.xml', 'reset');
    stage.server.behave('/bcp.wasm', 'unavailable');
    const client = clientOf({ wasm: `${stage.server.origin}/bcp.wasm` });
    events.length = 0;
    await told();
    await client.refresh();
    assert.equal((await client.status()).code, 'wasm-load-failed');
    assert.deepEqual(types(), ['catalogue-unreachable']);
    stage.server.behave('/bcp.wasm', { body: wasm, headers: { 'content-type': 'application/wasm' } });
    const { now } = performance;
    mock.method(performance, 'now', () => now.call(performance) + 31_000);
    assert.equal((await client.status()).phase, 'ready');
  });

  it('is told once, however often another tab told of it while the core was loading', async () => {
    await clientOf().refresh();
    clients.pop().close();
    let come;
    const client = clientOf({ wasm: new Promise((resolve) => (come = () => resolve(wasm))) });
    events.length = 0;
    await told();
    come();
    await client.preload();
    await client.refresh();
    assert.deepEqual(types(), ['catalogue-updated']);
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

  it('a CRL of no use is told once, and costs nothing else', async () => {
    const client = clientOf({ crls: ['<html>', new Uint8Array((4 << 20) + 1)] });
    const coming = eventOf(client, ({ place }) => place === 'crl 2');
    await client.preload();
    await coming;
    await client.refresh();
    const flaws = [1, 2].map((number) => ({ code: 'crl-invalid', place: `crl ${number}` }));
    assert.deepEqual((await client.status()).trust.flaws, flaws);
    const flawed = events.filter(({ type }) => type === 'trust-flawed');
    assert.deepEqual(
      flawed.map(({ code, place }) => ({ code, place })),
      flaws,
    );
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
