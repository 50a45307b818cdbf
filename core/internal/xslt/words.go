package xslt

import (
	"strings"
	"unicode/utf8"
)

// Says: does the stylesheet hold a text of its own that is this value, so that it may look for it as the name of a
// kind?
//
// Shape: in capitals or not, with white space around it, or an item of a longer text: '|INSS|SSIN|'.
func (s *Stylesheet) Says(value string) bool {
	word := folded(value)
	return word != "true" && word != "false" && s.words[word] // truth values are answers
}

// PartOf returns the longest text of the stylesheet's own that a value holds, as contains() and starts-with() look for
// one, or "".
func (s *Stylesheet) PartOf(value string) (part string) {
	for _, word := range s.parts {
		if len(word) > len(part) && strings.Contains(value, word) {
			part = word
		}
	}
	return part
}

// maxParts bounds what is looked for in each value of a request; stylesheets of the corpus have 20 words at most.
const maxParts = 100

func (s *Stylesheet) addWord(text string) {
	word := folded(text)
	switch {
	case word == "", s.words[word]:
		return
	case !hasLetter(word) && len(word) > 4: // a longer number is that of a patient, a day
		return
	}
	s.words[word] = true
	if isTelling(text) && len(s.parts) < maxParts {
		s.parts = append(s.parts, text)
	}
	for _, item := range strings.FieldsFunc(word, func(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') }) {
		if isTelling(item) {
			s.words[item] = true
		}
	}
}

func folded(text string) string { return strings.ToLower(strings.Trim(text, " \t\r\n")) }

// isTelling: a word without a letter, or of one alone, is a part of many values by chance.
func isTelling(word string) bool { return len(word) > 1 && hasLetter(word) }

func hasLetter(word string) bool { return strings.ContainsFunc(word, isLetter) }

// isLetter takes all beyond ASCII for letters: the tables of Unicode are 5 kB of WebAssembly.
func isLetter(r rune) bool { return r >= utf8.RuneSelf || r|0x20 >= 'a' && r|0x20 <= 'z' }
