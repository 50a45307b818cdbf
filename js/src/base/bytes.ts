import type { Bytes } from '../types.js';

/** One hash in the form of subresource integrity. */
export const integrityHash = /^sha(256|384|512)-([\w+/]+=*)$/;

/** Returns bytes for text or bytes. Those of a buffer are not copied. */
export function octets(value: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') return new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
}
