// Where the applications of the matrix stand: a folder outside the repository, whose packages they must not find.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pinned = fileURLToPath(new URL('..', import.meta.url));

// BCP_MATRIX_PLACE, or a folder in the user's cache.
const place =
  process.env.BCP_MATRIX_PLACE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ehealth-bcp-matrix');

const packages = join(place, 'node_modules');
const installed = join(place, 'installed.json');
const lock = readFileSync(join(pinned, 'package-lock.json'), 'utf8');

/** Whether what package-lock.json pins stands there. */
export const isInstalled = () => existsSync(installed) && readFileSync(installed, 'utf8') === lock;

/** Installs what package-lock.json pins, unless it stands there. Errors: that npm failed. */
export function install() {
  if (isInstalled()) return;
  mkdirSync(place, { recursive: true });
  rmSync(installed, { force: true });
  for (const name of ['package.json', 'package-lock.json'])
    writeFileSync(join(place, name), readFileSync(join(pinned, name)));
  const how = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--legacy-peer-deps'];
  execFileSync('npm', how, { cwd: place, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(installed, lock);
}

/**
 * Packs the package as npm would publish it, in a folder of this run. `tarball` is that file, `unpacked` what is in it,
 * `folder` is for the applications; `remove` ends it.
 */
export function openRun() {
  const folder = mkdtempSync(join(place, 'run-'));
  const tarball = join(folder, 'ehealth-bcp.tgz');
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  renameSync(join(folder, execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim()), tarball);
  execFileSync('tar', ['-xzf', tarball, '-C', folder]); // into package/
  return {
    tarball,
    unpacked: join(folder, 'package'),
    folder: join(folder, 'apps'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The program of Node of a major version. */
export const nodeOf = (version) => join(packages, `node${version}/bin/node`);

/** How a package's command is run, by Node 22 where it is a script: its first command, or the one that is named. */
export function commandOf(name, command) {
  const manifest = join(packages, name, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const file = join(dirname(manifest), typeof bin === 'string' ? bin : (bin[command] ?? Object.values(bin)[0]));
  return isProgram(file) ? [file] : [nodeOf(22), file];
}

function isProgram(file) {
  const head = Buffer.alloc(4);
  const opened = openSync(file, 'r');
  readSync(opened, head);
  closeSync(opened);
  return head.toString('latin1') === '\x7fELF';
}

/** A file of an installed package. */
export const fileOf = (...path) => join(packages, ...path);
