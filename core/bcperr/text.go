package bcperr

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds, in octets, on what a message holds. A foreign name may have thousands: a list, a certificate or a stylesheet
// is written by somebody else, and its text ends up in logs and on screens.
const (
	maxQuote  = 120 // of one foreign text, with its escapes
	maxDetail = 600 // of a whole sentence
)

// cut marks where a text was cut off.
const cut = "…"

// Quote shows a text that somebody else chose: between quotation marks, with everything that does not print escaped
// (line ends, terminal controls, marks that turn the direction of writing), in at most 120 octets.
func Quote(s string) string { return `"` + clip(s, maxQuote-len(`""`), isQuotable) + `"` }

// bounded escapes what does not print and cuts off a sentence that has no end. Each text of the core for people goes
// through it.
func bounded(s string) string { return clip(s, maxDetail, strconv.IsPrint) }

// Inert returns a line of JSON with the characters escaped that would steer a terminal (C1) or turn the direction of
// writing. JSON itself escapes the others; its reader gets back what was there.
func Inert(line string) string { return clip(line, math.MaxInt, isInert) }

func isInert(r rune) bool { return r < 0x80 || r >= 0xa0 && !unicode.Is(unicode.Bidi_Control, r) }

func isQuotable(r rune) bool { return r != '"' && r != '\\' && strconv.IsPrint(r) }

// clip returns s with the characters escaped that are not plain, in at most that many octets.
func clip(s string, most int, plain func(rune) bool) string {
	if len(s) <= most && isPlain(s, plain) {
		return s
	}
	var b strings.Builder
	fits := 0 // octets of b after which the mark still fits
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		piece := s[:size]
		if !plain(r) || r == utf8.RuneError && size == 1 {
			piece = strconv.Quote(piece)
			piece = piece[1 : len(piece)-1]
		}
		if b.Len()+len(piece) > most {
			return b.String()[:fits] + cut
		}
		b.WriteString(piece)
		if b.Len()+len(cut) <= most {
			fits = b.Len()
		}
		s = s[size:]
	}
	return b.String()
}

func isPlain(s string, plain func(rune) bool) bool {
	for i, r := range s {
		if !plain(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}
