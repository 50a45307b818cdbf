package vectors

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// Instants around the one at which vectors are judged.
var (
	lastYear = judged.AddDate(-1, 0, 0)
	nextYear = judged.AddDate(1, 0, 0)
)

// keyInfos holds KeyInfo elements without a certificate that could be judged. KeyInfo is not signed, so values are
// right.
func keyInfos(k *kit) []scenario {
	missing := func(name, comment string, edit func(info *etree.Element)) scenario {
		return refused("key-info/"+name, bcperr.SignerMissing, "XMLDSig 1.1 §4.5", comment,
			k.after(func(doc *etree.Document) { edit(find(doc.Root(), keyInfo)) }))
	}
	shaped := func(name, comment string, edit func(info *etree.Element)) scenario {
		return refused("key-info/"+name, bcperr.SignatureShape, "XMLDSig 1.1 §4.5", comment,
			k.after(func(doc *etree.Document) { edit(find(doc.Root(), keyInfo)) }))
	}
	certificate := func(text string) func(*etree.Element) {
		return func(info *etree.Element) { nth(info, "./X509Data/X509Certificate", 0).SetText(text) }
	}
	only := func(part string) func(*etree.Element) {
		return func(info *etree.Element) {
			info.Child = nil
			info.AddChild(fragment(part))
		}
	}
	return []scenario{
		missing("absent", "no KeyInfo", remove),
		missing("empty", "an empty KeyInfo", func(info *etree.Element) { info.Child = nil }),
		missing("key-value", "a bare key, which anybody can write",
			only(`<ds:KeyValue xmlns:ds="`+nsDSig+`"><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus>`+
				`<ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`)),
		missing("retrieval-method", "a key to be fetched from elsewhere",
			only(`<ds:RetrievalMethod xmlns:ds="`+nsDSig+`" URI="https://evil.example/key"/>`)),
		missing("key-name", "the name of a key", only(`<ds:KeyName xmlns:ds="`+nsDSig+`">signer</ds:KeyName>`)),
		missing("garbage", "base64 that is no certificate", certificate("Z2FyYmFnZQ==")),
		shaped("certificate-comment", "a comment inside the certificate",
			func(info *etree.Element) { insertComment(nth(info, "./X509Data/X509Certificate", 0)) }),
		shaped("key-value-beside", "a bare key beside the certificates",
			func(info *etree.Element) { info.CreateElement("ds:KeyValue") }),
		shaped("crl-beside", "a CRL beside the certificates",
			func(info *etree.Element) { nth(info, "./X509Data", 0).CreateElement("ds:X509CRL").SetText("AAAA") }),
		shaped("issuer-serial-empty", "an X509IssuerSerial without content",
			func(info *etree.Element) { nth(info, "./X509Data", 0).CreateElement("ds:X509IssuerSerial") }),
		shaped("issuer-serial-comment", "a comment inside X509IssuerName",
			func(info *etree.Element) { insertComment(issuerSerial(info).SelectElement("X509IssuerName")) }),
		shaped("subject-comment", "a comment inside X509SubjectName", func(info *etree.Element) {
			insertComment(nth(info, "./X509Data", 0).CreateElement("ds:X509SubjectName"))
		}),
		accepted("key-info/names-that-lie", "XMLDSig 1.1 §4.5.4", "names of somebody else beside the certificate: "+
			"nobody signed them, nobody reads them",
			k.after(func(doc *etree.Document) {
				info := find(doc.Root(), keyInfo)
				issuerSerial(info)
				nth(info, "./X509Data", 0).CreateElement("ds:X509SubjectName").SetText("CN=somebody else")
			}), nil),
		missing("not-base64", "no base64", certificate("-----BEGIN CERTIFICATE-----")),
		missing("trailing-octets", "an octet after the certificate",
			certificate(base64Of(append(append([]byte{}, k.pki.Signer.Chain[0].Raw...), 0)))),
		refused("key-info/certificate-size", bcperr.LimitExceeded, "docs/design.md#limits",
			"a certificate of more than 16 KiB",
			k.after(func(doc *etree.Document) { certificate("@@")(find(doc.Root(), keyInfo)) }),
			expanded(Expand{Marker: "@@", Text: "AAAA", Times: 16<<10/3 + 1})),
		accepted("key-info/garbage-beside", "docs/design.md#revocation",
			"base64 that is no certificate after those of the path: it was not needed",
			k.after(func(doc *etree.Document) {
				find(doc.Root(), keyInfo).CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(
					"Z2FyYmFnZQ==")
			}), []bcperr.Code{bcperr.CertificateUnreadable}),
		missing("other-namespace", "KeyInfo's prefix bound to another namespace inside it",
			func(info *etree.Element) {
				set(nth(info, "./X509Data", 0), "xmlns:ds", "urn:x")
				remove(nth(info, "./X509Data", 1))
			}),
	}
}

