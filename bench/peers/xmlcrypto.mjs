// xml-crypto with the signer's certificate pinned; Node only (in a browser it needs a polyfill of Node's crypto).
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { expect, XMLDSIG } from './shared.mjs';

export async function xmlCryptoPinned(bytes, env) {
  const xml = new TextDecoder().decode(bytes);
  const parse = (text) => new DOMParser().parseFromString(text, 'text/xml');
  const signed = new SignedXml({ publicCert: env.leafPem });
  signed.loadSignature(parse(xml).getElementsByTagNameNS(XMLDSIG, 'Signature')[0]);
  expect(signed.checkSignature(xml), 'a valid signature');
  return parse(signed.getSignedReferences()[0]).getElementsByTagName('Service').length;
}
