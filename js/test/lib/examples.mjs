// The examples of the documentation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './native.mjs';

/** The fenced blocks of a file of the repository: their kind, the line where they begin, their text. A block of the
 * kind `text` is no example: the form of a command, a picture, the shape of a message. */
export function examplesOf(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .map(({ 1: kind, 2: code, index }) => ({ file, kind, code, line: text.slice(0, index).split('\n').length }))
    .filter(({ kind }) => kind !== 'text');
}
