// What callers in JavaScript give is checked where it comes in: a wrong type is refused by name, with the code bad-call,
// and not by whatever breaks on it later. What goes to the core as JSON, the core checks and names: policy, script.
import { integrity } from './core.js';
import { BcpError } from './errors.js';

/** What an argument may be, in words, and whether a value is that. */
export type Kind = readonly [words: string, is: (value: unknown) => boolean];

/** Members of an object; a name that ends in ? may be absent. */
export interface Shape {
  readonly [name: string]: Kind | Shape;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isBytes = (value: unknown): boolean => typeof value === 'string' || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isListOf = (is: Kind[1]): Kind[1] => (value) => Array.isArray(value) && value.every(is);
const isAddress = (value: unknown): boolean => isUrl(value) || (isObject(value) && isHinted(value));
const isUrl = (value: unknown): boolean => isText(value) || value instanceof URL;
const isHinted = ({ url, hint }: { url?: unknown; hint?: unknown }): boolean => isAddress(url) && isAddress(hint);
const isSomeOf = (...words: string[]): Kind => [words.join(' or '), (value) => words.includes(value as string)];

export const text: Kind = ['text that is not empty', isText];
export const bytes: Kind = ['text or bytes', isBytes];
// A promise or a map has no members that could be read, so it would be taken for options that are left out.
const isOptions = (value: unknown): boolean => isObject(value) && !('then' in value) && !(Symbol.iterator in value);
export const object: Kind = ['an object', isOptions];
export const aFunction: Kind = ['a function', isFunction];
export const script: Kind = ['an object or a list of objects', isObject];
export const clearScope = isSomeOf('answers', 'everything');
export const url: Kind = ['an address', isUrl];
export const target: Kind = ['the Id of a service, a URL or a Request', (value) => isUrl(value) || value instanceof Request || (isObject(value) && 'href' in value)]; // Location, too
export const wasm: Kind = [
  'an address, bytes, a Response or a Module, or a promise of one',
  (value) => isText(value) || (isObject(value) && value.constructor !== Object), // not by class: a browser may have no WebAssembly
];
const hash: Kind = ['one hash, as ehealth-bcp/integrity has it', (value) => typeof value === 'string' && integrity.test(value)];
export const coreOptions: Shape = { 'integrity?': hash };
const truth: Kind = ['true or false', (value) => typeof value === 'boolean'];
const whole: Kind = ['a whole number from 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0];
const date: Kind = ['a valid Date', (value) => value instanceof Date && Number.isFinite(+value)];

const trust: Shape = {
  anchors: ['a list of PEM texts, one or more', (value) => isListOf(isBytes)(value) && (value as unknown[]).length > 0],
  'crls?': ['a list of texts or bytes', isListOf(isBytes)],
  'signerCn?': text,
};

export const judgement: Shape = { ...trust, 'environment?': text, 'at?': date, 'held?': bytes, 'heldAt?': date };
export const keyOfService: Shape = { ...judgement, catalogue: bytes, service: text };
const { anchors, ...unused } = judgement; // a stylesheet needs none of it, and the type allows it
export const keyOfStylesheet: Shape = {
  ...unused,
  'anchors?': anchors!,
  stylesheet: ['text or bytes, or a catalogue with its service', isBytes],
};
export const callOptions: Shape = { 'repeat?': isSomeOf('yes', 'no'), 'serveExpired?': truth };
export const clientOptions: Shape = {
  environment: text,
  ...trust,
  catalogue: ['an address, { url, hint } or a list of these', (value) => isAddress(value) || (isListOf(isAddress)(value) && (value as unknown[]).length > 0)],
  'seed?': ['text, bytes or a function', (value) => isBytes(value) || isFunction(value)],
  'policy?': object,
  'cache?': {
    services: ['a list of texts', isListOf(isText)], 'serveExpired?': truth, 'maxEntries?': whole, 'maxBytes?': whole,
    'persistent?': { user: text, secret: aFunction, 'lockAfterMs?': whole },
  },
  'procedures?': bytes,
  'namespace?': text,
  'fetch?': aFunction,
  'rewrite?': aFunction,
  'log?': aFunction,
  'wasm?': wasm,
  'wasmIntegrity?': hash,
};

/** Refuses a value that is not of its kind. Errors: `bad-call`, which names it. */
export function check(name: string, value: unknown, [words, is]: Kind): void {
  if (!is(value)) throw new BcpError('bad-call', `${name}: expected ${words}, got ${looks(value)}`);
}

/** Refuses an object that lacks what its shape has, has it in another kind, or has more. Errors: as check. */
export function checkShape(name: string, value: unknown, shape: Shape): void {
  check(name, value, object);
  for (const [key, part] of Object.entries(shape)) {
    const member = key.replace('?', '');
    const given = (value as Record<string, unknown>)[member];
    if (given === undefined && member !== key) continue;
    if (Array.isArray(part)) check(`${name}.${member}`, given, part as unknown as Kind);
    else checkShape(`${name}.${member}`, given, part as Shape);
  }
  const members = Object.keys(shape).map((key) => key.replace('?', ''));
  const unknown = Object.keys(value as object).find((member) => !members.includes(member) && (value as Record<string, unknown>)[member] !== undefined);
  if (unknown) throw new BcpError('bad-call', `${name}: expected the members ${members.join(', ')}, got ${unknown}`);
}

// The kind of a value, not what it holds: it may be a patient's.
function looks(value: unknown): string {
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return `[${value.slice(0, 3).map(looks).join(', ')}]`;
  if (value instanceof Promise) return 'a Promise: await it';
  if (isObject(value)) return value.constructor?.name || 'an object';
  return /^[sf]/.test(typeof value) ? `a ${typeof value}` : String(value); // not the text of a string or a symbol
}
