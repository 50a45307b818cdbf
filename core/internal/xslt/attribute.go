package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

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
			i.prefix, _ = c.prefixFor(el, space)
		}
	case own != "":
		i.prefix = own
		var ok bool
		if space, ok = c.fault.lookUp(el, own); !ok {
			return name, nil // the result may have it
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
	if i.namespace.constant() {
		i.prefix = settled(i.prefix, space, func() string { generated = true; return c.generatePrefix() })
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
	prefix := i.prefix
	if i.namespace != nil {
		space, err := i.namespace.eval(m)
		if err != nil {
			return err
		}
		prefix = settled(prefix, space, m.generatePrefix)
		m.out.namespace(prefix, space)
	}
	name, err := i.name.eval(m)
	if err != nil {
		return err
	}
	if i.namespace != nil {
		name = prefix + name[strings.LastIndexByte(name, ':'):] // a prefix of its own is dropped
	}
	if !i.name.constant() {
		m.fault.spend(len(name) / lettersPerStep)
	}
	if !i.name.constant() && (!isName(name) || name == "xmlns") {
		return errFailed("xsl:attribute: what was worked out is no name for an attribute")
	}
	if i.unique {
		m.out.uniqueAttribute(name, value)
	} else {
		m.out.attribute(name, value)
	}
	return nil
}
