package xpath

import "github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"

// plan is the segments of a path.
type plan []segment

// all takes the start nodes, which are in order, through all segments.
func (p plan) all(c *Context, start NodeSet) (NodeSet, error) {
	ns := start
	for i := range p {
		w := walker{c: c, steps: p[i].steps}
		if err := w.runAll(ns, p[i].prune); err != nil {
			return nil, err
		}
		ns = w.out
		if p[i].sort {
			var err error
			if ns, err = c.Budget.Sort(ns); err != nil {
				return nil, err
			}
		}
		if len(ns) == 0 {
			return nil, nil
		}
	}
	return ns, nil
}

// first returns the first node of the path from n, nil when there is none. It stops there when nodes come in order.
func (p plan) first(c *Context, n *xmldoc.Node) (*xmldoc.Node, error) {
	if len(p) == 0 {
		return n, nil
	}
	if len(p) == 1 && !p[0].sort {
		w := walker{c: c, steps: p[0].steps, wantOne: true}
		node, position, size := c.Node, c.Position, c.Size
		err := w.run(0, n)
		c.Node, c.Position, c.Size = node, position, size
		return w.one, err
	}
	ns, err := p.all(c, NodeSet{n})
	if err != nil || len(ns) == 0 {
		return nil, err
	}
	return ns[0], nil
}

// walker hands nodes through the steps of one segment, depth first.
type walker struct {
	c       *Context
	steps   []*compiledStep
	wantOne bool // stop at the first node, and keep it in one instead of out
	one     *xmldoc.Node
	out     NodeSet
}

func (w *walker) full() bool { return w.one != nil }

func (w *walker) runAll(start NodeSet, prune bool) error {
	node, position, size := w.c.Node, w.c.Position, w.c.Size
	defer func() { w.c.Node, w.c.Position, w.c.Size = node, position, size }()
	var last *xmldoc.Node
	for _, n := range start {
		if prune && last != nil {
			inside, visited := within(n, last)
			if err := w.c.Budget.Spend(visited); err != nil {
				return err
			}
			if inside {
				continue
			}
		}
		last = n
		if err := w.run(0, n); err != nil {
			return err
		}
	}
	return nil
}

// within says whether n is a descendant of top, and how many nodes it looked at.
func within(n, top *xmldoc.Node) (inside bool, visited int64) {
	for p := n.Parent; p != nil; p = p.Parent {
		visited++
		if p == top {
			return true, visited
		}
	}
	return false, visited
}

// run takes n through step i and all after it.
func (w *walker) run(i int, n *xmldoc.Node) error {
	if i == len(w.steps) {
		if w.wantOne {
			w.one = n
		} else {
			w.out = append(w.out, n)
		}
		// the place of a node costs as much as the visit: its memory, several times while the set grows
		return w.c.Budget.Spend(1)
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
	return w.c.Budget.Spend(1 + visited*s.steps + it.passed)
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
		if err := w.c.Budget.Spend(p.steps); err != nil {
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
	visited, passed := int64(1), int64(0)
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
		passed = it.passed
	}
	if err := w.c.Budget.Spend(visited*s.steps + passed); err != nil || found == nil {
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
	if err := w.c.Budget.Spend(int64(len(list))); err != nil {
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
	if err := c.Budget.Spend(visited*s.steps + it.passed); err != nil {
		return nil, err
	}
	return filterNodes(c, list, s.preds)
}
