import { createHash, randomUUID, sign } from 'node:crypto';
import { type Holder, makeAuthority, makeSigner, pemOf, revocationListOf } from './certificates.js';
import { checkHow, checkSigning, versionOf } from './shapes.js';
import type { DrillAuthority, DrillList, DrillService, DrillSigning } from './types.js';

/** The common name that the platform's signer has, and that is expected unless an application says otherwise. */
const platformSignerCn = 'CBE=0809394427, SERVICELIST';

/** Makes an authority with new keys; nothing else trusts it. Takes about 0.2 s: keys are generated. */
export function createDrillAuthority(): DrillAuthority {
  const authority = makeAuthority('Drill Issuing CA');
  const signers = new Map<string, Holder>();
  const revoked = new Set<Holder>();
  let serial = 1;
  const signerFor = ({ notAfter, signerCn = platformSignerCn }: DrillSigning): Holder => {
    const key = `${signerCn} ${notAfter?.getTime() ?? ''}`;
    let signer = signers.get(key);
    if (!signer)
      signers.set(
        key,
        (signer = makeSigner(authority, signerCn, ++serial, notAfter ?? new Date(Date.now() + 180 * 24 * 60 * 60_000))),
      );
    return signer;
  };
  return {
    anchor: pemOf(authority),
    sign(list, signing = {}) {
      checkSigning(list, signing);
      return seal(
        list,
        versionOf(list),
        signerFor(signing),
        authority,
        signing.signingTime ?? list.issueInstant ?? new Date(),
      );
    },
    revoke(signing = {}) {
      checkHow(signing);
      return revocationListOf(authority, [...revoked.add(signerFor(signing))]);
    },
  };
}

const namespaceOf = { 1: 'urn:be:fgov:ehealth:bcp:protocol:v1', 2: 'urn:be:fgov:ehealth:bcp:protocol:v2' };
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const xades = 'http://uri.etsi.org/01903/v1.3.2#';
const excC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';

// Everything that is digested is written in the form that exclusive canonicalization gives it, so that no
// canonicalization is needed: attributes in order, no empty-element tags, each namespace where it is first used.
function seal(list: DrillList, version: 1 | 2, signer: Holder, authority: Holder, signingTime: Date): string {
  const { environment = 'Production', issueInstant = new Date() } = list;
  const id = `_${randomUUID()}`;
  const signatureId = `xmldsig-${randomUUID()}`;
  const propertiesId = `${signatureId}-xades-signedprops`;
  const opening =
    `<ServiceList xmlns="${namespaceOf[version]}" Environment="${attribute(environment)}" Id="${id}"` +
    ` IssueInstant="${issueInstant.toISOString()}">` +
    list.services.map((service) => serviceOf(service, version)).join('');
  const closing = '</ServiceList>';
  const properties = (xmlns: string) =>
    `<SignedProperties${xmlns} Id="${propertiesId}"><SignedSignatureProperties>` +
    `<SigningTime>${signingTime.toISOString()}</SigningTime><SigningCertificate><Cert><CertDigest>` +
    `<ns2:DigestMethod xmlns:ns2="${ds}" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ns2:DigestMethod>` +
    `<ns2:DigestValue xmlns:ns2="${ds}">${sha256(signer.der)}</ns2:DigestValue></CertDigest><IssuerSerial>` +
    `<ns2:X509IssuerName xmlns:ns2="${ds}">${text(authority.name)}</ns2:X509IssuerName>` +
    `<ns2:X509SerialNumber xmlns:ns2="${ds}">${signer.serial}</ns2:X509SerialNumber></IssuerSerial></Cert>` +
    '</SigningCertificate></SignedSignatureProperties></SignedProperties>';
  const signedInfo =
    `<ds:SignedInfo xmlns:ds="${ds}">\n<ds:CanonicalizationMethod Algorithm="${excC14n}"></ds:CanonicalizationMethod>\n` +
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>\n' +
    reference('', id, ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', excC14n], opening + closing) +
    reference(
      ' Type="http://uri.etsi.org/01903#SignedProperties"',
      propertiesId,
      [excC14n],
      properties(` xmlns="${xades}"`),
    ) +
    '</ds:SignedInfo>';
  const value = sign('sha256', Buffer.from(signedInfo), signer.key);
  const keyInfo = [signer, authority]
    .map(({ der }) => `<ds:X509Data><ds:X509Certificate>${wrapped(der)}</ds:X509Certificate></ds:X509Data>`)
    .join('');
  const signature =
    `<ds:Signature xmlns:ds="${ds}" Id="${signatureId}">${signedInfo}<ds:SignatureValue>${wrapped(value)}</ds:SignatureValue>` +
    `<ds:KeyInfo>${keyInfo}</ds:KeyInfo><ds:Object><QualifyingProperties xmlns="${xades}" Target="#${signatureId}">${properties('')}` +
    '</QualifyingProperties></ds:Object></ds:Signature>';
  return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n${opening}${signature}${closing}`;
}

function serviceOf({ id, name = id, endpoints, cache }: DrillService, version: 1 | 2): string {
  const list = endpoints
    .map((endpoint, order) => {
      const { url, status } =
        typeof endpoint === 'string' ? { url: endpoint, status: order === 0 ? 'ACTIVE' : 'INACTIVE' } : endpoint;
      return `<Endpoint Order="${order}" Status="${status}">${text(url)}</Endpoint>`;
    })
    .join('');
  const body = version === 1 ? list : `<EndpointList>${list}</EndpointList>${cache ? cacheOf(cache) : ''}`;
  return `<Service Id="${attribute(id)}" Name="${attribute(name)}">${body}</Service>`;
}

function cacheOf({ strategy, stylesheet, duration }: NonNullable<DrillService['cache']>): string {
  const expiry =
    duration === undefined
      ? '<Expiry Type="none"></Expiry>'
      : `<Expiry Duration="${attribute(duration)}" Type="ttl"></Expiry>`;
  // sic: Tranform, BCP XSD 2.0
  return `<Cache Strategy="${strategy}"><Key Inline="true" Tranform="xslt">${text(stylesheet)}</Key>${expiry}</Cache>`;
}

function reference(type: string, id: string, transforms: string[], canonical: string): string {
  return (
    `<ds:Reference${type} URI="#${id}">\n<ds:Transforms>\n` +
    transforms.map((algorithm) => `<ds:Transform Algorithm="${algorithm}"></ds:Transform>\n`).join('') +
    '</ds:Transforms>\n<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>\n' +
    `<ds:DigestValue>${sha256(Buffer.from(canonical))}</ds:DigestValue>\n</ds:Reference>\n`
  );
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}

// As Santuario writes base64: lines of 76 that end in a carriage return.
function wrapped(bytes: Buffer): string {
  return `\n${bytes.toString('base64').replaceAll(/.{76}(?=.)/g, '$&&#13;\n')}\n`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

function attribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');
}
