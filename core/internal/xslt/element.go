package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// isName says whether s is a qualified name.
func isName(s string) bool {
	prefix, local := splitName(s)
	return xmldoc.IsNCName(local) && (prefix == "" && local == s || xmldoc.IsNCName(prefix))
}

// elementInstruction is xsl:element. Source: XSLT 1.0 §7.1.2; JDK 17 for prefixes.
type elementInstruction struct {
	name      *valueTemplate
	prefix    string // when the name is constant
	namespace *valueTemplate
	body      []instruction
}

func (c *compiler) element(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "name namespace use-attribute-sets"); err != nil {
		return nil, err
	}
	source, err := c.required(el, "name")
	if err != nil {
		return nil, err
	}
	i := &elementInstruction{}
	if i.name, err = c.valueTemplate(el, source); err != nil {
		return nil, err
	}
	space, hasSpace := el.AttrValue("namespace")
	if hasSpace && (space != "" || i.name.constant()) {
		if i.namespace, err = c.valueTemplate(el, space); err != nil {
			return nil, err
		}
	}
	ignored := i.name.constant() && !c.constantName(el, i, hasSpace)
	if names, ok := el.AttrValue("use-attribute-sets"); ok {
		use, err := c.useSets(el, names)
		if err != nil {
			return nil, err
		}
		i.body = append(i.body, use)
	}
	content, err := c.body(el)
	if err != nil {
		return nil, err
	}
	if ignored {
		return &group{body: withoutAttributes(content)}, nil
	}
	i.body = append(i.body, content...)
	return i, nil
}

// constantName settles the prefix of an element whose name is known, and says whether it is a name at all.
func (c *compiler) constantName(el *xmldoc.Node, i *elementInstruction, hasSpace bool) bool {
	if !isName(i.name.text) {
		return false
	}
	prefix, local := splitName(i.name.text)
	switch {
	case !hasSpace:
		space, ok := c.fault.lookUp(el, prefix)
		if !ok {
			return false
		}
		i.namespace = &valueTemplate{text: space}
	case i.namespace.constant():
		found := prefix != ""
		if !found {
			prefix, found = c.prefixFor(el, i.namespace.text)
		}
		if !found {
			prefix = c.generatePrefix()
		}
		if prefix = settled(prefix, i.namespace.text, c.generatePrefix); prefix != "" {
			i.name = &valueTemplate{text: prefix + ":" + local}
		}
	}
	i.prefix = prefix
	return true
}

// prefixFor finds a prefix that is bound to a namespace where el stands.
func (c *compiler) prefixFor(el *xmldoc.Node, space string) (prefix string, ok bool) {
	if space == xmldoc.XMLNamespace {
		return "xml", true
	}
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		for _, d := range c.declarations(n) {
			if d.Value == space {
				return d.Name.Local, true
			}
		}
	}
	return "", space == ""
}

// withoutAttributes leaves the xsl:attribute instructions out: their element was none.
func withoutAttributes(body []instruction) (rest []instruction) {
	for _, i := range body {
		if _, ok := i.(*attributeInstruction); !ok {
			rest = append(rest, i)
		}
	}
	return rest
}

func (i *elementInstruction) exec(m *machine) error {
	name, err := i.name.eval(m)
	if err != nil {
		return err
	}
	space := ""
	if i.namespace != nil {
		if space, err = i.namespace.eval(m); err != nil {
			return err
		}
	}
	if i.name.constant() {
		prefix := settled(i.prefix, space, m.generatePrefix)
		if _, local := splitName(name); prefix != i.prefix {
			name = prefix + ":" + local
		}
		m.out.startElement("", false, name)
		m.out.namespace(prefix, space)
	} else if name, err = m.startNamed(name, space); err != nil {
		return err
	}
	m.push(frame{kind: elementFrame, body: i.body, name: name})
	return nil
}

// startNamed starts an element whose name was worked out, and returns the name it got.
func (m *machine) startNamed(name, space string) (string, error) {
	if err := m.ctx.Budget.Spend(prefixSteps + int64(len(name))/lettersPerStep); err != nil {
		return "", err
	}
	if !isName(name) {
		return "", errFailed("xsl:element: what was worked out is no name")
	}
	prefix, _ := splitName(name)
	if prefix == "" && space == "" {
		m.out.startElement("", false, name)
		return name, nil
	}
	if prefix == "" {
		prefix = m.generatePrefix()
		name = prefix + ":" + name
	} else if space == "" {
		ok := false
		if space, ok = m.fault.lookUp(m.focus.node, prefix); !ok {
			if space, ok = m.out.lookupPrefix(prefix); !ok {
				return "", errFailed("xsl:element: the prefix that was worked out is bound to no namespace")
			}
		}
	}
	if settledPrefix := settled(prefix, space, m.generatePrefix); settledPrefix != prefix {
		_, local := splitName(name)
		prefix, name = settledPrefix, settledPrefix+":"+local
	}
	m.out.startElement(space, true, name)
	m.out.namespace(prefix, space)
	return name, nil
}

func (m *machine) generatePrefix() string {
	m.prefixes++
	return generatedPrefix(m.prefixes - 1)
}
