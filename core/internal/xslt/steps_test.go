package xslt

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
	"github.com/ehealth-bcp/ehealth-bcp/internal/steps"
)

// used names the variable v, which is not worked out else.
const used = `<xsl:if test="$v"/>`

// TestStepsPayForTheWork runs stylesheets that do much with little written, with one step less than what they do costs
// at least: nodes looked at, octets copied, names compared. See xpath's test of the same name.
func TestStepsPayForTheWork(t *testing.T) {
	const n = 500
	wide := "<r>" + strings.Repeat("<i a='1'>t</i>", n) + "</r>"
	each := func(body string) string { return `<xsl:for-each select="//i">` + body + `</xsl:for-each>` }
	value := func(e string) string { return `<xsl:value-of select="` + e + `"/>` }
	variable := func(body string) string { return `<xsl:variable name="v">` + body + `</xsl:variable>` + used }
	long := strings.Repeat("x", 10_000)
	words := "<r>" + strings.Repeat("a ", 10_000) + "</r>"
	for _, c := range []struct {
		name, top, body, source string
		work                    int
	}{
		{"groups joined", `<xsl:key name="k" match="i" use="@a"/>`, value("count(key('k', //i/@a))"), wide, n * n},
		{"an index of many texts", `<xsl:key name="k" match="i" use="//i"/>`, value("count(key('k', 't'))"), wide,
			n * n * 4},
		{"an index of long texts", `<xsl:key name="k" match="i" use="/r"/>`, value("count(key('k', 't'))"), wide,
			n * 2 * n},
		{"variables in scope", "", steps.Many(250, `<xsl:variable name="v%d" select="1"/><xsl:if test="$v%[1]d"/>`) +
			each(value("$v0")), wide, n * 250 / variablesPerStep},
		{"parameters given", `<xsl:template name="t">` + steps.Many(200, `<xsl:param name="p%d"/>`) + `</xsl:template>`,
			each(`<xsl:call-template name="t">` + steps.Many(200, `<xsl:with-param name="q%d" select="1"/>`) +
				`</xsl:call-template>`), wide, n * 200 * (2 + 200/variablesPerStep)},
		{"rules for other names", steps.Many(1000, `<xsl:template match="u:*" priority="%d"/>`),
			`<xsl:apply-templates select="//i"/>`, wide, n * 1000 / rulesPerStep},
		{"rules that begin at a key", `<xsl:key name="k" match="i" use="@a"/>` +
			`<xsl:template match="key('k', '1')">x</xsl:template>`,
			`<xsl:apply-templates select="//i"/>`, wide, n * n / 8},
		{"text in a variable", "", each(variable(long + value("1"))), wide, n * len(long) / copiedPerStep},
		{"text in an attribute", "", each(variable(`<a b="` + long + `{1}"/>`)), wide, n * len(long) / copiedPerStep},
		{"text in a comment", "", each(variable(`<xsl:comment>` + long + value("1") + `</xsl:comment>`)), wide,
			n * len(long) / copiedPerStep},
		{"a variable", "", each(variable("x")), wide, n * treeSteps},
		{"attributes of one element", "",
			each(variable(`<a>` + steps.Many(200, `<xsl:attribute name="{'a'}%d">v</xsl:attribute>`) + `</a>`)), wide,
			n * 200 * 200 / 2 / namesPerStep},
		{"attributes copied", "", `<xsl:copy-of select="/"/>`,
			"<r>" + strings.Repeat("<i"+steps.Many(200, " a%d='1'")+"/>", 50) + "</r>", 50 * 200},
		{"namespaces copied", "", each(variable(`<xsl:copy/>`)), "<r" + steps.Many(200, " xmlns:p%d='urn:%[1]d'") +
			">" + strings.Repeat("<i/>", n) + "</r>", n * 200 * 200 / 2 / namesPerStep},
		{"octets written as xml", "", `<a>` + value("/r") + `</a>`, "<r>" + strings.Repeat("x", 100_000) + "</r>",
			100_000 / writtenPerStep},
		{"messages", "", each(`<xsl:message/>`), wide, n * messageSteps},
		{"sort keys", "", `<xsl:for-each select="//i">` + strings.Repeat(`<xsl:sort select="1"/>`, 20) +
			`</xsl:for-each>`, wide, 20 * n * (3 + 2*9/3)},
		{"sort keys by case", "", `<xsl:for-each select="//i"><xsl:sort select="'` + long[:1000] +
			`'" case-order="upper-first"/></xsl:for-each>`, wide, n * 1000 * 9 / 4},
		{"letters of an alphabet", "", each(`<xsl:number value="1" format="&#x4E00;"/>`), wide, n * 20_000 / 2},
		{"a long number format", "", `<xsl:number value="1" format="{/r}"/>`, words, 20_000},
		{"a long number pattern", "", value("format-number(1, concat('0', translate(/r, '0', '')))"), words,
			20_000 / lettersPerStep},
		{"numbers formatted", "", each(value("format-number(1 div 3, '0.00')")), wide, n * 60},
		{"numbers of nodes", "", value("generate-id()"), wide, 3 * n * numberSteps},
		{"numbers of nodes deep down", "", value("generate-id()"), strings.Repeat("<i>", n) + strings.Repeat("</i>", n),
			n * n / 2},
		{"numbers of declarations", "", value("generate-id()"), "<r" + steps.Many(200, " xmlns:p%d='urn:%[1]d'") + ">" +
			strings.Repeat("<i"+steps.Many(200, " xmlns:p%d='urn:%[1]d'")+"/>", 20) + "</r>", 20 * 200 * 200 / 2},
		{"white space looked for", `<xsl:strip-space elements="` + steps.Many(200, "e%d ") + `"/>`, "x",
			"<r>" + strings.Repeat("<i> <b/></i>", n) + "</r>", n * 200 / namesPerStep},
		{"white space kept by who stands above", `<xsl:strip-space elements="i"/>`, "x",
			strings.Repeat("<i>", 500) + strings.Repeat(" <b/>", n) + strings.Repeat("</i>", 500), 500 * n},
		{"source copied", `<xsl:strip-space elements="r"/>`, "x", "<r> " + strings.Repeat("<i/>", n) + "</r>", 2 * n},
		{"names made", "", each(variable(`<xsl:element name="{concat('` + long[:900] + `', '')}"/>`)), wide,
			n * 900 / lettersPerStep},
		{"prefixes of the source", "", each(`<a xmlns:q="urn:q"><xsl:element name="{'q:'}b"/></a>`),
			strings.Repeat("<r"+steps.Many(50, " xmlns:p%d='urn:%[1]d'")+">", 10) + strings.Repeat("<i/>", n) +
				strings.Repeat("</r>", 10), n * 510 / lookedAtPerStep},
		{"names of keys", `<xsl:key name="k" match="i" use="1"/>`, each(value("count(key('" + long[:900] + "', 1))")),
			wide, n * 900 / lettersPerStep},
		{"names of functions", "", each(value("function-available('" + long[:900] + "')")), wide,
			n * 900 / lettersPerStep},
		{"delimiters", "", value("count(s:tokenize(/r, '" + long[:1000] + "'))"), words,
			20_000 * 1000 / (runesPerStep * copiedPerStep)},
		{"tokens", "", value("count(s:tokenize(/r))"), words, 10_000 * tokenSteps},
		{"tokens of a letter", "", value("count(s:tokenize(/r, ''))"), words, 20_000 * tokenSteps},
		{"parts", "", value("count(s:split(/r, ' '))"), words, 10_000 * tokenSteps},
		{"padding", "", value("string-length(s:padding(20000))"), words, 20_000 / runesPerStep},
		{"padding by a long text", "", value("s:padding(1, /r)"), words, 20_000 / runesPerStep},
		{"aligned texts", "", value("string-length(s:align('a', /r))"), words, 20_000 / runesPerStep},
		{"texts joined", "", each(value("string-length(s:concat(/))")), wide, n * 2 * n},
		{"largest number", "", `<xsl:variable name="i" select="//i"/>` + each(value("m:max($i)")), wide, n * 2 * n},
		{"largest numbers", "", `<xsl:variable name="i" select="//i"/>` + each(value("count(m:highest($i))")), wide,
			n * 2 * n},
		{"different texts", "", `<xsl:variable name="i" select="//i"/>` + each(value("count(e:distinct($i))")), wide,
			n * 2 * n},
		{"difference of sets", "", `<xsl:variable name="i" select="//i"/>` + each(value("count(e:difference($i, $i))")),
			wide, n * 5 * n},
		{"intersection of sets", "", `<xsl:variable name="i" select="//i"/>` + each(value("e:has-same-node($i, $i)")),
			wide, n * 5 * n},
		{"nodes before another", "", `<xsl:variable name="i" select="//i"/>` +
			`<xsl:variable name="l" select="//i[last()]"/>` + each(value("count(e:leading($i, $l))")), wide, n * n / 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Compile([]byte(open + ` xmlns:s="http://exslt.org/strings" xmlns:m="http://exslt.org/math" ` +
				`xmlns:e="http://exslt.org/sets" exclude-result-prefixes="s m e u">` +
				c.top + `<xsl:template match="/">` + c.body + `</xsl:template>` + close))
			require.NoError(t, err)
			limits := DefaultLimits
			limits.Steps = int64(c.work) - 1
			_, err = s.Transform(domOf(t, c.source), limits)
			require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, "more steps")
			limits.Steps = 1 << 40
			_, err = s.Transform(domOf(t, c.source), limits)
			require.NoError(t, err)
		})
	}
}

