package xpath

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// SortNodes puts ns in document order and drops nodes that occur twice. It works in place and is linear when ns is in
// order already.
func SortNodes(ns NodeSet) NodeSet {
	if !inOrder(ns) {
		slices.SortFunc(ns, compareOrder)
	}
	return slices.Compact(ns)
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

// compareOrder is document order; the namespace node of xml, which no tree holds, comes first.
func compareOrder(a, b *xmldoc.Node) int {
	switch {
	case a == b:
		return 0
	case a == xmlDeclaration:
		return -1
	case b == xmlDeclaration:
		return 1
	}
	return xmldoc.Compare(a, b)
}
