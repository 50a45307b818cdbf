package soap

import (
	"bytes"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// The namespaces of SAML assertions. The token service gives those of SAML 1.1.
const (
	saml1 = "urn:oasis:names:tc:SAML:1.0:assertion"
	saml2 = "urn:oasis:names:tc:SAML:2.0:assertion"
)

const notOnOrAfter = "NotOnOrAfter"

// Ended is the end of a message that names one which cannot be read: it has ended.
var Ended = time.UnixMilli(1).UTC()

// EndOf returns when a message ends by what it says itself: the earliest NotOnOrAfter of the Conditions of its SAML
// assertions; the zero Time when it names none.
//
// Shape: contentType is the header that came with it, "" when nobody knows it. An assertion alone, outside an
// Envelope, is read too. A moment without zone is UTC, as SAML has it; one that cannot be read is Ended. What an
// encrypted assertion says nobody reads.
// Source: docs/design.md#what-is-stored.
func EndOf(contentType string, message []byte) time.Time {
	if startsWith(message, '<') && !isUTF16(message) && !bytes.Contains(message, []byte(notOnOrAfter)) {
		return time.Time{} // most answers: not worth parsing
	}
	doc := readMessage(contentType, message).doc
	if doc == nil && (startsWith(message, '<') || isUTF16(message)) {
		doc, _ = parse(contentType, message) // nil when it is not well-formed
	}
	if doc == nil {
		return time.Time{}
	}
	return endOf(doc)
}

func endOf(doc *xmldoc.Node) time.Time {
	var end time.Time
	for n := doc; n != nil; n = n.After(doc, false) {
		if n.Kind != xmldoc.Element || !n.Is(saml1, "Conditions") && !n.Is(saml2, "Conditions") {
			continue
		}
		if text, isNamed := n.AttrValue(notOnOrAfter); isNamed {
			if one := endIn(text); end.IsZero() || one.Before(end) {
				end = one
			}
		}
	}
	return end
}

func endIn(text string) time.Time {
	moment, err := xsdtype.ParseDateTime(text)
	if err != nil || moment.Time.Before(Ended) {
		return Ended
	}
	return moment.Time
}
