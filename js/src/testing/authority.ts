import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { pemOf } from './certificates.js';
import { type Host, doNow } from './keys.js';
import { checkHow, checkSigning } from './shapes.js';
import { Signing } from './signing.js';
import type { DrillAuthority } from './types.js';

const node: Host<true> = {
  makeKeys() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { secret: privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
  },
  digest: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  sign: (data, secret) => new Uint8Array(sign('sha256', data, secret as KeyObject)),
};

/**
 * Makes an authority with new keys; nothing else trusts it. Takes about 0.2 s: keys are generated. In Node; in a
 * browser too: `createDrillAuthorityAsync`.
 */
export function createDrillAuthority(): DrillAuthority {
  const signing = doNow(Signing.begin(), node);
  return {
    anchor: pemOf(signing.authority),
    sign(list, how = {}) {
      checkSigning(list, how);
      return doNow(signing.sign(list, how), node);
    },
    revoke(how = {}) {
      checkHow(how);
      return doNow(signing.revoke(how), node);
    },
  };
}
