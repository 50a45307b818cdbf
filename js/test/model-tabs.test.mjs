// Two tabs that ask for the catalogue, on the paths of model/tabs.pml: whole clients in a profile whose locks,
// messages, timers and time do what the path says.
import assert from 'node:assert/strict';
import { afterEach, it } from 'node:test';
import { Profile, departureFrom } from './lib/profile.mjs';
import { followEach, happenedIn, leaveEach } from './lib/walks.mjs';

const fetchTimeoutMs = 10_000; // the timer of a request, as long as that
let profile; // of the walk under way

afterEach(() => profile?.close());

/** The timer for the next question. */
const timerOf = (tab) => profile.timers.find((timer) => timer.tab === tab && timer.ms !== fetchTimeoutMs);

/** Does what the line says happened. */
async function step(line) {
  const [what, which] = happenedIn(line);
  if (what === 'locks') {
    profile?.close();
    profile = new Profile(which);
    return profile.seed();
  }
  if (what === 'tick') return void profile.hour++;
  if (what === 'end') return end();
  const tab = profile.tabs[which];
  if (!['start', 'wake', 'die'].includes(what)) assert.ok(tab.isOn && !tab.isAsleep);
  profile.acting = tab;
  switch (what) {
    case 'start':
      tab.asking = undefined;
      profile.start(tab, () => {
        const over = () => (tab.asking = undefined);
        return new Promise((answer, fail) => (tab.asking = { answer, fail })).finally(over);
      });
      return tab.client.preload();
    case 'lead':
      return profile.waitsFor(tab, 'leader').grant();
    case 'fire': {
      const timer = timerOf(tab);
      assert.ok(timer && dueOf(timer) <= profile.hour, 'it is not due');
      clearTimeout(timer);
      return timer.work();
    }
    case 'lock':
      return profile.waitsFor(tab, 'refresh').grant();
    case 'patience':
      return profile.waitsFor(tab, 'refresh').patience.abort();
    case 'answered':
      return tab.asking.answer(profile.answer());
    case 'silent':
      return tab.asking.fail(new TypeError('Failed to fetch'));
    case 'hear':
      return profile.hear(tab, 'catalogue');
    case 'news':
      return profile.channels.get(tab).onmessage({ data: 'state' });
    case 'sleep':
      return void (tab.isAsleep = true);
    case 'wake':
      return void (tab.isAsleep = false);
    case 'die':
      return profile.die(tab);
  }
  throw new Error(`an unknown step: ${line}`);
}

/** Nothing comes any more: whoever waits for a lock loses patience. */
function end() {
  for (const tab of profile.tabs) {
    profile.acting = tab;
    if (!tab.isAsleep) profile.waitsFor(tab, 'refresh')?.patience.abort();
  }
}

/** The hour in which a timer fires; what is due within seconds is due. */
const dueOf = ({ at }) => profile.hourOf(at - 30_000) + 1;

async function stateOf(tab) {
  if (!tab.isOn) return '000 0 0';
  const { leader, catalogue } = await tab.client.status();
  const timer = timerOf(tab);
  const refreshing = profile.waitsFor(tab, 'refresh') ? 1 : tab.asking ? 2 : 0;
  const is = tab.isAsleep ? 2 : 1;
  const due = timer ? dueOf(timer) : 0;
  return `${is}${Number(leader)}${refreshing} ${profile.hourOf(catalogue.checkedAtMs)} ${due}`;
}

/** Of each tab whether it is awake, leads, refreshes, the last check that it knows, its timer; then the last check. */
async function state() {
  const known = [];
  for (const tab of profile.tabs) known.push(await stateOf(tab));
  const kept = await profile.stored('catalogue', 'current');
  return [...known, profile.hourOf(kept.checkedAtMs)].join(', ');
}

const departure = (lines, waitMs) => departureFrom(lines, step, state, waitMs);

it('the tabs follow the model', (t) => followEach(t, 'tabs', departure));

it('the tabs leave the path of each deliberate bug', () => leaveEach('tabs', departure));
