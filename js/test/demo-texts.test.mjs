// The words of the demonstration: the same in four languages, and some for every event and every error of a call.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { langs, texts } from '../../demo/app/texts.js';

const entries = (value, place = '') =>
  typeof value === 'object'
    ? Object.entries(value).flatMap(([key, part]) => entries(part, `${place}.${key}`))
    : [place];

describe('the texts of the demonstration', () => {
  it('have the same entries in four languages', () => {
    for (const lang of langs) assert.deepEqual(entries(texts[lang]), entries(texts.en), lang);
  });

  it('have words for every type of event', () => {
    const [, events] = readFileSync(new URL('../src/types/events.ts', import.meta.url), 'utf8').split(
      'export type News',
    );
    const types = [...events.matchAll(/\n +type: ([^;}]+)/g)].flatMap(([, union]) => union.match(/[a-z-]+/g));
    assert.ok(types.length > 10);
    assert.deepEqual(Object.keys(texts.en.events).sort(), types.sort());
  });
});
