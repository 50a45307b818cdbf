package soap

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// switchCodes are the codes that mean "take the next endpoint". A code counts when it stands between separators here,
// so two neighbours with their separator count too, as in the reference.
//
// Source: docs/design.md#reference-behaviour.
const switchCodes = "|SOA-01001|SOA-01002|SOA-02001|SOA-02002|"

// Flaw says what keeps a file from being a complete XML answer; "" for nothing.
func Flaw(answer []byte) string {
	m := readMessage("text/xml", answer)
	switch {
	case m.came == camePage:
		return "expected an XML document, got an HTML page"
	case m.isEnvelope, m.came == cameNoBody, m.came == cameDoctype:
		return ""
	}
	_, err := parse("", answer)
	if code := bcperr.CodeOf(err); code == "" || code == bcperr.LimitExceeded {
		return ""
	}
	return bcperr.DetailOf(err)
}

// switchOf says whether an answer is a fault that means "take the next endpoint", and with which code.
//
// Shape: the code is the first text of Fault/detail/*/Code, SOAP 1.1 Fault, the others without namespace, white space
// counting; exactly one Code in the payload may match; the Fault may stand anywhere in the payload. A SOAP 1.2 fault
// does not switch.
// Source: docs/design.md#reference-behaviour. The reference's rule is a stylesheet whose output must be one word.
func switchOf(doc *xmldoc.Node) (code string, switches bool) {
	first, err := payload.Of(doc)
	if err != nil {
		return "", false
	}
	matches := 0
	for n := first; n != nil; {
		isCode := n.Kind == xmldoc.Element && isFaultCode(n, first)
		if isCode {
			if text := firstText(n); strings.Contains(switchCodes, "|"+text+"|") {
				code = text
				matches++
			}
		}
		n = n.After(first, isCode) // the reference does not look below a Code
	}
	if matches != 1 {
		return "", false
	}
	return code, true
}

// isFaultCode: is the element a Fault/detail/*/Code? The Fault is first, the payload, or below it.
func isFaultCode(n, first *xmldoc.Node) bool {
	if !n.Is("", "Code") {
		return false
	}
	path := [3]*xmldoc.Node{} // entry, detail, Fault
	for i := range path {
		if n == first {
			return false
		}
		n = n.Parent
		path[i] = n
	}
	return path[1].Is("", "detail") && path[2].Is(payload.SOAP11, "Fault")
}

// firstText returns the first run of text among the children, "" when there is none. CDATA is text.
func firstText(n *xmldoc.Node) string {
	for c := n.FirstChild; c != nil; c = c.Next {
		if c.Kind == xmldoc.Text {
			return c.Value
		}
	}
	return ""
}

// isFault: does the body of the message carry a fault of either version, in whatever place?
func isFault(doc *xmldoc.Node) bool {
	first, err := payload.Of(doc)
	if err != nil {
		return false
	}
	for n := first; n != nil; n = n.Next {
		if n.Is(payload.SOAP11, "Fault") || n.Is(payload.SOAP12, "Fault") {
			return true
		}
	}
	return false
}
