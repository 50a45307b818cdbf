// Builds and runs a small application with each tool that web software is built with, against the package as npm would
// publish it, and prints a table.
//   node tools/matrix/run.mjs             everything
//   node tools/matrix/run.mjs vite next   the rows whose name has a word that begins so
// A row passes when the call of its application was answered by the second endpoint, after the first was reset: so the
// wasm came from where the tool had put it. `line` is what the application needs beyond its starter: docs/tools.md
// must say it, word for word. Versions: package.json.
import { readFileSync } from 'node:fs';
import { makeStage, soapRequest } from '../../js/test/lib/stage.mjs';
import { cells } from './cells/index.mjs';
import { App } from './lib/app.mjs';
import { prepare } from './lib/place.mjs';
import { openBrowser } from './lib/visit.mjs';

const cellMs = 420_000;
const documented = readFileSync(new URL('../../docs/tools.md', import.meta.url), 'utf8');

async function runCell(cell, stage, browser) {
  const app = new App(cell.name, stage, browser.visit);
  try {
    const answer = await inTime(cell.run(app));
    const { status, endpoint, wasm, error } = answer;
    const isAnswered = status === 200 && endpoint === stage.second;
    if (!isAnswered && !answer.note) return { ok: false, note: error ?? JSON.stringify(answer) };
    const missing = (cell.lines ?? []).find((line) => !documented.includes(line) || !app.text.includes(line));
    if (missing) return { ok: false, note: `not in docs/tools.md or not in the application: ${missing}` };
    return { ok: true, note: answer.note ?? wasm ?? '' };
  } catch (e) {
    return { ok: false, note: e.message };
  } finally {
    app.close();
  }
}

function inTime(running) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no result after ${cellMs / 1000} s`)), cellMs);
  });
  return Promise.race([running, late]).finally(() => clearTimeout(timer));
}

const words = process.argv.slice(2);
const chosen = cells.filter(
  ({ name }) => words.length === 0 || words.some((word) => new RegExp(`\\b${word}`, 'i').test(name)),
);
const begun = Date.now();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

prepare();
console.log(`prepared in ${seconds(begun)}\n`);
const drill = await makeStage();
const id = 'uddi:ehealth-fgov-be:business:insurability:v2'; // of a functionality, so that the panel has a state
drill.publish({ services: [{ id, endpoints: [drill.main, drill.second] }] });
drill.server.behave('/main', 'reset');
const stage = { options: drill.options(), main: drill.main, second: drill.second, envelope: soapRequest() };
const browser = await openBrowser(stage);
let failed = 0;
console.log('| tool | result | time | |\n|--|--|--|--|');
for (const cell of chosen) {
  const since = Date.now();
  const { ok, note } = await runCell(cell, stage, browser);
  if (!ok) failed++;
  const result = ok ? (cell.lines ? 'ok, with its line' : 'ok') : 'FAILS';
  const said = process.env.BCP_MATRIX_WHOLE ? note : note.replaceAll(/\s+/g, ' ').slice(0, 160);
  console.log(`| ${cell.name} | ${result} | ${seconds(since)} | ${said.replaceAll('|', '\\|')} |`);
}
await browser.close();
await drill.close();
console.log(`\n${chosen.length - failed} of ${chosen.length} in ${seconds(begun)}`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
