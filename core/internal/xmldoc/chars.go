package xmldoc

import (
	"strings"
	"unicode/utf8"
)

// Classes of octets that end a fast scan. A text or an attribute value whose octets have none of its class is taken
// from the input as it is.
const (
	nameOctet  uint8 = 1 << iota // may be part of a name; octets from 0x80 are judged with their character
	spaceOctet                   // white space
	textStop                     // needs a look in text
	valueStop                    // needs a look in an attribute value
	dataStop                     // needs a look in a comment, a processing instruction, a CDATA section
)

var octetClass = buildOctetClass()

func buildOctetClass() (t [256]uint8) {
	for c := 0; c < 0x20; c++ {
		t[c] = textStop | valueStop | dataStop
	}
	t['\t'] = spaceOctet | valueStop
	t['\n'] = spaceOctet | valueStop
	t[' '] = spaceOctet
	t['<'] = textStop | valueStop
	t['&'] = textStop | valueStop
	t['>'] = textStop
	t[']'] = textStop
	t['"'] = valueStop
	t['\''] = valueStop
	for c := '0'; c <= '9'; c++ {
		t[c] = nameOctet
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = nameOctet, nameOctet
	}
	t['_'], t[':'], t['-'], t['.'] = nameOctet, nameOctet, nameOctet, nameOctet
	for c := 0x80; c < 0x100; c++ {
		t[c] = nameOctet
	}
	t[0xEF] |= textStop | valueStop | dataStop // U+FFFE and U+FFFF begin with it
	return t
}

// span returns how many octets at the head of s are of none of the classes stop.
//
// Not inlined: in WebAssembly each turn of a loop goes through the dispatch of its whole function, and an engine takes
// a large function that loops for one to optimise, at once, beside the first verification.
//
//go:noinline
func span(s string, stop uint8) int {
	for i := 0; i < len(s); i++ {
		if octetClass[s[i]]&stop != 0 {
			return i
		}
	}
	return len(s)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// isChar says whether r may stand in a document. Source: XML 1.0 production [2].
func isChar(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// isNameStart says whether r may begin a name; the colon is left to the caller. Source: XML 1.0 production [4].
func isNameStart(r rune) bool {
	switch {
	case r < 0x80:
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
	case r < 0x300:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7
	case r < 0x2000:
		return r >= 0x370 && r != 0x37E
	case r < 0x3001:
		return r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF
	}
	return r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD || r >= 0x10000 && r <= 0xEFFFF
}

// isNameChar says whether r may go on a name; the colon is left to the caller. Source: XML 1.0 production [4a].
func isNameChar(r rune) bool {
	return isNameStart(r) || r >= '0' && r <= '9' || r == '-' || r == '.' || r == 0xB7 ||
		r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// NCName returns the name without a colon that s begins with, the longest there is; "" for none. Source: Namespaces in
// XML 1.0 production [4].
func NCName(s string) string {
	for i, r := range s {
		if i == 0 && !isNameStart(r) || !isNameChar(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return s[:i]
		}
	}
	return s
}

// IsNCName says whether s is a name without a colon, of at most MaxName octets.
func IsNCName(s string) bool { return s != "" && len(s) <= MaxName && NCName(s) == s }