// TestListsOfChildren: templates that call one another hold a list of children each, so the lists are paid for before
// the children are.
func TestListsOfChildren(t *testing.T) {
	stylesheet := open + `>` + text + `<xsl:template match="r"><xsl:apply-templates/></xsl:template>` +
		`<xsl:template match="i"><xsl:apply-templates select=".."/></xsl:template>` + close
	limits := DefaultLimits
	limits.Steps = 1_000_000
	_, err := transform(t, stylesheet, "<r>"+strings.Repeat("<i/>", 500)+"</r>", limits)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	require.ErrorContains(t, err, "more steps", "and not the depth, which is reached with 2,500,000 places in lists")
}

// TestFrames nests instructions that are no templates.
func TestFrames(t *testing.T) {
	nested := func(depth int) string {
		return open + `>` + text + `<xsl:template match="/"><xsl:call-template name="t">` +
			`<xsl:with-param name="n" select="` + fmt.Sprint(depth) + `"/></xsl:call-template></xsl:template>` +
			`<xsl:template name="t"><xsl:param name="n"/>` + strings.Repeat(`<xsl:if test="$n &gt; 0">`, 200) +
			`<xsl:call-template name="t"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template>` +
			strings.Repeat(`</xsl:if>`, 200) + `</xsl:template>` + close
	}
	limits := DefaultLimits
	limits.Steps = 1 << 40
	_, err := transform(t, nested(maxFrames/202), "<r/>", limits)
	require.NoError(t, err)
	_, err = transform(t, nested(maxFrames/200), "<r/>", limits)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}

