package xpath

import (
	"math"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Expr is a compiled expression. It does not change: any number of goroutines may evaluate it, each with its own
// Context.
type Expr struct {
	code  *code
	steps int64 // to compute it once, beside what its parts pay
}

// Compile compiles an expression.
//
// Shape: env may be nil: then no prefix but xml, no variable and no extension function is known.
// Errors: xslt-invalid with the character where the syntax or a type is wrong; limit-exceeded for an expression that is
// too long or nests too deep; the error of env.Function.
// Source: XPath 1.0.
func Compile(src string, env *Static) (*Expr, error) {
	tree, err := parse(src, env)
	if err != nil {
		return nil, err
	}
	k := compiler{src: src, env: env}
	top, err := k.compile(tree)
	if err != nil {
		return nil, err
	}
	return &Expr{code: top, steps: opSteps(tree)}, nil
}

// Eval evaluates the expression. It changes c while it runs and restores it before it returns.
//
// Errors: xslt-failed for a value of the wrong type; limit-exceeded when the budget is used up; those of variables and
// extension functions.
func (e *Expr) Eval(c *Context) (Value, error) {
	if err := c.Budget.Spend(e.steps); err != nil {
		return nil, err
	}
	return e.code.eval(c)
}

// EvalString evaluates and converts as string() does.
func (e *Expr) EvalString(c *Context) (string, error) {
	if err := c.Budget.Spend(e.steps); err != nil {
		return "", err
	}
	return e.code.evalString(c)
}

// EvalNumber evaluates and converts as number() does.
func (e *Expr) EvalNumber(c *Context) (float64, error) {
	if err := c.Budget.Spend(e.steps); err != nil {
		return 0, err
	}
	return e.code.evalNumber(c)
}

// EvalBool evaluates and converts as boolean() does.
func (e *Expr) EvalBool(c *Context) (bool, error) {
	if err := c.Budget.Spend(e.steps); err != nil {
		return false, err
	}
	return e.code.evalBool(c)
}

// EvalNodes evaluates to a node-set, in document order.
//
// Errors: xslt-failed when the value is no node-set; those of Eval.
func (e *Expr) EvalNodes(c *Context) (NodeSet, error) {
	if err := c.Budget.Spend(e.steps); err != nil {
		return nil, err
	}
	return e.code.evalNodes(c)
}

// opSteps is the cost of the operators, calls and literals of an expression, as if all were worked out. Predicates are
// left out: each pays its own at each node.
func opSteps(a *ast) int64 { return int64(ops(a)) / opsPerStep }

func ops(a *ast) int {
	n := 1
	for _, arg := range a.args {
		n += ops(arg)
	}
	return n
}

// ReadsContent says whether the value, turned into a string when asString is set, may depend on text or attribute
// values of the source, and not only on which nodes there are and how they are called. A node-set is text waiting to be
// read, so with asString it counts. Variables and extension functions do not: who supplies them knows what they hold.
// It is false only where that is certain.
func (e *Expr) ReadsContent(asString bool) bool {
	u := e.code.uses
	if asString {
		u |= e.code.content()
	}
	return u&usesContent != 0
}

// compiler turns an ast into closures.
type compiler struct {
	src string
	env *Static
}

func (k *compiler) errorf(a *ast, format string, args ...any) error {
	return syntaxError(k.src, a.pos, format, args...)
}

func (k *compiler) compile(a *ast) (*code, error) {
	switch a.op {
	case opNumber:
		f := a.number
		return &code{typ: typeNumber, constNumber: &f, num: func(*Context) (float64, error) { return f, nil }}, nil
	case opLiteral:
		s := a.text
		return &code{typ: typeString, str: func(c *Context) (string, error) { return s, c.Budget.SpendBytes(len(s)) }},
			nil
	case opVariable:
		return variable(a), nil
	case opCall:
		return k.call(a)
	case opPath:
		return k.path(a)
	case opFilter:
		return k.filter(a)
	}
	args, err := k.compileAll(a.args)
	if err != nil {
		return nil, err
	}
	switch a.op {
	case opOr, opAnd:
		return logical(a.op, args[0], args[1]), nil
	case opEq, opNe, opLt, opLe, opGt, opGe:
		return compare(a.op, args[0], args[1]), nil
	case opUnion:
		return k.union(a, args)
	}
	return arithmetic(a.op, args), nil
}

func (k *compiler) compileAll(list []*ast) ([]*code, error) {
	out := make([]*code, len(list))
	for i, a := range list {
		var err error
		if out[i], err = k.compile(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func usesOf(args []*code) uses {
	var u uses
	for _, a := range args {
		u |= a.uses
	}
	return u
}

func variable(a *ast) *code {
	name := a.name
	return &code{typ: typeAny, any: func(c *Context) (Value, error) {
		if c.Variable == nil {
			return nil, bcperr.New(bcperr.Internal, "no value for $%s", name.Local)
		}
		v, err := c.Variable(name.Space, name.Local)
		if s, ok := v.(String); ok && err == nil {
			err = c.Budget.SpendBytes(len(s)) // whoever asks for it will read it
		}
		return v, err
	}}
}

func logical(o op, left, right *code) *code {
	stop := o == opOr
	return &code{typ: typeBoolean, uses: left.uses | right.uses, boolean: func(c *Context) (bool, error) {
		b, err := left.evalBool(c)
		if err != nil || b == stop {
			return b, err
		}
		return right.evalBool(c)
	}}
}

func arithmetic(o op, args []*code) *code {
	out := &code{typ: typeNumber, uses: usesOf(args) | contentOf(args)}
	left := args[0]
	if o == opNeg {
		out.num = func(c *Context) (float64, error) {
			f, err := left.evalNumber(c)
			return -f, err
		}
		return out
	}
	right := args[1]
	out.num = func(c *Context) (float64, error) {
		if err := c.Budget.Spend(1); err != nil {
			return 0, err
		}
		l, err := left.evalNumber(c)
		if err != nil {
			return 0, err
		}
		r, err := right.evalNumber(c)
		if err != nil {
			return 0, err
		}
		switch o {
		case opAdd:
			return l + r, nil
		case opSub:
			return l - r, nil
		case opMul:
			return l * r, nil
		case opDiv:
			return l / r, nil
		}
		return math.Mod(l, r), nil
	}
	return out
}

func (k *compiler) union(a *ast, args []*code) (*code, error) {
	for i, arg := range args {
		if arg.typ != typeNodes && arg.typ != typeAny {
			return nil, k.errorf(a.args[i], "both sides of \"|\" must be node-sets")
		}
	}
	nodes := func(c *Context) (NodeSet, error) {
		var all NodeSet
		for _, arg := range args {
			ns, err := arg.evalNodes(c)
			if err != nil {
				return nil, err
			}
			if err := c.Budget.Spend(int64(len(ns))); err != nil {
				return nil, err
			}
			all = append(all, ns...)
		}
		return c.Budget.Sort(all)
	}
	return nodesCode(usesOf(args), nodes), nil
}

// nodesCode makes a node-set expression whose first node is found by making the whole set.
func nodesCode(u uses, nodes func(c *Context) (NodeSet, error)) *code {
	return &code{typ: typeNodes, uses: u, nodes: nodes, first: func(c *Context) (*xmldoc.Node, error) {
		ns, err := nodes(c)
		if err != nil || len(ns) == 0 {
			return nil, err
		}
		return ns[0], nil
	}}
}

// filter compiles PrimaryExpr with predicates: positions count in document order (XPath 1.0 §3.3).
func (k *compiler) filter(a *ast) (*code, error) {
	head, err := k.compile(a.args[0])
	if err != nil {
		return nil, err
	}
	if head.typ != typeNodes && head.typ != typeAny {
		return nil, k.errorf(a, "a predicate needs a node-set before it")
	}
	preds, err := k.predicates(a.preds)
	if err != nil {
		return nil, err
	}
	nodes := func(c *Context) (NodeSet, error) {
		ns, err := head.evalNodes(c)
		if err != nil {
			return nil, err
		}
		if err := c.Budget.SpendNodes(len(ns)); err != nil {
			return nil, err
		}
		return filterNodes(c, append(NodeSet(nil), ns...), preds)
	}
	// (path)[1] needs only the first node of the path, and key('k', .)[1] no copy of the others.
	if n := preds[0].constNumber; n != nil && *n == 1 {
		first := head.first
		if head.typ == typeAny {
			first = func(c *Context) (*xmldoc.Node, error) {
				ns, err := head.evalNodes(c)
				if err != nil || len(ns) == 0 {
					return nil, err
				}
				return ns[0], nil
			}
		}
		nodes = func(c *Context) (NodeSet, error) {
			n, err := first(c)
			if n == nil || err != nil {
				return nil, err
			}
			return filterNodes(c, NodeSet{n}, preds[1:])
		}
	}
	return nodesCode(head.uses|innerUses(preds), nodes), nil
}

// innerUses is what predicates look at outside their own position.
func innerUses(preds []*predicate) uses {
	var u uses
	for _, p := range preds {
		u |= p.uses &^ (usesPosition | usesLast)
	}
	return u
}
