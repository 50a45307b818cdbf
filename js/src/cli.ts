#!/usr/bin/env node
// The command ehealth-bcp: the same arguments, output and exit codes as the native bcp, because the core parses the
// one and prints the other. This file reads files and, for mirror, has the run performed.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CommandOutcome } from './core/contract.js';
import { compile, instantiate } from './core/host.js';
import { mirror } from './mirror/mirror.js';

async function main(args: string[]): Promise<CommandOutcome> {
  const core = await instantiate(await compile(readFileSync(new URL('./bcp.wasm', import.meta.url))));
  const needs = core.call('commandFiles', { args });
  if ('exit' in needs) return needs;
  const contents: Uint8Array[] = [];
  for (const { name, maxBytes } of needs.files) {
    try {
      contents.push(await read(name, maxBytes));
    } catch (e) {
      return core.call('commandUnreadable', { name, reason: reasonOf(e) });
    }
  }
  const outcome = core.call('command', { args, nowMs: Date.now() }, ...contents);
  return outcome.mirror ? mirror(core, outcome.mirror, contents, interrupted()) : outcome;
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
