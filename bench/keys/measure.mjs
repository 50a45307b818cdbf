// Time per key, interleaved: each round takes the contestants in a new random order, so that load on the machine hits
// all alike. A sample is as many keys as take some milliseconds, because the clock of a browser is coarse.
import { median, shuffled } from '../lib/measure.mjs';

const SAMPLE_MS = 4;
const ROUNDS = 15;
export const WARM_MS = 200;
const MOST = 2000;
const GROWN_ROUNDS = 5;

/**
 * contestants: {name: async (case, times) => {ms for all of them, key}}. Returns {name: {case: µs per key}}; null where
 * a contestant makes another key than the JDK or none: its time would say nothing.
 */
export async function timed(contestants, cases, { mayFail = [], warmMs = () => WARM_MS } = {}) {
  const names = Object.keys(contestants);
  const results = Object.fromEntries(names.map((name) => [name, {}]));
  const batches = new Map();
  for (const c of cases) {
    // all are warm before the first sample: a compiler in the background is done with its work
    batches.set(c, {});
    for (const name of names)
      batches.get(c)[name] = await batch(name, contestants[name], c, { mayFail, warmMs: warmMs(name) });
  }
  for (const c of cases) {
    const times = batches.get(c);
    const samples = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of shuffled(names)) {
        if (times[name]) samples[name].push(((await contestants[name](c, times[name])).ms * 1000) / times[name]);
      }
    }
    for (const name of names) results[name][c.name] = times[name] ? median(samples[name]) : null;
  }
  return results;
}

/** Checks the key, warms the contestant up, and says how many keys make a sample: 0 when the key is not the JDK's. */
async function batch(name, contestant, c, { mayFail, warmMs }) {
  let wrong;
  try {
    const { key } = await contestant(c, 1);
    if (bare(key) !== c.key)
      wrong = `key ${JSON.stringify(bare(key).slice(0, 60))}…, expected ${JSON.stringify(c.key.slice(0, 60))}…`;
  } catch (e) {
    wrong = String(e?.message ?? e);
  }
  if (wrong && !mayFail.includes(name)) throw new Error(`${name}, ${c.name}: ${wrong}`);
  if (wrong) return 0;
  let times = 1;
  const began = performance.now();
  for (;;) {
    const { ms } = await contestant(c, times);
    if (ms < SAMPLE_MS && times < MOST) times *= 2;
    else if (performance.now() - began > warmMs)
      return Math.min(MOST, Math.max(1, Math.round((times * SAMPLE_MS) / Math.max(ms, 0.1))));
  }
}

/** What is compared: peers write the XML declaration and the white space around the document in their own way. */
const bare = (key) => key.replace(/^<\?xml[^>]*\?>/, '').trim();

/** A contestant of one that makes one key. */
export const repeated = (make) => async (c, times) => {
  const one = await make(c);
  let key;
  const began = performance.now();
  for (let i = 0; i < times; i++) key = await one();
  return { ms: performance.now() - began, key };
};

/** The same for one that makes its key at once: awaiting would count in the smallest keys. */
export const repeatedSync = (make) => async (c, times) => {
  const one = make(c);
  let key;
  const began = performance.now();
  for (let i = 0; i < times; i++) key = one();
  return { ms: performance.now() - began, key };
};

/** Both methods of ours through the wasm, which is how an application gets its keys. */
export function ours(core, handle) {
  const octets = (text) => new TextEncoder().encode(text);
  return {
    'ours, compiled': repeatedSync((c) => {
      const request = octets(c.request);
      return () => core.call('cacheKey', { handle, target: c.name }, request).key;
    }),
    'ours, fresh': repeatedSync((c) => {
      const request = octets(c.request);
      const sheet = octets(c.sheet);
      return () => core.call('cacheKey', {}, request, sheet).key;
    }),
  };
}

/** The payload as text, for a peer that can be given no part of a document: it is spared the envelope. */
export function payloadText(request) {
  return /<(\w+):Body>\s*([^]*?)\s*<\/\1:Body>/.exec(request)[2];
}

export function table(title, results, cases, { absent = [] } = {}) {
  const names = Object.keys(results);
  const cell = (name, c) => {
    const us = results[name][c.name];
    if (us === null) return 'other key';
    const mine = results[name.endsWith('fresh') ? 'ours, fresh' : 'ours, compiled'][c.name];
    return `${us.toFixed(1)}${name.startsWith('ours') ? '' : ` (${(mine / us).toFixed(2)})`}`;
  };
  console.log(`\n${title}: µs per key, median (ours / peer, compiled with compiled and fresh with fresh)`);
  console.log(['contestant'.padEnd(26), ...cases.map((c) => c.name.padStart(18))].join(''));
  for (const name of names) console.log([name.padEnd(26), ...cases.map((c) => cell(name, c).padStart(18))].join(''));
  for (const why of absent) console.log(`absent: ${why}`);
}

/** What is aimed at: the ratio of one row to another, for each case. */
export function aim(text, results, cases, row, to, most) {
  const ratios = cases
    .filter((c) => results[to]?.[c.name])
    .map((c) => [c.name, results[row][c.name] / results[to][c.name]]);
  if (ratios.length === 0) return;
  const missed = ratios.filter(([, ratio]) => ratio > most);
  const values = ratios.map(([, ratio]) => ratio);
  const range = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  const said = missed.length
    ? `missed: ${missed.map(([name, ratio]) => `${name} ${ratio.toFixed(2)}`).join(', ')}`
    : 'met';
  console.log(`aim: ${text}, at most ${most}: ${said} (${ratios.length} cases, ${range})`);
}

/** Runs a contestant on the growing requests of the cases: {case: {KiB: µs per key}}. */
export async function grew(contestant, cases, request, sizes) {
  const results = {};
  for (const c of cases) {
    results[c.name] = {};
    for (const kib of sizes) {
      const large = { ...c, request: request(c, kib) };
      const times = Math.max(1, Math.round(64 / kib));
      const samples = [];
      for (let i = 0; i < GROWN_ROUNDS; i++) samples.push(((await contestant(large, times, kib)).ms * 1000) / times);
      results[c.name][kib] = (median(samples) * kib * 1024) / large.request.length;
    }
  }
  return results;
}

/** Cost by the size of the request: µs per KiB, which stays the same where the cost is linear. */
export function linearity(title, results, sizes) {
  console.log(`\n${title}: µs per KiB of the request, by its size`);
  console.log(['case'.padEnd(26), ...sizes.map((kib) => `${kib} KiB`.padStart(10))].join(''));
  for (const [name, row] of Object.entries(results)) {
    console.log([name.padEnd(26), ...sizes.map((kib) => (row[kib] / kib).toFixed(1).padStart(10))].join(''));
  }
}
