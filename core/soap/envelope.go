package soap

import (
	"bytes"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
)

// readMessage says what a body is, whatever its media type: a bare Envelope, a multipart answer with one as its root,
// or something else.
func readMessage(contentType string, body []byte) message {
	switch {
	case len(body) == 0:
		return foreign(cameNothing)
	case startsWith(body, '<'), isUTF16(body):
		return readEnvelope(contentType, body)
	case boundaryOf(contentType, body) != "":
		return readParts(contentType, body)
	case isHTML(mediaType(contentType)):
		return foreign(camePage)
	case startsWith(body, '{'), startsWith(body, '['), isJSON(mediaType(contentType)):
		return foreign(cameJSON)
	case strings.HasPrefix(mediaType(contentType), "multipart/"):
		return cut(cameCutParts)
	}
	return foreign(cameText)
}

// isUTF16: does the document begin with a byte order mark of UTF-16, or with < in it?
func isUTF16(body []byte) bool {
	if len(body) < 2 {
		return false
	}
	switch string(body[:2]) {
	case "\xff\xfe", "\xfe\xff", "<\x00", "\x00<":
		return true
	}
	return false
}

// readEnvelope reads what begins as XML. The start tag of its root decides whether the rest is worth parsing: a page of
// 32 MiB costs no more than a short one.
func readEnvelope(contentType string, body []byte) message {
	if looksLikeHTML(body) {
		return foreign(camePage)
	}
	root, err := rootOf(contentType, body)
	switch code := bcperr.CodeOf(err); {
	case code == bcperr.XMLForbidden, isDoctype(body):
		return foreign(cameDoctype)
	case isHTML(mediaType(contentType)) && (err != nil || !payload.IsEnvelope(root)):
		return foreign(camePage)
	case err != nil && len(body) > HeadBytes, err != nil && code != bcperr.XMLMalformed:
		return foreign(cameXML) // a start tag that long is nobody's
	case err != nil:
		return cut(cameCut)
	case !payload.IsEnvelope(root):
		return foreign(cameXML)
	}
	doc, err := parse(contentType, body)
	switch code := bcperr.CodeOf(err); {
	case err == nil && payload.Body(doc) == nil:
		return foreign(cameNoBody)
	case err == nil:
		return message{isEnvelope: true, doc: doc}
	case code == bcperr.LimitExceeded, code == bcperr.InputTooLarge:
		return closed(body)
	}
	return cut(cameCut)
}

// isDoctype: does a document begin with a DOCTYPE, however it is written? XML has upper case, pages have either.
func isDoctype(text []byte) bool {
	text = trimStart(text)
	return bytes.HasPrefix(text, []byte("<!")) && !bytes.HasPrefix(text, []byte("<!--"))
}

// closed judges an Envelope that is larger than what the parser takes: it is whole when it ends with its end tag. What
// it says nobody knows.
func closed(text []byte) message {
	end := bytes.LastIndex(text, []byte("</"))
	tag := strings.TrimRight(string(text[max(end, len(text)-200, 0):]), " \t\r\n")
	tag = strings.TrimRight(strings.TrimSuffix(tag, ">"), " \t\r\n")
	if end >= 0 && end > len(text)-200 && (strings.HasSuffix(tag, ":Envelope") || tag == "</Envelope") {
		return message{isEnvelope: true}
	}
	return cut(cameCut)
}
