package xpath

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

func parseDocument(t testing.TB, data string) *xmldoc.Node {
	t.Helper()
	doc, err := xmldoc.Parse([]byte(data), xmldoc.DocumentLimits)
	require.NoError(t, err)
	return doc
}

// decided lists the corpus expressions on which JDK and libxslt differ, the result chosen here and why.
var decided = map[string]struct{ want, reason string }{
	"count(//d:a/namespace::*)": {"K3",
		"as the JDK: the namespace nodes of two elements that inherit one declaration are one node"},
	"string(1 div 3)": {"K0.3333333333333333",
		"as the JDK: numbers print as Java prints them (libxslt shows 15 digits)"},
	"count(/d:r/d:a/following-sibling::*)": {"K10",
		"as libxslt and the standard: the JDK counts a node once for each way that reaches it"},
	"function-available('concat')": {"xslt", "a function of XSLT: see package xslt"},
	"count(document(''))":          {"xslt", "document() is refused: see package xslt"},
}

// xsltFunctions are the functions that only package xslt provides; its own tests run their expressions.
var xsltFunctions = []string{"key(", "generate-id(", "format-number(", "system-property(", "function-available(",
	"element-available(", "unparsed-entity-uri(", "document("}

func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t, "corpus", "xpath")
	data, err := os.ReadFile(filepath.Join(dir, "doc.xml"))
	require.NoError(t, err)
	doc := parseDocument(t, string(data))
	lines, err := os.ReadFile(filepath.Join(dir, "vectors.tsv"))
	require.NoError(t, err)
	ran := 0
	for i, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		fields := strings.Split(line, "\t")
		if i == 0 {
			continue
		}
		require.Len(t, fields, 4, line)
		src, want := fields[0], fields[1]
		if fields[3] == "differ" {
			choice, ok := decided[src]
			require.True(t, ok, "engines differ on %s and nothing is decided", src)
			want = choice.want
		}
		if usesXSLT(src) {
			continue
		}
		ran++
		t.Run(src, func(t *testing.T) { require.Equal(t, want, outcome(src, doc)) })
	}
	require.Greater(t, ran, 180, "the corpus is smaller than expected")
}

func usesXSLT(src string) bool {
	for _, f := range xsltFunctions {
		if strings.Contains(src, f) {
			return true
		}
	}
	return false
}

// outcome evaluates src at the document as the corpus does: "K" and the escaped value, or "E" and the code.
func outcome(src string, doc *xmldoc.Node) string {
	list, err := Compile("//d:i", corpusStatic())
	if err != nil {
		return "E" + string(bcperr.CodeOf(err))
	}
	e, err := Compile(src, corpusStatic())
	if err != nil {
		return "E" + string(bcperr.CodeOf(err))
	}
	c := &Context{Node: doc, Position: 1, Size: 1, Variable: func(_, local string) (Value, error) {
		switch local {
		case "v":
			return Number(2), nil
		case "s":
			return String("str"), nil
		case "b":
			return Boolean(true), nil
		}
		return list.Eval(&Context{Node: doc})
	}}
	s, err := e.EvalString(c)
	if err != nil {
		return "E" + string(bcperr.CodeOf(err))
	}
	return "K" + escapeResult(s)
}

func escapeResult(s string) string {
	return strings.NewReplacer("\\", `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s)
}

func corpusStatic() *Static {
	return &Static{
		Namespace: func(prefix string) (string, bool) {
			uri, ok := map[string]string{"d": "urn:d", "p": "urn:p"}[prefix]
			return uri, ok
		},
		Variable: func(space, local string) bool {
			return space == "" && strings.Contains("|v|s|b|ns|", "|"+local+"|")
		},
	}
}
