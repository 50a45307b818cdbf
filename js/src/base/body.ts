import { BcpError } from './errors.js';

/**
 * Reads a body up to `maxBytes`, whatever it announces: compressed, it can be a thousand times longer than that.
 *
 * Errors: `input-too-large`; what the stream reports when it breaks.
 */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length > maxBytes) {
      reader.cancel().catch(() => {}); // of a clone, it ends only when the other is cancelled too
      throw new BcpError('input-too-large', `expected at most ${maxBytes} bytes from ${response.url}, got more`);
    }
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
