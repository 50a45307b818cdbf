package xpath

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// predicate is one compiled predicate.
type predicate struct {
	*code
	positional bool  // its value may depend on position or size
	steps      int64 // to hold it against one node
}

func (k *compiler) predicates(list []*ast) ([]*predicate, error) {
	out := make([]*predicate, len(list))
	for i, a := range list {
		e, err := k.compile(a)
		if err != nil {
			return nil, err
		}
		number := e.typ == typeNumber || e.typ == typeAny
		out[i] = &predicate{code: e, positional: number || e.uses&(usesPosition|usesLast) != 0, steps: 1 + opSteps(a)}
	}
	return out, nil
}

// holds evaluates the predicate in c, whose node, position and size are set: a number is compared with the position.
func (p *predicate) holds(c *Context) (bool, error) {
	switch p.typ {
	case typeNumber:
		f, err := p.num(c)
		return f == float64(c.Position), err
	case typeAny:
		v, err := p.any(c)
		if err != nil {
			return false, err
		}
		if f, ok := v.(Number); ok {
			return float64(f) == float64(c.Position), nil
		}
		return toBoolean(v), nil
	}
	return p.evalBool(c)
}

// filterNodes keeps the nodes for which all predicates hold; positions count in the order of ns, which it overwrites.
func filterNodes(c *Context, ns NodeSet, preds []*predicate) (NodeSet, error) {
	node, position, size := c.Node, c.Position, c.Size
	defer func() { c.Node, c.Position, c.Size = node, position, size }()
	for _, p := range preds {
		if p.isLast {
			ns = ns[max(0, len(ns)-1):]
			continue
		}
		if err := c.Budget.Spend(int64(len(ns)) * p.steps); err != nil {
			return nil, err
		}
		kept := ns[:0]
		c.Size = len(ns)
		for i, n := range ns {
			c.Node, c.Position = n, i+1
			ok, err := p.holds(c)
			if err != nil {
				return nil, err
			}
			if ok {
				kept = append(kept, n)
			}
		}
		ns = kept
	}
	return ns, nil
}

// compiledStep is a step that runs.
type compiledStep struct {
	axis  axis
	test  nodeTest
	preds []*predicate
	// collect: the nodes of the axis must be listed before the predicates run, because one of them asks last() or
	// because the axis runs backwards.
	collect    bool
	positional bool
	steps      int64 // of the budget, to test one node
}

// segment is a run of steps through which nodes can be handed on one by one and come out in document order, each
// once; where that cannot be promised the result is sorted before the next segment.
type segment struct {
	steps []*compiledStep
	sort  bool
	// prune: the first step is a descendant axis without positions, so a start node inside the subtree of the one
	// before it adds nothing.
	prune bool
}

func (k *compiler) step(s *step) (*compiledStep, error) {
	preds, err := k.predicates(s.preds)
	if err != nil {
		return nil, err
	}
	out := &compiledStep{axis: s.axis, test: s.test, preds: preds, collect: s.axis.reverse(), steps: s.test.steps()}
	for _, p := range preds {
		out.positional = out.positional || p.positional
		out.collect = out.collect || p.uses&usesLast != 0 && !(p.isLast && len(preds) == 1)
	}
	return out, nil
}

// steps compiles location steps and joins "//" with a child step after it where no position can tell the difference.
func (k *compiler) steps(list []*step) ([]*compiledStep, uses, error) {
	var out []*compiledStep
	var u uses
	for _, s := range list {
		next, err := k.step(s)
		if err != nil {
			return nil, 0, err
		}
		u |= innerUses(next.preds)
		if last := len(out) - 1; last >= 0 && next.axis == axisChild && !next.positional && isSlashes(out[last]) {
			next.axis = axisDescendant
			out[last] = next
			continue
		}
		if s.axis == axisSelf && s.test == anyNode && len(s.preds) == 0 && len(list) > 1 {
			continue // "./": changes nothing
		}
		out = append(out, next)
	}
	return out, u, nil
}

func isSlashes(s *compiledStep) bool {
	return s.axis == axisDescendantOrSelf && s.test == anyNode && len(s.preds) == 0
}

// order is what is known of the nodes that a step starts from; they are always sorted and distinct.
type order uint8

const (
	single order = iota // at most one node
	flat                // none is an ancestor of another
	nested
)

// after returns what is known after a step from nodes of this order, and whether the result must be sorted first.
func (o order) after(s *compiledStep) (order, bool) {
	switch s.axis {
	case axisSelf:
		return o, false
	case axisParent:
		if o == single {
			return single, false
		}
		return nested, true
	case axisChild:
		if o == nested {
			return nested, true
		}
		return flat, false
	case axisAttribute:
		return flat, false
	case axisDescendant, axisDescendantOrSelf:
		return nested, o == nested
	}
	return nested, o != single
}

// segments cuts the steps where the order of the nodes is lost.
func segments(steps []*compiledStep, start order) []segment {
	var out []segment
	var current segment
	o := start
	for _, s := range steps {
		next, unsorted := o.after(s)
		if unsorted && !s.positional && (s.axis == axisDescendant || s.axis == axisDescendantOrSelf) {
			if len(current.steps) > 0 {
				out = append(out, current)
			}
			current = segment{steps: []*compiledStep{s}, prune: true}
			o = next
			continue
		}
		current.steps = append(current.steps, s)
		if unsorted {
			current.sort = true
			out = append(out, current)
			current = segment{}
		}
		o = next
	}
	if len(current.steps) > 0 {
		out = append(out, current)
	}
	return out
}

func (k *compiler) path(a *ast) (*code, error) {
	steps, u, err := k.steps(a.steps)
	if err != nil {
		return nil, err
	}
	if len(a.args) > 0 {
		return k.pathFrom(a, steps, u)
	}
	p := plan(segments(steps, single))
	absolute := a.absolute
	start := func(c *Context) *xmldoc.Node {
		switch {
		case !absolute:
			return c.Node
		case c.Root != nil:
			return c.Root
		}
		return rootOf(c.Node)
	}
	return &code{
		typ: typeNodes, uses: u, atMostOne: atMostOne(steps),
		nodes: func(c *Context) (NodeSet, error) { return p.all(c, NodeSet{start(c)}) },
		first: func(c *Context) (*xmldoc.Node, error) { return p.first(c, start(c)) },
	}, nil
}

// atMostOne says whether the steps lead from one node to one node at most.
func atMostOne(steps []*compiledStep) bool {
	for _, s := range steps {
		named := s.axis == axisAttribute && !s.test.anyLocal && !s.test.anySpace
		if !named && s.axis != axisSelf && s.axis != axisParent {
			return false
		}
	}
	return true
}

// pathFrom compiles a path that starts at an expression, for example key('k', .)/name or $list/item.
func (k *compiler) pathFrom(a *ast, steps []*compiledStep, u uses) (*code, error) {
	head, err := k.compile(a.args[0])
	if err != nil {
		return nil, err
	}
	if head.typ != typeNodes && head.typ != typeAny {
		return nil, k.errorf(a, "a path needs a node-set before it")
	}
	fromOne, fromMany := plan(segments(steps, single)), plan(segments(steps, nested))
	nodes := func(c *Context) (NodeSet, error) {
		ns, err := head.evalNodes(c)
		if err != nil {
			return nil, err
		}
		if len(ns) == 1 {
			return fromOne.all(c, ns)
		}
		return fromMany.all(c, ns)
	}
	return nodesCode(head.uses|u, nodes), nil
}

func rootOf(n *xmldoc.Node) *xmldoc.Node {
	for n != nil && n.Parent != nil {
		n = n.Parent
	}
	return n
}
