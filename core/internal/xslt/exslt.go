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
	call        xpath.Function
}

// extensionNamed returns a function beyond XSLT: those that work on their arguments alone. What asks for the time of
// day or evaluates text is left out. An extension without a call is none.
//
// Source: EXSLT; the selection is what JDK 17 implements.
func extensionNamed(space, local string) extension {
	switch space + " " + local {
	case exsltCommon + " node-set", xalan + " nodeset":
		return extension{1, 1, nodeSet}
	case exsltCommon + " object-type":
		return extension{1, 1, objectType}
	case xalan + " distinct", exsltSets + " distinct":
		return extension{1, 1, distinct}
	case xalan + " difference", exsltSets + " difference":
		return extension{2, 2, difference}
	case xalan + " intersection", exsltSets + " intersection":
		return extension{2, 2, intersection}
	case exsltStrings + " concat":
		return extension{1, 1, stringsConcat}
	case exsltStrings + " padding":
		return extension{1, 2, padding}
	case exsltStrings + " align":
		return extension{2, 3, align}
	case exsltStrings + " tokenize":
		return extension{1, 2, tokenize}
	case exsltStrings + " split":
		return extension{1, 2, split}
	case exsltMath + " abs":
		return extension{1, 1, numberFunction(absolute)}
	case exsltMath + " max":
		return extension{1, 1, maximum}
	case exsltMath + " min":
		return extension{1, 1, minimum}
	case exsltMath + " highest":
		return extension{1, 1, highest}
	case exsltMath + " lowest":
		return extension{1, 1, lowest}
	case exsltMath + " power":
		return extension{2, 2, numberFunction(power)}
	case exsltMath + " sqrt":
		return extension{1, 1, numberFunction(squareRoot)}
	case exsltSets + " leading":
		return extension{2, 2, leading}
	case exsltSets + " trailing":
		return extension{2, 2, trailing}
	case exsltSets + " has-same-node":
		return extension{2, 2, hasSameNode}
	case exsltDates + " year":
		return extension{1, 1, dateField(0)}
	case exsltDates + " month-in-year":
		return extension{1, 1, dateField(1)}
	case exsltDates + " day-in-month":
		return extension{1, 1, dateField(2)}
	case exsltDates + " hour-in-day":
		return extension{1, 1, dateField(3)}
	case exsltDates + " minute-in-hour":
		return extension{1, 1, dateField(4)}
	case exsltDates + " second-in-minute":
		return extension{1, 1, dateField(5)}
	case exsltDates + " date":
		return extension{1, 1, datePart}
	case exsltDates + " time":
		return extension{1, 1, timePart}
	}
	return extension{}
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
