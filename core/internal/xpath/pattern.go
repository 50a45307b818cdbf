package xpath

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Pattern is a compiled XSLT pattern: it matches a node when one of its alternatives does. It does not change.
type Pattern struct {
	Alternatives []*Alternative // one for each branch of "|", in the order written
}

// Alternative is one location path pattern.
//
// Shape: Kind, Space, Local and AnyLocal tell which nodes can match at all, so that a caller can index templates: Kind
// 0 is any kind; Local "" with AnyLocal not set is any name; AnyLocal is any name in Space.
type Alternative struct {
	Priority float64 // XSLT 1.0 §5.5
	Kind     xmldoc.Kind
	Local    string
	Space    string
	AnyLocal bool

	root  bool           // starts at the root
	head  *code          // starts at the nodes of id() or key()
	steps []*patternStep // outermost first
}

// patternStep is one step with the way it hangs on what comes before it.
type patternStep struct {
	*compiledStep
	deep bool // "//" before it: any ancestor will do
}

// CompilePattern compiles a pattern.
//
// Errors: those of Compile; xslt-invalid for an expression that is no pattern.
// Source: XSLT 1.0 §5.2, §5.5.
func CompilePattern(src string, env *Static) (*Pattern, error) {
	tree, err := parse(src, env)
	if err != nil {
		return nil, err
	}
	k := compiler{src: src, env: env}
	branches := []*ast{tree}
	if tree.op == opUnion && !tree.paren {
		branches = tree.args
	}
	p := &Pattern{}
	for _, b := range branches {
		a, err := k.alternative(b)
		if err != nil {
			return nil, err
		}
		p.Alternatives = append(p.Alternatives, a)
	}
	return p, nil
}

