package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// copyInstruction is xsl:copy. Source: XSLT 1.0 §7.5.
type copyInstruction struct {
	body    []instruction
	element []instruction // the body for an element: the attribute sets come first
}

func (c *compiler) copy(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "use-attribute-sets"); err != nil {
		return nil, err
	}
	c.sheet.reads = true
	i := &copyInstruction{}
	if names, ok := el.AttrValue("use-attribute-sets"); ok {
		sets, err := c.useSets(el, names)
		if err != nil {
			return nil, err
		}
		i.element = append(i.element, sets)
	}
	body, err := c.body(el)
	i.body = body
	i.element = append(i.element, body...)
	return i, err
}

func (i *copyInstruction) exec(m *machine) error {
	switch n := m.focus.node; n.Kind {
	case xmldoc.Element:
		name := m.copyStart(n, true)
		m.push(frame{kind: elementFrame, body: i.element, name: name})
	case xmldoc.Document:
		m.push(frame{body: i.body})
	default:
		m.copyLeaf(n)
	}
	return nil
}

// copyOf is xsl:copy-of. Source: XSLT 1.0 §11.3.
type copyOf struct{ value *xpath.Expr }

func (c *compiler) copyOf(el *xmldoc.Node) (instruction, error) {
	value, err := c.selectAttribute(el, "select")
	return &copyOf{value}, err
}

func (i *copyOf) exec(m *machine) error {
	value, err := i.value.Eval(m.context())
	if err != nil {
		return err
	}
	switch v := value.(type) {
	case xpath.NodeSet:
		for _, n := range v {
			if err := m.copyTree(n); err != nil {
				return err
			}
		}
	case xpath.Fragment:
		return m.copyTree(v.Root)
	default:
		text, err := m.ctx.Text(value)
		if err != nil {
			return err
		}
		m.out.characters(text)
	}
	return nil
}

// copyTree copies a node with everything in it. The apex takes all namespaces in scope along.
func (m *machine) copyTree(apex *xmldoc.Node) error {
	for n := apex; n != nil; {
		if err := m.ctx.Budget.Spend(1); err != nil {
			return err
		}
		switch n.Kind {
		case xmldoc.Element:
			m.copyStart(n, n == apex)
			for a := n.FirstAttr; a != nil; a = a.Next {
				m.fault.spend(1)
				m.copyLeaf(a)
			}
		case xmldoc.Document:
		default:
			m.copyLeaf(n)
		}
		if m.fault.err != nil {
			return m.fault.err
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for {
			if n.Kind == xmldoc.Element {
				m.out.endElement(copiedName(n))
			}
			if n == apex {
				return nil
			}
			if n.Next != nil {
				n = n.Next
				break
			}
			n = n.Parent
		}
	}
	return nil
}

// copiedName is the name of an element in a copy: a prefix that is bound to no namespace is left out.
func copiedName(n *xmldoc.Node) string {
	if n.Name.Space == "" {
		return n.Name.Local
	}
	return n.Name.Qualified()
}

// copyStart starts a copy of an element, with its namespaces: all in scope, or those declared on it.
func (m *machine) copyStart(n *xmldoc.Node, inScope bool) (name string) {
	name = copiedName(n)
	m.out.startElement("", false, name)
	if n.Name.Space != "" {
		m.out.namespace(n.Name.Prefix, n.Name.Space)
	}
	if !inScope {
		for d := n.FirstDecl; d != nil; d = d.Next {
			m.fault.spend(1)
			m.out.namespace(d.Name.Local, d.Value)
		}
		return name
	}
	decls, compared := scopeInOrder(n)
	if len(decls) >= maxTogether {
		m.fault.fail(errTogether("namespaces"))
	}
	m.fault.spend(len(decls) + compared/namesPerStep)
	for _, d := range decls {
		m.out.namespace(d.Name.Local, d.Value)
	}
	return name
}

// scopeInOrder returns the declarations in scope: the outermost first, one that overrides another in its place. It
// stops at maxTogether, and says how many comparisons it took.
func scopeInOrder(n *xmldoc.Node) (decls []*xmldoc.Node, compared int) {
	if n == nil || n.Kind != xmldoc.Element {
		return nil, 0
	}
	var path []*xmldoc.Node
	for e := n; e != nil && e.Kind == xmldoc.Element; e = e.Parent {
		compared++
		if e.FirstDecl != nil {
			path = append(path, e)
		}
	}
	for i := len(path) - 1; i >= 0; i-- {
	next:
		for d := path[i].FirstDecl; d != nil; d = d.Next {
			for k := range decls {
				compared++
				if decls[k].Name.Local == d.Name.Local {
					decls[k] = d
					continue next
				}
			}
			if decls = append(decls, d); len(decls) >= maxTogether {
				return decls, compared
			}
		}
	}
	return decls, compared
}

// copyLeaf copies a node that has no content.
func (m *machine) copyLeaf(n *xmldoc.Node) {
	switch n.Kind {
	case xmldoc.Text:
		if pieces := m.rawText[n]; pieces != nil {
			for _, p := range pieces {
				m.write(p.text, p.raw)
			}
			return
		}
		m.out.characters(n.Value)
	case xmldoc.Comment:
		m.out.comment(n.Value)
	case xmldoc.ProcInst:
		m.out.procInst(n.Name.Local, n.Value)
	case xmldoc.Namespace:
		m.out.namespace(n.Name.Local, n.Value)
	case xmldoc.Attribute:
		if n.Name.Space != "" {
			m.out.namespace(n.Name.Prefix, n.Name.Space)
		}
		m.out.attribute(n.Name.Qualified(), n.Value)
	}
}
