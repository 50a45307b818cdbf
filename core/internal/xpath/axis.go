package xpath

import "github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"

// xmlDeclaration is the namespace node of the prefix xml, which no document declares. See namespaces.
var xmlDeclaration = &xmldoc.Node{Kind: xmldoc.Namespace, Name: &xmldoc.Name{Local: "xml"}, Value: xmldoc.XMLNamespace}

// axisIterator walks an axis from origin, in the order of the axis, one node per call.
type axisIterator struct {
	axis     axis
	started  bool
	origin   *xmldoc.Node
	cur      *xmldoc.Node
	ancestor *xmldoc.Node   // preceding: the nearest ancestor of origin not passed yet
	list     []*xmldoc.Node // namespace
	passed   int64          // nodes looked at beside those that next returned
}

func iterate(a axis, origin *xmldoc.Node) axisIterator {
	return axisIterator{axis: a, origin: origin}
}

// next returns the next node, nil after the last.
func (it *axisIterator) next() *xmldoc.Node {
	if !it.started {
		it.started = true
		it.cur = it.first()
		return it.cur
	}
	if it.cur == nil {
		return nil
	}
	it.cur = it.advance()
	return it.cur
}

func isLeafKind(n *xmldoc.Node) bool { return n.Kind == xmldoc.Attribute || n.Kind == xmldoc.Namespace }

func (it *axisIterator) first() *xmldoc.Node {
	n := it.origin
	switch it.axis {
	case axisChild, axisDescendant:
		return n.FirstChild
	case axisDescendantOrSelf, axisSelf, axisAncestorOrSelf:
		return n
	case axisParent, axisAncestor:
		return n.Parent
	case axisFollowingSibling:
		if isLeafKind(n) {
			return nil
		}
		return n.Next
	case axisPrecedingSibling:
		if isLeafKind(n) {
			return nil
		}
		return n.Prev
	case axisFollowing:
		if isLeafKind(n) {
			// The children of the element come after its attributes (XPath 1.0 §5).
			if n.Parent == nil {
				return nil
			}
			if n.Parent.FirstChild != nil {
				return n.Parent.FirstChild
			}
			n = n.Parent
		}
		return it.after(n)
	case axisPreceding:
		if isLeafKind(n) {
			n = n.Parent
		}
		if n == nil {
			return nil
		}
		it.cur, it.ancestor = n, n.Parent
		return it.previous()
	case axisAttribute:
		if n.Kind != xmldoc.Element {
			return nil
		}
		return n.FirstAttr
	}
	it.list, it.passed = namespaces(n)
	return it.shift()
}

func (it *axisIterator) advance() *xmldoc.Node {
	switch it.axis {
	case axisChild, axisFollowingSibling, axisAttribute:
		return it.cur.Next
	case axisPrecedingSibling:
		return it.cur.Prev
	case axisDescendant, axisDescendantOrSelf:
		if it.cur.FirstChild != nil {
			return it.cur.FirstChild
		}
		if it.cur == it.origin {
			return nil
		}
		return afterSubtree(it.cur, it.origin)
	case axisAncestor, axisAncestorOrSelf:
		return it.cur.Parent
	case axisFollowing:
		if it.cur.FirstChild != nil {
			return it.cur.FirstChild
		}
		return it.after(it.cur)
	case axisPreceding:
		return it.previous()
	case axisNamespace:
		return it.shift()
	}
	return nil // self, parent
}

// afterSubtree returns the first node after the subtree of n, inside top when top is not nil.
func afterSubtree(n, top *xmldoc.Node) *xmldoc.Node {
	for n != nil && n != top {
		if n.Next != nil {
			return n.Next
		}
		n = n.Parent
	}
	return nil
}

// after is afterSubtree in the whole tree; on the axis following a climb from deep down leads to few nodes.
func (it *axisIterator) after(n *xmldoc.Node) *xmldoc.Node {
	for ; n != nil; n = n.Parent {
		if n.Next != nil {
			return n.Next
		}
		it.passed++
	}
	return nil
}

// previous steps against document order and leaves out the ancestors of the origin.
func (it *axisIterator) previous() *xmldoc.Node {
	n := it.cur
	for {
		if n.Prev != nil {
			n = n.Prev
			for n.LastChild != nil {
				n = n.LastChild
			}
			return n
		}
		it.passed++
		n = n.Parent
		if n == nil {
			return nil
		}
		if n != it.ancestor {
			return n
		}
		it.ancestor = n.Parent
	}
}

func (it *axisIterator) shift() *xmldoc.Node {
	if len(it.list) == 0 {
		return nil
	}
	n := it.list[0]
	it.list = it.list[1:]
	return n
}

// namespaces returns the namespace nodes in scope on an element, outermost declaration first.
//
// Shape: the node of a declaration stands for it on every element below, as in the JDK's document model, so the set of
// two elements' namespaces has each declaration once. But its parent is the element from which it was reached (XPath
// 1.0 §5.4): below the declaration it is a copy, and Canonical says of which node. A declaration xmlns="" is a node
// with an empty value: both the JDK and libxslt count it. It also says how many steps that took.
func namespaces(n *xmldoc.Node) (list []*xmldoc.Node, steps int64) {
	if n.Kind != xmldoc.Element {
		return nil, 0
	}
	declared := map[string]bool{}
	for e := n; e != nil; e = e.Parent { // innermost first
		steps++
		mark := len(list)
		for d := e.FirstDecl; d != nil; d = d.Next {
			steps += MapSteps
			if !declared[d.Name.Local] {
				declared[d.Name.Local] = true
				list = append(list, reachedFrom(n, d))
			}
		}
		reverse(list[mark:])
	}
	list = append(list, reachedFrom(n, xmlDeclaration))
	reverse(list)
	return list, steps
}

// reachedFrom is a namespace node with n as its parent.
func reachedFrom(n, declaration *xmldoc.Node) *xmldoc.Node {
	if declaration.Parent == n {
		return declaration
	}
	there := *declaration
	there.Parent, there.Prev, there.Next = n, nil, nil
	return &there
}

// Canonical returns the one node that stands for a namespace node on all elements; other nodes stand for themselves.
func Canonical(n *xmldoc.Node) *xmldoc.Node {
	if n.Kind != xmldoc.Namespace {
		return n
	}
	for e := n.Parent; e != nil; e = e.Parent {
		for d := e.FirstDecl; d != nil; d = d.Next {
			if d.Name == n.Name {
				return d
			}
		}
	}
	return xmlDeclaration
}

func reverse(list []*xmldoc.Node) {
	for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
		list[a], list[b] = list[b], list[a]
	}
}
