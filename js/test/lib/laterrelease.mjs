// A later release of the package, made from these sources: another version, and a contract of its own.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buildWasm } from '../../../tools/build.mjs';
import { root } from './native.mjs';

export const laterVersion = '9.0.0';
export const laterContract = 9;

/** Replaces one place of a text. Errors: it is not there. */
function changed(file, before, after) {
  const text = readFileSync(file, 'utf8');
  if (!before.test(text)) throw new Error(`${file} has no ${before}`);
  return text.replace(before, after);
}

/** Writes it to a folder under build/. `path` is where `serve` has it; `remove` takes the folder away. */
export function buildLaterRelease() {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/later-'));
  const sources = mkdtempSync(join(tmpdir(), 'later-'));
  try {
    cpSync(join(root, 'dist'), folder, { recursive: true });
    const host = join(folder, 'core/host.js');
    writeFileSync(host, changed(host, /CONTRACT = \d+;/, `CONTRACT = ${laterContract};`));
    const Replace = {};
    const edit = (file, before, after) => {
      const path = join(root, file);
      Replace[path] = join(sources, file.replaceAll('/', '-'));
      writeFileSync(Replace[path], changed(path, before, after));
    };
    edit('core/version.go', /Version = ".+"/, `Version = "${laterVersion}"`);
    edit('core/contract/session.go', /const Number = \d+/, `const Number = ${laterContract}`);
    const overlay = join(sources, 'overlay.json');
    writeFileSync(overlay, JSON.stringify({ Replace }));
    buildWasm(join(folder, 'bcp.wasm'), './wasm', ['-overlay', overlay]);
  } finally {
    rmSync(sources, { recursive: true, force: true });
  }
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { path: `/${relative(root, folder)}`, remove };
}
