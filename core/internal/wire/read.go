package wire

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// MaxInteger is the largest integer that a JavaScript number holds exactly, 2^53-1.
const MaxInteger = 1<<53 - 1

// Reader reads one JSON value of a known shape. The first error sticks: after it every method returns a zero value and
// More returns false, so a shape is read without looking for errors in between.
//
//	r.Open('{')
//	for r.More('}') {
//		switch name := r.Member(); string(name) {
//		case "id":
//			id = r.Text()
//		default:
//			r.Unknown(name)
//		}
//	}
type Reader struct {
	b      []byte
	i      int
	fresh  bool   // nothing was read yet in the innermost open object or array
	member []byte // the last name that was read: what an error is about
	depth  int    // of open objects and arrays

	needed []string // of the outermost object
	given  uint     // a bit for each of needed
	err    error
	isOwn  bool // err is the caller's, and says itself what it is about
}

// Read runs shape over the whole of b.
//
// Errors: bad-call, naming what and the member, before the first member the byte; what the shape rejects as it is.
func Read(b []byte, what string, shape func(r *Reader)) error {
	r := Reader{b: b}
	shape(&r)
	r.missing()
	if r.peek() != 0 || r.i < len(r.b) {
		r.Fail("the end")
	}
	if r.err != nil && !r.isOwn {
		return bcperr.New(bcperr.BadCall, "%s: %s", what, bcperr.DetailOf(r.err))
	}
	return r.err
}

// Need names members, at most 32, without which the outermost object is refused. Call it before Open.
func (r *Reader) Need(names ...string) { r.needed = names }

func (r *Reader) missing() {
	for i, name := range r.needed {
		if r.given&(1<<i) == 0 {
			r.stop(name + " is missing")
		}
	}
}

// Fail says what was expected here; the first one counts. Of what came it tells the kind and not the text, which may be
// a patient's.
func (r *Reader) Fail(want string) { r.fail(want, r.kind()) }

func (r *Reader) fail(want, got string) {
	text := "expected " + want + ", got " + got
	if r.member == nil {
		text += " at byte " + strconv.Itoa(r.i)
	} else {
		text = string(r.member) + ": " + text
	}
	r.stop(text)
}

func (r *Reader) stop(detail string) {
	if r.err == nil {
		r.err = bcperr.New(bcperr.BadCall, "%s", detail)
		r.i = len(r.b)
	}
}

// kind says what stands here.
func (r *Reader) kind() string {
	switch c := r.peek(); {
	case r.i >= len(r.b): // past it after a \ that is the last octet
		return "the end"
	case c == '"':
		return kindOfText
	case c == '{':
		return kindOfObject
	case c == '[':
		return kindOfList
	case c == 'n':
		return "null"
	case c == 't' || c == 'f':
		return kindOfTruth
	case c == '-' || '0' <= c && c <= '9':
		return "a number"
	default:
		return strconv.QuoteRune(rune(c))
	}
}

const (
	kindOfText   = "text"
	kindOfObject = "an object"
	kindOfList   = "a list"
	kindOfTruth  = "true or false"
)

// Reject ends the reading with an error of the caller's; the first one counts.
func (r *Reader) Reject(err error) {
	if r.err == nil && err != nil {
		r.err, r.isOwn = err, true
		r.i = len(r.b)
	}
}

// Unknown refuses a member that the shape does not have.
func (r *Reader) Unknown(name []byte) { r.stop("unknown member " + strconv.Quote(string(name))) }

