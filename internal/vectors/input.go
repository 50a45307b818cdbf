package vectors

import (
	"bytes"
	"compress/gzip"
	"strings"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// The limits of docs/design.md#limits, spelled again: a vector must not follow a limit that slips.
const (
	maxBytes  = 4 << 20
	maxDepth  = 32
	maxAttrs  = 64
	maxTokens = 200_000
)

// input holds what a wrong server sends in the place of a catalogue.
func input(k *kit) []scenario {
	good := k.good()
	return []scenario{
		refused("input/empty", bcperr.XMLMalformed, "docs/design.md#verify", "no bytes at all", nil),
		refused("input/blank", bcperr.XMLMalformed, "XML 1.0 §2.1", "white space only", []byte(" \r\n\t")),
		refused("input/html-error-page", bcperr.XMLMalformed, "docs/design.md#verify",
			"a proxy's error page, sent with status 200",
			[]byte("<html><head><title>502</title></head><body><h1>Bad Gateway</h1><hr></body></html>\n")),
		refused("input/html-doctype", bcperr.XMLForbidden, "docs/design.md#verify", "a login page of a captive portal",
			[]byte("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n")),
		refused("input/xhtml", bcperr.SchemaInvalid, "docs/design.md#verify", "well-formed, but no catalogue",
			[]byte(`<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Please log in</p></body></html>`)),
		refused("input/json", bcperr.XMLMalformed, "docs/design.md#verify", "an API's error",
			[]byte(`{"error":"unavailable"}`)),
		refused("input/gzip", bcperr.EncodingInvalid, "docs/design.md#verify",
			"a good catalogue, compressed and not declared so", gzipped(good)),
		refused("input/sha2-text", bcperr.XMLMalformed, "docs/design.md#domain",
			"the .sha2 file in the place of the list", drill.SHA2(good)),
		refused("input/truncated", bcperr.XMLMalformed, "docs/design.md#verify",
			"the connection was cut in the signature value",
			good[:bytes.Index(good, []byte("</ds:SignatureValue>"))]),
		refused("input/truncated-root", bcperr.XMLMalformed, "XML 1.0 §2.1", "all but the last end tag",
			bytes.TrimSuffix(good, []byte("</ServiceList>\n"))),
	}
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b) // no name and no time: the same bytes on each run
	_, err := w.Write(content)
	must(err)
	must(w.Close())
	return b.Bytes()
}

// encoding holds octets that are not one UTF-8 text of XML 1.0.
func encoding(k *kit) []scenario {
	const declared = `encoding="UTF-8"`
	utf16 := []byte{0xfe, 0xff}
	for _, b := range k.good() {
		utf16 = append(utf16, 0, b)
	}
	return []scenario{
		refused("encoding/invalid-byte", bcperr.EncodingInvalid, "RFC 3629 §3", "the byte 0xFF in a service name",
			k.replaced("ETEE KGSS V1", "ETEE KGSS \xff1")),
		refused("encoding/overlong", bcperr.EncodingInvalid, "RFC 3629 §3", "a slash in two bytes",
			k.replaced("https://services.bcp.example/Kgss/v1", "https://services.bcp.example\xc0\xafKgss/v1")),
		refused("encoding/surrogate", bcperr.EncodingInvalid, "RFC 3629 §3",
			"half a surrogate pair as three bytes (CESU-8)",
			k.replaced("ETEE KGSS V1", "ETEE KGSS \xed\xa0\x81")),
		refused("encoding/utf-16", bcperr.EncodingInvalid, "XML 1.0 §4.3.3", "lawful XML, outside the profile", utf16),
		refused("encoding/declared-latin1", bcperr.EncodingInvalid, "XML 1.0 §4.3.3",
			"readers that follow the declaration would see another text",
			k.replaced(declared, `encoding="ISO-8859-1"`)),
		refused("encoding/xml-1.1", bcperr.EncodingInvalid, "XML 1.0 §2.8",
			"XML 1.1 has other line ends and characters",
			k.replaced(`version="1.0"`, `version="1.1"`)),
		refused("encoding/control-character", bcperr.XMLMalformed, "XML 1.0 §2.2", "U+0001 in a name",
			k.replaced("ETEE KGSS V1", "ETEE KGSS \x01")),
		accepted("encoding/bom", "docs/design.md#verify", "one UTF-8 byte order mark is fine",
			append([]byte("\xef\xbb\xbf"), k.good()...), nil),
		refused("encoding/bom-twice", bcperr.XMLMalformed, "XML 1.0 §2.1", "the second mark is text before the root",
			append([]byte("\xef\xbb\xbf\xef\xbb\xbf"), k.good()...)),
	}
}

