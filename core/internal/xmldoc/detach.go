package xmldoc

// Detach takes n out of the children of its parent: a walk from above no longer meets it.
//
// Shape: n keeps its Parent, so that what its ancestors declare is still in scope for n and Canonicalize of n gives the
// same octets as before. The siblings around n become neighbours; two runs of text are not joined.
func (n *Node) Detach() {
	p := n.Parent
	if p == nil {
		return
	}
	if n.Prev != nil {
		n.Prev.Next = n.Next
	} else if p.FirstChild == n {
		p.FirstChild = n.Next
	}
	if n.Next != nil {
		n.Next.Prev = n.Prev
	} else if p.LastChild == n {
		p.LastChild = n.Prev
	}
	n.Prev, n.Next = nil, nil
}
