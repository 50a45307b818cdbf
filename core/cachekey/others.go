package cachekey

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// others makes of each value another one of its kind: truth values stay truth values, dates and times stay such, a
// digit stays a digit and a letter a letter, and numbers keep their sign. So what a stylesheet writes for the kind
// alone (a length, "is a number", "is given") stays the same.
//
// Two equal values become different ones, so that a stylesheet which looks one up among the others finds another, or
// none.
type others struct{ state uint32 }

// pick returns a number from 0 to n-1, the same ones in every run.
//
// Source: Numerical Recipes §7.1, a linear congruential generator.
func (o *others) pick(n int) int {
	o.state = o.state*1664525 + 1013904223
	return int(o.state>>16) % n
}

func (o *others) value(value string) string {
	core := strings.Trim(value, " \t\r\n")
	if core == "" {
		return value
	}
	begin := strings.Index(value, core)
	return value[:begin] + o.of(core) + value[begin+len(core):]
}

func (o *others) of(value string) string {
	switch value {
	case "true":
		return "false"
	case "false":
		return "true"
	case "0":
		return "1"
	}
	b := []byte(value)
	if !o.moment(b) {
		o.letters(b)
	}
	if string(b) == value { // of signs alone
		if b[len(b)-1] == '+' {
			b[len(b)-1] = '-'
		} else {
			b[len(b)-1] = '+'
		}
	}
	return string(b)
}

// letters changes digits and letters, in place.
func (o *others) letters(b []byte) {
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '0':
			b[i] = '1' + byte(o.pick(9))
		case c >= '1' && c <= '9':
			b[i] = o.otherThan(c, '1', 9) // no zero: a number that is more than nothing stays so
		case c >= 'a' && c <= 'z':
			b[i] = o.otherThan(c, 'a', 26)
		case c >= 'A' && c <= 'Z':
			b[i] = o.otherThan(c, 'A', 26)
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(b[i:])
			utf8.EncodeRune(b[i:i+size], r^1) // its neighbour: é and è
			i += size
			continue
		}
		i++
	}
}

// otherThan returns one of the n octets from first that is not c, which is one of them.
func (o *others) otherThan(c, first byte, n int) byte {
	return first + byte((int(c-first)+1+o.pick(n-1))%n)
}

// layouts are how dates and times are written, each letter a digit of its field; ranges are how far the fields go.
//
// Source: XSD 1.0 Part 2 §3.2.7 to §3.2.10; ISO 8601 for the one without separators.
var layouts = []string{"YYYY-MM-DDThh:mm:ss", "YYYY-MM-DDThh:mm", "YYYY-MM-DD", "YYYY-MM", "YYYYMMDD", "hh:mm:ss",
	"hh:mm"}

var ranges = map[byte]struct{ first, last int }{
	'Y': {1900, 2099}, 'M': {1, 12}, 'D': {1, 31}, 'h': {0, 23}, 'm': {0, 59}, 's': {0, 59},
}

// moment changes a value that is a date or a time, in place, and says whether it is one. A fraction and a zone stay.
func (o *others) moment(b []byte) bool {
	for _, layout := range layouts {
		if !isMoment(b, layout) {
			continue
		}
		for i, field := range layout {
			r, isField := ranges[byte(field)]
			if !isField || i > 0 && layout[i-1] == byte(field) {
				continue
			}
			if field == 'D' {
				r.last = 28 // there is one in each month
			}
			length := strings.Count(layout, string(field))
			was, _ := strconv.Atoi(string(b[i : i+length]))
			now := r.first + o.pick(r.last-r.first)
			if now >= was {
				now++
			}
			copy(b[i:], fmt.Sprintf("%0*d", length, now))
		}
		return true
	}
	return false
}

// isMoment: is the value a date or a time in that layout, with a fraction or a zone behind it or without?
func isMoment(b []byte, layout string) bool {
	if len(b) < len(layout) || strings.Trim(string(b[len(layout):]), "0123456789.:+-Z") != "" {
		return false
	}
	value := 0
	for i := range len(layout) {
		field := layout[i]
		r, isField := ranges[field]
		switch {
		case !isField:
			if b[i] != field {
				return false
			}
			continue
		case b[i] < '0' || b[i] > '9':
			return false
		case i == 0 || layout[i-1] != field:
			value = 0
		}
		value = 10*value + int(b[i]-'0')
		isLast := i+1 == len(layout) || layout[i+1] != field
		if isLast && (value < r.first || value > r.last) {
			return false
		}
	}
	return layout != "YYYYMMDD" || len(b) == len(layout)
}
