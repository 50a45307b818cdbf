// WebKitGTK over W3C WebDriver, with the part of puppeteer's interface that the tests use.
//
// One context is one session: a driver, a browser and data of its own, which live in memory and end with it. What a
// driver cannot do for two windows at once happens in turns, so that a call may wait in one page for another page.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const keys = { Enter: '\uE007', Tab: '\uE004' }; // Source: WebDriver 1 §17.4.2

const pollMs = 10; // one look costs 4 ms
const startMs = 30_000; // a browser takes 1 s, on a busy machine 10

/** Starts a screen that nobody sees; each context starts its browser on it. */
export async function launchWebKit({ driver, xvfb }) {
  const place = new Place();
  try {
    // The buttons of the browser's bar, as wide as a theme makes them, keep a window from being 320 px wide.
    mkdirSync(join(place.folder, 'gtk-3.0'));
    writeFileSync(
      join(place.folder, 'gtk-3.0', 'gtk.css'),
      '* { padding: 0; margin: 0; border: 0; min-width: 0; min-height: 0; }',
    );
    const environment = {
      ...process.env,
      DISPLAY: await startScreen(place, xvfb),
      GDK_BACKEND: 'x11',
      XDG_CONFIG_HOME: place.folder,
      XDG_DATA_HOME: place.folder,
      XDG_CACHE_HOME: place.folder,
      GIO_USE_VFS: 'local',
      GSETTINGS_BACKEND: 'memory',
      NO_AT_BRIDGE: '1', // no services of a desktop
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // as for Chromium: containers allow none
    };
    return new Browser(place, () => sessionOf(place, driver, environment));
  } catch (e) {
    place.leave();
    throw e;
  }
}

