import { check, checkShape } from './base/check.js';
import { BcpError, messageOf } from './base/errors.js';
import * as want from './base/kinds.js';
import { callShape } from './base/shapes.js';
import { Gateway } from './call/gateway.js';
import { clientOn } from './client.js';
import { CoreHost } from './core/host.js';
import type { BcpClient, CallOptions, CatalogueSource, ClientOptions, Provenance } from './types.js';
import { wasm as wasmBeside } from './wasm.js';

/** What the browser gives a service worker. Written down here: the DOM library does not declare it. */
export interface WorkerScope {
  /** Requests of pages. */
  addEventListener(type: 'fetch', listener: (event: WorkerFetchEvent) => void): void;
  /** The worker takes over. */
  addEventListener(type: 'activate', listener: () => void): void;
}

/** A request of a page. */
export interface WorkerFetchEvent {
  /** What the page asks. */
  readonly request: Request;
  /** Answers it. */
  respondWith(response: Promise<Response>): void;
}

/** What the client of the worker is made of. */
export interface WorkerOptions extends ClientOptions {
  /** Options of a call, from its request: for instance whether it may run twice. */
  callOptions?: (request: Request) => CallOptions;
}

/**
 * Gives requests of pages to known endpoints the same treatment as `client.fetch`, whatever HTTP library sends them.
 * Those for the catalogue and for `.wasm` files are left alone.
 *
 * Shape: call it once, in the first turn of a module service worker. Taking over pages (`skipWaiting`,
 * `clients.claim`) stays with the application. A protected answer tells where it came from in headers: x-bcp-source,
 * x-bcp-endpoint or x-bcp-stored-at, x-bcp-valid-until, x-bcp-expired,
 * x-bcp-attempts, and x-bcp-exhausted for the fault that is handed on when no endpoint is left.
 * Errors: a call that failed is a network error to the page; the code is in the events of the client.
 */
export function installServiceWorker(scope: WorkerScope, options: WorkerOptions): BcpClient {
  check('scope', scope, workerScope);
  check('options', options, want.object);
  const { callOptions, ...clientOptions } = options;
  const wasm = () => options.wasm ?? wasmBeside();
  if (callOptions !== undefined) check('options.callOptions', callOptions, want.callback);
  const client = clientOn(new CoreHost(wasm, { wasmIntegrity: options.wasmIntegrity }), clientOptions);
  let sources: Set<string>;
  try {
    const { gateway } = options;
    sources = addressesOf(options.catalogue ?? (gateway && new Gateway(gateway, fetch).catalogue));
  } catch (e) {
    client.close();
    throw new BcpError('bad-call', `options.catalogue: ${messageOf(e)}`, e);
  }
  // Activation does not wait for it: a client in a page may hold the lock that it needs, and wait for the worker.
  scope.addEventListener('activate', () => void client.preload().catch(() => {})); // the first call tries again
  scope.addEventListener('fetch', (event) => {
    const { request } = event;
    // Documents, scripts, styles, images: not service calls, and nothing may delay them.
    if (request.destination !== '' || request.mode === 'navigate') return;
    // What a client in a page fetches for itself: here it would wait for the very thing that it brings.
    if (sources.has(request.url) || /\.wasm(\?|$)/.test(request.url)) return;
    let bcp: CallOptions | undefined;
    try {
      bcp = callOptions?.(request);
      if (bcp !== undefined) checkShape('what options.callOptions returns', bcp, callShape);
    } catch (e) {
      queueMicrotask(() => {
        throw e;
      }); // for the console; the request goes out as it is
      return;
    }
    event.respondWith(answer(client, request, bcp));
  });
  return client;
}

const workerScope: want.Kind = {
  words: 'the self of a service worker',
  is: (scope) => typeof (scope as WorkerScope | undefined)?.addEventListener === 'function',
};

function addressesOf(catalogue: ClientOptions['catalogue']): Set<string> {
  const base = globalThis.location?.href ?? import.meta.url;
  const sources = (Array.isArray(catalogue) ? catalogue : [catalogue]) as CatalogueSource[];
  const named = sources.flatMap((source) =>
    typeof source === 'string' || source instanceof URL ? [source] : [source.url, source.hint],
  );
  return new Set(named.map((address) => new URL(address, base).href));
}

async function answer(client: BcpClient, request: Request, bcp: CallOptions | undefined): Promise<Response> {
  const response = await client.fetch(request, bcp ? { bcp } : {});
  const provenance = client.provenance(response);
  return told(response, provenance);
}

// An endpoint cannot pass for the cache: whatever it says in these headers is overwritten or dropped.
function told(response: Response, provenance: Provenance | undefined): Response {
  if (response.type === 'opaque' || response.type === 'opaqueredirect') return response;
  const foreign = [...response.headers.keys()].filter((name) => name.startsWith('x-bcp-'));
  const isPlain = provenance?.service === undefined; // it went out as it is
  if (isPlain && foreign.length === 0) return response;
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const name of foreign) headers.delete(name);
  if (isPlain) return new Response(body, { status, statusText, headers });
  headers.set('x-bcp-source', provenance.source);
  headers.set('x-bcp-attempts', String(provenance.attempts));
  if (provenance.source === 'network') {
    headers.set('x-bcp-endpoint', provenance.endpoint);
    if (provenance.exhausted) headers.set('x-bcp-exhausted', '1');
  } else {
    headers.set('x-bcp-stored-at', provenance.storedAt.toISOString());
    headers.set('x-bcp-valid-until', provenance.validUntil.toISOString());
    headers.set('x-bcp-expired', String(provenance.expired));
  }
  return new Response(body, { status, statusText, headers });
}
