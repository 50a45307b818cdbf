// The core as a WASI module: the vectors through node:wasi, and in a host that gives it next to nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { buildReactor } from '../../tools/build.mjs';
import { Core } from '../../wasm/hosts/node/core.mjs';
import { bareInstance } from './lib/barehost.mjs';
import { examplesOf } from './lib/examples.mjs';
import { nativeReplies, root, run } from './lib/native.mjs';
import { runVectors } from './lib/vectors.mjs';

const file = `${root}/build/bcp-core.wasm`;
const load = (path) => readFile(`${root}/testdata/${path}`);
const digest = async (path) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('the WASI module', () => {
  let module;
  let native;
  before(async () => {
    module = await WebAssembly.compile(await readFile(file));
    native = nativeReplies();
  });

  it('is what the sources make', async () => {
    buildReactor(`${root}/build/again-core.wasm`);
    assert.equal(await digest(file), await digest(`${root}/build/again-core.wasm`), 'run `make build`');
  });

  it('exports its memory and three functions', () => {
    assert.deepEqual(
      WebAssembly.Module.exports(module)
        .map(({ name, kind }) => `${kind} ${name}`)
        .sort(),
      ['function _initialize', 'function bcpCall', 'function bcpInput', 'memory memory'],
    );
  });

  for (const [host, start] of [
    ['node:wasi', Core.start],
    [
      'a host that answers ENOSYS to all but random, clock, arguments',
      async (m) => new Core((await bareInstance(m)).exports),
    ],
  ]) {
    it(`replies as the native core does, byte for byte, in ${host}`, async (t) => {
      const core = await start(module);
      const results = await runVectors((...parts) => core.call(...parts), load);
      assert.deepEqual(new Map(results.map(({ name, replies }) => [name, replies])), native);
      t.diagnostic(`${results.length} vectors, ${results.flatMap(({ replies }) => replies).length} calls`);
    });
  }

  it('asks the host for nothing else while it works', async () => {
    const { exports, refused } = await bareInstance(module);
    const core = new Core(exports);
    const atStart = { ...refused };
    const [list, root] = await Promise.all(['catalogues/v2-cache.xml', 'pki/root.pem'].map(load));
    for (let i = 0; i < 300; i++) {
      const args = { environment: 'Production', atMs: 1780315200000, anchors: 1 };
      const { handle } = JSON.parse(core.call('openCatalogue', JSON.stringify(args), list, root)).value;
      core.call('closeCatalogue', JSON.stringify({ handle }));
    }
    assert.deepEqual(refused, atStart);
  });

  it('works with a clock that shows 1970, and does not start with one that stands at 0', async () => {
    const early = await bareInstance(module, { clockNs: () => 1n });
    assert.match(new Core(early.exports).call('contract', '{}'), /"ok":true/);
    await assert.rejects(bareInstance(module, { clockNs: () => 0n }), /the program ended|call stack|unreachable/);
  });

  it('says that it ended, ever after', async () => {
    // an engine with 24 MiB for the program: a call of 60 cannot be taken
    const script = `
      import { Core } from ${JSON.stringify(`${root}/wasm/hosts/node/core.mjs`)};
      import { readFile } from 'node:fs/promises';
      const core = await Core.start(await WebAssembly.compile(await readFile(${JSON.stringify(file)})));
      for (const blob of [new Uint8Array(60 << 20), new Uint8Array(0)]) {
        try { console.log(core.call('isSwitch', '{}', blob)); } catch (e) { console.log(e.message); }
      }`;
    const flags = ['--no-warnings', '--wasm-max-mem-pages=384', '--input-type=module', '-e', script];
    const { stdout } = await run(process.execPath, flags);
    assert.equal(stdout, 'the program has ended\nthe program has ended\n');
  });

  it('refuses a call before _initialize in whatever way, and never answers', async () => {
    const imports = new Proxy({}, { get: () => () => 52 });
    const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
    assert.throws(() => new Core(exports), /the program has ended/);
  });

  describe('tells a host what it did wrong', () => {
    let core;
    let exports;
    before(async () => {
      ({ exports } = await bareInstance(module));
      core = new Core(exports);
    });
    const write = (octets) => {
      const at = exports.bcpInput(octets.length);
      new Uint8Array(exports.memory.buffer).set(octets, at);
      return at;
    };
    const said = (at) => {
      const length = new DataView(exports.memory.buffer).getUint32(at, true);
      return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at + 4, length));
    };
    const numbers = (...all) => new Uint8Array(Uint32Array.from(all).buffer);

    for (const size of [0, 3, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, -1, 69 << 20]) {
      it(`a call of ${size} octets gets no room`, () => assert.equal(exports.bcpInput(size), 0));
    }
    for (const [what, octets, told] of [
      ['no parts', numbers(0), /expected a number of parts/],
      ['a length beyond the end', numbers(2, 2 ** 32 - 1, 2), /expected a number of parts/],
      ['lengths that stop early', numbers(2, 1, 0, 0), /expected a number of parts/],
      ['a number of parts beyond the end', numbers(2 ** 32 - 1), /4294967293 blobs given/],
    ]) {
      it(what, () => assert.match(said(exports.bcpCall(write(octets))), told));
    }
    it('the same call twice', () => {
      const at = write(numbers(0));
      exports.bcpCall(at);
      assert.match(said(exports.bcpCall(at)), /no call is waiting at this address/);
    });
    it('a call in the place of another', () => {
      const first = write(numbers(0));
      const second = write(numbers(0));
      assert.match(said(exports.bcpCall(first)), /another caller took its place/);
      assert.match(said(exports.bcpCall(second)), /expected a number of parts/);
    });
    it('and performs the call that the page shows', () => {
      const [{ code }] = examplesOf('docs/other-languages.md').filter(({ kind }) => kind === 'hex');
      const octets = code.match(/[0-9a-f]{2}/g).map((pair) => parseInt(pair, 16));
      assert.equal(octets.length, 22);
      assert.match(said(exports.bcpCall(write(octets))), /^{"ok":true,"value":{"contract":1,/);
    });
    it('and goes on', () => assert.match(core.call('contract', '{}'), /"ok":true/));
  });
});
