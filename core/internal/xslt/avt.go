package xslt

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// valueTemplate is an attribute value template. Source: XSLT 1.0 §7.6.2.
type valueTemplate struct {
	text  string // when there are no parts
	parts []templatePart
}

// templatePart is literal text, or an expression.
type templatePart struct {
	text string
	expr *xpath.Expr
}

// templateAttribute is an attribute that may be a value template, and what it becomes. They are compiled in one order,
// so that the first flaw of a stylesheet is always the same one.
type templateAttribute struct {
	name string
	to   **valueTemplate
}

func (t *valueTemplate) constant() bool { return t.parts == nil }

func (t *valueTemplate) eval(m *machine) (string, error) {
	if t.parts == nil {
		return t.text, nil
	}
	if len(t.parts) == 1 {
		return t.parts[0].expr.EvalString(m.context())
	}
	if err := m.ctx.Budget.Spend(int64(len(t.parts))); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range t.parts {
		text, err := p.text, error(nil)
		if p.expr != nil {
			text, err = p.expr.EvalString(m.context())
		}
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if err := m.ctx.Budget.SpendBytes(len(text)); err != nil {
			return "", err
		}
		if b.Len() > m.limits.OutputBytes {
			return "", errOutput(m.limits.OutputBytes)
		}
	}
	return b.String(), nil
}

// isTemplate says whether an attribute value has an expression in it, or a brace that must be read as one.
func isTemplate(value string) bool { return strings.ContainsAny(value, "{}") }

func (c *compiler) valueTemplate(el *xmldoc.Node, value string) (*valueTemplate, error) {
	if !isTemplate(value) {
		return &valueTemplate{text: value}, nil
	}
	t := &valueTemplate{}
	var text strings.Builder
	for i := 0; i < len(value); i++ {
		switch ch := value[i]; {
		case (ch == '{' || ch == '}') && i+1 < len(value) && value[i+1] == ch:
			text.WriteByte(ch)
			i++
		case ch == '}':
			return nil, errInvalid("a } without { in %q", value)
		case ch == '{':
			end := expressionEnd(value, i+1)
			if end < 0 {
				return nil, errInvalid("a { without } in %q", value)
			}
			expr, err := c.expr(el, value[i+1:end])
			if err != nil {
				return nil, err
			}
			if text.Len() > 0 {
				t.parts = append(t.parts, templatePart{text: text.String()})
				text.Reset()
			}
			t.parts = append(t.parts, templatePart{expr: expr})
			i = end
		default:
			text.WriteByte(ch)
		}
	}
	switch {
	case t.parts == nil:
		t.text = text.String()
	case text.Len() > 0:
		t.parts = append(t.parts, templatePart{text: text.String()})
	}
	return t, nil
}

// expressionEnd finds the brace that ends an expression; braces in its string literals do not.
func expressionEnd(value string, i int) int {
	quote := byte(0)
	for ; i < len(value); i++ {
		switch ch := value[i]; {
		case quote != 0:
			if ch == quote {
				quote = 0
			}
		case ch == '\'' || ch == '"':
			quote = ch
		case ch == '{':
			return -1
		case ch == '}':
			return i
		}
	}
	return -1
}
