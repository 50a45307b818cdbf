package xpath

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

const sample = `<r xmlns:p="urn:p" xml:lang="nl"><a n="1" m="x">one</a><a n="2">two<b>three</b></a><!--c-->` +
	`<p:a n="3"/><list><i>10</i><i>9</i><i>x</i><i>-3</i></list><deep><d><d><leaf k="v"/></d></d><d/></deep></r>`

func evalAt(t testing.TB, doc *xmldoc.Node, src string) string {
	t.Helper()
	e, err := Compile(src, &Static{Namespace: func(p string) (string, bool) { return "urn:" + p, p == "p" }})
	require.NoError(t, err)
	s, err := e.EvalString(&Context{Node: doc, Position: 1, Size: 1})
	require.NoError(t, err)
	return s
}

// Expectations from XPath 1.0; TestOracle compares thousands more with two other engines.
func TestEval(t *testing.T) {
	doc := parseDocument(t, sample)
	tests := []struct{ name, src, want string }{
		{"reverse axis counts backwards", "name(//leaf/ancestor::*[1])", "d"},
		{"set of a reverse axis is in document order", "name((//leaf/ancestor::*)[1])", "r"},
		{"last on a reverse axis", "name(//leaf/ancestor::*[last()])", "r"},
		{"position after another predicate", "//i[. > 0][2]", "9"},
		{"position before another predicate", "count(//i[2][. > 9])", "0"},
		{"slashes keep positions per parent", "count(//d[1])", "2"},
		{"slashes with last per parent", "count(//d[last()])", "2"},
		{"nested descendants come once", "count(//d//d | //d)", "3"},
		{"nested start nodes, each descendant once", "count(//d//leaf)", "1"},
		{"nested descendants in order", "name((//d//*)[last()])", "leaf"},
		{"children of nested nodes in order", "name((//*/*)[3])", "b"},
		{"reverse axis from one node in document order", "count(//leaf[name((ancestor::*)[1]) = 'r'])", "1"},
		{"first of a reverse axis from one node", "count(//leaf[name(ancestor::*) = 'r'])", "1"},
		{"parents come once", "count(//i/..)", "1"},
		{"union in document order", "(//i | //a)[1]", "one"},
		{"star after operator", "2 * 3", "6"},
		{"star after slash", "count(/*/*)", "5"},
		{"star as operand", "count(*) * 2", "2"},
		{"names of operators", "count(div | mod | and | or)", "0"},
		{"name with minus", "count(//a-b)", "0"},
		{"number then minus", "3 -1", "2"},
		{"point first", ".5 + 5.", "5.5"},
		{"double minus", "--1", "1"},
		{"minus turns into a number", "--'x'", "NaN"},
		{"axis written out", "string(/child::r/child::a/attribute::n)", "1"},
		{"name test with prefix", "string(//p:a/@n)", "3"},
		{"name test without prefix is in no namespace", "count(//a)", "2"},
		{"any name in a namespace", "count(//p:*)", "1"},
		{"comment", "string(//comment())", "c"},
		{"attribute order", "name(//a[1]/@*[2])", "m"},
		{"attributes have no siblings", "count(//@n/following-sibling::node())", "0"},
		{"following of an attribute", "name(//a[2]/@n/following::*[1])", "b"},
		{"preceding leaves out ancestors", "count(//leaf/preceding::*)", "9"},
		{"node-set equals when one node does", "//i = 9 and //i != 9", "true"},
		{"empty set equals nothing", "//none = //none or //none != 1", "false"},
		{"set against boolean", "//none = false()", "true"},
		{"number before a set", "10 < //i", "false"},
		{"number before one attribute", "count(//a[1 < @n])", "1"},
		{"sets by range", "//i > //a/@n", "true"},
		{"sets, none in range", "//i[. = -3] > //a/@n", "false"},
		{"two sets differ in one node", "//a != //a", "true"},
		{"a set of one value does not differ from itself", "//a[1] != //a[1]", "false"},
		{"or stops", "true() or 1 div 0", "true"},
		{"comparison chains to the left", "3 > 2 > 1", "false"},
		{"language of an ancestor", "boolean(//i[lang('NL')])", "true"},
		{"other language", "boolean(//i[lang('n')])", "false"},
		{"substring rounds", "substring('12345', 1.5, 2.6)", "234"},
		{"substring from minus infinity", "substring('12345', -1 div 0, 1 div 0)", ""},
		{"substring past the end", "substring('12345', -42, 1 div 0)", "12345"},
		{"characters, not code units", "string-length('a😀')", "2"},
		{"translate drops", "translate('banana', 'an', 'o')", "booo"},
		{"only XML white space", "normalize-space('\u00a0 a\u2003 ')", "\u00a0 a\u2003"},
		{"negative zero", "string(0 * -1)", "0"},
		{"sign of negative zero", "string(1 div round(-0.2))", "-Infinity"},
		{"no IDs without a DTD", "count(id('x'))", "0"},
		{"name of a text node", "name(//text())", ""},
		{"context node", "name(.)", ""},
		{"root of a path from a node", "count(//leaf/self::leaf[/r])", "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, evalAt(t, doc, test.src)) })
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct {
		name, src string
		code      bcperr.Code
		detail    string
	}{
		{"nothing", "", bcperr.XSLTInvalid, "character 1"},
		{"end", "1 +", bcperr.XSLTInvalid, "character 4"},
		{"counted in characters", "'é' §", bcperr.XSLTInvalid, "character 5"},
		{"open literal", "'abc", bcperr.XSLTInvalid, "does not end"},
		{"open predicate", "a[1", bcperr.XSLTInvalid, `"]"`},
		{"two operands", "a b", bcperr.XSLTInvalid, "operator"},
		{"unknown axis", "side::a", bcperr.XSLTInvalid, "axis"},
		{"unknown prefix", "q:a", bcperr.XSLTInvalid, "prefix"},
		{"unknown variable", "$x", bcperr.XSLTInvalid, "$x"},
		{"unknown function", "nope()", bcperr.XSLTInvalid, "nope()"},
		{"arguments", "concat('a')", bcperr.XSLTInvalid, "1 arguments"},
		{"no node-set", "count('a')", bcperr.XSLTInvalid, "node-set"},
		{"path from a string", "'a'/b", bcperr.XSLTInvalid, "node-set"},
		{"predicate on a number", "(1)[1]", bcperr.XSLTInvalid, "node-set"},
		{"union of a string", "a | 'b'", bcperr.XSLTInvalid, "node-sets"},
		{"slashes without a step", "a//", bcperr.XSLTInvalid, "node test"},
		{"number with letters", "1e3", bcperr.XSLTInvalid, "operator"},
		{"turned writing", "'\u202e", bcperr.XSLTInvalid, `"'\u202e"`},
		{"long name", "$" + strings.Repeat("v", 5000), bcperr.XSLTInvalid, "character 1: "},
		{"bad UTF-8", "a\xff", bcperr.XSLTInvalid, "operator"},
		{"nesting", strings.Repeat("(", 300) + "1" + strings.Repeat(")", 300), bcperr.LimitExceeded, "nests"},
		{"length", strings.Repeat("1+", 5000) + "1", bcperr.LimitExceeded, "tokens"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(test.src, nil)
			require.Equal(t, test.code, bcperr.CodeOf(err))
			require.ErrorContains(t, err, test.detail)
			require.LessOrEqual(t, len(bcperr.DetailOf(err)), 600)
		})
	}
}

func TestLongChainEvaluates(t *testing.T) {
	e, err := Compile(strings.Repeat("1+", 3000)+"1", nil)
	require.NoError(t, err)
	f, err := e.EvalNumber(&Context{})
	require.NoError(t, err)
	require.Equal(t, 3001.0, f)
}

func TestBudget(t *testing.T) {
	doc := parseDocument(t, "<r><f/>"+strings.Repeat("<i>1</i>", 1000)+"<t>"+strings.Repeat("x", 100_000)+"</t></r>")
	tests := []struct {
		name, src string
		steps     int64
		ok        bool
	}{
		{"axis", "count(/r/i)", 900, false},
		{"axis, listed first, and filter", "count(/r/i[position() < last()])", 1500, false},
		{"predicates", "count(//i[. = 1])", 3500, false},
		{"nested", "count(//i[count(//i[. = 1]) > 0])", 100_000, false},
		{"sets compared", "//i = //i/text()", 5000, false},
		{"set sorted", "count(/r/i[1]/following-sibling::*/preceding-sibling::*)", 10_000, false},
		{"long text", "string(/r/t)", 1500, false},
		{"long text searched", "contains(/r/t, 'y')", 2700, false},
		{"long text held", "string(/r/t)", 6000, false},
		{"long text translated away", "translate('y', /r/t, '')", 50_000, false},
		{"an alphabet translated", "translate('Gent', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')", 50,
			true},
		{"sum", "sum(/r/i)", 1500, false},
		{"position stops the axis", "string(/r/i[3])", 50, true},
		{"position stops the axis where nothing like it follows", "count(/r/f[1])", 50, true},
		{"first stops the axis", "string(/r/i)", 50, true},
		{"any stops the axis", "boolean(//i)", 50, true},
		{"last starts at the end", "string(/r/t[last()]/preceding-sibling::i[1])", 50, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := Compile(test.src, nil)
			require.NoError(t, err)
			_, err = e.EvalString(&Context{Node: doc, Budget: &Budget{Steps: test.steps}})
			if test.ok {
				require.NoError(t, err)
			} else {
				require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
			}
		})
	}
	b := &Budget{MaxDepth: 1}
	require.NoError(t, b.Enter())
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(b.Enter()))
	b.Leave()
	require.NoError(t, b.Enter())
}

