// `ehealth-bcp mirror` beside `bcp mirror`: the same files, answers, exit codes; either goes on with the other's.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { nativeCommand, root, run } from './lib/native.mjs';
import { makeStage } from './lib/stage.mjs';

const cli = join(root, 'dist/cli.js');
let stage;
let scratch;
let anchor;

beforeEach(async () => {
  stage = await makeStage();
  scratch = mkdtempSync(join(tmpdir(), 'bcp-mirror-'));
  anchor = join(scratch, 'anchor.pem');
  writeFileSync(anchor, stage.authority.anchor);
});
afterEach(async () => {
  await stage.close();
  rmSync(scratch, { recursive: true, force: true });
});

const argsOf = (dir, ...more) => [
  'mirror',
  `${stage.server.origin}/catalogue.xml`,
  dir,
  ...['--anchors', anchor, '--environment', 'Production'],
  ...more,
];
const go = (dir, ...more) => run(nativeCommand(), argsOf(dir, ...more));
const node = (dir, ...more) => run(process.execPath, [cli, ...argsOf(dir, ...more)]);

/** What a run said, without its moments, and the text of a failed connection, which each host has its own of. */
function said({ exit, stdout, stderr }) {
  const { at, list, ...status } = JSON.parse(stdout);
  assert.match(at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  if (status.code === 'network' || status.code === 'storage-unavailable') delete status.detail;
  if (list) {
    for (const moment of ['acceptedAtMs', 'checkedAtMs']) {
      assert.ok(Number.isInteger(list[moment]), moment);
      delete list[moment];
    }
  }
  return { exit, stderr, keys: Object.keys(JSON.parse(stdout)), list: JSON.stringify(list), ...status };
}

/** Every public file of a mirror with its content and mode; of the status, that it is what was printed. */
function filesOf(dir) {
  const names = readdirSync(dir, { recursive: true }).filter((name) => !/^\.state|status\.json|lock$/.test(name));
  return names.sort().map((name) => {
    const stats = statSync(join(dir, name));
    return [name, stats.mode & 0o777, stats.isFile() ? readFileSync(join(dir, name), 'utf8') : ''];
  });
}

async function both(what, ...more) {
  const [mine, its] = [join(scratch, 'node'), join(scratch, 'go')];
  const [a, b] = [await node(mine, ...more), await go(its, ...more)];
  assert.deepEqual(said(a), said(b), what);
  assert.deepEqual(filesOf(mine), filesOf(its), what);
  assert.equal(readFileSync(join(mine, 'status.json'), 'utf8'), a.stdout, what);
  return said(a);
}

describe('ehealth-bcp mirror', () => {
  it('publishes what bcp mirror publishes, and says the same, run after run', async () => {
    const steps = {
      'the first list': ['updated', 0, () => {}],
      'the same again': ['unchanged', 0, () => {}],
      'a newer one': ['updated', 0, () => stage.publish()],
      'an older one': ['refused', 1, () => stage.publish({ at: new Date(Date.now() - 3_600_000) })],
      HTML: ['refused', 1, () => stage.server.behave('/catalogue.xml', 'html')],
      'a signature of a stranger': ['refused', 1, () => stage.publish({ signerCn: 'somebody else' })],
      'no such page': ['unreachable', 3, () => stage.server.behave('/catalogue.xml', { status: 404 })],
      reset: ['unreachable', 3, () => stage.server.behave('/catalogue.xml', 'reset')],
      'cut in the middle': ['unreachable', 3, () => stage.server.behave('/catalogue.xml', 'cut')],
      'well again': ['updated', 0, () => stage.publish()],
    };
    for (const [what, [result, exit, happens]] of Object.entries(steps)) {
      happens();
      const got = await both(what);
      assert.deepEqual([got.result, got.exit], [result, exit], what);
    }
  });

  it('refuses a bomb', async () => {
    const body = gzipSync(Buffer.alloc(64 << 20));
    stage.server.behave('/catalogue.xml', { headers: { 'content-encoding': 'gzip' }, body });
    const [mine, its] = [await node(join(scratch, 'node')), await go(join(scratch, 'go'))];
    // The transport of Go does not unpack what it did not ask for.
    assert.deepEqual([mine.exit, JSON.parse(mine.stdout).code], [1, 'input-too-large']);
    assert.deepEqual([its.exit, JSON.parse(its.stdout).code], [1, 'encoding-invalid']);
  });

  it('has the way to a copy, and asks the hint before the list', async () => {
    const list = stage.publish({ path: '/copy.xml' });
    stage.server.behave('/catalogue.xml', 'reset');
    const copy = ['--catalogue', `${stage.server.origin}/copy.xml`];
    assert.equal((await both('from the copy', ...copy)).result, 'updated');
    const { sha256 } = JSON.parse(readFileSync(join(scratch, 'node/status.json'), 'utf8')).list;
    stage.server.behave('/catalogue.xml', { body: list });
    stage.server.behave('/catalogue.sha2', { body: `${sha256}\n` });
    stage.server.forget();
    assert.equal((await both('confirmed')).result, 'unchanged');
    assert.equal(stage.server.seen('/catalogue.sha2').length, 2);
    assert.equal(stage.server.seen('/catalogue.xml').length, 0);
    stage.publish({ path: '/copy.xml' });
    assert.equal((await both('the first source stopped', ...copy)).result, 'updated');
  });

  it('goes on where bcp mirror stopped, and bcp mirror where it stopped', async () => {
    const dir = join(scratch, 'www');
    for (const [i, mirror] of [go, node, go, node].entries()) {
      const list = stage.publish();
      const { exit, stdout } = await mirror(dir);
      assert.equal(exit, 0, stdout);
      assert.deepEqual([JSON.parse(stdout).result, JSON.parse(stdout).history.entries], ['updated', i + 1]);
      assert.equal(readFileSync(join(dir, 'servicelist.xml'), 'utf8'), list);
    }
    const chain = await run(nativeCommand(), ['history', join(dir, 'history/chain.txt')]);
    assert.equal(JSON.parse(chain.stdout).lists.length, 4);
    assert.equal(JSON.parse((await go(dir)).stdout).list.origin, 'store', 'it has the state that the other one wrote');
  });

  it('mends what somebody changed or deleted, and lets no older list in', async () => {
    const dir = join(scratch, 'www');
    const old = stage.publish();
    const newest = stage.publish();
    await node(dir);
    const path = (name) => join(dir, name);
    const spoils = {
      changed: () => writeFileSync(path('servicelist.xml'), 'x'),
      older: () => writeFileSync(path('servicelist.xml'), old),
      deleted: () => rmSync(path('servicelist.xml')),
      'no hint': () => rmSync(path('servicelist.sha2')),
      'no state': () => rmSync(path('.state'), { recursive: true }),
      'no history': () => rmSync(path('history'), { recursive: true }),
      'a line that was cut': () => appendFileSync(path('history/chain.txt'), 'deadbeef 2026'),
    };
    for (const [what, spoil] of Object.entries(spoils)) {
      spoil();
      const { exit, stdout } = await node(dir);
      assert.equal(exit, 0, `${what}: ${stdout}`);
      assert.equal(readFileSync(path('servicelist.xml'), 'utf8'), newest, what);
      assert.ok(existsSync(path('servicelist.sha2')), what);
    }
    rmSync(path('.state'), { recursive: true });
    stage.server.behave('/catalogue.xml', { body: old });
    const { exit, stdout } = await node(dir);
    assert.deepEqual([exit, JSON.parse(stdout).code], [1, 'catalogue-rollback']);
    assert.equal(readFileSync(path('servicelist.xml'), 'utf8'), newest);
  });

  it('says that a history was changed, as bcp mirror does, and leaves it to be seen', async () => {
    await both('first');
    for (const name of ['node', 'go']) {
      const chain = join(scratch, name, 'history/chain.txt');
      writeFileSync(
        chain,
        readFileSync(chain, 'utf8').replace(/^./, (c) => (c === '0' ? '1' : '0')),
      );
    }
    stage.publish();
    const got = await both('changed');
    assert.deepEqual([got.result, got.code, got.history.code], ['unwritable', 'history-broken', 'history-broken']);
  });

  it('says that the folder cannot be written to', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, 'kept');
    const [a, b] = [await node(file), await go(file)];
    assert.deepEqual([a.exit, JSON.parse(a.stdout).code], [1, 'storage-unavailable']);
    assert.deepEqual([b.exit, JSON.parse(b.stdout).code], [1, 'storage-unavailable']);
    assert.equal(readFileSync(file, 'utf8'), 'kept');
  });

  const isRoot = process.getuid?.() === 0;
  it('says so of a folder of another user', { skip: !isRoot && 'it takes root to become somebody else' }, async () => {
    const dir = join(scratch, 'www');
    await node(dir);
    chmodSync(scratch, 0o755);
    stage.publish();
    const child = spawn(process.execPath, [cli, ...argsOf(dir)], { uid: 65_534, stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    const [exit] = await once(child, 'close');
    assert.deepEqual([exit, JSON.parse(Buffer.concat(chunks)).result], [1, 'unwritable']);
  });

  it('ends in its time when the source hangs, and when it is told to', async () => {
    stage.server.behave('/catalogue.xml', 'hang');
    const { exit, stdout } = await node(join(scratch, 'www'), '--timeout', '1');
    assert.deepEqual([exit, JSON.parse(stdout).result], [3, 'unreachable']);
    const child = spawn(process.execPath, [cli, ...argsOf(join(scratch, 'www'))], { stdio: 'ignore' });
    for (stage.server.forget(); stage.server.seen('/catalogue.xml').length === 0;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    assert.equal((await once(child, 'exit'))[0], 3);
  });

  it('lets one run at a time into a folder', async () => {
    const dir = join(scratch, 'www');
    const runs = await Promise.all([1, 2, 3, 4].map(() => node(dir)));
    assert.deepEqual(
      runs.map(({ exit }) => exit),
      [0, 0, 0, 0],
    );
    assert.equal(JSON.parse(readFileSync(join(dir, 'status.json'), 'utf8')).history.entries, 1);
  });

  it('refuses a command line as bcp does', async () => {
    for (const args of [
      ['mirror'],
      ['mirror', 'https://a.example/l.xml'],
      ['mirror', 'l.xml', 'd', '--anchors', anchor, '--environment', 'E'],
      argsOf(''),
      argsOf('d', '--timeout', '0'),
      argsOf('d', '--timeout', 'soon'),
      argsOf('d', '--frob'),
      ['mirror', 'https://a.example/l.xml', 'd', '--anchors', 'nowhere.pem', '--environment', 'E'],
      ['mirror', '--help'],
      ['help', 'mirror'],
    ]) {
      const native = await run(nativeCommand(), args);
      assert.deepEqual(await run(process.execPath, [cli, ...args]), native);
      assert.equal(native.exit, args.some((arg) => /help/.test(arg)) ? 0 : 2, args.join(' '));
    }
  });
});

// BCP_KILLS says how often.
it('a mirror that is killed at any instant leaves a whole list, none older, and a chain that holds', async (t) => {
  const kills = Number(process.env.BCP_KILLS ?? 6);
  const dir = join(scratch, 'www');
  const numbers = new Map();
  const publish = () => numbers.set(stage.publish(), numbers.size);
  publish();
  await node(dir);
  let [torn, older, newest] = [0, 0, 0];
  for (let i = 0; i < kills; i++) {
    publish();
    stage.server.forget();
    const child = spawn(process.execPath, [cli, ...argsOf(dir)], { stdio: 'ignore' });
    while (stage.server.seen('/catalogue.xml').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, (i * 157) % 900)); // it verifies, then it writes
    child.kill('SIGKILL');
    const there = numbers.get(readFileSync(join(dir, 'servicelist.xml'), 'utf8'));
    const chain = await run(nativeCommand(), ['history', join(dir, 'history/chain.txt')]);
    if (there === undefined || chain.exit !== 0) torn++;
    if (there < newest) older++;
    newest = Math.max(newest, there ?? 0);
  }
  t.diagnostic(`${kills} kills, ${numbers.size} lists, the last one seen is ${newest}: ${torn} torn, ${older} older`);
  assert.equal(torn + older, 0);
  assert.equal((await node(dir)).exit, 0);
});
