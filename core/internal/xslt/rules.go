package xslt

import (
	"cmp"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// rule is one alternative of a template's pattern.
type rule struct {
	alternative *xpath.Alternative
	priority    float64
	order       int
	template    *template
	cost        int64 // of dismissing it, 1 for short names
}

// ruleSet holds the rules of one mode, found by the kind and the name of a node. Each list is best first.
type ruleSet struct {
	named [xmldoc.ProcInst + 1]map[string][]*rule
	other [xmldoc.ProcInst + 1][]*rule
}

func newRuleSet(rules []*rule) *ruleSet {
	rules = slices.Clone(rules)
	// The highest priority first, then the last in the stylesheet. Source: XSLT 1.0 §5.5, recovery.
	slices.SortFunc(rules, (*rule).compare)
	s := &ruleSet{}
	for _, r := range rules {
		for kind := xmldoc.Document; kind <= xmldoc.ProcInst; kind++ {
			if r.alternative.Kind != 0 && r.alternative.Kind != kind {
				continue
			}
			if r.alternative.Local == "" || r.alternative.AnyLocal {
				s.other[kind] = append(s.other[kind], r)
				continue
			}
			if s.named[kind] == nil {
				s.named[kind] = map[string][]*rule{}
			}
			s.named[kind][r.alternative.Local] = append(s.named[kind][r.alternative.Local], r)
		}
	}
	return s
}

func (r *rule) compare(other *rule) int {
	return cmp.Or(cmp.Compare(other.priority, r.priority), cmp.Compare(other.order, r.order))
}

// rulesPerStep is how many rules are dismissed by the name of a node in a step, and octetsPerRule how much longer the
// name of a namespace may be for one more.
const (
	rulesPerStep  = 3
	octetsPerRule = 64
)

// find returns the template for a node, or nil when a built-in rule applies.
func (s *ruleSet) find(ctx *xpath.Context, n *xmldoc.Node) (*template, error) {
	var named []*rule
	if n.Name != nil && s.named[n.Kind] != nil {
		named = s.named[n.Kind][n.Name.Local]
	}
	other := s.other[n.Kind]
	looked := int64(0) // at rules for other names
	if n.Name != nil {
		looked = rulesPerStep * int64(len(n.Name.Local)) / hashedPerStep
	}
	for len(named)+len(other) > 0 {
		var r *rule
		if len(other) == 0 || len(named) > 0 && named[0].compare(other[0]) < 0 {
			r, named = named[0], named[1:]
		} else {
			r, other = other[0], other[1:]
		}
		if !r.alternative.Quick(n) {
			looked += r.cost
			continue
		}
		matches, err := r.alternative.Matches(ctx, n)
		if err != nil {
			return nil, err
		}
		if matches {
			return r.template, ctx.Budget.Spend(looked / rulesPerStep)
		}
		looked += rulesPerStep
	}
	return nil, ctx.Budget.Spend(looked / rulesPerStep)
}
