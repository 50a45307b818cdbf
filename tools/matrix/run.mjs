// Builds and runs a small application with each tool that web software is built with, against the package as npm would
// publish it, and prints a table.
//   node tools/matrix/run.mjs             everything
//   node tools/matrix/run.mjs vite next   the rows whose name has a word that begins so
// What a row shows: lib/matrix.mjs. Versions: package.json.
import { cells } from './cells/index.mjs';
import { openMatrix } from './lib/matrix.mjs';
import { install } from './lib/place.mjs';

const words = process.argv.slice(2);
const chosen = cells.filter(
  ({ name }) => words.length === 0 || words.some((word) => new RegExp(`\\b${word}`, 'i').test(name)),
);
const begun = Date.now();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

install();
const matrix = await openMatrix();
console.log(`prepared in ${seconds(begun)}\n`);
let failed = 0;
console.log('| tool | result | time | |\n|--|--|--|--|');
for (const cell of chosen) {
  const since = Date.now();
  const { ok, note } = await matrix.run(cell);
  if (!ok) failed++;
  const result = ok ? (cell.lines ? 'ok, with its line' : 'ok') : 'FAILS';
  const said = process.env.BCP_MATRIX_WHOLE ? note : note.replaceAll(/\s+/g, ' ').slice(0, 160);
  console.log(`| ${cell.name} | ${result} | ${seconds(since)} | ${said.replaceAll('|', '\\|')} |`);
}
await matrix.close();
console.log(`\n${chosen.length - failed} of ${chosen.length} in ${seconds(begun)}`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
