// What callers in JavaScript give is checked where it comes in: a wrong type is refused by name, with the code
// bad-call, and not by whatever breaks on it later. What goes to the core as JSON, the core checks and names: a script,
// how large a number of the policy may be.
import { BcpError } from './errors.js';
import { type Kind, isObject, object } from './kinds.js';

/** Members of an object; a name that ends in ? may be absent. */
export interface Shape {
  readonly [name: string]: Kind | Shape;
}

/** Refuses a value that is not of its kind. Errors: `bad-call`, which names it. */
export function check(name: string, value: unknown, { words, is }: Kind): void {
  if (!is(value)) throw new BcpError('bad-call', `${name}: expected ${words}, got ${looks(value)}`);
}

/** A copy with the members that an object has itself: what a prototype has, nobody gave. */
export function ownOf<T extends object>(value: T): T {
  return { __proto__: null, ...value } as T;
}

/**
 * Refuses an object that lacks what its shape has, has it in another kind, or has more. Returns ownOf it. Errors: as
 * check.
 */
export function checkShape<T>(name: string, value: T, shape: Shape): T {
  check(name, value, object);
  const given = ownOf(value as Record<string, unknown>);
  const members = Object.keys(shape).map((key) => key.replace('?', ''));
  // First: of a name that is misspelt, it says what came.
  const unknown = Object.keys(given).find((member) => !members.includes(member) && given[member] !== undefined);
  if (unknown) throw new BcpError('bad-call', `${name}: expected the members ${members.join(', ')}, got ${unknown}`);
  for (const [key, part] of Object.entries(shape)) {
    const member = key.replace('?', '');
    if (given[member] === undefined && member !== key) continue;
    if (isKind(part)) check(`${name}.${member}`, given[member], part);
    else given[member] = checkShape(`${name}.${member}`, given[member], part);
  }
  return given as T;
}

function isKind(part: Kind | Shape): part is Kind {
  return typeof part['is'] === 'function';
}

// The kind of a value, not what it holds: it may be a patient's.
function looks(value: unknown): string {
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return `[${value.slice(0, 3).map(looks).join(', ')}]`;
  if (value instanceof Promise) return 'a Promise: await it';
  if (isObject(value)) return value.constructor?.name || 'an object';
  return /^[sf]/.test(typeof value) ? `a ${typeof value}` : String(value); // not the text of a string or a symbol
}
