package cachekey

import (
	"strings"
	"time"
	"unicode/utf8"
)

// others makes of each value another one of its kind: truth values stay truth values, dates and times stay such,
// numbers with check digits keep right ones, a digit stays a digit and a letter a letter, and numbers keep their sign.
// So what a stylesheet writes for the kind alone (a length, "is a number", "is given") stays the same.
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
	if !o.moment(b) && !o.number97(b) {
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

// layouts are how dates and times are written.
//
// Source: XSD 1.0 Part 2 §3.2.7 to §3.2.10; ISO 8601 for the one without separators.
var layouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01", compactDate, "15:04:05",
	"15:04"}

const compactDate = "20060102"

// moment changes a value that is a date or a time, in place, and says whether it is one: each field becomes another. A
// fraction and a zone stay.
func (o *others) moment(b []byte) bool {
	for _, layout := range layouts {
		if !fits(b, layout) || layout == compactDate && len(b) > len(layout) {
			continue
		}
		head, rest := string(b[:len(layout)]), string(b[len(layout):])
		t, err := time.Parse(layout, head)
		far := t.Year() != 0 && (t.Year() < 1900 || t.Year() > 2099)
		if err != nil || far || strings.Trim(rest, "0123456789.:+-Z") != "" {
			continue
		}
		other := time.Date(o.number(t.Year(), 1900, 2099), time.Month(o.number(int(t.Month()), 1, 12)),
			o.number(t.Day(), 1, 28), // there is one in each month
			o.number(t.Hour(), 0, 23), o.number(t.Minute(), 0, 59), o.number(t.Second(), 0, 59), 0, time.UTC)
		copy(b, other.Format(layout))
		return true
	}
	return false
}

// fits: has the value digits and signs where the layout has them? time.Parse says so too, at ten times the cost.
func fits(b []byte, layout string) bool {
	if len(b) < len(layout) {
		return false
	}
	for i := range len(layout) {
		if b[i] != layout[i] && !(isDigit(b[i]) && isDigit(layout[i])) {
			return false
		}
	}
	return true
}

// number returns one from first to last that is not was.
func (o *others) number(was, first, last int) int {
	n := first + o.pick(last-first)
	if n >= was {
		n++
	}
	return n
}
