// The matrix, opened: the package, a stage whose main endpoint resets, and a browser, in which each row is run.
// A row passes when the call of its application was answered by the second endpoint: so the wasm came from where the
// tool had put it. `lines` is what the application needs beyond its starter: one of the pages must say it, word for
// word.
import { readFileSync } from 'node:fs';
import { makeStage, soapRequest } from '../../../js/test/lib/stage.mjs';
import { App } from './app.mjs';
import { openRun } from './place.mjs';
import { openBrowser } from './visit.mjs';

const cellMs = 420_000;
const pageOf = (name) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
const documented = ['tools', 'pwa', 'status-panel'].map(pageOf).join('\n');

/** `run` gives whether a row passes, and a note or why not. */
export async function openMatrix() {
  const run = openRun();
  const drill = await makeStage();
  const id = 'uddi:ehealth-fgov-be:business:insurability:v2'; // of a functionality, so that the panel has a state
  drill.publish({ services: [{ id, endpoints: [drill.main, drill.second] }] });
  drill.server.behave('/main', 'reset');
  const stage = { options: drill.options(), main: drill.main, second: drill.second, envelope: soapRequest() };
  const browser = await openBrowser(stage);
  return {
    run: (cell) => runCell(cell, new App(cell.name, run, stage, browser)),
    async close() {
      await browser.close();
      await drill.close();
      run.remove();
    },
  };
}

async function runCell(cell, app) {
  try {
    const answer = await inTime(cell.run(app));
    const { status, endpoint, wasm, error } = answer;
    const isAnswered = status === 200 && endpoint === app.stage.second;
    if (!isAnswered && !answer.note) return { ok: false, note: error ?? JSON.stringify(answer) };
    const missing = (cell.lines ?? []).find((line) => !documented.includes(line) || !app.text.includes(line));
    if (missing) return { ok: false, note: `in no page of docs/, or not in the application: ${missing}` };
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
