package xmldoc

import "strings"

// run gathers text that may come in pieces: a reference, a line end or a CDATA section starts another piece. One piece
// stays a part of the input; more are joined in a buffer, each copied once.
type run struct {
	some   bool   // there is a run, though it may be empty
	first  string // the only piece, while joined is false
	joined bool
	buf    []byte
	plain  bool // see Node
}

func (r *run) add(piece string, plain bool) {
	if !r.some {
		r.some, r.first, r.plain = true, piece, plain
		return
	}
	if !r.joined {
		r.joined, r.plain = true, false
		r.buf = append(r.buf[:0], r.first...)
	}
	r.buf = append(r.buf, piece...)
}

// take returns the run and forgets it.
func (r *run) take() string {
	text := r.first
	if r.joined {
		text = string(r.buf)
	}
	r.some, r.joined, r.first = false, false, ""
	return text
}

// flush makes a text node of the gathered text.
func (p *parser) flush() error {
	if !p.run.some {
		return nil
	}
	plain := p.run.plain
	text := p.run.take()
	if text == "" {
		return nil
	}
	n, err := p.node(Text, p.pos)
	if err != nil {
		return err
	}
	n.Value, n.plain = text, plain
	p.at.appendChild(n)
	return nil
}

// outerSpace skips white space outside the root element.
func (p *parser) outerSpace() error {
	p.pos = p.skipSpace(p.pos)
	if p.pos == len(p.text) || p.text[p.pos] == '<' {
		return nil
	}
	if p.rootSeen {
		return p.malformed(p.pos, "expected nothing but comments and processing instructions after the root element, "+
			"got %s", p.describe(p.pos))
	}
	return p.malformed(p.pos, "expected an XML document that begins with <, got %s", p.describe(p.pos))
}

// characters reads character data up to the next markup. Source: XML 1.0 §2.4, §2.11, §4.1.
func (p *parser) characters() error {
	s := p.text
	begin, i, plain := p.pos, p.pos, true
	for {
		i += span(s[i:], textStop)
		if i == len(s) {
			p.pos = i
			return nil // document finds the missing end tag
		}
		switch s[i] {
		case '<':
			p.run.add(s[begin:i], plain)
			p.pos = i
			return nil
		case '>':
			plain = false
			i++
		case ']':
			if strings.HasPrefix(s[i:], "]]>") {
				return p.malformed(i, "]]> in text")
			}
			i++
		case '&':
			if i > begin {
				p.run.add(s[begin:i], false)
			}
			piece, next, err := p.reference(i)
			if err != nil {
				return err
			}
			p.run.add(piece, false)
			begin, i = next, next
		default:
			if err := p.checkChar(i); err != nil {
				return err
			}
			i++
		}
	}
}

// cdata reads <![CDATA[ … ]]>.
func (p *parser) cdata() error {
	begin := p.pos + len("<![CDATA[")
	length := strings.Index(p.text[begin:], "]]>")
	if length < 0 {
		return p.malformed(p.pos, "a CDATA section is not closed")
	}
	value, err := p.data(begin, begin+length)
	if err != nil {
		return err
	}
	p.run.add(value, false)
	p.pos = begin + length + 3
	return nil
}

// data returns text[begin:end] with its characters checked; nothing else is special in it.
func (p *parser) data(begin, end int) (string, error) {
	s := p.text[:end]
	for i := begin; ; i++ {
		i += span(s[i:], dataStop)
		if i == len(s) {
			return s[begin:], nil
		}
		if err := p.checkChar(i); err != nil {
			return "", err
		}
	}
}

// normalizeLineEnds makes one line feed of each carriage return, with the line feed that may follow it. It comes before
// anything else, so that only references make carriage returns.
//
// Source: XML 1.0 §2.11.
func normalizeLineEnds(text string) string {
	begin := strings.IndexByte(text, '\r')
	if begin < 0 {
		return text
	}
	out := append(make([]byte, 0, len(text)), text[:begin]...)
	for i := begin; i < len(text); i++ {
		c := text[i]
		if c == '\r' {
			c = '\n'
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// checkChar judges the character at i, whose first octet is a control or 0xEF. The text is known to be UTF-8.
func (p *parser) checkChar(i int) error {
	s := p.text
	if s[i] == 0xEF && !(s[i+1] == 0xBF && s[i+2] >= 0xBE) {
		return nil
	}
	return p.malformed(i, "the character %s is not allowed in XML", p.describe(i))
}

// reference reads the reference at i, and returns what it stands for and the offset behind it.
//
// Source: XML 1.0 §4.1, §4.6.
func (p *parser) reference(i int) (piece string, next int, err error) {
	rest := p.text[i:]
	switch {
	case strings.HasPrefix(rest, "&amp;"):
		return "&", i + 5, nil
	case strings.HasPrefix(rest, "&lt;"):
		return "<", i + 4, nil
	case strings.HasPrefix(rest, "&gt;"):
		return ">", i + 4, nil
	case strings.HasPrefix(rest, "&quot;"):
		return "\"", i + 6, nil
	case strings.HasPrefix(rest, "&apos;"):
		return "'", i + 6, nil
	case strings.HasPrefix(rest, "&#"):
		return p.charReference(i)
	}
	return "", 0,
		p.malformed(i, "expected one of &amp; &lt; &gt; &quot; &apos; or a character reference, got another use of &")
}

// charReference reads &#123; or &#x7B; at i.
func (p *parser) charReference(i int) (piece string, next int, err error) {
	s := p.text
	j, base := i+2, rune(10)
	if j < len(s) && s[j] == 'x' {
		j, base = j+1, 16
	}
	digits, r := j, rune(0)
	for ; j < len(s); j++ {
		d := digit(s[j])
		if d >= base {
			break
		}
		// Held above the last character: the number of digits is not limited, so r must not wrap round.
		r = min(r*base+d, 0x110000)
	}
	if j == digits || j == len(s) || s[j] != ';' {
		return "", 0, p.malformed(j, "expected digits and ; in a character reference, got %s", p.describe(j))
	}
	if !isChar(r) {
		return "", 0, p.malformed(i, "the character reference %.20s stands for no character that XML allows", s[i:j+1])
	}
	return string(r), j + 1, nil
}

// digit returns the value of a hexadecimal digit, or 99.
func digit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return 99
}
