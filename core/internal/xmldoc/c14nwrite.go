package xmldoc

import "github.com/ehealth-bcp/ehealth-bcp/core/bcperr"

// What the canonical form writes in place of an octet, "" for the octet itself.
//
// Source: Canonical XML 1.0 §2.3.
var (
	textEscape     = &[256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}
	valueEscape    = &[256]string{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
	procInstEscape = &[256]string{'\r': "&#xD;"}
)

func (c *canonicalizer) escapeText(s string)  { c.escape(s, textEscape) }
func (c *canonicalizer) escapeValue(s string) { c.escape(s, valueEscape) }

func (c *canonicalizer) escape(s string, table *[256]string) {
	begin := 0
	for i := 0; i < len(s); i++ {
		if e := table[s[i]]; e != "" {
			c.put(s[begin:i])
			c.put(e)
			begin = i + 1
		}
	}
	c.put(s[begin:])
}

// appendName appends a name as written.
func appendName(buf []byte, name *Name) []byte {
	if name.Prefix != "" {
		buf = append(append(buf, name.Prefix...), ':')
	}
	return append(buf, name.Local...)
}

// put appends s, which may be long, to the output. Names and delimiters go straight to buf.
func (c *canonicalizer) put(s string) {
	if len(c.buf)+len(s) <= chunk {
		c.buf = append(c.buf, s...)
		return
	}
	c.putLong(s)
}

// putLong appends s where it does not fit a chunk.
func (c *canonicalizer) putLong(s string) {
	for len(s) > 0 {
		if len(c.buf) >= chunk {
			c.flush()
		}
		n := min(len(s), chunk-len(c.buf))
		c.buf = append(c.buf, s[:n]...)
		s = s[n:]
	}
}

// flush hands the buffer to the writer; after an error the rest is dropped.
func (c *canonicalizer) flush() {
	if c.written += len(c.buf); c.written > maxCanonical && c.err == nil {
		c.err = bcperr.New(bcperr.LimitExceeded, "expected a canonical form of at most %d bytes, got more",
			maxCanonical)
	}
	if c.err == nil && len(c.buf) > 0 {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}
