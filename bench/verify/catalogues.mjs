// The catalogues that the benchmarks read: the genuine one when the shared cases are here (else a drill catalogue of
// its exact form and size), and drill catalogues of 1,000 and 10,000 services, written by `make bench` into
// build/bench.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';

const build = new URL('../../build/bench/', import.meta.url).pathname;

function environment(anchorFile, catalogue, at) {
  const anchorPem = readFileSync(anchorFile, 'utf8');
  const [, leaf] = /<ds:X509Certificate>([^<]+)</.exec(catalogue.toString());
  const leafDer = Buffer.from(leaf.replace(/&#13;/g, ''), 'base64');
  return {
    at,
    anchorPem,
    anchorDer: new Uint8Array(new X509Certificate(anchorPem).raw),
    leafDer: new Uint8Array(leafDer),
    leafPem: new X509Certificate(leafDer).toString(),
  };
}

function read(file, anchor, at) {
  const bytes = readFileSync(file);
  const services = bytes.toString().split('<Service ').length - 1;
  return { bytes: new Uint8Array(bytes), services, env: environment(anchor, bytes, at) };
}

export function catalogue(name) {
  const shared = process.env.BCP_SHARED;
  const genuine = shared && join(shared, 'catalogues/production-2020-09-14.xml');
  if (name === 'genuine' && genuine && existsSync(genuine)) {
    return read(genuine, join(shared, 'catalogues/production-2020-issuing-ca.pem'), new Date('2020-10-01T00:00:00Z'));
  }
  return read(
    join(build, `${name === 'genuine' ? 'synthetic-22' : name}.xml`),
    new URL('../../testdata/pki/issuing.pem', import.meta.url).pathname,
    new Date('2026-06-01T12:00:00Z'),
  );
}
