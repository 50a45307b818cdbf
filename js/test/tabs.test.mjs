// Several clients of one profile, in one program: what they decide together.
import assert from 'node:assert/strict';
import { afterEach, describe, it, mock } from 'node:test';
import { Database } from '../../dist/storage/idb.js';
import { ask, clientOf, pathOf, stage, until } from './lib/clients.mjs';

const endpointFor = async (tab) => pathOf(tab, await ask(tab));

describe('a probe', () => {
  it('is sent by one tab for all, also when all ask in the same moment', async () => {
    const coolDownMs = 60_000;
    const tabs = Array.from({ length: 8 }, () => clientOf({ policy: { coolDownMs, maxCoolDownMs: coolDownMs } }));
    stage.server.behave('/main', 'reset');
    await Promise.all(tabs.map((tab) => tab.preload()));
    assert.equal(await endpointFor(tabs[0]), '/second');
    for (const tab of tabs) await until(async () => (await tab.status()).services[0].health.failedOver);
    const { now } = Date;
    mock.method(Date, 'now', () => now() + 2 * coolDownMs);
    stage.server.forget();
    stage.server.behave('/main', 'hang');
    const answers = await first(tabs.map(endpointFor), 7);
    assert.deepEqual(answers, Array(7).fill('/second'), 'the others do not wait for it');
    assert.equal(stage.server.seen('/main').length, 1);
  });
});

describe('tabs that live through a correction of the clock', () => {
  for (const hours of [0, 1]) {
    it(`try the dead endpoint once for all, ${hours} hours back`, async () => {
      const tabs = [clientOf(), clientOf()];
      stage.server.behave('/main', 'reset');
      for (const tab of tabs) await endpointFor(tab);
      const { now } = Date;
      mock.method(Date, 'now', () => now() - hours * 3_600_000);
      stage.server.forget();
      for (let call = 0; call < 8; call++) {
        const tab = tabs[call % 2];
        assert.equal(await endpointFor(tab), '/second');
        for (const one of tabs) await until(async () => (await one.status()).services[0].health.failedOver);
      }
      assert.equal(stage.server.seen('/main').length, hours, 'what was seen by the wrong clock counts no more');
    });
  }
});

it('a browser that lets a site store nothing gets its answers all the same', async () => {
  const { BroadcastChannel } = globalThis;
  globalThis.BroadcastChannel = function () {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  try {
    assert.equal(await endpointFor(clientOf()), '/main');
  } finally {
    globalThis.BroadcastChannel = BroadcastChannel;
  }
});

/** What the first n of them give. */
const first = (calls, n) =>
  new Promise((resolve) => {
    const given = [];
    for (const call of calls) call.then((value) => given.push(value) === n && resolve(given)).catch(() => {});
  });

for (const change of ['catalogue', 'state']) {
  it(`a tab that tells of its ${change} without end is heard, and costs the others next to nothing`, async () => {
    const tab = clientOf();
    await ask(tab);
    const looks = mock.method(Database.prototype, 'transact').mock;
    const { namespace, environment } = stage.options();
    const channel = new BroadcastChannel(`ehealth-bcp:${namespace}:${environment}`);
    for (let times = 1_000; times--;) channel.postMessage(change);
    await until(() => looks.callCount() > 0);
    for (let before = -1; before !== looks.callCount(); await new Promise((done) => setTimeout(done, 100)))
      before = looks.callCount();
    channel.close();
    assert.ok(looks.callCount() < 100, String(looks.callCount()));
  });
}

describe('a leader that sleeps', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  afterEach(() => {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else delete globalThis.navigator;
  });

  it('is noticed: the others ask for the catalogue some minutes later than it would have', async () => {
    // A page that holds the lock of the leader, and does nothing.
    const locks = {
      request: (name, _options, work) => (name.endsWith(':leader') ? new Promise(() => {}) : work()),
    };
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks } });
    const waits = [];
    const { setTimeout: real } = globalThis;
    mock.method(globalThis, 'setTimeout', (work, ms, ...args) => {
      if (ms < 10 * 60_000) return real(work, ms, ...args);
      waits.push({ work, ms });
      return real(() => {}, 0);
    });
    const client = clientOf();
    await client.refresh();
    assert.equal((await client.status()).leader, false);
    await until(() => waits.length > 0);
    const { work, ms } = waits.at(-1);
    const { now } = Date;
    mock.method(Date, 'now', () => now() + ms);
    stage.server.forget();
    work();
    await until(() => stage.server.seen('/catalogue.xml').length === 1);
  });
});
