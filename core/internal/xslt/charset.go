package xslt

import "strings"

// A charset is an output encoding. The result of a transformation is text whatever its encoding; the encoding decides
// which characters are written as references, and the name in the XML declaration.
type charset struct {
	name string
	max  rune              // every character up to here is in the encoding …
	more func(r rune) bool // … and those for which this says so
	wide bool              // UTF-16
}

// charsetNamed returns the encoding of that name as the JDK knows it; an unknown name means UTF-8, as there.
func charsetNamed(name string) charset {
	switch upper := strings.ToUpper(name); upper {
	case "UTF-8", "UTF8", "":
		return charset{name: "UTF-8", max: 0x10FFFF}
	case "UTF-16", "UTF-16BE", "UTF-16LE", "UNICODE", "ISO-10646-UCS-2":
		return charset{name: name, max: 0x10FFFF, wide: true}
	case "ISO-8859-1", "ISO8859-1", "ISO8859_1", "8859-1", "8859_1", "LATIN1", "ISO_8859-1", "ISO-8859":
		return charset{name: "ISO-8859-1", max: 0xFF}
	case "US-ASCII", "ASCII", "ISO646-US":
		return charset{name: name, max: 0x7F}
	case "ISO-8859-15", "ISO8859-15", "8859-15":
		return charset{name: "ISO-8859-15", max: 0xA3, more: isLatin9}
	case "WINDOWS-1252", "CP1252":
		return charset{name: "windows-1252", max: 0x7F, more: isWindows1252}
	}
	return charset{name: "UTF-8", max: 0x10FFFF}
}

// has says whether r can be written as it is.
// rawNonBMP says whether characters beyond U+FFFF are written as they are; the JDK does so in UTF-16 only.
func (c *charset) rawNonBMP() bool { return c.wide }

func (c *charset) has(r rune) bool { return r <= c.max || c.more != nil && c.more(r) }

func isLatin9(r rune) bool {
	if r <= 0xFF {
		return !strings.ContainsRune("¤¦¨´¸¼½¾", r)
	}
	return strings.ContainsRune("€ŠšŽžŒœŸ", r)
}

func isWindows1252(r rune) bool {
	return r >= 0xA0 && r <= 0xFF || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r)
}