// wellFormed holds documents that parsers are known to disagree on. All are signed before the change, or signed well.
func wellFormed(k *kit) []scenario {
	good := k.good()
	const end = "</ServiceList>\n"
	malformed := func(name, source, comment string, catalogue []byte) scenario {
		return refused("xml/"+name, bcperr.XMLMalformed, source, comment, catalogue)
	}
	const endpoint = ">https://services.bcp.example/Kgss/v1<"
	return []scenario{
		malformed("two-roots", "XML 1.0 §2.1", "a forged list after the signed one",
			replaced(good, end, end+`<ServiceList xmlns="urn:be:fgov:ehealth:bcp:protocol:v1"/>`)),
		malformed("text-after-root", "XML 1.0 §2.1", "text after the root element", replaced(good, end, end+"x")),
		malformed("end-tag-mismatch", "XML 1.0 §3", "an end tag of another name",
			replaced(good, end, "</ServiceLists>")),
		malformed("attribute-twice", "XML 1.0 §3.1", "a second Status: readers differ in which one counts",
			replaced(good, `<Endpoint Order="0" Status="ACTIVE">https://services.bcp.example/Kgss/v1`,
				`<Endpoint Order="0" Status="ACTIVE" Status="INACTIVE">https://services.bcp.example/Kgss/v1`)),
		malformed("attribute-twice-by-namespace", "Namespaces in XML 1.0 §6.3", "two prefixes of one namespace",
			replaced(good, `<Service Id="uddi:ehealth-fgov-be:business:kgss:v1"`,
				`<Service xmlns:a="urn:x" xmlns:b="urn:x" a:Id="1" b:Id="2" `+
					`Id="uddi:ehealth-fgov-be:business:kgss:v1"`)),
		malformed("prefix-undeclared", "Namespaces in XML 1.0 §5", "a prefix that nobody declared",
			replaced(good, `<Service Id="uddi:ehealth-fgov-be:business:kgss:v1"`,
				`<Service x:a="1" Id="uddi:ehealth-fgov-be:business:kgss:v1"`)),
		malformed("name-two-colons", "Namespaces in XML 1.0 §4 (CVE-2020-29511)", "a name with two colons",
			replaced(good, `<ds:KeyInfo>`, `<ds:KeyInfo ds:a:b="1">`)),
		malformed("entity-undeclared", "XML 1.0 §4.1", "an entity reference without a declaration",
			replaced(good, endpoint, ">&url;<")),
		malformed("charref-nul", "XML 1.0 §2.2", "the character NUL by reference",
			replaced(good, endpoint, ">https://services.bcp.example/&#0;<")),
		malformed("charref-overflow", "XML 1.0 §4.1", "2^32+58 is a colon only where numbers wrap",
			replaced(good, endpoint, ">https&#4294967354;//services.bcp.example/Kgss/v1<")),
		malformed("less-than-in-attribute", "XML 1.0 §3.1", "a bare < in an attribute value",
			replaced(good, "ETEE KGSS V1", "ETEE <KGSS V1")),
		malformed("comment-double-hyphen", "XML 1.0 §2.5", "-- inside a comment",
			replaced(good, end, "<!-- a -- b -->"+end)),
		malformed("cdata-end-in-text", "XML 1.0 §2.4", "]]> outside a CDATA section",
			replaced(good, endpoint, ">https://services.bcp.example/]]><")),
		malformed("declaration-late", "XML 1.0 §2.8", "white space before the XML declaration",
			append([]byte("\n"), good...)),
		refused("xml/doctype", bcperr.XMLForbidden, "docs/design.md#verify",
			"a document type declaration without content",
			replaced(good, "<ServiceList ", "<!DOCTYPE ServiceList>\n<ServiceList ")),
		refused("xml/doctype-entities", bcperr.XMLForbidden, "CVE-2003-1564", "entities that would grow to gigabytes",
			replaced(good, "<ServiceList ", `<!DOCTYPE ServiceList [<!ENTITY a "aaaaaaaaaa">`+
				`<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`+"\n<ServiceList ")),
		refused("xml/comment-in-endpoint", bcperr.XMLForbidden, "docs/design.md#verify (CVE-2017-11427)",
			"canonical form drops the comment, so the signature holds; some readers stop at it",
			replaced(good, ".example/EtkDepot/v1</Endpoint>"+
				"<Endpoint Order=\"1\" Status=\"INACTIVE\">https://services.bcp2.example/EtkDepot",
				".example<!---->/EtkDepot/v1</Endpoint>"+
					"<Endpoint Order=\"1\" Status=\"INACTIVE\">https://services.bcp2.example/EtkDepot")),
		refused("xml/instruction-in-endpoint", bcperr.XMLForbidden, "docs/design.md#verify",
			"a processing instruction inside an address, signed so",
			k.before(func(root *etree.Element) {
				nth(root, "./Service/Endpoint", 0).AddChild(etree.NewProcInst("x", "y"))
			})),
	}
}

