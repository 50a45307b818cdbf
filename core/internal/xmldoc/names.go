package xmldoc

import (
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The two namespaces that are bound without a declaration. Source: Namespaces in XML 1.0 §3.
const (
	XMLNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

// prefix is a namespace prefix and what it is bound to at the current place. Looking it up costs one step however many
// declarations are in scope: a declaration overwrites it, and the end tag restores it.
type prefix struct {
	name  string
	space string
	bound bool
	decl  *Name // the Name of its namespace nodes
}

// rebinding is what an end tag restores.
type rebinding struct {
	prefix *prefix
	space  string
	bound  bool
}

// qname is a distinct name as written, checked once.
type qname struct {
	full    string
	prefix  *prefix
	local   string
	seenIn  uint32    // serial of the last start tag that had an attribute of this name
	element *Name     // the last resolution as an element's name
	attr    *Name     // the last resolution as an attribute's name
	twins   *expanded // shared by the attribute names of the same namespace and local name
}

// expanded finds attributes that differ in their prefixes only.
type expanded struct{ seenIn uint32 }

type expandedKey struct{ space, local string }

// names interns what one document calls things.
type names struct {
	recent   [256]*qname // by hash; a collision only costs a look in all
	all      map[string]*qname
	prefixes map[string]*prefix
	expanded map[expandedKey]*expanded
	none     *prefix // the absent prefix: for elements the default namespace
	xmlns    *prefix
}

func (n *names) init() {
	n.all = make(map[string]*qname, 32)
	n.none = &prefix{bound: true, decl: &Name{}}
	n.xmlns = &prefix{name: "xmlns", space: xmlnsNamespace, bound: true}
	n.prefixes = map[string]*prefix{
		"xml":   {name: "xml", space: XMLNamespace, bound: true, decl: &Name{Local: "xml"}},
		"xmlns": n.xmlns,
	}
}

// prefixNamed returns the prefix of that name, new and unbound if it was not seen before.
func (n *names) prefixNamed(name string) *prefix {
	p := n.prefixes[name]
	if p == nil {
		p = &prefix{name: name, decl: &Name{Local: name}}
		n.prefixes[name] = p
	}
	return p
}

// name reads the qualified name at p.pos and moves behind it.
func (p *parser) name() (*qname, error) {
	rest := p.text[p.pos:]
	length, hash := 0, uint32(0)
	for length < len(rest) && octetClass[rest[length]]&nameOctet != 0 {
		hash = hash*31 + uint32(rest[length])
		length++
	}
	start := p.pos
	p.pos += length
	slot := &p.names.recent[(hash^hash>>8)&255]
	if q := *slot; q != nil && q.full == rest[:length] {
		return q, nil
	}
	q, ok := p.names.all[rest[:length]]
	if !ok {
		var err error
		if q, err = p.newName(start, start+length); err != nil {
			return nil, err
		}
	}
	*slot = q
	return q, nil
}

// newName checks the name at text[start:end] and interns it.
func (p *parser) newName(start, end int) (*qname, error) {
	full := p.text[start:end]
	if full == "" {
		return nil, p.malformed(start, "expected a name, got %s", p.describe(start))
	}
	if len(full) > MaxName {
		return nil, p.fail(bcperr.LimitExceeded, start, "a name of more than %d octets", MaxName)
	}
	if len(p.names.all) >= p.limits.MaxNames {
		return nil, p.fail(bcperr.LimitExceeded, start, "more than %d distinct names", p.limits.MaxNames)
	}
	before, local, colon := strings.Cut(full, ":")
	q := &qname{full: full, prefix: p.names.none, local: local}
	if !colon {
		q.local = full
	} else {
		if !IsNCName(before) || !IsNCName(local) {
			return nil, p.badName(start, full)
		}
		q.prefix = p.names.prefixNamed(before)
	}
	if !IsNCName(q.local) {
		return nil, p.badName(start, full)
	}
	p.names.all[full] = q
	return q, nil
}

// badName says why full is no qualified name.
func (p *parser) badName(at int, full string) error {
	if strings.Count(full, ":") > 1 || full[0] == ':' || full[len(full)-1] == ':' {
		return p.malformed(at, "expected a name of the form local or prefix:local, got %.60q", full)
	}
	begin := true
	for i, r := range full {
		if r == ':' {
			begin = true
			continue
		}
		if begin && !isNameStart(r) || !isNameChar(r) {
			return p.malformed(at+i, "expected a name, got %s in it", p.describe(at+i))
		}
		begin = false
	}
	return p.malformed(at, "expected a name, got %.60q", full) // unreachable
}

// elementName resolves q where it names an element.
func (p *parser) elementName(q *qname, at int) (*Name, error) {
	pre := q.prefix
	if q.element != nil && q.element.Space == pre.space && pre.bound {
		return q.element, nil
	}
	if !pre.bound {
		return nil, p.malformed(at, "prefix %.60q of element %.60q is not declared", pre.name, q.full)
	}
	if pre == p.names.xmlns {
		return nil, p.malformed(at, "element %.60q uses the prefix xmlns", q.full)
	}
	q.element = &Name{Prefix: pre.name, Local: q.local, Space: pre.space}
	return q.element, nil
}

// attributeName resolves q, which has a prefix, where it names an attribute, and notes that the current start tag has
// it.
func (p *parser) attributeName(q *qname, at int) (*Name, error) {
	pre := q.prefix
	if !pre.bound {
		return nil, p.malformed(at, "prefix %.60q of attribute %.60q is not declared", pre.name, q.full)
	}
	if q.attr == nil || q.attr.Space != pre.space {
		q.attr = &Name{Prefix: pre.name, Local: q.local, Space: pre.space}
		key := expandedKey{pre.space, q.local}
		if p.names.expanded == nil {
			p.names.expanded = make(map[expandedKey]*expanded)
		}
		if q.twins = p.names.expanded[key]; q.twins == nil {
			q.twins = new(expanded)
			p.names.expanded[key] = q.twins
		}
	}
	if q.twins.seenIn == p.serial {
		return nil, p.malformed(at, "attribute %.60q is a second {%.80s}%.60s of its element", q.full, pre.space,
			q.local)
	}
	q.twins.seenIn = p.serial
	return q.attr, nil
}

// declare binds pre to space until the current element ends.
func (p *parser) declare(pre *prefix, space string, at int) error {
	switch {
	case pre == p.names.xmlns:
		return p.malformed(at, "the prefix xmlns must not be declared")
	case len(space) > MaxName:
		return p.fail(bcperr.LimitExceeded, at, "the name of a namespace has more than %d octets", MaxName)
	case (pre.name == "xml") != (space == XMLNamespace):
		return p.malformed(at, "the prefix xml and the namespace %s belong to each other only", XMLNamespace)
	case space == xmlnsNamespace:
		return p.malformed(at, "the namespace %s must not be declared", xmlnsNamespace)
	case space == "" && pre != p.names.none:
		return p.malformed(at, "prefix %.60q is undeclared, which Namespaces 1.0 does not allow", pre.name)
	}
	p.rebindings = append(p.rebindings, rebinding{pre, pre.space, pre.bound})
	pre.space, pre.bound = space, true
	return nil
}

// undeclare restores the bindings that were there when mark was len(p.rebindings).
func (p *parser) undeclare(mark int) {
	for i := len(p.rebindings) - 1; i >= mark; i-- {
		r := p.rebindings[i]
		r.prefix.space, r.prefix.bound = r.space, r.bound
	}
	p.rebindings = p.rebindings[:mark]
}

// describe names the character at offset at for an error.
func (p *parser) describe(at int) string {
	if at >= len(p.text) {
		return "the end of the input"
	}
	r, _ := utf8.DecodeRuneInString(p.text[at:])
	return describeRune(r)
}
