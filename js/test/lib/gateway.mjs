// The gateway under test, as an operator runs it: the program `bcp serve`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { nativeCommand } from './native.mjs';

/** Starts `bcp serve` for a catalogue. `origins` may call it. `stop` ends it and returns its exit code. */
export async function startGateway({ catalogue, anchor, environment = 'Production', origins = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'bcp-gateway-'));
  const anchors = join(folder, 'anchor.pem');
  writeFileSync(anchors, anchor);
  const child = spawn(
    nativeCommand(),
    [
      'serve',
      '--catalogue',
      catalogue,
      '--anchors',
      anchors,
      '--environment',
      environment,
      '--dir',
      join(folder, 'state'),
      '--listen',
      '127.0.0.1:0',
      '--admin',
      '127.0.0.1:0',
      ...origins.flatMap((origin) => ['--allow-origin', origin]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const said = [];
  const [origin, admin] = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const [, listen, operator] = /listen=(\S+).*admin=(\S+)/.exec(line) ?? [];
      if (listen) resolve([listen, operator]);
    });
    void ended.then((code) => reject(new Error(`bcp serve ended with ${code}: ${said.join('\n')}`)));
  });
  return {
    url: `${origin}/`,
    /** What it logged. */
    said,
    status: async () => (await fetch(`${admin}/status`)).json(),
    metrics: async () => (await fetch(`${admin}/metrics`)).text(),
    async stop() {
      child.kill('SIGKILL');
      const code = await ended;
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}