// TestNodesOfAllTrees: text, tokens and node-set() make nodes too.
func TestNodesOfAllTrees(t *testing.T) {
	for name, body := range map[string]string{
		"text":     `<xsl:for-each select="//i"><xsl:variable name="v">x</xsl:variable>` + used + `</xsl:for-each>`,
		"tokens":   `<xsl:value-of select="count(s:tokenize(/r, ''))"/>`,
		"node-set": `<xsl:for-each select="//i"><xsl:value-of select="x:nodeset('a')"/></xsl:for-each>`,
	} {
		t.Run(name, func(t *testing.T) {
			stylesheet := open + ` xmlns:s="http://exslt.org/strings" xmlns:x="http://xml.apache.org/xalan">` +
				`<xsl:template match="/">` + body + `</xsl:template>` + close
			limits := DefaultLimits
			limits.Nodes = 500
			_, err := transform(t, stylesheet, "<r>"+strings.Repeat("<i>t</i>", 100)+"</r>", limits)
			require.NoError(t, err)
			_, err = transform(t, stylesheet, "<r>"+strings.Repeat("<i>t</i>", 300)+"</r>", limits)
			require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
		})
	}
}

// TestLongNamespace: names made while a stylesheet runs are no longer than those of a document.
func TestLongNamespace(t *testing.T) {
	for _, body := range []string{
		`<xsl:element name="a" namespace="{concat('urn:', /r)}"/>`,
		`<xsl:element name="a"><xsl:attribute name="p:b" namespace="{concat('urn:', /r)}"/></xsl:element>`,
		`<xsl:variable name="v"><xsl:element name="a" namespace="{concat('urn:', /r)}"/></xsl:variable>` + used,
	} {
		stylesheet := open + `><xsl:template match="/">` + body + `</xsl:template>` + close
		_, err := transform(t, stylesheet, "<r>"+strings.Repeat("x", xmldoc.MaxName-4)+"</r>", DefaultLimits)
		require.NoError(t, err)
		_, err = transform(t, stylesheet, "<r>"+strings.Repeat("x", xmldoc.MaxName-3)+"</r>", DefaultLimits)
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), body)
	}
}

