package xslt

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

func leading(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return beside(ctx, args, -1)
}
func trailing(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return beside(ctx, args, 1)
}

// beside returns the nodes of the first set that stand before (-1) or after (1) the first node of the second one; all
// of them when that is empty, none when the first set does not have that node. Source: EXSLT sets, leading and
// trailing.
func beside(ctx *xpath.Context, args []xpath.Value, side int) (xpath.Value, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil || len(second) == 0 {
		return first, err
	}
	if err := ctx.Budget.SpendNodes(len(first)); err != nil {
		return nil, err
	}
	at := slices.Index(first, second[0])
	switch {
	case at < 0:
		return xpath.NodeSet(nil), nil
	case side < 0:
		return first[:at:at], nil
	}
	return first[at+1:], nil
}

// distinct keeps the first node of each string value. Source: EXSLT sets, distinct.
func distinct(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	nodes, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var kept xpath.NodeSet
	for _, n := range nodes {
		text, err := ctx.Budget.StringValue(n)
		if err != nil {
			return nil, err
		}
		if !seen[text] {
			seen[text] = true
			kept = append(kept, n)
			if err := ctx.Budget.Spend(xpath.MapSteps); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

func difference(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, false)
	return kept, err
}

func intersection(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, true)
	return kept, err
}

func hasSameNode(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, true)
	return xpath.Boolean(len(kept) > 0), err
}

// among returns the nodes of the first set that are in the second one, or that are not.
func among(ctx *xpath.Context, args []xpath.Value, in bool) (xpath.NodeSet, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil {
		return nil, err
	}
	if err := ctx.Budget.Spend(int64(len(first) + xpath.MapSteps*len(second))); err != nil {
		return nil, err
	}
	members := make(map[*xmldoc.Node]bool, len(second))
	for _, n := range second {
		members[xpath.Canonical(n)] = true
	}
	var kept xpath.NodeSet
	for _, n := range first {
		if members[xpath.Canonical(n)] == in {
			kept = append(kept, n)
		}
	}
	return kept, nil
}