// A long string in a variable or a fragment is paid for each time it is read.
func TestBudgetOfVariables(t *testing.T) {
	env := &Static{Variable: func(_, _ string) bool { return true }}
	long := strings.Repeat("1", 64_000)
	fragment := parseDocument(t, "<r>"+long+"</r>")
	for _, src := range []string{"number($v)", "string($v)", "$v = 'x'", "$v < 1", "contains($v, 'x')", "sum($n) + $v",
		"-$v"} {
		for _, v := range []Value{String(long), Fragment{fragment}} {
			e, err := Compile(src, env)
			require.NoError(t, err)
			c := &Context{Node: fragment, Budget: &Budget{Steps: 900}, Variable: func(_, local string) (Value, error) {
				if local == "n" {
					return NodeSet(nil), nil
				}
				return v, nil
			}}
			_, err = e.Eval(c)
			require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%s of a %s", src, typeName(v))
		}
	}
}

func TestStringLimit(t *testing.T) {
	env := &Static{Variable: func(_, _ string) bool { return true }}
	c := &Context{Variable: func(_, _ string) (Value, error) { return String(strings.Repeat("a", 3<<20)), nil }}
	for _, src := range []string{"concat($x, $x, $x)", "translate($x, 'a', '😀')"} {
		e, err := Compile(src, env)
		require.NoError(t, err)
		_, err = e.EvalString(c)
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), src)
	}
}

