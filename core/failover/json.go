package failover

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The JSON of this package is written and read by hand: it crosses the boundary to JavaScript twice in each call, and
// there encoding/json by reflection alone would cost more than the whole budget of a choice (60 µs).

// object appends JSON members to a buffer; the zero value of a member is left out.
type object struct {
	b     []byte
	first bool
}

func newObject(b []byte) object { return object{append(b, '{'), true} }

func (o *object) close() []byte { return append(o.b, '}') }

// key starts a member; its value follows in o.b.
func (o *object) key(name string) {
	if !o.first {
		o.b = append(o.b, ',')
	}
	o.first = false
	o.b = append(appendText(o.b, name), ':')
}

// list appends the elements of an array.
func (o *object) list(n int, element func(b []byte, i int) []byte) {
	o.b = append(o.b, '[')
	for i := range n {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = element(o.b, i)
	}
	o.b = append(o.b, ']')
}

func (o *object) text(name, v string) {
	if v != "" {
		o.key(name)
		o.b = appendText(o.b, v)
	}
}

func (o *object) number(name string, v int64) {
	if v != 0 {
		o.key(name)
		o.b = strconv.AppendInt(o.b, v, 10)
	}
}

func (o *object) truth(name string, v bool) {
	if v {
		o.key(name)
		o.b = append(o.b, "true"...)
	}
}

// appendText appends a JSON string. What is not UTF-8 becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}

// reader reads one JSON value of a known shape. The first error sticks; after it every method returns zero values.
//
// It recurses nowhere: the shapes of this package nest three deep at most.
type reader struct {
	b     []byte
	i     int
	fresh bool // nothing was read in the innermost open object or array
	err   error
}

// read runs one reading function over the whole of b.
func read(b []byte, what string, f func(r *reader)) error {
	r := reader{b: b}
	f(&r)
	if r.peek() != 0 || r.i < len(r.b) {
		r.fail("the end")
	}
	if r.err != nil {
		return bcperr.New(bcperr.BadCall, "%s: %v", what, r.err)
	}
	return nil
}

func (r *reader) fail(want string) {
	if r.err == nil {
		r.err = bcperr.New(bcperr.BadCall, "expected %s at byte %d", want, r.i)
		r.i = len(r.b)
	}
}

// unknown refuses a member or a value that the shape does not have.
func (r *reader) unknown(name string) { r.fail("another member than " + strconv.Quote(name)) }

// peek returns the next byte that is not white space, 0 at the end.
func (r *reader) peek() byte {
	for r.i < len(r.b) {
		switch c := r.b[r.i]; c {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return c
		}
	}
	return 0
}

func (r *reader) expect(c byte) {
	if r.peek() != c {
		r.fail(strconv.QuoteRune(rune(c)))
		return
	}
	r.i++
}

// open enters an object or an array.
func (r *reader) open(c byte) {
	r.expect(c)
	r.fresh = true
}

// more says whether another member or element follows, and leaves the object or array when none does.
func (r *reader) more(closing byte) bool {
	c := r.peek()
	switch {
	case r.err != nil:
		return false
	case c == closing:
		r.i++
		r.fresh = false
		return false
	case !r.fresh:
		r.expect(',')
	}
	r.fresh = false
	return r.err == nil
}

// member reads the name of a member and the colon after it.
func (r *reader) member() string {
	name := r.text()
	r.expect(':')
	return name
}

// text reads a string.
func (r *reader) text() string {
	r.expect('"')
	if r.err != nil {
		return ""
	}
	start := r.i
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			r.i++
			return string(r.b[start : r.i-1])
		case c == '\\' || c < 0x20 || c >= utf8.RuneSelf:
			return r.escapedText(start)
		}
	}
	r.fail("the end of a string")
	return ""
}

// escapedText reads a string with escapes or letters beyond ASCII; start is after its quote.
func (r *reader) escapedText(start int) string {
	for ; r.i < len(r.b) && r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			r.i++
		}
	}
	if r.i >= len(r.b) {
		r.fail("the end of a string")
		return ""
	}
	r.i++
	var s string
	if json.Unmarshal(r.b[start-1:r.i], &s) != nil {
		r.fail("a valid string before")
	}
	return s
}

// number reads an integer between min and max.
func (r *reader) number(min, max int64) int64 {
	r.peek()
	start := r.i
	if r.i < len(r.b) && r.b[r.i] == '-' {
		r.i++
	}
	for r.i < len(r.b) && '0' <= r.b[r.i] && r.b[r.i] <= '9' {
		r.i++
	}
	v, err := strconv.ParseInt(string(r.b[start:r.i]), 10, 64)
	if err != nil || v < min || v > max {
		r.fail("an integer from " + strconv.FormatInt(min, 10) + " to " + strconv.FormatInt(max, 10))
		return 0
	}
	return v
}

// ms reads a moment or a span.
func (r *reader) ms() int64 { return r.number(0, maxMs) }

func (r *reader) truth() bool {
	r.peek()
	for _, word := range [...]string{"true", "false"} {
		if len(r.b)-r.i >= len(word) && string(r.b[r.i:r.i+len(word)]) == word {
			r.i += len(word)
			return word == "true"
		}
	}
	r.fail("true or false")
	return false
}
