import { BcpError } from '../base/errors.js';
import { pemOf } from './certificates.js';
import { type Host, type Octets, type Steps, doLater } from './keys.js';
import { checkHow, checkSigning } from './shapes.js';
import { Signing } from './signing.js';
import type { DrillAuthorityAsync } from './types.js';

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const web: Host<false> = {
  async makeKeys() {
    const kind = { ...algorithm, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
    const { publicKey, privateKey } = await crypto.subtle.generateKey(kind, true, ['sign', 'verify']);
    return { secret: privateKey, spki: new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)) };
  },
  digest: async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data)),
  sign: async (data, secret) =>
    new Uint8Array(await crypto.subtle.sign(algorithm.name, secret as CryptoKey, data)) as Octets,
};

/**
 * Makes an authority with new keys, in a browser or in Node; nothing else trusts it. Takes about 0.2 s: keys are
 * generated. Errors: `bad-call` for a page on plain http (localhost apart), where browsers have no keys.
 */
export async function createDrillAuthorityAsync(): Promise<DrillAuthorityAsync> {
  if (!globalThis.crypto?.subtle)
    throw new BcpError('bad-call', 'createDrillAuthorityAsync: expected a page on https or localhost, which has keys');
  const signing = await doLater(Signing.begin(), web);
  let last: Promise<unknown> = Promise.resolve();
  // One at a time: two of one signer need its keys once.
  const inTurn = (steps: () => Steps<string>): Promise<string> => {
    const mine = last.then(() => doLater(steps(), web));
    last = mine.catch(() => {});
    return mine;
  };
  return {
    anchor: pemOf(signing.authority),
    async sign(list, how = {}) {
      checkSigning(list, how);
      return inTurn(() => signing.sign(list, how));
    },
    async revoke(how = {}) {
      checkHow(how);
      return inTurn(() => signing.revoke(how));
    },
  };
}
