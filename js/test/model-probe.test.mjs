// Two tabs that probe a main endpoint that failed, on the paths of model/probe.pml: whole clients in a profile whose
// messages, answers and time do what the path says.
import assert from 'node:assert/strict';
import { afterEach, it } from 'node:test';
import { Profile, departureFrom, hourMs, issuedMs, service, startMs } from './lib/profile.mjs';
import { followEach, happenedIn, leaveEach, reach } from './lib/walks.mjs';

const main = 'https://main.example/';
const second = 'https://second.example/';
// Main failed and its rest is over; the second endpoint is in use.
const failedAt = startMs + hourMs;
const down = {
  v: 1,
  nowMs: failedAt,
  catalogueMs: issuedMs,
  chosen: [1, failedAt + 1],
  down: [[0, 1, failedAt, failedAt, 0]],
  seen: [
    [0, 0, failedAt],
    [1, failedAt + 1, 0],
  ],
};
let profile; // of the walk under way

afterEach(() => profile?.close());

/** Answers what the tab asks elsewhere, until its call is over. */
async function endElsewhere(tab, where) {
  await reach(() => tab.isOver || tab.asking?.to === where, `the call asks ${where}`);
  tab.asking?.answer(new Response('here'));
  await tab.call;
}

/** Does what the line says happened. */
async function step(line) {
  const [what, which, how] = happenedIn(line);
  if (what === 'start') return start();
  profile.step += 10; // of two steps the later has the later stamp
  if (what === 'tick') return void profile.hour++;
  const tab = profile.tabs[which];
  assert.equal(tab.isAsleep, what === 'wake');
  profile.acting = tab;
  switch (what) {
    case 'begin':
      return begin(tab, how);
    case 'came':
      tab.isProbing = false;
      if (how === 'answered') tab.asking.answer(new Response('here'));
      if (how === 'cancelled') tab.caller.abort();
      if (how === 'failed') tab.asking.fail(new TypeError('Failed to fetch'));
      return endElsewhere(tab, second);
    case 'hear':
      return profile.hear(tab, 'state');
    case 'sleep':
      return void (tab.isAsleep = true);
    case 'wake':
      return void (tab.isAsleep = false);
  }
  throw new Error(`an unknown step: ${line}`);
}

async function start() {
  profile?.close();
  profile = new Profile('missing');
  await profile.seed({ [service]: down });
  for (const tab of profile.tabs) {
    tab.isProbing = false;
    profile.start(tab, (to) => {
      if (to !== main && to !== second) return Promise.resolve(profile.answer());
      const over = () => (tab.asking = undefined);
      return new Promise((answer, fail) => (tab.asking = { to, answer, fail })).finally(over);
    });
    await tab.client.preload();
    profile.channels.get(tab).onmessage({ data: 'state' }); // else it reads before its first call
  }
}

/** Begins a call that asks as the word says. A probe waits for the path, else it is answered at once. */
async function begin(tab, word) {
  tab.caller = new AbortController();
  tab.isOver = false;
  tab.call = tab.client
    .fetch(service, { signal: tab.caller.signal, bcp: { repeat: 'yes' } })
    .catch(() => {})
    .finally(() => (tab.isOver = true));
  tab.isProbing = word === 'probe';
  if (!tab.isProbing) return endElsewhere(tab, word === 'main' ? main : second);
  await reach(() => tab.asking, 'the probe is sent');
  assert.equal(tab.asking.to, main);
}

const bits = (...facts) => facts.map(Number).join('');

/** Whether main failed, is booked, and rests. */
const knownOf = (count, isBooked, untilMs) =>
  bits(count > 0, isBooked, (count > 0 || isBooked) && untilMs > Date.now());

async function stateOf(tab) {
  const { services } = await tab.client.status();
  const { failures } = services.find(({ id }) => id === service).health;
  const failure = failures?.find(({ endpoint }) => endpoint === main);
  const known = failure ? knownOf(failure.count, failure.probing ?? false, failure.untilMs ?? 0) : '000';
  return `${bits(tab.isAsleep, tab.isProbing)} ${known}`;
}

/** Of each tab whether it sleeps and probes, and what it knows of main; then what is stored of it. */
async function state() {
  const known = [];
  for (const tab of profile.tabs) known.push(await stateOf(tab));
  const { down: failures = [] } = await profile.stored('state', service);
  const [, count = 0, , untilMs = 0, booked = 0] = failures.find(([order]) => order === 0) ?? [];
  return [...known, knownOf(count, booked === 1, untilMs)].join(', ');
}

const departure = (lines, waitMs) => departureFrom(lines, step, state, waitMs);

it('the probes follow the model', (t) => followEach(t, 'probe', departure));

it('the tabs leave the path of each deliberate bug', () => leaveEach('probe', departure));
