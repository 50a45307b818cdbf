// The pages of the tests as an application ships them: in one file each, and kept by the browser, the wasm too. A start
// then takes 0.4 s of a processor, not the 1.0 s of forty modules that are asked for each time.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { serve } from '../lib/browsers.mjs';
import { root } from '../lib/native.mjs';

const pages = 'js/test/browser/pages';

export async function serveBundled() {
  const files = { [`/${pages}/bcp.wasm`]: kept('application/wasm', await readFile(join(root, 'dist/bcp.wasm'))) };
  for (const name of ['page.mjs', 'worker.mjs'])
    files[`/${pages}/${name}`] = kept('text/javascript', await bundle(join(root, pages, name)));
  return serve({ files });
}

const kept = (type, body) => ({ headers: { 'content-type': type, 'cache-control': 'max-age=86400' }, body });

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    external: ['/dist/*', '*/vectors.mjs', '*/probes.mjs'],
  });
  return outputFiles[0].contents;
}
