package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
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
		space, ok := el.LookupPrefix(prefix)
		if !ok {
			return false
		}
		i.namespace = &valueTemplate{text: space}
	case prefix == "" && i.namespace.constant():
		var ok bool
		if prefix, ok = prefixFor(el, i.namespace.text); !ok {
			prefix = c.generatePrefix()
		}
		if prefix != "" {
			i.name = &valueTemplate{text: prefix + ":" + local}
		}
	}
	i.prefix = prefix
	return true
}

// prefixFor finds a prefix that is bound to a namespace where el stands.
func prefixFor(el *xmldoc.Node, space string) (prefix string, ok bool) {
	for n := el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		for _, d := range declarations(n) {
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
		m.out.startElement("", false, name)
		m.out.namespace(i.prefix, space)
	} else if name, err = m.startNamed(name, space); err != nil {
		return err
	}
	m.push(frame{kind: elementFrame, body: i.body, name: name})
	return nil
}

// startNamed starts an element whose name was worked out, and returns the name it got.
func (m *machine) startNamed(name, space string) (string, error) {
	if !isName(name) {
		return "", errFailed("xsl:element: %q is no name", name)
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
		if space, ok = m.focus.node.LookupPrefix(prefix); !ok {
			if space, ok = m.out.lookupPrefix(prefix); !ok {
				return "", errFailed("xsl:element: the prefix of %q is bound to no namespace", name)
			}
		}
	}
	m.out.startElement(space, true, name)
	m.out.namespace(prefix, space)
	return name, nil
}

func (m *machine) generatePrefix() string {
	m.prefixes++
	return generatedPrefix(m.prefixes - 1)
}

// attributeInstruction is xsl:attribute. Source: XSLT 1.0 §7.1.3; JDK 17 for prefixes.
type attributeInstruction struct {
	name      *valueTemplate
	prefix    string
	namespace *valueTemplate // nil: none
	body      []instruction
	text      *string
	unique    bool
}

func (c *compiler) attributeInstruction(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "name namespace"); err != nil {
		return nil, err
	}
	name, err := c.required(el, "name")
	if err != nil {
		return nil, err
	}
	constant := !isTemplate(name)
	if name == "xmlns" || strings.HasPrefix(name, "xmlns:") || constant && !isName(name) {
		return nil, errInvalid("xsl:attribute: %q is no name for an attribute", name)
	}
	i := &attributeInstruction{}
	if name, err = c.attributeNamespace(el, i, name); err != nil {
		return nil, err
	}
	if s := c.scopes[el.Parent]; s != nil {
		s.noteAttribute(name, constant)
	}
	if i.name, err = c.valueTemplate(el, name); err != nil {
		return nil, err
	}
	i.body, i.text, err = c.textContent(el)
	return i, err
}

// attributeNamespace settles the namespace and the prefix of an attribute, and returns its name with that prefix.
func (c *compiler) attributeNamespace(el *xmldoc.Node, i *attributeInstruction, name string) (string, error) {
	own, local := splitName(name)
	if brace := strings.IndexByte(name, '{'); brace >= 0 && brace < len(own) {
		own, local = "", name
	}
	space, _ := el.AttrValue("namespace")
	switch {
	case space != "":
		if !isTemplate(space) {
			i.prefix, _ = prefixFor(el, space)
		}
	case own != "":
		i.prefix = own
		var ok bool
		if space, ok = el.LookupPrefix(own); !ok {
			return "", errInvalid("the prefix of %s is bound to no namespace", name)
		}
	default:
		return name, nil
	}
	var err error
	if i.namespace, err = c.valueTemplate(el, space); err != nil {
		return "", err
	}
	generated := false
	switch {
	case own != "":
		i.prefix = own
	case i.prefix == "":
		i.prefix = c.generatePrefix()
		generated = true
	}
	if s := c.scopes[el.Parent]; s != nil && !generated {
		c.register(s, i.prefix, space, false)
	}
	return i.prefix + ":" + local, nil
}

func (i *attributeInstruction) exec(m *machine) error {
	if i.text != nil {
		return i.write(m, *i.text)
	}
	m.captureText(i.body, i)
	return nil
}

