package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// prepare returns the source without the white space that xsl:strip-space takes away: a copy when there is any, otherwise
// the source itself. Source: XSLT 1.0 §3.4.
func (s *Stylesheet) prepare(source *xmldoc.Node, seq *xmldoc.Sequence) *xmldoc.Node {
	if len(s.strip) == 0 || !s.stripsAny(source) {
		return source
	}
	b := xmldoc.NewBuilder(seq)
	for n := source.FirstChild; n != nil; {
		switch n.Kind {
		case xmldoc.Element:
			b.StartElement(n.Name)
			for d := n.FirstDecl; d != nil; d = d.Next {
				b.Declare(d.Name.Local, d.Value)
			}
			for a := n.FirstAttr; a != nil; a = a.Next {
				b.Attribute(a.Name, a.Value)
			}
		case xmldoc.Text:
			if !s.isStripped(n) {
				b.Text(n.Value)
			}
		case xmldoc.Comment:
			b.Comment(n.Value)
		case xmldoc.ProcInst:
			b.ProcInst(n.Name.Local, n.Value)
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for {
			if n.Kind == xmldoc.Element {
				b.EndElement()
			}
			if n.Next != nil || n.Parent == source {
				n = n.Next
				break
			}
			n = n.Parent
		}
	}
	return b.Document()
}

func (s *Stylesheet) stripsAny(source *xmldoc.Node) bool {
	for n := source.FirstChild; n != nil; n = n.After(source, false) {
		if n.Kind == xmldoc.Text && s.isStripped(n) {
			return true
		}
	}
	return false
}

func (s *Stylesheet) isStripped(text *xmldoc.Node) bool {
	return text.Parent.Kind == xmldoc.Element && strings.Trim(text.Value, " \t\r\n") == "" &&
		s.strips(text.Parent.Name) && !preservesSpace(text.Parent)
}

// strips says whether the white space in elements of that name goes: the most specific rule decides, then the last.
func (s *Stylesheet) strips(name *xmldoc.Name) bool {
	best := -1
	strip := false
	for _, r := range s.strip {
		if r.matches(name) && r.rank() >= best {
			best, strip = r.rank(), r.strip
		}
	}
	return strip
}

func preservesSpace(el *xmldoc.Node) bool {
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		if a := n.Attr(xmldoc.XMLNamespace, "space"); a != nil {
			return a.Value == "preserve"
		}
	}
	return false
}
