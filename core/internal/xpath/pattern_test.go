package xpath

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

func patternStatic() *Static {
	return &Static{
		Namespace: func(p string) (string, bool) { return "urn:" + p, p == "p" },
		Function: func(_, local string, _ int) (Function, error) {
			if local != "key" {
				return nil, nil
			}
			return func(c *Context, args []Value) (Value, error) {
				e, err := Compile("//list", nil)
				if err != nil || toString(args[1]) != "L" {
					return NodeSet(nil), err
				}
				return e.Eval(&Context{Node: c.Node})
			}, nil
		},
	}
}

// matching returns the nodes, found by path, that the pattern matches, by name or value.
func matching(t *testing.T, doc *xmldoc.Node, pattern, path string) []string {
	t.Helper()
	p, err := CompilePattern(pattern, patternStatic())
	require.NoError(t, err)
	e, err := Compile(path, nil)
	require.NoError(t, err)
	ns, err := e.EvalNodes(&Context{Node: doc})
	require.NoError(t, err)
	got := []string{}
	for _, n := range ns {
		ok, err := p.Matches(&Context{Node: doc}, n)
		require.NoError(t, err)
		for _, a := range p.Alternatives {
			if hit, err := a.Matches(&Context{}, n); hit {
				require.NoError(t, err)
				require.True(t, a.Quick(n), "the pre-filter lets a match through")
			}
		}
		if ok {
			got = append(got, label(n))
		}
	}
	return got
}

func label(n *xmldoc.Node) string {
	switch {
	case n.Kind == xmldoc.Document:
		return "/"
	case n.Kind == xmldoc.Attribute:
		return "@" + n.Name.Local + n.Value
	case n.Name == nil:
		return n.Value
	}
	return n.Name.Qualified()
}

func TestPatternMatches(t *testing.T) {
	doc := parseDocument(t, sample)
	const everything = "/ | //node() | //@*"
	tests := []struct {
		name, pattern string
		want          []string
	}{
		{"root", "/", []string{"/"}},
		{"name", "leaf", []string{"leaf"}},
		{"prefix", "p:a", []string{"p:a"}},
		{"space", "p:*", []string{"p:a"}},
		{"text", "a/text()", []string{"one", "two"}},
		{"comment", "comment()", []string{"c"}},
		{"node is no attribute and no root", "list/node()", []string{"i", "i", "i", "i"}},
		{"attribute", "@n", []string{"@n1", "@n2", "@n3"}},
		{"any attribute of a child", "p:a/@*", []string{"@n3"}},
		{"child", "d/d", []string{"d"}},
		{"descendant", "deep//leaf", []string{"leaf"}},
		{"descendant goes back", "deep/d//leaf", []string{"leaf"}},
		{"not so deep", "deep/d/leaf", []string{}},
		{"from the root", "/r/list", []string{"list"}},
		{"root is no parent of list", "/list", []string{}},
		{"slashes first", "//list", []string{"list"}},
		{"slashes after the root only", "/r//i", []string{"i", "i", "i", "i"}},
		{"first", "a[1]", []string{"a"}},
		{"second has a child", "a[2]/b", []string{"b"}},
		{"last", "i[last()]/text()", []string{"-3"}},
		{"position", "i[position() > 2]/text()", []string{"x", "-3"}},
		{"position among those that pass", "i[. > 0][2]/text()", []string{"9"}},
		{"value", "i[. = 9]/text()", []string{"9"}},
		{"attribute value", "a[@n = '2']/@n", []string{"@n2"}},
		{"position of an attribute", "a/@*[1]", []string{"@n1", "@n2"}},
		{"union", "leaf | b", []string{"b", "leaf"}},
		{"key", "key('k', 'L')", []string{"list"}},
		{"key with steps", "key('k', 'L')/i[1]/text()", []string{"10"}},
		{"key with slashes", "key('k', 'L')//text()", []string{"10", "9", "x", "-3"}},
		{"other key", "key('k', 'M')", []string{}},
		{"no IDs", "id('x')", []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, matching(t, doc, test.pattern, everything))
		})
	}
}

func TestPatternNodeIsAChild(t *testing.T) {
	doc := parseDocument(t, sample)
	require.Empty(t, matching(t, doc, "node()", "/ | //@*"))
	require.Equal(t, []string{"r"}, matching(t, doc, "node()", "/r"))
}

func TestPatternPriority(t *testing.T) {
	for pattern, want := range map[string]float64{
		"a": 0, "p:a": 0, "@a": 0, "processing-instruction('x')": 0, "p:*": -0.25, "@p:*": -0.25, "*": -0.5, "@*": -0.5,
		"node()": -0.5, "text()": -0.5, "processing-instruction()": -0.5, "a[1]": 0.5, "a/b": 0.5, "//a": 0.5,
		"/a": 0.5,
		"/":  0.5, "key('k', 'v')": 0.5, "id('x')/a": 0.5,
	} {
		p, err := CompilePattern(pattern, patternStatic())
		require.NoError(t, err)
		require.Equal(t, want, p.Alternatives[0].Priority, pattern)
	}
}

func TestPatternErrors(t *testing.T) {
	for _, pattern := range []string{"", "1", "'a'", "a + b", "..", ".", "descendant::a",
		"a/descendant-or-self::node()/b", "(a)", "(a | b)",
		"$x", "a | 1", "key(a, 'b')", "key('a')", "id(a)", "count(a)", "concat('a', 'b')/a", "(key('a', 'b'))/c",
		"a/"} {
		_, err := CompilePattern(pattern, patternStatic())
		require.Equal(t, bcperr.XSLTInvalid, bcperr.CodeOf(err), pattern)
	}
}

func TestPatternBudget(t *testing.T) {
	doc := parseDocument(t, sample)
	p, err := CompilePattern("r//d//leaf", nil)
	require.NoError(t, err)
	e, err := Compile("//leaf", nil)
	require.NoError(t, err)
	leaf, err := e.EvalNodes(&Context{Node: doc})
	require.NoError(t, err)
	_, err = p.Matches(&Context{Budget: &Budget{Steps: 1}}, leaf[0])
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}