// Matches says whether n matches one of the alternatives. It changes c while it runs and restores it.
//
// Errors: those of the predicates, of key() and of the budget.
func (p *Pattern) Matches(c *Context, n *xmldoc.Node) (bool, error) {
	for _, a := range p.Alternatives {
		ok, err := a.Matches(c, n)
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (k *compiler) alternative(tree *ast) (*Alternative, error) {
	a := &Alternative{}
	switch {
	case tree.paren:
		return nil, k.errorf(tree, "a pattern has no parentheses around it")
	case tree.op == opCall:
		head, err := k.patternHead(tree)
		a.head, a.Priority = head, 0.5
		return a, err
	case tree.op != opPath:
		return nil, k.errorf(tree, "not a pattern")
	}
	a.root = tree.absolute
	if len(tree.args) > 0 {
		head, err := k.patternHead(tree.args[0])
		if err != nil {
			return nil, err
		}
		a.head = head
	}
	deep := false
	for _, s := range tree.steps {
		if s.slashes {
			deep = true
			continue
		}
		if s.axis != axisChild && s.axis != axisAttribute {
			return nil, k.errorf(tree, "a pattern has only the axes child and attribute")
		}
		compiled, err := k.step(s)
		if err != nil {
			return nil, err
		}
		a.steps = append(a.steps, &patternStep{compiledStep: compiled, deep: deep})
		deep = false
	}
	if a.root && len(a.steps) > 0 && a.steps[0].deep {
		a.root = false // "//x" asks no more than "x", but keeps its priority
	}
	a.index()
	a.Priority = priority(tree)
	return a, nil
}

// patternHead compiles id('literal') or key('literal', 'literal').
func (k *compiler) patternHead(tree *ast) (*code, error) {
	isID := tree.op == opCall && tree.name == varName{"", "id"} && len(tree.args) == 1
	isKey := tree.op == opCall && tree.name == varName{"", "key"} && len(tree.args) == 2
	ok := (isID || isKey) && !tree.paren
	for _, arg := range tree.args {
		ok = ok && arg.op == opLiteral
	}
	if !ok {
		return nil, k.errorf(tree, "a pattern starts with a name, with \"/\", or with id() or key() of literals")
	}
	return k.compile(tree)
}

// index fills in what the last step asks of a node.
func (a *Alternative) index() {
	if len(a.steps) == 0 {
		if a.root {
			a.Kind = xmldoc.Document
		}
		return
	}
	t := a.steps[len(a.steps)-1].test
	a.Kind, a.Local, a.Space = t.kind, t.local, t.space
	if t.anyLocal {
		a.Local, a.AnyLocal = "", !t.anySpace
	}
}

// priority is the default priority of a template with this pattern.
//
// Source: XSLT 1.0 §5.5.
func priority(tree *ast) float64 {
	if tree.absolute || len(tree.args) > 0 || len(tree.steps) != 1 || len(tree.steps[0].preds) > 0 {
		return 0.5
	}
	t := tree.steps[0].test
	switch {
	case !t.anyLocal:
		return 0
	case !t.anySpace:
		return -0.25
	}
	return -0.5
}

// Quick says whether n is of the kind and the name that the alternative asks for; only such nodes can match.
func (a *Alternative) Quick(n *xmldoc.Node) bool {
	if len(a.steps) > 0 {
		return a.steps[len(a.steps)-1].matches(n)
	}
	return a.Kind == 0 || a.Kind == n.Kind
}

// matches tests kind and name. The axis decides too: node() on the child axis is no attribute, namespace or root.
func (s *patternStep) matches(n *xmldoc.Node) bool {
	if s.axis == axisAttribute {
		return n.Kind == xmldoc.Attribute && s.test.matches(n)
	}
	return n.Parent != nil && !isLeafKind(n) && s.test.matches(n)
}

// Matches says whether n matches. It changes c while it runs and restores it.
func (a *Alternative) Matches(c *Context, n *xmldoc.Node) (bool, error) {
	if err := c.Budget.Spend(1); err != nil || !a.Quick(n) {
		return false, err
	}
	node, position, size := c.Node, c.Position, c.Size
	defer func() { c.Node, c.Position, c.Size = node, position, size }()
	return a.matchFrom(c, len(a.steps)-1, n)
}

// matchFrom matches steps 0 to i, with n at step i.
//
// The recursion is as deep as the pattern has steps, which the token limit bounds.
func (a *Alternative) matchFrom(c *Context, i int, n *xmldoc.Node) (bool, error) {
	if i < 0 {
		return a.matchStart(c, n)
	}
	s := a.steps[i]
	if err := c.Budget.Spend(s.steps - 1); err != nil {
		return false, err
	}
	if !s.matches(n) {
		return false, nil
	}
	if ok, err := s.predicatesHold(c, n); !ok || err != nil {
		return false, err
	}
	if i == 0 && a.head == nil && !a.root {
		return true, nil
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if err := c.Budget.Spend(1); err != nil {
			return false, err
		}
		ok, err := a.matchFrom(c, i-1, p)
		if ok || err != nil || !s.deep {
			return ok, err
		}
	}
	return false, nil
}

// matchStart says whether n is where the pattern starts.
func (a *Alternative) matchStart(c *Context, n *xmldoc.Node) (bool, error) {
	if a.head == nil {
		return !a.root || n.Kind == xmldoc.Document, nil
	}
	c.Node = n
	ns, err := a.head.evalNodes(c)
	if err != nil {
		return false, err
	}
	if err := c.Budget.SpendNodes(len(ns)); err != nil {
		return false, err
	}
	for _, m := range ns {
		if m == n {
			return true, nil
		}
	}
	return false, nil
}

// predicatesHold says whether n is among the nodes that the step selects from n's parent.
func (s *patternStep) predicatesHold(c *Context, n *xmldoc.Node) (bool, error) {
	if s.positional {
		return s.positionHolds(c, n)
	}
	for _, p := range s.preds {
		c.Node, c.Position, c.Size = n, 1, 1 // nobody asks
		if err := c.Budget.Spend(1); err != nil {
			return false, err
		}
		if ok, err := p.holds(c); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// positionHolds lists the siblings of n that the step selects. The lone predicates [n] and [last()] only count on one
// side of n.
func (s *patternStep) positionHolds(c *Context, n *xmldoc.Node) (bool, error) {
	if p := s.preds[0]; len(s.preds) == 1 && (p.constNumber != nil || p.isLast) {
		seen, most := 1.0, 2.0
		if p.constNumber != nil {
			most = *p.constNumber + 1
		}
		visited := int64(1)
		for m := sibling(n, p.isLast); m != nil && seen < most; m = sibling(m, p.isLast) {
			visited++
			if s.test.matches(m) {
				seen++
			}
		}
		holds := p.isLast && seen == 1 || p.constNumber != nil && seen == *p.constNumber
		return holds, c.Budget.Spend(visited * s.steps)
	}
	list, err := collect(c, s.compiledStep, n.Parent)
	if err != nil {
		return false, err
	}
	for _, m := range list {
		if m == n {
			return true, nil
		}
	}
	return false, nil
}

func sibling(n *xmldoc.Node, next bool) *xmldoc.Node {
	if next {
		return n.Next
	}
	return n.Prev
}
