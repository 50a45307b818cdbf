package xpath

import (
	"math"
	"math/bits"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// A step is the time that visiting a node takes: 0.1 to 0.17 µs in WebAssembly. Whatever takes longer costs more steps,
// so that the steps of a transformation bound its time, whatever it does with them. The rates were measured in
// WebAssembly under Node 20; memory that is held is paid for too, and bounded by the same steps.
const (
	bytesPerStep     = 16  // of a text that is read or made: 2 to 10 ns a byte
	bytesToSearch    = 4   // of a text that another is searched in: see Index
	nodesPerStep     = 8   // of a set that is copied or scanned
	nameBytesPerStep = 128 // of names that are compared
	opsPerStep       = 4   // operators and calls of an expression that do no more than compute
	comparesInStep   = 3   // of two nodes by document order
	longNumber       = 19  // digits that are read without arithmetic of many digits
	longSteps        = 60  // reading a longer number: 8 to 19 µs
)

// MapSteps is the cost of a text that becomes the key of a map: 0.4 to 0.6 µs.
const MapSteps = 4

// Spend takes n steps from the budget. A nil Budget has no limit.
//
// Errors: limit-exceeded when fewer than n steps were left; every later Spend fails too.
func (b *Budget) Spend(n int64) error {
	if b == nil {
		return nil
	}
	b.Steps -= n
	if b.Steps < 0 {
		return bcperr.New(bcperr.LimitExceeded, "the stylesheet takes more steps than allowed")
	}
	return nil
}

// Enter goes one level deeper; each Enter that succeeds is paired with one Leave. A nil Budget has no limit.
//
// Errors: limit-exceeded past MaxDepth; then there is nothing to leave.
func (b *Budget) Enter() error {
	if b == nil {
		return nil
	}
	if b.depth >= b.MaxDepth {
		return bcperr.New(bcperr.LimitExceeded, "more than %d global variables and keys wait for one another",
			b.MaxDepth)
	}
	b.depth++
	return nil
}

// Leave goes back one level.
func (b *Budget) Leave() {
	if b != nil {
		b.depth--
	}
}

// SpendBytes pays for making or reading a text of n bytes, so that doubling a string runs out of steps before it runs
// out of memory.
func (b *Budget) SpendBytes(n int) error { return b.Spend(int64(n) / bytesPerStep) }

// SpendNodes pays for copying or scanning a set of n nodes.
func (b *Budget) SpendNodes(n int) error { return b.Spend(int64(n) / nodesPerStep) }

// StringValue is the string value of a node, paid for: the nodes that it looks at, empty elements too, and the text.
func (b *Budget) StringValue(n *xmldoc.Node) (string, error) {
	s, visited := stringValue(n)
	return s, b.Spend(visited + int64(len(s))/bytesPerStep)
}

// Number reads a number as number() does, paid for: a long one takes arithmetic of many digits.
func (b *Budget) Number(s string) (float64, error) {
	if len(s) <= longNumber {
		return parseNumber(s), b.Spend(1)
	}
	cost := int64(len(s)) / bytesPerStep
	if isNumber(trimSpace(s)) {
		cost = longSteps + int64(len(s))/4
	}
	if err := b.Spend(cost); err != nil {
		return 0, err
	}
	return parseNumber(s), nil
}

// Sort puts ns in document order, each node once, paid for. It works in place.
func (b *Budget) Sort(ns NodeSet) (NodeSet, error) {
	cost := int64(len(ns)) / nodesPerStep
	if !inOrder(ns) {
		cost += SortSteps(len(ns))
	}
	if err := b.Spend(cost); err != nil {
		return nil, err
	}
	return sortNodes(ns), nil
}

// SortSteps is what sorting n things by short comparisons costs.
func SortSteps(n int) int64 { return int64(n) * int64(bits.Len(uint(n))) / comparesInStep }

// DigitSteps is what finding n decimal digits of f costs at most: 2 µs and 0.5 for each digit, more where the power of
// ten is large.
func DigitSteps(f float64, n int) int64 {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 || math.IsInf(f, 0) || f != f {
		return 1
	}
	power := math.Ilogb(f)
	return 16 + 3*int64(n) + int64(max(power, -power))/4
}

// MaxDigits is how many significant digits a number has at most.
const MaxDigits = 17
