// The package as an application under drill: `bcp drill --watch` asks, and it calls.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createBcpClient } from '../../../dist/index.node.js';
import { soapAnswer } from '../../../dist/testing/index.js';

const prefix = 'uddi:ehealth-fgov-be:business:';
const services = { insurability: `${prefix}insurability:v2`, recipe: `${prefix}recip-eprescriber:v4` };

/** Runs a watched drill to its end with a client of the package as the application; returns what was printed. */
export async function watched(command, args, cwd) {
  const drill = spawn(command, args, { cwd });
  const said = { stdout: '', stderr: '' };
  drill.stdout.on('data', (text) => {
    said.stdout += text;
  });
  const ended = new Promise((done) => drill.on('close', done));
  const platform = {};
  let bcp;
  for await (const text of createInterface({ input: drill.stderr })) {
    said.stderr += `${text}\n`;
    const [, name, value] = /^ {2}(environment|catalogue) +(\S+)$/.exec(text) ?? [];
    if (name) platform[name] = value;
    if (/^-----BEGIN/.test(text)) platform.anchor = '';
    if ('anchor' in platform && !bcp) platform.anchor += `${text}\n`;
    if (/^-----END/.test(text)) {
      const { environment, catalogue, anchor } = platform;
      bcp = createBcpClient({ environment, catalogue, anchors: [anchor], policy: { attemptTimeoutMs: 1000 } });
    }
    const service = services[/^> call (\S+)/.exec(text)?.[1]];
    if (service) await bcp.fetch(service, { method: 'POST', body: soapAnswer('<question/>') }).catch(() => {});
    if (/^> .*ask for the catalogue/.test(text)) await bcp.refresh();
  }
  const exit = await ended;
  bcp?.close();
  return { exit, ...said };
}
