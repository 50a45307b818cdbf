package xslt

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// flushText writes the text that was held back, indented when it stands between elements.
func (s *serializer) flushText() {
	if !s.indents() || len(s.buffered) == 0 {
		s.buffered = s.buffered[:0]
		return
	}
	pieces := s.buffered
	s.buffered = nil
	if s.top().cdata {
		for _, p := range pieces {
			s.cdataText(p.text)
		}
		return
	}
	s.children++
	skip := s.shouldIndentText()
	if skip {
		s.indent(s.depth())
		s.newLine = true
	}
	for _, p := range pieces {
		text := p.text
		if skip {
			text = strings.TrimLeft(text, "\n")
			skip = text == ""
		}
		if text != "" {
			s.writeText(text, p.raw)
		}
	}
	s.buffered = pieces[:0]
}

func (s *serializer) shouldIndentText() bool {
	return s.shouldIndent() && s.children > 1 && (!s.html || s.block)
}

func (s *serializer) writeText(text string, raw bool) {
	if raw {
		s.write(text)
	} else {
		s.escapeText(text)
	}
	s.afterText = true
}

func (s *serializer) cdataText(text string) {
	s.closeStartTag()
	if !s.inCDATA && s.shouldIndentText() {
		s.indent(s.depth())
	}
	s.afterText = true
	if s.rawBelow > 0 {
		if !s.inCDATA {
			s.write("<![CDATA[")
			s.inCDATA = true
		}
		s.write(text)
	} else {
		s.normalized(text, true)
	}
	if strings.HasSuffix(text, "]") {
		s.closeCDATA()
	}
}

// normalized writes text without escaping; what the encoding lacks becomes a reference, outside the CDATA section.
func (s *serializer) normalized(text string, cdata bool) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case cdata && strings.HasPrefix(text[i:], "]]>"):
			s.openCDATA()
			s.write("]]]]><![CDATA[>")
			size = 3
		case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0x7F, !s.charset.has(r):
			s.closeCDATA()
			s.reference(r)
		default:
			if cdata && (r != '\n' || i == 0) { // the JDK opens no section for the end of a line
				s.openCDATA()
			}
			s.write(text[i : i+size])
		}
		i += size
	}
}

func (s *serializer) openCDATA() {
	if !s.inCDATA {
		s.write("<![CDATA[")
		s.inCDATA = true
	}
}

func (s *serializer) reference(r rune) {
	s.write("&#")
	s.write(strconv.Itoa(int(r)))
	s.write(";")
}

// escapeText writes the content of a text node.
func (s *serializer) escapeText(text string) {
	clean := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf && textClean[c] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		s.write(text[clean:i])
		s.escapeRune(r, false)
		i += size
		clean = i
	}
	s.write(text[clean:])
}

// textClean holds the ASCII characters that stand for themselves in text, for both methods.
var textClean = func() (t [utf8.RuneSelf]bool) {
	for c := ' '; c < 0x7F; c++ {
		t[c] = c != '<' && c != '>' && c != '&'
	}
	t['\t'], t['\n'] = true, true
	return t
}()

// writeValue writes the value of an xml attribute.
func (s *serializer) writeValue(value string) {
	clean := 0
	for i := 0; i < len(value); {
		c := value[i]
		if c >= ' ' && c <= 0x7F && c != '<' && c != '>' && c != '&' && c != '"' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(value[i:])
		s.write(value[clean:i])
		if r > 0x7F && r <= 0xFFFF && s.charset.has(r) {
			s.write(value[i : i+size])
		} else {
			s.escapeRune(r, true)
		}
		i += size
		clean = i
	}
	s.write(value[clean:])
}

// escapeRune writes a character that is not plainly clean.
func (s *serializer) escapeRune(r rune, inValue bool) {
	switch {
	case r == '<':
		s.write("&lt;")
	case r == '>':
		s.write("&gt;")
	case r == '&':
		s.write("&amp;")
	case r == '"' && inValue:
		s.write("&quot;")
	case s.html && !inValue && htmlEntity(r) != "":
		s.write("&" + htmlEntity(r) + ";")
	case r < ' ' && r != '\t' && r != '\n' && r != '\r' && s.props.version != "1.1":
		s.fault.fail(errFailed("the character U+%04X cannot stand in the result", r))
	case r > 0xFFFF && !s.charset.rawNonBMP(),
		r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7F && r <= 0x9F,
		s.props.version == "1.1" && r == 0x2028:
		s.reference(r)
	case (r == '\r' || inValue && r < ' ' || !s.charset.has(r)) && s.depth() > 0:
		s.reference(r)
	default:
		s.write(string(r))
	}
}

func (s *serializer) characters(text string) {
	if text == "" {
		return
	}
	s.closeStartTag()
	s.startDocument()
	if s.top().cdata {
		s.cdataText(text)
		return
	}
	s.closeCDATA()
	if s.indents() {
		s.buffered = append(s.buffered, textPiece{text, s.unescaped()})
		return
	}
	s.writeText(text, s.unescaped())
}

func (s *serializer) unescaped() bool { return s.raw || s.rawBelow > 0 }
