// libxml2-wasm (parser and exclusive c14n) + WebCrypto + pkijs: XML Signature written by hand on top.
import { ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import * as pkijs from 'pkijs';
import { base64, expect, fromBase64, SHA256_RSA, XADES, XMLDSIG } from './shared.mjs';

const names = { ds: XMLDSIG, xades: XADES };
const exclusive = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 };
const utf8 = new TextEncoder();
const canonical = (node) => utf8.encode(node.canonicalizeToString(exclusive));
const sha256 = async (data) => base64(await crypto.subtle.digest('SHA-256', data));

export async function libxml2Full(bytes, env) {
  const doc = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET });
  try {
    expect(!doc.dtd, 'no DOCTYPE');
    const { root } = doc;
    const signature = root.get('ds:Signature', names);
    expect(root.find('//ds:Signature', names).length === 1 && signature, 'one Signature below the root');
    const text = (path) => signature.get(path, names).content;
    const signedInfo = signature.get('ds:SignedInfo', names);
    const properties = signature.get('ds:Object/xades:QualifyingProperties/xades:SignedProperties', names);
    const references = signedInfo.find('ds:Reference', names);
    expect(
      references.length === 2 &&
        references[0].attr('URI').value === `#${root.attr('Id').value}` &&
        references[1].attr('URI').value === `#${properties.attr('Id').value}`,
      'two references',
    );
    const digests = references.map((r) => r.get('ds:DigestValue', names).content.trim());
    const signedOctets = canonical(signedInfo);
    const propertiesOctets = canonical(properties);
    const signatureValue = fromBase64(text('ds:SignatureValue'));
    const der = fromBase64(text('ds:KeyInfo/ds:X509Data/ds:X509Certificate'));
    const claimed = properties.get('.//xades:CertDigest/ds:DigestValue', names).content.trim();
    signature.remove();
    expect(
      (await sha256(canonical(root))) === digests[0] && (await sha256(propertiesOctets)) === digests[1],
      'both digests',
    );
    expect((await sha256(der)) === claimed, 'the signer that XAdES names');
    const certificate = pkijs.Certificate.fromBER(der);
    const chain = new pkijs.CertificateChainValidationEngine({
      trustedCerts: [pkijs.Certificate.fromBER(env.anchorDer)],
      certs: [certificate],
      checkDate: env.at,
    });
    const { result, resultMessage } = await chain.verify();
    expect(result, `a chain: ${resultMessage}`);
    const spki = certificate.subjectPublicKeyInfo.toSchema().toBER(false);
    const key = await crypto.subtle.importKey('spki', spki, SHA256_RSA, false, ['verify']);
    expect(await crypto.subtle.verify(SHA256_RSA.name, key, signatureValue, signedOctets), 'a valid signature');
    return root.find('*[local-name()="Service"]').length;
  } finally {
    doc.dispose();
  }
}
