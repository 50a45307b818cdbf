package xslt

import (
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
	{exsltMath, "power"}:             {2, 2, false, numberFunction(power)},
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
