// A catalogue with one service per case, signed with the drill's keys, whose caches hold the stylesheets: what an
// application has open, so that each stylesheet is compiled once.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

const list = {
  version: 2,
  id: '_bench-keys',
  environment: 'Production',
  issueInstant: '2026-05-20T10:20:09.583+02:00',
  services: cases.map(({ name, sheet }) => ({
    id: name,
    name,
    endpoints: [{ order: 0, status: 'ACTIVE', url: `https://services.example/${name}` }],
    cache: {
      strategy: 'ENDPOINT_FIRST',
      key: { inline: true, text: sheet },
      expiry: { type: 'ttl', duration: 'PT8H' },
    },
  })),
};

export const signed = () =>
  execFileSync('go', ['run', './cmd/bcp', 'sign', '-'], {
    cwd: root,
    input: JSON.stringify(list),
    maxBuffer: 16 << 20,
  });
export const anchor = () => readFileSync(`${root}testdata/pki/issuing.pem`);
