package xslt

import (
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

func stringsConcat(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	nodes, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	m := ctx.Host.(*machine)
	var b strings.Builder
	for _, n := range nodes {
		text, err := ctx.Budget.StringValue(n)
		if err != nil {
			return nil, err
		}
		if b.Len()+len(text) > m.limits.OutputBytes {
			return nil, errOutput(m.limits.OutputBytes)
		}
		b.WriteString(text)
	}
	return xpath.String(b.String()), nil
}

// padding repeats a text up to a length. Source: EXSLT strings, padding.
func padding(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	length, err := ctx.Number(args[0])
	if err != nil {
		return nil, err
	}
	unit := []rune(" ")
	if len(args) == 2 {
		if unit, err = runes(ctx, args[1]); err != nil {
			return nil, err
		}
	}
	if !(length >= 1) || len(unit) == 0 {
		return xpath.String(""), nil
	}
	most := ctx.Host.(*machine).limits.OutputBytes
	if length*float64(len(string(unit))) > float64(most)*float64(len(unit)) { // octets of a character, on average
		return nil, errOutput(most)
	}
	if err := ctx.Budget.Spend(int64(length) / runesPerStep); err != nil {
		return nil, err
	}
	var b strings.Builder
	for i := range int(length) {
		b.WriteRune(unit[i%len(unit)])
	}
	return xpath.String(b.String()), nil
}

// runesPerStep is how many characters, of four octets each, are taken apart or written one by one in a step.
const runesPerStep = 4

// runes returns a text as characters.
func runes(ctx *xpath.Context, v xpath.Value) ([]rune, error) {
	text, err := ctx.Text(v)
	if err != nil {
		return nil, err
	}
	if err := ctx.Budget.Spend(int64(len(text)) / runesPerStep); err != nil {
		return nil, err
	}
	return []rune(text), nil
}

// align puts a text into another one, at its left, its right or its middle. Source: EXSLT strings, align.
func align(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, err := runes(ctx, args[0])
	if err != nil {
		return nil, err
	}
	pad, err := runes(ctx, args[1])
	if err != nil {
		return nil, err
	}
	if len(text) >= len(pad) {
		return xpath.String(text[:len(pad)]), nil
	}
	at := 0
	if len(args) == 3 {
		side, err := ctx.Text(args[2])
		if err != nil {
			return nil, err
		}
		switch side {
		case "right":
			at = len(pad) - len(text)
		case "center":
			at = (len(pad) - len(text)) / 2
		}
	}
	return xpath.String(string(pad[:at]) + string(text) + string(pad[at+len(text):])), nil
}

// tokenize cuts a text at each of some characters. Source: EXSLT strings, tokenize.
func tokenize(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, err := ctx.Text(args[0])
	if err != nil {
		return nil, err
	}
	delimiters := "\t\r\n "
	if len(args) == 2 {
		if delimiters, err = ctx.Text(args[1]); err != nil {
			return nil, err
		}
	}
	// Each character is looked for among the delimiters.
	looks := int64(len(text)) * int64(len(delimiters)+copiedPerStep)
	if err := ctx.Budget.Spend(looks / (runesPerStep * copiedPerStep)); err != nil {
		return nil, err
	}
	t := newTokens(ctx)
	for text != "" {
		size := strings.IndexAny(text, delimiters)
		switch {
		case delimiters == "":
			_, size = utf8.DecodeRuneInString(text)
		case size == 0:
			_, size = utf8.DecodeRuneInString(text)
			text = text[size:]
			continue
		case size < 0:
			size = len(text)
		}
		if err := t.add(text[:size]); err != nil {
			return nil, err
		}
		text = text[size:]
	}
	return t.nodes()
}

// split cuts a text at each occurrence of another. Source: EXSLT strings, split.
func split(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, err := ctx.Text(args[0])
	if err != nil {
		return nil, err
	}
	by := " "
	if len(args) == 2 {
		if by, err = ctx.Text(args[1]); err != nil {
			return nil, err
		}
	}
	t := newTokens(ctx)
	for text != "" {
		_, at := utf8.DecodeRuneInString(text)
		if by != "" {
			if at, err = ctx.Budget.Index(text, by); err != nil {
				return nil, err
			}
			if at < 0 {
				at, by = len(text), ""
			}
		}
		if err := t.add(text[:at]); err != nil {
			return nil, err
		}
		text = text[at+len(by):]
	}
	return t.nodes()
}

var tokenName = &xmldoc.Name{Local: "token"}

// tokenSteps is the cost of an element with its text.
const tokenSteps = 4

// tokens makes an element called token for each text.
type tokens struct {
	m    *machine
	tree *xmldoc.Builder
}

func newTokens(ctx *xpath.Context) *tokens {
	m := ctx.Host.(*machine)
	return &tokens{m, xmldoc.NewBuilder(m.seq)}
}

func (t *tokens) add(text string) error {
	t.tree.StartElement(tokenName)
	t.tree.Text(text)
	t.tree.EndElement()
	if t.tree.Len() > t.m.limits.Nodes-t.m.nodes {
		return errNodes(t.m.limits.Nodes)
	}
	return t.m.ctx.Budget.Spend(tokenSteps)
}

func (t *tokens) nodes() (xpath.Value, error) {
	t.m.countNodes(t.tree)
	nodes, err := t.m.children(t.tree.Document())
	return nodes, err
}
