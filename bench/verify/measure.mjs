// Time of one full verification: rounds, and the table of what they took.
import { median, shuffled } from '../lib/measure.mjs';

/**
 * contestants: {name: async (bytes, env) => number of services}; returns {name: median ms}. One with a `prepare` is
 * made anew for each round, by `await prepare()`, outside of what is timed.
 */
export async function interleaved(contestants, { bytes, env, services }, { rounds, warm }) {
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warm; round < rounds; round++) {
    for (const name of shuffled(names)) {
      const { prepare } = contestants[name];
      const check = prepare ? await prepare() : contestants[name];
      const began = performance.now();
      const seen = await check(bytes, env);
      const took = performance.now() - began;
      if (seen !== services) throw new Error(`${name} saw ${seen} services, expected ${services}`);
      if (round >= 0) times[name].push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

/** Rounds per size: small files need many, large ones take long. */
export const plan = [
  { file: 'genuine', rounds: 100, warm: 300 },
  { file: 'synthetic-1000', rounds: 21, warm: 10 },
  { file: 'synthetic-10000', rounds: 9, warm: 3 },
];

/** results: {file: {name: ms}}; prints ms and the ratio of ours to each peer, and the growth from 1,000 to 10,000. */
export function report(title, results, ours) {
  const files = Object.keys(results);
  const names = Object.keys(results[files[0]]);
  console.log(`\n${title}: full verification, median ms (ours / peer)`);
  console.log(
    ['contestant'.padEnd(34), ...files.map((f) => f.padStart(24)), 'growth 1,000 to 10,000'.padStart(24)].join(''),
  );
  for (const name of names) {
    const cells = files.map((f) => {
      const ratio = name === ours ? '' : ` (${(results[f][ours] / results[f][name]).toFixed(2)})`;
      return `${results[f][name].toFixed(2)}${ratio}`.padStart(24);
    });
    const growth = results['synthetic-10000']
      ? `x${(results['synthetic-10000'][name] / results['synthetic-1000'][name]).toFixed(1)}`
      : '';
    console.log([name.padEnd(34), ...cells, growth.padStart(24)].join(''));
  }
}
