package xmldoc

import (
	"cmp"
	"iter"
	"strings"
)

// Is says whether n is an element or attribute of that expanded name.
func (n *Node) Is(space, local string) bool {
	return n.Name != nil && n.Name.Local == local && n.Name.Space == space
}

// DocumentElement returns the first element child of a document, or nil.
func (n *Node) DocumentElement() *Node { return n.FirstElement() }

// FirstElement returns the first child that is an element, or nil.
func (n *Node) FirstElement() *Node { return elementFrom(n.FirstChild) }

// NextElement returns the next sibling that is an element, or nil.
func (n *Node) NextElement() *Node { return elementFrom(n.Next) }

func elementFrom(n *Node) *Node {
	for n != nil && n.Kind != Element {
		n = n.Next
	}
	return n
}

// Elements yields the element children in document order.
func (n *Node) Elements() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for c := n.FirstElement(); c != nil; c = c.NextElement() {
			if !yield(c) {
				return
			}
		}
	}
}

// Attr returns the attribute of that expanded name, or nil. Most attributes have no namespace: space "".
func (n *Node) Attr(space, local string) *Node {
	for a := n.FirstAttr; a != nil; a = a.Next {
		if a.Name.Local == local && a.Name.Space == space {
			return a
		}
	}
	return nil
}

// AttrValue returns the value of the attribute that has that local name and no namespace.
func (n *Node) AttrValue(local string) (value string, ok bool) {
	if a := n.Attr("", local); a != nil {
		return a.Value, true
	}
	return "", false
}

// After returns the node that follows n in document order within apex's subtree, skipping n's own subtree when skip
// is set, or nil at the end. Attributes and namespaces are no part of the walk.
//
// A walk is for d := apex; d != nil; d = d.After(apex, false) { … }: it needs no stack, whatever the depth.
func (n *Node) After(apex *Node, skip bool) *Node {
	if !skip && n.FirstChild != nil {
		return n.FirstChild
	}
	for n != apex {
		if n.Next != nil {
			return n.Next
		}
		n = n.Parent
	}
	return nil
}

// Text returns the string-value: of an element or document the text inside it, joined; of any other node its Value.
//
// Source: XPath 1.0 §5.
func (n *Node) Text() string {
	if n.Kind != Element && n.Kind != Document {
		return n.Value
	}
	if c := n.FirstChild; c == nil {
		return ""
	} else if c == n.LastChild && c.Kind == Text {
		return c.Value
	}
	var b strings.Builder
	for d := n; d != nil; d = d.After(n, false) {
		if d.Kind == Text {
			b.WriteString(d.Value)
		}
	}
	return b.String()
}

// Compare returns -1, 0 or +1 as a stands before b, is b, or stands after b in document order: an element, its
// namespace nodes by prefix, its attributes as written, its children. Two namespace nodes of one element and one
// prefix are the same node, though they were made twice.
//
// Both must be of one tree, or of trees of one Sequence. Source: XPath 1.0 §5.
func Compare(a, b *Node) int {
	if a == b {
		return 0
	}
	if c := cmp.Compare(a.order, b.order); c != 0 {
		return c
	}
	// The namespace nodes of an element share its number.
	switch {
	case a.Kind != Namespace:
		return -1
	case b.Kind != Namespace:
		return 1
	}
	return cmp.Compare(a.Name.Local, b.Name.Local)
}

// LookupPrefix returns the namespace that prefix is bound to at n; "" is the default namespace, which is always bound
// ("" when nothing declares it).
func (n *Node) LookupPrefix(prefix string) (space string, ok bool) {
	if prefix == "xml" {
		return XMLNamespace, true
	}
	for e := n; e != nil; e = e.Parent {
		for d := e.FirstDecl; d != nil; d = d.Next {
			if d.Name.Local == prefix {
				return d.Value, true
			}
		}
	}
	return "", prefix == ""
}

// appendChild makes c the last child of n.
func (n *Node) appendChild(c *Node) {
	c.Parent, c.Prev = n, n.LastChild
	if n.LastChild == nil {
		n.FirstChild = c
	} else {
		n.LastChild.Next = c
	}
	n.LastChild = c
}
