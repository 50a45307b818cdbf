import type { Bytes } from '../types.js';

const utf8 = new TextEncoder();

/** One hash in the form of subresource integrity. */
export const integrityHash = /^sha(256|384|512)-([\w+/]+=*)$/;

/** Returns bytes for text or bytes. Those of a buffer are not copied. */
export function octets(value: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') return utf8.encode(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
}
