// Builds dist/: the wasm, wasm_exec.js as a module, the compiled TypeScript, the hash of the wasm.
//   node tools/build.mjs            everything
//   node tools/build.mjs --js       all but the wasm, which must be there
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasmExecModule } from './wasm-exec.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const wasm = join(dist, 'bcp.wasm');

function run(command, args, env = {}) {
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
}

/** Builds the wasm: the same sources give the same bytes in every folder. */
export function buildWasm(out) {
  run('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', out, './wasm'], { GOOS: 'js', GOARCH: 'wasm' });
}

function writeIntegrity() {
  const hash = createHash('sha384').update(readFileSync(wasm)).digest('base64');
  writeFileSync(join(dist, 'integrity.js'), `/** Subresource integrity of bcp.wasm. */\nexport const integrity = 'sha384-${hash}';\n`);
  writeFileSync(join(dist, 'integrity.d.ts'), `/** Subresource integrity of bcp.wasm: give it to \`createBcpClient({ wasmIntegrity })\`. */\nexport declare const integrity: string;\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dist, { recursive: true });
  if (!process.argv.includes('--js')) buildWasm(wasm);
  writeFileSync(join(dist, 'wasm_exec.js'), wasmExecModule());
  copyFileSync(join(root, 'tools/LICENSE.go.txt'), join(dist, 'LICENSE.go.txt'));
  run('node_modules/.bin/tsc', []);
  chmodSync(join(dist, 'cli.js'), 0o755);
  writeIntegrity();
}
