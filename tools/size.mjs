// Prints what the package weighs and fails when something is over its budget (size-budget.json).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const budget = JSON.parse(readFileSync(new URL('size-budget.json', import.meta.url), 'utf8'));

function weigh(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

async function bundle(entry, external) {
  const { outputFiles } = await build({
    entryPoints: [`${root}/dist/${entry}`],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    external,
    target: 'es2022',
  });
  return outputFiles[0].contents;
}

const weights = {
  wasm: weigh(readFileSync(`${root}/dist/bcp.wasm`)),
  core: weigh(readFileSync(`${root}/build/bcp-core.wasm`)),
  wasm_exec: weigh(await bundle('core/wasm_exec.js', [])),
  client: weigh(await bundle('index.js', ['./wasm_exec.js', './bcp.wasm'])),
  package: {},
};
const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
weights.package = { packed: packed.size, unpacked: packed.unpackedSize };

let over = 0;
for (const [name, weight] of Object.entries(weights)) {
  for (const [measure, bytes] of Object.entries(weight)) {
    const limit = budget[name]?.[measure];
    const isOver = limit !== undefined && bytes > limit;
    if (isOver) over++;
    const bound = limit === undefined ? '' : `  of ${limit}${isOver ? '  OVER BUDGET' : ''}`;
    console.log(`${name.padEnd(10)} ${measure.padEnd(9)} ${String(bytes).padStart(9)}${bound}`);
  }
}
process.exitCode = over > 0 ? 1 : 0;
