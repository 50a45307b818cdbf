import { BcpError } from './errors.js';

// A body that says it is this short is read in one go, which is several times faster than its stream. Compressed, it can
// still be a thousand times longer than it says: 64 MiB at most.
const shortBytes = 64 << 10;

/** Reads a body up to `maxBytes`. Errors: `input-too-large`; what the stream reports when it breaks. */
export async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = response.headers.get('content-length');
  if (!response.body || (announced !== null && Number(announced) <= shortBytes)) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
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
