package vectors

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const nsDSig = "http://www.w3.org/2000/09/xmldsig#"

// Paths of the parts of a signed list.
const (
	signature  = "./Signature"
	signedInfo = "./Signature/SignedInfo"
	reference  = "./Signature/SignedInfo/Reference"
	keyInfo    = "./Signature/KeyInfo"
	object     = "./Signature/Object"
	qualifying = "./Signature/Object/QualifyingProperties"
	properties = "./Signature/Object/QualifyingProperties/SignedProperties"
)

// shape holds signatures that are not the closed form, each with digests and value that are right where there are any.
func shape(k *kit) []scenario {
	shaped := func(name, source, comment string, catalogue []byte) scenario {
		return refused("signature/"+name, bcperr.SignatureShape, source, comment, catalogue)
	}
	return []scenario{
		refused("signature/missing", bcperr.SignatureMissing, "BCP XSD 1.0, ServiceList", "an unsigned list",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), signature)) })),
		refused("signature/other-namespace", bcperr.SignatureMissing, "XMLDSig 1.1 §4",
			"an element named Signature of another namespace",
			k.after(func(doc *etree.Document) { set(find(doc.Root(), signature), "xmlns:ds", "urn:x") })),
		refused("signature/two", bcperr.SignatureAmbiguous, "XMLDSig 1.1 §4", "the good signature twice",
			k.after(func(doc *etree.Document) { doc.Root().AddChild(find(doc.Root(), signature).Copy()) })),
		refused("signature/two-attacker-first", bcperr.SignatureAmbiguous, "XMLDSig 1.1 §4",
			"an attacker's signature before the good one",
			k.after(func(doc *etree.Document) {
				theirs := etree.NewDocument()
				must(theirs.ReadFromBytes(k.signBy(k.foreign.Signer, list(1))))
				mine := find(doc.Root(), signature)
				doc.Root().InsertChildAt(mine.Index(), find(theirs.Root(), signature).Copy())
			})),
		refused("signature/two-other-ids", bcperr.SignatureAmbiguous, "XMLDSig 1.1 §4",
			"a second signature with Ids of its own",
			k.after(func(doc *etree.Document) {
				second := find(doc.Root(), signature).Copy()
				set(second, "Id", "second")
				set(find(second, "./Object/QualifyingProperties/SignedProperties"), "Id", "second-properties")
				doc.Root().AddChild(second)
			})),
		shaped("not-last", "BCP XSD 1.0, ServiceList", "an unsigned service after the signature",
			k.after(func(doc *etree.Document) {
				doc.Root().AddChild(fragment(`<Service Id="x" Name="x"><Endpoint Order="0" Status="ACTIVE">` + evil +
					`</Endpoint></Service>`))
			})),
		shaped("nested", "BCP XSD 1.0, ServiceList", "the signature inside the last service: its digest still holds",
			k.after(func(doc *etree.Document) {
				mine := find(doc.Root(), signature)
				remove(mine)
				nth(doc.Root(), "./Service", 1).AddChild(mine)
			})),
		shaped("signed-info-twice", "CVE-2025-29774", "a forged SignedInfo before the good one",
			k.after(func(doc *etree.Document) {
				forgedInfo := find(doc.Root(), signedInfo).Copy()
				nth(forgedInfo, "./Reference/DigestValue", 0).SetText("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
				insertFirst(find(doc.Root(), signature), forgedInfo)
			})),
		shaped("signed-info-missing", "XMLDSig 1.1 §4.1", "no SignedInfo",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), signedInfo)) })),
		shaped("value-missing", "XMLDSig 1.1 §4.1", "no SignatureValue",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), signature+"/SignatureValue")) })),
		shaped("value-twice", "XMLDSig 1.1 §4.1", "two SignatureValues",
			k.after(func(doc *etree.Document) {
				value := find(doc.Root(), signature+"/SignatureValue")
				find(doc.Root(), signature).InsertChildAt(value.Index(), value.Copy())
			})),
		refused("signature/value-not-base64", bcperr.SignatureInvalid, "RFC 4648 §4", "a hyphen in SignatureValue",
			k.after(func(doc *etree.Document) {
				value := find(doc.Root(), signature+"/SignatureValue")
				value.SetText(strings.Replace(value.Text(), "\r\n", "-", 1))
			})),
		shaped("digest-comment", "CVE-2025-29775", "a comment inside DigestValue, put there after signing: canonical "+
			"form drops it",
			k.after(func(doc *etree.Document) {
				value := nth(doc.Root(), reference+"/DigestValue", 0)
				value.InsertChildAt(0, etree.NewComment("AAAA"))
			})),
		shaped("value-comment", "CVE-2025-29775", "a comment inside SignatureValue",
			k.after(func(doc *etree.Document) { insertComment(find(doc.Root(), signature+"/SignatureValue")) })),
		shaped("digest-attribute", "XMLDSig 1.1 §4.4.3.6", "an attribute on DigestValue",
			k.before(func(root *etree.Element) { set(nth(root, reference+"/DigestValue", 0), "Id", "x") })),
		shaped("transforms-other-child", "XMLDSig 1.1 §4.4.3.4", "an element beside the Transforms",
			k.before(func(root *etree.Element) { nth(root, reference+"/Transforms", 0).CreateElement("ds:Object") })),
		shaped("transform-content", "docs/design.md#verify", "content in the enveloped transform",
			k.before(func(root *etree.Element) {
				nth(root, reference+"/Transforms/Transform", 0).CreateElement("ds:XPath").SetText("true()")
			})),
		shaped("digest-twice", "XMLDSig 1.1 §4.4.3", "two DigestValues in a Reference",
			k.before(func(root *etree.Element) {
				nth(root, reference, 0).CreateElement("ds:DigestValue").SetText(
					"AAAA")
			})),
		shaped("c14n-missing", "XMLDSig 1.1 §4.4.1", "no CanonicalizationMethod",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), signedInfo+"/CanonicalizationMethod")) })),
		shaped("method-missing", "XMLDSig 1.1 §4.4.2", "no SignatureMethod",
			k.after(func(doc *etree.Document) { remove(find(doc.Root(), signedInfo+"/SignatureMethod")) })),
		shaped("key-info-twice", "XMLDSig 1.1 §4.1", "two KeyInfos",
			k.before(func(root *etree.Element) {
				info := find(root, keyInfo)
				info.Parent().InsertChildAt(info.Index(), info.Copy())
			})),
		shaped("object-twice", "docs/design.md#verify", "an Object more, with an unsigned service in it",
			k.after(func(doc *etree.Document) {
				find(doc.Root(),
					signature).AddChild(fragment(`<ds:Object xmlns:ds="` + nsDSig + `"><Service><Endpoint>` + evil +
					`</Endpoint></Service></ds:Object>`))
			})),
		shaped("unknown-child", "docs/design.md#verify", "an element of no name that we know inside the signature",
			k.after(func(doc *etree.Document) { find(doc.Root(), signature).CreateElement("Endpoint").SetText(evil) })),
		shaped("text-inside", "docs/design.md#verify", "text between the parts of the signature",
			k.after(func(doc *etree.Document) { find(doc.Root(), signature).CreateText("x") })),
		shaped("manifest", "XMLDSig 1.1 §5.1", "a Manifest in the Object",
			k.before(func(root *etree.Element) { find(root, object).CreateElement("ds:Manifest") })),
	}
}