func (i *attributeInstruction) captured(m *machine, r receiver) error {
	return i.write(m, m.capturedText(r))
}

func (i *attributeInstruction) write(m *machine, value string) error {
	if i.namespace != nil {
		space, err := i.namespace.eval(m)
		if err != nil {
			return err
		}
		m.out.namespace(i.prefix, space)
	}
	name, err := i.name.eval(m)
	if err != nil {
		return err
	}
	if i.namespace != nil {
		name = i.prefix + name[strings.LastIndexByte(name, ':'):] // a prefix of its own is dropped
	}
	if !i.name.constant() && (!isName(name) || name == "xmlns") {
		return errFailed("xsl:attribute: %q is no name for an attribute", name)
	}
	if i.unique {
		m.out.uniqueAttribute(name, value)
	} else {
		m.out.attribute(name, value)
	}
	return nil
}

// commentInstruction is xsl:comment. Source: XSLT 1.0 §7.4.
type commentInstruction struct{ body []instruction }

func (c *compiler) comment(el *xmldoc.Node) (instruction, error) {
	body, err := c.body(el)
	return &commentInstruction{body}, err
}

func (i *commentInstruction) exec(m *machine) error {
	m.captureText(i.body, i)
	return nil
}

func (i *commentInstruction) captured(m *machine, r receiver) error {
	m.out.comment(m.capturedText(r))
	return nil
}

// procInstInstruction is xsl:processing-instruction. Source: XSLT 1.0 §7.3.
type procInstInstruction struct {
	name *valueTemplate
	body []instruction
}

func (c *compiler) procInst(el *xmldoc.Node) (instruction, error) {
	if err := c.checkAttributes(el, "name"); err != nil {
		return nil, err
	}
	source, err := c.required(el, "name")
	if err != nil {
		return nil, err
	}
	name, err := c.valueTemplate(el, source)
	if err != nil {
		return nil, err
	}
	body, err := c.body(el)
	return &procInstInstruction{name, body}, err
}

func (i *procInstInstruction) exec(m *machine) error {
	m.captureText(i.body, i)
	return nil
}

func (i *procInstInstruction) captured(m *machine, r receiver) error {
	data := m.capturedText(r)
	target, err := i.name.eval(m)
	if err != nil {
		return err
	}
	if !xmldoc.IsNCName(target) || strings.EqualFold(target, "xml") {
		return errFailed("xsl:processing-instruction: %q is no name", target)
	}
	m.out.procInst(target, data)
	return nil
}

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
		m.out.characters(xpath.ToString(value))
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
				m.out.endElement(n.Name.Qualified())
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

// copyStart starts a copy of an element, with its namespaces: all in scope, or those declared on it.
func (m *machine) copyStart(n *xmldoc.Node, inScope bool) (name string) {
	name = n.Name.Qualified()
	m.out.startElement("", false, name)
	if n.Name.Space != "" {
		m.out.namespace(n.Name.Prefix, n.Name.Space)
	}
	if !inScope {
		for d := n.FirstDecl; d != nil; d = d.Next {
			m.out.namespace(d.Name.Local, d.Value)
		}
		return name
	}
	for _, d := range scopeInOrder(n) {
		m.out.namespace(d.Name.Local, d.Value)
	}
	return name
}

// scopeInOrder returns the declarations in scope: the outermost first, one that overrides another in its place.
func scopeInOrder(n *xmldoc.Node) (decls []*xmldoc.Node) {
	if n == nil || n.Kind != xmldoc.Element {
		return nil
	}
	var path []*xmldoc.Node
	for e := n; e != nil && e.Kind == xmldoc.Element; e = e.Parent {
		if e.FirstDecl != nil {
			path = append(path, e)
		}
	}
	for i := len(path) - 1; i >= 0; i-- {
	next:
		for d := path[i].FirstDecl; d != nil; d = d.Next {
			for k := range decls {
				if decls[k].Name.Local == d.Name.Local {
					decls[k] = d
					continue next
				}
			}
			decls = append(decls, d)
		}
	}
	return decls
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
