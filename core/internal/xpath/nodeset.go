package xpath

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// sortNodes puts ns in document order and drops nodes that occur twice. It works in place and is linear when ns is in
// order already.
func sortNodes(ns NodeSet) NodeSet {
	if !inOrder(ns) {
		slices.SortStableFunc(ns, compareOrder) // of namespace nodes that count as one the first stays
	}
	return slices.CompactFunc(ns, func(a, b *xmldoc.Node) bool { return compareOrder(a, b) == 0 })
}

// inOrder says whether no node stands before an earlier one; nodes that occur twice may stand side by side.
func inOrder(ns NodeSet) bool {
	for i := 1; i < len(ns); i++ {
		if compareOrder(ns[i-1], ns[i]) > 0 {
			return false
		}
	}
	return true
}

// compareOrder is document order; the namespace nodes of xml, which no tree holds, come first and count as one.
func compareOrder(a, b *xmldoc.Node) int {
	switch isA, isB := a.Name == xmlDeclaration.Name, b.Name == xmlDeclaration.Name; {
	case a == b, isA && isB:
		return 0
	case isA:
		return -1
	case isB:
		return 1
	}
	return xmldoc.Compare(a, b)
}
