package xpath

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// stringValue returns the string value of a node, for a document or an element all text below it in order, and how many
// nodes it looked at.
//
// Source: XPath 1.0 §5.
func stringValue(n *xmldoc.Node) (s string, visited int64) {
	visited = 1
	if n.Kind != xmldoc.Document && n.Kind != xmldoc.Element {
		return n.Value, visited
	}
	first := nextText(n.FirstChild, n, &visited)
	if first == nil {
		return "", visited
	}
	second := nextText(afterSubtree(first, n), n, &visited)
	if second == nil {
		return first.Value, visited
	}
	var b strings.Builder
	b.WriteString(first.Value)
	for t := second; t != nil; t = nextText(afterSubtree(t, n), n, &visited) {
		b.WriteString(t.Value)
	}
	return b.String(), visited
}

// nextText returns n or the first text node after it in the subtree of top.
func nextText(n, top *xmldoc.Node, visited *int64) *xmldoc.Node {
	for n != nil {
		*visited++
		switch {
		case n.Kind == xmldoc.Text:
			return n
		case n.FirstChild != nil:
			n = n.FirstChild
		default:
			n = afterSubtree(n, top)
		}
	}
	return nil
}

// toString converts as string() does.
//
// Source: XPath 1.0 §4.2; XSLT 1.0 §11.1 for fragments.
func toString(v Value) string {
	switch v := v.(type) {
	case String:
		return string(v)
	case Number:
		return FormatNumber(float64(v))
	case Boolean:
		if v {
			return "true"
		}
		return "false"
	case NodeSet:
		if len(v) > 0 {
			s, _ := stringValue(v[0])
			return s
		}
	case Fragment:
		s, _ := stringValue(v.Root)
		return s
	}
	return ""
}

// Text is toString, paid for: the text of a tree is put together, the digits of a number are worked out.
//
// Errors: limit-exceeded.
func (c *Context) Text(v Value) (string, error) { return c.Budget.text(v) }

func (b *Budget) text(v Value) (string, error) {
	switch v := v.(type) {
	case NodeSet:
		if len(v) == 0 {
			return "", nil
		}
		return b.StringValue(v[0])
	case Fragment:
		return b.StringValue(v.Root)
	case Number:
		s := FormatNumber(float64(v))
		return s, b.Spend(DigitSteps(float64(v), len(strings.Trim(s, "-.0"))))
	}
	s := toString(v)
	return s, b.SpendBytes(len(s))
}

// Number converts as number() does, paid for as Text is.
//
// Source: XPath 1.0 §4.4.
// Errors: limit-exceeded.
func (c *Context) Number(v Value) (float64, error) {
	return c.Budget.number(v)
}

func (b *Budget) number(v Value) (float64, error) {
	switch v := v.(type) {
	case Number:
		return float64(v), nil
	case Boolean:
		return numberOf(bool(v)), nil
	}
	s, err := b.text(v)
	if err != nil {
		return 0, err
	}
	return b.Number(s)
}

// toBoolean converts as boolean() does. A fragment is true: it holds its root node, even when that is empty.
//
// Source: XPath 1.0 §4.3; XSLT 1.0 §11.1.
func toBoolean(v Value) bool {
	switch v := v.(type) {
	case Boolean:
		return bool(v)
	case Number:
		return v < 0 || v > 0 // not zero, not NaN
	case String:
		return v != ""
	case NodeSet:
		return len(v) > 0
	}
	return true // Fragment
}
