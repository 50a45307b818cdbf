package soap

import (
	"bytes"
	"strings"
)

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
		_, body, _ = bytes.Cut(head(body), []byte("?>"))
		body = trimStart(body)
	}
	start := strings.ToLower(string(body[:min(len(doctypeHTML), len(body))]))
	name, isElement := strings.CutPrefix(start, "<html")
	return start == doctypeHTML || isElement && (name == "" || strings.IndexByte(" \t\r\n/>", name[0]) >= 0)
}

func startsWith(body []byte, c byte) bool {
	body = trimStart(body)
	return len(body) > 0 && body[0] == c
}

// trimStart drops a byte order mark and white space.
func trimStart(body []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
}

// parameter returns a parameter of a Content-Type, without its quotes; "" when it is absent.
//
// Source: RFC 9110 §5.6.6.
func parameter(contentType, name string) string {
	_, rest, found := strings.Cut(contentType, ";")
	for found {
		var key, value string
		key, rest, found = strings.Cut(rest, "=")
		if rest = strings.TrimLeft(rest, " \t"); strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
		} else if end := strings.IndexAny(rest, ";, \t"); end >= 0 {
			value, rest = rest[:end], rest[end:]
		} else {
			value, rest = rest, ""
		}
		if strings.EqualFold(strings.Trim(key, "; \t"), name) {
			return value
		}
	}
	return ""
}
