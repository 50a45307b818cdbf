package xpath

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// TestStepsPayForTheWork: what an expression does, in nodes looked at, octets read or operations, against the steps
// that it takes. Whatever costs less is a way to hold up a page within the steps that are allowed.
func TestStepsPayForTheWork(t *testing.T) {
	const n = 1000
	wide := "<r>" + strings.Repeat("<i a='1'>t</i>", n) + "</r>"
	deep := strings.Repeat("<i>", 500) + strings.Repeat("</i>", 500)
	attributes := func(format string) string {
		var b strings.Builder
		for i := range 200 {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	nested := strings.Repeat("<i"+attributes(" a%d='1'")+">", 20) + strings.Repeat("</i>", 20)
	for _, c := range []struct {
		name, expression, document string
		work                       int // in steps, at the rate of budget.go
	}{
		{"nodes visited", "count(//i)", wide, 3 * n},
		{"nodes kept", "count(//i/following-sibling::i)", wide, n * n},
		{"empty elements below a node", "string(/r)", "<r>" + strings.Repeat("<i/>", n) + "</r>", n},
		{"empty elements below a node, compared", "/r = 'x'", "<r>" + strings.Repeat("<i/>", n) + "</r>", n},
		{"operators", strings.Repeat("1 = 1 and ", n) + "true()", "<r/>", 4 * n / opsPerStep},
		{"operators of a predicate", "//i[" + strings.Repeat("not(", 90) + "1" + strings.Repeat(")", 90) + "]", wide,
			n * 90 / opsPerStep},
		{"a literal", "string-length('" + strings.Repeat("x", 100_000) + "')", "<r/>", 100_000 / bytesPerStep},
		{"a literal as a number", "'" + strings.Repeat("1", 100_000) + "' + 1", "<r/>", 100_000 / bytesPerStep},
		{"a number of many digits", "number(/r)", "<r>" + strings.Repeat("1", 100_000) + "</r>", 100_000 / 4},
		{"a number between two doubles", "number(/r)",
			"<r>1.00000000000000011102230246251565404236316680908203125e-300</r>", longSteps},
		{"a number with a fraction", "string(1 div 3)", "<r/>", 60},
		{"a number far from one", "string(0." + strings.Repeat("0", 300) + "1 div 3)", "<r/>", 250},
		{"white space", "string-length(normalize-space(/r))", "<r>" + strings.Repeat("a  ", 10_000) + "</r>",
			50_000 / bytesPerStep},
		{"a long name", "name()", "<" + strings.Repeat("n", 900) + "/>", 900 / bytesPerStep},
		{"a long name asked for", "//" + strings.Repeat("n", 900),
			"<r>" + strings.Repeat("<"+strings.Repeat("m", 900)+"/>", n) + "</r>", n * 900 / nameBytesPerStep},
		{"the way up to a language", "count(//*[lang('x')])", nested, 20 * 20 / 2 * 200},
		{"the way up from deep down", "count(//*/following::*)", deep, 500 * 500 / 2},
		{"the way up backwards", "count(//*/preceding::*)", deep, 500 * 500 / 2},
		{"inside what was seen", "count(//*[position() > 0]//*)", deep, 500 * 500 / 2},
		{"two orders joined", "count(//text() | //i)", wide, 2 * n * 10 / comparesInStep},
		{"namespaces", "count(//i/namespace::*)", "<r" + attributes(" xmlns:p%d='urn:%[1]d'") + ">" +
			strings.Repeat("<i/>", 100) + "</r>", 100 * 200 * MapSteps},
		{"namespaces declared again", "count(//k/namespace::*)",
			strings.Repeat("<i"+attributes(" xmlns:p%d='urn:%[1]d'")+">", 50) + "<k/>" + strings.Repeat("</i>", 50),
			50 * 200},
		{"a set of texts", "//i = //i/@a", wide, n * MapSteps},
		{"a part searched for", "contains(/r, 'ab')", "<r>" + strings.Repeat("a", 100_000) + "</r>",
			100_000 / bytesToSearch},
		{"a part that is there", "substring-after(/r, 'ab')", "<r>" + strings.Repeat("a", 100_000) + "b</r>",
			100_000 / bytesToSearch},
		{"a variable filtered", "count($v[last()])", wide, n / nodesPerStep},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parseDocument(t, c.document)
			e, err := Compile(c.expression, corpusStatic())
			require.NoError(t, err)
			all, err := Compile("//i", nil)
			require.NoError(t, err)
			budget := &Budget{Steps: 1 << 40, MaxDepth: 10}
			set, err := all.EvalNodes(&Context{Node: doc})
			require.NoError(t, err)
			_, err = e.Eval(&Context{Node: doc.DocumentElement(), Position: 1, Size: 1, Budget: budget,
				Variable: func(_, _ string) (Value, error) { return set, nil }})
			require.NoError(t, err)
			require.GreaterOrEqual(t, 1<<40-budget.Steps, int64(c.work))
		})
	}
}

