package soap

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// judgeOther judges the answer to a request that is not SOAP: REST, JSON, a file.
//
// Shape: HTTP 502, 503, 504 and 520 to 530 are a gateway's; HTML where none was asked for is a portal's or a proxy's.
// Everything else complete is an answer, but one of 500 and more proves nothing. XML must be well-formed, JSON must
// parse, a multipart answer must end with its last boundary and start with a root part that is XML or JSON as it says;
// anything else is complete when it has its announced length.
// Source: docs/design.md#what-an-answer-is.
func judgeOther(a Answer, wantsPage bool) Verdict {
	if isUnavailable(a.Status) || a.Status >= 520 && a.Status <= 530 {
		return Verdict{Outcome: Switch}
	}
	media := mediaType(a.ContentType)
	if !wantsPage && (isHTML(media) || looksLikeHTML(a.Body)) {
		return Verdict{Outcome: Foreign, Came: camePage}
	}
	v := Verdict{Outcome: Answered, Cacheable: a.ContentLength == int64(len(a.Body))}
	switch {
	case len(a.Body) == 0 && !isEmptyCut(a.Status, media):
		v.Cacheable = false
	case isXML(media), media == "" && startsWith(a.Body, '<'):
		v = judgeXML(a.ContentType, a.Body)
	case isJSON(media):
		v = judgeJSON(a.Body)
	case strings.HasPrefix(media, "multipart/"):
		v = judgeParts(a.ContentType, a.Body)
	default:
		v.Ends = EndOf(a.ContentType, a.Body)
	}
	v.Silent = v.Outcome == Answered && a.Status >= 500
	return v
}

// isEmptyCut: should a successful answer of that media type have had a body?
func isEmptyCut(status int, media string) bool {
	return status >= 200 && status <= 299 && status != 202 && status != 204 && status != 205 &&
		(isXML(media) || isJSON(media))
}

// judgeXML parses XML of no particular form. Some lawful documents are outside what the parser takes (a DOCTYPE, too
// large): they count as complete when they end in markup, and are never cached.
func judgeXML(contentType string, body []byte) Verdict {
	doc, err := parse(contentType, body)
	switch code := bcperr.CodeOf(err); {
	case err == nil:
		return Verdict{Outcome: Answered, Cacheable: !isFault(doc), Ends: endOf(doc)}
	case code == bcperr.XMLMalformed, code == bcperr.EncodingInvalid, !endsInMarkup(body):
		return Verdict{Outcome: Incomplete, Came: cameCut}
	}
	return Verdict{Outcome: Answered}
}

func endsInMarkup(body []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(body, " \t\r\n\x00"), []byte(">"))
}

func judgeJSON(body []byte) Verdict {
	if !utf8.Valid(body) || !json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))) {
		return Verdict{Outcome: Incomplete, Came: "JSON that is cut"}
	}
	return Verdict{Outcome: Answered, Cacheable: true}
}

// judgeParts judges an answer with several parts by its last boundary and its root part.
func judgeParts(contentType string, body []byte) Verdict {
	root, err := rootPart(contentType, body)
	switch {
	case err == cameNoRoot, err == cameUnread:
		return Verdict{Outcome: Answered} // complete by its last boundary; what it says nobody knows
	case err != "":
		return Verdict{Outcome: Incomplete, Came: err}
	case isXML(mediaType(root.contentType)):
		return judgeXML(root.contentType, root.content)
	case isJSON(mediaType(root.contentType)):
		return judgeJSON(root.content)
	}
	return Verdict{Outcome: Answered, Cacheable: true, Ends: EndOf(root.contentType, root.content)}
}
