package soap

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
)

// maxBoundary is the longest boundary that a lawful answer has.
//
// Source: RFC 2046 §5.1.1.
const maxBoundary = 70

// maxParts bounds the parts that are looked through for the root, which is the first one nearly always.
const maxParts = 100

// part is one part of a multipart answer, its Content-Transfer-Encoding undone.
type part struct {
	contentType string
	content     []byte
}

// boundaryOf returns the boundary of a multipart body: the one that its first line shows, else the one that the
// Content-Type names; "" when the body is not of several parts.
func boundaryOf(contentType string, body []byte) string {
	if line, isFirst := bytes.CutPrefix(trimStart(body), []byte("--")); isFirst {
		line, _, _ = bytes.Cut(line[:min(len(line), maxBoundary+4)], []byte("\n"))
		if line = bytes.TrimRight(line, " \t\r"); len(line) > 0 && len(line) <= maxBoundary {
			return string(line)
		}
		return ""
	}
	boundary := parameter(contentType, "boundary")
	if !strings.HasPrefix(mediaType(contentType), "multipart/") || len(boundary) > maxBoundary {
		return ""
	}
	return boundary
}

// readParts reads an answer with attachments (SOAP with Attachments, MTOM).
func readParts(contentType string, body []byte) message {
	root, err := rootPart(contentType, body)
	switch {
	case err == cameCutParts:
		return cut(err)
	case err != "":
		return foreign(err)
	case startsWith(root.content, '<'), isUTF16(root.content):
		return readEnvelope(root.contentType, root.content)
	}
	return foreign("a multipart answer whose root is no SOAP Envelope")
}

// rootPart returns the root of a whole multipart body: the part that the parameter "start" names, else the first. err
// says why there is none.
//
// Source: RFC 2046 §5.1.1, RFC 2387 §3.2.
func rootPart(contentType string, body []byte) (root part, err string) {
	boundary := boundaryOf(contentType, body)
	if boundary == "" {
		return part{}, cameCutParts
	}
	delimiter := []byte("\n--" + boundary)
	rest, found := body, bytes.HasPrefix(trimStart(body), delimiter[1:])
	if found {
		rest = trimStart(body)[len(delimiter)-1:]
	} else if _, rest, found = cutAt(body, delimiter); !found {
		return part{}, cameCutParts
	}
	if !bytes.Contains(rest, append(delimiter, "--"...)) {
		return part{}, cameCutParts
	}
	start := trimID(parameter(contentType, "start"))
	for range maxParts {
		if bytes.HasPrefix(rest, []byte("--")) {
			break
		}
		var one []byte
		if one, rest, found = cutAt(rest, delimiter); !found {
			return part{}, cameCutParts
		}
		h, content := splitPart(bytes.TrimSuffix(one, []byte("\r")))
		switch {
		case content == nil && start == "":
			return part{}, cameCutParts
		case content != nil && (start == "" || start == h.id):
			return h.decode(content)
		}
	}
	return part{}, cameNoRoot
}

// cutAt cuts at the first delimiter line: what only begins like one is content.
func cutAt(body, delimiter []byte) (before, after []byte, found bool) {
	for at := 0; ; {
		i := bytes.Index(body[at:], delimiter)
		if i < 0 {
			return body, nil, false
		}
		end := at + i + len(delimiter)
		if end == len(body) || strings.IndexByte("-\r\n \t", body[end]) >= 0 {
			return body[:at+i], body[end:], true
		}
		at = end
	}
}

func trimID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }

// header is what matters of a part's header lines.
type header struct {
	contentType, encoding, id string
}

// maxHeaders bounds the header lines of a part; MTOM has three.
const maxHeaders = 100

// splitPart returns the header and the content of a part, which starts with the end of its delimiter line; nil when the
// headers do not end.
func splitPart(text []byte) (h header, content []byte) {
	_, text, _ = bytes.Cut(text, []byte("\n"))
	var name, value string // of the header that is being read: a line that begins with a blank goes on with it
	for range maxHeaders {
		var raw []byte
		raw, text, _ = bytes.Cut(text, []byte("\n"))
		line := strings.TrimRight(string(raw), "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			value += line
			continue
		}
		switch name {
		case "content-type":
			h.contentType = value
		case "content-transfer-encoding":
			h.encoding = strings.ToLower(strings.TrimSpace(value))
		case "content-id":
			h.id = trimID(value)
		}
		if line == "" {
			return h, text
		}
		name, value, _ = strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimRight(name, " \t"))
	}
	return h, nil
}

// maxQuoted bounds what is read in quoted-printable, in octets: the library takes 0.3 s in WebAssembly for as many in
// short lines. A root part in that encoding was never seen.
const maxQuoted = 4 << 20

// decode undoes the Content-Transfer-Encoding of a part.
//
// Source: RFC 2045 §6.
func (h header) decode(content []byte) (decoded part, err string) {
	plain := content
	var failure error
	switch {
	case h.encoding == "", h.encoding == "7bit", h.encoding == "8bit", h.encoding == "binary":
	case h.encoding == "base64":
		plain, failure = fromBase64(content)
	case h.encoding == "quoted-printable" && len(content) <= maxQuoted:
		plain, failure = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(content)))
	default:
		return part{}, cameUnread
	}
	if failure != nil {
		return part{}, cameCutParts
	}
	return part{h.contentType, plain}, ""
}

func fromBase64(content []byte) ([]byte, error) {
	content = bytes.Map(func(r rune) rune { // the library leaves out line ends alone
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, content)
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(content)))
	n, err := base64.StdEncoding.Decode(plain, content)
	return plain[:n], err
}
