// A process that stores one catalogue after another in a folder, and says the number of each that is stored:
//   node publisher.mjs DIR TIMES
import { FileStore } from '../../../dist/storage/filestore.js';

const base = Date.UTC(2026, 4); // a stored moment must be one that a clock can have shown

/** As large as a genuine catalogue, and says its number all over. */
export function recordOf(number) {
  const octets = new Uint8Array(8_000 * 8);
  for (let i = 0; i < octets.length; i += 8) new DataView(octets.buffer).setFloat64(i, number);
  return { octets, issueInstantMs: base + number, acceptedAtMs: base, checkedAtMs: base };
}

/** The number of a record; 0 when it is not whole. */
export function numberOf({ octets, issueInstantMs }) {
  const number = issueInstantMs - base;
  return Buffer.compare(octets, recordOf(number).octets) === 0 ? number : 0;
}

/** Stores the one after that which is kept, and a state, and returns its number; undefined when another was quicker. */
export async function publish(store, name = 'one') {
  const [kept] = await store.catalogues();
  const number = (kept ? numberOf(kept) : 0) + 1;
  const isKept = await store.putCatalogue(recordOf(number), () => false);
  await store.mergeState(name, (state) => ({ count: (state?.count ?? 0) + 1 }));
  return isKept ? number : undefined;
}

if (process.argv[1] === import.meta.filename) {
  const [, , dir, times] = process.argv;
  const store = new FileStore(dir);
  for (let i = 0; i < Number(times); i++) {
    const number = await publish(store, `process ${process.pid}`);
    if (number) process.stdout.write(`${number}\n`);
  }
}
