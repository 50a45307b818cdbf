// What comes from outside has one way in, file by file. Each file reads it by kind: readers.test.mjs tries that.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './lib/native.mjs';

const source = join(root, 'js/src');
const texts = readdirSync(source, { recursive: true })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('testing/'))
  .map((name) => [name, readFileSync(join(source, name), 'utf8')]);

const ways = {
  'a record of IndexedDB': [/\.objectStore\(/, 'answers/vault.ts', 'storage/store.ts'],
  'an entry of Cache Storage': [/globalThis\.caches|\bcaches\.open|\.match\(address/, 'storage/copy.ts'],
  'a message of another tab': [
    /\.onmessage\b|addEventListener\??\.?\('message'|new BroadcastChannel/,
    'storage/tabs.ts',
  ],
  'a header': [
    /\bheaders\)?\.get\(/,
    'call/facts.ts',
    'call/gateway.ts',
    'call/request.ts',

    'core/host.ts',
    'storage/copy.ts',
  ],
};

describe('what comes from outside', () => {
  for (const [name, [pattern, ...allowed]] of Object.entries(ways)) {
    it(`${name} is read in its own place only`, () => {
      const found = texts.filter(([, text]) => pattern.test(text)).map(([file]) => file);
      assert.deepEqual(found.sort(), allowed);
    });
  }
});
