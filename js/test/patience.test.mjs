// How long a call waits for its protection. In a process of its own: Node's fetch loses its timers while timers are
// mocked, and a timer of an earlier connection then fails the process (nodejs/undici pull request 4758).
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { limited } from '../../dist/base/timing.js';
import { createBcpClient } from '../../dist/index.node.js';
import { createDrillAuthority } from '../../dist/testing/index.js';

const url = 'https://main.example/service';

describe('a catalogue that does not come', () => {
  it('holds a call up for 8 seconds, then it goes out as plain fetch', async () => {
    const events = [];
    let asked = () => {};
    const askedForCatalogue = new Promise((resolve) => {
      asked = resolve;
    });
    const client = createBcpClient({
      environment: 'Production',
      namespace: 'patience',
      catalogue: 'https://own.example/catalogue.xml',
      anchors: [createDrillAuthority().anchor],
      log: (event) => events.push(event),
      fetch: (target) => {
        if (target === url) return Promise.resolve(new Response('plain'));
        asked();
        return new Promise(() => {});
      },
    });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const calling = client.fetch(url);
      await askedForCatalogue;
      mock.timers.tick(8_000);
      assert.equal(await (await calling).text(), 'plain');
      assert.equal(events.find(({ type }) => type === 'unprotected').code, 'timeout');
    } finally {
      mock.timers.reset();
      client.close();
    }
  });
});

describe('a page that stood still', () => {
  const busyFor = (ms) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  const within = (work) => {
    const ended = limited(100, undefined, work);
    busyFor(800); // a dialog, a frozen page: what came meanwhile waits behind the timer
    return ended;
  };

  it('is given the answer that came meanwhile', async () => {
    const { how, value } = await within(() => new Promise((resolve) => setTimeout(resolve, 120, 'answer')));
    assert.deepEqual([how, value], ['done', 'answer']);
  });

  it('waits for no answer without end', async () => {
    assert.equal((await within(() => new Promise(() => {}))).how, 'late');
  });
});
