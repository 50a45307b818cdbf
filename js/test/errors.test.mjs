// Errors of the package inside those of others: libraries wrap what their fetch throws.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { BcpError, bcpErrorOf, isBcpError } from '../../dist/index.node.js';

const ours = new BcpError('not-repeatable', 'it may have arrived');
const wrapped = (cause, times) => (times === 0 ? cause : new Error('wrapped', { cause: wrapped(cause, times - 1) }));
const withOwn = (value) => Object.assign(new Error('x'), value);

const loop = new Error('a');
loop.cause = new Error('b', { cause: loop });
const itself = Object.assign(new Error('c'));
itself.cause = itself;
const refusing = Object.defineProperty(new Error('x'), 'cause', {
  get() {
    throw new Error('no');
  },
});

describe('an error of the package', () => {
  const found = {
    'as it is': ours,
    'in the cause of another': wrapped(ours, 1),
    'eight causes deep': wrapped(ours, 8),
    'in the error of an HttpErrorResponse, which is no Error': { name: 'HttpErrorResponse', error: ours },
    'of another realm, in a cause': runInContext('(e) => new Error("x", { cause: e })', createContext())(ours),
    'in what is no Error': { cause: { cause: ours } },
  };
  for (const [name, e] of Object.entries(found)) {
    it(`is found ${name}`, () => {
      assert.equal(bcpErrorOf(e), ours);
      assert.equal(isBcpError(e), true);
    });
  }

  it('is made where the page froze Error.prototype', (t) => {
    const own = Object.getOwnPropertyDescriptor(Error.prototype, 'name');
    t.after(() => Object.defineProperty(Error.prototype, 'name', own));
    Object.defineProperty(Error.prototype, 'name', { ...own, writable: false });
    assert.equal(new BcpError('closed', 'x').name, 'BcpError');
  });

  const strangers = {
    'an error': new TypeError('Failed to fetch'),
    'an error with a code of ours': withOwn({ code: 'not-repeatable' }),
    'an error with another mark': withOwn({ bcp: true }),
    nothing: undefined,
    null: null,
    'a text': 'not-repeatable',
    'a symbol': Symbol('x'),
    'causes in a ring': loop,
    'its own cause': itself,
    'nine causes deep': wrapped(ours, 9),
    'a million causes deep': Array.from({ length: 1e6 }).reduce((cause) => ({ cause }), ours),
    'a cause that cannot be read': refusing,
    'what refuses every question': new Proxy({}, { get: () => assert.fail('it was asked') }),
  };
  for (const [name, e] of Object.entries(strangers)) {
    it(`is not found: ${name}`, () => {
      assert.equal(bcpErrorOf(e), undefined);
      assert.equal(isBcpError(e), false);
    });
  }
});
