// What a Node back-end keeps in a folder: over restarts, crashes, beside other processes, and when the folder fails.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { fileStore } from '../../dist/node.js';
import { FileStore } from '../../dist/storage/filestore.js';
import { nativeCommand, run } from './lib/native.mjs';
import { numberOf, publish, recordOf } from './lib/publisher.mjs';
import { makeStage, service, soapRequest } from './lib/stage.mjs';

let dir;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bcp-filestore-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sound = () => undefined;
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

describe('a client with a fileStore', () => {
  let stage;
  let events;
  let clients;
  beforeEach(async () => {
    stage = await makeStage();
    events = [];
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    mock.timers.reset();
    await stage.close();
  });

  function clientOf(folder = dir, over = {}) {
    const log = (event) => events.push(event);
    const client = createBcpClient(stage.options({ store: fileStore(folder), log, ...over }));
    clients.push(client);
    return client;
  }
  const ask = (client) => client.fetch(service, { method: 'POST', body: soapRequest(), bcp: { repeat: 'yes' } });
  const endpointOf = async (client) => client.provenance(await ask(client)).endpoint;
  const degraded = () => events.filter(({ type }) => type === 'storage-degraded').map(({ code }) => code);
  /** Waits until the record is there and its writer has let go of the folder, which it does after the last sync. */
  const stored = async (name, folder = dir) => {
    const isOver = () => existsSync(join(folder, `${name}.bcp`)) && !existsSync(join(folder, 'lock.node'));
    for (let tries = 0; !isOver(); tries++) {
      assert.ok(tries < 2_000, `${name} was not stored`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('knows catalogue and choice after a restart, without network, after its signer expired', async () => {
    stage.publish({ notAfter: new Date(Date.now() + 3_600_000) });
    stage.server.behave('/main', 'unavailable');
    assert.equal(await endpointOf(clientOf()), stage.second);
    await stored('states');
    clients.pop().close();
    stage.server.behave('/catalogue.xml', 'reset');
    stage.server.forget();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
    assert.equal(await endpointOf(clientOf()), stage.second);
    assert.equal(stage.server.seen('/main').length, 0, 'what failed a minute ago is not asked again');
    clients.pop().close();
    mock.timers.setTime(Date.now() + 7_200_000);
    const client = clientOf();
    assert.equal((await ask(client)).status, 200);
    assert.equal(events.findLast(({ type }) => type === 'catalogue-updated').from, 'storage');
    assert.deepEqual(degraded(), []);
    assert.equal((await client.status()).storage, 'persistent');
  });

  it('keeps the moment of the last check', async () => {
    const first = clientOf();
    await first.preload();
    await stored('check');
    const { checkedAtMs } = (await first.status()).catalogue;
    clients.pop().close();
    stage.server.behave('/catalogue.xml', 'reset');
    assert.equal((await clientOf().status()).catalogue.checkedAtMs, checkedAtMs);
  });

  it('takes no older catalogue after a restart, nor one that somebody put into the folder', async () => {
    const hour = 3_600_000;
    await clientOf().preload();
    await stored('catalogue');
    clients.pop().close();
    stage.publish({ at: new Date(Date.now() - hour) });
    assert.equal(await clientOf().refresh(), 'rejected');
    clients.pop().close();
    const tampered = new FileStore(dir);
    const [kept] = await tampered.catalogues();
    const text = Buffer.from(kept.octets).toString().replace('INACTIVE', 'ACTIVE');
    const isPut = await tampered.putCatalogue(
      { ...kept, octets: Buffer.from(text), issueInstantMs: Date.now() },
      sound,
    );
    assert.ok(isPut);
    stage.server.behave('/catalogue.xml', 'reset');
    assert.equal(await endpointOf(clientOf()), stage.main, 'the one before it is whole');
    assert.ok(events.some(({ type, code }) => type === 'catalogue-rejected' && code === 'digest-mismatch'));
  });

  it('says once that a record is torn, and goes on with the one before it', async () => {
    await clientOf().preload();
    await stored('catalogue');
    clients.pop().close();
    stage.publish();
    await clientOf().refresh();
    clients.pop().close();
    truncateSync(join(dir, 'catalogue.bcp'), 500);
    writeFileSync(join(dir, 'states.bcp'), 'of something else');
    stage.server.behave('/catalogue.xml', 'reset');
    const client = clientOf();
    assert.equal(await endpointOf(client), stage.main);
    assert.equal(await endpointOf(client), stage.main);
    assert.deepEqual(degraded(), ['record-dropped']);
    assert.equal((await client.status()).storage, 'persistent');
  });

  const spoilt = {
    'under a file': () => join(import.meta.filename, 'dir'),
    'owned by another, closed': () => {
      chmodSync(dir, 0o700);
      return dir;
    },
    'read-only': () => {
      chmodSync(dir, 0o555);
      return dir;
    },
  };
  for (const [name, spoil] of Object.entries(spoilt)) {
    const skip = name !== 'under a file' && !isRoot && 'it takes root to become somebody else';
    it(`answers all the same, and says so once, in a folder ${name}`, { skip }, async () => {
      const folder = spoil();
      if (isRoot) process.seteuid(nobody);
      try {
        const client = clientOf(folder);
        assert.equal(await endpointOf(client), stage.main);
        assert.equal(await endpointOf(client), stage.main);
        await client.refresh();
        assert.deepEqual(degraded(), ['storage-unavailable']);
        assert.equal((await client.status()).storage, 'memory');
      } finally {
        if (isRoot) process.seteuid(0);
      }
    });
  }

  const full = join(tmpdir(), `bcp-full-${process.pid}`);
  const mounts = () => {
    if (process.platform !== 'linux' || !isRoot) return 'it takes root on Linux to mount a small disk';
    mkdirSync(full, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', full], { stdio: 'ignore' });
      execFileSync('umount', [full]);
      return false;
    } catch {
      return 'this system lets nobody mount a small disk';
    } finally {
      rmSync(full, { recursive: true });
    }
  };
  it('answers all the same on a full disk, and keeps what it had', { skip: mounts() }, async () => {
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', full]);
    try {
      const client = clientOf(full);
      await client.preload();
      await stored('check', full);
      const [before] = await new FileStore(full).catalogues();
      writeFileSync(join(full, 'log of another'), '');
      assert.throws(() => writeFileSync(join(full, 'log of another'), Buffer.alloc(64_000)), { code: 'ENOSPC' });
      stage.publish();
      assert.equal(await client.refresh(), 'updated');
      assert.equal(await endpointOf(client), stage.main);
      assert.deepEqual(degraded(), ['storage-quota']);
      const [kept] = await new FileStore(full).catalogues();
      assert.deepEqual(kept.octets, before.octets);
      rmSync(join(full, 'log of another'));
      await client.refresh();
      assert.notDeepEqual(
        (await new FileStore(full).catalogues())[0].octets,
        before.octets,
        'stored once there is room',
      );
    } finally {
      execFileSync('umount', [full]);
      rmSync(full, { recursive: true });
    }
  });

  it('makes the folder anew when it was deleted under way, for its owner alone', async () => {
    const folder = join(dir, 'made', 'here');
    const client = clientOf(folder);
    await client.preload();
    await stored('check', folder);
    rmSync(folder, { recursive: true });
    stage.publish();
    assert.equal(await client.refresh(), 'updated');
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, 'catalogue.bcp')).mode & 0o777, 0o600);
    assert.deepEqual(degraded(), []);
  });

  it('forgets everything at clear', async () => {
    const client = clientOf();
    stage.server.behave('/main', 'unavailable');
    await endpointOf(client);
    await stored('states');
    await client.clear('everything');
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.includes('.bcp')),
      [],
    );
  });

  it('reads what bcp mirror stored, and bcp mirror what it stored', async () => {
    const www = join(dir, 'www');
    const anchor = join(dir, 'anchor.pem');
    writeFileSync(anchor, stage.authority.anchor);
    const mirrored = async () => {
      const args = ['mirror', `${stage.server.origin}/catalogue.xml`, www, '--anchors', anchor];
      const { stdout } = await run(nativeCommand(), [...args, '--environment', 'Production']);
      return JSON.parse(stdout);
    };
    const first = stage.publish();
    assert.equal((await mirrored()).result, 'updated');
    const store = new FileStore(join(www, '.state'));
    const [kept] = await store.catalogues();
    assert.equal(Buffer.from(kept.octets).toString(), first);
    assert.ok(kept.issueInstantMs > 0 && kept.acceptedAtMs > 0 && kept.checkedAtMs > 0);
    const newer = stage.publish();
    const client = clientOf(join(www, '.state'));
    assert.equal(await client.refresh(), 'updated');
    client.close();
    stage.server.behave('/catalogue.xml', { body: first });
    assert.deepEqual([(await mirrored()).code, (await store.catalogues()).length], ['catalogue-rollback', 2]);
    assert.equal(readFileSync(join(www, 'servicelist.xml'), 'utf8'), newer);
  });

  it('is refused by name when it is none', () => {
    for (const store of ['/var/lib/ehr', {}, null]) {
      assert.throws(() => createBcpClient(stage.options({ store })), { code: 'bad-call', message: /options\.store/ });
    }
    assert.throws(() => fileStore(''), { code: 'bad-call', message: /dir/ });
  });
});