// TestSearchForCollidingPart: strings.Index compares the whole part wherever its hash agrees. Here it agrees
// everywhere, so the comparisons are paid for.
func TestSearchForCollidingPart(t *testing.T) {
	const length, text = 2000, 20_000
	part := colliding(length)
	budget := &Budget{Steps: 1 << 40}
	e, err := Compile("contains(/r, '"+part+"')", nil)
	require.NoError(t, err)
	found, err := e.EvalBool(&Context{Node: parseDocument(t, "<r>"+strings.Repeat("a", text)+"</r>"), Budget: budget})
	require.NoError(t, err)
	require.False(t, found)
	require.GreaterOrEqual(t, 1<<40-budget.Steps, int64((text-length)*(length-longPart)/bytesPerStep))
}

// colliding returns a text of that length with the hash of as many a, which differs from them near its end.
func colliding(length int) string {
	const prime = 16777619 // of the hash in internal/bytealg
	var weights [6]uint32  // of the last letters
	for i, w := len(weights)-1, uint32(1); i >= 0; i, w = i-1, w*prime {
		weights[i] = w
	}
	difference := func(i int, c byte) uint32 { return weights[i] * (uint32(c) - 'a') }
	seen := map[uint32]string{}
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	three := func(from int, f func(sum uint32, text string) bool) {
		for _, x := range []byte(letters) {
			for _, y := range []byte(letters) {
				for _, z := range []byte(letters) {
					if !f(difference(from, x)+difference(from+1, y)+difference(from+2, z), string([]byte{x, y, z})) {
						return
					}
				}
			}
		}
	}
	three(0, func(sum uint32, text string) bool {
		seen[sum] = text
		return true
	})
	end := ""
	three(3, func(sum uint32, text string) bool {
		if begin, ok := seen[-sum]; ok && begin+text != "aaaaaa" {
			end = begin + text
		}
		return end == ""
	})
	return strings.Repeat("a", length-len(weights)) + end
}

func TestIndex(t *testing.T) {
	long := strings.Repeat("x", longPart)
	for _, c := range []struct{ s, part string }{
		{"", ""}, {"a", ""}, {"", "a"}, {"abc", "c"}, {long, long}, {long + "y", long + "y"}, {long + "y", long + "z"},
		{"x" + long + "y", long + "y"}, {long + long + "yz", long + "yz"}, {long, long + "y"},
		{long + "y" + long + "z!", long + "z"},
	} {
		at, err := (&Budget{Steps: 1000}).Index(c.s, c.part)
		require.NoError(t, err)
		require.Equal(t, strings.Index(c.s, c.part), at, "%q in %q", c.part, c.s)
	}
	b := &Budget{Steps: 100_000}
	_, err := b.Index("a"+strings.Repeat("b", 100_000), "a")
	require.NoError(t, err)
	require.Greater(t, b.Steps, int64(99_990), "what was not looked at is not paid for")
	_, err = b.Index(strings.Repeat("b", 1_000_000), "a")
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}
