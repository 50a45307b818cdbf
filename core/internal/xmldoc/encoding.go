package xmldoc

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// ParseEncoded is Parse for a document that may be in another encoding than UTF-8, or declare XML 1.1, which is read as
// 1.0: an answer, a stylesheet in a file. charset is what came with the octets (the parameter of a Content-Type), or
// "".
//
// Shape: a byte order mark decides, or that the first character takes two octets; else charset, where the octets are
// text in it; else the declaration; else UTF-8. Read are UTF-8, UTF-16, ASCII, Latin-1, Latin-9 and windows-1252; of
// the other parts of ISO 8859 and the other Windows code pages the markup, with the letters of Latin-1.
// Errors: as Parse; encoding-invalid also for an encoding that is none of these.
// Source: XML 1.0 §4.3.3 and appendix F; RFC 7303 §3; the JDK reads in the same order.
func ParseEncoded(data []byte, charset string, limits Limits) (*Node, error) {
	if err := checkSize(len(data), limits); err != nil {
		return nil, err
	}
	text, err := decode(data, charset)
	if err != nil {
		return nil, err
	}
	return parseText(text, limits, true)
}

// decode returns the octets as UTF-8.
func decode(data []byte, charset string) (string, error) {
	text := string(data)
	if isUTF32(text) {
		return "", sniff(text)
	}
	if isUTF16(text) {
		return decodeUTF16(text)
	}
	names := []string{charset, declaredEncoding(text)}
	if names[1] == "" || bom(text) != "" {
		names[1] = "utf-8"
	}
	if bom(text) != "" {
		names = names[1:]
	}
	for _, name := range names {
		if decoded, isText := decodeNamed(text, name); isText {
			return decoded, nil
		}
	}
	if err := sniff(text); err != nil {
		return "", err
	}
	return "", bcperr.New(bcperr.EncodingInvalid,
		"expected UTF-8, UTF-16, ISO-8859-1 or windows-1252, got the declaration of %.40q",
		names[len(names)-1])
}

// decodeNamed reads octets in an encoding that extends ASCII. isText is false when they are not of that encoding, and
// when it is unknown.
func decodeNamed(text, name string) (decoded string, isText bool) {
	name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	switch name {
	case "utf8":
		return text, utf8.ValidString(text)
	case "ascii", "usascii":
		return text, isASCII(text)
	case "windows1252", "cp1252":
		return decodeOctets(text, &windows1252), true
	case "iso885915", "latin9", "l9":
		return decodeOctets(text, &latin9), true
	case "latin1", "l1":
		return decodeOctets(text, nil), true
	}
	for _, family := range []string{"iso8859", "windows125", "cp125"} {
		if strings.HasPrefix(name, family) {
			return decodeOctets(text, nil), true
		}
	}
	return "", false
}

// differences are the octets from 0x80 to 0xBF that stand for another character than in Latin-1; zero for none.
type differences [0x40]rune

// Source: JDK 17, its tables; what windows-1252 does not define is U+FFFD there.
var (
	windows1252 = differences{
		'€', 0xFFFD, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xFFFD, 'Ž', 0xFFFD,
		0xFFFD, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xFFFD, 'ž', 'Ÿ',
	}
	latin9 = differences{
		0x24: '€', 0x26: 'Š', 0x28: 'š', 0x34: 'Ž', 0x38: 'ž', 0x3C: 'Œ', 0x3D: 'œ', 0x3E: 'Ÿ',
	}
)

// decodeOctets reads one character an octet, as Latin-1 does but for the differences.
func decodeOctets(text string, other *differences) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for i := range len(text) {
		r := rune(text[i])
		if other != nil && r >= 0x80 && r < 0xC0 && other[r-0x80] != 0 {
			r = other[r-0x80]
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decodeUTF16 reads UTF-16 in the order of its mark or of its first character.
func decodeUTF16(text string) (string, error) {
	high, low := 1, 0
	if strings.HasPrefix(text, "\xfe\xff") || strings.HasPrefix(text, "\x00<") {
		high, low = 0, 1
	}
	if text[high] == 0xFE && text[low] == 0xFF {
		text = text[2:]
	}
	var b strings.Builder
	b.Grow(len(text)/2 + len(text)/8)
	for i := 0; i+1 < len(text); i += 2 {
		r := rune(text[i+high])<<8 | rune(text[i+low])
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if i += 2; i+1 < len(text) {
				second = rune(text[i+high])<<8 | rune(text[i+low])
			}
			if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
				return "", bcperr.New(bcperr.EncodingInvalid, "expected UTF-16, got half a pair at offset %d", i-2)
			}
		}
		b.WriteRune(r)
	}
	if len(text)%2 != 0 {
		return "", bcperr.New(bcperr.EncodingInvalid, "expected UTF-16, got an odd number of octets")
	}
	return b.String(), nil
}

// declaredEncoding returns the encoding of the XML declaration, "" when there is none.
func declaredEncoding(text string) string {
	p := parser{text: strings.TrimPrefix(text, "\ufeff")}
	if !p.startsDeclaration() {
		return ""
	}
	p.pos += len("<?xml")
	if _, _, err := p.pseudoAttribute("version"); err != nil {
		return ""
	}
	name, _, _ := p.pseudoAttribute("encoding")
	return name
}
