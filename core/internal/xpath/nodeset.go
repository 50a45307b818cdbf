package xpath

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// SortNodes puts ns in document order and drops nodes that occur twice. It works in place and is linear when ns is in
// order already.
func SortNodes(ns NodeSet) NodeSet {
	sorted, repeated := true, false
	for i := 1; i < len(ns) && sorted; i++ {
		switch d := compareOrder(ns[i-1], ns[i]); {
		case d > 0:
			sorted = false
		case d == 0:
			repeated = true
		}
	}
	if sorted && !repeated {
		return ns
	}
	if !sorted {
		slices.SortFunc(ns, compareOrder)
	}
	return slices.Compact(ns)
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
