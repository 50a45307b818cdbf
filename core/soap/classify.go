package soap

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Outcome says what an HTTP answer means for the choice of the endpoint. The words are those of failover.Outcome.
type Outcome string

// The outcomes of an answer that came.
const (
	Answered   Outcome = "answered"   // complete and no outage; business faults included
	Switched   Outcome = "switch"     // a switch fault, or HTTP 502, 503, 504
	Incomplete Outcome = "incomplete" // the body is cut, or not what its media type says
)

// Verdict is what Classify says.
//
// Shape: SwitchCode is the SOAP code of a switch fault, so proof that the request was not processed; "" when only the
// status says so. Cacheable: complete, successful, with a body, and no fault.
type Verdict struct {
	Outcome    Outcome
	SwitchCode string
	Cacheable  bool
}

// Classify judges an HTTP answer.
//
// Shape: contentType is the header as it came, "" when absent. contentLength is the length that the answer announces
// for body as given, -1 when unknown; so -1 when a Content-Encoding was undone.
//
// XML must be well-formed, JSON must parse, a multipart answer must end with its last boundary and start with a root
// part that is XML or JSON as it says; anything else is complete when it has its announced length. HTML in the place of
// a successful answer is a portal or a proxy speaking: incomplete.
// Source: docs/design.md#what-an-answer-is. WebKit reports a cut chunked body as success, so nothing but the body can tell.
func Classify(status int, contentType string, contentLength int64, body []byte) Verdict {
	v := judge(status, contentType, contentLength, body)
	if status == 502 || status == 503 || status == 504 {
		v.Outcome = Switched
	}
	v.Cacheable = v.Cacheable && v.Outcome == Answered && isSuccess(status) && len(body) > 0
	return v
}

// judge looks at the body alone.
func judge(status int, contentType string, contentLength int64, body []byte) Verdict {
	if contentLength > int64(len(body)) {
		return Verdict{Outcome: Incomplete}
	}
	if len(body) == 0 && mayBeEmpty(status) {
		return Verdict{Outcome: Answered}
	}
	media := mediaType(contentType)
	switch {
	case isSuccess(status) && (isHTML(media) || looksLikeHTML(body)):
		return Verdict{Outcome: Incomplete}
	case isXML(media), media == "" && startsWith(body, '<'):
		return judgeXML(contentType, body)
	case isJSON(media):
		return judgeJSON(body)
	case strings.HasPrefix(media, "multipart/"):
		return judgeMultipart(contentType, body)
	}
	return Verdict{Outcome: Answered, Cacheable: contentLength == int64(len(body))}
}

// Flaw says what keeps a body from being a complete XML answer, as Classify judges one; "" for nothing.
func Flaw(body []byte) string {
	if _, err := parse("", body); err != nil {
		return bcperr.DetailOf(err)
	}
	if looksLikeHTML(body) {
		return "expected an XML document, got an HTML page"
	}
	return ""
}

func isSuccess(status int) bool { return status >= 200 && status <= 299 }

// mayBeEmpty: an answer that tells its news by the status alone.
func mayBeEmpty(status int) bool {
	return !isSuccess(status) || status == 202 || status == 204 || status == 205
}

// mediaType returns the type without parameters, in lower case. Of a header that came twice, which fetch joins with a
// comma, the first counts.
func mediaType(contentType string) string {
	if end := strings.IndexAny(contentType, ";,"); end >= 0 {
		contentType = contentType[:end]
	}
	return strings.ToLower(strings.TrimSpace(contentType))
}

func isXML(media string) bool {
	return media == "text/xml" || media == "application/xml" || strings.HasSuffix(media, "+xml")
}

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

func isHTML(media string) bool { return media == "text/html" || media == "application/xhtml+xml" }

const doctypeHTML = "<!doctype html"

// looksLikeHTML: does the body begin with a DOCTYPE or an element of that name, perhaps after an XML declaration?
func looksLikeHTML(body []byte) bool {
	body = trimStart(body)
	if bytes.HasPrefix(body, []byte("<?xml ")) {
		_, body, _ = bytes.Cut(body, []byte("?>"))
		body = trimStart(body)
	}
	head := strings.ToLower(string(body[:min(len(doctypeHTML), len(body))]))
	name, isElement := strings.CutPrefix(head, "<html")
	return head == doctypeHTML || isElement && (name == "" || strings.IndexByte(" \t\r\n/>", name[0]) >= 0)
}

func startsWith(body []byte, c byte) bool {
	body = trimStart(body)
	return len(body) > 0 && body[0] == c
}

// trimStart drops a byte order mark and white space.
func trimStart(body []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
}

// judgeXML parses the body of an answer or a part with that Content-Type. Some lawful answers are outside what the
// parser takes (a DOCTYPE, too large): they count as complete when they end in markup, and are never cached.
func judgeXML(contentType string, body []byte) Verdict {
	doc, err := parse(contentType, body)
	switch code := bcperr.CodeOf(err); {
	case err == nil:
	case code == bcperr.XMLMalformed, code == bcperr.EncodingInvalid, !endsInMarkup(body):
		return Verdict{Outcome: Incomplete}
	default:
		return Verdict{Outcome: Answered}
	}
	if code, switches := switchOf(doc); switches {
		return Verdict{Outcome: Switched, SwitchCode: code}
	}
	return Verdict{Outcome: Answered, Cacheable: !isFault(doc)}
}

// parse parses an answer in its own encoding. contentType is its header, or that of the part; "" when nobody knows it.
func parse(contentType string, body []byte) (*xmldoc.Node, error) {
	return xmldoc.ParseEncoded(body, parameter(contentType, "charset"), xmldoc.DocumentLimits)
}

func endsInMarkup(body []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(body, " \t\r\n\x00"), []byte(">"))
}

func judgeJSON(body []byte) Verdict {
	if !utf8.Valid(body) || !json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))) {
		return Verdict{Outcome: Incomplete}
	}
	return Verdict{Outcome: Answered, Cacheable: true}
}
