package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// prepare returns the source without the white space that xsl:strip-space takes away: a copy when there is any,
// otherwise the source itself. Source: XSLT 1.0 §3.4.
//
// Errors: limit-exceeded.
func (m *machine) prepare(source *xmldoc.Node) (*xmldoc.Node, error) {
	strips, err := m.stripsAny(source)
	if !strips || err != nil {
		return source, err
	}
	s := m.sheet
	b := xmldoc.NewBuilder(m.seq)
	for n := source.FirstChild; n != nil; {
		if err := m.ctx.Budget.Spend(2); err != nil {
			return nil, err
		}
		switch n.Kind {
		case xmldoc.Element:
			b.StartElement(n.Name)
			for d := n.FirstDecl; d != nil; d = d.Next {
				b.NewDeclaration(d.Name, d.Value)
			}
			for a := n.FirstAttr; a != nil; a = a.Next {
				m.fault.spend(1)
				b.NewAttribute(a.Name, a.Value)
			}
		case xmldoc.Text:
			stripped, steps := s.isStripped(n)
			m.fault.spend(steps)
			if !stripped {
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
	return b.Document(), m.fault.err
}

func (m *machine) stripsAny(source *xmldoc.Node) (bool, error) {
	if len(m.sheet.strip) == 0 {
		return false, nil
	}
	for n := source.FirstChild; n != nil; n = n.After(source, false) {
		steps := 1
		if n.Kind == xmldoc.Text {
			stripped, visited := m.sheet.isStripped(n)
			if stripped {
				return true, nil
			}
			steps = visited
		}
		if err := m.ctx.Budget.Spend(int64(steps)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// isStripped also says how many steps it took.
func (s *Stylesheet) isStripped(text *xmldoc.Node) (stripped bool, steps int) {
	steps = 1 + len(text.Value)/copiedPerStep
	if text.Parent.Kind != xmldoc.Element || strings.Trim(text.Value, " \t\r\n") != "" {
		return false, steps
	}
	steps += len(s.strip) / namesPerStep
	if !s.strips(text.Parent.Name) {
		return false, steps
	}
	preserved, visited := preservesSpace(text.Parent)
	return !preserved, steps + visited
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

// preservesSpace also says how many nodes it looked at.
func preservesSpace(el *xmldoc.Node) (preserved bool, visited int) {
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		visited++
		for a := n.FirstAttr; a != nil; a = a.Next {
			visited++
			if a.Is(xmldoc.XMLNamespace, "space") {
				return a.Value == "preserve", visited
			}
		}
	}
	return false, visited
}