describe('the records of a folder', () => {
  const file = () => join(dir, 'catalogue.bcp');
  const damages = {
    absent: () => rmSync(file()),
    empty: () => truncateSync(file(), 0),
    cut: () => truncateSync(file(), 5_000),
    'without octets': () => truncateSync(file(), 90),
    zeros: () => writeFileSync(file(), Buffer.alloc(64_000)),
    foreign: () => writeFileSync(file(), '<html>'),
    'one bit off': () => {
      const octets = readFileSync(file());
      octets[octets.length >> 1] ^= 1;
      writeFileSync(file(), octets);
    },
    huge: () => truncateSync(file(), 2 ** 40),
    'a pipe': () => {
      rmSync(file());
      execFileSync('mkfifo', [file()]);
    },
    'a folder': () => {
      rmSync(file());
      mkdirSync(file());
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`give the one before when the newest is ${name}, and the next write mends it`, async () => {
      const store = new FileStore(dir);
      await publish(store);
      await publish(store);
      damage();
      assert.deepEqual((await store.catalogues()).map(numberOf), [1]);
      if (statSync(file(), { throwIfNoEntry: false })?.isDirectory()) return; // an operator's hand is needed
      assert.equal(await publish(store), 2);
      assert.deepEqual((await store.catalogues()).map(numberOf), [2, 1]);
    });
  }

  it('never get older, and hold no two catalogues of one instant', async () => {
    const store = new FileStore(dir);
    assert.ok(await store.putCatalogue(recordOf(5), sound));
    assert.equal(await store.putCatalogue(recordOf(4), sound), false);
    const other = { ...recordOf(5), octets: new Uint8Array(9) };
    assert.equal(await store.putCatalogue(other, sound), false);
    assert.ok(await store.putCatalogue(other, () => 'useless'), 'what was found damaged is replaced');
  });

  it('keep the last check, when a process that was stopped meanwhile stores an earlier one', async () => {
    const store = new FileStore(dir);
    const late = { ...recordOf(5), checkedAtMs: recordOf(5).checkedAtMs + 60_000 };
    for (const checked of [late, recordOf(5), { ...recordOf(5), checkedAtMs: 0 }]) {
      assert.ok(await store.putCatalogue(checked, sound));
      assert.equal((await store.catalogues())[0].checkedAtMs, late.checkedAtMs);
    }
    assert.ok(await store.putCatalogue(recordOf(6), sound));
    assert.equal((await store.catalogues())[0].checkedAtMs, recordOf(6).checkedAtMs, 'of another list it says nothing');
  });

  it('take many states at once in few writes, and lose none', async () => {
    const store = new FileStore(dir);
    const add = (state) => ({ count: (state?.count ?? 0) + 1 });
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => store.mergeState(`service ${i % 50}`, add)));
    const states = await store.states();
    assert.equal(states.size, 50);
    for (const { count } of states.values()) assert.equal(count, 20);
    assert.deepEqual(
      readdirSync(dir).filter((name) => /lock|tmp/.test(name)),
      [],
    );
  });

  it('are written by the next one when a state could not be merged', async () => {
    const store = new FileStore(dir);
    const failing = store.mergeState('a', () => {
      throw new Error('no core');
    });
    await assert.rejects(failing, { code: 'storage-unavailable' });
    assert.deepEqual(await store.mergeState('a', () => ({ count: 1 })), { count: 1 });
  });
});

