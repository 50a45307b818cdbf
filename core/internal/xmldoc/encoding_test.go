package xmldoc

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// inUTF16 writes a text in that order of octets.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestParseEncoded: what the JDK's parser makes of the same octets, where the case does not say otherwise.
func TestParseEncoded(t *testing.T) {
	t.Parallel()
	declared := func(encoding, text string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?><r>` + text + `</r>`
	}
	big, little := binary.BigEndian, binary.LittleEndian
	for name, c := range map[string]struct{ charset, octets, want string }{
		"UTF-8, nothing declared":    {"", "<r>é</r>", "é"},
		"UTF-8 with a mark":          {"", "\ufeff<r>é</r>", "é"},
		"UTF-8 under its other name": {"", declared("utf8", "é"), "é"},
		"ASCII":                      {"", declared("US-ASCII", "e"), "e"},
		"Latin-1":                    {"", declared("ISO-8859-1", "\xe9\x80\xa4"), "é\u0080¤"},
		"Latin-1 in small letters":   {"", declared("iso-8859-1", "\xe9"), "é"},
		"Latin-1 as Java writes it":  {"", declared("ISO8859_1", "\xe9"), "é"},
		"latin1":                     {"", declared("latin1", "\xe9"), "é"},
		"Latin-9":                    {"", declared("ISO-8859-15", "\xe9\x80\xa4\xbd"), "é\u0080€œ"},
		"windows-1252":               {"", declared("windows-1252", "\xe9\x80\x92\x9f\xa4"), "é€’Ÿ¤"},
		"windows-1252, undefined":    {"", declared("Cp1252", "\x81\x9d"), "\ufffd\ufffd"},
		// the JDK has that part's own letters
		"another part of ISO 8859": {"", declared("ISO-8859-16", "\xe9"), "é"},
		"another code page":        {"", declared("windows-1250", "\xe9"), "é"},
		"names that are not ASCII": {"", `<?xml version="1.0" encoding="ISO-8859-1"?><r><` + "\xe9/>x</r>",
			"x"},
		"the header alone":                   {"ISO-8859-1", "<r>\xe9</r>", "é"},
		"the header against the declaration": {"iso-8859-1", declared("UTF-8", "\xe9"), "é"},
		"UTF-8 by header, UTF-16 declared":   {"utf-8", declared("utf-16", "é"), "é"},
		"a header that cannot be":            {"utf-8", declared("ISO-8859-1", "\xe9"), "é"}, // the JDK gives up
		"a header that nobody knows":         {"x-none", declared("ISO-8859-1", "\xe9"), "é"},
		"a header that nobody knows, alone":  {"x-none", "<r>é</r>", "é"},
		// the JDK gives up
		"a mark against all":            {"iso-8859-1", "\ufeff" + declared("utf-16", "é"), "é"},
		"UTF-16 with a mark, big":       {"", inUTF16(big, "\ufeff"+declared("UTF-16", "é😀")), "é😀"},
		"UTF-16 with a mark, little":    {"", inUTF16(little, "\ufeff"+declared("UTF-16", "é😀")), "é😀"},
		"UTF-16 without a mark, big":    {"", inUTF16(big, declared("UTF-16", "é")), "é"},
		"UTF-16 without a mark, little": {"", inUTF16(little, declared("UTF-16LE", "é")), "é"},
		"UTF-16 without a declaration":  {"", inUTF16(big, "\ufeff<r>é</r>"), "é"},
		"UTF-16, a gateway says UTF-8":  {"utf-8", inUTF16(little, "\ufeff<r>é</r>"), "é"}, // the JDK gives up
		"UTF-16, line ends":             {"", inUTF16(little, "\ufeff<r>1\r\n2</r>"), "1\n2"},
		"XML 1.1":                       {"", `<?xml version="1.1"?><r>é</r>`, "é"},
		"XML 1.1 in Latin-1":            {"", `<?xml version="1.1" encoding="ISO-8859-1"?><r>` + "\xe9</r>", "é"},
		// XML 1.0 §2.8; the JDK refuses it
		"a later version":                   {"", `<?xml version="1.9"?><r>é</r>`, "é"},
		"no declaration but an instruction": {"", `<?xml-model encoding="ISO-8859-1"?><r>é</r>`, "é"},
		"encoding in a value that is another": {"", `<?xml version="1.0" standalone="yes"?>` +
			`<r encoding="ISO-8859-1">é</r>`, "é"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := ParseEncoded([]byte(c.octets), c.charset, CatalogueLimits)
			require.NoError(t, err)
			require.Equal(t, c.want, doc.DocumentElement().LastChild.Value)
			requireSound(t, doc)
		})
	}
}

func TestParseEncodedRefuses(t *testing.T) {
	t.Parallel()
	little := binary.LittleEndian
	for name, c := range map[string]struct {
		charset, octets string
		want            bcperr.Code
		detail          string
	}{
		"empty":                  {"", "", bcperr.XMLMalformed, "empty input"},
		"a mark alone":           {"", "\ufeff", bcperr.XMLMalformed, "white space only"},
		"a mark of UTF-16 alone": {"", "\xff\xfe", bcperr.XMLMalformed, "empty input"},
		"not UTF-8":              {"", "<r>\xe9</r>", bcperr.EncodingInvalid, "offset 3"},
		"ASCII that is none": {"", "<?xml version='1.0' encoding='ascii'?><r>é</r>", bcperr.EncodingInvalid,
			`"ascii"`},
		"EBCDIC": {"", "<?xml version='1.0' encoding='IBM037'?><r/>", bcperr.EncodingInvalid,
			`"IBM037"`},
		"a declaration that cannot be": {"", "<?xml version='1.0' encoding='UTF-16'?><r/>", bcperr.EncodingInvalid,
			`"UTF-16"`},
		"UTF-32": {"", "<\x00\x00\x00r\x00\x00\x00", bcperr.EncodingInvalid, "UTF-32"},
		"gzip":   {"", "\x1f\x8b\x08\x00", bcperr.EncodingInvalid, "gzip"},
		"UTF-16, cut in a character": {"", inUTF16(little, "\ufeff<r/>") + "\n", bcperr.EncodingInvalid,
			"odd number"},
		"UTF-16, cut in a pair": {"", inUTF16(little, "\ufeff<r>") + "\x3d\xd8", bcperr.EncodingInvalid,
			"half a pair at offset 6"},
		"UTF-16, half a pair": {"", inUTF16(little, "\ufeff<r>") + "\x3d\xd8a\x00", bcperr.EncodingInvalid,
			"half a pair"},
		"UTF-16, the second half first": {"", inUTF16(little, "\ufeff<r>") + "\x00\xde\x3d\xd8", bcperr.EncodingInvalid,
			"half a pair"},
		"UTF-16, cut":         {"", inUTF16(little, "\ufeff<r>"), bcperr.XMLMalformed, "</r>"},
		"XML 2.0":             {"", "<?xml version='2.0'?><r/>", bcperr.XMLMalformed, `"2.0"`},
		"XML 1.":              {"", "<?xml version='1.'?><r/>", bcperr.XMLMalformed, `"1."`},
		"a DOCTYPE in UTF-16": {"", inUTF16(little, "\ufeff<!DOCTYPE r><r/>"), bcperr.XMLForbidden, "DOCTYPE"},
		"too large":           {"", strings.Repeat(" ", CatalogueLimits.MaxBytes+1), bcperr.InputTooLarge, "at most"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseEncoded([]byte(c.octets), c.charset, CatalogueLimits)
			require.Equal(t, c.want, bcperr.CodeOf(err))
			require.Contains(t, bcperr.DetailOf(err), c.detail)
		})
	}
}

// What ParseEncoded takes has a sound tree; what Parse takes it takes too, as the same tree.
func FuzzParseEncoded(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data, "") })
	f.Add([]byte("<?xml version='1.1' encoding='ISO-8859-1'?><r>\xe9</r>"), "utf-8")
	f.Add([]byte("\xff\xfe<\x00r\x00/\x00>\x00"), "windows-1252")
	f.Fuzz(func(t *testing.T, data []byte, charset string) {
		doc, err := ParseEncoded(data, charset, CatalogueLimits)
		if err == nil {
			requireSound(t, doc)
		} else {
			require.True(t, parseErrors[bcperr.CodeOf(err)], "%v", err)
		}
		if strict, strictErr := Parse(data, CatalogueLimits); strictErr == nil {
			same, err := ParseEncoded(data, "utf-8", CatalogueLimits)
			require.NoError(t, err)
			require.Equal(t, dump(strict), dump(same))
		}
	})
}

// TestRootOfCutDocument cuts at every octet after the start tag, within characters and pairs too.
func TestRootOfCutDocument(t *testing.T) {
	t.Parallel()
	const begin, rest = `<x:r xmlns:x="urn:x">`, "é😀</x:r>"
	for name, write := range map[string]func(string) string{
		"UTF-8":          func(s string) string { return s },
		"UTF-16, little": func(s string) string { return inUTF16(binary.LittleEndian, "\ufeff"+s) },
		"UTF-16, big":    func(s string) string { return inUTF16(binary.BigEndian, s) },
	} {
		octets := write(begin + rest)
		for end := len(write(begin)); end <= len(octets); end++ {
			root, err := Root([]byte(octets[:end]), "", CatalogueLimits)
			require.NoError(t, err, "%s, %d octets", name, end)
			require.Equal(t, Name{"x", "r", "urn:x"}, *root)
		}
	}
}
