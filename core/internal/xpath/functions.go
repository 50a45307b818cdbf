package xpath

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// call compiles a function call: of the core library, or of Static.Function.
func (k *compiler) call(a *ast) (*code, error) {
	args, err := k.compileAll(a.args)
	if err != nil {
		return nil, err
	}
	if a.name.Space == "" {
		if f, ok := library(a.name.Local); ok {
			if len(args) < f.min || f.max >= 0 && len(args) > f.max {
				return nil, k.errorf(a, "%s() does not take %d arguments", a.name.Local, len(args))
			}
			if f.nodes && len(args) > 0 && args[0].typ != typeNodes && args[0].typ != typeAny {
				return nil, k.errorf(a, "%s() needs a node-set", a.name.Local)
			}
			out := f.make(args)
			out.uses |= usesOf(args)
			switch {
			case f.shape:
			case f.context && len(args) == 0:
				out.uses |= usesContent
			default:
				out.uses |= contentOf(args)
			}
			return out, nil
		}
	}
	return k.extension(a, args)
}

func (k *compiler) extension(a *ast, args []*code) (*code, error) {
	var f Function
	if k.env != nil && k.env.Function != nil {
		var err error
		if f, err = k.env.Function(a.name.Space, a.name.Local, len(args)); err != nil {
			return nil, err
		}
	}
	if f == nil {
		return nil, k.errorf(a, "there is no function %s()", a.name.Local)
	}
	// Nobody knows what the function does with its arguments.
	return &code{typ: typeAny, uses: usesOf(args) | contentOf(args), any: func(c *Context) (Value, error) {
		if err := c.Budget.Spend(1); err != nil {
			return nil, err
		}
		values := make([]Value, len(args))
		for i, arg := range args {
			var err error
			if values[i], err = arg.eval(c); err != nil {
				return nil, err
			}
		}
		return f(c, values)
	}}, nil
}

// coreFunction is one function of the core library.
type coreFunction struct {
	min, max int  // arguments; max -1 is any number
	nodes    bool // the first argument must be a node-set
	context  bool // without arguments it reads the context node
	shape    bool // of nodes it sees only which there are and their names, never their text
	make     func(args []*code) *code
}

// IsCoreFunction says whether name, without prefix, is a function of the XPath core library.
func IsCoreFunction(name string) bool {
	_, ok := library(name)
	return ok
}

// library returns a function of the core library.
//
// Source: XPath 1.0 §4.
func library(name string) (coreFunction, bool) {
	switch name {
	case "last":
		return coreFunction{make: func([]*code) *code {
			return &code{typ: typeNumber, uses: usesLast, isLast: true,
				num: func(c *Context) (float64, error) { return float64(c.Size), nil }}
		}}, true
	case "position":
		return coreFunction{make: func([]*code) *code {
			return &code{typ: typeNumber, uses: usesPosition,
				num: func(c *Context) (float64, error) { return float64(c.Position), nil }}
		}}, true
	case "count":
		return coreFunction{min: 1, max: 1, nodes: true, shape: true, make: count}, true
	case "sum":
		return coreFunction{min: 1, max: 1, nodes: true, make: sum}, true
	case "id":
		return coreFunction{min: 1, max: 1, make: id}, true
	case "local-name":
		return nameFunction(func(n *xmldoc.Node) string { return n.Name.Local }), true
	case "namespace-uri":
		return nameFunction(func(n *xmldoc.Node) string { return n.Name.Space }), true
	case "name":
		return nameFunction(func(n *xmldoc.Node) string { return n.Name.Qualified() }), true
	case "string":
		return coreFunction{max: 1, context: true, make: func(args []*code) *code {
			return &code{typ: typeString, str: argOrContext(args)}
		}}, true
	case "number":
		return coreFunction{max: 1, context: true, make: number}, true
	case "boolean":
		return booleanFunction(func(b bool) bool { return b }), true
	case "not":
		return booleanFunction(func(b bool) bool { return !b }), true
	case "true":
		return constantBoolean(true), true
	case "false":
		return constantBoolean(false), true
	case "lang":
		return coreFunction{min: 1, max: 1, make: lang}, true
	case "floor":
		return numberFunction(math.Floor), true
	case "ceiling":
		return numberFunction(math.Ceil), true
	case "round":
		return numberFunction(Round), true
	}
	return stringLibrary(name)
}

func numberFunction(f func(float64) float64) coreFunction {
	return coreFunction{min: 1, max: 1, make: func(args []*code) *code {
		return &code{typ: typeNumber, num: func(c *Context) (float64, error) {
			x, err := args[0].evalNumber(c)
			return f(x), err
		}}
	}}
}

// Round rounds to the nearest integer, half up.
//
// It is floor(x + 0.5), as both reference engines compute it: 0.49999999999999994 gives 1. From -0.5 up to 0 the
// result is negative zero (XPath 1.0 §4.4).
func Round(x float64) float64 {
	if x >= -0.5 && x < 0 {
		return math.Copysign(0, -1)
	}
	if x == 0 {
		return x // keeps its sign
	}
	return math.Floor(x + 0.5)
}

