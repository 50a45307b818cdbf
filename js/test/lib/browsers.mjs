// Headless browsers, and a server for the package and the pages of the tests.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import puppeteer from 'puppeteer-core';
import { root } from './native.mjs';
import { launchWebKit } from './webkit.mjs';

const xvfb = process.env.XVFB_PATH || '/usr/bin/Xvfb';
const executables = {
  chromium: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  firefox: process.env.FIREFOX_PATH || '/usr/bin/firefox-esr',
  webkit: process.env.WEBKIT_DRIVER_PATH || '/usr/bin/WebKitWebDriver',
};

/** The browsers under test: BCP_BROWSERS names some of them. */
export const browsers = (process.env.BCP_BROWSERS ?? 'chromium,firefox,webkit').split(',');

/** Why a browser cannot run here, or false. */
export function skipOf(name) {
  const missing = [executables[name], ...(name === 'webkit' ? [xvfb] : [])].find((path) => !existsSync(path));
  if (!missing) return false;
  if (process.env.BCP_REQUIRE_BROWSERS) throw new Error(`${missing} is missing`);
  return `${missing} is not installed`;
}

export function launch(name, options = {}) {
  if (name === 'webkit') return launchWebKit({ driver: executables.webkit, xvfb });
  const common = { executablePath: executables[name], headless: true, ...options };
  if (name === 'firefox') {
    return puppeteer.launch({
      ...common,
      browser: 'firefox',
      extraPrefsFirefox: { 'app.update.enabled': false, 'network.captive-portal-service.enabled': false },
    });
  }
  return puppeteer.launch({
    ...common,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-features=XSLT'],
  });
}

/** What a careful hospital allows a page: nothing but what the package needs. */
export const strictPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http: https:; worker-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/**
 * Serves the repository on loopback. `headers` go with every answer; `files` are extra paths with their answer; what
 * `answer` takes, it answers itself and says so.
 */
export async function serve({ headers = {}, files = {}, answer = () => false } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (answer(request, response)) return;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('cache-control', 'no-cache');
    const given = files[pathname];
    if (given) return response.writeHead(given.status ?? 200, given.headers).end(given.body);
    try {
      const body = await readFile(join(root, normalize(decodeURIComponent(pathname))));
      response.setHeader('content-type', types[extname(pathname)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    files,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** Opens the test page: it holds the package as `bcp` in its module, and the functions of pages/page.mjs as `test`. */
export async function openPage(context, site, search = '') {
  const page = await context.newPage();
  await page.goto(`${site.origin}/js/test/browser/pages/page.html${search}`);
  await ready(page);
  return page;
}

/** Waits until the module of the page ran. Polls from here: a page with Trusted Types takes no polling script. */
export async function ready(page) {
  const endMs = performance.now() + 60_000;
  while (performance.now() < endMs) {
    if (await page.evaluate(() => 'test' in globalThis).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the page did not get ready');
}
