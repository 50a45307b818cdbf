package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// keyDeclaration is xsl:key. Source: XSLT 1.0 §12.2.
type keyDeclaration struct {
	match *xpath.Pattern
	use   *xpath.Expr
}

// keyIndex finds nodes by the values of one key.
type keyIndex map[string]xpath.NodeSet

func (c *compiler) declareKey(el *xmldoc.Node) error {
	if err := c.checkAttributes(el, "name match use"); err != nil {
		return err
	}
	name, err := c.ownName(el)
	if err != nil {
		return err
	}
	k := &keyDeclaration{}
	c.keys[el] = k
	c.sheet.keys[name] = append(c.sheet.keys[name], k)
	return nil
}

func (c *compiler) defineKey(el *xmldoc.Node) error {
	match, err := c.required(el, "match")
	if err != nil {
		return err
	}
	use, err := c.required(el, "use")
	if err != nil {
		return err
	}
	k := c.keys[el]
	if k.match, err = c.pattern(el, match); err != nil {
		return err
	}
	k.use, err = c.expr(el, use)
	return err
}

// keyIndex returns the index of a key over the source, built at its first use.
func (m *machine) keyIndex(name expandedName) (keyIndex, error) {
	if index, ok := m.keys[name]; ok {
		return index, nil
	}
	index := keyIndex{}
	if m.keys == nil {
		m.keys = map[expandedName]keyIndex{}
	}
	m.keys[name] = index // a key that uses itself finds nothing, rather than never ending
	if err := m.ctx.Budget.Enter(); err != nil {
		return nil, err
	}
	defer m.ctx.Budget.Leave()
	was := m.focus
	defer func() { m.focus = was }()
	root := m.source
	// Neither the root nor attributes: the JDK never finds them by a key.
	for d := root.FirstChild; d != nil; d = d.After(root, false) {
		for _, k := range m.sheet.keys[name] {
			if err := m.indexNode(index, k, d); err != nil {
				return nil, err
			}
		}
	}
	return index, nil
}

func (m *machine) indexNode(index keyIndex, k *keyDeclaration, n *xmldoc.Node) error {
	if err := m.ctx.Budget.Spend(1); err != nil {
		return err
	}
	m.focus = focus{n, 1, 1}
	matches, err := k.match.Matches(m.context(), n)
	if err != nil || !matches {
		return err
	}
	m.focus = focus{n, 1, 1}
	value, err := k.use.Eval(m.context())
	if err != nil {
		return err
	}
	if set, ok := value.(xpath.NodeSet); ok {
		for _, v := range set {
			text, err := m.indexText(v)
			if err != nil {
				return err
			}
			index.add(text, n)
		}
		return nil
	}
	text, err := m.ctx.Text(value)
	if err != nil {
		return err
	}
	index.add(text, n)
	return m.ctx.Budget.Spend(xpath.MapSteps)
}

// indexText returns a text under which a node is found.
func (m *machine) indexText(v *xmldoc.Node) (string, error) {
	if err := m.ctx.Budget.Spend(xpath.MapSteps); err != nil {
		return "", err
	}
	return m.ctx.Budget.StringValue(v)
}

func (i keyIndex) add(value string, n *xmldoc.Node) {
	nodes := i[value]
	if len(nodes) == 0 || nodes[len(nodes)-1] != n {
		i[value] = append(nodes, n)
	}
}
