package xslt

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// The modules of EXSLT that the JDK has and that have functions here, and the JDK's own functions of the same kind.
const (
	exsltCommon  = "http://exslt.org/common"
	exsltStrings = "http://exslt.org/strings"
	exsltMath    = "http://exslt.org/math"
	exsltSets    = "http://exslt.org/sets"
	exsltDates   = "http://exslt.org/dates-and-times"
	xalan        = "http://xml.apache.org/xalan"
)

// extension is a function of EXSLT, and how many arguments it takes.
type extension struct {
	least, most int
	context     bool // depends on where it stands
	call        xpath.Function
}

// extensions are the functions beyond XSLT: those that work on their arguments alone. What asks for the time of day or
// evaluates text is left out.
//
// Source: EXSLT; the selection is what JDK 17 implements.
var extensions = map[expandedName]extension{
	{exsltCommon, "node-set"}:        {1, 1, false, nodeSet},
	{exsltCommon, "object-type"}:     {1, 1, false, objectType},
	{xalan, "nodeset"}:               {1, 1, false, nodeSet},
	{xalan, "distinct"}:              {1, 1, false, distinct},
	{xalan, "difference"}:            {2, 2, false, difference},
	{xalan, "intersection"}:          {2, 2, false, intersection},
	{exsltStrings, "concat"}:         {1, 1, false, stringsConcat},
	{exsltStrings, "padding"}:        {1, 2, false, padding},
	{exsltStrings, "align"}:          {2, 3, false, align},
	{exsltStrings, "tokenize"}:       {1, 2, false, tokenize},
	{exsltStrings, "split"}:          {1, 2, false, split},
	{exsltMath, "abs"}:               {1, 1, false, numberFunction(absolute)},
	{exsltMath, "max"}:               {1, 1, false, maximum},
	{exsltMath, "min"}:               {1, 1, false, minimum},
	{exsltMath, "highest"}:           {1, 1, false, highest},
	{exsltMath, "lowest"}:            {1, 1, false, lowest},
	{exsltMath, "power"}:             {2, 2, false, numberFunction(math.Pow)},
	{exsltMath, "sqrt"}:              {1, 1, false, numberFunction(squareRoot)},
	{exsltSets, "leading"}:           {2, 2, false, leading},
	{exsltSets, "trailing"}:          {2, 2, false, trailing},
	{exsltSets, "distinct"}:          {1, 1, false, distinct},
	{exsltSets, "difference"}:        {2, 2, false, difference},
	{exsltSets, "intersection"}:      {2, 2, false, intersection},
	{exsltSets, "has-same-node"}:     {2, 2, false, hasSameNode},
	{exsltDates, "year"}:             {1, 1, false, dateField(0)},
	{exsltDates, "month-in-year"}:    {1, 1, false, dateField(1)},
	{exsltDates, "day-in-month"}:     {1, 1, false, dateField(2)},
	{exsltDates, "hour-in-day"}:      {1, 1, false, dateField(3)},
	{exsltDates, "minute-in-hour"}:   {1, 1, false, dateField(4)},
	{exsltDates, "second-in-minute"}: {1, 1, false, dateField(5)},
	{exsltDates, "date"}:             {1, 1, false, datePart},
	{exsltDates, "time"}:             {1, 1, false, timePart},
}

// nodeSet makes a result tree fragment a node-set: its root. Source: EXSLT common, node-set.
func nodeSet(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	switch v := args[0].(type) {
	case xpath.NodeSet:
		return v, nil
	case xpath.Fragment:
		return xpath.NodeSet{v.Root}, nil
	}
	text, err := ctx.Text(args[0])
	if err != nil {
		return nil, err
	}
	m := ctx.Host.(*machine)
	tree := m.newTree(true)
	tree.characters(text)
	return xpath.NodeSet{m.fragment(tree).(xpath.Fragment).Root}, m.fault.err
}

func objectType(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	switch args[0].(type) {
	case xpath.NodeSet:
		return xpath.String("node-set"), nil
	case xpath.Fragment:
		return xpath.String("RTF"), nil
	case xpath.Number:
		return xpath.String("number"), nil
	case xpath.Boolean:
		return xpath.String("boolean"), nil
	}
	return xpath.String("string"), nil
}

