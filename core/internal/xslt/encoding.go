package xslt

import (
	"bytes"
	"unicode/utf8"
)

// withoutEncoding blanks the encoding in an XML declaration, and turns ISO-8859-1 octets into UTF-8.
//
// A stylesheet comes as the text of a Key element, and the reference reads it from a character stream: what its
// declaration says about octets does not count there. A stylesheet given as a file may still have octets of its own.
func withoutEncoding(source []byte) []byte {
	declaration := bytes.TrimPrefix(source, []byte("\uFEFF"))
	if !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return source
	}
	end := bytes.Index(declaration, []byte("?>"))
	if end < 0 {
		return source
	}
	start := bytes.Index(declaration[:end], []byte("encoding"))
	if start < 0 {
		return source
	}
	open := bytes.IndexAny(declaration[start:end], `"'`)
	if open < 0 {
		return source
	}
	open += start
	length := bytes.IndexByte(declaration[open+1:end], declaration[open])
	if length < 0 {
		return source
	}
	name := bytes.ToUpper(declaration[open+1 : open+1+length])
	offset := len(source) - len(declaration)
	out := bytes.Clone(source)
	for i := offset + start; i < offset+open+length+2; i++ {
		out[i] = ' '
	}
	if bytes.Equal(name, []byte("ISO-8859-1")) && !utf8.Valid(out) {
		text := make([]rune, len(out))
		for i, c := range out {
			text[i] = rune(c)
		}
		return []byte(string(text))
	}
	return out
}
