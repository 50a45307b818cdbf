package xmldoc

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// pendingAttr is an attribute whose prefix is resolved when its whole start tag was read: the declaration may follow.
type pendingAttr struct {
	node *Node
	name *qname
	at   int
}

// startTag reads <name attributes> or <name attributes/>. Source: XML 1.0 §3.1, Namespaces in XML 1.0 §5-§6.
func (p *parser) startTag() error {
	start := p.pos
	if p.at == p.doc && p.rootSeen {
		return p.malformed(start, "expected the end of the input after the root element, got a second root")
	}
	if len(p.open) >= p.limits.MaxDepth {
		return p.fail(bcperr.LimitExceeded, start, "elements nested deeper than %d", p.limits.MaxDepth)
	}
	if err := p.flush(); err != nil {
		return err
	}
	p.pos++
	q, err := p.name()
	if err != nil {
		return err
	}
	n, err := p.node(Element, start)
	if err != nil {
		return err
	}
	p.at.appendChild(n)
	p.rootSeen = true
	mark := len(p.rebindings)
	empty, err := p.attributes(n)
	if err != nil {
		return err
	}
	if n.Name, err = p.elementName(q, start); err != nil {
		return err
	}
	if empty {
		p.undeclare(mark)
		return nil
	}
	p.open = append(p.open, open{q, mark})
	p.at = n
	return nil
}

// endTag reads </name>.
func (p *parser) endTag() error {
	start := p.pos
	if len(p.open) == 0 {
		return p.malformed(start, "an end tag without its start tag")
	}
	if err := p.flush(); err != nil {
		return err
	}
	last := p.open[len(p.open)-1]
	if !strings.HasPrefix(p.text[start+2:], last.name.full) {
		return p.malformed(start, "expected the end tag </%.60s>, got another", last.name.full)
	}
	i := p.skipSpace(start + 2 + len(last.name.full))
	if i == len(p.text) || p.text[i] != '>' {
		return p.malformed(i, "expected > of the end tag </%.60s>, got %s", last.name.full, p.describe(i))
	}
	p.pos = i + 1
	p.open = p.open[:len(p.open)-1]
	p.undeclare(last.mark)
	p.at = p.at.Parent
	return nil
}

// attributes reads the attributes and declarations of element n, and the end of its tag.
func (p *parser) attributes(n *Node) (empty bool, err error) {
	p.serial++
	var tail attrTail
	for {
		i := p.skipSpace(p.pos)
		if i == len(p.text) {
			return false, p.malformed(i, "a start tag is not closed")
		}
		switch {
		case p.text[i] == '>':
			p.pos = i + 1
			return false, p.resolve()
		case p.text[i] == '/':
			if i+1 == len(p.text) || p.text[i+1] != '>' {
				return false, p.malformed(i, "expected /> of an empty element")
			}
			p.pos = i + 2
			return true, p.resolve()
		case i == p.pos:
			return false, p.malformed(i, "expected white space, > or />, got %s", p.describe(i))
		}
		p.pos = i
		if err := p.attribute(n, &tail); err != nil {
			return false, err
		}
	}
}

// attrTail holds the ends of the two lists of an element under construction.
type attrTail struct {
	attr, decl   *Node
	attrs, decls int
}

