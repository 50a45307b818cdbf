package xmldoc

import (
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// bom returns the UTF-8 byte order mark at the head of text, or "".
func bom(text string) string {
	if strings.HasPrefix(text, "\ufeff") {
		return text[:3]
	}
	return ""
}

// sniff refuses what cannot be a UTF-8 document, and says what it looks like: the usual cause is a wrong file or an
// answer that some box on the way made.
func sniff(text string) error {
	switch {
	case strings.HasPrefix(text, "\x1f\x8b"):
		return bcperr.New(bcperr.EncodingInvalid, "expected XML in UTF-8, got gzip-compressed bytes")
	case isUTF32(text):
		return bcperr.New(bcperr.EncodingInvalid, "expected XML in UTF-8, got UTF-32")
	case isUTF16(text):
		return bcperr.New(bcperr.EncodingInvalid, "expected XML in UTF-8, got UTF-16")
	case !utf8.ValidString(text):
		return bcperr.New(bcperr.EncodingInvalid, "expected UTF-8, got an octet sequence that is none at offset %d",
			invalidOffset(text))
	}
	return nil
}

// isUTF32 and isUTF16 know the encodings by the byte order mark or by a first <.
//
// Source: XML 1.0 appendix F.1.
func isUTF32(text string) bool {
	return strings.HasPrefix(text, "\x00\x00\xfe\xff") || strings.HasPrefix(text, "\xff\xfe\x00\x00") ||
		strings.HasPrefix(text, "\x00\x00\x00<") || strings.HasPrefix(text, "<\x00\x00\x00")
}

func isUTF16(text string) bool {
	return !isUTF32(text) && (strings.HasPrefix(text, "\xfe\xff") || strings.HasPrefix(text, "\xff\xfe") ||
		strings.HasPrefix(text, "\x00<") || strings.HasPrefix(text, "<\x00"))
}

// checkHead refuses text that does not begin as a document does.
func checkHead(text string) error {
	head := strings.TrimLeft(text[len(bom(text)):], " \t\r\n")
	switch {
	case text == "":
		return bcperr.New(bcperr.XMLMalformed, "expected an XML document, got an empty input")
	case head == "":
		return bcperr.New(bcperr.XMLMalformed, "expected an XML document, got white space only")
	case head[0] == '{' || head[0] == '[':
		return bcperr.New(bcperr.XMLMalformed, "expected an XML document, got JSON")
	}
	return nil
}

// looksLikeHTML says whether text begins as web pages do: an error page or a log-in page came in place of the document.
func looksLikeHTML(text string) bool {
	head := strings.TrimLeft(text[len(bom(text)):], " \t\r\n")
	for _, begin := range []string{"<!doctype html", "<html"} {
		if len(head) >= len(begin) && strings.EqualFold(head[:len(begin)], begin) {
			return true
		}
	}
	return false
}

// invalidOffset returns the offset of the first octet that is not UTF-8.
func invalidOffset(text string) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text) // unreachable
}

// startsDeclaration: is an XML declaration next, not a processing instruction of a longer name?
func (p *parser) startsDeclaration() bool {
	rest := p.text[p.pos:]
	return strings.HasPrefix(rest, "<?xml") && len(rest) > 5 && octetClass[rest[5]]&nameOctet == 0
}

// declaration reads <?xml version="1.0" encoding="UTF-8" standalone="yes"?>, if the input has it.
//
// Source: XML 1.0 productions [23]-[26], [32], [80].
func (p *parser) declaration() error {
	if !p.startsDeclaration() {
		return nil
	}
	start := p.pos
	p.pos += len("<?xml")
	version, found, err := p.pseudoAttribute("version")
	if err != nil {
		return err
	}
	if !found {
		return p.malformed(p.pos, "expected version in the XML declaration, got %s", p.describe(p.skipSpace(p.pos)))
	}
	minor, isOne := strings.CutPrefix(version, "1.")
	switch {
	case !isOne || minor == "" || strings.Trim(minor, "0123456789") != "":
		return p.malformed(start, "expected XML version 1.0, got %.20q", version)
	case version != "1.0" && !p.decoded:
		// XML 1.1 counts other characters and line ends: to a signed document it is another encoding.
		return p.fail(bcperr.EncodingInvalid, start, "expected XML version 1.0, got %.20q", version)
	}
	encoding, found, err := p.pseudoAttribute("encoding")
	if err != nil {
		return err
	}
	if found && !p.decoded && !strings.EqualFold(encoding, "UTF-8") {
		return p.fail(bcperr.EncodingInvalid, start, "expected the encoding UTF-8, got the declaration of %.40q",
			encoding)
	}
	standalone, found, err := p.pseudoAttribute("standalone")
	if err != nil {
		return err
	}
	if found && standalone != "yes" && standalone != "no" {
		return p.malformed(start, "expected standalone to be yes or no, got %.20q", standalone)
	}
	p.pos = p.skipSpace(p.pos)
	if !strings.HasPrefix(p.text[p.pos:], "?>") {
		return p.malformed(p.pos, "expected the end ?> of the XML declaration, got %s", p.describe(p.pos))
	}
	p.pos += 2
	return nil
}

// pseudoAttribute reads white space and name="value", if they are next.
func (p *parser) pseudoAttribute(name string) (value string, found bool, err error) {
	i := p.skipSpace(p.pos)
	if i == p.pos || !strings.HasPrefix(p.text[i:], name) {
		return "", false, nil
	}
	i = p.skipSpace(i + len(name))
	if i == len(p.text) || p.text[i] != '=' {
		return "", false, p.malformed(i, "expected = after %s, got %s", name, p.describe(i))
	}
	i = p.skipSpace(i + 1)
	if i == len(p.text) || p.text[i] != '"' && p.text[i] != '\'' {
		return "", false, p.malformed(i, "expected a quote after %s=, got %s", name, p.describe(i))
	}
	length := strings.IndexByte(p.text[i+1:], p.text[i])
	if length < 0 {
		return "", false, p.malformed(i, "the value of %s is not closed", name)
	}
	p.pos = i + length + 2
	return p.text[i+1 : i+1+length], true, nil
}
