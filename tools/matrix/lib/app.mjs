// One application of the matrix: a folder, the commands that run in it, and the page or process that makes the call.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { commandOf, nodeOf } from './place.mjs';
import { ask } from './sources.mjs';

const commandMs = 300_000;

export class App {
  /** Every text that the application consists of. */
  text = '';
  #children = [];

  constructor(name, run, stage, browser) {
    this.folder = join(run.folder, name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'));
    this.stage = stage;
    this.browser = browser;
    this.tarball = run.tarball;
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(run.unpacked, join(this.folder, 'node_modules/ehealth-bcp'), { recursive: true });
    this.write({ 'package.json': '{ "name": "app", "private": true, "type": "module" }', 'ask.js': ask });
  }

  write(files) {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      this.text += `${text}\n`;
    }
  }

  /** Copies within the application, as a copy step of a build does. */
  copy(from, to) {
    mkdirSync(dirname(join(this.folder, to)), { recursive: true });
    cpSync(join(this.folder, from), join(this.folder, to), { recursive: true });
  }

  /** The octets of a file of the application. */
  sizeOf(name) {
    return statSync(join(this.folder, name)).size;
  }

  #environment(extra) {
    return {
      ...process.env,
      NODE_OPTIONS: '',
      NO_COLOR: '1',
      CI: '1',
      NEXT_TELEMETRY_DISABLED: '1',
      NG_CLI_ANALYTICS: 'false',
      BCP_STAGE: JSON.stringify(this.stage),
      ...extra,
    };
  }

  /** Runs a program in the folder and returns what it printed. Errors: that it failed, with what it printed. */
  run(file, args, extra = {}) {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env: this.#environment(extra), maxBuffer: 1 << 26, timeout: commandMs };
      execFile(file, args, options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const said = `${stdout}\n${stderr}`.trim();
        reject(new Error(said || `${file}: ${error.message}`));
      });
    });
  }

  /** Runs the command of a pinned package, by Node 22: `vite5`, or `typescript50/tsc`. */
  tool(name, args = [], extra = {}) {
    const [, found, command] = /^(@[^/]+\/[^/]+|[^/]+)\/?(.*)$/.exec(name);
    const [file, ...script] = commandOf(found, command);
    return this.run(file, [...script, ...args], extra);
  }

  /** Starts a server of a pinned package and returns its address once it answers. */
  async start(name, argsOf, extra = {}) {
    const port = await freePort();
    const [file, ...script] = name ? commandOf(name) : [nodeOf(22)];
    const child = spawn(file, [...script, ...argsOf(port)], {
      cwd: this.folder,
      env: this.#environment({ PORT: String(port), HOST: '127.0.0.1', ...extra }),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a group of its own, so that its helpers end with it
    });
    this.#children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const address = `http://127.0.0.1:${port}/`;
    for (const until = Date.now() + 180_000; Date.now() < until;) {
      if (child.exitCode !== null) break;
      if (await fetch(address).catch(() => undefined)) return address;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${name} did not answer: ${said}`);
  }

  /** Opens a folder of the application, or an address, in the browser, and returns what its call gave. */
  page(where, path = '') {
    return this.browser.visit(this.#at(where), path);
  }

  /** The same, to be visited more than once. */
  site(where) {
    return this.browser.open(this.#at(where));
  }

  #at(where) {
    return where.startsWith('http') ? where : join(this.folder, where);
  }

  close() {
    for (const { pid } of this.#children) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // it ended by itself
      }
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
