// Builds dist/: the wasm, wasm_exec.js as a module, the compiled TypeScript, the hash of the wasm.
//   node tools/build.mjs            everything
//   node tools/build.mjs --js       all but the wasm, which must be there
//   node tools/build.mjs --wasi     the core as a WASI module alone, build/bcp-core.wasm
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { joinDataSegments } from './wasm-data.mjs';
import { wasmExecModule } from './wasm-exec.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const wasm = join(dist, 'bcp.wasm');

function run(command, args, env = {}) {
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
}

// Packages of the standard library that are compiled without inlining: they are large, and no path that repeats runs
// through them. Measured: 47 kB (brotli) less, no difference in the time of a verification or a key. Leaving out
// inlining in the runtime or in our own packages saves 30 to 55 kB more and costs 5 to 15 % of every verification.
const cold = [
  'encoding/json',
  'time',
  'fmt',
  'reflect',
  'math/big',
  'encoding/asn1',
  'encoding/pem',
  'encoding/hex',
  'net',
  'net/url',
  'net/netip',
  'crypto/elliptic',
  'crypto/ecdsa',
  'crypto/ed25519',
  'crypto/ecdh',
  'crypto/x509/pkix',
  'crypto/md5',
  'crypto/sha1',
  'crypto/des',
  'crypto/aes',
  'crypto/cipher',
  'crypto/internal/fips140/edwards25519/...',
  'crypto/internal/fips140/sha3',
  'crypto/internal/fips140/aes/...',
  'crypto/internal/fips140/drbg',
  'crypto/internal/fips140/ecdsa',
  'crypto/internal/fips140/ecdh',
  'vendor/...',
  'os',
  'syscall',
  'io/fs',
  'context',
  'path/filepath',
  'internal/fmtsort',
  'internal/poll',
  'internal/godebug',
];

const flags = [
  '-trimpath',
  '-buildvcs=false',
  '-ldflags=-s -w -buildid=',
  ...cold.map((name) => `-gcflags=${name}=-l`),
];

/** Builds the wasm: the same sources give the same bytes in every folder. `more` are options of `go build`. */
export function buildWasm(out, program = './wasm', more = []) {
  run('go', ['build', ...flags, ...more, '-o', out, program], { GOOS: 'js', GOARCH: 'wasm' });
  writeFileSync(out, joinDataSegments(readFileSync(out)));
}

/** Builds the same program as a WASI reactor: for hosts in other languages. */
export function buildReactor(out) {
  const reactor = ['-buildmode=c-shared', ...flags, '-o', out, './wasm'];
  run('go', ['build', ...reactor], { GOOS: 'wasip1', GOARCH: 'wasm' });
  writeFileSync(out, joinDataSegments(readFileSync(out)));
}

// A module that left the sources must not stay in the package. The wasm is large: it is written over.
function clear() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (name !== 'bcp.wasm') rmSync(join(dist, name), { recursive: true });
  }
  mkdirSync(join(dist, 'core'));
}

function writeIntegrity() {
  const hash = createHash('sha384').update(readFileSync(wasm)).digest('base64');
  const go = execFileSync('go', ['env', 'GOVERSION'], { cwd: root, encoding: 'utf8' }).trim();
  writeFileSync(
    join(dist, 'integrity.js'),
    `/** Subresource integrity of bcp.wasm. */
export const integrity = 'sha384-${hash}';
/** The Go release that made bcp.wasm. */
export const madeWith = '${go}';
`,
  );
  writeFileSync(
    join(dist, 'integrity.d.ts'),
    `/** Subresource integrity of bcp.wasm: give it to \`createBcpClient({ wasmIntegrity })\`. */
export declare const integrity: string;
/** The Go release that made bcp.wasm: with it, the same sources give the same octets. */
export declare const madeWith: string;
`,
  );
}

// One file for what cannot import: jest without ES modules. It finds the wasm beside itself, as the modules do.
async function buildCommonJs() {
  await build({
    entryPoints: [join(dist, 'index.node.js')],
    outfile: join(dist, 'commonjs.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  writeFileSync(
    join(dist, 'commonjs.d.cts'),
    `/** The main entry as one CommonJS file, for Node. */
declare const all: typeof import('./index.js', { with: { 'resolution-mode': 'import' } });
export = all;
`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--wasi')) {
    mkdirSync(join(root, 'build'), { recursive: true });
    buildReactor(join(root, 'build/bcp-core.wasm'));
    process.exit();
  }
  clear();
  if (!process.argv.includes('--js')) buildWasm(wasm);
  writeFileSync(join(dist, 'core/wasm_exec.js'), wasmExecModule());
  copyFileSync(join(root, 'tools/LICENSE.go.txt'), join(dist, 'core/LICENSE.go.txt'));
  run('node_modules/.bin/tsc', []);
  cpSync(join(root, 'js/src/demo/page'), join(dist, 'demo/page'), { recursive: true });
  chmodSync(join(dist, 'cli.js'), 0o755);
  writeIntegrity();
  await buildCommonJs();
}
