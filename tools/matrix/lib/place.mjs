// Where the applications of the matrix stand: a folder outside the repository, whose packages they must not find.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
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

/** The folder: BCP_MATRIX_PLACE, or one in the user's cache. */
export const place =
  process.env.BCP_MATRIX_PLACE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ehealth-bcp-matrix');

const packages = join(place, 'node_modules');

/** The package as npm would publish it. */
export const tarball = join(place, 'ehealth-bcp.tgz');
export const unpacked = join(place, 'package');

/** Installs what package-lock.json pins, unless it stands there, and packs the package as npm would publish it. */
export function prepare() {
  mkdirSync(place, { recursive: true });
  const lock = readFileSync(join(pinned, 'package-lock.json'), 'utf8');
  const installed = join(place, 'installed.json');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
    rmSync(installed, { force: true });
    for (const name of ['package.json', 'package-lock.json'])
      writeFileSync(join(place, name), readFileSync(join(pinned, name)));
    const how = ['ci', '--no-audit', '--no-fund', '--legacy-peer-deps'];
    execFileSync('npm', how, { cwd: place, stdio: ['ignore', 'ignore', 'inherit'] });
    writeFileSync(installed, lock);
  }
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', place];
  renameSync(join(place, execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim()), tarball);
  for (const name of ['apps', 'package']) rmSync(join(place, name), { recursive: true, force: true });
  execFileSync('tar', ['-xzf', tarball, '-C', place]); // into package/
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
