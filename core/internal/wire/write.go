package wire

import (
	"strconv"
	"unicode/utf8"
)

// Object writes a JSON object: NewObject, members, Close. B is what was written so far.
//
// Text, Number and Truth leave a member out when it is zero: absent rather than null.
type Object struct {
	B     []byte
	later bool // a member was written
}

// NewObject starts an object at the end of b.
func NewObject(b []byte) Object { return Object{B: append(b, '{')} }

// Close ends the object and returns the buffer.
func (o *Object) Close() []byte { return append(o.B, '}') }

// Key starts a member; the caller appends its value to B.
func (o *Object) Key(name string) {
	if o.later {
		o.B = append(o.B, ',')
	}
	o.later = true
	o.B = append(AppendText(o.B, name), ':')
}

// Text writes a string.
func (o *Object) Text(name, v string) {
	if v != "" {
		o.Key(name)
		o.B = AppendText(o.B, v)
	}
}

// Number writes an integer.
func (o *Object) Number(name string, v int64) {
	if v != 0 {
		o.Key(name)
		o.B = strconv.AppendInt(o.B, v, 10)
	}
}

// Truth writes true.
func (o *Object) Truth(name string, v bool) {
	if v {
		o.Key(name)
		o.B = append(o.B, "true"...)
	}
}

// List writes an array of n elements, each appended by element; it leaves an empty one out.
func (o *Object) List(name string, n int, element func(b []byte, i int) []byte) {
	if n > 0 {
		o.Key(name)
		o.B = AppendList(o.B, n, element)
	}
}

// AppendList appends an array of n elements.
func AppendList(b []byte, n int, element func(b []byte, i int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, i)
	}
	return append(b, ']')
}

// AppendText appends a JSON string. What is not UTF-8 becomes U+FFFD.
func AppendText(b []byte, s string) []byte {
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
