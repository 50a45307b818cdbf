package soap

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Wanted is the kind of answer that a request asks for.
type Wanted string

// The kinds of answers.
const (
	Any      Wanted = ""     // REST, JSON, files: whatever is complete
	Envelope Wanted = "soap" // a SOAP message
	Page     Wanted = "html" // HTML, because the request asks for it
)

// HeadBytes is how much of a body says what it is: an XML declaration, comments, and the start tag of the root. The
// longest seen in a genuine message has 1,100 octets. A host need not hand over more of a request that has no cache.
const HeadBytes = 16 << 10

// WantedBy returns what a request asks for, by its headers as they go out, "" when absent, and its body or the head of
// it.
//
// Shape: Envelope when Content-Type is text/xml, application/soap+xml or multipart/related, or the body is a SOAP
// Envelope; Page when Accept names HTML.
// Source: docs/design.md#what-an-answer-is.
func WantedBy(contentType, accept string, body []byte) Wanted {
	switch mediaType(contentType) {
	case "text/xml", "application/soap+xml", "multipart/related":
		return Envelope
	}
	if startsWith(body, '<') || isUTF16(body) {
		if root, err := rootOf(contentType, body); err == nil && payload.IsEnvelope(root) {
			return Envelope
		}
	}
	if accept = strings.ToLower(accept); strings.Contains(accept, "text/html") || strings.Contains(accept,
		"xhtml+xml") {
		return Page
	}
	return Any
}

func head(body []byte) []byte { return body[:min(len(body), HeadBytes)] }

// rootOf returns the name of the root element of XML that may be cut after its start tag.
func rootOf(contentType string, body []byte) (*xmldoc.Name, error) {
	return xmldoc.Root(head(body), parameter(contentType, "charset"), xmldoc.DocumentLimits)
}

// parse parses an answer in its own encoding. contentType is its header, or that of the part; "" when nobody knows it.
func parse(contentType string, body []byte) (*xmldoc.Node, error) {
	return xmldoc.ParseEncoded(body, parameter(contentType, "charset"), xmldoc.DocumentLimits)
}