func TestEvalRestoresContext(t *testing.T) {
	doc := parseDocument(t, sample)
	e, err := Compile("//a[@n = '2']/b[1] | (//i)[2] | //leaf/ancestor::*[last()]", nil)
	require.NoError(t, err)
	c := &Context{Node: doc.FirstChild, Position: 7, Size: 9}
	_, err = e.Eval(c)
	require.NoError(t, err)
	require.Equal(t, &Context{Node: doc.FirstChild, Position: 7, Size: 9}, c)
}

func TestExtensionsAndVariables(t *testing.T) {
	doc := parseDocument(t, sample)
	env := &Static{
		Variable: func(_, local string) bool { return local == "f" || local == "n" },
		Function: func(_, local string, args int) (Function, error) {
			if local == "no" {
				return nil, bcperr.New(bcperr.XSLTForbidden, "refused")
			}
			return func(c *Context, args []Value) (Value, error) { return String(toString(args[0]) + "!"), nil }, nil
		},
	}
	_, err := Compile("no()", env)
	require.Equal(t, bcperr.XSLTForbidden, bcperr.CodeOf(err))
	e, err := Compile("shout($n) = 'one!' and $f = 'one' and $f", env)
	require.NoError(t, err)
	fragment := parseDocument(t, "<x>one</x>")
	list, err := Compile("//a", nil)
	require.NoError(t, err)
	c := &Context{Node: doc, Variable: func(_, local string) (Value, error) {
		if local == "f" {
			return Fragment{fragment}, nil
		}
		return list.Eval(&Context{Node: doc})
	}}
	ok, err := e.EvalBool(c)
	require.NoError(t, err)
	require.True(t, ok)
	path, err := Compile("$f/x", env)
	require.NoError(t, err)
	_, err = path.Eval(c)
	require.Equal(t, bcperr.XSLTFailed, bcperr.CodeOf(err), "a fragment is a node-set only through node-set()")
}

