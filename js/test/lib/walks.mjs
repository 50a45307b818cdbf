// The paths of model/testdata, for the tests that walk them on the code. Source: docs/model.md#paths.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './native.mjs';

/** The way that spin found to a broken promise, as the environment names it: walked in place of the model's paths. */
const { BCP_TRAIL: trail } = process.env;

/** More steps than this are walked, or the paths are not what they should be. */
export const fewSteps = trail ? 0 : 200;

/** The walks of a file by their titles ("path 17", "bug BUG_NO_KEY_CHECK kept_after_clearing"). */
export function walksOf(name) {
  const walks = new Map();
  const isOfTrail = trail && name.replace('.paths', '.trail') === basename(trail);
  let lines;
  for (const line of readFileSync(isOfTrail ? trail : join(root, 'model/testdata', name), 'utf8').split('\n')) {
    if (/^(path|bug) /.test(line)) walks.set(line, (lines = []));
    else if (line && !line.startsWith('#')) lines.push(line);
  }
  return walks;
}

/** What a line says happened, in words. */
export const happenedIn = (line) => line.split(' | ')[0].split(' ');

/** Lets all that can go on without the test go on. */
export async function settle() {
  for (let turns = 0; turns < 12; turns++) await new Promise((done) => setImmediate(done));
}

/** Waits for what is under way to come to where `passes` holds: 5 s at most. */
export async function reach(passes, what) {
  for (const end = Date.now() + 5_000; !passes();) {
    if (Date.now() > end) throw new Error(`it never came to this: ${what}`);
    await new Promise((done) => setTimeout(done, 1));
  }
}

/** Walks every path of a model: `departure` of its lines, within so many milliseconds a step, must find none. */
export async function followEach(t, model, departure) {
  let steps = 0;
  for (const [title, lines] of walksOf(`${model}.paths`)) {
    assert.deepEqual(await departure(lines, 10_000), undefined, title);
    steps += lines.length;
  }
  assert.ok(steps > fewSteps, String(steps));
  t.diagnostic(`${steps} steps as in the model`);
}

/** Walks the path of each deliberate bug of a model, which the code must leave. */
export async function leaveEach(model, departure) {
  for (const [title, lines] of walksOf(`${model}.bugs`)) assert.ok(await departure(lines, 1_000), title);
}