// limits holds one input per bound. All are well-formed, so only the bound can refuse them.
func limits(k *kit) []scenario {
	const end = "</ServiceList>\n"
	good := k.good()
	marked := replaced(good, end, "</ServiceList>@@\n")
	fill := func(size int) Expand { return Expand{Marker: "@@", Text: " ", Times: size - len(marked) + len("@@")} }
	deep := strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth) // the root is level 1
	var wide strings.Builder
	for i := range maxAttrs + 1 {
		wide.WriteString(` a` + string(rune('A'+i/26)) + string(rune('a'+i%26)) + `=""`)
	}
	crowd := k.signerOf("rotated")
	for len(crowd.Chain) < 11 {
		crowd.Chain = append(crowd.Chain, k.pki.Issuing)
	}
	return []scenario{
		accepted("limits/size-at-limit", "docs/design.md#limits", "4 MiB exactly: blanks after the root",
			replaced(marked, "@@", ""), nil, unexpanded(marked), expanded(fill(maxBytes))),
		refused("limits/size", bcperr.InputTooLarge, "docs/design.md#limits",
			"4 MiB and one byte: blanks after the root", marked, expanded(fill(maxBytes+1))),
		refused("limits/depth", bcperr.LimitExceeded, "docs/design.md#limits (CVE-2026-56859)", "33 levels",
			replaced(good, end, deep+end)),
		refused("limits/depth-flood", bcperr.LimitExceeded, "docs/design.md#limits", "100,000 open tags",
			replaced(good, end, "@@"+end),
			expanded(Expand{Marker: "@@", Text: "<a>", Times: 100_000})),
		refused("limits/attributes", bcperr.LimitExceeded, "docs/design.md#limits", "65 attributes on one element",
			replaced(good, end, "<a"+wide.String()+"/>"+end)),
		refused("limits/tokens", bcperr.LimitExceeded, "docs/design.md#limits", "more than 200,000 tokens",
			replaced(good, end, "@@"+end),
			expanded(Expand{Marker: "@@", Text: "<a/>", Times: maxTokens})),
		refused("limits/comment-flood", bcperr.LimitExceeded, "docs/design.md#limits", "comments are tokens too",
			replaced(good, end, "@@"+end),
			expanded(Expand{Marker: "@@", Text: "<!---->", Times: maxTokens})),
		refused("limits/certificates", bcperr.LimitExceeded, "docs/design.md#limits", "eleven certificates in KeyInfo",
			k.signBy(crowd, list(1))),
	}
}

// unexpanded stores the catalogue with its marker, for a scenario that was summarised without it.
func unexpanded(marked []byte) option {
	return func(s *scenario) { s.files["catalogue.xml"] = marked }
}