// issuerSerial adds an X509IssuerSerial of somebody else.
func issuerSerial(info *etree.Element) *etree.Element {
	e := nth(info, "./X509Data", 0).CreateElement("ds:X509IssuerSerial")
	e.CreateElement("ds:X509IssuerName").SetText("CN=somebody else")
	e.CreateElement("ds:X509SerialNumber").SetText("1")
	return e
}

// signers holds well signed lists whose signer must not be trusted, or not then.
func signers(k *kit) []scenario {
	by := func(name string, code bcperr.Code, source, comment string, signer drill.Signer, options ...option) scenario {
		return refused("signer/"+name, code, source, comment, k.signBy(signer, list(1)), options...)
	}
	with := func(name string, code bcperr.Code, source, comment string, edit func(*x509.Certificate),
		options ...option) scenario {
		return by(name, code, source, comment, k.signerWith(edit), options...)
	}
	cn := func(name, comment, text string) scenario {
		return with(name, bcperr.SignerMismatch, "docs/design.md#domain", comment,
			func(c *x509.Certificate) { c.Subject.CommonName = text })
	}
	selfSigned := drill.SignerTemplate(17)
	selfSigned.Subject.Country = []string{"BE"}
	own, err := drill.Issue(selfSigned, drill.Signer{Key: k.pki.Signer.Key, Chain: []*x509.Certificate{selfSigned}},
		"signer")
	must(err)
	own.Chain = own.Chain[:1]
	fromSigner, err := drill.Issue(drill.SignerTemplate(19), k.pki.Signer, "rotated")
	must(err)
	withRoot := k.foreign.Signer
	withRoot.Chain = append(withRoot.Chain[:2:2], k.foreign.Root)
	ca := drill.AuthorityTemplate(drill.SignerCN, 20, 0)
	ca.KeyUsage |= x509.KeyUsageDigitalSignature
	return []scenario{
		by("foreign-chain", bcperr.SignerUntrusted, "RFC 5280 §6.1",
			"a chain of the same names with an attacker's keys", k.foreign.Signer),
		by("foreign-root-included", bcperr.SignerUntrusted, "RFC 5280 §6.1",
			"the attacker's root comes along: no certificate of the file is an anchor", withRoot),
		by("self-signed", bcperr.SignerUntrusted, "RFC 5280 §6.1",
			"a self-signed certificate for the good signer's key", own),
		refused("signer/other-anchor", bcperr.SignerUntrusted, "docs/design.md#verify",
			"a good list, judged with the anchor of another hierarchy", k.good(),
			anchoredBy("../../../pki/foreign-root.pem")),
		by("issuing-absent", bcperr.SignerUntrusted, "RFC 5280 §6.1",
			"the issuing CA is neither in the file nor an anchor",
			drill.Signer{Key: k.pki.Signer.Key, Chain: k.pki.Signer.Chain[:1]}),
		by("issued-by-signer", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.9", "the issuer is a signer, not a CA",
			fromSigner),
		by("issuer-not-ca", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.9",
			"an issuer that may sign certificates and is no CA",
			k.underAuthority(func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false })),
		by("name-excluded", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.10",
			"the issuing CA excludes the signer's organisation",
			k.underAuthority(constrained(excluded, subject("TEST ONLY ehealth-bcp")))),
		by("name-not-permitted", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.10",
			"the issuing CA may certify another organisation only",
			k.underAuthority(constrained(permitted, subject("TEST ONLY other")))),
		by("name-kind", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.10",
			"the issuing CA may certify addresses of one domain, the signer has one of another",
			k.underAuthority(func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"bcp.example"} },
				func(c *x509.Certificate) { c.EmailAddresses = []string{"signer@evil.example"} })),
		by("name-constraints-unreadable", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.10",
			"a directory name in the constraints that is none",
			k.underAuthority(constrained(permitted, []byte{5, 0}))),
		by("paths", bcperr.SignerUntrusted, "RFC 4158 §5.2",
			"nine certificates of one authority and key, in 9! orders: a path holds one of them", k.maze()),
		refused("signer/path-signatures", bcperr.SignerUntrusted, "RFC 4158 §5.2",
			"nine certificates of one authority and key, each perhaps issued by the anchor",
			k.signBy(k.maze(), list(1)), anchoredBy("../../../pki/foreign-issuing.pem")),
		by("path-length", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.9",
			"an intermediate CA more than the issuing CA allows", k.underSubordinate()),
		by("issuer-may-not-sign", bcperr.SignerUntrusted, "RFC 5280 §4.2.1.3", "an issuing CA without keyCertSign",
			k.underAuthority(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })),
		with("critical-extension", bcperr.SignerUntrusted, "RFC 5280 §4.2", "an unknown critical extension",
			func(c *x509.Certificate) {
				c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true,
					Value: []byte{5, 0}}}
			}),
		with("expired", bcperr.SignerExpired, "RFC 5280 §4.1.2.5", "the signer's certificate ended a second before",
			func(c *x509.Certificate) { c.NotAfter = judged.Add(-time.Second) }),
		with("not-yet-valid", bcperr.SignerNotYetValid, "RFC 5280 §4.1.2.5",
			"the signer's certificate begins a second later",
			func(c *x509.Certificate) { c.NotBefore = judged.Add(time.Second) }),
		by("issuing-expired", bcperr.SignerExpired, "RFC 5280 §6.1.3", "the issuing CA's certificate ended",
			k.underAuthority(func(c *x509.Certificate) { c.NotAfter = lastYear })),
		with("usage-encipherment", bcperr.SignerUsage, "RFC 5280 §4.2.1.3", "a key for encipherment only",
			func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
		with("usage-absent", bcperr.SignerUsage, "docs/design.md#verify",
			"no keyUsage: RFC 5280 would allow any, we want it said", func(c *x509.Certificate) { c.KeyUsage = 0 }),
		by("usage-authority", bcperr.SignerUsage, "docs/design.md#verify",
			"a CA of the right name that signs lists itself", k.issued(ca)),
		cn("other-application", "the same organisation, another application", "CBE=0809394427, METAHUB"),
		cn("other-organisation", "another organisation's number", "CBE=0809394428, SERVICELIST"),
		cn("cn-longer", "the pinned name and more", drill.SignerCN+" X"),
		cn("cn-lower-case", "the pinned name in lower case", "cbe=0809394427, servicelist"),
		cn("cn-homoglyph", "a Cyrillic letter in the name", "СBE=0809394427, SERVICELIST"),
		with("cn-in-organisation", bcperr.SignerMismatch, "RFC 2253 §2.4",
			"the pinned name as a part of O, where a printed subject shows CN=",
			func(c *x509.Certificate) {
				c.Subject.CommonName = "x"
				c.Subject.Organization = []string{"x,CN=" + drill.SignerCN}
			}),
		with("cn-twice", bcperr.SignerMismatch, "docs/design.md#verify", "two CNs, the pinned one first",
			func(c *x509.Certificate) { c.Subject = commonNames(drill.SignerCN, "x") }),
		with("cn-twice-last", bcperr.SignerMismatch, "docs/design.md#verify", "two CNs, the pinned one last",
			func(c *x509.Certificate) { c.Subject = commonNames("x", drill.SignerCN) }),
		refused("signer/other-certificate", bcperr.SignatureInvalid, "XMLDSig 1.1 §4.5",
			"the certificate of another good signer in the place of the real one",
			k.after(func(doc *etree.Document) {
				nth(doc.Root(), keyInfo+"/X509Data/X509Certificate",
					0).SetText(base64Of(k.signerOf("rotated").Chain[0].Raw))
			})),
	}
}

