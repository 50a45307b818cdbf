// The Node command against the native one: the same arguments, the same bytes, the same exit code.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { nativeCommand, root, run } from './lib/native.mjs';

const catalogue = 'testdata/catalogues/v1.xml';
const cached = 'testdata/catalogues/v2-cache.xml';
const anchors = ['--anchors', 'testdata/pki/root.pem'];
const at = ['--at', '2026-06-01T12:00:00Z'];

const scratch = mkdtempSync(join(tmpdir(), 'bcp-'));
after(() => rmSync(scratch, { recursive: true }));
const file = (name, content) => {
  writeFileSync(join(scratch, name), content);
  return join(scratch, name);
};

const signed = readFileSync(join(root, catalogue));
const huge = file('huge.xml', Buffer.concat([signed, Buffer.alloc((4 << 20) + 1 - signed.length, ' ')]));
const soap = (payload) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${payload}</s:Body></s:Envelope>`;
const request = file('request.xml', soap('<q xmlns="urn:q"><Inss>85071599987</Inss></q>'));
const fault = file(
  'fault.xml',
  soap(
    '<s:Fault><faultcode>s:Server</faultcode><faultstring/><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>',
  ),
);
const stylesheet = file(
  'key.xsl',
  '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:value-of select="//*[local-name()=\'Inss\']"/></xsl:template></xsl:stylesheet>',
);
const constant = file(
  'constant.xsl',
  readFileSync(stylesheet, 'utf8').replace('<xsl:value-of', '|<xsl:value-of').replace('Inss', 'Ssin'),
);
const script = file(
  'steps.json',
  JSON.stringify({
    endpoints: ['https://a.example/', 'https://b.example/'],
    active: 0,
    steps: [
      { call: 'https://a.example/', down: { 'https://a.example/': 'conn' } },
      { call: 'https://b.example/', down: {} },
    ],
  }),
);

const lines = {
  accepted: ['verify', catalogue, ...anchors, ...at],
  'flags first': ['verify', ...anchors, ...at, catalogue],
  services: ['services', catalogue, ...anchors, ...at],
  'services with a cache': ['services', cached, ...anchors, ...at],
  expired: ['verify', catalogue, ...anchors, '--at', '2090-01-01T00:00:00Z'],
  'another anchor': ['verify', catalogue, '--anchors', 'testdata/pki/foreign-root.pem', ...at],
  'two anchors': ['verify', catalogue, '--anchors', 'testdata/pki/foreign-root.pem', ...anchors, ...at],
  'no anchors': ['verify', catalogue, ...at],
  'another environment': ['verify', catalogue, ...anchors, ...at, '--environment', 'Acceptation'],
  held: ['verify', catalogue, ...anchors, ...at, '--held', 'testdata/catalogues/v2-recovery.xml'],
  'no file': ['verify', 'no-such-file.xml', ...anchors],
  'a folder': ['verify', 'testdata', ...anchors],
  'not XML': ['verify', 'testdata/pki/root.pem', ...anchors],
  'too large': ['verify', huge, ...anchors],
  'a CRL that is not there': ['verify', catalogue, ...anchors, ...at, '--crl', 'no-such-file.crl', '--crl', huge],
  'standard input': ['verify', '-', ...anchors, ...at],
  'key of a stylesheet': ['key', '--stylesheet', stylesheet, '--request', request],
  'key, constant': ['key', '--stylesheet', constant, '--request', request],
  'key, constant, raw': ['key', '--stylesheet', constant, '--request', request, '--raw'],
  'key, raw': ['key', '--stylesheet', stylesheet, '--request', request, '--raw'],
  'key, not SOAP': ['key', '--stylesheet', stylesheet, '--request', catalogue],
  'key, unknown service': ['key', cached, '--service', 'nobody', '--request', request, ...anchors, ...at],
  switch: ['switch', fault],
  'no switch': ['switch', request],
  plan: ['plan', '--script', script],
  'plan, published': ['plan', '--script', script, '--policy', 'published', '--failback', '--seed', '7'],
  'plan, not JSON': ['plan', '--script', catalogue],
  'no files at all': ['plan', '--policy', 'x'],
  'empty value': ['verify', catalogue, ...anchors, '--environment', ''],
  'no command': [],
  'unknown command': ['verifi', catalogue],
  'unknown option': ['verify', catalogue, '--anchor', 'x'],
  'option without value': ['verify', catalogue, '--anchors'],
  'bad instant': ['verify', catalogue, ...anchors, '--at', 'yesterday'],
  help: ['help'],
  'help of a command': ['help', 'plan'],
  version: ['version'],
};

describe('ehealth-bcp prints what bcp prints', () => {
  const bcp = nativeCommand();
  for (const [name, args] of Object.entries(lines)) {
    it(name, async () => {
      const input = args.includes('-') ? signed : '';
      const native = await run(bcp, args, input);
      assert.deepEqual(await run(process.execPath, [join(root, 'dist/cli.js'), ...args], input), native);
      assert.ok([0, 1, 2].includes(native.exit));
    });
  }
});

describe('genuine catalogues', () => {
  const shared = process.env.BCP_SHARED;
  const skip = shared && existsSync(shared) ? false : 'BCP_SHARED is not set: shared cases are not here';
  const verify = (year, ...more) =>
    run(process.execPath, [
      join(root, 'dist/cli.js'),
      'verify',
      ...more,
      `${shared}/catalogues/production-${year === 2020 ? '2020-09-14' : '2022-12-22-edited'}.xml`,
      '--anchors',
      `${shared}/catalogues/production-${year}-issuing-ca.pem`,
    ]);

  it('2020 is accepted at its time', { skip }, async () => {
    const { exit, stdout } = await verify(2020, '--environment', 'Production', '--at', '2020-10-01T00:00:00Z');
    const { ok, version, services, endpoints, signer } = JSON.parse(stdout);
    assert.deepEqual(
      { exit, ok, version, services, endpoints, cn: signer.cn },
      { exit: 0, ok: true, version: 1, services: 22, endpoints: 45, cn: 'CBE=0809394427, SERVICELIST' },
    );
  });

  it('2020 is refused after its signer expired', { skip }, async () => {
    const { exit, stdout } = await verify(2020, '--at', '2021-01-01T00:00:00Z');
    assert.deepEqual({ exit, code: JSON.parse(stdout).code }, { exit: 1, code: 'signer-expired' });
  });

  it('the edited one is refused', { skip }, async () => {
    const { exit, stdout } = await verify(2022, '--at', '2023-01-01T00:00:00Z');
    assert.deepEqual({ exit, code: JSON.parse(stdout).code }, { exit: 1, code: 'digest-mismatch' });
  });
});
