// Several tabs of one application: one state, one catalogue, whatever dies and in whatever order.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ready } from '../lib/browsers.mjs';
import { until } from '../lib/demo.mjs';
import { inBrowsers, strictSite } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const request = { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } };
const ask = (page) => page.evaluate((...args) => test.ask('c', ...args), service, request);
const status = (page) => page.evaluate(() => test.call('c', 'status'));
const leads = (page) => until(page, 'it leads', async () => (await test.call('c', 'status')).leader);

/** A generator of numbers in [0, 1) that a failing run can repeat. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

inBrowsers('tabs', strictSite, (scene, name) => {
  async function openTab(over = {}) {
    const page = await scene.open();
    await page.evaluate((options) => test.make('c', options), scene.stage.options(over));
    return page;
  }

  it('agree on the endpoint after a switch', async (t) => {
    const [one, two] = [await openTab(), await openTab()];
    await Promise.all([ask(one), ask(two)]);
    scene.stage.server.behave('/main', 'unavailable');
    const heard = two.evaluate(() => test.failedOver('c'));
    await ask(one);
    const switchedAtMs = (await one.evaluate(() => test.events('c'))).find(
      ({ type }) => type === 'endpoint-switched',
    ).atMs;
    t.diagnostic(`the other tab knew after ${(await heard) - switchedAtMs} ms`);
    scene.stage.server.forget();
    assert.equal((await ask(two)).endpoint, scene.stage.second);
    assert.equal(scene.stage.server.seen('/main').length, 0);
  });

  it('do not wait long for one that is stuck when they have no catalogue yet', async () => {
    const { namespace, environment } = scene.stage.options();
    const stuck = await scene.open();
    const lock = `ehealth-bcp:${namespace}:${environment}:refresh`;
    await stuck.evaluate(
      (name) =>
        new Promise((granted) => {
          void navigator.locks.request(name, () => new Promise(() => granted()));
        }),
      lock,
    );
    const other = await openTab();
    await other.evaluate(() => {
      globalThis.seconds = 0;
      setInterval(() => seconds++, 1_000);
    });
    await ask(other);
    const waited = await other.evaluate(
      async (name) => ({ seconds, held: (await navigator.locks.query()).held.some((one) => one.name === name) }),
      lock,
    );
    assert.ok(waited.held, 'the lock was held all the time');
    assert.ok(waited.seconds < 15, `${waited.seconds} s: it waited as long as one that has a catalogue`);
  });

  it('take what another tab finds, while their own request hangs', async () => {
    scene.stage.server.behave('/catalogue.xml', 'hang');
    const first = await openTab();
    const asking = first.evaluate(
      async (...args) => {
        const beganAt = performance.now();
        const answer = await test.ask('c', ...args);
        return { ...answer, seconds: (performance.now() - beganAt) / 1_000 };
      },
      service,
      request,
    );
    await until(first, 'its request is out', async () =>
      (await navigator.locks.query()).held.some(({ name }) => name.endsWith(':refresh')),
    );
    // Under another address, for a browser may queue requests of the same one.
    scene.stage.publish({ path: '/other.xml' });
    await ask(await openTab({ catalogue: `${scene.stage.server.origin}/other.xml` }));
    const { endpoint, seconds } = await asking;
    assert.equal(endpoint, scene.stage.main);
    assert.ok(seconds < 9, `${seconds} s: it waited for its own request, which hangs for ten`);
  });

  it('have one leader, and another when it dies', async () => {
    const tabs = [await openTab(), await openTab()];
    await Promise.all(tabs.map((tab) => ask(tab)));
    const isLeader = await Promise.all(tabs.map(async (tab) => (await status(tab)).leader));
    assert.equal(isLeader.filter(Boolean).length, 1);
    const [leader, other] = isLeader[0] ? tabs : tabs.toReversed();
    await leader.close();
    await leads(other);
  });

  /** Goes to another page, as by a link. */
  const leave = async (page) => {
    await page.goto(`${scene.site.origin}/js/test/browser/pages/page.html?next`);
    await ready(page);
  };

  it('have another leader when the page of the first one is left', async () => {
    const tabs = [await openTab(), await openTab()];
    await Promise.all(tabs.map((tab) => ask(tab)));
    const [leader, other] = (await status(tabs[0])).leader ? tabs : tabs.toReversed();
    await leave(leader);
    await leads(other);
  });

  it('miss nothing while they are left, for the way back', async () => {
    const over = { cache: { services: [service] } };
    const cached = { cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } };
    scene.stage.publish(cached);
    const [away, other] = [await openTab(over), await openTab(over)];
    await Promise.all([ask(away), ask(other)]);
    await leave(away);
    await other.evaluate(() => test.call('c', 'clear'));
    scene.stage.publish(cached);
    assert.equal(await other.evaluate(() => test.call('c', 'refresh')), 'updated');
    scene.stage.server.behave('/main', 'unavailable');
    assert.equal((await ask(other)).endpoint, scene.stage.second);
    await away.evaluate(() => history.back());
    await until(away, 'the way back', () => location.search === '' && 'test' in globalThis);
    if (!(await away.evaluate(() => test.has('c')))) {
      assert.notEqual(name, 'webkit', 'WebKit puts pages away; the others load one anew that missed a message');
      await away.evaluate((options) => test.make('c', options), scene.stage.options(over));
      await away.evaluate(() => test.preload('c'));
    }
    await until(away, 'the switch', async () => (await test.call('c', 'status')).services[0].health.failedOver);
    const { catalogue } = await status(other);
    await until(
      away,
      'the catalogue',
      async (at) => (await test.call('c', 'status')).catalogue.issueInstantMs === at,
      catalogue.issueInstantMs,
    );
    assert.deepEqual([(await status(away)).leader, (await status(other)).leader], [false, true]);
    scene.stage.server.behave('/second', 'reset');
    assert.equal((await ask(away)).code, 'endpoints-exhausted', 'what was cleared is not served');
  });

  for (const kind of ['hang', 'stall']) {
    it(`take it for no outage that a page was left during a call: ${kind}`, async () => {
      const [one, two] = [await openTab(), await openTab()];
      await two.evaluate(() => test.preload('c'));
      scene.stage.server.behave('/main', kind);
      await one.evaluate(
        (...args) => {
          void test.ask('c', ...args);
        },
        service,
        request,
      );
      while (scene.stage.server.seen('/main').length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await leave(one);
      assert.doesNotMatch(await two.evaluate(() => test.call('c', 'exportLog')), /endpoint-failed|call-failed/);
      scene.stage.server.behave('/main', 'ok');
      assert.equal((await ask(two)).endpoint, scene.stage.main);
      assert.equal(scene.stage.server.seen('/second').length, 0);
    });
  }

  it(
    'know a link that leads to no page, also in a shadow tree',
    { skip: name === 'chromium' && 'there beforeunload is no sign' },
    async () => {
      const seen = await (
        await scene.open()
      ).evaluate(async () => {
        const { LeaveWatch } = await import('/dist/call/leaving.js');
        const leaving = (href, isShadowed) => {
          const watch = new LeaveWatch();
          const host = document.body.appendChild(document.createElement('div'));
          const link = document.createElement('a');
          const icon = link.appendChild(document.createElement('b'));
          (isShadowed ? host.attachShadow({ mode: 'open' }) : host).append(link);
          link.href = href;
          addEventListener('click', (event) => event.preventDefault(), { once: true });
          icon.click();
          dispatchEvent(new Event('beforeunload'));
          watch.close();
          return watch.isLeaving;
        };
        return ['/page', 'mailto:a@b.example'].map((href) => [leaving(href, false), leaving(href, true)]);
      });
      assert.deepEqual(seen, [
        [true, true],
        [false, false],
      ]);
    },
  );

  it('ask for the catalogue once for all', async () => {
    const tabs = await Promise.all([1, 2, 3, 4].map(() => openTab()));
    await Promise.all(tabs.map((tab) => tab.evaluate(() => test.preload('c'))));
    assert.equal(scene.stage.server.seen('/catalogue.xml').length, 1);
  });

  it('keep a good catalogue, and never an older one, over 200 publications and deaths', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = randomFrom(seed);
    const start = Date.now() - 3_600_000;
    const instants = Array.from({ length: 200 }, (_, i) => start + i * 1000);
    const files = new Map(instants.map((at) => [at, scene.stage.publish({ at: new Date(at) })]));
    for (let i = instants.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [instants[i], instants[j]] = [instants[j], instants[i]];
    }
    scene.stage.server.behave('/catalogue.xml', { body: files.get(instants[0]) });
    const tabs = [await openTab(), await openTab()];
    await Promise.all(tabs.map((tab) => tab.evaluate(() => test.preload('c'))));
    let newest = 0; // of those that some tab said to have
    for (const [i, instant] of instants.entries()) {
      scene.stage.server.behave('/catalogue.xml', { body: files.get(instant) });
      const refreshing = tabs.map((tab) =>
        tab.evaluate(() => test.call('c', 'refresh')).catch(() => 'the page was killed'),
      );
      if (i % 20 === 7) {
        const victim = Math.floor(random() * 2);
        await new Promise((resolve) => setTimeout(resolve, random() * 20));
        await tabs[victim].close();
        tabs[victim] = await openTab();
      }
      await Promise.all(refreshing);
      for (const tab of tabs) {
        const { phase, catalogue } = await status(tab);
        assert.equal(phase, 'ready', `seed ${seed}, publication ${i}`);
        assert.ok(
          catalogue.issueInstantMs >= newest,
          `seed ${seed}, publication ${i}: ${catalogue.issueInstantMs} after ${newest}`,
        );
        newest = catalogue.issueInstantMs;
      }
    }
    assert.equal(newest, Math.max(...instants));
  });
});
