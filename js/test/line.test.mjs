// The line of requests for an origin: whose clock is set back when one of them is answered.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lines } from '../../dist/call/line.js';

const main = 'https://a.example/main';

/** `count` requests in a line of their own; `restarts` says how often each one's clock was set back. */
function lineOf(count, addressOf = () => main) {
  const lines = new Lines(true);
  const restarts = [];
  const places = [];
  const join = () => {
    const i = places.length;
    restarts.push(0);
    places.push(lines.join(addressOf(i), false, () => restarts[i]++));
  };
  for (let i = 0; i < count; i++) join();
  return { places, restarts, join };
}

describe('the line of requests for an origin', () => {
  it('sets back the clocks of those behind, not of those that went at the same time', () => {
    const { places, restarts } = lineOf(8);
    places[0].leave('answered');
    assert.deepEqual(restarts, [0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it('sets back the clock of one that the browser let others pass', () => {
    const { places, restarts } = lineOf(20);
    for (let i = 1; i < 11; i++) places[i].leave('answered');
    assert.equal(restarts[0], 10);
  });

  it('lets the clock run once too few are out to wait for', () => {
    const { places, restarts } = lineOf(8);
    for (let i = 1; i < 8; i++) places[i].leave('answered');
    assert.equal(restarts[0], 2);
  });

  it('lets the clock run when those pass that came after the first one that did: no request hangs for ever', () => {
    const { places, restarts, join } = lineOf(10);
    for (let i = 1; i < 200; i++) {
      places[i].leave('answered');
      join();
    }
    assert.equal(restarts[0], 9);
  });

  it('lets the clock run when another endpoint of the origin answers', () => {
    const { places, restarts } = lineOf(12, (i) => `https://a.example/${i < 6 ? 'hang' : 'second'}`);
    for (let i = 6; i < 9; i++) places[i].leave('answered');
    assert.deepEqual(restarts.slice(0, 6), [0, 0, 0, 0, 0, 0]);
  });

  it('lets the clocks run when one fails', () => {
    const { places, restarts } = lineOf(6);
    places[3].leave('failed');
    assert.deepEqual(restarts, [0, 0, 0, 0, 0, 0]);
  });

  it('forgets those that never went, so that a later answer counts only what is out', async () => {
    const lines = new Lines(true);
    const places = Array.from({ length: 12 }, () => lines.join(main, true, () => {}));
    places[0].leave('failed');
    assert.equal(await places[11].turn, false);
    for (const place of places.slice(1, 5)) place.leave('answered');
    assert.equal(lines.isCrowded(main), false);
    const after = lines.join(main, true, () => {});
    assert.equal(
      await Promise.race([after.turn, new Promise((resolve) => setTimeout(resolve, 20, 'held back'))]),
      true,
    );
  });

  it('is not counted outside browsers', () => {
    const lines = new Lines(false);
    for (let i = 0; i < 20; i++) lines.join(main, false, assert.fail);
    assert.equal(lines.isCrowded(main), false);
  });
});
