// The pages of the matrix in headless Chromium.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { launch } from '../../../js/test/lib/browsers.mjs';

const answerMs = 45_000;

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves a folder on loopback, as a plain web server does. */
async function serveFolder(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const body = await readFile(join(folder, file));
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}/`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/**
 * Starts the browser. `visit` opens a folder or an address, gives the page its stage, and waits for its answer. `open`
 * gives a site that is visited more than once: its pages share what they store, and `goDown` stops its server.
 */
export async function openBrowser(stage) {
  const browser = await launch('chromium');
  async function open(where) {
    const served = where.startsWith('http') ? undefined : await serveFolder(where);
    const context = await browser.createBrowserContext();
    return {
      ask: async (path) => ask(await context.newPage(), (served?.origin ?? where) + path),
      goDown: () => served?.close(),
      async close() {
        await context.close();
        served?.close();
      },
    };
  }
  async function visit(where, path) {
    const site = await open(where);
    return site.ask(path).finally(site.close);
  }
  async function ask(page, address) {
    let wasm;
    const errors = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.includes('.wasm')) wasm = `${response.status()} ${pathname}`;
    });
    page.on('pageerror', (e) => errors.push(e.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.evaluateOnNewDocument((given) => (globalThis.stage = given), stage);
    await page.goto(address, { waitUntil: 'load' });
    try {
      const handle = await page.waitForFunction(() => globalThis.answer, { timeout: answerMs, polling: 50 });
      return { ...(await handle.jsonValue()), wasm };
    } catch {
      return { error: `the page gave no answer: ${errors[0] ?? 'it said nothing'}`, wasm };
    }
  }
  return { open, visit, close: () => browser.close() };
}
