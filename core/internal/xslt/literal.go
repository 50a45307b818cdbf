package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// literalElement is a literal result element. Source: XSLT 1.0 §7.1.1.
type literalElement struct {
	name       string
	namespaces []attribute // in the order in which they are written
	body       []instruction
}

func (i *literalElement) exec(m *machine) error {
	m.out.startElement("", false, i.name)
	for _, n := range i.namespaces {
		m.out.namespace(n.name, n.value)
	}
	if err := m.ctx.Budget.Spend(int64(len(i.namespaces))); err != nil {
		return err
	}
	if len(i.body) == 0 {
		m.out.endElement(i.name)
		return nil
	}
	m.push(frame{kind: elementFrame, body: i.body, name: i.name})
	return nil
}

// literalAttribute is an attribute of a literal result element.
type literalAttribute struct {
	name   string
	value  *valueTemplate
	unique bool
}

func (i *literalAttribute) exec(m *machine) error {
	value, err := i.value.eval(m)
	if err != nil {
		return err
	}
	if i.unique {
		m.out.uniqueAttribute(i.name, value)
	} else {
		m.out.attribute(i.name, value)
	}
	return nil
}

// literalScope is what the compiler must know of a literal result element while it compiles its content.
type literalScope struct {
	el       *xmldoc.Node
	parent   *literalScope // when the parent is one too
	depth    int           // how many parents there are
	accessed hashtable     // the namespaces to declare
	// named collects the names of its attributes, to see whether they are unique.
	attributes []string
	ambiguous  bool
}

func (s *literalScope) namespace(prefix string) (string, bool) {
	if s.parent != nil {
		if space, ok := s.parent.namespace(prefix); ok {
			return space, true
		}
	}
	return s.accessed.get(prefix)
}

// register notes that the element must declare a prefix, unless its parent does. A prefix that it needs for two
// namespaces gets another name.
func (c *compiler) register(s *literalScope, prefix, space string, declared bool) {
	c.fault.spend(s.depth / lookedAtPerStep)
	if s.parent != nil {
		if above, ok := s.parent.namespace(prefix); ok && above == space {
			return
		}
	}
	if now, ok := s.accessed.get(prefix); ok && !declared {
		if now == space {
			return
		}
		prefix = c.generatePrefix()
	}
	if prefix != "xml" {
		s.accessed.put(prefix, space)
	}
}

func (c *compiler) generatePrefix() string {
	c.prefixes++
	return generatedPrefix(c.prefixes - 1)
}

// literalAttributeName translates the name of an attribute. One without a prefix is in no namespace, whatever the
// default namespace and its alias are; one in the namespace that is to be the default one needs a prefix all the same.
//
// Source: Namespaces in XML 1.0 §6.2; XSLT 1.0 §7.1.1.
func (c *compiler) literalAttributeName(s *literalScope, name *xmldoc.Name) string {
	if name.Prefix == "" {
		return name.Local
	}
	qualified := c.literalName(s, name)
	if prefix, _ := splitName(qualified); prefix != "" {
		return qualified
	}
	space, _ := c.fault.lookUp(s.el, "")
	if space == "" {
		return name.Local
	}
	prefix, _ := c.prefixFor(s.el, space)
	if prefix == "" {
		prefix = c.generatePrefix()
	}
	c.register(s, prefix, space, false)
	return prefix + ":" + name.Local
}

// literalName translates the name of an element by xsl:namespace-alias and registers its prefix.
func (c *compiler) literalName(s *literalScope, name *xmldoc.Name) string {
	prefix := name.Prefix
	if alias, ok := c.aliases[prefix]; ok {
		if space, bound := c.fault.lookUp(s.el, prefix); bound {
			c.excluded[space]++
		}
		prefix = alias
	}
	space, ok := c.fault.lookUp(s.el, prefix)
	if !ok {
		return name.Local
	}
	c.register(s, prefix, space, false)
	if prefix == "" {
		return name.Local
	}
	return prefix + ":" + name.Local
}

// literal compiles a literal result element.
func (c *compiler) literal(el *xmldoc.Node) (instruction, error) {
	c.fault.spend(literalSteps)
	s := &literalScope{el: el, parent: c.scopes[el.Parent]}
	if s.parent != nil {
		s.depth = s.parent.depth + 1
	}
	c.scopes[el] = s
	defer delete(c.scopes, el)
	i := &literalElement{name: c.literalName(s, el.Name)}
	if v := el.Attr(Namespace, "extension-element-prefixes"); v != nil {
		if err := c.extensionPrefixes(el, v.Value); err != nil {
			return nil, err
		}
		defer c.exclude(el, v.Value, -1)
	}
	if v := el.Attr(Namespace, "exclude-result-prefixes"); v != nil {
		if err := c.exclude(el, v.Value, 1); err != nil {
			return nil, err
		}
		defer c.exclude(el, v.Value, -1)
	}
	attributes, err := c.literalAttributes(s)
	if err != nil {
		return nil, err
	}
	c.registerScope(s)
	if sets := el.Attr(Namespace, "use-attribute-sets"); sets != nil {
		use, err := c.useSets(el, sets.Value)
		if err != nil {
			return nil, err
		}
		i.body = append(i.body, use)
		s.ambiguous = true
	}
	content, err := c.body(el)
	if err != nil {
		return nil, err
	}
	unique := !s.ambiguous && !makesAttributes(content, true)
	for _, a := range attributes {
		a.unique = unique
		i.body = append(i.body, a)
	}
	for _, child := range content {
		if a, ok := child.(*attributeInstruction); ok {
			a.unique = unique
		}
	}
	i.body = append(i.body, content...)
	i.namespaces = s.accessed.entries()
	return i, nil
}

