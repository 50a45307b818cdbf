package xpath

import "math"

// compare compiles = != < <= > >=.
//
// Source: XPath 1.0 §3.4.
func compare(o op, left, right *code) *code {
	out := &code{typ: typeBoolean, uses: left.uses | right.uses}
	if left.typ != typeBoolean && right.typ != typeBoolean {
		out.uses |= left.content() | right.content()
	}
	switch {
	case left.plain() && right.plain() && o >= opLt,
		left.plain() && right.plain() && (left.typ == typeNumber || right.typ == typeNumber) &&
			left.typ != typeBoolean && right.typ != typeBoolean:
		out.boolean = func(c *Context) (bool, error) {
			l, err := left.evalNumber(c)
			if err != nil {
				return false, err
			}
			r, err := right.evalNumber(c)
			return compareNumbers(o, l, r), err
		}
	case left.atMostOne && right.plain() && right.typ != typeBoolean:
		out.boolean = compareOne(o, left, right)
	case right.atMostOne && left.plain() && left.typ != typeBoolean:
		out.boolean = compareOne(mirrored(o), right, left)
	default:
		out.boolean = func(c *Context) (bool, error) {
			l, err := left.eval(c)
			if err != nil {
				return false, err
			}
			r, err := right.eval(c)
			if err != nil {
				return false, err
			}
			return compareValues(c.Budget, o, l, r)
		}
	}
	return out
}

// compareOne compares a set of at most one node, such as @name, with a string or a number, without making the set.
func compareOne(o op, set, other *code) func(c *Context) (bool, error) {
	return func(c *Context) (bool, error) {
		n, err := set.first(c)
		if n == nil || err != nil {
			return false, err
		}
		s, err := c.Budget.StringValue(n)
		if err != nil {
			return false, err
		}
		if other.typ == typeString && o < opLt {
			text, err := other.str(c)
			return (s == text) == (o == opEq), err
		}
		f, err := other.evalNumber(c)
		if err != nil {
			return false, err
		}
		number, err := c.Budget.Number(s)
		return compareNumbers(o, number, f), err
	}
}

// plain says whether the type is known and is no node-set.
func (k *code) plain() bool { return k.typ >= typeString }

func compareNumbers(o op, l, r float64) bool {
	switch o {
	case opEq:
		return l == r
	case opNe:
		return l != r
	case opLt:
		return l < r
	case opLe:
		return l <= r
	case opGt:
		return l > r
	}
	return l >= r
}

// mirrored is the operator with its sides exchanged.
func mirrored(o op) op {
	switch o {
	case opLt:
		return opGt
	case opLe:
		return opGe
	case opGt:
		return opLt
	case opGe:
		return opLe
	}
	return o
}

// compareValues compares any two values. A fragment compares as the set of its root node (XSLT 1.0 §11.1).
func compareValues(b *Budget, o op, l, r Value) (bool, error) {
	lset, lok := asSet(l)
	rset, rok := asSet(r)
	switch {
	case lok && rok:
		return compareSets(b, o, lset, rset)
	case lok:
		return compareSet(b, o, lset, l, r)
	case rok:
		return compareSet(b, mirrored(o), rset, r, l)
	}
	if o < opLt {
		_, lb := l.(Boolean)
		_, rb := r.(Boolean)
		_, ln := l.(Number)
		_, rn := r.(Number)
		switch {
		case lb || rb:
			return (toBoolean(l) == toBoolean(r)) == (o == opEq), nil
		case !ln && !rn:
			return (toString(l) == toString(r)) == (o == opEq), nil // two strings, which were paid for
		}
	}
	ln, err := b.number(l)
	if err != nil {
		return false, err
	}
	rn, err := b.number(r)
	return compareNumbers(o, ln, rn), err
}

func asSet(v Value) (NodeSet, bool) {
	switch v := v.(type) {
	case NodeSet:
		return v, true
	case Fragment:
		return NodeSet{v.Root}, true
	}
	return nil, false
}

// compareSet compares each node of a set with a value that is no set; whole is the set as the value it was.
func compareSet(b *Budget, o op, set NodeSet, whole, other Value) (bool, error) {
	if _, ok := other.(Boolean); ok {
		return compareValues(b, o, Boolean(toBoolean(whole)), other)
	}
	text, isText := other.(String)
	number := 0.0
	if o >= opLt || !isText {
		var err error
		if number, err = b.number(other); err != nil {
			return false, err
		}
		isText = false
	}
	for _, n := range set {
		s, err := b.StringValue(n)
		if err != nil {
			return false, err
		}
		if isText {
			if (s == string(text)) == (o == opEq) {
				return true, nil
			}
			continue
		}
		f, err := b.Number(s)
		if err != nil {
			return false, err
		}
		if compareNumbers(o, f, number) {
			return true, nil
		}
	}
	return false, nil
}

// compareSets looks for one node of each set between which the comparison holds, without trying every pair.
func compareSets(b *Budget, o op, l, r NodeSet) (bool, error) {
	if len(l) == 0 || len(r) == 0 {
		return false, nil
	}
	if o >= opLt {
		return compareSetRanges(b, o, l, r)
	}
	if err := b.Spend(MapSteps * int64(len(l))); err != nil {
		return false, err
	}
	seen := make(map[string]struct{}, len(l))
	for _, n := range l {
		s, err := b.StringValue(n)
		if err != nil {
			return false, err
		}
		seen[s] = struct{}{}
	}
	for _, n := range r {
		s, err := b.StringValue(n)
		if err != nil {
			return false, err
		}
		_, same := seen[s]
		if o == opEq && same || o == opNe && (!same || len(seen) > 1) {
			return true, nil
		}
	}
	return false, nil
}

// compareSetRanges: some pair is in order exactly when the outermost numbers are.
func compareSetRanges(b *Budget, o op, l, r NodeSet) (bool, error) {
	lmin, lmax, err := numberRange(b, l)
	if err != nil {
		return false, err
	}
	rmin, rmax, err := numberRange(b, r)
	if err != nil {
		return false, err
	}
	if o == opLt || o == opLe {
		return compareNumbers(o, lmin, rmax), nil
	}
	return compareNumbers(o, lmax, rmin), nil
}

// numberRange returns the smallest and the largest number of a set, NaN when there is none.
func numberRange(b *Budget, ns NodeSet) (low, high float64, err error) {
	low, high = math.NaN(), math.NaN()
	for _, n := range ns {
		s, err := b.StringValue(n)
		if err != nil {
			return 0, 0, err
		}
		f, err := b.Number(s)
		if err != nil {
			return 0, 0, err
		}
		if f < low || low != low {
			low = f
		}
		if f > high || high != high {
			high = f
		}
	}
	return low, high, nil
}