func booleanFunction(f func(bool) bool) coreFunction {
	return coreFunction{min: 1, max: 1, shape: true, make: func(args []*code) *code {
		return &code{typ: typeBoolean, boolean: func(c *Context) (bool, error) {
			b, err := args[0].evalBool(c)
			return f(b), err
		}}
	}}
}

func constantBoolean(b bool) coreFunction {
	return coreFunction{make: func([]*code) *code {
		return &code{typ: typeBoolean, boolean: func(*Context) (bool, error) { return b, nil }}
	}}
}

// nameFunction makes local-name(), namespace-uri() or name(); nodes without a name give "".
func nameFunction(f func(n *xmldoc.Node) string) coreFunction {
	return coreFunction{max: 1, nodes: true, shape: true, make: func(args []*code) *code {
		return &code{typ: typeString, str: func(c *Context) (string, error) {
			n := c.Node
			if len(args) > 0 {
				var err error
				if n, err = firstNode(c, args[0]); err != nil {
					return "", err
				}
			}
			if n == nil || n.Name == nil {
				return "", nil
			}
			return made(c, f(n))
		}}
	}}
}

func firstNode(c *Context, k *code) (*xmldoc.Node, error) {
	if k.typ == typeNodes {
		return k.first(c)
	}
	ns, err := k.evalNodes(c)
	if err != nil || len(ns) == 0 {
		return nil, err
	}
	return ns[0], nil
}

func count(args []*code) *code {
	return &code{typ: typeNumber, num: func(c *Context) (float64, error) {
		ns, err := args[0].evalNodes(c)
		return float64(len(ns)), err
	}}
}

func sum(args []*code) *code {
	return &code{typ: typeNumber, num: func(c *Context) (float64, error) {
		ns, err := args[0].evalNodes(c)
		if err != nil {
			return 0, err
		}
		total := 0.0
		for _, n := range ns {
			s, err := c.Budget.StringValue(n)
			if err != nil {
				return 0, err
			}
			f, err := c.Budget.Number(s)
			if err != nil {
				return 0, err
			}
			total += f
		}
		return total, nil
	}}
}

// id selects nothing: what is an ID says the DTD, and no document here has one. Its argument is still evaluated.
func id(args []*code) *code {
	return nodesCode(0, func(c *Context) (NodeSet, error) {
		_, err := args[0].eval(c)
		return nil, err
	})
}

// argOrContext evaluates the only argument as a string, or takes the string value of the context node.
func argOrContext(args []*code) func(c *Context) (string, error) {
	if len(args) > 0 {
		return args[0].evalString
	}
	return func(c *Context) (string, error) { return c.Budget.StringValue(c.Node) }
}

func number(args []*code) *code {
	if len(args) > 0 {
		return &code{typ: typeNumber, num: args[0].evalNumber}
	}
	text := argOrContext(nil)
	return &code{typ: typeNumber, num: func(c *Context) (float64, error) {
		s, err := text(c)
		if err != nil {
			return 0, err
		}
		return c.Budget.Number(s)
	}}
}

// lang compares with the nearest xml:lang, without regard to ASCII case; a sub-language counts (XPath 1.0 §4.3).
func lang(args []*code) *code {
	return &code{typ: typeBoolean, uses: usesContent, boolean: func(c *Context) (bool, error) {
		want, err := args[0].evalString(c)
		if err != nil {
			return false, err
		}
		have, visited := language(c.Node)
		return have != nil && isLanguage(have.Value, want), c.Budget.Spend(visited)
	}}
}

// language returns the nearest xml:lang, and how many nodes were looked at.
func language(n *xmldoc.Node) (lang *xmldoc.Node, visited int64) {
	for ; n != nil; n = n.Parent {
		visited++
		if n.Kind != xmldoc.Element {
			continue
		}
		for a := n.FirstAttr; a != nil; a = a.Next {
			visited++
			if a.Is(xmldoc.XMLNamespace, "lang") {
				return a, visited
			}
		}
	}
	return nil, visited
}

func isLanguage(have, want string) bool {
	return len(have) >= len(want) && strings.EqualFold(have[:len(want)], want) &&
		(len(have) == len(want) || have[len(want)] == '-')
}

// maxString bounds one string made by an expression: no result of a stylesheet is longer (xslt.DefaultLimits).
const maxString = 8 << 20

// made pays for a new string.
func made(c *Context, s string) (string, error) {
	if len(s) > maxString {
		return "", tooLong()
	}
	return s, c.Budget.Spend(1 + int64(len(s))/bytesPerStep)
}

func tooLong() error {
	return bcperr.New(bcperr.LimitExceeded, "a string is longer than %d bytes", maxString)
}

// charCount is the number of Unicode characters, where Java's string-length counts UTF-16 units.
func charCount(s string) float64 { return float64(utf8.RuneCountInString(s)) }
