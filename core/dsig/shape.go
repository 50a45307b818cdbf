package dsig

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// shape refuses, with its code, whatever a closed form does not name. Comments between elements are no content: they
// are outside every digest and cannot split a value, because text refuses them.
type shape bcperr.Code

const (
	dsShape    = shape(bcperr.SignatureShape)
	xadesShape = shape(bcperr.XAdESInvalid)
)

func (s shape) refuse(format string, args ...any) error {
	return bcperr.New(bcperr.Code(s), format, args...)
}

// attributes checks that n has no attribute but the allowed ones, which have no namespace.
func (s shape) attributes(n *xmldoc.Node, allowed ...string) error {
next:
	for a := n.FirstAttr; a != nil; a = a.Next {
		for _, name := range allowed {
			if a.Is("", name) {
				continue next
			}
		}
		return s.refuse("expected no attribute %s on %s", bcperr.Quote(a.Name.Qualified()), n.Name.Local)
	}
	return nil
}

// text returns the text of an element that may hold nothing else: a comment or processing instruction would split it.
func (s shape) text(n *xmldoc.Node, attributes ...string) (string, error) {
	if err := s.attributes(n, attributes...); err != nil {
		return "", err
	}
	for c := n.FirstChild; c != nil; c = c.Next {
		if c.Kind != xmldoc.Text {
			return "", s.refuse("expected only text in %s", n.Name.Local)
		}
	}
	return n.Text(), nil
}

// empty checks that n has those attributes at most, and no content but white space and comments.
func (s shape) empty(n *xmldoc.Node, attributes ...string) error {
	return s.children(n, attributes...).end()
}

// children checks that n has those attributes at most, and reads its element children in the order that the calls
// expect. The first surprise sticks: later calls return nil and end returns the error, so that a form reads as one list
// of calls.
func (s shape) children(n *xmldoc.Node, attributes ...string) *children {
	c := &children{shape: s, parent: n, next: n.FirstChild, err: s.attributes(n, attributes...)}
	c.skip()
	return c
}

type children struct {
	shape
	parent *xmldoc.Node
	next   *xmldoc.Node // the next element child, or nil
	err    error
}

// skip moves to the next element over white space and comments.
func (c *children) skip() {
	for ; c.next != nil && c.next.Kind != xmldoc.Element; c.next = c.next.Next {
		if c.next.Kind == xmldoc.Comment || c.next.Kind == xmldoc.Text && isBlank(c.next.Value) {
			continue
		}
		c.fail("expected only elements in %s", c.parent.Name.Local)
		c.next = nil // a text has no name that a later message could show
		return
	}
}

// optional takes the next child when it has that name, and returns nil otherwise.
func (c *children) optional(space, local string) *xmldoc.Node {
	if c.err != nil || c.next == nil || !c.next.Is(space, local) {
		return nil
	}
	n := c.next
	c.next = n.Next
	c.skip()
	return n
}

// one takes the next child, which must have that name.
func (c *children) one(space, local string) *xmldoc.Node {
	n := c.optional(space, local)
	if n == nil {
		c.fail("expected %s in %s, got %s", local, c.parent.Name.Local, describe(c.next))
	}
	return n
}

// many takes the next children of that name, at most limit of them.
func (c *children) many(space, local string, limit int) []*xmldoc.Node {
	var list []*xmldoc.Node
	for n := c.optional(space, local); n != nil; n = c.optional(space, local) {
		if len(list) == limit {
			c.fail("expected at most %d %s in %s", limit, local, c.parent.Name.Local)
			return nil
		}
		list = append(list, n)
	}
	return list
}

// end checks that every child was taken, and returns the first surprise.
func (c *children) end() error {
	if c.next != nil {
		c.fail("expected no %s there in %s", describe(c.next), c.parent.Name.Local)
	}
	return c.err
}

func (c *children) fail(format string, args ...any) {
	if c.err == nil {
		c.err = c.refuse(format, args...)
	}
}

// describe names an element for a message.
func describe(n *xmldoc.Node) string {
	if n == nil {
		return "nothing"
	}
	return "element " + bcperr.Quote(n.Name.Qualified())
}

// isBlank says whether s is XML white space only. Source: XML 1.0 §2.3, S.
func isBlank(s string) bool { return strings.Trim(s, " \t\r\n") == "" }
