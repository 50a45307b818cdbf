package xpath

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOracle compares random expressions with the JDK and xsltproc; it fails where those two agree with each other and
// not with us. BCP_ORACLE is how many expressions; without it, or without java and xsltproc, the test skips.
func TestOracle(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("BCP_ORACLE"))
	if err != nil {
		t.Skip("BCP_ORACLE is not set: no expressions to compare with the JDK")
	}
	java := lookJava(t)
	xsltproc, err := exec.LookPath("xsltproc")
	if err != nil {
		t.Skip("xsltproc is not installed")
	}
	seed := int64(1)
	if s, err := strconv.ParseInt(os.Getenv("BCP_ORACLE_SEED"), 10, 64); err == nil {
		seed = s
	}
	g := generator{rand.New(rand.NewSource(seed))}
	list := make([]string, count)
	for i := range list {
		list[i] = g.expr(3)
	}
	cmd := exec.Command(java, "-Djdk.xml.xpathExprGrpLimit=0", "-Djdk.xml.xpathExprOpLimit=0",
		"testdata/oracle/Oracle.java", "testdata/oracle/doc.xml")
	cmd.Stdin = strings.NewReader(strings.Join(list, "\n") + "\n")
	out, err := cmd.Output()
	require.NoError(t, err)
	results := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, results, count)
	data, err := os.ReadFile("testdata/oracle/doc.xml")
	require.NoError(t, err)
	doc := parseDocument(t, string(data))
	differ, jdkOnly := 0, 0
	for i, src := range list {
		got := outcome(src, doc)
		if got[0] == 'E' && results[i] == "E" || got == results[i] {
			continue
		}
		if other := libxslt(t, xsltproc, src); other != results[i] {
			jdkOnly++
			if os.Getenv("BCP_ORACLE_ALL") != "" && other != got {
				t.Logf("%s\n\tgot %s\n\tjdk %s\n\tlibxslt %s", src, got, results[i], other)
			}
			continue
		}
		differ++
		t.Logf("%s\n\tgot  %s\n\twant %s", src, got, results[i])
	}
	t.Logf("of %d expressions %d differ from both engines, %d only from the JDK or where the two disagree", count,
		differ, jdkOnly)
	require.Zero(t, differ)
}

func lookJava(t *testing.T) string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not installed")
	}
	return java
}

// TestNumberOracle compares a hundred times BCP_ORACLE random numbers with the JDK's digits.
func TestNumberOracle(t *testing.T) {
	count := os.Getenv("BCP_ORACLE")
	if count == "" {
		t.Skip("BCP_ORACLE is not set: no numbers to compare with the JDK")
	}
	out, err := exec.Command(lookJava(t), "testdata/oracle/Numbers.java", "1", count+"00").Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		pattern, want, _ := strings.Cut(strings.TrimSpace(line), "\t")
		number, err := strconv.ParseUint(pattern, 16, 64)
		require.NoError(t, err)
		f := math.Float64frombits(number)
		if size := math.Abs(f); size > 2e25 && size < 4e25 {
			continue // where Java 17 sometimes fails to raise the last digit: see JavaDigits
		}
		require.Equal(t, want, FormatNumber(f), pattern)
	}
}

// libxslt evaluates src as Oracle.java does.
func libxslt(t *testing.T, xsltproc, src string) string {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(src)
	sheet := `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:d="urn:d" ` +
		`xmlns:p="urn:p">` +
		`<xsl:output method="text"/><xsl:variable name="v" select="2"/><xsl:variable name="s" select="'str'"/>` +
		`<xsl:variable name="b" select="true()"/><xsl:variable name="ns" select="//d:i"/>` +
		`<xsl:key name="k" match="d:i" use="@v"/>` +
		`<xsl:template match="/"><xsl:value-of select="` + escaped + `"/></xsl:template></xsl:stylesheet>`
	file := filepath.Join(t.TempDir(), "sheet.xsl")
	require.NoError(t, os.WriteFile(file, []byte(sheet), 0o600))
	out, err := exec.Command(xsltproc, file, "testdata/oracle/doc.xml").Output()
	if err != nil {
		return "E"
	}
	return "K" + escapeResult(string(out))
}

// generator makes random expressions that mostly compile.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.Intn(len(list))] }

func (g generator) expr(depth int) string {
	if depth == 0 {
		return g.leaf()
	}
	switch g.Intn(8) {
	case 0:
		return g.nodes(depth)
	case 1:
		return g.number(depth - 1)
	case 2:
		return g.text(depth - 1)
	case 3:
		return g.boolean(depth - 1)
	case 4:
		return "count(" + g.nodes(depth) + ")"
	case 5:
		return "(" + g.expr(depth-1) + ")"
	case 6:
		return "name((" + g.nodes(depth) + ")[" + g.pick("1", "2", "last()") + "])"
	}
	return "string(" + g.nodes(depth) + ")"
}

func (g generator) leaf() string {
	return g.pick("1", "2", "0", ".5", "3.", "'x'", "''", "'10'", "'2.5'", "@n", ".", "d:i", "$v", "$s", "$b",
		"position()", "last()", "true()", "'a b'", "'é'", "//d:i")
}

