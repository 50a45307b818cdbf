// A signer whose key was stolen: what frees a client that holds the list of the thief.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { fileStore } from '../../dist/node.js';
import { createDrillAuthority, soapAnswer, startFaultServer } from '../../dist/testing/index.js';

const id = 'uddi:ehealth-fgov-be:business:insurability:v2';
const day = 24 * 60 * 60_000;

describe('a client that holds a list signed with a stolen key', () => {
  const authority = createDrillAuthority();
  const nextSigner = { notAfter: new Date(Date.now() + 90 * day) };
  let server, stolen, own, dir, clients, good, source;

  before(async () => {
    server = await startFaultServer();
    const thief = server.behave('/thief', 'ok');
    good = server.behave('/good', 'ok');
    const listOf = (url, age) => ({ services: [{ id, endpoints: [url] }], issueInstant: new Date(Date.now() - age) });
    stolen = authority.sign(listOf(thief, 1_000));
    own = authority.sign(listOf(good, 60_000), nextSigner); // older than the thief's
  });
  after(() => server.close());
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'bcp-revocation-'));
    clients = [];
    source = server.behave('/list.xml', { body: stolen });
    const bcp = start();
    const stored = new Promise((resolve) => bcp.subscribe(({ type }) => type === 'catalogue-updated' && resolve()));
    await bcp.preload();
    assert.equal(await endpointOf(bcp), `${server.origin}/thief`);
    await stored;
    bcp.close();
    server.behave('/list.xml', { body: own });
  });
  afterEach(() => {
    clients.forEach((bcp) => bcp.close());
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (crls, catalogue = source) => {
    const options = { environment: 'Production', catalogue, anchors: [authority.anchor], store: fileStore(dir) };
    const bcp = createBcpClient(crls ? { ...options, crls } : options);
    clients.push(bcp);
    return bcp;
  };
  const endpointOf = async (bcp) =>
    bcp.provenance(await bcp.fetch(id, { method: 'POST', body: soapAnswer('<q/>') })).endpoint;

  it('stays with it as long as no CRL came', async () => {
    const bcp = start();
    await bcp.refresh();
    assert.equal(await endpointOf(bcp), `${server.origin}/thief`);
  });

  it('takes the true list, which is older, once it has the CRL', async () => {
    const bcp = start([authority.revoke()]);
    await bcp.preload();
    assert.equal(await endpointOf(bcp), good);
    assert.deepEqual((await bcp.status()).catalogue.lint, []);
  });

  it('calls nobody of the list in the store while the sources are out of reach', async () => {
    const bcp = start([authority.revoke()], server.refused);
    await assert.rejects(endpointOf(bcp), { code: 'signer-revoked' });
    assert.equal((await bcp.status()).catalogue, undefined);
  });

  it('keeps it in memory at clear("everything"), and takes the true list at the next start', async () => {
    const bcp = start();
    await bcp.refresh();
    await bcp.clear('everything');
    await bcp.refresh();
    assert.equal(await endpointOf(bcp), `${server.origin}/thief`);
    await bcp.clear('everything');
    bcp.close();
    assert.equal(await endpointOf(start()), good);
  });
});
