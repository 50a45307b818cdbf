// Runs the vectors of testdata/ through the shipped wasm, in Node and in browsers.
import { Program } from '../../../dist/core/program.js';

const known = ['comment', 'source', 'operation', 'args', 'blobs', 'expand', 'want'];

/**
 * Returns [{name, reply, want}], reply as the exact text that the wasm gives.
 *
 * `load` returns the bytes of a path under testdata/.
 */
export async function runVectors(module, load) {
  const program = await Program.start(module);
  const text = async (path) => new TextDecoder().decode(await load(path));
  const { vectors } = JSON.parse(await text('index.json'));
  const results = [];
  for (const name of vectors) {
    const vector = JSON.parse(await text(`vectors/${name}/vector.json`));
    const unknown = Object.keys(vector).filter((key) => !known.includes(key));
    if (unknown.length > 0) throw new Error(`${name}: unknown keys ${unknown}`);
    const blobs = [];
    for (const blob of vector.blobs)
      blobs.push(await load(new URL(blob, `http://x/vectors/${name}/`).pathname.slice(1)));
    if (vector.expand) blobs[0] = expanded(blobs[0], vector.expand);
    const reply = program.call(vector.operation, JSON.stringify(vector.args), ...blobs);
    const { handle } = JSON.parse(reply).value ?? {};
    if (handle) program.call('closeCatalogue', JSON.stringify({ handle }));
    results.push({ name, reply: withoutHandle(reply), want: vector.want });
  }
  return results;
}

/** Handles count up in a session, so they differ where vectors share one. */
export function withoutHandle(reply) {
  return reply.replace(/"handle":\d+/, '"handle":1').trimEnd();
}

function expanded(blob, { marker, text, times }) {
  const source = new TextDecoder().decode(blob);
  const parts = source.split(marker);
  if (parts.length !== 2) throw new Error(`the marker ${marker} occurs ${parts.length - 1} times`);
  return new TextEncoder().encode(parts[0] + text.repeat(times) + parts[1]);
}
