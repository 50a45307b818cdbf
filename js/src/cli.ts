#!/usr/bin/env node
// The command ehealth-bcp: the same arguments, output and exit codes as the native bcp, because the core parses the
// one and prints the other. This file reads files and, for mirror, has the run performed. `demo` is its own.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CommandOutcome } from './core/contract.js';
import { compile, instantiate } from './core/host.js';
import { startDemo } from './demo/server.js';
import { mirror } from './mirror/mirror.js';

async function main(args: string[]): Promise<CommandOutcome> {
  if (args.join(' ') === 'help demo') return demonstrate(['--help']);
  if (args[0] === 'demo') return demonstrate(args.slice(1));
  const core = await instantiate(await compile(readFileSync(new URL('./bcp.wasm', import.meta.url))));
  const needs = core.call('commandFiles', { args });
  if ('exit' in needs) return needs;
  const contents: Uint8Array[] = [];
  let told = '';
  for (const { name, maxBytes, spare } of needs.files) {
    try {
      contents.push(await read(name, maxBytes));
    } catch (e) {
      const unreadable = core.call('commandUnreadable', { name, reason: reasonOf(e) });
      if (!spare) return unreadable;
      told += unreadable.stderr;
      contents.push(new Uint8Array());
    }
  }
  let outcome = core.call('command', { args, nowMs: Date.now() }, ...contents);
  if (outcome.mirror) outcome = await mirror(core, outcome.mirror, contents, interrupted());
  return { ...outcome, stderr: told + outcome.stderr };
}

const demoUsage = `usage: ehealth-bcp demo [--port N]

Serves a page on this machine, with a simulated platform whose endpoints fail as you say, until Ctrl-C.
`;

/** Serves the demonstration until it is interrupted. Exit 0, 1 when the port cannot be had, 2 for wrong arguments. */
async function demonstrate(args: string[]): Promise<CommandOutcome> {
  if (args.length === 1 && /^(--help|-h)$/.test(args[0]!)) return { stdout: demoUsage, stderr: '', exit: 0 };
  const [, port = args.length === 0 ? '0' : ''] = /^--port[= ](\d+)$/.exec(args.join(' ')) ?? [];
  if (port === '' || Number(port) > 65_535) return { stdout: '', stderr: demoUsage, exit: 2 };
  const stopped = interrupted();
  try {
    const demo = await startDemo(Number(port));
    process.stdout.write(`The demonstration is at ${demo.origin}/ - stop it with Ctrl-C.\n`);
    await new Promise((resolve) => stopped.addEventListener('abort', resolve));
    await demo.close();
    return { stdout: 'Stopped.\n', stderr: '', exit: 0 };
  } catch (e) {
    const stderr = `ehealth-bcp: port ${port} cannot be had (${(e as NodeJS.ErrnoException).code}): leave --port out\n`;
    return { stdout: '', stderr, exit: 1 };
  }
}

function interrupted(): AbortSignal {
  const control = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => control.abort());
  return control.signal;
}

// Reads at most one byte more than the core takes, so that the core can say that it is too much.
async function read(name: string, maxBytes: number): Promise<Uint8Array> {
  const room = new Uint8Array(maxBytes + 1);
  let length = 0;
  const file = name === '-' ? undefined : await open(name);
  try {
    const stream = file?.createReadStream({ end: maxBytes }) ?? process.stdin;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const taken = chunk.subarray(0, room.length - length);
      room.set(taken, length);
      length += taken.length;
      if (length === room.length) break;
    }
  } finally {
    await file?.close();
  }
  return room.subarray(0, length);
}

// The words that cmd/bcp uses too.
function reasonOf(e: unknown): string {
  switch ((e as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'not found';
    case 'EACCES':
    case 'EPERM':
      return 'not allowed';
    case 'EISDIR':
      return 'is a folder';
    default:
      return 'cannot be read';
  }
}

// Whoever reads the output may stop early, as `head` does: that is no error.
process.stdout.on('error', (e: NodeJS.ErrnoException) => {
  if (e.code !== 'EPIPE') throw e;
  process.exit(0);
});
const outcome = await main(process.argv.slice(2));
process.stdout.write(outcome.stdout);
process.stderr.write(outcome.stderr);
process.exitCode = outcome.exit;
