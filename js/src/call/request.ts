import { octets } from '../base/bytes.js';
import { check, checkShape } from '../base/check.js';
import { BcpError, messageOf } from '../base/errors.js';
import * as want from '../base/kinds.js';
import { callShape } from '../base/shapes.js';
import type { BcpRequestInit, CallOptions } from '../types.js';

/** What a caller asked for, in a form that can be sent several times. */
export interface Call {
  /** The service Id or URL. */
  target: string;
  method: string;
  options: CallOptions;
  signal: AbortSignal | undefined;
  /** The body as bytes, for the cache key. */
  body(): Promise<Uint8Array | undefined>;
  /** Sends it to an address. */
  send(url: string | URL, signal: AbortSignal): Promise<Response>;
  /** Sends it as the caller wrote it, without us. */
  plain(): Promise<Response>;
}

/** Reads the arguments of fetch. Headers and body go out as they came in. */
export function callOf(fetch: typeof globalThis.fetch, input: string | URL | Request, init: BcpRequestInit = {}): Call {
  check('target', input, want.target);
  const { bcp: options = {}, ...rest } = init;
  checkShape('init.bcp', options, callShape);
  if (!(input instanceof Request)) return callOfInit(fetch, String(input), rest, options);
  const request = new Request(input, rest);
  const isBodiless = request.method === 'GET' || request.method === 'HEAD';
  let body: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
  const read = () => (body ??= isBodiless ? Promise.resolve(undefined) : asBadCall(() => request.arrayBuffer().then(octets)));
  const send = async (url: string | URL, signal: AbortSignal) =>
    fetch(url, { ...copyOf(request), ...(isBodiless ? {} : { body: (await read()) ?? null }), signal });
  return {
    target: request.url,
    method: request.method,
    options,
    signal: request.signal,
    body: read,
    send,
    plain: () => (body ? send(request.url, request.signal) : fetch(request)),
  };
}

function callOfInit(fetch: typeof globalThis.fetch, target: string, init: RequestInit, options: CallOptions): Call {
  const { method } = checked(init);
  const isStream = init.body instanceof ReadableStream;
  let body: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
  const read = () => (body ??= asBadCall(() => bodyOf(init.body)));
  return {
    target,
    method,
    options,
    signal: init.signal ?? undefined,
    body: read,
    // A stream can be read once, so its bytes go out; everything else is sent as it is, so that fetch sets its media type.
    send: async (url, signal) => fetch(url, { ...init, ...(isStream ? { body: (await read()) ?? null } : {}), signal }),
    plain: async () => fetch(target, { ...init, ...(isStream && body ? { body: (await body) ?? null } : {}) }),
  };
}

// A body that cannot be read is no fault of the endpoint.
async function asBadCall(read: () => Promise<Uint8Array<ArrayBuffer> | undefined>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await read();
  } catch (e) {
    throw new BcpError('bad-call', `init.body: it cannot be read: ${messageOf(e)}`, e);
  }
}

// A request that no fetch would take must fail here, as fetch fails: later it would look like endpoints that fail.
function checked({ body, signal: _signal, ...init }: RequestInit): Request {
  const request = new Request('https://service.invalid/', init);
  const isBodiless = request.method === 'GET' || request.method === 'HEAD';
  if (body && isBodiless) throw new TypeError(`a request with method ${request.method} cannot have a body`);
  return request;
}

async function bodyOf(body: BodyInit | null | undefined): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === null || body === undefined) return undefined;
  if (typeof body === 'string' || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return octets(body);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

// What a Request holds, for another address. A page's navigation cannot be repeated elsewhere, and is no service call.
function copyOf(request: Request): RequestInit {
  const { method, headers, mode, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive } = request;
  const elsewhere = mode === 'navigate' ? 'same-origin' : mode;
  return { method, headers, mode: elsewhere, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive };
}
