package xslt

import (
	"math"
	"slices"
	"strings"

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
	{exsltMath, "abs"}:               {1, 1, false, absolute},
	{exsltMath, "max"}:               {1, 1, false, maximum},
	{exsltMath, "min"}:               {1, 1, false, minimum},
	{exsltMath, "highest"}:           {1, 1, false, highest},
	{exsltMath, "lowest"}:            {1, 1, false, lowest},
	{exsltMath, "power"}:             {2, 2, false, power},
	{exsltMath, "sqrt"}:              {1, 1, false, squareRoot},
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
	b := newTree(ctx)
	b.Text(xpath.ToString(args[0]))
	return xpath.NodeSet{b.Document()}, nil
}

func newTree(ctx *xpath.Context) *xmldoc.Builder {
	return xmldoc.NewBuilder(ctx.Host.(*machine).seq)
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
	return nil, errFailed("a node-set is asked for, not %s", xpath.ToString(v))
}

func stringsConcat(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	nodes, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, n := range nodes {
		text := xpath.StringValue(n)
		if err := ctx.Budget.Spend(int64(1 + len(text)/16)); err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return xpath.String(b.String()), nil
}

// padding repeats a text up to a length. Source: EXSLT strings, padding.
func padding(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	length := xpath.ToNumber(args[0])
	unit := []rune(" ")
	if len(args) == 2 {
		unit = []rune(xpath.ToString(args[1]))
	}
	if !(length >= 1) || len(unit) == 0 {
		return xpath.String(""), nil
	}
	if length > float64(ctx.Host.(*machine).limits.OutputBytes) {
		return nil, errOutput(ctx.Host.(*machine).limits.OutputBytes)
	}
	if err := ctx.Budget.Spend(int64(length) / 16); err != nil {
		return nil, err
	}
	var b strings.Builder
	for i := range int(length) {
		b.WriteRune(unit[i%len(unit)])
	}
	return xpath.String(b.String()), nil
}

// align puts a text into another one, at its left, its right or its middle. Source: EXSLT strings, align.
func align(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, pad := []rune(xpath.ToString(args[0])), []rune(xpath.ToString(args[1]))
	if len(text) >= len(pad) {
		return xpath.String(text[:len(pad)]), nil
	}
	at := 0
	if len(args) == 3 {
		switch xpath.ToString(args[2]) {
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
	delimiters := "\t\r\n "
	if len(args) == 2 {
		delimiters = xpath.ToString(args[1])
	}
	text := xpath.ToString(args[0])
	if delimiters == "" {
		return tokens(ctx, strings.Split(text, ""))
	}
	return tokens(ctx, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(delimiters, r) }))
}

// split cuts a text at each occurrence of another. Source: EXSLT strings, split.
func split(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	by := " "
	if len(args) == 2 {
		by = xpath.ToString(args[1])
	}
	parts := strings.Split(xpath.ToString(args[0]), by)
	if last := len(parts) - 1; last >= 0 && parts[last] == "" {
		parts = parts[:last]
	}
	return tokens(ctx, parts)
}

var tokenName = &xmldoc.Name{Local: "token"}

// tokens returns an element called token for each text.
func tokens(ctx *xpath.Context, texts []string) (xpath.Value, error) {
	if err := ctx.Budget.Spend(int64(len(texts))); err != nil {
		return nil, err
	}
	b := newTree(ctx)
	for _, text := range texts {
		b.StartElement(tokenName)
		b.Text(text)
		b.EndElement()
	}
	return children(b.Document()), nil
}

func absolute(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return xpath.Number(math.Abs(xpath.ToNumber(args[0]))), nil
}

func maximum(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(args[0], math.Max)
}
func minimum(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(args[0], math.Min)
}

// extreme is the largest or the smallest number of some nodes; NaN when one of them is none, or there is none.
func extreme(v xpath.Value, better func(a, b float64) float64) (xpath.Value, error) {
	nodes, err := nodesOf(v)
	if err != nil || len(nodes) == 0 {
		return xpath.Number(math.NaN()), err
	}
	best := xpath.ParseNumber(xpath.StringValue(nodes[0]))
	for _, n := range nodes[1:] {
		best = better(best, xpath.ParseNumber(xpath.StringValue(n)))
	}
	return xpath.Number(best), nil
}

func highest(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(args[0], math.Max)
}
func lowest(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(args[0], math.Min)
}

// extremes returns the nodes whose number is the largest or the smallest.
func extremes(v xpath.Value, better func(a, b float64) float64) (xpath.Value, error) {
	best, err := extreme(v, better)
	if err != nil {
		return nil, err
	}
	nodes, err := nodesOf(v)
	if err != nil {
		return nil, err
	}
	var kept xpath.NodeSet
	for _, n := range nodes {
		if xpath.Number(xpath.ParseNumber(xpath.StringValue(n))) == best {
			kept = append(kept, n)
		}
	}
	return kept, nil
}

func power(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return xpath.Number(math.Pow(xpath.ToNumber(args[0]), xpath.ToNumber(args[1]))), nil
}

func squareRoot(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return xpath.Number(math.Sqrt(xpath.ToNumber(args[0]))), nil
}

func leading(_ *xpath.Context, args []xpath.Value) (xpath.Value, error)  { return beside(args, -1) }
func trailing(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) { return beside(args, 1) }

// beside returns the nodes of the first set that stand before (-1) or after (1) the first node of the second one; all of
// them when that is empty, none when the first set does not have that node. Source: EXSLT sets, leading and trailing.
func beside(args []xpath.Value, side int) (xpath.Value, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil || len(second) == 0 {
		return first, err
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
func distinct(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	nodes, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var kept xpath.NodeSet
	for _, n := range nodes {
		if text := xpath.StringValue(n); !seen[text] {
			seen[text] = true
			kept = append(kept, n)
		}
	}
	return kept, nil
}

func difference(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(args, false)
	return kept, err
}

func intersection(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(args, true)
	return kept, err
}

func hasSameNode(_ *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	kept, err := among(args, true)
	return xpath.Boolean(len(kept) > 0), err
}

// among returns the nodes of the first set that are in the second one, or that are not.
func among(args []xpath.Value, in bool) (xpath.NodeSet, error) {
	first, err := nodesOf(args[0])
	if err != nil {
		return nil, err
	}
	second, err := nodesOf(args[1])
	if err != nil {
		return nil, err
	}
	members := make(map[*xmldoc.Node]bool, len(second))
	for _, n := range second {
		members[n] = true
	}
	var kept xpath.NodeSet
	for _, n := range first {
		if members[n] == in {
			kept = append(kept, n)
		}
	}
	return kept, nil
}
