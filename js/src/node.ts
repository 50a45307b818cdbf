// The entry ehealth-bcp/node: what only Node has.
import { check } from './base/check.js';
import * as want from './base/kinds.js';
import { FileStore } from './storage/filestore.js';
import type { ClientStore } from './types.js';

export type { ClientStore };

/**
 * Keeps the last good catalogue and what is known of the endpoints in a folder, so that a Node back-end has them after
 * a restart, also when the signer's certificate has ended meanwhile: `createBcpClient({ store: fileStore(dir), … })`.
 *
 * Several Node processes may share a folder. It holds no answers and no requests, and is made when it is not there,
 * readable by its owner alone. One that cannot be used costs no call: the event `storage-degraded` says
 * `storage-unavailable` or `storage-quota`. One folder for each environment.
 * Errors: `bad-call` for what is no path.
 */
export function fileStore(dir: string): ClientStore {
  check('dir', dir, want.text);
  return new FileStore(dir) as unknown as ClientStore;
}