// references holds signatures whose References are not the two that we ask for. All are sealed: the signature value is
// right.
func references(k *kit) []scenario {
	shaped := func(name, source, comment string, edit func(root *etree.Element)) scenario {
		return refused("reference/"+name, bcperr.SignatureShape, source, comment, k.before(edit))
	}
	return []scenario{
		refused("reference/root-only", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1",
			"SignedProperties are there, but not covered",
			k.before(func(root *etree.Element) { remove(nth(root, reference, 1)) })),
		shaped("properties-only", "docs/design.md#verify", "the root is not covered",
			func(root *etree.Element) { remove(nth(root, reference, 0)) }),
		refused("reference/none", bcperr.XAdESInvalid, "XMLDSig 1.1 §4.4", "a SignedInfo without a Reference",
			k.before(func(root *etree.Element) { remove(nth(root, reference, 1)); remove(nth(root, reference, 0)) })),
		shaped("three", "docs/design.md#verify", "the root three times, so to say",
			func(root *etree.Element) { find(root, signedInfo).AddChild(nth(root, reference, 0).Copy()) }),
		refused("reference/root-twice", bcperr.XAdESInvalid, "CVE-2026-33487", "the root twice, and nothing else",
			k.before(func(root *etree.Element) {
				remove(nth(root, reference, 1))
				find(root, signedInfo).AddChild(nth(root, reference, 0).Copy())
			})),
		refused("reference/both-types", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1",
			"the Reference to the root with the Type of SignedProperties too",
			k.before(func(root *etree.Element) {
				set(nth(root, reference, 0), "Type", "http://uri.etsi.org/01903#SignedProperties")
			})),
		shaped("type-on-root", "docs/design.md#verify", "the Reference to the root with a Type that nobody knows",
			func(root *etree.Element) { set(nth(root, reference, 0), "Type", "urn:x") }),
		shaped("empty-uri", "docs/design.md#verify", "the whole document in the place of the root by its Id",
			func(root *etree.Element) { set(nth(root, reference, 0), "URI", "") }),
		shaped("uri-missing", "XMLDSig 1.1 §4.4.3.1", "no URI attribute",
			func(root *etree.Element) { nth(root, reference, 0).RemoveAttr("URI") }),
		shaped("external", "W3C XML Signature Best Practices 8", "a Reference outside the document",
			func(root *etree.Element) { set(nth(root, reference, 0), "URI", "https://evil.example/list.xml") }),
		shaped("xpointer", "XMLDSig 1.1 §4.4.3.2", "the root by an XPointer",
			func(root *etree.Element) {
				set(nth(root, reference, 0), "URI", "#xpointer(id('"+root.SelectAttrValue("Id", "")+"'))")
			}),
		shaped("other-id", "docs/design.md#verify", "the Id of nothing",
			func(root *etree.Element) { set(nth(root, reference, 0), "URI", "#nothing") }),
		refused("reference/properties-other-id", bcperr.XAdESInvalid, "XAdES 1.3.2 §6.3.1",
			"a Reference of the right Type to the Id of something else",
			k.before(func(root *etree.Element) { set(nth(root, reference, 1), "URI", "#something") })),
		shaped("service-by-id", "docs/design.md#verify", "a service, whose Id is not an XML Id, in the place of the "+
			"root",
			func(root *etree.Element) {
				set(nth(root, reference, 0), "URI", "#uddi:ehealth-fgov-be:business:kgss:v1")
			}),
	}
}

