// What a test gives is checked where it comes in, as in the package itself: a wrong word is refused by name, with the
// code bad-call, and does not become a request that hangs or a catalogue that lacks something.
import { type Shape, check, checkShape } from '../base/check.js';
import { BcpError } from '../base/errors.js';
import * as want from '../base/kinds.js';
import type { Behaviour, DrillList, DrillService, DrillSigning, FakeAnswer, NamedBehaviours } from './types.js';

const filledListOf = (what: string): want.Kind => ({
  words: `a list of ${what}, one or more`,
  is: (value) => Array.isArray(value) && value.length > 0,
});

const list: Shape = {
  'version?': want.oneOf(1, 2),
  'environment?': want.text,
  'issueInstant?': want.date,
  services: filledListOf('services'),
};
const service: Shape = {
  id: want.text,
  'name?': want.text,
  endpoints: filledListOf('endpoints'),
  'cache?': { strategy: want.oneOf('ENDPOINT_FIRST', 'CACHE_FIRST'), stylesheet: want.text, 'duration?': want.text },
};
const endpoint: Shape = { url: want.text, status: want.oneOf('ACTIVE', 'INACTIVE') };
const signing: Shape = { 'notAfter?': want.date, 'signerCn?': want.text, 'signingTime?': want.date };

/** Refuses what cannot be signed as it is meant. Errors: `bad-call`. */
export function checkSigning(given: DrillList, how: DrillSigning): void {
  checkShape('list', given, list);
  given.services.forEach((one, i) => checkService(`list.services[${i}]`, one));
  checkHow(how);
}

/** Refuses what says of no signer who he is. Errors: `bad-call`. */
export function checkHow(how: DrillSigning): void {
  checkShape('signing', how, signing);
}

function checkService(name: string, given: DrillService): void {
  checkShape(name, given, service);
  given.endpoints.forEach((one, i) => {
    const place = `${name}.endpoints[${i}]`;
    if (want.isObject(one)) checkShape(place, one, endpoint);
    else check(place, one, { ...want.text, words: 'an address or { url, status }' });
  });
}

/**
 * The version of the schema: the one that was given, else the first that has what the services need. Errors:
 * `bad-call`.
 */
export function versionOf({ version, services }: DrillList): 1 | 2 {
  const cached = services.findIndex(({ cache }) => cache !== undefined);
  if (version === 1 && cached >= 0) {
    throw new BcpError(
      'bad-call',
      `list.services[${cached}].cache: expected none in a list of version 1, got one: leave the version out, or give 2`,
    );
  }
  return version ?? (cached < 0 ? 1 : 2);
}

// The type makes this list complete.
const named: NamedBehaviours = {
  ok: true,
  'business-fault': true,
  'switch-fault': true,
  unavailable: true,
  'unavailable-no-cors': true,
  'no-cors': true,
  'no-preflight': true,
  reset: true,
  hang: true,
  stall: true,
  cut: true,
  'cut-chunked': true,
  html: true,
};
const behaviour: want.Kind = {
  words: `${Object.keys(named).join(', ')} or { status, headers, body }`,
  is: (value) => want.isObject(value) || Object.hasOwn(named, value as string),
};
const status: want.Kind = {
  words: 'a whole number from 200 to 599',
  is: (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599,
};
const answer: Shape = {
  'status?': status,
  'headers?': { words: 'an object of header names and texts', is: isHeaders },
  'body?': { words: 'text or a Uint8Array', is: (value) => isString(value) || value instanceof Uint8Array },
};
const path: want.Kind = { words: 'a path as an address has it, from its / on, without ? and #', is: isPath };

function isHeaders(value: unknown): boolean {
  if (!want.isObject(value) || Array.isArray(value) || !Object.values(value).every(isString)) return false;
  try {
    return new Headers(value as Record<string, string>) instanceof Headers; // throws for what HTTP does not have
  } catch {
    return false;
  }
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

// The server compares paths as URL writes them: another spelling would never be met.
function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/(?!\/)/.test(value) && new URL(`http://localhost${value}`).pathname === value;
}

/** Refuses a behaviour that the server does not have. Errors: `bad-call`. */
export function checkBehaviour(given: Behaviour): void {
  check('behaviour', given, behaviour);
  if (want.isObject(given)) checkShape('behaviour', given, answer);
}

/** Refuses a path that no request can have. Errors: `bad-call`. */
export function checkPath(given: string): void {
  check('path', given, path);
}

/** Refuses what is not text; it may be empty. Errors: `bad-call`. */
export function checkText(name: string, given: string): void {
  check(name, given, { words: 'text', is: isString });
}

const aList: want.Kind = { words: 'a list', is: Array.isArray };
const fakeAnswer: Shape = {
  'text?': { words: 'text', is: isString },
  'status?': status,
  'headers?': answer['headers?']!,
  'source?': want.oneOf('network', 'cache'),
  'service?': want.text,
  'endpoint?': want.text,
  'attempts?': want.whole,
  'exhausted?': want.truth,
  'storedAt?': want.date,
  'validUntil?': want.date,
  'expired?': want.truth,
  'delayMs?': want.whole,
  'code?': want.text,
  'tried?': aList,
};
const ofNetwork = ['endpoint', 'exhausted'] as const;
const ofCache = ['storedAt', 'validUntil', 'expired'] as const;

/** Refuses what no client would say: a member that does not exist, or one that belongs to the other source. */
export function checkFakeAnswer(given: FakeAnswer): void {
  checkShape('answer', given, fakeAnswer);
  const isKept = given.source === 'cache';
  const wrong = (isKept ? ofNetwork : ofCache).find((member) => given[member] !== undefined);
  if (wrong) {
    const other = isKept ? 'network' : 'cache';
    throw new BcpError('bad-call', `answer.${wrong}: expected with source ${other} only`);
  }
}
