// Pages of the measurements in Chromium: bundled as an application's are, isolated for a clock of 5 µs.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';

export const root = new URL('../../', import.meta.url).pathname;

/** The package's wasm, as an entry of `serve`. */
export const wasmFile = ['application/wasm', readFileSync(`${root}dist/bcp.wasm`)];

/** A page around one module and its bundle, as entries of `serve`: at /name and /name.js. */
export async function page(name, module, head = '') {
  const { outputFiles } = await build({
    entryPoints: [module],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    charset: 'utf8',
    logLevel: 'error',
  });
  return {
    [`/${name}`]: [
      'text/html',
      `<!doctype html><title>${name}</title>${head}<script type="module" src="/${name}.js"></script>`,
    ],
    [`/${name}.js`]: ['text/javascript', outputFiles[0].contents],
  };
}

/** Serves files, { path: [media type, body] }, on loopback. */
export async function serve(files) {
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ['text/plain', ''];
    response.writeHead(body ? 200 : 404, {
      'content-type': type,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(closed);
      }),
  };
}

/** Headless Chromium; `args` beside those that it needs here. */
export function launchChromium(args = []) {
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', ...args],
    protocolTimeout: 900_000,
  });
}