// attribute reads name="value" into the lists of n.
func (p *parser) attribute(n *Node, tail *attrTail) error {
	start := p.pos
	q, err := p.name()
	if err != nil {
		return err
	}
	if q.seenIn == p.serial {
		return p.malformed(start, "a second attribute %.60q", q.full)
	}
	q.seenIn = p.serial
	value, plain, err := p.attributeValue(q)
	if err != nil {
		return err
	}
	if q.prefix == p.names.xmlns {
		return p.addDeclaration(n, tail, p.names.prefixNamed(q.local), value, start)
	}
	if q.full == "xmlns" {
		return p.addDeclaration(n, tail, p.names.none, value, start)
	}
	if tail.attrs++; tail.attrs > p.limits.MaxAttributes {
		return p.fail(bcperr.LimitExceeded, start, "more than %d attributes on one element", p.limits.MaxAttributes)
	}
	a, err := p.node(Attribute, start)
	if err != nil {
		return err
	}
	a.Parent, a.Value, a.plain = n, value, plain
	if tail.attr == nil {
		n.FirstAttr = a
	} else {
		tail.attr.Next, a.Prev = a, tail.attr
	}
	tail.attr = a
	if q.prefix != p.names.none {
		p.prefixed = append(p.prefixed, pendingAttr{a, q, start})
		return nil
	}
	if q.attr == nil {
		q.attr = &Name{Local: q.local}
	}
	a.Name = q.attr
	return nil
}

// addDeclaration binds pre for element n and lists the declaration.
func (p *parser) addDeclaration(n *Node, tail *attrTail, pre *prefix, space string, at int) error {
	if tail.decls++; tail.decls > p.limits.MaxDeclarations {
		return p.fail(bcperr.LimitExceeded, at, "more than %d namespace declarations on one element",
			p.limits.MaxDeclarations)
	}
	if err := p.declare(pre, space, at); err != nil {
		return err
	}
	if p.nodes.made >= p.limits.MaxNodes {
		return p.fail(bcperr.LimitExceeded, at, "more than %d nodes", p.limits.MaxNodes)
	}
	d := p.nodes.take()
	d.Kind, d.order, d.Parent, d.Name, d.Value = Namespace, n.order, n, pre.decl, space
	if tail.decl == nil {
		n.FirstDecl = d
	} else {
		tail.decl.Next, d.Prev = d, tail.decl
	}
	tail.decl = d
	return nil
}

// resolve names the attributes with a prefix, when all declarations of their start tag are known.
func (p *parser) resolve() error {
	for _, a := range p.prefixed {
		name, err := p.attributeName(a.name, a.at)
		if err != nil {
			return err
		}
		a.node.Name = name
	}
	p.prefixed = p.prefixed[:0]
	return nil
}

// attributeValue reads ="value" behind the attribute name q, normalised.
//
// Source: XML 1.0 §3.3.3; without a DOCTYPE every attribute is CDATA.
func (p *parser) attributeValue(q *qname) (value string, plain bool, err error) {
	s := p.text
	i := p.skipSpace(p.pos)
	if i == len(s) || s[i] != '=' {
		return "", false, p.malformed(i, "expected = after the attribute name %.60q, got %s", q.full, p.describe(i))
	}
	i = p.skipSpace(i + 1)
	if i == len(s) || s[i] != '"' && s[i] != '\'' {
		return "", false, p.malformed(i, "expected a quote after %.60s=, got %s", q.full, p.describe(i))
	}
	quote := s[i]
	i++
	begin := i
	plain = true
	buf := p.scratch[:0]
	for {
		i += span(s[i:], valueStop)
		if i == len(s) {
			return "", false, p.malformed(begin-1, "the value of attribute %.60q is not closed", q.full)
		}
		switch s[i] {
		case quote:
			p.pos = i + 1
			if len(buf) == 0 {
				return s[begin:i], plain, nil
			}
			buf = append(buf, s[begin:i]...)
			p.scratch = buf
			return string(buf), false, nil
		case '"', '\'':
			plain = false
			i++
		case '<':
			return "", false, p.malformed(i, "< in the value of attribute %.60q", q.full)
		case '&':
			buf = append(buf, s[begin:i]...)
			piece, next, err := p.reference(i)
			if err != nil {
				return "", false, err
			}
			buf = append(buf, piece...)
			begin, i = next, next
		case '\t', '\n':
			buf = append(buf, s[begin:i]...)
			buf = append(buf, ' ')
			i++
			begin = i
		default:
			if err := p.checkChar(i); err != nil {
				return "", false, err
			}
			i++
		}
	}
}
