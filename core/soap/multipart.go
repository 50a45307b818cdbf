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

// judgeMultipart judges an answer with attachments (SOAP with Attachments, MTOM) by its last boundary and its root part,
// which is the first one: a "start" parameter that names a later part is not followed.
//
// Source: RFC 2046 §5.1.1, RFC 2387 §3.2.
func judgeMultipart(contentType string, body []byte) Verdict {
	boundary := parameter(contentType, "boundary")
	if boundary == "" || len(boundary) > maxBoundary {
		return Verdict{Outcome: Incomplete}
	}
	delimiter := []byte("\n--" + boundary)
	root, found := rootPart(body, delimiter)
	if !found || !bytes.Contains(body, append(delimiter, "--"...)) {
		return Verdict{Outcome: Incomplete}
	}
	contentType, encoding, content := splitPart(root)
	if content == nil {
		return Verdict{Outcome: Incomplete}
	}
	content, can, isWhole := decoded(encoding, content)
	switch {
	case !can:
		return Verdict{Outcome: Answered} // complete by its last boundary; what it says nobody knows
	case !isWhole:
		return Verdict{Outcome: Incomplete}
	}
	switch media := mediaType(contentType); {
	case isXML(media):
		return judgeXML(contentType, content)
	case isJSON(media):
		return judgeJSON(content)
	}
	return Verdict{Outcome: Answered, Cacheable: true}
}

// rootPart returns what stands between the first two delimiters.
func rootPart(body, delimiter []byte) (part []byte, found bool) {
	if first := delimiter[1:]; bytes.HasPrefix(body, first) {
		body = body[len(first):]
	} else if _, body, found = bytes.Cut(body, delimiter); !found {
		return nil, false
	}
	part, _, found = bytes.Cut(body, delimiter)
	return bytes.TrimSuffix(part, []byte("\r")), found
}

// maxHeaders bounds the header lines of a part; MTOM has three.
const maxHeaders = 100

// splitPart returns the Content-Type, the Content-Transfer-Encoding and the content of a part, which starts with the end of
// its delimiter line; nil when the headers do not end.
func splitPart(part []byte) (contentType, encoding string, content []byte) {
	_, part, _ = bytes.Cut(part, []byte("\n"))
	var header, value string // of the header that is being read: a line that begins with a blank goes on with it
	for range maxHeaders {
		var line []byte
		line, part, _ = bytes.Cut(part, []byte("\n"))
		text := strings.TrimRight(string(line), "\r")
		if text != "" && (text[0] == ' ' || text[0] == '\t') {
			value += text
			continue
		}
		switch header {
		case "content-type":
			contentType = value
		case "content-transfer-encoding":
			encoding = strings.ToLower(strings.TrimSpace(value))
		}
		if text == "" {
			return contentType, encoding, part
		}
		header, value, _ = strings.Cut(text, ":")
		header = strings.ToLower(strings.TrimRight(header, " \t"))
	}
	return contentType, encoding, nil
}

// maxQuoted bounds what is read in quoted-printable, in octets: the library takes 0.3 s in WebAssembly for as many in short
// lines. A root part in that encoding was never seen.
const maxQuoted = 4 << 20

// decoded undoes a Content-Transfer-Encoding. It says whether it can, and whether the content is whole.
//
// Source: RFC 2045 §6.
func decoded(encoding string, content []byte) (plain []byte, can, isWhole bool) {
	switch {
	case encoding == "", encoding == "7bit", encoding == "8bit", encoding == "binary":
		return content, true, true
	case encoding == "base64":
		content = bytes.Map(func(r rune) rune { // the library leaves out line ends alone
			if r == ' ' || r == '\t' {
				return -1
			}
			return r
		}, content)
		plain := make([]byte, base64.StdEncoding.DecodedLen(len(content)))
		n, err := base64.StdEncoding.Decode(plain, content)
		return plain[:n], true, err == nil
	case encoding == "quoted-printable" && len(content) <= maxQuoted:
		plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(content)))
		return plain, true, err == nil
	}
	return nil, false, false
}

// parameter returns a parameter of a Content-Type, without its quotes.
func parameter(contentType, name string) string {
	_, parameters, _ := strings.Cut(contentType, ";")
	for one := range strings.SplitSeq(parameters, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}
