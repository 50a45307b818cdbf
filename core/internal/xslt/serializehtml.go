package xslt

import "strings"

// htmlSerializer is the output method html. Source: XSLT 1.0 §16.2; JDK 17 (ToHTMLStream).
type htmlSerializer struct {
	serializer
	last []htmlElement // by depth: what the last HTML element there was
}

func newHTMLSerializer(props *outputProperties, max int, f *fault) *htmlSerializer {
	s := &htmlSerializer{serializer: newSerializer(props, max, f)}
	s.html = true
	s.props.cdata = nil // the JDK does not hand it on
	return s
}

// htmlSteps is the cost of finding out what is special of an element.
const htmlSteps = 8

func (s *htmlSerializer) startElement(space string, known bool, qualified string) {
	if s.props.indent {
		s.children++
		s.flushText()
	}
	s.closeStartTag()
	s.startDocument()
	s.closeCDATA()
	s.fault.spend(htmlSteps)
	e := openElement{name: qualified, space: space, hasSpace: known, tagOpen: true, children: s.children}
	if known && space != "" {
		s.startForeign(e)
		return
	}
	e.html = htmlElementNamed(qualified)
	for len(s.last) <= s.depth() {
		s.last = append(s.last, htmlBlock)
	}
	s.last[s.depth()] = e.html
	block := e.html&htmlBlock != 0
	if s.props.indent {
		if s.depth() > 0 && (block || !s.afterText && s.block) {
			s.newLine = true
			s.indent(s.depth())
		}
		s.block = block
		s.children = 0
		s.newLine = s.newLine || block && e.html&htmlEmpty == 0
	}
	s.afterText = false
	s.write("<" + qualified)
	s.open = append(s.open, e)
	if e.html&htmlHead != 0 {
		s.closeStartTag()
		if s.props.indent {
			s.indent(s.depth())
		}
		s.write(`<META http-equiv="Content-Type" content="text/html; charset=` + s.charset.name + `">`)
	}
}

// startForeign opens an element of a namespace, which is written as xml. For its end the JDK takes it for what the last
// HTML element of that depth was.
func (s *htmlSerializer) startForeign(e openElement) {
	if s.props.indent {
		s.children++ // counted a second time, as the JDK does
	}
	s.ensureDeclared(e.space, e.name)
	if s.shouldIndent() && s.newLine {
		s.indent(s.depth())
	}
	s.newLine = true
	s.write("<" + e.name)
	e.children = s.children
	s.children = 0
	e.html = htmlBlock
	if s.depth() < len(s.last) {
		e.html = s.last[s.depth()]
	}
	s.open = append(s.open, e)
	s.afterText = false
}

func (s *htmlSerializer) endElement(qualified string) {
	if s.props.indent {
		s.flushText()
	}
	s.closeCDATA()
	e := *s.top()
	block := e.html&htmlBlock != 0
	if s.props.indent {
		should := false
		if block || !s.afterText && s.block {
			s.newLine = true
			should = true
		}
		if !e.tagOpen && should && (s.children > 1 || !s.afterText) {
			s.indent(s.depth() - 1)
		}
		s.block = block
	}
	switch {
	case !e.tagOpen:
		s.write("</" + qualified + ">")
	default:
		s.writePending()
		s.write(">")
		if e.html&htmlEmpty == 0 {
			s.write("</" + qualified + ">")
		}
	}
	// The prefixes stay bound, as in the JDK.
	s.open = s.open[:len(s.open)-1]
	if s.props.indent {
		s.children = e.children
		s.afterText = false
	}
}

func (s *htmlSerializer) uniqueAttribute(qualified, value string) {
	if s.top().tagOpen {
		s.writeAttribute(qualified, value)
	}
}

func (s *htmlSerializer) characters(text string) {
	if s.top().html&htmlRaw != 0 && text != "" {
		s.closeStartTag()
		s.normalized(text, false)
		s.afterText = true
		return
	}
	s.serializer.characters(text)
}

func (s *htmlSerializer) procInst(target, data string) {
	if !s.startProcInst(target) {
		return
	}
	s.write("<?" + target)
	if data != "" && data[0] != ' ' {
		s.write(" ")
	}
	s.write(data + ">")
	if s.depth() == 0 {
		s.write("\n")
	}
	s.newLine = true
}

func (s *serializer) writeHTMLAttribute(name, value string) {
	element := s.top().name
	if (value == "" || strings.EqualFold(value, name)) && isBooleanAttribute(element, name) {
		s.write(name)
		return
	}
	s.write(name + `="`)
	if isURIAttribute(element, name) {
		s.writeURI(value)
	} else {
		s.writeHTMLValue(value)
	}
	s.write(`"`)
}

const hexDigits = "0123456789ABCDEF"

// writeURI escapes what is not ASCII by octets. Source: XSLT 1.0 §16.2.
func (s *serializer) writeURI(value string) {
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c < 32 || c > 126:
			s.write("%" + hexDigits[c>>4:c>>4+1] + hexDigits[c&15:c&15+1])
		case c == '"':
			s.write("%22")
		case c == '&':
			s.write("&amp;")
		default:
			s.write(value[i : i+1])
		}
	}
}

// writeHTMLValue writes an attribute value: < and > stand for themselves, and so does & before a brace.
func (s *serializer) writeHTMLValue(value string) {
	for i, r := range value {
		switch {
		case r == '<' || r == '>' || r == '&' && strings.HasPrefix(value[i+1:], "{"):
			s.write(value[i : i+1])
		case r == '&':
			s.write("&amp;")
		case r == '"':
			s.write("&quot;")
		case htmlEntity(r) != "":
			s.write("&" + htmlEntity(r) + ";")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', !s.charset.has(r):
			s.reference(r)
		default:
			s.write(string(r))
		}
	}
}
