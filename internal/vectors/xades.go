package vectors

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const (
	signedProps = properties + "/SignedSignatureProperties"
	cert        = signedProps + "/SigningCertificate/Cert"
)

func base64Of(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }

// xades holds signatures that are right as XMLDSig and wrong as XAdES-BES.
func xades(k *kit) []scenario {
	invalid := func(name, source, comment string, edit func(root *etree.Element)) scenario {
		return refused("xades/"+name, bcperr.XAdESInvalid, "XAdES 1.3.2 "+source, comment, k.before(edit))
	}
	// comment puts a comment where canonical form drops it; more puts an element where the signer signed it.
	comment := func(name, text, path string) scenario {
		return refused("xades/"+name, bcperr.XAdESInvalid, "docs/design.md#verify", text,
			k.after(func(doc *etree.Document) { insertComment(find(doc.Root(), path)) }))
	}
	more := func(name, parent, path string) scenario {
		return invalid(name, "§7.2", "an element more in "+parent,
			func(root *etree.Element) { find(root, path).CreateElement("Endpoint").SetText(evil) })
	}
	reissued := k.signerWith(func(c *x509.Certificate) { c.SerialNumber = big.NewInt(23) })
	return []scenario{
		refused("xades/object-removed", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1", "the Object taken out after signing",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), object)) })),
		invalid("properties-emptied", "§6.2.1", "QualifyingProperties without SignedProperties",
			func(root *etree.Element) { remove(find(root, properties)) }),
		refused("xades/properties-replaced", bcperr.DigestMismatch, "XAdES 1.3.2 §6.3.1",
			"the SignedProperties of another signature in their place",
			k.after(func(doc *etree.Document) {
				own := find(doc.Root(), properties)
				id := own.SelectAttrValue("Id", "")
				d := k.sealed(k.signerOf("rotated"))
				other := find(d.Doc.Root(), properties).Copy()
				set(other, "Id", id)
				parent := own.Parent()
				remove(own)
				parent.AddChild(other)
			})),
		invalid("properties-twice", "§6.2", "two SignedProperties, one of them covered",
			func(root *etree.Element) {
				p := find(root, properties)
				second := p.Copy()
				set(second, "Id", "second")
				p.Parent().AddChild(second)
			}),
		refused("xades/qualifying-twice", bcperr.SignatureShape, "XAdES 1.3.2 §6.2", "two QualifyingProperties",
			k.before(func(root *etree.Element) {
				second := find(root, qualifying).Copy()
				set(find(second, "./SignedProperties"), "Id", "second")
				find(root, object).AddChild(second)
			})),
		invalid("type-missing", "§6.3.1", "the Reference to SignedProperties without its Type",
			func(root *etree.Element) { nth(root, reference, 1).RemoveAttr("Type") }),
		refused("xades/type-other", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1",
			"the Reference to SignedProperties with the Type of something else",
			k.before(func(root *etree.Element) {
				set(nth(root, reference, 1), "Type", "http://uri.etsi.org/01903#CountersignedSignature")
			})),
		invalid("target-other", "§6.2", "Target names another signature",
			func(root *etree.Element) { set(find(root, qualifying), "Target", "#other") }),
		invalid("target-missing", "§6.2", "no Target",
			func(root *etree.Element) { find(root, qualifying).RemoveAttr("Target") }),
		invalid("other-namespace", "§6.2", "version 1.1.1 of the format",
			func(root *etree.Element) { set(find(root, qualifying), "xmlns", "http://uri.etsi.org/01903/v1.1.1#") }),
		invalid("certificate-missing", "§7.2.2", "no SigningCertificate",
			func(root *etree.Element) { remove(find(root, signedProps+"/SigningCertificate")) }),
		invalid("certificate-digest", "§7.2.2", "the digest of another certificate",
			func(root *etree.Element) {
				find(root, cert+"/CertDigest/DigestValue").SetText(base64Of(make([]byte, 32)))
			}),
		refused("xades/certificate-digest-sha1", bcperr.AlgorithmRefused, "RFC 6194",
			"a SHA-1 digest of the certificate, which is right",
			k.before(func(root *etree.Element) {
				set(find(root, cert+"/CertDigest/DigestMethod"), "Algorithm", nsDSig+"sha1")
				sum := sha1.Sum(k.pki.Signer.Chain[0].Raw)
				find(root, cert+"/CertDigest/DigestValue").SetText(base64Of(sum[:]))
			})),
		invalid("serial-other", "§7.2.2", "the serial of another certificate",
			func(root *etree.Element) { find(root, cert+"/IssuerSerial/X509SerialNumber").SetText("17") }),
		invalid("issuer-other", "§7.2.2", "the issuer of another certificate",
			func(root *etree.Element) {
				find(root, cert+"/IssuerSerial/X509IssuerName").SetText("CN=BCP test other CA,O=TEST ONLY " +
					"ehealth-bcp,C=BE")
			}),
		invalid("issuer-unreadable", "§7.2.2", "a name that is none", func(root *etree.Element) {
			find(root, cert+"/IssuerSerial/X509IssuerName").SetText("BCP test issuing CA")
		}),
		accepted("xades/issuer-hex", "RFC 4514 §2.4", "the issuer's CN by number and as DER",
			k.before(func(root *etree.Element) {
				der, err := asn1.Marshal("BCP test issuing CA")
				must(err)
				find(root, cert+"/IssuerSerial/X509IssuerName").SetText("OID.2.5.4.3=#" + hex.EncodeToString(der) +
					",O=TEST ONLY ehealth-bcp,C=BE")
			}), nil),
		invalid("issuer-hex-broken", "§7.2.2", "DER in hex that breaks off",
			func(root *etree.Element) {
				find(root, cert+"/IssuerSerial/X509IssuerName").SetText("CN=#0c,O=TEST ONLY ehealth-bcp,C=BE")
			}),
		invalid("issuer-escape-open", "§7.2.2", "an escape of nothing",
			func(root *etree.Element) {
				find(root, cert+"/IssuerSerial/X509IssuerName").SetText(`CN=BCP test issuing CA,O=TEST ONLY ` +
					`ehealth-bcp,C=BE\`)
			}),
		comment("signing-time-comment", "a comment inside SigningTime", signedProps+"/SigningTime"),
		comment("digest-comment", "a comment inside the certificate's digest", cert+"/CertDigest/DigestValue"),
		comment("issuer-comment", "a comment inside X509IssuerName", cert+"/IssuerSerial/X509IssuerName"),
		comment("serial-comment", "a comment inside X509SerialNumber", cert+"/IssuerSerial/X509SerialNumber"),
		more("properties-child", "SignedProperties", properties),
		more("signature-properties-child", "SignedSignatureProperties", signedProps),
		more("certificate-list-child", "SigningCertificate", signedProps+"/SigningCertificate"),
		more("certificate-child", "Cert", cert),
		more("certificate-digest-child", "CertDigest", cert+"/CertDigest"),
		more("issuer-serial-child", "IssuerSerial", cert+"/IssuerSerial"),
		refused("xades/unsigned-properties-child", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.2.2",
			"UnsignedProperties with an element of no lawful name",
			k.after(func(doc *etree.Document) {
				find(doc.Root(), qualifying).CreateElement("UnsignedProperties").CreateElement("Service").SetText(evil)
			})),
		invalid("issuer-serial-missing", "§7.2.2", "no IssuerSerial",
			func(root *etree.Element) { remove(find(root, cert+"/IssuerSerial")) }),
		invalid("certificates-none", "§7.2.2", "an empty SigningCertificate",
			func(root *etree.Element) { remove(find(root, cert)) }),
		accepted("xades/certificates-two", "XAdES 1.3.2 §7.2.2", "the issuing CA named before the signer",
			k.before(func(root *etree.Element) {
				own := find(root, cert)
				ca := own.Copy()
				sum := sha256.Sum256(k.pki.Issuing.Raw)
				find(ca, "./CertDigest/DigestValue").SetText(base64Of(sum[:]))
				find(ca, "./IssuerSerial/X509IssuerName").SetText(k.pki.Issuing.Issuer.String())
				find(ca, "./IssuerSerial/X509SerialNumber").SetText(k.pki.Issuing.SerialNumber.String())
				insertFirst(own.Parent(), ca)
			}), nil),
		accepted("xades/issuer-reversed", "RFC 4514 §2.1", "the issuer's name in the order of the certificate, with "+
			"blanks",
			k.before(func(root *etree.Element) {
				find(root, cert+"/IssuerSerial/X509IssuerName").SetText("C=BE, O=TEST ONLY ehealth-bcp, CN=BCP test " +
					"issuing CA")
			}), nil),
		invalid("policy", "§7.2.3", "a signature policy, which nobody here applies",
			func(root *etree.Element) {
				find(root, signedProps).CreateElement("SignaturePolicyIdentifier").CreateElement(
					"SignaturePolicyImplied")
			}),
		invalid("properties-id-missing", "§6.2.1", "SignedProperties without an Id", func(root *etree.Element) {
			find(root, properties).RemoveAttr("Id")
			set(nth(root, reference, 1), "URI", "#")
		}),
		invalid("signature-id-missing", "§6.2", "a signature without an Id, which Target must name",
			func(root *etree.Element) {
				find(root, signature).RemoveAttr("Id")
				set(find(root, qualifying), "Target", "#")
			}),
		invalid("signing-time-no-zone", "§7.2.1", "a SigningTime without a zone",
			func(root *etree.Element) { find(root, signedProps+"/SigningTime").SetText("2026-05-20T10:20:09") }),
		refused("xades/signing-time-future", bcperr.IssuedInFuture, "docs/design.md#accept",
			"a SigningTime more than five minutes ahead",
			k.before(func(root *etree.Element) {
				find(root, signedProps+"/SigningTime").SetText(judged.Add(5*time.Minute + time.Second).Format(
					time.RFC3339))
			})),
		invalid("signing-time-missing", "§7.2.1", "no SigningTime",
			func(root *etree.Element) { remove(find(root, signedProps+"/SigningTime")) }),
		invalid("signing-time-malformed", "§7.2.1", "a SigningTime that is no xs:dateTime",
			func(root *etree.Element) { find(root, signedProps+"/SigningTime").SetText("yesterday") }),
		refused("xades/same-key-reissued", bcperr.XAdESInvalid, "XAdES 1.3.2 §7.2.2",
			"another good certificate of the same key and name put in: nothing but SigningCertificate can tell",
			k.after(func(doc *etree.Document) {
				nth(doc.Root(), keyInfo+"/X509Data/X509Certificate", 0).SetText(base64Of(reissued.Chain[0].Raw))
			})),
		accepted("xades/unsigned-properties", "docs/design.md#verify",
			"UnsignedProperties are tolerated and never read",
			k.after(func(doc *etree.Document) { find(doc.Root(), qualifying).CreateElement("UnsignedProperties") }),
			nil),
	}
}
