// xadesjs + pkijs: the full check that a careful developer writes around them today. Both references, the XAdES
// certificate digest and the chain to the anchor.
import * as XmlCore from 'xml-core';
import * as XAdES from 'xadesjs';
import * as XmlDSig from 'xmldsigjs';
import * as pkijs from 'pkijs';
import { base64, bytesOf, expect, SHA256_RSA, XMLDSIG } from './shared.mjs';

function load(library, bytes) {
  const doc = XmlCore.Parse(new TextDecoder().decode(bytes));
  expect(!doc.doctype, 'no DOCTYPE');
  const signatures = doc.getElementsByTagNameNS(XMLDSIG, 'Signature');
  expect(signatures.length === 1 && signatures[0].parentNode === doc.documentElement, 'one Signature below the root');
  const signed = new library.SignedXml(doc);
  signed.LoadXml(signatures[0]);
  return { root: doc.documentElement, signed };
}

async function chained(certificate, env) {
  const engine = new pkijs.CertificateChainValidationEngine({
    trustedCerts: [pkijs.Certificate.fromBER(env.anchorDer)],
    certs: [pkijs.Certificate.fromBER(certificate)],
    checkDate: env.at,
  });
  const { result, resultMessage } = await engine.verify();
  expect(result, `a chain: ${resultMessage}`);
}

export async function xadesFull(bytes, env) {
  const { root, signed } = load(XAdES, bytes);
  const references = [...signed.XmlSignature.SignedInfo.References.GetIterator()];
  expect(
    references.length === 2 &&
      references[0].Uri === `#${root.getAttribute('Id')}` &&
      references[1].Uri === `#${signed.Properties.SignedProperties.Id}`,
    'two references',
  );
  const certificate = [...signed.XmlSignature.KeyInfo.GetIterator()][0].Certificates[0];
  const der = certificate.GetRaw();
  await chained(der, env);
  const claimed =
    signed.Properties.SignedProperties.SignedSignatureProperties.SigningCertificate.Item(0).CertDigest.DigestValue;
  expect(base64(await crypto.subtle.digest('SHA-256', der)) === base64(claimed), 'the signer that XAdES names');
  expect(await signed.Verify(await certificate.exportKey(SHA256_RSA)), 'a valid signature');
  return root.getElementsByTagName('Service').length;
}

// xmldsigjs with the signer's certificate pinned: XML Signature only.
export async function xmldsigPinned(bytes, env) {
  const { root, signed } = load(XmlDSig, bytes);
  const key = await new XmlDSig.X509Certificate(bytesOf(env.leafDer)).exportKey(SHA256_RSA);
  expect(await signed.Verify(key), 'a valid signature');
  return root.getElementsByTagName('Service').length;
}