async function startScreen(place, xvfb) {
  const screen = place.start(xvfb, ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let display = '';
  for await (const text of screen.stdio[3].setEncoding('utf8')) {
    display += text;
    if (display.endsWith('\n')) return `:${display.trim()}`;
  }
  throw new Error(`${xvfb} ended before it gave a display`);
}

class Browser {
  #place;
  #startSession;
  #contexts = [];
  #own;

  constructor(place, startSession) {
    this.#place = place;
    this.#startSession = startSession;
  }

  async createBrowserContext() {
    const context = new Context(await this.#startSession());
    this.#contexts.push(context);
    return context;
  }

  async newPage() {
    this.#own ??= this.createBrowserContext();
    return (await this.#own).newPage();
  }

  async version() {
    this.#own ??= this.createBrowserContext();
    return (await this.#own).version;
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    this.#place.leave();
  }
}

class Context {
  #session;

  constructor(session) {
    this.#session = session;
  }

  get version() {
    return this.#session.version;
  }

  // The first window stays as it is: the session would end with its last one. A window, because a second tab in one is
  // hidden, and timers of a hidden page are slow: 430 ms for 1.
  async newPage() {
    const { handle } = await this.#session.command(this.#session.first, 'POST', '/window/new', { type: 'window' });
    return new Page(this, this.#session, handle);
  }

  async close() {
    this.#session.close();
  }
}

class Page {
  #context;
  #session;
  #handle;
  #calls = 0;
  #onError = () => {};

  constructor(context, session, handle) {
    this.#context = context;
    this.#session = session;
    this.#handle = handle;
  }

  keyboard = {
    press: (key) => {
      const value = keys[key];
      if (!value) throw new Error(`unknown key ${key}`);
      const actions = [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ];
      return this.#command('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
  };

  browserContext() {
    return this.#context;
  }

  goto(url) {
    return this.#load('/url', { url });
  }

  reload() {
    return this.#load('/refresh', {});
  }

  // The driver answers when the document stands, before the modules of the page ran.
  async #load(path, body) {
    await this.evaluate(() => {
      document[Symbol.for('is left')] = true;
    });
    await this.#command('POST', path, body);
    await this.waitForFunction(() => !document[Symbol.for('is left')] && document.readyState === 'complete');
  }

  async close() {
    await this.#command('DELETE', '/window');
  }

  /** Errors of the page, told from the first `evaluate` after a load on, and with the next `evaluate`. */
  on(event, listener) {
    if (event !== 'pageerror') throw new Error(`unknown event ${event}`);
    this.#onError = listener;
  }

  /**
   * Calls `work` in the page and waits for what it returns. Arguments and result are JSON; a text is run as a script.
   */
  async evaluate(work, ...args) {
    const id = ++this.#calls;
    const call = typeof work === 'string' ? `() => {${work}\n}` : `() => (${work})(...arguments[1])`;
    let answer = await this.#look(`return (${beginInPage})(arguments[0], ${call})`, id, args);
    while (!answer.ended) {
      await sleep(pollMs);
      answer = await this.#look(`return (${lookInPage})(arguments[0])`, id);
    }
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  }

  async #look(script, ...args) {
    const { errors = [], ...answer } = JSON.parse(await this.#command('POST', '/execute/sync', { script, args }));
    for (const message of errors) this.#onError({ message });
    return answer;
  }

  async waitForFunction(passes) {
    while (!(await this.evaluate(passes))) await sleep(pollMs);
  }

  focus(selector) {
    return this.evaluate((s) => document.querySelector(s).focus(), selector);
  }

  select(selector, value) {
    return this.evaluate(
      (s, v) => {
        const select = document.querySelector(s);
        select.value = v;
        for (const type of ['input', 'change']) select.dispatchEvent(new Event(type, { bubbles: true }));
      },
      selector,
      value,
    );
  }

  /** Finds an element to give files to. */
  async $(selector) {
    const element = await this.#command('POST', '/element', { using: 'css selector', value: selector });
    const [id] = Object.values(element);
    return { uploadFile: (...paths) => this.#command('POST', `/element/${id}/value`, { text: paths.join('\n') }) };
  }

  /** Makes the window so large that the page has this room. */
  async setViewport({ width, height }) {
    const [wider, higher] = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    await this.#command('POST', '/window/rect', { width: width + wider, height: height + higher });
    for (let i = 0; i < 200; i++) {
      if (await this.evaluate((w, h) => innerWidth === w && innerHeight === h, width, height)) return;
      await sleep(pollMs);
    }
    throw new Error(
      `the page did not get ${width} x ${height}: ${await this.evaluate(() => [innerWidth, innerHeight])}`,
    );
  }

  #command(method, path, body) {
    return this.#session.command(this.#handle, method, path, body);
  }
}

// What a page keeps of its calls stands under a symbol: a test counts the names of globals.
function beginInPage(id, call) {
  const key = Symbol.for('calls of the test');
  let kept = globalThis[key];
  if (!kept) {
    kept = globalThis[key] = { calls: new Map(), errors: [] };
    addEventListener('error', ({ message }) => kept.errors.push(message));
    addEventListener('unhandledrejection', ({ reason }) => kept.errors.push(String(reason)));
  }
  const said = (answer) => JSON.stringify({ ended: true, errors: kept.errors.splice(0), ...answer });
  const failed = (e) => ({ error: `${e}\n${e?.stack ?? ''}` });
  try {
    const value = call();
    if (typeof value?.then !== 'function') return said({ value });
    value.then(
      (value) => kept.calls.set(id, { value }),
      (e) => kept.calls.set(id, failed(e)),
    );
    return '{}';
  } catch (e) {
    return said(failed(e));
  }
}

function lookInPage(id) {
  const kept = globalThis[Symbol.for('calls of the test')];
  if (!kept) throw new Error('the page was left while it was asked');
  const answer = kept.calls.get(id);
  kept.calls.delete(id);
  return JSON.stringify({ ended: answer !== undefined, errors: kept.errors.splice(0), ...answer });
}

// Now and then a browser never comes up, and its driver waits for it without end; the next one comes.
async function sessionOf(place, driver, environment, tries = 3) {
  try {
    return await startSession(place, driver, environment);
  } catch (e) {
    if (tries === 1 || e.name !== 'TimeoutError') throw e;
    return sessionOf(place, driver, environment, tries - 1);
  }
}

async function startSession(place, driver, environment) {
  const port = await freePort();
  const child = place.start(driver, [`--port=${port}`], { env: environment, stdio: 'ignore' });
  try {
    const origin = `http://127.0.0.1:${port}`;
    while (
      !(await fetch(`${origin}/status`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`${driver} ended with ${child.exitCode}`);
      await sleep(pollMs);
    }
    const soon = AbortSignal.timeout(startMs);
    const { sessionId, capabilities } = await send('POST', `${origin}/session`, { capabilities: {} }, soon);
    const address = `${origin}/session/${sessionId}`;
    const first = await send('GET', `${address}/window`);
    return new Session(address, first, `WebKit ${capabilities.browserVersion}`, () => place.end(child));
  } catch (e) {
    place.end(child);
    throw e;
  }
}

class Session {
  #address;
  #window;
  #turn = Promise.resolve();

  /** `close` ends it at once, whatever its pages are doing. */
  constructor(address, first, version, close) {
    this.#address = address;
    this.first = this.#window = first;
    this.version = version;
    this.close = close;
  }

  /** Sends a command to a window when the commands before it have ended. */
  command(window, method, path, body) {
    const done = this.#turn.then(async () => {
      if (window !== this.#window) await send('POST', `${this.#address}/window`, { handle: window });
      this.#window = window;
      return send(method, this.#address + path, body);
    });
    this.#turn = done.catch(() => {});
    return done;
  }
}

async function send(method, url, body, signal) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, signal, ...sent });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * The processes and the folder of a browser. Nothing of it outlives this process, whatever ends that, short of SIGKILL.
 */
class Place {
  #children = new Set();
  folder = mkdtempSync(join(tmpdir(), 'webkit-'));

  constructor() {
    process.on('exit', this.leave);
    for (const signal of signals) process.on(signal, exit);
  }

  // In a group of its own: a driver that ends leaves its browser running.
  start(file, args, options) {
    const child = spawn(file, args, { ...options, detached: true });
    child.unref();
    this.#children.add(child);
    return child;
  }

  end(child) {
    if (!this.#children.delete(child)) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of the group has ended.
    }
  }

  leave = () => {
    for (const child of this.#children) this.end(child);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 9 }); // what was killed may still be writing
    process.off('exit', this.leave);
    for (const signal of signals) process.off(signal, exit);
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const exit = () => process.exit(1);
