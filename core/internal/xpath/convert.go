package xpath

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// StringValue returns the string value of a node: for a document or an element all text below it, in order.
//
// Source: XPath 1.0 §5.
func StringValue(n *xmldoc.Node) string {
	if n.Kind != xmldoc.Document && n.Kind != xmldoc.Element {
		return n.Value
	}
	first := nextText(n.FirstChild, n)
	if first == nil {
		return ""
	}
	second := nextText(afterSubtree(first, n), n)
	if second == nil {
		return first.Value
	}
	var b strings.Builder
	b.WriteString(first.Value)
	for t := second; t != nil; t = nextText(afterSubtree(t, n), n) {
		b.WriteString(t.Value)
	}
	return b.String()
}

// nextText returns n or the first text node after it in the subtree of top.
func nextText(n, top *xmldoc.Node) *xmldoc.Node {
	for n != nil && n.Kind != xmldoc.Text {
		if n.FirstChild != nil {
			n = n.FirstChild
		} else {
			n = afterSubtree(n, top)
		}
	}
	return n
}

// ToString converts as string() does.
//
// Source: XPath 1.0 §4.2; XSLT 1.0 §11.1 for fragments.
func ToString(v Value) string {
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
			return StringValue(v[0])
		}
	case Fragment:
		return StringValue(v.Root)
	}
	return ""
}

// Text is ToString, paid for: a result tree fragment can be long, and nothing was paid yet for putting its text together.
//
// Errors: limit-exceeded.
func (c *Context) Text(v Value) (string, error) {
	s := ToString(v)
	return s, c.Budget.spendBytes(len(s))
}

// Number is ToNumber, paid for as Text is.
//
// Errors: limit-exceeded.
func (c *Context) Number(v Value) (float64, error) {
	switch v := v.(type) {
	case Number:
		return float64(v), nil
	case Boolean:
		return numberOf(bool(v)), nil
	}
	s, err := c.Text(v)
	return ParseNumber(s), err
}

// ToNumber converts as number() does.
//
// Source: XPath 1.0 §4.4.
func ToNumber(v Value) float64 {
	switch v := v.(type) {
	case Number:
		return float64(v)
	case Boolean:
		return numberOf(bool(v))
	}
	return ParseNumber(ToString(v))
}

// ToBoolean converts as boolean() does. A fragment is true: it holds its root node, even when that is empty.
//
// Source: XPath 1.0 §4.3; XSLT 1.0 §11.1.
func ToBoolean(v Value) bool {
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
