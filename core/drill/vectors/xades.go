package vectors

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"math/big"

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
	reissued := k.signerWith(func(c *x509.Certificate) { c.SerialNumber = big.NewInt(23) })
	return []scenario{
		refused("xades/object-removed", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1", "the Object taken out after signing",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), object)) })),
		invalid("properties-emptied", "§6.2.1", "QualifyingProperties without SignedProperties",
			func(root *etree.Element) { remove(find(root, properties)) }),
		refused("xades/properties-replaced", bcperr.DigestMismatch, "XAdES 1.3.2 §6.3.1", "the SignedProperties of another signature in their place",
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
		refused("xades/type-other", bcperr.SignatureShape, "XAdES 1.3.2 §6.3.1", "the Reference to SignedProperties with the Type of something else",
			k.before(func(root *etree.Element) {
				set(nth(root, reference, 1), "Type", "http://uri.etsi.org/01903#CountersignedSignature")
			})),
		invalid("target-other", "§6.2", "Target names another signature",
			func(root *etree.Element) { set(find(root, qualifying), "Target", "#other") }),
		invalid("target-missing", "§6.2", "no Target", func(root *etree.Element) { find(root, qualifying).RemoveAttr("Target") }),
		invalid("other-namespace", "§6.2", "version 1.1.1 of the format",
			func(root *etree.Element) { set(find(root, qualifying), "xmlns", "http://uri.etsi.org/01903/v1.1.1#") }),
		invalid("certificate-missing", "§7.2.2", "no SigningCertificate", func(root *etree.Element) { remove(find(root, signedProps+"/SigningCertificate")) }),
		invalid("certificate-digest", "§7.2.2", "the digest of another certificate",
			func(root *etree.Element) {
				find(root, cert+"/CertDigest/DigestValue").SetText(base64Of(make([]byte, 32)))
			}),
		refused("xades/certificate-digest-sha1", bcperr.AlgorithmRefused, "RFC 6194", "a SHA-1 digest of the certificate, which is right",
			k.before(func(root *etree.Element) {
				set(find(root, cert+"/CertDigest/DigestMethod"), "Algorithm", nsDSig+"sha1")
				sum := sha1.Sum(k.pki.Signer.Chain[0].Raw)
				find(root, cert+"/CertDigest/DigestValue").SetText(base64Of(sum[:]))
			})),
		invalid("serial-other", "§7.2.2", "the serial of another certificate",
			func(root *etree.Element) { find(root, cert+"/IssuerSerial/X509SerialNumber").SetText("17") }),
		invalid("signing-time-missing", "§7.2.1", "no SigningTime", func(root *etree.Element) { remove(find(root, signedProps+"/SigningTime")) }),
		invalid("signing-time-malformed", "§7.2.1", "a SigningTime that is no xs:dateTime", func(root *etree.Element) { find(root, signedProps+"/SigningTime").SetText("yesterday") }),
		refused("xades/same-key-reissued", bcperr.XAdESInvalid, "XAdES 1.3.2 §7.2.2",
			"another good certificate of the same key and name put in: nothing but SigningCertificate can tell",
			k.after(func(doc *etree.Document) {
				nth(doc.Root(), keyInfo+"/X509Data/X509Certificate", 0).SetText(base64Of(reissued.Chain[0].Raw))
			})),
		accepted("xades/unsigned-properties", "DESIGN §4", "UnsignedProperties are tolerated and never read",
			k.after(func(doc *etree.Document) { find(doc.Root(), qualifying).CreateElement("UnsignedProperties") }), nil),
	}
}
