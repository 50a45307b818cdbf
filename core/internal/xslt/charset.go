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
//
// Of single-octet and East Asian encodings without a table here only the rough extent is known: see the gaps in
// CONFORMANCE.md.
func charsetNamed(name string) charset {
	upper := strings.ToUpper(name)
	c := charset{name: name, max: 0x7F}
	switch upper {
	case "", "UTF8":
		return charset{name: "UTF-8", max: 0x10FFFF}
	case "UTF-8":
		c.max = 0x10FFFF
	case "UTF-16", "UTF-16BE", "UTF-16LE", "UNICODE", "ISO-10646-UCS-2":
		c.max, c.wide = 0x10FFFF, true
	case "ISO-8859-1", "ISO8859-1", "ISO8859_1", "8859-1", "8859_1":
		c.name, c.max = "ISO-8859-1", 0xFF
	case "LATIN1", "ISO_8859-1", "L1", "IBM819", "CP819":
		c.max = 0xFF
	case "ASCII":
		c.name = "ASCII"
	case "US-ASCII", "ISO646-US":
	case "ISO-8859-15", "ISO8859-15", "8859-15", "ISO8859_15":
		c.max, c.more = 0xA3, isLatin9
	case "CP1252":
		c.name, c.more = "WINDOWS-1252", isWindows1252
	case "WINDOWS-1252":
		c.more = isWindows1252
	case "BIG5", "EUC-JP", "EUC-KR", "GB2312", "GBK", "ISO-2022-JP", "ISO-2022-KR", "SHIFT_JIS":
		c.more = isEastAsian
	case "GB18030":
		c.max = 0x10FFFF
	case "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9",
		"ISO-8859-13", "KOI8-R", "KOI8-U", "TIS-620", "UTF-32", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1253",
		"WINDOWS-1254",
		"WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258":
	default:
		return charset{name: "UTF-8", max: 0x10FFFF}
	}
	return c
}

// rawNonBMP says whether characters beyond U+FFFF are written as they are; the JDK does so in UTF-16 only.
func (c *charset) rawNonBMP() bool { return c.wide }

// has says whether r can be written as it is.
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

// isEastAsian is what the East Asian encodings have in common, roughly: Greek, Cyrillic, kana, ideographs.
func isEastAsian(r rune) bool {
	return r >= 0x391 && r <= 0x451 || r >= 0x3000 && r <= 0x30FF || r >= 0x4E00 && r <= 0x9FFF || r >= 0xAC00 &&
		r <= 0xD7A3
}
