package xpath

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// predicate is one compiled predicate.
type predicate struct {
	*code
	positional bool // its value may depend on position or size
}

func (k *compiler) predicates(list []*ast) ([]*predicate, error) {
	out := make([]*predicate, len(list))
	for i, a := range list {
		e, err := k.compile(a)
		if err != nil {
			return nil, err
		}
		number := e.typ == typeNumber || e.typ == typeAny
		out[i] = &predicate{code: e, positional: number || e.uses&(usesPosition|usesLast) != 0}
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
		return ToBoolean(v), nil
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
		if err := c.Budget.Spend(int64(len(ns))); err != nil {
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
	out := &compiledStep{axis: s.axis, test: s.test, preds: preds, collect: s.axis.reverse()}
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
	segs := segments(steps, single)
	absolute := a.absolute
	run := func(c *Context, most int) (NodeSet, error) {
		n := c.Node
		if absolute {
			n = rootOf(n)
		}
		if n == nil {
			return nil, nil
		}
		if len(segs) == 0 {
			return NodeSet{n}, c.Budget.Spend(1)
		}
		return runSegments(c, NodeSet{n}, segs, most)
	}
	return pathCode(u|usesNode, run), nil
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
	fromOne, fromMany := segments(steps, single), segments(steps, nested)
	return pathCode(head.uses|u, func(c *Context, most int) (NodeSet, error) {
		ns, err := head.evalNodes(c)
		if err != nil || len(ns) == 0 {
			return nil, err
		}
		if len(ns) == 1 {
			return runSegments(c, ns, fromOne, most)
		}
		return runSegments(c, ns, fromMany, most)
	}), nil
}

func pathCode(u uses, run func(c *Context, most int) (NodeSet, error)) *code {
	return &code{
		typ: typeNodes, uses: u,
		nodes: func(c *Context) (NodeSet, error) { return run(c, 0) },
		first: func(c *Context) (*xmldoc.Node, error) {
			ns, err := run(c, 1)
			if err != nil || len(ns) == 0 {
				return nil, err
			}
			return ns[0], nil
		},
	}
}

func rootOf(n *xmldoc.Node) *xmldoc.Node {
	for n != nil && n.Parent != nil {
		n = n.Parent
	}
	return n
}

// runSegments takes start through all segments; most > 0 is how many nodes of the result are wanted.
func runSegments(c *Context, start NodeSet, segs []segment, most int) (NodeSet, error) {
	ns := start
	for i := range segs {
		w := walker{c: c, steps: segs[i].steps}
		if i == len(segs)-1 && !segs[i].sort {
			w.most = most
		}
		if err := w.runAll(ns, segs[i].prune); err != nil {
			return nil, err
		}
		ns = w.out
		if segs[i].sort {
			if err := c.Budget.Spend(int64(len(ns))); err != nil {
				return nil, err
			}
			ns = SortNodes(ns)
		}
		if len(ns) == 0 {
			return nil, nil
		}
	}
	return ns, nil
}

// walker hands nodes through the steps of one segment, depth first.
type walker struct {
	c     *Context
	steps []*compiledStep
	out   NodeSet
	most  int
}

func (w *walker) full() bool { return w.most > 0 && len(w.out) >= w.most }

func (w *walker) runAll(start NodeSet, prune bool) error {
	node, position, size := w.c.Node, w.c.Position, w.c.Size
	defer func() { w.c.Node, w.c.Position, w.c.Size = node, position, size }()
	var last *xmldoc.Node
	for _, n := range start {
		if prune && last != nil && within(n, last) {
			continue
		}
		last = n
		if err := w.run(0, n); err != nil || w.full() {
			return err
		}
	}
	return nil
}

// within says whether n is a descendant of top.
func within(n, top *xmldoc.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == top {
			return true
		}
	}
	return false
}

// run takes n through step i and all after it.
func (w *walker) run(i int, n *xmldoc.Node) error {
	if i == len(w.steps) {
		w.out = append(w.out, n)
		return nil
	}
	s := w.steps[i]
	if s.collect {
		return w.runCollected(i, n)
	}
	if len(s.preds) == 1 && s.preds[0].isLast {
		return w.runLast(i, n)
	}
	var counts [4]int // positions per predicate; more predicates than this on one step need a slice
	passed := counts[:]
	if len(s.preds) > len(passed) {
		passed = make([]int, len(s.preds))
	}
	it := iterate(s.axis, n)
	var visited int64
	for m := it.next(); m != nil; m = it.next() {
		visited++
		if !s.test.matches(m) {
			continue
		}
		ok, done, err := w.check(s, m, passed)
		if err != nil {
			return err
		}
		if ok {
			if err := w.run(i+1, m); err != nil {
				return err
			}
		}
		if done || w.full() {
			break
		}
	}
	return w.c.Budget.Spend(visited + 1)
}

// check runs the predicates of s on m; passed[k] counts the nodes that reached predicate k. done says that no later
// node of this axis can pass.
func (w *walker) check(s *compiledStep, m *xmldoc.Node, passed []int) (ok, done bool, err error) {
	for k, p := range s.preds {
		passed[k]++
		if p.constNumber != nil {
			at := float64(passed[k])
			if at < *p.constNumber {
				return false, false, nil
			}
			if done = true; at != *p.constNumber {
				return false, true, nil
			}
			continue
		}
		w.c.Node, w.c.Position = m, passed[k]
		if err := w.c.Budget.Spend(1); err != nil {
			return false, false, err
		}
		ok, err := p.holds(w.c)
		if err != nil || !ok {
			return false, done, err
		}
	}
	return true, done, nil
}

// runLast handles a step whose only predicate is [last()], on a forward axis.
func (w *walker) runLast(i int, n *xmldoc.Node) error {
	s := w.steps[i]
	var found *xmldoc.Node
	var visited int64 = 1
	if s.axis == axisChild {
		for m := n.LastChild; m != nil && found == nil; m = m.Prev {
			visited++
			if s.test.matches(m) {
				found = m
			}
		}
	} else {
		it := iterate(s.axis, n)
		for m := it.next(); m != nil; m = it.next() {
			visited++
			if s.test.matches(m) {
				found = m
			}
		}
	}
	if err := w.c.Budget.Spend(visited); err != nil || found == nil {
		return err
	}
	return w.run(i+1, found)
}

// runCollected lists the nodes of the axis, filters them, and hands them on in document order.
func (w *walker) runCollected(i int, n *xmldoc.Node) error {
	s := w.steps[i]
	list, err := collect(w.c, s, n)
	if err != nil {
		return err
	}
	if s.axis.reverse() {
		for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
			list[a], list[b] = list[b], list[a]
		}
	}
	for _, m := range list {
		if err := w.run(i+1, m); err != nil || w.full() {
			return err
		}
	}
	return nil
}

// collect returns the nodes that step s selects from n, in the order of the axis.
func collect(c *Context, s *compiledStep, n *xmldoc.Node) (NodeSet, error) {
	var list NodeSet
	stop := 0 // how many matching nodes are enough
	if len(s.preds) > 0 && s.preds[0].constNumber != nil {
		if f := *s.preds[0].constNumber; f >= 1 && f < 1<<30 {
			stop = int(f)
		}
	}
	it := iterate(s.axis, n)
	var visited int64 = 1
	for m := it.next(); m != nil; m = it.next() {
		visited++
		if s.test.matches(m) {
			list = append(list, m)
			if len(list) == stop {
				break
			}
		}
	}
	if err := c.Budget.Spend(visited); err != nil {
		return nil, err
	}
	return filterNodes(c, list, s.preds)
}
