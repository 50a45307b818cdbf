import { octets } from '../base/bytes.js';
import { type Octets, type Steps, base64, newKeys, signatureOf } from './keys.js';

/** A key pair with its certificate. */
export interface Holder {
  /** Its secret key, known to the host. */
  secret: unknown;
  /** Subject in the form of RFC 2253: last attribute first. */
  name: string;
  serial: number;
  der: Octets;
}

type Attribute = [oid: keyof typeof oids, value: string];

const oids = {
  CN: '2.5.4.3',
  O: '2.5.4.10',
  C: '2.5.4.6',
  rsaSha256: '1.2.840.113549.1.1.11',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  reasonCode: '2.5.29.21',
};

/** Makes a certificate authority that signs itself, valid from a year ago for ten years. */
export function makeAuthority(cn: string): Steps<Holder> {
  return issue(
    [
      ['C', 'BE'],
      ['O', 'Drill'],
      ['CN', cn],
    ],
    1,
    undefined,
    (nowMs) => [nowMs - year, nowMs + 10 * year],
  );
}

/** Makes a signer under an authority, valid for a year around `validFrom`. */
export function makeSigner(authority: Holder, cn: string, serial: number, notAfter: Date): Steps<Holder> {
  return issue(
    [
      ['C', 'BE'],
      ['O', 'Drill'],
      ['CN', cn],
    ],
    serial,
    authority,
    () => [notAfter.getTime() - year, notAfter.getTime()],
  );
}

const year = 365 * 24 * 60 * 60_000;

function* issue(
  subject: Attribute[],
  serial: number,
  issuer: Holder | undefined,
  validity: (nowMs: number) => [number, number],
): Steps<Holder> {
  const { secret, spki } = yield* newKeys();
  const [from, until] = validity(Date.now());
  const subjectName = nameOf(subject);
  const algorithm = sequence(oid(oids.rsaSha256), tagged(0x05, new Uint8Array()));
  const isAuthority = issuer === undefined;
  const body = sequence(
    tagged(0xa0, integer(2)), // version 3
    integer(serial),
    algorithm,
    issuer ? issuerNames.get(issuer)! : subjectName,
    sequence(time(from), time(until)),
    subjectName,
    spki,
    tagged(
      0xa3,
      sequence(
        extension(oids.basicConstraints, sequence(...(isAuthority ? [tagged(0x01, Uint8Array.of(0xff))] : []))),
        // keyCertSign, cRLSign · digitalSignature, nonRepudiation
        extension(oids.keyUsage, isAuthority ? bits(1, 0x06) : bits(6, 0xc0)),
      ),
    ),
  );
  const der = yield* signed(body, algorithm, issuer?.secret ?? secret);
  const name = subject
    .map(([type, value]) => `${type}=${value.replaceAll(/[,+"\\<>;]/g, '\\$&')}`)
    .reverse()
    .join(',');
  const holder = { secret, name, serial, der };
  issuerNames.set(holder, subjectName);
  return holder;
}

const issuerNames = new WeakMap<Holder, Octets>();

/** Lists certificates as revoked now, because their keys were stolen, in PEM. Source: RFC 5280 §5.1, §5.3.1. */
export function* revocationListOf(authority: Holder, revoked: Holder[]): Steps<string> {
  const algorithm = sequence(oid(oids.rsaSha256), tagged(0x05, new Uint8Array()));
  const keyCompromise = sequence(oid(oids.reasonCode), tagged(0x04, tagged(0x0a, Uint8Array.of(1))));
  const now = time(Date.now());
  const body = sequence(
    integer(1), // version 2
    algorithm,
    issuerNames.get(authority)!,
    now,
    time(Date.now() + year),
    sequence(...revoked.map(({ serial }) => sequence(integer(serial), now, sequence(keyCompromise)))),
  );
  return pem('X509 CRL', yield* signed(body, algorithm, authority.secret));
}

function* signed(body: Octets, algorithm: Octets, secret: unknown): Steps<Octets> {
  const signature = yield* signatureOf(body, secret);
  return sequence(body, algorithm, tagged(0x03, joined(Uint8Array.of(0), signature)));
}

/** One certificate in PEM. */
export function pemOf({ der }: Holder): string {
  return pem('CERTIFICATE', der);
}

function pem(label: string, der: Octets): string {
  const lines = base64(der).replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

// DER, as far as certificates need it. Source: X.690 §8, §10.

function joined(...parts: Octets[]): Octets {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function fromHex(hex: string): Octets {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function tagged(tag: number, ...content: Octets[]): Octets {
  const value = joined(...content);
  const length =
    value.length < 128
      ? [value.length]
      : value.length < 256
        ? [0x81, value.length]
        : [0x82, value.length >> 8, value.length & 0xff];
  return joined(Uint8Array.of(tag, ...length), value);
}

function sequence(...content: Octets[]): Octets {
  return tagged(0x30, ...content);
}

function integer(value: number): Octets {
  const hex = value.toString(16);
  const even = fromHex(hex.length % 2 ? `0${hex}` : hex);
  return tagged(0x02, even[0]! & 0x80 ? joined(Uint8Array.of(0), even) : even);
}

function bits(unused: number, octet: number): Octets {
  return tagged(0x03, Uint8Array.of(unused, octet));
}

function oid(dotted: string): Octets {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const numbers = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let high = arc >> 7; high > 0; high >>= 7) groups.unshift((high & 0x7f) | 0x80);
    numbers.push(...groups);
  }
  return tagged(0x06, Uint8Array.from(numbers));
}

function nameOf(attributes: Attribute[]): Octets {
  return sequence(
    ...attributes.map(([type, value]) => tagged(0x31, sequence(oid(oids[type]), tagged(0x0c, octets(value))))),
  );
}

function time(ms: number): Octets {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, ''); // 20261122020000Z
  return digits < '2050' ? tagged(0x17, octets(digits.slice(2))) : tagged(0x18, octets(digits));
}

function extension(id: string, value: Octets): Octets {
  return sequence(oid(id), tagged(0x01, Uint8Array.of(0xff)), tagged(0x04, value)); // critical
}
