package xslt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const (
	open  = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:u="urn:u"`
	text  = `<xsl:output method="text"/>`
	close = `</xsl:stylesheet>`
)

// TestSandbox compiles what reaches out of the stylesheet, or is none.
func TestSandbox(t *testing.T) {
	match := func(body string) string { return open + `><xsl:template match="/">` + body + `</xsl:template>` + close }
	cases := []struct {
		name, stylesheet string
		want             bcperr.Code
	}{
		{"document", match(`<xsl:value-of select="document('http://evil.example/')"/>`), bcperr.XSLTForbidden},
		{"document, never reached", match(`<xsl:if test="false()"><xsl:copy-of select="document('')"/></xsl:if>`),
			bcperr.XSLTForbidden},
		{"document in a pattern", open + `><xsl:template match="a[document('x')]"/>` + close, bcperr.XSLTForbidden},
		{"document in a key", open + `><xsl:key name="k" match="a" use="document('x')"/>` + close,
			bcperr.XSLTForbidden},
		{"document in an attribute value template", match(`<a b="{document('x')}"/>`), bcperr.XSLTForbidden},
		{"import", open + `><xsl:import href="x"/>` + close, bcperr.XSLTForbidden},
		{"include", open + `><xsl:include href="x"/>` + close, bcperr.XSLTForbidden},
		{"xml-stylesheet", `<?xml-stylesheet href="#x"?>` + match(""), bcperr.XSLTForbidden},
		{"Java function", strings.Replace(match(`<xsl:value-of select="u:exit(1)"/>`), "urn:u",
			"http://xml.apache.org/xalan/java/java.lang.System", 1), bcperr.XSLTForbidden},
		{"dyn:evaluate", strings.Replace(match(`<xsl:value-of select="u:evaluate('1')"/>`), "urn:u",
			"http://exslt.org/dynamic", 1), bcperr.XSLTForbidden},
		{"time of day", strings.Replace(match(`<xsl:value-of select="u:date-time()"/>`), "urn:u",
			"http://exslt.org/dates-and-times", 1), bcperr.XSLTForbidden},
		{"unknown extension function", match(`<xsl:value-of select="u:f()"/>`), bcperr.XSLTForbidden},
		{"extension element without fallback", open + ` extension-element-prefixes="u"><xsl:template match="/">` +
			`<u:write file="x"/></xsl:template>` + close, bcperr.XSLTForbidden},
		{"DOCTYPE", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + match(""), bcperr.XMLForbidden},
		{"not well-formed", `<xsl:stylesheet`, bcperr.XMLMalformed},
		{"empty", ``, bcperr.XMLMalformed},
		{"no stylesheet", `<a/>`, bcperr.XSLTInvalid},
		{"no version", `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>`, bcperr.XSLTInvalid},
		{"attribute that is none", open + ` expand-text="yes"/>`, bcperr.XSLTInvalid},
		{"unknown instruction", match(`<xsl:nope/>`), bcperr.XSLTInvalid},
		{"unknown top-level element", open + `><xsl:nope/>` + close, bcperr.XSLTInvalid},
		{"unknown function", match(`<xsl:value-of select="nope()"/>`), bcperr.XSLTInvalid},
		{"function with too many arguments", match(`<xsl:value-of select="current(1)"/>`), bcperr.XSLTInvalid},
		{"unknown variable", match(`<xsl:value-of select="$x"/>`), bcperr.XSLTInvalid},
		{"variable out of scope", match(`<xsl:if test="1"><xsl:variable name="x" select="1"/></xsl:if>` +
			`<xsl:value-of select="$x"/>`), bcperr.XSLTInvalid},
		{"variable twice", match(`<xsl:variable name="x"/><xsl:variable name="x"/>`), bcperr.XSLTInvalid},
		{"global variable twice", open + `><xsl:variable name="x"/><xsl:param name="x"/>` + close, bcperr.XSLTInvalid},
		{"unknown template", match(`<xsl:call-template name="t"/>`), bcperr.XSLTInvalid},
		{"template twice", open + `><xsl:template name="t"/><xsl:template name="t"/>` + close, bcperr.XSLTInvalid},
		{"template without match and name", open + `><xsl:template/>` + close, bcperr.XSLTInvalid},
		{"unknown attribute set", match(`<a xsl:use-attribute-sets="s"/>`), bcperr.XSLTInvalid},
		{"something else in an attribute set", open + `><xsl:attribute-set name="s"><xsl:text>x</xsl:text>` +
			`</xsl:attribute-set>` + close, bcperr.XSLTInvalid},
		{"no select", match(`<xsl:value-of/>`), bcperr.XSLTInvalid},
		{"select that is no expression", match(`<xsl:value-of select="//["/>`), bcperr.XSLTInvalid},
		{"brace without its pair", match(`<a b="{1"/>`), bcperr.XSLTInvalid},
		{"closing brace alone", match(`<a b="1}"/>`), bcperr.XSLTInvalid},
		{"choose without when", match(`<xsl:choose/>`), bcperr.XSLTInvalid},
		{"two otherwise", match(`<xsl:choose><xsl:when test="1"/><xsl:otherwise/><xsl:otherwise/></xsl:choose>`),
			bcperr.XSLTInvalid},
		{"sort in the wrong place", match(`<xsl:sort/>`), bcperr.XSLTInvalid},
		{"element in xsl:text", match(`<xsl:text><a/></xsl:text>`), bcperr.XSLTInvalid},
		{"attribute called xmlns", match(`<a><xsl:attribute name="xmlns">u</xsl:attribute></a>`), bcperr.XSLTInvalid},
		{"unknown output method", open + `><xsl:output method="pdf"/>` + close, bcperr.XSLTInvalid},
		{"unknown level", match(`<xsl:number level="all"/>`), bcperr.XSLTInvalid},
		{"prefix that is bound to nothing", open + `><xsl:template name="z:t"/>` + close, bcperr.XSLTInvalid},
		{"priority that is no number", open + `><xsl:template match="a" priority="high"/>` + close, bcperr.XSLTInvalid},
		{"two decimal formats of one name", open + `><xsl:decimal-format/><xsl:decimal-format NaN="n"/>` + close,
			bcperr.XSLTInvalid},
		{"local variables", match(numbered(`<xsl:variable name="v%d"/>`)), bcperr.LimitExceeded},
		{"parameters", open + `><xsl:template name="t"/><xsl:template match="/"><xsl:call-template name="t">` +
			numbered(`<xsl:with-param name="v%d"/>`) + `</xsl:call-template></xsl:template>` + close,
			bcperr.LimitExceeded},
		{"rules for white space", open + `><xsl:strip-space elements="` + numbered("e%d ") + `"/>` + close,
			bcperr.LimitExceeded},
		{"elements too deep", match(strings.Repeat("<a>", maxNesting+1) + strings.Repeat("</a>", maxNesting+1)),
			bcperr.LimitExceeded},
		{"parentheses too deep",
			match(`<xsl:value-of select="` + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000) + `"/>`),
			bcperr.LimitExceeded},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Compile([]byte(c.stylesheet))
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

// numbered repeats a text with more numbers than may stand together.
func numbered(format string) string {
	var b strings.Builder
	for i := range maxTogether + 1 {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLimits runs what must be stopped, and then something harmless with the same stylesheet.
func TestLimits(t *testing.T) {
	small := Limits{Steps: 200_000, Depth: 500, Nodes: 1000, OutputBytes: 10_000}
	named := func(body, start string) string {
		return open + `>` + text + `<xsl:template name="t"><xsl:param name="p"/>` + body +
			`</xsl:template><xsl:template match="/">` +
			`<xsl:choose><xsl:when test="/stop">ok</xsl:when><xsl:otherwise>` + start +
			`</xsl:otherwise></xsl:choose></xsl:template>` + close
	}
	cases := []struct{ name, stylesheet string }{
		{"template without end", named(`<xsl:call-template name="t"/>`, `<xsl:call-template name="t"/>`)},
		{"apply-templates without end", open + `>` + text + `<xsl:template match="/"><xsl:if test="/stop">ok</xsl:if>` +
			`<xsl:apply-templates select="/r"/></xsl:template><xsl:template match="r">` +
			`<xsl:apply-templates select="."/></xsl:template>` + close},
		{"attribute set without end", open + `>` + text + `<xsl:attribute-set name="s" use-attribute-sets="s"/>` +
			`<xsl:template match="/"><xsl:choose><xsl:when test="/stop">ok</xsl:when><xsl:otherwise>` +
			`<a xsl:use-attribute-sets="s"/></xsl:otherwise></xsl:choose></xsl:template>` + close},
		{"string that doubles", named(`<xsl:call-template name="t"><xsl:with-param name="p" select="concat($p, $p)"/>`+
			`</xsl:call-template>`, `<xsl:call-template name="t"><xsl:with-param name="p" select="'abcdefgh'"/>`+
			`</xsl:call-template>`)},
		{"fragment that doubles", named(`<xsl:call-template name="t"><xsl:with-param name="p">`+
			`<xsl:copy-of select="$p"/><xsl:copy-of select="$p"/><i/></xsl:with-param></xsl:call-template>`,
			`<xsl:call-template name="t"/>`)},
		{"nested loops",
			named("", strings.Repeat(`<xsl:for-each select="//node()|//@*">`, 8)+strings.Repeat(`</xsl:for-each>`, 8))},
		{"output", named("", strings.Repeat(`<xsl:for-each select="//i">`, 4)+`xxxxxxxxxx`+
			strings.Repeat(`</xsl:for-each>`, 4))},
		{"messages", named("", strings.Repeat(`<xsl:for-each select="//i">`, 4)+`<xsl:message>xxxxxxxxxx</xsl:message>`+
			strings.Repeat(`</xsl:for-each>`, 4))},
		{"attributes of one element",
			strings.Replace(named(`<xsl:if test="$p &gt; 0"><xsl:attribute name="a{$p}">v</xsl:attribute></xsl:if>`,
				`<a>`+numbered(
					`<xsl:call-template name="t"><xsl:with-param name="p" select="%d"/></xsl:call-template>`)+`</a>`),
				text, `<xsl:output omit-xml-declaration="yes"/>`, 1)},
		{"padding", strings.Replace(named("", `<xsl:value-of select="u:padding(1000000000)"/>`), "urn:u", exsltStrings,
			1)},
		{"padding of long characters", strings.Replace(named("",
			`<xsl:if test="string-length(u:padding(9000, '€'))"/>`), "urn:u", exsltStrings, 1)},
		{"text of references", strings.Replace(named("", strings.Repeat("€", 2000)), text,
			`<xsl:output method="text" encoding="US-ASCII"/>`, 1)},
	}
	input := "<r>" + strings.Repeat(`<i a="1"/>`, 20) + "</r>"
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := Compile([]byte(c.stylesheet))
			require.NoError(t, err)
			_, err = s.Transform(domOf(t, input), small)
			require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%v", err)
			r, err := s.Transform(domOf(t, "<stop/>"), small)
			require.NoError(t, err)
			require.Equal(t, "ok", string(r.Output))
		})
	}
}

// TestGlobalDepth makes each global variable need the next one.
func TestGlobalDepth(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString(open + `>` + text)
		for i := range n {
			fmt.Fprintf(&b, `<xsl:variable name="v%d" select="$v%d + 1"/>`, i, i+1)
		}
		fmt.Fprintf(&b, `<xsl:variable name="v%d" select="0"/><xsl:template match="/"><xsl:value-of select="$v0"/>`+
			`</xsl:template>`, n)
		return b.String() + close
	}
	r, err := transform(t, chain(maxWaiting-1), "<r/>", DefaultLimits)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(maxWaiting-1), string(r.Output))
	_, err = transform(t, chain(maxWaiting), "<r/>", DefaultLimits)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}

// TestKeyDepth makes each key need the next one.
func TestKeyDepth(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString(open + `>` + text)
		for i := range n {
			fmt.Fprintf(&b, `<xsl:key name="k%d" match="i" use="count(key('k%d', '0'))"/>`, i, i+1)
		}
		return b.String() + `<xsl:template match="/">[<xsl:value-of select="count(key('k0', '0'))"/>]</xsl:template>` +
			close
	}
	r, err := transform(t, chain(maxWaiting), "<r><i/></r>", DefaultLimits)
	require.NoError(t, err)
	require.Equal(t, "[0]", string(r.Output), "the last finds its node, the one before it none, and so on")
	_, err = transform(t, chain(maxWaiting+1), "<r><i/></r>", DefaultLimits)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}

// TestDepth nests calls up to the limit, far deeper than the stack of a browser takes.
func TestDepth(t *testing.T) {
	stylesheet := open + `>` + text + `<xsl:template match="/"><xsl:call-template name="t">` +
		`<xsl:with-param name="n" select="5000"/></xsl:call-template></xsl:template>
<xsl:template name="t"><xsl:param name="n"/><xsl:if test="$n &gt; 0"><xsl:variable name="f"><a>` +
		`<xsl:call-template name="t"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template></a>` +
		`</xsl:variable>x<xsl:value-of select="$f"/></xsl:if></xsl:template>` + close
	limits := DefaultLimits
	limits.Depth = 5002
	limits.Steps = 1 << 40
	r, err := transform(t, stylesheet, "<r/>", limits)
	require.NoError(t, err)
	require.Len(t, r.Output, 5000)
	limits.Depth = 5001
	_, err = transform(t, stylesheet, "<r/>", limits)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
}

func TestFailures(t *testing.T) {
	match := func(body string) string {
		return open + `>` + text + `<xsl:template match="/">` + body + `</xsl:template>` + close
	}
	cases := []struct{ name, stylesheet string }{
		{"not a node-set", match(`<xsl:for-each select="3"/>`)},
		{"element name", match(`<xsl:element name="{.}"/>`)},
		{"prefix of an element name", match(`<xsl:element name="{concat('p', ., ':b')}"/>`)},
		{"attribute name", match(`<a><xsl:attribute name="{.}"/></a>`)},
		{"name of a processing instruction", match(`<xsl:processing-instruction name="{.}"/>`)},
		{"name of a key", match(`<xsl:value-of select="key(., 1)"/>`)},
		{"name of a system property", match(`<xsl:value-of select="system-property(concat('p', .))"/>`)},
		{"pattern of a number", match(`<xsl:value-of select="format-number(1, concat('0.0.', .))"/>`)},
		{"variable that needs itself", open + `><xsl:variable name="a" select="$b"/>` +
			`<xsl:variable name="b" select="$a"/>` + close},
		{"instruction of a later version", strings.Replace(match(`<xsl:nope/>`), `"1.0"`, `"2.0"`, 1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := transform(t, c.stylesheet, "<r>70010112345</r>", DefaultLimits)
			require.Equal(t, bcperr.XSLTFailed, bcperr.CodeOf(err), "%v", err)
			require.NotContains(t, err.Error(), "70010112345", "a value of the request")
		})
	}
}

func TestMessages(t *testing.T) {
	body := `<xsl:message>one <xsl:value-of select="1 + 1"/></xsl:message>x<xsl:message terminate="TERMINATE">` +
		`<a b="1"/></xsl:message>y`
	stylesheet := open + `>` + text + `<xsl:template match="/">` + body + `</xsl:template>` + close

	r, err := transform(t, strings.Replace(stylesheet, "TERMINATE", "no", 1), "<r/>", DefaultLimits)
	require.NoError(t, err)
	require.Equal(t, "xy", string(r.Output))
	require.Equal(t, []string{"one 2", `<a b="1" xmlns:u="urn:u"/>`}, r.Messages)

	r, err = transform(t, strings.Replace(stylesheet, "TERMINATE", "yes", 1), "<r/>", DefaultLimits)
	require.Equal(t, bcperr.XSLTFailed, bcperr.CodeOf(err))
	require.Equal(t, []string{"one 2", `<a b="1" xmlns:u="urn:u"/>`}, r.Messages)
}

func TestConstant(t *testing.T) {
	cases := []struct {
		name, body string
		want       bool
	}{
		{"text", `x`, true},
		{"nothing", ``, true},
		{"variables and templates", `<xsl:variable name="v" select="concat('a', 'b')"/><xsl:value-of select="$v"/>` +
			`<xsl:call-template name="t"/>`, true},
		{"a path", `<xsl:value-of select="/*"/>`, false},
		{"a path in a variable", `<xsl:variable name="v" select="//a"/><xsl:value-of select="$v"/>`, false},
		{"a test of text", `<xsl:if test="a = 'x'">x</xsl:if>`, false},
		{"a test of what is there", `<xsl:if test="a">x</xsl:if>`, true},
		{"apply-templates", `<xsl:apply-templates/>`, false},
		{"copy", `<xsl:copy/>`, false},
		{"number", `<xsl:number/>`, false},
		{"names", `<xsl:value-of select="name(/*)"/>`, true},
		{"current()", `<xsl:value-of select="current()"/>`, false},
		{"key()", `<xsl:value-of select="key('k', 'x')"/>`, false},
		{"attribute value template", `<a b="{.}"/>`, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := Compile([]byte(open + `><xsl:template match="/">` + c.body +
				`</xsl:template><xsl:template name="t">y</xsl:template>` + close))
			require.NoError(t, err)
			require.Equal(t, c.want, s.Constant())
		})
	}
}

// TestEncodingOfStylesheet reads a stylesheet as text: what its declaration says about octets does not count.
func TestEncodingOfStylesheet(t *testing.T) {
	sheet := open + `>` + text + `<xsl:template match="/">é</xsl:template>` + close
	for name, source := range map[string]string{
		"UTF-8":            `<?xml version="1.0" encoding="UTF-8"?>` + sheet,
		"declared Latin 1": `<?xml version="1.0" encoding='ISO-8859-1'?>` + sheet,
		"declared UTF-16":  `<?xml version="1.0" encoding="UTF-16" standalone="yes"?>` + sheet,
		"byte order mark":  "\uFEFF" + `<?xml version="1.0" encoding="utf-8"?>` + sheet,
		"Latin 1 octets":   strings.ReplaceAll(`<?xml version="1.0" encoding="iso-8859-1"?>`+sheet, "é", "\xE9"),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := transform(t, source, "<r/>", DefaultLimits)
			require.NoError(t, err)
			require.Equal(t, "é", string(r.Output))
		})
	}
}

// TestLargeGroup groups by the first node of key(), which must not cost a walk through the group for each of its nodes.
func TestLargeGroup(t *testing.T) {
	sheet := open + `>` + text + `<xsl:key name="k" match="i" use="@p"/><xsl:template match="/">` +
		`<xsl:for-each select="r/i[generate-id() = generate-id(key('k', @p)[1])]">` +
		`<xsl:value-of select="concat(@p, count(key('k', @p)[1][@p = 1]), count(key('k', 'x')[1]))"/></xsl:for-each>` +
		`</xsl:template>` + close
	result, err := transform(t, sheet, `<r>`+strings.Repeat(`<i p="1"/>`, 5000)+`</r>`,
		Limits{Steps: 200_000, Depth: 100, Nodes: 10_000, OutputBytes: 100})
	require.NoError(t, err)
	require.Equal(t, "110", string(result.Output))
}
