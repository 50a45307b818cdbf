// Every example of the documentation runs as it stands: here, or in the test that is named. One that nobody runs fails.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createDrillAuthority, soapAnswer, startFaultServer } from '../../dist/testing/index.js';
import { startDemo } from './lib/demo.mjs';
import { examplesOf } from './lib/examples.mjs';
import { nativeCommand, root, run } from './lib/native.mjs';
import { watched } from './lib/watched.mjs';

const folder = join(root, 'build/examples');
// the first needs nothing of its own
const drill = examplesOf('docs/drills.md').find(({ kind }) => kind === 'drill').code;

before(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/ehealth-bcp'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Which test runs an example that this one does not. */
function elsewhere({ file, kind, code }) {
  if (file.startsWith('docs/recipes/')) return 'js/test/recipes.test.mjs';
  if (code.startsWith('npx ehealth-bcp demo ')) return 'js/test/demo.test.mjs';
  if (kind === 'go') return 'core/example_test.go';
  if (kind === 'drill') return 'drill/scenario/docs_test.go';
  if (kind === 'hex') return 'js/test/wasi.test.mjs';
  if (kind === 'json' && file === 'docs/procedures.md') return 'drill/scenario/docs_test.go';
  if (file === 'docs/scale.md') return 'drill/simulation/docs_test.go';
  if (file === 'docs/model.md') return 'model/run.mjs';
  if (code.includes('createDrillAuthorityAsync')) return 'js/test/browser/drillauthority.test.mjs';
  if (file === 'docs/pwa.md') return 'js/test/browser/pwa.test.mjs';
  if (file === 'docs/tools.md' || /'@playwright\/test'|\bvi\.mock\(|\bjest\./.test(code)) return 'tools/matrix/run.mjs';
  if (file === 'docs/status-panel.md' || file === 'docs/service-worker.md') return 'js/test/browser/docs.test.mjs';
  if (code === 'npm install ehealth-bcp\n' || (kind === 'ts' && file === 'docs/application.md'))
    return 'js/test/package.test.mjs';
  return undefined;
}

function runnerOf({ kind, code }) {
  if (/^make /.test(code)) return targets;
  if (/^bcp verify /.test(code)) return commandLine;
  if (/^openssl genpkey /.test(code)) return keyMade;
  if (/^bcp drill --watch /.test(code)) return underDrill;
  if (/^bcp drill --check /.test(code)) return checked;
  if (/^bcp drill /.test(code)) return drills;
  if (/^bcp (serve|mirror) /.test(code)) return operator;
  if (/^curl /.test(code)) return curl;
  if (kind === 'ts') return client;
  if (code.includes("from 'node:test'")) return ownTest;
  if (code.includes('fileStore(')) return backEnd;
  if (code.includes('X509Certificate')) return certificates;
  return undefined;
}

describe('the examples of the documentation', () => {
  const files = [
    'README.md',
    ...readdirSync(join(root, 'docs'), { recursive: true })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  for (const example of files.flatMap(examplesOf)) {
    const { file, kind, line, code } = example;
    const other = elsewhere(example);
    if (other) it(`${file}:${line} is run by ${other}`, () => assert.ok(existsSync(join(root, other))));
    else {
      it(`${file}:${line} ${kind}`, async () => {
        const runner = runnerOf(example);
        assert.ok(runner, 'nobody runs this example');
        await runner(code);
      });
    }
  }
});

it('the readme says how large the wasm is', () => {
  const [, raw, gzip] = /`bcp\.wasm` \(([\d.]+) MB, [\d.]+ compressed with brotli, ([\d.]+) with gzip\)/.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  );
  const wasm = readFileSync(join(root, 'dist/bcp.wasm'));
  for (const [said, bytes] of [
    [raw, wasm.length],
    [gzip, gzipSync(wasm, { level: 9 }).length],
  ]) {
    assert.ok(Math.abs(bytes / 1e6 / said - 1) < 0.03, `${said} MB said, ${bytes / 1e6} measured`);
  }
});

it('the page for other languages says how many vectors there are', () => {
  const [, vectors, calls] = /(\d+) vectors and (\d+) calls/.exec(
    readFileSync(join(root, 'docs/other-languages.md'), 'utf8'),
  );
  const folder = join(root, 'testdata');
  const names = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).vectors;
  const callsOf = (name) =>
    JSON.parse(readFileSync(join(folder, 'vectors', name, 'vector.json'), 'utf8')).calls?.length ?? 1;
  const made = names.reduce((sum, name) => sum + callsOf(name), 0);
  assert.deepEqual([Number(vectors), Number(calls)], [names.length, made]);
});

// What they do is what every other test does; here, that they are there.
async function targets(code) {
  const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
  for (const [, target] of code.matchAll(/^make (\S+)/gm)) assert.match(makefile, new RegExp(`^${target}:.* ## `, 'm'));
}

/** The command line, with files of the names that the lines have. What the Go program alone can do, it alone does. */
async function commandLine(code) {
  const at = ['--at', '2026-06-01T12:00:00Z']; // when the test catalogues are in force
  copyFileSync(join(root, 'testdata/catalogues/v2-cache.xml'), join(folder, 'list.xml'));
  copyFileSync(join(root, 'testdata/pki/issuing.pem'), join(folder, 'issuing-ca.pem'));
  writeFileSync(join(folder, 'soap.xml'), soapAnswer('<q xmlns="urn:q"><INSS>85071599987</INSS></q>'));
  writeFileSync(join(folder, 'response.xml'), soapAnswer('<ok/>'));
  writeFileSync(
    join(folder, 'steps.json'),
    '{"endpoints":["https://a.example/"],"active":0,"steps":[{"call":"https://a.example/"}]}',
  );
  writeFileSync(
    join(folder, 'list.json'),
    '{"version":1,"environment":"Production","issueInstant":"2026-05-20T10:00:00Z",' +
      '"services":[{"id":"uddi:x:v1","name":"X","endpoints":[{"order":0,"status":"ACTIVE","url":"https://x.example/"}]}]}',
  );
  for (const text of code.trim().split('\n')) {
    const [, ...args] = text.replace(/ +#.*| > .*/g, '').split(/ +/);
    if (args.includes('--anchors') && !args.includes('--at')) args.push(...at);
    const where = text.includes(' testdata/') ? root : folder;
    const native = await run(nativeCommand(), args, '', where);
    assert.equal(native.exit, 0, `${text}\n${native.stdout}${native.stderr}`);
    if (!text.includes('the Go program only'))
      assert.deepEqual(await run(process.execPath, [join(root, 'dist/cli.js'), ...args], '', where), native);
  }
}

async function drills(code) {
  writeFileSync(join(folder, 'my.drill'), drill);
  for (const text of code.trim().split('\n')) {
    const [, ...args] = text.replace(/ +#.*/, '').split(/ +/);
    const { exit, stdout, stderr } = await run(nativeCommand(), args, '', folder);
    assert.equal(exit, 0, `${text}\n${stdout}${stderr}`);
  }
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /Every expectation held/);
  assert.equal(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).ok, true);
}

/** What an operator types, against a list of the drill: the gateway until it serves, the mirror to its end. */
async function operator(code) {
  const authority = createDrillAuthority();
  const server = await startFaultServer();
  const list = server.behave('/list.xml', {
    body: authority.sign({ services: [{ id: 'uddi:x:v1', endpoints: [server.origin] }] }),
  });
  writeFileSync(join(folder, 'issuing-ca.pem'), authority.anchor);
  const line = code
    .replace(/\s+#.*/g, '')
    .replace(/\\\n/g, ' ')
    .trim()
    .replace(/https:\S+/, list)
    .replace(/\S*issuing-ca\.pem/, join(folder, 'issuing-ca.pem'))
    .replace(/\/var\/\S+/, join(folder, 'bcp'));
  const [, command, ...args] = line.split(/\s+/);
  try {
    if (command === 'mirror') {
      const { exit, stdout, stderr } = await run(nativeCommand(), [command, ...args]);
      assert.equal(exit, 0, stdout + stderr);
      assert.equal(JSON.parse(stdout).result, 'updated');
      return;
    }
    const child = spawn(nativeCommand(), [command, ...args, '--listen', '127.0.0.1:0', '--admin', 'none'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    for await (const chunk of child.stderr) {
      said += chunk;
      if (said.includes('msg=catalogue-updated')) child.kill('SIGKILL');
    }
    assert.match(said, /msg=serving/);
    assert.match(said, /msg=catalogue-updated/);
  } finally {
    await server.close();
    rmSync(join(folder, 'bcp'), { recursive: true, force: true });
  }
}

async function keyMade(code) {
  for (const text of code.trim().split('\n')) {
    const [program, ...args] = text.split(' ');
    const { exit, stderr } = await run(program, args, '', folder);
    assert.equal(exit, 0, `${text}\n${stderr}`);
  }
}

/** The application that the page speaks of is the package itself; the example before it made the vendor's key. */
async function underDrill(code) {
  const { exit, stdout, stderr } = await watched(nativeCommand(), code.trim().split(' ').slice(1), folder);
  assert.equal(exit, 0, stdout + stderr);
  assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /Nothing was found against it/);
}

/** What the example before it signed. */
async function checked(code) {
  for (const text of code.trim().split('\n')) {
    const [program, ...args] = text.split(' ');
    const { exit, stdout, stderr } = await run(program === 'bcp' ? nativeCommand() : program, args, '', folder);
    assert.equal(exit, 0, `${text}\n${stdout}${stderr}`);
    assert.match(stdout, /its signature is that of the key|Verified OK/);
  }
}

async function curl(code) {
  const demo = await startDemo();
  try {
    for (const text of code.trim().split('\n')) {
      const [, , body, path] = /^curl (-d '(.*)' )?http:\/\/127\.0\.0\.1:8730(\/\S+)$/.exec(text);
      const response = await fetch(demo.origin + path, body === undefined ? {} : { method: 'POST', body });
      assert.equal(response.status, 200, text);
      if (body !== undefined) assert.equal((await response.json()).ok, true, text);
    }
  } finally {
    await demo.stop();
  }
}

/** A module that ends with what the example made. */
async function imported(name, code) {
  writeFileSync(join(folder, name), code);
  return import(join(folder, name));
}

async function client(code) {
  const url = /'(https:[^']+)'/.exec(code)[1];
  const authority = createDrillAuthority();
  const list = authority.sign({ services: [{ id: 'uddi:ehealth-fgov-be:business:memberdata:v1', endpoints: [url] }] });
  const real = globalThis.fetch;
  const asked = [];
  globalThis.fetch = async (target, init) => {
    asked.push([String(target), init?.body]);
    if (target === '/bcp/servicelist.xml') return new Response(list);
    if (target === '/bcp/states') return new Response('{}');
    return new Response(soapAnswer('<ok/>'), { headers: { 'content-type': 'text/xml' } });
  };
  globalThis.location = new URL('https://ehr.example/'); // that of a page: the gateway's address is relative to it
  globalThis.given = {
    issuingCaPem: authority.anchor,
    envelope: soapAnswer('<q/>'),
    showNotice: () => assert.fail('nothing came from the cache'),
  };
  try {
    const { bcp, from } = await imported(
      'client.mjs',
      `const { issuingCaPem, envelope, showNotice } = globalThis.given;\n${code}\nexport { bcp, from };\n`,
    );
    assert.deepEqual(from, {
      source: 'network',
      service: 'uddi:ehealth-fgov-be:business:memberdata:v1',
      endpoint: url,
      attempts: 1,
    });
    assert.deepEqual(asked.at(-1), [`/bcp/endpoint?url=${encodeURIComponent(url)}`, globalThis.given.envelope]);
    bcp.close();
  } finally {
    globalThis.fetch = real;
    delete globalThis.location;
    delete globalThis.given;
  }
}

/** The certificates that a catalogue carries: its signer's and that of the issuing CA, which is the anchor here. */
async function certificates(code) {
  copyFileSync(join(root, 'testdata/catalogues/v1.xml'), join(folder, 'servicelist.xml'));
  writeFileSync(join(folder, 'certificates.mjs'), code);
  const { exit, stdout, stderr } = await run(process.execPath, ['certificates.mjs'], '', folder);
  assert.equal(exit, 0, stderr);
  assert.match(stdout, /^CN=CBE=0809394427\\, SERVICELIST$/m);
  assert.ok(
    stdout.includes(new X509Certificate(readFileSync(join(root, 'testdata/pki/issuing.pem'))).fingerprint256),
    stdout,
  );
}

/** A back-end that is started twice: the second time nothing gives it a catalogue but its folder. */
async function backEnd(code) {
  const authority = createDrillAuthority();
  const server = await startFaultServer();
  const id = 'uddi:x:v1';
  const body = authority.sign({ services: [{ id, endpoints: [server.behave('/x', 'ok')] }] });
  const there = code
    .replaceAll('https://servicelist.ehealth.fgov.be', server.origin)
    .replace('/var/lib/ehr/bcp', join(folder, 'bcp'));
  assert.notEqual(there.indexOf(server.behave('/servicelist.xml', { body })), -1);
  writeFileSync(join(folder, 'issuing-ca.pem'), authority.anchor);
  const call = `const answer = await bcp.fetch('${id}', { method: 'POST', body: '<q/>' });`;
  writeFileSync(join(folder, 'back-end.mjs'), `${there}\n${call}\nprocess.exitCode = answer.status;\n`);
  try {
    for (const from of ['network', 'storage']) {
      const { exit, stdout, stderr } = await run(process.execPath, ['back-end.mjs'], '', folder);
      assert.equal(exit, 200, stderr);
      assert.ok(stdout.includes(`"from":"${from}"`), stdout);
      assert.doesNotMatch(stdout, /storage-degraded/);
      server.behave('/servicelist.xml', 'reset');
    }
  } finally {
    await server.close();
    rmSync(join(folder, 'bcp'), { recursive: true, force: true });
  }
}

async function ownTest(code) {
  writeFileSync(join(folder, 'own.test.mjs'), code);
  // Without the variable by which a test runner below this one would report to it in binary.
  const { exit, stdout } = await run('env', [
    '-u',
    'NODE_TEST_CONTEXT',
    process.execPath,
    '--test',
    '--test-reporter=tap',
    join(folder, 'own.test.mjs'),
  ]);
  assert.equal(exit, 0, stdout);
  assert.match(stdout, /^# pass 1$/m);
}
