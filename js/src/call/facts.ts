import type { Event } from '../core/contract.js';

/** What the core is told of a Response, without its body. */
export function factsOf({ status, headers, type, redirected }: Response, method: string, isOwnGateway: boolean): Event {
  if (isOwnGateway && headers.get('x-bcp-not-sent') === '1') {
    const code = headers.get('x-bcp-code');
    return { kind: 'response', status, notSent: true, ...(code ? { code } : {}) };
  }
  if (method === 'HEAD') return { kind: 'response', status }; // its headers describe a body that does not come
  const contentType = headers.get('content-type');
  const contentLength = headers.get('content-length');
  // Then the length is, or may be, that of other bytes: across origins a browser shows the length and not the encoding.
  const isEncoded = headers.has('content-encoding') || (type === 'cors' && globalThis.location !== undefined);
  return {
    kind: 'response',
    status,
    ...(contentType === null ? {} : { contentType }),
    ...(contentLength === null || isEncoded || !/^\d{1,15}$/.test(contentLength)
      ? {}
      : { contentLength: Number(contentLength) }),
    ...(redirected ? { redirected } : {}),
  };
}

/** Whether it answers a request in no-cors mode: nobody but the browser may look inside. */
export function isOpaque({ type }: Response): boolean {
  return type === 'opaque' || type === 'opaqueredirect';
}
