// Cached answers in real browsers: served and marked, of one user only, nothing readable on the disk.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { inBrowsers, strictSite } from '../lib/scene.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const inss = '85071599987';
const ask = (page, over = {}, name = 'c') =>
  page.evaluate((...args) => test.ask(...args), name, service, {
    method: 'POST',
    body: soapRequest(inss),
    bcp: { repeat: 'yes' },
    ...over,
  });
const dump = (page) => page.evaluate(() => test.dump());

inBrowsers('cache', strictSite, (scene, name) => {
  let page;

  beforeEach(async () => {
    scene.stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } });
    page = await scene.open();
  });

  const options = (user, over = {}) =>
    scene.stage.options({
      cache: { services: [service] },
      ...(user ? { user, secret: `${user}: a secret of thirty-two bytes or more` } : {}),
      ...over,
    });
  const make = (over, client = 'c') => page.evaluate((...args) => test.make(...args), client, over);
  const cutOff = () => {
    for (const path of ['/main', '/second', '/catalogue.xml']) scene.stage.server.behave(path, 'reset');
  };
  const restart = async () => {
    await page.close();
    page = await scene.open();
  };

  it('answers a cold start with the network dead, marked', async (t) => {
    await make(options('A'));
    const live = await ask(page);
    cutOff();
    await restart();
    await make(options('A'));
    const { status, text, source, attempts, expired, storedAt, validUntil, tookMs } = await ask(page);
    assert.deepEqual(
      { status, text, source, attempts, expired },
      { status: 200, text: live.text, source: 'cache', attempts: 2, expired: false },
    );
    assert.equal(new Date(validUntil) - new Date(storedAt), 3_600_000);
    t.diagnostic(`from the call to the cached answer: ${Math.round(tookMs)} ms`);
  });

  it('keeps answers in memory when no secret is given', async () => {
    await make(options());
    await ask(page);
    cutOff();
    assert.equal((await ask(page)).source, 'cache');
    assert.doesNotMatch(await dump(page), /:answers/);
    await restart();
    await make(options());
    assert.equal((await ask(page)).code, 'endpoints-exhausted');
  });

  it('answers first from the cache when the catalogue says so', async () => {
    scene.stage.publish({ cache: { strategy: 'CACHE_FIRST', duration: 'PT1H' } });
    await make(options());
    await ask(page);
    scene.stage.server.forget();
    assert.equal((await ask(page)).source, 'cache');
    assert.equal(scene.stage.server.seen('/main').length, 0);
  });

  // The stylesheet looks for an element that these requests do not have, so its key says nothing of the patient.
  const forgetful = (method, body) =>
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">' +
    `<xsl:output method="${method}"/><xsl:template match="/">${body}</xsl:template></xsl:stylesheet>`;
  const ssin = (tail) => `<xsl:value-of select="concat(//*[local-name()='Ssin'], '${tail}')"/>`;
  const forgetfulOnes = {
    'a separator alone': forgetful('text', ssin('|')),
    'the XML declaration alone': forgetful('xml', ssin('')),
  };
  for (const strategy of ['ENDPOINT_FIRST', 'CACHE_FIRST']) {
    for (const [what, stylesheet] of Object.entries(forgetfulOnes)) {
      it(`gives nobody another patient's answer: ${strategy}, ${what} as the key`, async () => {
        scene.stage.publish({ cache: { strategy, duration: 'PT1H', stylesheet } });
        const patient = (number, element = 'Inss') => ({
          body: soapRequest(number).replaceAll('q:Inss', `q:${element}`),
          bcp: { repeat: 'yes' },
        });
        const answers = (text) => scene.stage.server.behave('/main', { body: soapRequest(text) });
        await make(options('A'));
        answers('of the first');
        assert.equal((await ask(page, patient('70010100111'))).source, 'network');
        answers('of the second');
        const second = await ask(page, patient('85071599987'));
        assert.equal(second.source, 'network');
        assert.match(second.text, /of the second/);
        cutOff();
        assert.equal((await ask(page, patient('85071599987'))).code, 'endpoints-exhausted');
        const skipped = (await page.evaluate(() => test.events('c'))).filter(({ type }) => type === 'cache-skipped');
        assert.deepEqual(
          skipped.map(({ service, code }) => [service, code]),
          Array(3).fill([service, 'key-constant']),
        );
        assert.doesNotMatch(await dump(page), /:answers/);
        // Where the stylesheet finds what it looks for, each patient has an answer of their own.
        answers('with an Ssin');
        scene.stage.server.behave('/second', 'ok');
        await ask(page, patient('70010100111', 'Ssin'));
        cutOff();
        const own = await ask(page, patient('70010100111', 'Ssin'));
        assert.deepEqual([own.source, /with an Ssin/.test(own.text)], ['cache', true]);
        assert.equal((await ask(page, patient('85071599987', 'Ssin'))).code, 'endpoints-exhausted');
      });
    }
  }

  it('is off for services that were not named', async () => {
    await make(options('A', { cache: { services: ['another'] } }));
    await ask(page);
    cutOff();
    assert.equal((await ask(page)).code, 'endpoints-exhausted');
    assert.doesNotMatch(await dump(page), /:answers/);
  });

  for (const behaviour of ['business-fault', 'html', 'cut-chunked']) {
    it(`keeps no answer that is not complete and successful: ${behaviour}`, async () => {
      scene.stage.server.behave('/main', behaviour);
      scene.stage.server.behave('/second', behaviour);
      await make(options());
      await ask(page);
      cutOff();
      assert.equal((await ask(page)).code, 'endpoints-exhausted');
    });
  }

  it('serves nothing expired unless asked, and then says so', async () => {
    scene.stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT0.001S' } });
    await make(options());
    await ask(page);
    cutOff();
    assert.equal((await ask(page)).code, 'endpoints-exhausted');
    const { source, expired } = await ask(page, { bcp: { repeat: 'yes', serveExpired: true } });
    assert.deepEqual({ source, expired }, { source: 'cache', expired: true });
    assert.ok((await page.evaluate(() => test.events('c'))).some(({ type }) => type === 'stale-served'));
  });

  it('has nothing of user A for user B, and leaves nothing in clear', async () => {
    await make(options('user-marker-A'));
    const { text } = await ask(page);
    const written = await dump(page);
    assert.ok(written.includes(':answers'), 'nothing was stored');
    for (const marker of ['user-marker-A', inss, text, '/Answer']) assert.ok(!written.includes(marker), marker);
    await page.evaluate(() => test.close('c'));
    cutOff();
    await make(options('B'));
    assert.equal((await ask(page)).code, 'endpoints-exhausted');
    await make(options('user-marker-A'), 'again');
    assert.equal((await ask(page, {}, 'again')).source, 'cache');
  });

  it('has nothing after clear, offline, in any tab', async () => {
    await make(options('A'));
    await ask(page);
    const other = await scene.open();
    await other.evaluate((o) => test.make('c', o), options()); // another tab, with answers in memory
    await ask(other);
    cutOff();
    await page.evaluate(() => test.call('c', 'clear'));
    assert.doesNotMatch(await dump(page), /:answers/);
    assert.equal((await ask(page)).code, 'endpoints-exhausted');
    for (let i = 0; (await ask(other)).source === 'cache'; i++) assert.ok(i < 100, 'the other tab still has it');
    assert.equal((await page.evaluate(() => test.call('c', 'status'))).phase, 'ready');
  });

  it('goes on in memory when IndexedDB is full or gone', async () => {
    for (const how of ['quota', 'denied']) {
      await restart();
      await page.evaluate((fault) => test.breakStorage(fault), how);
      scene.stage.server.behave('/main', 'ok');
      scene.stage.server.behave('/second', 'ok');
      scene.stage.server.behave('/catalogue.xml', {
        body: scene.stage.publish({ cache: { strategy: 'ENDPOINT_FIRST', duration: 'PT1H' } }),
      });
      await make(options('A', { namespace: how }));
      assert.equal((await ask(page)).source, 'network');
      scene.stage.server.behave('/main', 'reset');
      scene.stage.server.behave('/second', 'reset');
      assert.equal((await ask(page)).source, 'cache');
      const degraded = (await page.evaluate(() => test.events('c'))).filter(
        ({ type, store }) => type === 'storage-degraded' && store === 'answers',
      );
      assert.equal(degraded.length, 1);
    }
  });
});
