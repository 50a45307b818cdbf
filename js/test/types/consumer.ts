// What an application writes; it must compile against the package as it is published.
import {
  type BcpEvent,
  type ClientStatus,
  type ErrorCode,
  bcpErrorOf,
  createBcpClient,
  isBcpError,
  verify,
} from 'ehealth-bcp';
import { integrity } from 'ehealth-bcp/integrity';
import { fileStore } from 'ehealth-bcp/node';
import { installServiceWorker } from 'ehealth-bcp/service-worker';
import { createBcpClient as createSlimClient } from 'ehealth-bcp/slim';
import { createDrillAuthority, createDrillAuthorityAsync, startFaultServer } from 'ehealth-bcp/testing';

const client = createBcpClient({
  environment: 'Production',
  catalogue: [
    { url: '/bcp/servicelist.xml', hint: '/bcp/servicelist.sha2' },
    new URL('https://cdn.example/servicelist.xml'),
  ],
  anchors: ['-----BEGIN CERTIFICATE-----'],
  policy: { name: 'published', attemptTimeoutMs: 5_000 },
  cache: { services: ['uddi:x'], persistent: { user: 'u', secret: async () => new Uint8Array(32) } },
  wasmIntegrity: integrity,
});

export async function use(signal: AbortSignal): Promise<string> {
  try {
    const response = await client.fetch('uddi:x', { method: 'POST', body: '<a/>', signal, bcp: { repeat: 'yes' } });
    const provenance = client.provenance(response);
    if (provenance?.source === 'cache') return provenance.storedAt.toISOString() + String(provenance.expired);
    const { source, endpoint, storedAt } = client.provenance(response)!;
    return `${source} ${endpoint} ${storedAt}`;
  } catch (e) {
    const failure = bcpErrorOf(e);
    if (failure?.code === 'endpoints-exhausted') return failure.tried.map(({ outcome }) => outcome).join();
    if (isBcpError(e) && e.code === 'timeout') return String(e.tried?.length);
    throw e;
  }
}

export function describe(event: BcpEvent): string {
  switch (event.type) {
    case 'endpoint-switched':
      return `${event.service}: ${event.from} -> ${event.to}`;
    case 'storage-degraded':
      return event.code;
    default:
      return event.type;
  }
}

export function codeOf(e: unknown): ErrorCode | undefined {
  // @ts-expect-error: a library may have left the code out
  if (isBcpError(e)) return e.code satisfies ErrorCode;
  return bcpErrorOf(e)?.code;
}

declare const library: { request: Request; response: Response };
export const origins = [client.provenance(library.response), client.provenance(library.request)];

export const status: Promise<ClientStatus> = client.status();
export const verdict = verify(new Uint8Array(), { anchors: [] }).then(({ signer }) => signer.cn);
export const slim = createSlimClient({ environment: 'E', catalogue: '/c', anchors: [''], wasm: fetch('/bcp.wasm') });
export const kept = createBcpClient({
  environment: 'E',
  catalogue: 'https://example.be/c',
  anchors: [''],
  store: fileStore('/var/lib/x'),
});
export const drill = [createDrillAuthority(), createDrillAuthorityAsync(), startFaultServer()] as const;

declare const self: Parameters<typeof installServiceWorker>[0];
export const worker = installServiceWorker(self, {
  environment: 'E',
  catalogue: '/c',
  anchors: [''],
  callOptions: () => ({ repeat: 'yes' }),
});

// @ts-expect-error: a status that does not exist
export const wrong: BcpEvent = { atMs: 1, type: 'catalogue-lost' };