// underAuthority is a signer, changed when a second edit says how, below a changed issuing CA.
func (k *kit) underAuthority(edit func(*x509.Certificate), signerEdits ...func(*x509.Certificate)) drill.Signer {
	template := drill.AuthorityTemplate("BCP test issuing CA", 2, 0)
	edit(template)
	ca, err := drill.Issue(template, k.pki.RootCA(), "issuing")
	must(err)
	signer := drill.SignerTemplate(16)
	for _, e := range signerEdits {
		e(signer)
	}
	s, err := drill.Issue(signer, ca, "signer")
	must(err)
	return s
}

// maze is a signer with nine certificates of its issuer's name that could have issued one another.
func (k *kit) maze() drill.Signer {
	const name = "BCP test issuing CA"
	issuer := drill.Signer{Key: k.pki.IssuingCA().Key,
		Chain: []*x509.Certificate{drill.AuthorityTemplate(name, 30, -1)}}
	s := k.pki.Signer
	s.Chain = s.Chain[:1:1]
	for i := range 9 {
		ca, err := drill.Issue(drill.AuthorityTemplate(name, int64(31+i), -1), issuer, "rotated")
		must(err)
		s.Chain = append(s.Chain, ca.Chain[0])
	}
	return s
}

// The two lists of name constraints, by their tag. Source: RFC 5280 §4.2.1.10.
const (
	permitted = 0
	excluded  = 1
)

