// A profile of Chromium on disk, whose browser can be killed, and what a page must find in it afterwards.
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, openPage, ready } from '../lib/browsers.mjs';
import { service, soapRequest } from '../lib/stage.mjs';

const patienceMs = 60_000;

export const request = (inss) => ({ method: 'POST', body: soapRequest(inss), bcp: { repeat: 'yes' } });

export class Profile {
  /** The newest list that a page held after a refresh, and said to have stored. */
  newestMs = 0;
  // Loaded anew, a page starts as one that is opened, in half the time: its process is there, and the wasm compiled.
  #idle = [];
  #judged;

  constructor(site, stage, directory) {
    Object.assign(this, { site, stage, directory });
  }

  async start() {
    this.browser = await launch('chromium', { userDataDir: this.directory, protocolTimeout: patienceMs });
  }

  /** A page without a client. Give it to `leave`, or close it. */
  async page() {
    const open = () => openPage(this.browser.defaultBrowserContext(), this.site);
    return this.#idle.pop() ?? open().catch(open); // on a busy machine, the first may fail
  }

  /** A page whose client has started. `over` are options of its own. */
  async tab(over = {}) {
    const page = await this.page();
    await page.evaluate((options) => test.make('c', options), this.stage.options(over));
    await page.evaluate(() => test.preload('c'));
    return page;
  }

  /** Ends what runs in a page, and keeps it for a later one. */
  async leave(page) {
    await page.reload();
    await ready(page);
    this.#idle.push(page);
  }

  async refresh(page) {
    await page.evaluate(() => test.call('c', 'refresh'));
    const { catalogue, storage } = await page.evaluate(() => test.call('c', 'status'));
    if (storage === 'persistent') this.newestMs = Math.max(this.newestMs, catalogue?.issueInstantMs ?? 0);
  }

  ask(page, inss) {
    return page.evaluate((...args) => test.ask('c', ...args), service, request(inss));
  }

  async kill() {
    this.#idle = [];
    this.#judged = undefined;
    const running = this.browser.process();
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** What each round begins with: a list that is new, and stored. */
  async begin() {
    if (!this.browser) await this.start();
    this.stage.publish();
    const page = this.#judged ?? (await this.tab());
    this.#judged = undefined;
    await this.refresh(page);
    await this.leave(page);
  }

  /** Counts what a page finds that starts while no source answers. */
  async judge(count) {
    this.stage.server.behave('/catalogue.xml', 'reset');
    const page = await this.tab();
    const reply = await this.ask(page);
    const { catalogue } = await page.evaluate(() => test.call('c', 'status'));
    if (!catalogue || reply.service !== service) count.lost++;
    else if (catalogue.issueInstantMs < this.newestMs) count.older++;
    this.#judged = page;
  }

  /** The files below a folder of the profile whose path passes. */
  async files(passes = () => true, folder = this.directory) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // the browser may just delete it
    const found = entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? this.files(passes, path) : entry.isFile() && passes(path) ? [path] : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** How many files hold the text, in UTF-8 or UTF-16: the profile as a thief of the disk reads it. */
  async finds(text) {
    const forms = [Buffer.from(text), Buffer.from(text, 'utf16le')];
    let found = 0;
    for (const file of await this.files()) {
      const octets = await readFile(file).catch(() => Buffer.alloc(0)); // it may be gone by now
      if (forms.some((form) => octets.includes(form))) found++;
    }
    return found;
  }
}
