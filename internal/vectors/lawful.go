package vectors

import (
	"bytes"
	"crypto/x509"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// lawful holds the forms that other writers of XML Signatures choose, all good.
func lawful(k *kit) []scenario {
	const dsigMore = "http://www.w3.org/2001/04/xmldsig-more#"
	const exc = "http://www.w3.org/2001/10/xml-exc-c14n#"
	good := func(name, source, comment string, catalogue []byte, options ...option) scenario {
		return accepted("lawful/"+name, source, comment, catalogue, nil, options...)
	}
	methods := func(signer drill.Signer, signatureMethod, digestMethod string) []byte {
		return k.beforeBy(signer, 1, func(root *etree.Element) {
			set(find(root, signedInfo+"/SignatureMethod"), "Algorithm", signatureMethod)
			for _, m := range root.FindElements(reference + "/DigestMethod") {
				set(m, "Algorithm", digestMethod)
			}
		})
	}
	const sha256, sha384, sha512 = "http://www.w3.org/2001/04/xmlenc#sha256", dsigMore + "sha384",
		"http://www.w3.org/2001/04/xmlenc#sha512"
	leafOnly := k.pki.Signer
	leafOnly.Chain = leafOnly.Chain[:1]
	withRoot := k.pki.Signer
	withRoot.Chain = append(withRoot.Chain[:2:2], k.pki.Root)
	edges := k.signerWith(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = judged, judged })
	commitment := k.signerWith(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment })
	crlf := bytes.ReplaceAll(k.good(), []byte("\n"), []byte("\r\n"))
	return []scenario{
		good("v1", "BCP XSD 1.0", "the form of the genuine files, version 1", k.good()),
		good("v2", "BCP XSD 2.0", "the form of the genuine files, version 2", k.sign(list(2))),
		good("v2-cache", "BCP XSD 2.0, CacheType", "a cache with a stylesheet in it", k.sign(withCache())),
		good("v2-cache-cdata", "XML 1.0 §2.7", "the stylesheet in a CDATA section", k.cdataKey()),
		good("v2-expiry-in-text", "docs/design.md#domain", "the duration as the text of Expiry",
			k.beforeBy(k.pki.Signer, 2, func(root *etree.Element) {
				c := nth(root, "./Service", 0).CreateElement("Cache")
				set(c, "Strategy", "CACHE_FIRST")
				key := c.CreateElement("Key")
				set(key, "Inline", "1")
				set(key, "Tranform", "xslt")
				key.SetText(drill.SampleCache("", "").Key.Text)
				e := c.CreateElement("Expiry")
				set(e, "Type", "ttl")
				e.SetText("PT8H")
			})),
		good("order-gaps", "BCP XSD 2.0, EndpointType", "orders 7 and 3, in that order",
			k.listed(func(l *drill.List) {
				l.Services[0].Endpoints[0].Order, l.Services[0].Endpoints[1].Order = 7,
					3
			})),
		good("http-loopback", "docs/design.md#quarantine", "plain http on a loopback address, for drills",
			k.listed(func(l *drill.List) { l.Services[0].Endpoints[1].URL = "http://127.0.0.1:8443/Kgss/v1" })),
		good("url-three-dots", "RFC 3986 §3.3", "a path segment of three dots, which is no dot segment",
			k.listed(func(l *drill.List) { l.Services[0].Endpoints[1].URL = "https://services.bcp2.example/.../v1" })),
		good("rsa-3072", "docs/design.md#verify", "a longer key", k.signBy(k.signerOf("rsa3072"), list(1))),
		good("rsa-sha384", "XMLDSig 1.1 §6.4.2", "RSA and digests with SHA-384",
			methods(k.pki.Signer, dsigMore+"rsa-sha384", sha384)),
		good("rsa-sha512", "XMLDSig 1.1 §6.4.2", "RSA and digests with SHA-512",
			methods(k.pki.Signer, dsigMore+"rsa-sha512", sha512)),
		good("ecdsa-p256", "XMLDSig 1.1 §6.4.3", "ECDSA P-256", k.signBy(k.signerOf("p256"), list(1))),
		good("ecdsa-p384", "XMLDSig 1.1 §6.4.3", "ECDSA P-384 with SHA-384",
			methods(k.signerOf("p384"), dsigMore+"ecdsa-sha384", sha256)),
		good("ecdsa-p521", "XMLDSig 1.1 §6.4.3", "ECDSA P-521 with SHA-512: r and s of 66 octets",
			methods(k.signerOf("p521"), dsigMore+"ecdsa-sha512", sha256)),
		good("prefix-list", "exc-c14n §3", "a PrefixList on the root's canonicalisation and on SignedInfo's",
			k.before(func(root *etree.Element) {
				for _, path := range []string{signedInfo + "/CanonicalizationMethod",
					reference + "[1]/Transforms/Transform[2]"} {
					list := find(root, path).CreateElement("InclusiveNamespaces")
					set(list, "xmlns", exc)
					set(list, "PrefixList", "ns2 ds")
				}
			})),
		good("reference-order", "XMLDSig 1.1 §4.4", "SignedProperties before the root",
			k.before(func(root *etree.Element) {
				first := nth(root, reference, 0)
				remove(first)
				find(root, signedInfo).AddChild(first)
			})),
		good("signature-other-prefix", "Namespaces in XML 1.0", "another prefix for the signature",
			k.before(func(root *etree.Element) { renamed(find(root, signature), "sig") })),
		good("signature-default-namespace", "Namespaces in XML 1.0", "no prefix for the signature",
			k.before(func(root *etree.Element) { renamed(find(root, signature), "") })),
		good("signer-only", "docs/design.md#verify", "the signer's certificate alone, with the issuing CA as anchor",
			k.signBy(leafOnly, list(1)), anchoredBy("../../../pki/issuing.pem")),
		good("issuing-anchor", "docs/design.md#verify", "the issuing CA as anchor, and in the file too", k.good(),
			anchoredBy("../../../pki/issuing.pem")),
		good("two-anchors", "docs/design.md#domain", "an anchor of each of two hierarchies, as during a change",
			k.good(), anchoredBy("../../../pki/foreign-root.pem", rootPEM)),
		good("root-included", "docs/design.md#domain", "the root comes along", k.signBy(withRoot, list(1))),
		good("one-x509-data", "XMLDSig 1.1 §4.5.4", "both certificates in one X509Data",
			k.before(func(root *etree.Element) {
				first, second := nth(root, keyInfo+"/X509Data", 0), nth(root, keyInfo+"/X509Data", 1)
				first.AddChild(find(second, "./X509Certificate"))
				remove(second)
			})),
		good("signer-rotated", "docs/design.md#domain", "another key of the platform under the same CA",
			k.signBy(k.signerOf("rotated"), list(1))),
		good("signer-commitment", "RFC 5280 §4.2.1.3", "a key for nonRepudiation alone", k.signBy(commitment, list(1))),
		good("validity-inclusive", "RFC 5280 §4.1.2.5", "judged in the one second of its validity",
			k.signBy(edges, list(1))),
		good("line-ends-crlf", "XML 1.0 §2.11", "CR LF for each line end, as a file server may make it", crlf),
		good("comment-between-services", "docs/design.md#verify", "a comment between two services: in no digest, and "+
			"it splits no value",
			k.replaced("</Service><Service", "</Service><!-- here --><Service")),
		good("cdata-endpoint", "XML 1.0 §2.7", "an address in a CDATA section",
			k.replaced(">https://services.bcp.example/Kgss/v1<", "><![CDATA[https://services.bcp.example/Kgss/v1]]><")),
		good("charref-endpoint", "XML 1.0 §4.1", "a letter of an address as a reference",
			k.replaced(">https://services.bcp.example/Kgss/v1<", ">&#x68;ttps://services.bcp.example/Kgss/v1<")),
		good("attribute-quotes", "XML 1.0 §3.1", "apostrophes for quotation marks, attributes in another order",
			k.replaced(`Id="uddi:ehealth-fgov-be:business:kgss:v1" Name="ETEE KGSS V1"`,
				`Name='ETEE KGSS V1' Id = 'uddi:ehealth-fgov-be:business:kgss:v1'`)),
		good("utf8-name", "RFC 3629", "letters outside ASCII",
			k.listed(func(l *drill.List) { l.Services[0].Name = "Ünïté 语 \U0001F600" })),
		good("instant-utc-nanos", "XSD 1.0 Part 2 §3.2.7", "nine digits of a second, and Z",
			k.before(func(root *etree.Element) { set(root, "IssueInstant", "2026-05-20T08:20:09.583000001Z") })),
		good("signature-indented", "docs/design.md#verify", "white space between the parts of the signature",
			k.before(func(root *etree.Element) {
				find(root, signature).InsertChildAt(0, etree.NewText("\n    "))
			})),
	}
}

// cdataKey is a list whose stylesheet stands in a CDATA section. It is put there after signing, for etree would digest
// the section's marks, which canonical form does not have.
func (k *kit) cdataKey() []byte {
	d, err := drill.NewDraft(withCache(), k.pki.Signer, time.Time{})
	must(err)
	must(d.Seal())
	key := find(d.Doc.Root(), "./Service/Cache/Key")
	key.SetCData(key.Text())
	return d.Bytes()
}

// renamed gives the signature and what is in it another prefix for the same namespace.
func renamed(e *etree.Element, prefix string) {
	if e.Space == "ds" {
		e.Space = prefix
	}
	for i := range e.Attr {
		a := &e.Attr[i]
		if a.Space == "xmlns" && a.Key == "ds" {
			if prefix == "" {
				a.Space, a.Key = "", "xmlns"
			} else {
				a.Key = prefix
			}
		}
	}
	for _, c := range e.ChildElements() {
		renamed(c, prefix)
	}
}
