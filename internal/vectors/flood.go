package vectors

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// floods holds input within 4 MiB that looks for work out of proportion: a runner must answer each in a second. One
// text is repeated, so that the stored file stays small.
func floods(k *kit) []scenario {
	const size = maxBytes - 64<<10 // room for the catalogue around the flood
	flood := func(name string, code bcperr.Code, comment, text string, place func(doc *etree.Document)) scenario {
		return refused("flood/"+name, code, "docs/design.md#limits", comment, k.after(place),
			expanded(Expand{Marker: "@@", Text: text, Times: size / len(text)}))
	}
	// few keeps a flood of markup below the limit of tokens, so that it reaches what comes after the parser.
	few := func(name string, code bcperr.Code, comment, text string, times int,
		place func(doc *etree.Document)) scenario {
		return refused("flood/"+name, code, "docs/design.md#limits", comment, k.after(place),
			expanded(Expand{Marker: "@@", Text: text, Times: times}))
	}
	text := func(path string) func(*etree.Document) {
		return func(doc *etree.Document) { nth(doc.Root(), path, 0).SetText("@@") }
	}
	attr := func(path, name string) func(*etree.Document) {
		return func(doc *etree.Document) { set(nth(doc.Root(), path, 0), name, "@@") }
	}
	inside := func(path string) func(*etree.Document) {
		return func(doc *etree.Document) { nth(doc.Root(), path, 0).CreateText("@@") }
	}
	prefixes := func(path string) func(*etree.Document) {
		return func(doc *etree.Document) {
			list := nth(doc.Root(), path, 0).CreateElement("InclusiveNamespaces")
			set(list, "xmlns", "http://www.w3.org/2001/10/xml-exc-c14n#")
			set(list, "PrefixList", "@@")
		}
	}
	var declarations strings.Builder
	for i := range 60 {
		fmt.Fprintf(&declarations, ` xmlns:p%02d="urn:x"`, i)
	}
	return []scenario{
		flood("text", bcperr.DigestMismatch, "an address of four million letters", "a", text("./Service/Endpoint")),
		flood("character-references", bcperr.DigestMismatch, "an address of references", "&#65;",
			text("./Service/Endpoint")),
		flood("attribute", bcperr.DigestMismatch, "a name of four million letters", "a", attr("./Service", "Name")),
		flood("element-name", bcperr.LimitExceeded, "an element name of four million letters", "a",
			func(doc *etree.Document) { doc.Root().InsertChildAt(0, etree.NewElement("a@@")) }),
		refused("flood/open-comment", bcperr.XMLMalformed, "docs/design.md#limits", "a comment that never ends",
			append(k.good(), "<!-- @@"...),
			expanded(Expand{Marker: "@@", Text: "- ", Times: size / 2})),
		flood("cdata", bcperr.LimitExceeded, "an address of empty CDATA sections", "<![CDATA[]]>",
			text("./Service/Endpoint")),
		flood("instructions", bcperr.LimitExceeded, "processing instructions", "<?a?>", inside("./Service")),
		flood("signature-value", bcperr.SignatureInvalid, "a signature value of three million octets", "AAAA",
			text(signature+"/SignatureValue")),
		flood("digest-value", bcperr.DigestMismatch, "a digest of three million octets", "AAAA",
			text(reference+"/DigestValue")),
		flood("certificate", bcperr.LimitExceeded, "a certificate of three million octets", "AAAA",
			text(keyInfo+"/X509Data/X509Certificate")),
		flood("uri", bcperr.SignatureShape, "a URI of four million letters", "a", attr(reference, "URI")),
		flood("issuer-name", bcperr.DigestMismatch, "a name of a million attributes", "C=B,",
			text(cert+"/IssuerSerial/X509IssuerName")),
		flood("prefix-list", bcperr.LimitExceeded, "a PrefixList of a million prefixes", " aa",
			prefixes(signedInfo+"/CanonicalizationMethod")),
		few("namespaces", bcperr.DigestMismatch, "3,000 elements of 60 namespace declarations",
			"<a"+declarations.String()+"/>", 3_000, inside("./Service")),
		few("transforms", bcperr.AlgorithmRefused, "40,000 transforms",
			`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>`, 40_000,
			inside(reference+"/Transforms")),
		few("references", bcperr.SignatureShape, "40,000 References", `<ds:Reference URI=""/>`, 40_000,
			inside(signedInfo)),
		few("x509-data", bcperr.LimitExceeded, "40,000 certificates",
			`<ds:X509Data><ds:X509Certificate/></ds:X509Data>`, 40_000, inside(keyInfo)),
		few("ids", bcperr.SignatureAmbiguous, "90,000 elements of one Id", `<a Id="x"/>`, 90_000, inside(object)),
		few("certs", bcperr.DigestMismatch, "40,000 names of certificates", `<Cert/>`, 40_000,
			inside(signedProps+"/SigningCertificate")),
		few("services", bcperr.DigestMismatch, "20,000 services with one Id",
			`<Service Id="x" Name="x"><Endpoint Order="0" Status="ACTIVE">https://a.example/</Endpoint></Service>`,
			20_000,
			func(doc *etree.Document) { doc.Root().InsertChildAt(0, etree.NewText("@@")) }),
	}
}
