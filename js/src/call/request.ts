import { octets } from '../base/bytes.js';
import { check, checkShape, ownOf } from '../base/check.js';
import { BcpError, messageOf } from '../base/errors.js';
import * as want from '../base/kinds.js';
import { callShape } from '../base/shapes.js';
import type { BcpRequestInit, CallOptions } from '../types.js';

/** Which attempt of a call, at which endpoint of the catalogue. */
export interface At {
  endpoint: string;
  attempt: number;
}

/** What a caller asked for, in a form that can be sent several times. */
export interface Call {
  /** The service Id or URL. */
  target: string;
  method: string;
  options: CallOptions;
  signal: AbortSignal | undefined;
  /** The headers that say what kind of answer is asked for. */
  contentType: string | undefined;
  accept: string | undefined;
  /** Has ready what is sent at that attempt: what the application makes of it may take its time. */
  prepare(at: At): Promise<unknown>;
  /** The body as bytes, for the cache key; with a body of its own for each attempt, that for `at`. */
  body(at: At): Promise<Uint8Array | undefined>;
  /** Sends it to an address. `at` is the endpoint that the address stands for. */
  send(url: string | URL, signal: AbortSignal | undefined, at: At): Promise<Response>;
  /** Whether the transport goes where a redirect leads: an error is then perhaps of the second host,
    and proves nothing. */
  follows: boolean;
  /** Sends it as the caller wrote it, without us. */
  plain(): Promise<Response>;
}

/** Reads the arguments of fetch. Headers and body go out as they came in. */
export function callOf(fetch: typeof globalThis.fetch, input: string | URL | Request, init?: BcpRequestInit): Call {
  check('target', input, want.target);
  const { bcp: _, ...rest } = fixed(init);
  const { bcp = {} }: BcpRequestInit = ownOf(init ?? {});
  const options = checkShape('init.bcp', bcp, callShape);
  const request = input instanceof Request ? new Request(input, rest) : undefined;
  const target = request?.url ?? String(input);
  const signal = request?.signal ?? rest.signal ?? undefined;
  const { method, headers } = request ?? checked(rest);
  const isBodiless = method === 'GET' || method === 'HEAD';
  const own = options.body && makerOf(options.body);
  if (own && (isBodiless || (request?.body ?? rest.body) != null)) {
    throw new BcpError('bad-call', 'init.bcp.body: expected none beside another body, nor with GET or HEAD');
  }
  const base = request ? copyOf(request) : rest;
  let bytes: Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
  const read = () =>
    (bytes ??= asBadCall(async () =>
      request && !isBodiless ? octets(await request.arrayBuffer()) : bodyOf(rest.body),
    ));
  // A stream can be read once, so its bytes go out; everything else is sent as it is, so that fetch sets its media
  // type.
  const prepare = own ?? (request || isStream(rest.body) ? read : async () => rest.body);
  return {
    target: addressOf(target),
    method,
    options,
    signal,
    contentType: headers.get('content-type') ?? undefined,
    accept: headers.get('accept') ?? undefined,
    prepare,
    follows: !/error|manual/.test(careful(base, rest).redirect ?? ''),
    body: async (at) => (own ? bodyOf(await own(at)) : read()),
    send: async (url, signal, at) =>
      fetch(url, { ...careful(base, rest), body: (await prepare(at)) ?? null, signal: signal ?? null }),
    plain: async () => {
      if (!own && !bytes) return fetch(request ?? target, request ? undefined : rest);
      const body = (await prepare({ endpoint: target, attempt: 1 })) ?? null;
      return fetch(target, { ...base, body, signal: signal ?? null });
    },
  };
}

/** A string that can be a path is one; anything else that is no URL is the Id of a service. */
export function isUrl(target: string): boolean {
  return /^(https?:|blob:|data:|[.?#]|[^:]*\/)/i.test(target.replace(/[\s\0-\x1f]/g, '')); // as URL reads it
}

/** What fetch resolves an address against: a frame without an address of its own has that of its page. */
export const baseOf = (): string | undefined => globalThis.document?.baseURI ?? globalThis.location?.href;

// As fetch reads it, without the fragment, which is not sent. What is no address fails in fetch itself.
function addressOf(target: string): string {
  if (!isUrl(target)) return target;
  try {
    return new URL(target, baseOf()).href.replace(/#.*/, '');
  } catch {
    return target;
  }
}

// A browser's HTTP cache would answer as if the endpoint did, and keep patients' data on disk; a redirect leads to a
// host that nobody signed. Both only where the caller did not say otherwise.
function careful(init: RequestInit, said: RequestInit): RequestInit {
  const mode = said.mode ?? init.mode;
  return {
    ...init,
    ...(said.cache === undefined && (init.cache ?? 'default') === 'default' ? { cache: 'no-store' } : {}),
    ...(said.redirect === undefined && (init.redirect ?? 'follow') === 'follow' && mode !== 'no-cors'
      ? { redirect: 'error' }
      : {}),
  };
}

// As it is now: fetch copies it at the call, and who wipes a secret after that must not wipe it here. As fetch reads
// it: what it inherits, too, as a Request does.
function fixed(init: BcpRequestInit | undefined): BcpRequestInit {
  const given: Record<string, unknown> = {};
  for (const name in init) given[name] = init[name as keyof BcpRequestInit];
  const { body, headers } = given as BcpRequestInit;
  return {
    ...given,
    ...(headers ? { headers: new Headers(headers) } : {}),
    ...(body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? { body: octets(body).slice() } : {}),
    ...(body instanceof URLSearchParams ? { body: new URLSearchParams(body) } : {}),
  };
}

// What can be read once: in Node fetch takes anything that is read in turns.
function isStream(body: unknown): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body);
}

// The application's own body for an attempt, made once. What goes wrong in it is no fault of the endpoint.
function makerOf(make: NonNullable<CallOptions['body']>): (at: At) => Promise<BodyInit | undefined> {
  let last = '';
  let made: Promise<BodyInit | undefined> | undefined;
  const anew = async (at: At) => {
    try {
      const body = await make(at);
      return body instanceof ReadableStream ? await bodyOf(body) : body; // the key is made of it too
    } catch (e) {
      throw new BcpError('bad-call', `init.bcp.body failed: ${messageOf(e)}`, e);
    }
  };
  return (at) => {
    if (last !== (last = at.attempt + at.endpoint)) made = anew(at);
    return made!;
  };
}

// A body that cannot be read is no fault of the endpoint.
async function asBadCall(
  read: () => Promise<Uint8Array<ArrayBuffer> | undefined>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
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
  if (body != null && isBodiless) throw new TypeError(`a request with method ${request.method} cannot have a body`);
  return request;
}

async function bodyOf(body: BodyInit | null | undefined): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // A form is no SOAP message, and WebKit reads none that has a file.
  if (body === null || body === undefined || body instanceof FormData) return undefined;
  if (typeof body === 'string' || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return octets(body);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

// What a Request holds, for another address. A page's navigation cannot be repeated elsewhere, and is no service call.
function copyOf(request: Request): RequestInit {
  const { method, headers, mode, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive } =
    request;
  const elsewhere = mode === 'navigate' ? 'same-origin' : mode;
  return {
    method,
    headers,
    mode: elsewhere,
    credentials,
    cache,
    redirect,
    referrer,
    referrerPolicy,
    integrity,
    keepalive,
  };
}