func (g generator) nodes(depth int) string {
	head := g.pick("/", "//", "//", "/d:r/", "/*/", "//d:i/", "//d:d3/", "//@*/", "//text()/", "$ns/", "")
	steps := make([]string, 1+g.Intn(3))
	for i := range steps {
		steps[i] = g.step(depth - 1)
	}
	path := head + strings.Join(steps, g.pick("/", "/", "//"))
	switch g.Intn(8) {
	case 0:
		return path + " | " + g.pick("//d:i", "/*", "//@n", "//d:a[1]", "$ns", "//none")
	case 1:
		return "(" + path + ")[" + g.predicate(depth-1) + "]"
	}
	return path
}

func (g generator) step(depth int) string {
	s := g.pick("", "", "", "child::", "descendant::", "descendant-or-self::", "self::", "parent::", "ancestor::",
		"ancestor-or-self::",
		"following-sibling::", "preceding-sibling::", "following::", "preceding::", "@", "attribute::")
	switch {
	case s == "" && g.Intn(6) == 0:
		return g.pick(".", "..")
	case s == "@" || s == "attribute::":
		s += g.pick("*", "n", "v", "k", "p:m", "p:*", "node()", "xml:lang")
	default:
		s += g.pick("*", "*", "node()", "text()", "d:i", "d:a", "d:*", "p:*", "none", "d:d2", "comment()",
			"processing-instruction()", "processing-instruction('pi')")
	}
	for depth > 0 && g.Intn(3) == 0 {
		s += "[" + g.predicate(depth-1) + "]"
		depth--
	}
	return s
}

func (g generator) predicate(depth int) string {
	switch g.Intn(7) {
	case 0:
		return g.pick("1", "2", "3", "last()", "last() - 1", "position() = 2", "position() < 3", "position() != last()",
			"position() mod 2 = 1")
	case 1:
		return g.pick("@n", "@*", "d:b", "text()", "not(*)", "..", "*")
	case 2:
		return g.boolean(depth)
	case 3:
		return g.pick("@v", ".", "@n", "*") + g.pick(" = ", " != ", " < ", " > ") + g.pick("2", "'x'", "9", "//d:i",
			"2.5", "true()")
	case 4:
		return "count(" + g.step(depth) + ")" + g.pick(" = 1", " > 1", " = 0")
	}
	return g.pick("1", "last()", "2", "name() = 'i'", "starts-with(name(), 'd')", "string-length(.) > 2",
		"contains(., 'o')", "$v", "$b")
}

func (g generator) number(depth int) string {
	if depth <= 0 {
		return g.pick("1", "2", "0.1", "10", "-3", "number(.)", "count(//*)", "$v", "1 div 0", "0 div 0", "1e1", "0.5",
			"-0.5", "2.5")
	}
	switch g.Intn(8) {
	case 0:
		return fmt.Sprintf("round(%s)", g.number(depth-1))
	case 1:
		return fmt.Sprintf("%s(%s)", g.pick("floor", "ceiling"), g.number(depth-1))
	case 2:
		return "string-length(" + g.text(depth-1) + ")"
	case 3:
		return "sum(" + g.nodes(depth) + ")"
	case 4:
		return "number(" + g.expr(depth-1) + ")"
	case 5:
		return "-" + g.number(depth-1)
	}
	return "(" + g.number(depth-1) + g.pick(" + ", " - ", " * ", " div ", " mod ") + g.number(depth-1) + ")"
}

func (g generator) text(depth int) string {
	if depth <= 0 {
		return g.pick("'abc'", "'one two'", "' x  y '", "''", "'1.50'", "name()", "string(//d:a[2])", "$s", "'-3'",
			"'é€'", "local-name(/*)", "namespace-uri(//p:a)")
	}
	switch g.Intn(9) {
	case 0:
		return fmt.Sprintf("concat(%s, %s)", g.text(depth-1), g.expr(depth-1))
	case 1:
		return fmt.Sprintf("substring(%s, %s)", g.text(depth-1), g.number(depth-1))
	case 2:
		return fmt.Sprintf("substring(%s, %s, %s)", g.text(depth-1), g.number(depth-1), g.number(depth-1))
	case 3:
		return fmt.Sprintf("translate(%s, %s, %s)", g.text(depth-1), g.text(depth-1), g.text(depth-1))
	case 4:
		return "normalize-space(" + g.text(depth-1) + ")"
	case 5:
		return fmt.Sprintf("%s(%s, %s)", g.pick("substring-before", "substring-after"), g.text(depth-1),
			g.text(depth-1))
	case 6:
		return g.pick("name", "local-name", "namespace-uri") + "(" + g.nodes(depth) + ")"
	}
	return "string(" + g.expr(depth-1) + ")"
}

func (g generator) boolean(depth int) string {
	if depth <= 0 {
		return g.pick("true()", "false()", "@n", "$b", "lang('nl')", "boolean(.)", "not(@v)")
	}
	switch g.Intn(7) {
	case 0:
		return "not(" + g.expr(depth-1) + ")"
	case 1:
		return "(" + g.boolean(depth-1) + g.pick(" and ", " or ") + g.boolean(depth-1) + ")"
	case 2:
		return fmt.Sprintf("%s(%s, %s)", g.pick("starts-with", "contains"), g.text(depth-1), g.text(depth-1))
	case 3:
		return "boolean(" + g.expr(depth-1) + ")"
	}
	return "(" + g.expr(depth-1) + g.pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + g.expr(depth-1) + ")"
}
