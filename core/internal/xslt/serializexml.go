package xslt

import "strings"

// xmlSerializer is the output method xml. Source: XSLT 1.0 §16.1; JDK 17 (ToXMLStream).
type xmlSerializer struct{ serializer }

func newXMLSerializer(props *outputProperties, max int, f *fault) *xmlSerializer {
	return &xmlSerializer{newSerializer(props, max, f)}
}

func (s *xmlSerializer) startElement(space string, known bool, qualified string) {
	if s.props.indent {
		s.children++
		s.flushText()
	}
	s.startDocument()
	s.closeCDATA()
	if s.doctype && s.props.doctypeSystem != "" {
		s.write("<!DOCTYPE " + qualified)
		s.writeExternalID()
		s.write(">\n")
	}
	s.doctype = false
	s.closeStartTag()
	if known {
		s.ensureDeclared(space, qualified)
	}
	if s.shouldIndent() && s.newLine {
		s.indent(s.depth())
	}
	s.newLine = true
	s.write("<")
	s.write(qualified)
	e := openElement{name: qualified, space: space, hasSpace: known, tagOpen: true}
	if s.props.indent {
		s.preserve = s.top().preserve
		e.preserve = s.preserve
		e.children = s.children
		s.children = 0
	}
	s.open = append(s.open, e)
	s.afterText = false
}

func (s *xmlSerializer) endElement(qualified string) {
	if s.props.indent {
		s.flushText()
	}
	s.prefixes.pop(s.depth())
	e := s.top()
	if e.tagOpen {
		s.writePending()
		if strings.HasPrefix(s.props.doctypePublic, "-//W3C//DTD XHTML") {
			s.write(" />")
		} else {
			s.write("/>")
		}
	} else {
		s.closeCDATA()
		if s.shouldIndent() && (s.children > 1 || !s.afterText) {
			s.indent(s.depth() - 1)
		}
		s.write("</")
		s.write(qualified)
		s.write(">")
	}
	s.open = s.open[:len(s.open)-1]
	if s.props.indent {
		s.preserve = s.top().preserve
		s.children = e.children
		s.afterText = false
	}
}

func (s *xmlSerializer) uniqueAttribute(qualified, value string) {
	if s.top().tagOpen {
		s.writeAttribute(s.patchName(qualified), value)
	}
}

func (s *xmlSerializer) procInst(target, data string) {
	if !s.startProcInst(target) {
		return
	}
	s.write("<?" + target)
	if data != "" && data[0] != ' ' {
		s.write(" ")
	}
	s.write(strings.Replace(data, "?>", "? >", 1))
	s.write("?>")
	s.newLine = true
}
