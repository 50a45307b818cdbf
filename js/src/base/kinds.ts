// What an argument may be: `import * as want`, so that a check reads `check('lang', lang, want.text)`.
import { integrityHash } from './bytes.js';

/** What an argument may be, in words, and whether a value is that. */
export interface Kind {
  readonly words: string;
  readonly is: (value: unknown) => boolean;
}

type Is = Kind['is'];

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isText: Is = (value) => typeof value === 'string' && value !== '';
const isBytes: Is = (value) => typeof value === 'string' || value instanceof ArrayBuffer || ArrayBuffer.isView(value);
const isFunction: Is = (value) => typeof value === 'function';
const isUrl: Is = (value) => isText(value) || value instanceof URL;
const isSource: Is = (value) => isUrl(value) || (isObject(value) && isHinted(value));
const isHinted = ({ url, hint }: { url?: unknown; hint?: unknown }): boolean => isUrl(url) && isUrl(hint);
const isListOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const isFilledListOf =
  (is: Is): Is =>
  (value) =>
    isListOf(is)(value) && (value as unknown[]).length > 0;

/** One of these words or numbers. */
export function oneOf(...values: readonly (string | number)[]): Kind {
  return { words: values.join(' or '), is: (value) => values.includes(value as string) };
}

export const text: Kind = { words: 'text that is not empty', is: isText };
export const texts: Kind = { words: 'a list of texts', is: isListOf(isText) };
export const bytes: Kind = { words: 'text or bytes', is: isBytes };
export const bytesList: Kind = { words: 'a list of texts or bytes', is: isListOf(isBytes) };
export const anchors: Kind = { words: 'a list of PEM texts, one or more', is: isFilledListOf(isBytes) };
const isMapOf =
  (is: Is): Is =>
  (value) =>
    isObject(value) && Object.values(value).every(is);
export const bytesByName: Kind = { words: 'texts or bytes by location', is: isMapOf(isBytes) };
export const truth: Kind = { words: 'true or false', is: (value) => typeof value === 'boolean' };
export const whole: Kind = {
  words: 'a whole number from 0',
  is: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};
export const date: Kind = { words: 'a valid Date', is: (value) => value instanceof Date && Number.isFinite(+value) };
export const callback: Kind = { words: 'a function', is: isFunction };
/** A promise or a map has no members that could be read, so it would be taken for options that are left out. */
export const object: Kind = {
  words: 'an object',
  is: (value) => isObject(value) && !('then' in value) && !(Symbol.iterator in value),
};
export const store: Kind = {
  words: 'what fileStore made',
  is: (value) => isFunction(Object(value).putCatalogue),
};
export const url: Kind = { words: 'an address', is: isUrl };
/** A Location is one, too. */
export const target: Kind = {
  words: 'the Id of a service, a URL or a Request',
  is: (value) => isUrl(value) || value instanceof Request || (isObject(value) && 'href' in value),
};
export const catalogueSources: Kind = {
  words: 'an address, { url, hint } or a list of these',
  is: (value) => isSource(value) || isFilledListOf(isSource)(value),
};
export const bytesOrCallback: Kind = {
  words: 'text, bytes or a function',
  is: (value) => isBytes(value) || isFunction(value),
};
/**
 * Not by class, since a browser may have no WebAssembly, nor by what it can be turned into: an element is no address.
 */
export const wasm: Kind = {
  words: 'an address, bytes, a Response or a Module, or a promise of one',
  is: (value) =>
    isText(value) ||
    (isObject(value) &&
      (ArrayBuffer.isView(value) ||
        /^\[object (URL|ArrayBuffer|Response|WebAssembly\.Module|Promise)]$/.test(
          Object.prototype.toString.call(value),
        ))),
};
export const hash: Kind = {
  words: 'one hash, as ehealth-bcp/integrity has it',
  is: (value) => typeof value === 'string' && integrityHash.test(value),
};
export const audience = oneOf('general-practitioner', 'pharmacist', 'all');