// algorithms holds what the profile refuses. Where the sealing code knows the algorithm, value and digests are right.
func algorithms(k *kit) []scenario {
	const (
		more     = "http://www.w3.org/2001/04/xmldsig-more#"
		inclC14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
		exc      = "http://www.w3.org/2001/10/xml-exc-c14n#"
		envelope = nsDSig + "enveloped-signature"
	)
	alg := func(name, source, comment string, edit func(root *etree.Element)) scenario {
		return refused("algorithm/"+name, bcperr.AlgorithmRefused, source, comment, k.before(edit))
	}
	method := func(uri string) func(*etree.Element) {
		return func(root *etree.Element) { set(find(root, signedInfo+"/SignatureMethod"), "Algorithm", uri) }
	}
	digest := func(i int, uri string) func(*etree.Element) {
		return func(root *etree.Element) { set(nth(root, reference+"/DigestMethod", i), "Algorithm", uri) }
	}
	c14n := func(uri string) func(*etree.Element) {
		return func(root *etree.Element) { set(find(root, signedInfo+"/CanonicalizationMethod"), "Algorithm", uri) }
	}
	transform := func(i int, uri string) func(*etree.Element) {
		return func(root *etree.Element) { set(nth(root, reference+"/Transforms/Transform", i), "Algorithm", uri) }
	}
	return []scenario{
		alg("rsa-sha1", "RFC 6194", "a SHA-1 signature by the good key", method(nsDSig+"rsa-sha1")),
		alg("hmac", "CVE-2009-0217", "HMAC: the public key would be the secret", method(more+"hmac-sha256")),
		alg("rsa-pss", "docs/design.md#verify", "RSA-PSS is outside the profile",
			method("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")),
		alg("dsa", "docs/design.md#verify", "DSA is outside the profile",
			method("http://www.w3.org/2009/xmldsig11#dsa-sha256")),
		alg("method-blank", "XMLDSig 1.1 §4.4.2", "the right URI with a blank after it", method(more+"rsa-sha256 ")),
		alg("method-of-other-key", "XMLDSig 1.1 §6.4", "an ECDSA method with an RSA key", method(more+"ecdsa-sha256")),
		refused("algorithm/rsa-1024", bcperr.AlgorithmRefused, "docs/design.md#verify", "a signer's key of 1024 bits",
			k.signBy(k.signerOf("rsa1024"), list(1))),
		alg("digest-sha1-root", "RFC 6194", "SHA-1 over the root", digest(0, nsDSig+"sha1")),
		alg("digest-sha1-properties", "RFC 6194", "SHA-1 over SignedProperties", digest(1, nsDSig+"sha1")),
		alg("digest-unknown", "docs/design.md#verify", "a digest that nobody knows", digest(0, "urn:x")),
		alg("c14n-inclusive", "docs/design.md#verify", "inclusive canonicalisation of SignedInfo", c14n(inclC14N)),
		alg("c14n-with-comments", "docs/design.md#verify", "comments kept in SignedInfo", c14n(exc+"WithComments")),
		alg("c14n-xslt", "CVE-2013-2172", "a stylesheet as canonicalisation",
			c14n("http://www.w3.org/TR/1999/REC-xslt-19991116")),
		alg("transform-xpath", "W3C XML Signature Best Practices 4", "an XPath that could leave the endpoints out",
			func(root *etree.Element) {
				t := etree.NewElement("ds:Transform")
				set(t, "Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")
				t.CreateElement("ds:XPath").SetText("not(ancestor-or-self::*[local-name()='Endpoint'])")
				nth(root, reference+"/Transforms", 0).InsertChildAt(1, t)
			}),
		alg("transform-xslt", "W3C XML Signature Best Practices 3", "a stylesheet in the place of canonicalisation",
			transform(1, "http://www.w3.org/TR/1999/REC-xslt-19991116")),
		alg("transform-order", "docs/design.md#verify", "canonicalisation before the enveloped transform",
			func(root *etree.Element) { transform(0, exc)(root); transform(1, envelope)(root) }),
		alg("transform-two-c14n", "docs/design.md#verify", "canonicalisation twice: nothing takes the signature out",
			func(root *etree.Element) { transform(0, exc)(root) }),
		alg("transform-enveloped-only", "docs/design.md#verify",
			"no canonicalisation of the root: inclusive by default",
			func(root *etree.Element) { remove(nth(root, reference+"/Transforms/Transform", 1)) }),
		alg("transform-c14n-only", "docs/design.md#verify", "the root without the enveloped transform",
			func(root *etree.Element) { remove(nth(root, reference+"/Transforms/Transform", 0)) }),
		alg("transform-third", "W3C XML Signature Best Practices 9", "one canonicalisation more",
			func(root *etree.Element) {
				t := nth(root, reference+"/Transforms/Transform", 1)
				t.Parent().AddChild(t.Copy())
			}),
		alg("transform-properties-enveloped", "docs/design.md#verify", "the enveloped transform on SignedProperties",
			func(root *etree.Element) {
				t := nth(root, reference+"/Transforms/Transform", 2)
				t.Parent().InsertChildAt(0, nth(root, reference+"/Transforms/Transform", 0).Copy())
			}),
	}
}
