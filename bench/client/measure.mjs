// What is measured, the same code in Node and in Chromium.
import { median, shuffled } from '../lib/measure.mjs';

/** Runs the contestants in turn, `rounds` times; returns the median time of each in ms. */
async function inTurn(contestants, rounds) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -20; round < rounds; round++) { // the first rounds warm up
    for (const name of shuffled(Object.keys(contestants))) {
      const started = performance.now();
      await contestants[name]();
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

/**
 * Time of one successful call: `client.fetch` beside plain fetch of the same endpoint, body read.
 *
 * Clocks of browsers are coarse, so a turn is ten calls.
 */
export async function overhead({ client, service, endpoint, init }) {
  const calls = 10;
  const repeat = (one) => async () => {
    for (let i = 0; i < calls; i++) await one();
  };
  const times = await inTurn({
    plain: repeat(async () => (await fetch(endpoint, init)).text()),
    client: repeat(async () => (await client.fetch(service, init)).text()),
  }, 60);
  return { plainMs: times.plain / calls, clientMs: times.client / calls, overheadMs: (times.client - times.plain) / calls };
}

/** Time of the calls into the core that a successful request makes, in µs. */
export async function crossings({ core, catalogue, anchor, service, answer }) {
  const { handle } = core.call('openCatalogue', { atMs: Date.now(), anchors: 1 }, catalogue, anchor);
  const begin = () => core.call('begin', { handle, target: service, policy: {}, facts: { repeat: 'yes' }, nowMs: Date.now(), seed: 1 });
  const step = begin();
  const event = { kind: 'response', status: 200, contentType: 'text/xml', contentLength: answer.length };
  const next = () => core.call('next', { handle, call: step.call, state: step.state, event, nowMs: Date.now() }, answer);
  const calls = 50;
  const repeat = (one) => () => {
    for (let i = 0; i < calls; i++) one();
  };
  const times = await inTurn({ begin: repeat(begin), next: repeat(next) }, 60);
  core.call('closeCatalogue', { handle });
  return { beginUs: (times.begin * 1000) / calls, nextUs: (times.next * 1000) / calls };
}