describe('the lock of a folder', () => {
  const lock = () => join(dir, 'lock.node');

  it('is taken at once from a process of this host that is gone', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    const { hostname } = await import('node:os');
    writeFileSync(lock(), `${hostname()} ${child.pid} gone\n`);
    assert.equal(await publish(new FileStore(dir)), 1);
    assert.equal(existsSync(lock()), false);
  });

  it('is taken from a process elsewhere that gives no sign, and not from one that does', async () => {
    writeFileSync(lock(), 'elsewhere 1 silent\n');
    assert.equal(await publish(new FileStore(dir)), 1);
    writeFileSync(lock(), 'elsewhere 1 alive\n');
    const touching = setInterval(() => writeFileSync(lock(), 'elsewhere 1 alive\n'), 200);
    try {
      await assert.rejects(publish(new FileStore(dir)), { code: 'storage-unavailable' });
    } finally {
      clearInterval(touching);
    }
  });
});

function publisher(times) {
  const program = new URL('./lib/publisher.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, dir, String(times)], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout }), exit: once(child, 'exit') };
}

// BCP_KILLS says how often.
it('a process that publishes is killed at any instant: nothing is lost, torn or older', async (t) => {
  const kills = Number(process.env.BCP_KILLS ?? 12);
  let [lost, torn, older, stored] = [0, 0, 0, 0];
  for (let i = 0; i < kills; i++) {
    const { child, lines, exit } = publisher(1_000_000);
    let endMs = Infinity;
    lines.on('line', (line) => {
      assert.ok(Number(line) > stored);
      stored = Number(line);
      endMs = Math.min(endMs, performance.now() + Math.random() * 8);
      if (performance.now() >= endMs) child.kill('SIGKILL');
    });
    await exit;
    const kept = await new FileStore(dir).catalogues();
    if (kept.length === 0) lost++;
    else if (kept.some((record) => numberOf(record) === 0)) torn++;
    else if (numberOf(kept[0]) < stored) older++;
  }
  t.diagnostic(`${kills} kills after ${stored} records: ${lost} lost, ${torn} torn, ${older} older`);
  assert.equal(lost + torn + older, 0);
  await publish(new FileStore(dir));
  const left = readdirSync(dir).filter((name) => !/^(catalogue|check|states)\.bcp(\.before)?$/.test(name));
  assert.deepEqual(left, [], 'what the dead left is swept');
});

it('two processes publish into one folder: nothing torn for a reader, no state lost', async () => {
  const times = 25;
  const both = [publisher(times), publisher(times)];
  let isDone = false;
  const done = Promise.all(both.map(({ exit }) => exit)).then(() => (isDone = true));
  let newest = 0;
  while (!isDone) {
    const kept = await new FileStore(dir).catalogues();
    for (const record of kept) assert.notEqual(numberOf(record), 0);
    if (kept[0]) {
      assert.ok(numberOf(kept[0]) >= newest);
      newest = numberOf(kept[0]);
    }
  }
  assert.deepEqual(await done, true);
  const states = [...(await new FileStore(dir).states()).values()];
  assert.deepEqual(
    states.map(({ count }) => count),
    [times, times],
  );
});
