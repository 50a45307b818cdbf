// What is measured, the same code in Node and in Chromium.
import { median, shuffled } from '../lib/measure.mjs';

/** Runs the contestants in turn, `rounds` times; returns the median time of each in ms. */
async function inTurn(contestants, rounds) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -20; round < rounds; round++) {
    // the first rounds warm up
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
 * Clocks of browsers are coarse, so a turn is ten calls. The client sends `no-store`, for which Chromium and Firefox
 * ask anew (OPTIONS) before each call to another origin: so it stands beside a plain fetch that says the same too.
 */
export async function overhead({ client, service, endpoint, init }) {
  const calls = 10;
  const repeat = (one) => async () => {
    for (let i = 0; i < calls; i++) await one();
  };
  const times = await inTurn(
    {
      plain: repeat(async () => (await fetch(endpoint, init)).text()),
      noStore: repeat(async () => (await fetch(endpoint, { ...init, cache: 'no-store' })).text()),
      client: repeat(async () => (await client.fetch(service, init)).text()),
    },
    60,
  );
  const ms = (total) => total / calls;
  return {
    plainMs: ms(times.plain),
    plainNoStoreMs: ms(times.noStore),
    clientMs: ms(times.client),
    overheadMs: ms(times.client - times.plain),
    overheadToNoStoreMs: ms(times.client - times.noStore),
  };
}

const attachmentBytes = 1 << 20;
const mtomType = 'multipart/related; type="application/xop+xml"; start="<root>"; boundary=edge';

/** An MTOM answer: the Envelope, and 1 MiB of octets. */
function withAttachment(answer) {
  const bytes = (text) => new TextEncoder().encode(text);
  const random = Uint8Array.from({ length: attachmentBytes }, () => Math.random() * 256);
  const parts = [
    bytes('--edge\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n'),
    answer,
    bytes('\r\n--edge\r\nContent-Type: application/octet-stream\r\n\r\n'),
    random,
    bytes('\r\n--edge--\r\n'),
  ];
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Time of the calls into the core that a successful request makes, in µs: `next` for a small answer, for one with an
 * attachment of 1 MiB, and for as many octets that are not judged at all, so the cost of handing them over.
 */
export async function crossings({ core, catalogue, anchor, service, answer }) {
  const { handle } = core.call('openCatalogue', { environment: '', atMs: Date.now(), anchors: 1 }, catalogue, anchor);
  const begin = () =>
    core.call('begin', { handle, target: service, policy: {}, facts: { repeat: 'yes' }, nowMs: Date.now(), random: 1 });
  const step = begin();
  const ends = (contentType, body) => {
    const event = { kind: 'response', status: 200, contentType, contentLength: body.length };
    return () => core.call('next', { handle, call: step.call, state: step.state, event, nowMs: Date.now() }, body);
  };
  const calls = 50;
  const repeat = (one) => () => {
    for (let i = 0; i < calls; i++) one();
  };
  const times = await inTurn(
    {
      begin: repeat(begin),
      next: repeat(ends('text/xml', answer)),
      mtom: repeat(ends(mtomType, withAttachment(answer))),
      octets: repeat(ends('application/octet-stream', new Uint8Array(attachmentBytes))),
    },
    60,
  );
  core.call('closeCatalogue', { handle });
  const us = (ms) => (ms * 1000) / calls;
  return {
    beginUs: us(times.begin),
    nextUs: us(times.next),
    nextMtomUs: us(times.mtom),
    nextOctetsUs: us(times.octets),
  };
}
