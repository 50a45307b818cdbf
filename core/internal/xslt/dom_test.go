package xslt

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// asDOM returns the tree of one element as the JDK sees it through DOMSource: a document of its own, namespaces in
// scope declared on the root, attributes and declarations by their qualified names.
func asDOM(root *xmldoc.Node) *xmldoc.Node {
	var seq xmldoc.Sequence
	b := xmldoc.NewBuilder(&seq)
	for n := root; n != nil; {
		switch n.Kind {
		case xmldoc.Element:
			startSorted(b, n, n == root)
		case xmldoc.Text:
			b.Text(n.Value)
		case xmldoc.Comment:
			b.Comment(n.Value)
		case xmldoc.ProcInst:
			b.ProcInst(n.Name.Local, n.Value)
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for {
			if n.Kind == xmldoc.Element {
				b.EndElement()
			}
			if n == root {
				return b.Document()
			}
			if n.Next != nil {
				n = n.Next
				break
			}
			n = n.Parent
		}
	}
	return b.Document()
}

func startSorted(b *xmldoc.Builder, n *xmldoc.Node, root bool) {
	b.StartElement(n.Name)
	var decls, attrs []*xmldoc.Node
	for d := n.FirstDecl; d != nil; d = d.Next {
		decls = append(decls, d)
	}
	if root {
		decls, _ = scopeInOrder(n)
	}
	for a := n.FirstAttr; a != nil; a = a.Next {
		attrs = append(attrs, a)
	}
	slices.SortStableFunc(decls, func(a, b *xmldoc.Node) int { return strings.Compare(a.Name.Local, b.Name.Local) })
	slices.SortStableFunc(attrs,
		func(a, b *xmldoc.Node) int { return strings.Compare(a.Name.Qualified(), b.Name.Qualified()) })
	for _, d := range decls {
		b.Declare(d.Name.Local, d.Value)
	}
	for _, a := range attrs {
		b.Attribute(a.Name, a.Value)
	}
}