// TestCompileStepsPayForTheWork: what the compiler looks at, against the steps that it takes.
func TestCompileStepsPayForTheWork(t *testing.T) {
	const n = 200
	prefixes := steps.Many(n, ` xmlns:p%d="urn:%[1]d"`)
	for _, c := range []struct {
		name, body string
		work       int
	}{
		{"instructions", strings.Repeat(`<xsl:message/>`, n), n * elementSteps},
		{"literal result elements", strings.Repeat(`<a/>`, n), n * (elementSteps + literalSteps)},
		{"expressions", strings.Repeat(`<xsl:if test="1"/>`, n), n * (elementSteps + expressionSteps)},
		{"long expressions", `<xsl:if test="'` + strings.Repeat("x", 10_000) + `'"/>`, 20_000},
		{"variables in scope", steps.Many(n, `<xsl:variable name="v%d"/>`) + strings.Repeat(`<xsl:if test="$v0"/>`, n),
			n * n / lookedAtPerStep},
		{"prefixes in scope", `<a` + prefixes + `>` + strings.Repeat(`<xsl:if test="u:x"/>`, n) + `</a>`,
			n * n / lookedAtPerStep},
		{"prefixes of results", `<a` + prefixes + `>` + strings.Repeat(`<b/>`, n) + `</a>`, n * n * 2},
		{"elements around", strings.Repeat(`<a>`, 200) + strings.Repeat(`<b/>`, n) + strings.Repeat(`</a>`, 200),
			n * 200 / lookedAtPerStep * 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			budget := &xpath.Budget{Steps: 1 << 40}
			source := []byte(open + `><xsl:template match="/">` + c.body + `</xsl:template>` + close)
			_, err := CompileWithin(source, budget)
			require.NoError(t, err)
			require.GreaterOrEqual(t, 1<<40-budget.Steps, int64(c.work))
			_, err = CompileWithin(source, &xpath.Budget{Steps: 1<<40 - budget.Steps - 1})
			require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
		})
	}
}

// allocated returns how many octets a function takes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestCompileCopiesTextOnce: text between comments is put together once, and not again for each of its pieces.
func TestCompileCopiesTextOnce(t *testing.T) {
	compiling := func(pieces int) uint64 {
		source := []byte(open + `><xsl:template match="/">` + strings.Repeat("a<!---->", pieces) + `</xsl:template>` +
			close)
		return allocated(func() {
			_, err := Compile(source)
			require.NoError(t, err)
		})
	}
	require.Less(t, compiling(20_000), 6*compiling(5_000), "octets for four times the text")
}

// TestGroupingPaysFirst: digits times separators can be more than any memory holds.
func TestGroupingPaysFirst(t *testing.T) {
	sheet := open + `>` + text + `<xsl:template match="/"><xsl:number value="1" format="` + strings.Repeat("0", 5_000) +
		`" grouping-size="1" grouping-separator="` + strings.Repeat(",", 20_000) + `"/></xsl:template>` + close
	require.Less(t, allocated(func() {
		_, err := transform(t, sheet, "<r/>", DefaultLimits)
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	}), uint64(10<<20))
}

// TestFirstFlaw: of several flaws the compiler tells the same one each time.
func TestFirstFlaw(t *testing.T) {
	for _, element := range []string{
		`<xsl:for-each select="a"><xsl:sort order="{document('')}" lang="{"/></xsl:for-each>`,
		`<xsl:number format="{document('')}" grouping-size="{" letter-value="{1"/>`,
	} {
		for range 20 {
			_, err := Compile([]byte(open + `><xsl:template match="/">` + element + `</xsl:template>` + close))
			require.Equal(t, bcperr.XSLTForbidden, bcperr.CodeOf(err), element)
		}
	}
}

func TestNamespacesOfStylesheet(t *testing.T) {
	nested := func(count int) string {
		return open + `><xsl:template match="/">` + steps.Many(count/50,
			`<a`+steps.Many(50, ` xmlns:q%d_%%[1]d="urn:x"`)+`>`) + strings.Repeat(`</a>`, count/50) +
			`</xsl:template>` + close
	}
	_, err := Compile([]byte(nested(200)))
	require.NoError(t, err)
	_, err = Compile([]byte(nested(300)))
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}
