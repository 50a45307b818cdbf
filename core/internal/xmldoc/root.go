package xmldoc

import "strings"

// Root returns the name of the root element of a document of which head is the beginning: it may be cut anywhere after
// the start tag. charset is as for ParseEncoded.
//
// Errors: as ParseEncoded, for what stands before the end of that tag.
func Root(head []byte, charset string, limits Limits) (*Name, error) {
	if err := checkSize(len(head), limits); err != nil {
		return nil, err
	}
	text := string(head)
	switch {
	case isUTF32(text):
		return nil, sniff(text)
	case isUTF16(text):
		text = text[:len(text)&^1] // it may be cut in a character
	}
	decoded, err := decode([]byte(text), charset)
	if err != nil && isUTF16(text) {
		decoded, err = decodeUTF16(text[:len(text)-2]) // or between the halves of a pair
	}
	if err != nil {
		decoded = strings.ToValidUTF8(text, "\ufffd")
	}
	if err := checkHead(decoded); err != nil {
		return nil, err
	}
	p := &parser{text: normalizeLineEnds(decoded), limits: limits, decoded: true}
	p.names.init()
	if err := p.begin(); err != nil {
		return nil, err
	}
	for p.pos < len(p.text) && !p.rootSeen {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if !p.rootSeen {
		return nil, p.malformed(p.pos, "expected a root element, got the end of the input")
	}
	return p.doc.DocumentElement().Name, nil
}
