// What the native programs print.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

let built;

/** Builds the native command once, and returns its path. */
export function nativeCommand() {
  if (!built) {
    mkdirSync(`${root}/build`, { recursive: true });
    built = `${root}/build/bcp`;
    execFileSync('go', ['build', '-o', built, './cmd/bcp'], { cwd: root, stdio: 'inherit' });
  }
  return built;
}

/** Returns the replies to the calls of each vector, by name. */
export function nativeReplies() {
  const lines = execFileSync('go', ['run', './internal/vectors/replies', 'testdata'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return new Map(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { name, replies } = JSON.parse(line);
        return [name, replies];
      }),
  );
}

/** Runs a command and returns what it prints and its exit code, whatever that is. */
export function run(file, args, input = '', cwd = root) {
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ exit: error ? error.code : 0, stdout, stderr });
    });
    child.stdin.on('error', () => {}); // a command that reads nothing closes it
    child.stdin.end(input);
  });
}
