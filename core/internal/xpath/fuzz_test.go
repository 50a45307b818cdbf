package xpath

import (
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// seeds are expressions of all kinds; the corpus has more.
var seeds = []string{"1 + 2", "//a[1]/@n", "count(//*[last()])", "concat('a', string(.))", "-(3 div 0)",
	"a | b[c = 'd'] | //e",
	"ancestor-or-self::node()[position() mod 2 = 1]", "substring('12345', -1 div 0)", "id('x')/a", "$v * 2",
	"processing-instruction('x')"}

func FuzzCompile(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		_, err := Compile(src, corpusStatic())
		if err != nil && bcperr.CodeOf(err) == bcperr.Internal {
			t.Fatalf("no code: %v", err)
		}
		_, _ = CompilePattern(src, corpusStatic())
	})
}

func FuzzEval(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	doc := parseDocument(f, sample)
	f.Fuzz(func(t *testing.T, src string) {
		e, err := Compile(src, corpusStatic())
		if err != nil {
			return
		}
		c := &Context{Node: doc, Position: 1, Size: 1, Budget: &Budget{Steps: 100_000, MaxDepth: 100},
			Variable: func(_, _ string) (Value, error) { return Number(2), nil }}
		v, err := e.Eval(c)
		if err != nil {
			return
		}
		if ns, ok := v.(NodeSet); ok {
			for i := 1; i < len(ns); i++ {
				if compareOrder(ns[i-1], ns[i]) >= 0 {
					t.Fatalf("nodes %d and %d are not in document order", i-1, i)
				}
			}
		}
		if s, err := e.EvalString(c); err == nil && s != toString(v) {
			t.Fatalf("string() of the value is %q, of the expression %q", toString(v), s)
		}
		if b, err := e.EvalBool(c); err == nil && b != toBoolean(v) {
			t.Fatalf("boolean() of the value is %v, of the expression %v", toBoolean(v), b)
		}
		if f, err := e.EvalNumber(c); err == nil && f == f {
			if of, err := c.Number(v); err == nil && f != of {
				t.Fatalf("number() of the value is %v, of the expression %v", of, f)
			}
		}
	})
}
