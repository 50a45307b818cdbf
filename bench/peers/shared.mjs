export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const XADES = 'http://uri.etsi.org/01903/v1.3.2#';
export const SHA256_RSA = { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } };

export function expect(holds, what) {
  if (!holds) throw new Error(`expected ${what}`);
}

export const bytesOf = (data) => new Uint8Array(data);

export function base64(data) {
  let text = '';
  for (const byte of new Uint8Array(data)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/\s+/g, '')), (c) => c.charCodeAt(0));
}
