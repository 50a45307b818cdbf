package xslt

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

func (c *compiler) static(el *xmldoc.Node) *xpath.Static {
	return &xpath.Static{
		Namespace: func(prefix string) (string, bool) { return c.fault.lookUp(el, prefix) },
		Variable:  c.hasVariable,
		Function: func(space, local string, argc int) (xpath.Function, error) {
			return c.function(el, space, local, argc)
		},
	}
}

// hasVariable finds the variable that an expression names, and notes that it is used.
func (c *compiler) hasVariable(space, local string) bool {
	name := expandedName{space, local}
	c.fault.spend(len(c.locals) / lookedAtPerStep)
	for i := len(c.locals) - 1; i >= 0; i-- {
		if c.locals[i].name == name {
			c.locals[i].used = true
			return true
		}
	}
	i, ok := c.sheet.global[name]
	if ok {
		c.sheet.globals[i].used = true
	}
	return ok
}

// expr compiles an expression whose value may be written out or kept.
func (c *compiler) expr(el *xmldoc.Node, source string) (*xpath.Expr, error) {
	return c.compileExpr(el, source, true)
}

// shapeExpr compiles an expression of which only the truth or the number of nodes counts.
func (c *compiler) shapeExpr(el *xmldoc.Node, source string) (*xpath.Expr, error) {
	return c.compileExpr(el, source, false)
}

func (c *compiler) compileExpr(el *xmldoc.Node, source string, asString bool) (*xpath.Expr, error) {
	if err := c.payExpression(source); err != nil {
		return nil, err
	}
	e, err := xpath.Compile(source, c.static(el))
	if err != nil {
		return nil, err
	}
	c.collectNames(el, source)
	if e.ReadsContent(asString) {
		c.sheet.reads = true
	}
	return e, nil
}

func (c *compiler) payExpression(source string) error {
	c.fault.spend(expressionSteps + 2*len(source))
	return c.fault.err
}

// pattern compiles a pattern. Variables are refused in it. Source: XSLT 1.0 §5.3.
func (c *compiler) pattern(el *xmldoc.Node, source string) (*xpath.Pattern, error) {
	if err := c.payExpression(source); err != nil {
		return nil, err
	}
	p, err := xpath.CompilePattern(source, c.static(el))
	if err == nil {
		c.collectNames(el, source)
	}
	return p, err
}
