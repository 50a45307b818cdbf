package xmldoc

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The productions as the specification writes them.
var (
	productionChar = [][2]rune{{9, 9}, {0xA, 0xA}, {0xD, 0xD}, {0x20, 0xD7FF}, {0xE000, 0xFFFD},
		{0x10000, 0x10FFFF}}
	productionNameStart = [][2]rune{{'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF},
		{0x370, 0x37D}, {0x37F, 0x1FFF},
		{0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD},
		{0x10000, 0xEFFFF}}
	productionNameChar = append([][2]rune{{'-', '-'}, {'.', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F},
		{0x203F, 0x2040}}, productionNameStart...)
)

func in(r rune, ranges [][2]rune) bool {
	for _, x := range ranges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	return false
}

func TestCharacterClasses(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune+1; r++ {
		if isChar(r) != in(r, productionChar) || isNameStart(r) != in(r, productionNameStart) || isNameChar(r) != in(r,
			productionNameChar) {
			require.Fail(t, "class", "U+%04X", r)
		}
	}
}

// Every character, in every place, gets the verdict of the productions.
func TestCharactersInPlace(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r >= 0x3100 && r < 0xD700 || r > 0x10100 && r < 0xEFF00 || r > 0xF0100 && r < 0x10FF00 {
			continue // like their neighbours
		}
		if !utf8.ValidRune(r) {
			continue
		}
		c := string(r)
		for place, want := range map[string]bool{
			"<a>\x00</a>":             isChar(r) && r != '<' && r != '&',
			"<a b='\x00'/>":           isChar(r) && r != '<' && r != '&' && r != '\'',
			"<a><!--\x00--></a>":      isChar(r) && r != '-',
			"<a><?p \x00?></a>":       isChar(r),
			"<a><![CDATA[\x00]]></a>": isChar(r),
			"<\x00/>":                 isNameStart(r),
			"<a\x00/>":                isNameChar(r) || isSpaceRune(r),
		} {
			i := 0
			for place[i] != 0 {
				i++
			}
			_, err := ParseString(place[:i]+c+place[i+1:], CatalogueLimits)
			if (err == nil) != want {
				require.Fail(t, "verdict", "U+%04X in %q: %v", r, place, err)
			}
		}
	}
}

func isSpaceRune(r rune) bool { return strings.ContainsRune(" \t\r\n", r) } // production [3]

func TestIsNCName(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "_": true, "é1": true, "a-b.c": true, "": false, "1": false, "-a": false, "a:b": false, "a b": false,
		"\xff": false, "a\xff": false,
		"\ufffd": true, "a\ufffdb": true,
	} {
		require.Equal(t, want, IsNCName(name), "%q", name)
	}
}