// peek returns the next byte that is not white space, 0 at the end.
func (r *Reader) peek() byte {
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

func (r *Reader) expect(c byte) {
	if r.peek() == c {
		r.i++
		return
	}
	switch c {
	case '"':
		r.Fail(kindOfText)
	case '{':
		r.Fail(kindOfObject)
	case '[':
		r.Fail(kindOfList)
	default:
		r.Fail(strconv.QuoteRune(rune(c)))
	}
}

// Open enters an object ('{') or an array ('[').
func (r *Reader) Open(c byte) {
	r.expect(c)
	r.fresh = true
	r.depth++
}

// More says whether another member or element follows; when none does, it leaves the object ('}') or array (']').
func (r *Reader) More(closing byte) bool {
	c := r.peek()
	switch {
	case r.err != nil:
		return false
	case c == closing:
		r.i++
		r.fresh = false
		r.depth--
		return false
	case !r.fresh:
		r.expect(',')
	}
	r.fresh = false
	return r.err == nil
}

// Member reads the name of a member and the colon after it. The name is part of the input: do not keep it.
func (r *Reader) Member() []byte {
	name := r.text()
	r.expect(':')
	r.member = name
	for i := 0; r.depth == 1 && i < len(r.needed); i++ {
		if r.needed[i] == string(name) {
			r.given |= 1 << i
		}
	}
	return name
}

// Text reads a string.
func (r *Reader) Text() string { return string(r.text()) }

func (r *Reader) text() []byte {
	r.expect('"')
	if r.err != nil {
		return nil
	}
	start := r.i
	for i := start; i < len(r.b); i++ {
		switch c := r.b[i]; {
		case c == '"':
			r.i = i + 1
			return r.b[start:i]
		case c == '\\' || c < 0x20 || c >= utf8.RuneSelf:
			return r.escapedText(start)
		}
	}
	r.Fail("the end of a string")
	return nil
}

// escapedText reads a string with escapes or letters beyond ASCII; start is after its quote.
func (r *Reader) escapedText(start int) []byte {
	r.skipText()
	var s string
	if r.err == nil && json.Unmarshal(r.b[start-1:r.i], &s) != nil {
		r.Fail("a valid string before")
	}
	return []byte(s)
}

// skipText goes past the end of a string.
func (r *Reader) skipText() {
	for ; r.i < len(r.b) && r.b[r.i] != '"'; r.i++ {
		if r.b[r.i] == '\\' {
			r.i++
		}
	}
	if r.i >= len(r.b) {
		r.Fail("the end of a string")
		return
	}
	r.i++
}

// Number reads an integer between min and max, both within MaxInteger.
func (r *Reader) Number(min, max int64) int64 {
	negative := r.peek() == '-'
	whole := r.i
	if negative {
		r.i++
	}
	v, start := int64(0), r.i
	for ; r.i < len(r.b) && '0' <= r.b[r.i] && r.b[r.i] <= '9' && r.i < start+16; r.i++ {
		v = v*10 + int64(r.b[r.i]-'0') // 16 digits at most: no overflow
	}
	if negative {
		v = -v
	}
	end := r.i
	for end < len(r.b) && end < whole+30 && strings.IndexByte("0123456789.eE+-", r.b[end]) >= 0 {
		end++
	}
	if r.i == start || r.i < end || v < min || v > max {
		got := string(r.b[whole:end])
		if got == "" {
			got = r.kind()
		}
		r.fail("an integer from "+strconv.FormatInt(min, 10)+" to "+strconv.FormatInt(max, 10), got)
		return 0
	}
	return v
}

// Truth reads true or false.
func (r *Reader) Truth() bool {
	r.peek()
	for _, word := range [...]string{"true", "false"} {
		if len(r.b)-r.i >= len(word) && string(r.b[r.i:r.i+len(word)]) == word {
			r.i += len(word)
			return word == "true"
		}
	}
	r.Fail(kindOfTruth)
	return false
}

// Raw returns the next value as it stands, unchecked but for balanced brackets and closed strings: for a member that
// another function reads. It is part of the input.
func (r *Reader) Raw() []byte {
	r.peek()
	start, depth := r.i, 0
	for r.i < len(r.b) {
		c := r.b[r.i]
		switch {
		case c == '"':
			r.i++
			r.skipText()
		case c == '{' || c == '[':
			depth++
			r.i++
		case (c == '}' || c == ']' || c == ',') && depth == 0:
			return r.value(start)
		case c == '}' || c == ']':
			depth--
			r.i++
		default:
			r.i++
		}
	}
	if depth > 0 {
		r.Fail("the end of a value")
	}
	return r.value(start)
}

// value returns what was passed since start.
func (r *Reader) value(start int) []byte {
	if r.err != nil || r.i == start {
		r.Fail("a value")
		return nil
	}
	return r.b[start:r.i]
}
