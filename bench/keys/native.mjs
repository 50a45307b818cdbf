// Time per cache key, native: ours beside libxslt and the JDK, which is the reference for what a key is. All in one
// run. A peer whose tools are not installed (gcc and libxslt1-dev; a JDK) is left out and named.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cases, grown, kibibytes } from './cases.mjs';
import { aim, grew, linearity, table, timed, WARM_MS } from './measure.mjs';

const JDK_WARM_MS = 1200; // until its compiler is done with the hot methods

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = at('../../build/bench/keys/');
mkdirSync(built, { recursive: true });

const programs = {
  ours() {
    execFileSync('go', ['build', '-o', `${built}ours`, './bench/keys/native'], { cwd: at('../..') });
    return [`${built}ours`];
  },
  libxslt() {
    const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'libxslt', 'libxml-2.0'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    execFileSync('gcc', ['-O2', '-o', `${built}libxslt`, at('../peers/libxslt.c'), ...flags.trim().split(/\s+/)], {
      stdio: 'pipe',
    });
    return [`${built}libxslt`];
  },
  JDK() {
    execFileSync('java', ['-version'], { stdio: 'pipe' });
    return ['java', at('../peers/Jdk.java')];
  },
};

/** A program that answers one line for each line. */
function conversation([command, ...args]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(method, sheet, request, times) {
      child.stdin.write(`${method}\t${sheet}\t${request}\t${times}\n`);
      const { value = 'error\tthe program ended' } = await answers.next();
      const [ns, rest] = value.split('\t');
      if (ns === 'error') throw new Error(`${command}: ${rest}`);
      return { ms: Number(ns) / 1e6, key: Buffer.from(rest, 'hex').toString() };
    },
    end: () => child.stdin.end(),
  };
}

const running = {};
const absent = [];
for (const [name, start] of Object.entries(programs)) {
  try {
    running[name] = conversation(start());
  } catch (e) {
    if (name === 'ours') throw e;
    absent.push(`${name}: ${String(e.message).split('\n')[0]}`);
  }
}

const contestants = {};
for (const [name, program] of Object.entries(running)) {
  for (const method of ['compiled', 'fresh']) {
    contestants[`${name}, ${method}`] = (c, times) => program.ask(method, c.sheetFile, c.requestFile, times);
  }
}
try {
  const results = await timed(contestants, cases, {
    warmMs: (name) => (name.startsWith('JDK') ? JDK_WARM_MS : WARM_MS),
  });
  table('Native', results, cases, { absent });
  aim('ours compiled / libxslt compiled', results, cases, 'ours, compiled', 'libxslt, compiled', 2);

  for (const [name, program] of Object.entries(running).filter(([n]) => n !== 'JDK')) {
    const contestant = (c, times, kib) => {
      const file = `${built}${c.name}-${kib}.xml`;
      writeFileSync(file, c.request);
      return program.ask('compiled', c.sheetFile, file, times);
    };
    linearity(`Native, ${name} compiled`, await grew(contestant, cases, grown, kibibytes), kibibytes);
  }
} finally {
  for (const program of Object.values(running)) program.end();
}
