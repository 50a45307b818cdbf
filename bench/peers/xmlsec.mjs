// Native xmlsec1, when it is installed: XML Signature only, no XAdES, no chain to the issuing CA (it wants the root).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the milliseconds of one verification, or undefined without xmlsec1. */
export function xmlsecMs({ bytes, env }, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'bcp-bench-'));
  const file = join(folder, 'catalogue.xml');
  const key = join(folder, 'signer.pem');
  writeFileSync(file, bytes);
  writeFileSync(key, env.leafPem);
  const run = (repeat) => {
    const began = performance.now();
    execFileSync(
      'xmlsec1',
      [
        '--verify',
        '--pubkey-cert-pem',
        key,
        '--id-attr:Id',
        'ServiceList',
        '--id-attr:Id',
        'SignedProperties',
        '--repeat',
        String(repeat),
        file,
      ],
      { stdio: 'ignore' },
    );
    return performance.now() - began;
  };
  try {
    return (run(rounds + 1) - run(1)) / rounds; // without the start of the process
  } catch (e) {
    if (e.code === 'ENOENT') return undefined;
    throw e;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
