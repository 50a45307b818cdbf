import type { Bytes } from '../types.js';

/** One hash in the form of subresource integrity. */
export const integrityHash = /^sha(256|384|512)-([\w+/]+=*)$/;

/** Returns bytes for text or bytes. Those of a buffer are not copied. */
export function octets(value: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') return new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
  const { buffer = value, byteOffset, byteLength } = value as ArrayBufferView; // a buffer may be of another frame
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** The JSON text of a value as it is: not as a toJSON says that an old library gave to every array of the page. */
export function json(value: unknown, space?: number): string {
  return JSON.stringify(
    value,
    function (this: Record<string, unknown>, key) {
      return this[key];
    },
    space,
  );
}