// literalAttributes compiles the attributes that go into the result.
func (c *compiler) literalAttributes(s *literalScope) (attributes []*literalAttribute, err error) {
	for a := s.el.FirstAttr; a != nil; a = a.Next {
		if a.Name.Space == Namespace {
			continue
		}
		i := &literalAttribute{name: c.literalAttributeName(s, a.Name)}
		if i.value, err = c.valueTemplate(s.el, a.Value); err != nil {
			return nil, err
		}
		attributes = append(attributes, i)
		s.attributes = append(s.attributes, i.name)
	}
	return attributes, nil
}

// registerScope registers every namespace in scope that is not excluded.
func (c *compiler) registerScope(s *literalScope) {
	seen := map[string]bool{}
	levels := 0
	for n := s.el; n != nil && n.Kind == xmldoc.Element; n = n.Parent {
		levels++
		for _, d := range c.declarations(n) {
			if seen[d.Name.Local] {
				continue
			}
			seen[d.Name.Local] = true
			if c.excluded[d.Value] <= 0 {
				c.register(s, d.Name.Local, d.Value, true)
			}
		}
	}
	c.fault.spend(levels / lookedAtPerStep)
}

// noteAttribute records the name of an xsl:attribute child.
func (s *literalScope) noteAttribute(name string, constant bool) {
	if !constant || len(s.attributes) >= maxTogether {
		s.ambiguous = true
		return
	}
	for _, other := range s.attributes {
		if other == name {
			s.ambiguous = true
		}
	}
	s.attributes = append(s.attributes, name)
}

// makesAttributes says whether a body may write an attribute before it writes anything else. Direct xsl:attribute
// children are left out when direct is set.
func makesAttributes(body []instruction, direct bool) bool {
	for _, i := range body {
		switch i := i.(type) {
		case *textInstruction, *literalElement, *valueOf, *elementInstruction, *commentInstruction, *numberInstruction,
			*procInstInstruction:
			return false
		case *attributeInstruction:
			if !direct {
				return true
			}
		case *call, *copyInstruction, *copyOf:
			return true
		case *conditional:
			if makesAttributes(i.body, false) {
				return true
			}
		case *forEach:
			if makesAttributes(i.body, false) {
				return true
			}
		case *choose:
			for _, branch := range i.branches {
				if makesAttributes(branch.body, false) {
					return true
				}
			}
		}
	}
	return false
}

// attributeSet is what all xsl:attribute-set elements of one name say. Source: XSLT 1.0 §7.1.4.
type attributeSet struct{ body []instruction }

func (c *compiler) declareSet(el *xmldoc.Node) error {
	if err := c.checkAttributes(el, "name use-attribute-sets"); err != nil {
		return err
	}
	if err := c.onlyChildren(el, "attribute"); err != nil {
		return err
	}
	name, err := c.ownName(el)
	if err != nil {
		return err
	}
	if c.sheet.sets[name] == nil {
		c.sheet.sets[name] = &attributeSet{}
	}
	return nil
}

func (c *compiler) defineSet(el *xmldoc.Node) error {
	qualified, _ := el.AttrValue("name")
	name, err := c.name(el, qualified)
	if err != nil {
		return err
	}
	set := c.sheet.sets[name]
	if names, ok := el.AttrValue("use-attribute-sets"); ok {
		use, err := c.useSets(el, names)
		if err != nil {
			return err
		}
		set.body = append(set.body, use)
	}
	body, err := c.body(el)
	set.body = append(set.body, body...)
	return err
}

// useSets writes the attributes of sets, in the order in which they are named.
type useSets struct{ sets []instruction }

func (c *compiler) useSets(el *xmldoc.Node, names string) (*useSets, error) {
	i := &useSets{}
	for _, qualified := range strings.Fields(names) {
		name, err := c.name(el, qualified)
		if err != nil {
			return nil, err
		}
		set := c.sheet.sets[name]
		if set == nil {
			return nil, errInvalid("no attribute set is called %s", qualified)
		}
		i.sets = append(i.sets, set)
	}
	return i, nil
}

func (i *useSets) exec(m *machine) error {
	m.push(frame{body: i.sets})
	return nil
}

// exec starts the set; only global variables are in scope in it.
func (s *attributeSet) exec(m *machine) error {
	if err := m.enter(); err != nil {
		return err
	}
	m.push(frame{kind: templateFrame, body: s.body, base: m.base, low: m.low, high: m.high})
	m.base, m.low, m.high = len(m.vars), len(m.params), len(m.params)
	return nil
}
