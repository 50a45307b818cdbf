package xpath

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// valueType is the type that an expression is known to have before it runs.
type valueType uint8

const (
	typeAny valueType = iota // a variable or an extension function
	typeNodes
	typeString
	typeNumber
	typeBoolean
)

// uses says what an expression looks at.
type uses uint8

const (
	usesPosition uses = 1 << iota // position()
	usesLast                      // last()
	usesContent                   // the text of a node, not only which nodes there are and their names
)

// code is a compiled expression: the closure of its own type is set, the eval methods convert.
type code struct {
	typ     valueType
	uses    uses
	any     func(c *Context) (Value, error)   // typeAny
	nodes   func(c *Context) (NodeSet, error) // typeNodes, in document order
	first   func(c *Context) (*xmldoc.Node, error)
	str     func(c *Context) (string, error)
	num     func(c *Context) (float64, error)
	boolean func(c *Context) (bool, error)
	// constNumber is set for a literal number, so that [3] is seen as a position.
	constNumber *float64
	isLast      bool // exactly last()
	atMostOne   bool // a node-set of one node or none
}

// content is what converting k to a string or a number looks at besides k itself.
func (k *code) content() uses {
	if k.typ == typeNodes {
		return usesContent
	}
	return 0
}

// contentOf is that of all args.
func contentOf(args []*code) uses {
	var u uses
	for _, a := range args {
		u |= a.content()
	}
	return u
}

func (k *code) eval(c *Context) (Value, error) {
	switch k.typ {
	case typeNodes:
		v, err := k.nodes(c)
		return v, err
	case typeString:
		v, err := k.str(c)
		return String(v), err
	case typeNumber:
		v, err := k.num(c)
		return Number(v), err
	case typeBoolean:
		v, err := k.boolean(c)
		return Boolean(v), err
	}
	return k.any(c)
}

func (k *code) evalString(c *Context) (string, error) {
	switch k.typ {
	case typeString:
		return k.str(c)
	case typeNodes:
		n, err := k.first(c)
		if n == nil || err != nil {
			return "", err
		}
		return c.Budget.StringValue(n)
	}
	v, err := k.eval(c)
	if err != nil {
		return "", err
	}
	return c.Text(v)
}

func (k *code) evalNumber(c *Context) (float64, error) {
	switch k.typ {
	case typeNumber:
		return k.num(c)
	case typeBoolean:
		b, err := k.boolean(c)
		return numberOf(b), err
	case typeAny:
		v, err := k.any(c)
		if err != nil {
			return 0, err
		}
		return c.Number(v)
	}
	s, err := k.evalString(c)
	if err != nil {
		return 0, err
	}
	return c.Budget.Number(s)
}

func (k *code) evalBool(c *Context) (bool, error) {
	switch k.typ {
	case typeBoolean:
		return k.boolean(c)
	case typeNodes:
		n, err := k.first(c)
		return n != nil, err
	}
	v, err := k.eval(c)
	if err != nil {
		return false, err
	}
	return toBoolean(v), nil
}

func (k *code) evalNodes(c *Context) (NodeSet, error) {
	if k.typ == typeNodes {
		return k.nodes(c)
	}
	v, err := k.eval(c)
	if err != nil {
		return nil, err
	}
	if ns, ok := v.(NodeSet); ok {
		return ns, nil
	}
	return nil, bcperr.New(bcperr.XSLTFailed, "a node-set is needed here, a %s came", typeName(v))
}

func typeName(v Value) string {
	switch v.(type) {
	case NodeSet:
		return "node-set"
	case String:
		return "string"
	case Number:
		return "number"
	case Boolean:
		return "boolean"
	}
	return "result tree fragment"
}

func numberOf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
