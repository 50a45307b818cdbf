package dsig

import (
	"encoding/asn1"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSameName: names are the same by their text, whatever type carries it, and by nothing else.
func TestSameName(t *testing.T) {
	attribute := func(arc byte, tag int, text string) []byte {
		value := append([]byte{byte(tag), byte(len(text))}, text...)
		return tlv(t, 0, asn1.TagSequence, append([]byte{asn1.TagOID, 3, 0x55, 4, arc}, value...))
	}
	cn := func(tag int, text string) []byte { return attribute(3, tag, text) }
	set := func(attributes ...[]byte) []byte {
		var content []byte
		for _, a := range attributes {
			content = append(content, a...)
		}
		return tlv(t, 0, asn1.TagSet, content)
	}
	name := func(sets ...[]byte) []byte {
		var content []byte
		for _, s := range sets {
			content = append(content, s...)
		}
		return tlv(t, 0, asn1.TagSequence, content)
	}
	const utf8String, printable, ia5 = asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String
	one := name(set(cn(printable, "Issuing CA")))
	for title, c := range map[string]struct {
		a, b []byte
		want bool
	}{
		"the same octets": {one, one, true},
		"another type":    {one, name(set(cn(utf8String, "Issuing CA"))), true},
		"another case":    {one, name(set(cn(ia5, "ISSUING ca"))), true},
		"white space":     {one, name(set(cn(utf8String, "  Issuing \t CA "))), true},
		"two octets a character": {
			one,
			name(set(cn(asn1.TagBMPString, "\x00I\x00s\x00s\x00u\x00i\x00n\x00g\x00 \x00C\x00A"))), true,
		},
		"Latin-1 and UTF-8":  {name(set(cn(asn1.TagT61String, "\xe9"))), name(set(cn(utf8String, "É"))), true},
		"no white space":     {one, name(set(cn(utf8String, "IssuingCA"))), false},
		"one character more": {one, name(set(cn(utf8String, "Issuing CA1"))), false},
		"another attribute":  {one, name(set(attribute(10, printable, "Issuing CA"))), false},
		"one attribute more": {one, name(set(cn(printable, "Issuing CA")), set(cn(printable, "x"))), false},
		"attributes of one set": {
			name(set(cn(printable, "a"), cn(printable, "b"))),
			name(set(cn(printable, "b"), cn(printable, "a"))), true,
		},
		"the order of sets": {
			name(set(cn(printable, "a")), set(cn(printable, "b"))),
			name(set(cn(printable, "b")), set(cn(printable, "a"))), false,
		},
		"two sets for one": {
			name(set(cn(printable, "a"), cn(printable, "b"))),
			name(set(cn(printable, "a")), set(cn(printable, "b"))), false,
		},
		"cut short":              {one, one[:len(one)-1], false},
		"nothing":                {one, nil, false},
		"empty and unreadable":   {[]byte{0x30, 0}, []byte("x"), false},
		"no name and its octets": {[]byte("x"), []byte("x"), true},
	} {
		t.Run(title, func(t *testing.T) {
			require.Equal(t, c.want, names{}.same(c.a, c.b))
			require.Equal(t, c.want, names{}.same(c.b, c.a))
		})
	}
}