// nodesOf returns an argument as nodes.
func nodesOf(v xpath.Value) (xpath.NodeSet, error) {
	switch v := v.(type) {
	case xpath.NodeSet:
		return v, nil
	case xpath.Fragment:
		return xpath.NodeSet{v.Root}, nil
	}
	return nil, errFailed("a node-set is asked for")
}

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
	if length > float64(ctx.Host.(*machine).limits.OutputBytes) {
		return nil, errOutput(ctx.Host.(*machine).limits.OutputBytes)
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

// numberFunction makes a function of numbers.
func numberFunction(f func(x, y float64) float64) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		x, err := ctx.Number(args[0])
		if err != nil || len(args) == 1 {
			return xpath.Number(f(x, 0)), err
		}
		y, err := ctx.Number(args[1])
		return xpath.Number(f(x, y)), err
	}
}

func absolute(x, _ float64) float64   { return math.Abs(x) }
func squareRoot(x, _ float64) float64 { return math.Sqrt(x) }

func maximum(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(ctx, args[0], math.Max)
}
func minimum(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(ctx, args[0], math.Min)
}

// extreme is the largest or the smallest number of some nodes; NaN when one of them is none, or there is none.
func extreme(ctx *xpath.Context, v xpath.Value, better func(a, b float64) float64) (xpath.Number, error) {
	_, numbers, err := numbersOf(ctx, v)
	if err != nil || len(numbers) == 0 {
		return xpath.Number(math.NaN()), err
	}
	best := numbers[0]
	for _, f := range numbers[1:] {
		best = better(best, f)
	}
	return xpath.Number(best), nil
}

// numbersOf returns some nodes, and the number that each is.
func numbersOf(ctx *xpath.Context, v xpath.Value) (nodes xpath.NodeSet, numbers []float64, err error) {
	if nodes, err = nodesOf(v); err != nil {
		return nil, nil, err
	}
	for _, n := range nodes {
		text, err := ctx.Budget.StringValue(n)
		if err != nil {
			return nil, nil, err
		}
		f, err := ctx.Budget.Number(text)
		if err != nil {
			return nil, nil, err
		}
		numbers = append(numbers, f)
	}
	return nodes, numbers, nil
}

func highest(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(ctx, args[0], math.Max)
}
func lowest(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(ctx, args[0], math.Min)
}

// extremes returns the nodes whose number is the largest or the smallest.
func extremes(ctx *xpath.Context, v xpath.Value, better func(a, b float64) float64) (xpath.Value, error) {
	best, err := extreme(ctx, v, better)
	if err != nil {
		return nil, err
	}
	nodes, numbers, err := numbersOf(ctx, v)
	if err != nil {
		return nil, err
	}
	var kept xpath.NodeSet
	for i, n := range nodes {
		if xpath.Number(numbers[i]) == best {
			kept = append(kept, n)
		}
	}
	return kept, nil
}

func leading(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return beside(ctx, args, -1)
}
func trailing(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return beside(ctx, args, 1)
}

// beside returns the nodes of the first set that stand before (-1) or after (1) the first node of the second one; all
// of them when that is empty, none when the first set does not have that node. Source: EXSLT sets, leading and
// trailing.
func beside(ctx *xpath.Context, args []xpath.Value, side int) (xpath.Value, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil || len(second) == 0 {
		return first, err
	}
	if err := ctx.Budget.SpendNodes(len(first)); err != nil {
		return nil, err
	}
	at := slices.Index(first, second[0])
	switch {
	case at < 0:
		return xpath.NodeSet(nil), nil
	case side < 0:
		return first[:at:at], nil
	}
	return first[at+1:], nil
}

// distinct keeps the first node of each string value. Source: EXSLT sets, distinct.
func distinct(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	nodes, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var kept xpath.NodeSet
	for _, n := range nodes {
		text, err := ctx.Budget.StringValue(n)
		if err != nil {
			return nil, err
		}
		if !seen[text] {
			seen[text] = true
			kept = append(kept, n)
			if err := ctx.Budget.Spend(xpath.MapSteps); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

func difference(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, false)
	return kept, err
}

func intersection(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, true)
	return kept, err
}

func hasSameNode(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(ctx, args, true)
	return xpath.Boolean(len(kept) > 0), err
}

// among returns the nodes of the first set that are in the second one, or that are not.
func among(ctx *xpath.Context, args []xpath.Value, in bool) (xpath.NodeSet, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil {
		return nil, err
	}
	if err := ctx.Budget.Spend(int64(len(first) + xpath.MapSteps*len(second))); err != nil {
		return nil, err
	}
	members := make(map[*xmldoc.Node]bool, len(second))
	for _, n := range second {
		members[xpath.Canonical(n)] = true
	}
	var kept xpath.NodeSet
	for _, n := range first {
		if members[xpath.Canonical(n)] == in {
			kept = append(kept, n)
		}
	}
	return kept, nil
}
