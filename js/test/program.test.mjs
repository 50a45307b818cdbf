// The crossing between JavaScript and the Go program, in the wasm as it is shipped.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { clockSlackMs } from '../../dist/base/moment.js';
import { instantiate } from '../../dist/core/host.js';
import { Program } from '../../dist/core/program.js';
import { root } from './lib/native.mjs';

let module;
let program;

before(async () => {
  module = await WebAssembly.compile(await readFile(`${root}/dist/bcp.wasm`));
  program = await Program.start(module);
});

const answers = () => JSON.parse(program.call('contract', '{}')).ok;

describe('the program', () => {
  it('takes text beyond ASCII, in names and arguments, and gives it back', () => {
    const { error } = JSON.parse(program.call('é€😀', '{}'));
    assert.equal(error.code, 'bad-call');
    assert.match(error.detail, /é€😀/);
  });

  it('has the clock slack that is held for what is read before there is a program', () => {
    assert.equal(JSON.parse(program.call('contract', '{}')).value.asking.clockSlackMs, clockSlackMs);
  });

  it('takes blobs that are views into larger buffers', () => {
    const text = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>';
    const buffer = Buffer.from(`xx${text}yy`);
    const view = buffer.subarray(2, -2);
    assert.equal(program.call('isSwitch', '{}', view), program.call('isSwitch', '{}', new TextEncoder().encode(text)));
    assert.equal(JSON.parse(program.call('isSwitch', '{}', view)).ok, true);
  });

  it('refuses a call that is too large, and goes on', () => {
    const large = new Uint8Array(64 << 20);
    assert.throws(() => program.call('isSwitch', '{}', large, large), { code: 'input-too-large' });
    assert.ok(answers());
  });

  it('goes on after its memory has grown', () => {
    const blob = new Uint8Array(48 << 20).fill(0x20);
    assert.equal(JSON.parse(program.call('isSwitch', '{}', blob)).error.code, 'input-too-large');
    assert.ok(answers());
  });

  it('holds no more memory after many calls', () => {
    const megabyte = new Uint8Array(1 << 20).fill(0x20);
    for (let i = 0; i < 60; i++) program.call('isSwitch', '{}', megabyte);
    const pages = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 60; i++) program.call('isSwitch', '{}', megabyte);
    assert.ok(process.memoryUsage().arrayBuffers <= pages + (8 << 20));
  });

  it('that ended is a dead core, also for the calls after', async () => {
    const instantiateModule = WebAssembly.instantiate;
    let end;
    WebAssembly.instantiate = async (given, imports) => {
      end = () => imports.gojs['runtime.wasmExit'](0); // what the Go program does at a fatal error
      return instantiateModule(given, imports);
    };
    const core = await instantiate(module).finally(() => {
      WebAssembly.instantiate = instantiateModule;
    });
    assert.equal(core.alive, true);
    end();
    for (let i = 0; i < 2; i++) {
      assert.throws(() => core.call('contract', {}), { code: 'core-dead' });
      assert.equal(core.alive, false);
    }
  });

  it('is not started from a module of another program', async () => {
    const empty = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    await assert.rejects(instantiate(empty), { code: 'wasm-load-failed' });
  });
});