// constrained adds name constraints with one subtree, a directory name in DER. crypto/x509 cannot write these.
func constrained(kind int, name []byte) func(*x509.Certificate) {
	tagged := func(tag int, content []byte) []byte {
		der, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true,
			Bytes: content})
		must(err)
		return der
	}
	const directoryName = 4
	subtree, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSequence, IsCompound: true,
		Bytes: tagged(directoryName, name)})
	must(err)
	value, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSequence, IsCompound: true,
		Bytes: tagged(kind, subtree)})
	must(err)
	return func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: value}}
	}
}

// subject is the beginning of the signers' names with this organisation, in DER.
func subject(organisation string) []byte {
	der, err := asn1.Marshal(pkix.Name{Country: []string{"BE"}, Organization: []string{organisation}}.ToRDNSequence())
	must(err)
	return der
}

// commonNames is a subject of CNs and nothing else.
func commonNames(names ...string) pkix.Name {
	var n pkix.Name
	for _, cn := range names {
		n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 3},
			Value: cn})
	}
	return n
}

// underSubordinate is a signer below a CA that the issuing CA may not have issued.
func (k *kit) underSubordinate() drill.Signer {
	ca := k.issued(drill.AuthorityTemplate("BCP test subordinate CA", 21, 0))
	s, err := drill.Issue(drill.SignerTemplate(16), ca, "signer")
	must(err)
	return s
}

// issued is a certificate of the issuing CA for the key called rotated.
func (k *kit) issued(template *x509.Certificate) drill.Signer {
	s, err := drill.Issue(template, k.pki.IssuingCA(), "rotated")
	must(err)
	return s
}