func TestReadsContent(t *testing.T) {
	env := &Static{
		Variable: func(_, _ string) bool { return true },
		Function: func(_, _ string, _ int) (Function, error) {
			return func(*Context, []Value) (Value, error) { return nil, nil }, nil
		},
	}
	for src, want := range map[string]bool{
		"1 + 2": false, "concat('a', string(2))": false, "$x": false, "f()": false, "count(//*//*)": false,
		"count(//*[@a])": false,
		"name(*)":        false, "boolean(a)": false, "a = true()": false, "position() + last()": false,
		"//a[2] and not(b)": false,
		"a":                 true, "count(//*[. = 1])": true, "concat($x, a)": true, "string()": true,
		"string-length()": true, "sum(a)": true,
		"a = 1": true, "1 < a": true, "-a": true, "a + 1": true, "lang('nl')": true, "f(string(a))": true, "f(a)": true,
		"boolean(//*[contains(., 'x')])": true,
		"$x/a":                           true, "key[substring(., 2)]": true, "a | b": true, "(a)[1]": true,
	} {
		e, err := Compile(src, env)
		require.NoError(t, err)
		require.Equal(t, want, e.ReadsContent(true), src)
	}
	e, err := Compile("a/b", nil)
	require.NoError(t, err)
	require.False(t, e.ReadsContent(false), "the nodes alone tell no text")
}

func TestFormatNumber(t *testing.T) {
	tests := []struct {
		f    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {1, "1"}, {-1.5, "-1.5"}, {1.0 / 3, "0.3333333333333333"},
		{1e21, "1000000000000000000000"}, {1e-7, "0.0000001"}, {12345678.9, "12345678.9"},
		{1234567890123456789, "1234567890123456770"}, // Java 17's digits; the shortest would end in 800
		{math.Exp2(64), "18446744073709552000"}, {math.Exp2(63), "9223372036854776000"},
		{math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"}, {math.NaN(), "NaN"},
		{2e-3, "0.002"}, {5e-324, "0." + strings.Repeat("0", 323) + "49"},
	}
	for _, test := range tests {
		require.Equal(t, test.want, FormatNumber(test.f), "%g", test.f)
	}
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, " -1.5\n": -1.5, ".5": .5, "5.": 5, "1e3": 1000, "1E-1": .1,
		"-0": 0, "1e999": math.Inf(1)} {
		require.Equal(t, want, parseNumber(text), text)
	}
	for _, text := range []string{"", "+1", "1d", "1f", "0x10", "Infinity", "NaN", "1 2", "- 1", ".", "-", "1e", "1e+",
		"\u00a01", "1_0"} {
		require.True(t, math.IsNaN(parseNumber(text)), text)
	}
}
