import { octets } from '../base/bytes.js';
import { type Holder, makeAuthority, makeSigner, revocationListOf } from './certificates.js';
import { type Octets, type Steps, base64, digestOf, signatureOf } from './keys.js';
import { versionOf } from './shapes.js';
import type { DrillList, DrillService, DrillSigning } from './types.js';

/** The common name that the platform's signer has, and that is expected unless an application says otherwise. */
const platformSignerCn = 'CBE=0809394427, SERVICELIST';

/** An authority with its signers: one for each name and end that was asked for. */
export class Signing {
  readonly authority: Holder;
  readonly #signers = new Map<string, Holder>();
  readonly #revoked = new Set<Holder>();

  private constructor(authority: Holder) {
    this.authority = authority;
  }

  /** Makes the keys of an authority. */
  static *begin(): Steps<Signing> {
    return new Signing(yield* makeAuthority('Drill Issuing CA'));
  }

  /** Returns the signed catalogue. One at a time. */
  *sign(list: DrillList, how: DrillSigning): Steps<string> {
    const signer = yield* this.#signerFor(how);
    const at = how.signingTime ?? list.issueInstant ?? new Date();
    return yield* seal(list, versionOf(list), signer, this.authority, at);
  }

  /** Returns the list of all that were revoked. One at a time, as `sign`. */
  *revoke(how: DrillSigning): Steps<string> {
    const signer = yield* this.#signerFor(how);
    return yield* revocationListOf(this.authority, [...this.#revoked.add(signer)]);
  }

  *#signerFor({ notAfter, signerCn = platformSignerCn }: DrillSigning): Steps<Holder> {
    const key = `${signerCn} ${notAfter?.getTime() ?? ''}`;
    let signer = this.#signers.get(key);
    if (!signer) {
      const until = notAfter ?? new Date(Date.now() + 180 * 24 * 60 * 60_000);
      signer = yield* makeSigner(this.authority, signerCn, this.#signers.size + 2, until);
      this.#signers.set(key, signer);
    }
    return signer;
  }
}

const namespaceOf = { 1: 'urn:be:fgov:ehealth:bcp:protocol:v1', 2: 'urn:be:fgov:ehealth:bcp:protocol:v2' };
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const xades = 'http://uri.etsi.org/01903/v1.3.2#';
const excC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';

// Everything that is digested is written in the form that exclusive canonicalization gives it, so that no
// canonicalization is needed: attributes in order, no empty-element tags, each namespace where it is first used.
function* seal(list: DrillList, version: 1 | 2, signer: Holder, authority: Holder, signingTime: Date): Steps<string> {
  const { environment = 'Production', issueInstant = new Date() } = list;
  const id = `_${crypto.randomUUID()}`;
  const signatureId = `xmldsig-${crypto.randomUUID()}`;
  const propertiesId = `${signatureId}-xades-signedprops`;
  const opening =
    `<ServiceList xmlns="${namespaceOf[version]}" Environment="${attribute(environment)}" Id="${id}"` +
    ` IssueInstant="${issueInstant.toISOString()}">` +
    list.services.map((service) => serviceOf(service, version)).join('');
  const closing = '</ServiceList>';
  const certDigest = yield* sha256(signer.der);
  const properties = (xmlns: string) =>
    `<SignedProperties${xmlns} Id="${propertiesId}"><SignedSignatureProperties>` +
    `<SigningTime>${signingTime.toISOString()}</SigningTime><SigningCertificate><Cert><CertDigest>` +
    `<ns2:DigestMethod xmlns:ns2="${ds}" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ns2:DigestMethod>` +
    `<ns2:DigestValue xmlns:ns2="${ds}">${certDigest}</ns2:DigestValue></CertDigest><IssuerSerial>` +
    `<ns2:X509IssuerName xmlns:ns2="${ds}">${text(authority.name)}</ns2:X509IssuerName>` +
    `<ns2:X509SerialNumber xmlns:ns2="${ds}">${signer.serial}</ns2:X509SerialNumber></IssuerSerial></Cert>` +
    '</SigningCertificate></SignedSignatureProperties></SignedProperties>';
  const signedInfo =
    `<ds:SignedInfo xmlns:ds="${ds}">\n<ds:CanonicalizationMethod Algorithm="${excC14n}"></ds:CanonicalizationMethod>\n` +
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>\n' +
    (yield* reference('', id, ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', excC14n], opening + closing)) +
    (yield* reference(
      ' Type="http://uri.etsi.org/01903#SignedProperties"',
      propertiesId,
      [excC14n],
      properties(` xmlns="${xades}"`),
    )) +
    '</ds:SignedInfo>';
  const value = yield* signatureOf(octets(signedInfo), signer.secret);
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

function* reference(type: string, id: string, transforms: string[], canonical: string): Steps<string> {
  return (
    `<ds:Reference${type} URI="#${id}">\n<ds:Transforms>\n` +
    transforms.map((algorithm) => `<ds:Transform Algorithm="${algorithm}"></ds:Transform>\n`).join('') +
    '</ds:Transforms>\n<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>\n' +
    `<ds:DigestValue>${yield* sha256(octets(canonical))}</ds:DigestValue>\n</ds:Reference>\n`
  );
}

function* sha256(data: Octets): Steps<string> {
  return base64(yield* digestOf(data));
}

// As Santuario writes base64: lines of 76 that end in a carriage return.
function wrapped(data: Octets): string {
  return `\n${base64(data).replaceAll(/.{76}(?=.)/g, '$&&#13;\n')}\n`;
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
