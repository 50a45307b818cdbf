package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// nameTests are the names of elements and attributes that a stylesheet asks for in its expressions and patterns. For
// xsl:number without a count pattern, the JDK takes all elements with other names for one kind, and all attributes too.
type nameTests struct{ elements, attributes map[expandedName]bool }

func newNameTests() nameTests {
	return nameTests{elements: map[expandedName]bool{}, attributes: map[expandedName]bool{}}
}

// has says whether the stylesheet asks for the name of an element or attribute; of other nodes the kind is enough.
func (t *nameTests) has(n *xmldoc.Node) bool {
	switch n.Kind {
	case xmldoc.Element:
		return t.elements[expandedName{n.Name.Space, n.Name.Local}]
	case xmldoc.Attribute:
		return t.attributes[expandedName{n.Name.Space, n.Name.Local}]
	}
	return false
}

// alike says whether xsl:number counts a node for another one.
func (t *nameTests) alike(a, b *xmldoc.Node) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind != xmldoc.Element && a.Kind != xmldoc.Attribute {
		return true
	}
	return a.Is(b.Name.Space, b.Name.Local) || !t.has(a) && !t.has(b)
}

// collectNames adds the name tests and the words of an expression that compiled. A name is a name test unless it is
// that of a variable, a function, a node type or an axis; operators that are words are taken in, which does no harm.
func (c *compiler) collectNames(el *xmldoc.Node, source string) {
	attribute := false
	for i := 0; i < len(source); {
		ch := source[i]
		if ch == '\'' || ch == '"' {
			word, _, _ := strings.Cut(source[i+1:], string(ch))
			c.sheet.addWord(word)
			i += 2 + len(word)
			continue
		}
		name := nameAt(source[i:])
		if name == "" {
			attribute = ch == '@' || attribute && (ch == ' ' || ch == ':')
			i++
			continue
		}
		before, after := strings.TrimRight(source[:i], " \t\r\n"), strings.TrimLeft(source[i+len(name):], " \t\r\n")
		i += len(name)
		switch {
		case strings.HasPrefix(after, "::"):
			attribute = name == "attribute"
			continue
		case strings.HasPrefix(after, "("), strings.HasSuffix(before, "$"):
		default:
			c.addName(el, name, attribute)
		}
		attribute = false
	}
}

func (c *compiler) addName(el *xmldoc.Node, name string, attribute bool) {
	prefix, local := splitName(name)
	expanded := expandedName{local: local}
	if prefix != "" {
		expanded.space, _ = c.fault.lookUp(el, prefix)
	}
	if attribute {
		c.sheet.asked.attributes[expanded] = true
	} else {
		c.sheet.asked.elements[expanded] = true
	}
}

// nameAt returns the qualified name that a text begins with, or "".
func nameAt(text string) string {
	name := xmldoc.NCName(text)
	if rest := text[len(name):]; name != "" && len(rest) > 1 && rest[0] == ':' {
		if local := xmldoc.NCName(rest[1:]); local != "" {
			return text[:len(name)+1+len(local)]
		}
	}
	return name
}
