package xslt

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDifferential transforms random sources with random stylesheets, here and in the JDK. It runs when BCP_FUZZ says
// how many pairs to make (BCP_FUZZ_SEED: from which seed on), and fails for each difference: of 20,000 pairs some 30
// are of the kinds that docs/cache.md lists, so it is no part of make fuzz.
func TestDifferential(t *testing.T) { differential(t, 1, generator.stylesheet) }

// TestDifferentialNamespaces does the same with stylesheets that name no output method and have two to five prefixes,
// for the order in which the first element declares them. No difference is known: make fuzz runs it.
func TestDifferentialNamespaces(t *testing.T) { differential(t, 2, generator.prefixed) }

func differential(t *testing.T, stream uint64, stylesheet func(generator) string) {
	t.Helper()
	count, _ := strconv.Atoi(os.Getenv("BCP_FUZZ"))
	if count == 0 {
		t.Skip("BCP_FUZZ is not set")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("no java: the oracle is not here")
	}
	seed, _ := strconv.ParseUint(os.Getenv("BCP_FUZZ_SEED"), 10, 64)
	dir := t.TempDir()
	for i := range count {
		g := generator{rand.New(rand.NewPCG(seed+uint64(i), stream))}
		write(t, filepath.Join(dir, fmt.Sprintf("%d.xsl", i)), stylesheet(g))
		write(t, filepath.Join(dir, fmt.Sprintf("%d.xml", i)), g.source())
	}
	compareWithJDK(t, java, dir, count, seed)
}

// compareWithJDK transforms each pair of a folder here and in the JDK.
func compareWithJDK(t *testing.T, java, dir string, count int, seed uint64) {
	t.Helper()
	out, err := exec.Command(java, filepath.Join("testdata", "oracle", "Transform.java"), dir).CombinedOutput()
	require.NoError(t, err, string(out))
	refused, wrong := 0, 0
	for i := range count {
		base := filepath.Join(dir, strconv.Itoa(i))
		want, err := os.ReadFile(base + ".jdk")
		require.NoError(t, err)
		if strings.HasPrefix(string(want), "ERROR ") {
			refused++ // also where the JDK generates wrong code; what we must refuse has tests of its own
			continue
		}
		got, err := transformFiles(base+".xsl", base+".xml")
		if err == nil && string(got) == string(want) {
			continue
		}
		if wrong++; wrong > 5 {
			continue
		}
		stylesheet, _ := os.ReadFile(base + ".xsl")
		source, _ := os.ReadFile(base + ".xml")
		t.Errorf("seed %d: error %v\n--- got\n%s\n--- want\n%s\n--- stylesheet\n%s\n--- source\n%s", seed+uint64(i),
			err, got, want, stylesheet, source)
	}
	t.Logf("%d pairs, %d that the JDK refuses, %d different; xsltproc agrees with the JDK on %d", count, refused, wrong,
		libxsltAgrees(dir, count))
}

// libxsltAgrees counts the pairs for which xsltproc writes what the JDK writes; -1 when it is not installed. Where the
// two differ the JDK decides: the servers' keys come from there.
func libxsltAgrees(dir string, count int) (agrees int) {
	xsltproc, err := exec.LookPath("xsltproc")
	if err != nil {
		return -1
	}
	for i := range count {
		base := filepath.Join(dir, strconv.Itoa(i))
		out, _ := exec.Command(xsltproc, "--nonet", base+".xsl", base+".xml").Output()
		want, err := os.ReadFile(base + ".jdk")
		if err == nil && strings.TrimRight(string(out), "\n") == strings.TrimRight(string(want), "\n") {
			agrees++
		}
	}
	return agrees
}

func write(t *testing.T, path, text string) {
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// generator makes stylesheets and sources from a grammar over a small vocabulary.
type generator struct{ *rand.Rand }

func (g generator) one(of ...string) string { return of[g.IntN(len(of))] }
func (g generator) chance(of int) bool      { return g.IntN(of) == 0 }

func (g generator) source() string {
	return `<r xmlns:p="urn:p" xmlns:q="urn:q"` + g.attributes() + ">" + g.nodes(4) + "</r>"
}

func (g generator) attributes() (s string) {
	for _, name := range []string{"z", "id", "b", "p:a", "q:b", "xml:lang", "n"} {
		if g.chance(4) {
			s += " " + name + `="` + g.one("1", "2", "10", "x y", "&lt;é&amp;&quot;", "-3.5", "", "en") + `"`
		}
	}
	return s
}

func (g generator) nodes(depth int) (s string) {
	for range g.IntN(5) {
		switch k := g.IntN(10); {
		case k < 5 && depth > 0:
			name := g.one("a", "b", "c", "d", "p:a", "q:c")
			decl := ""
			if g.chance(6) {
				decl = g.one(` xmlns="urn:d"`, ` xmlns:m="urn:m"`, ` xmlns:p="urn:p2"`, ` xmlns=""`)
			}
			s += "<" + name + decl + g.attributes() + ">" + g.nodes(depth-1) + "</" + name + ">"
		case k < 8:
			s += g.one("text", " ", "\n  ", "12", "3", "a &lt; b &amp; c", "é€", "<![CDATA[<x>]]>", "B", "-", "x]]&gt;",
				"&#13;", "\t")
		case k == 8:
			s += "<!--" + g.one("c", " comment ", "") + "-->"
		default:
			s += "<?" + g.one("pi data", "t", `x y="z"`) + "?>"
		}
	}
	return s
}

func (g generator) stylesheet() string {
	var b strings.Builder
	b.WriteString(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:p="urn:p" ` +
		`xmlns:q="urn:q"`)
	hasDefault := g.chance(4)
	if hasDefault {
		b.WriteString(` xmlns="urn:d"`)
	}
	if g.chance(3) {
		b.WriteString(` exclude-result-prefixes="` + g.one("p", "p q", "q") + `"`)
	}
	b.WriteString(">\n" + g.output())
	if g.chance(3) {
		strip, preserve := g.one("*", "a b", "p:*", "r"), g.one("a", "c", "p:a")
		if hasDefault { // the JDK takes names without a prefix into it: docs/cache.md
			strip, preserve = g.one("*", "p:*", "p:a q:c"), "p:a"
		}
		b.WriteString(`<xsl:strip-space elements="` + strip + `"/>`)
		if g.chance(3) {
			b.WriteString(`<xsl:preserve-space elements="` + preserve + `"/>`)
		}
	}
	b.WriteString(`<xsl:key name="k" match="` + g.one("*", "a", "b | c", "p:a", "*[@id]", "a//c") + `" use="` +
		g.one("@id", "name()", ".", "@*", "count(*)") + `"/>` + "\n")
	b.WriteString(`<xsl:attribute-set name="s"><xsl:attribute name="` + g.one("s", "id", "p:a") + `">` + g.one("v",
		"<xsl:value-of select='name()'/>") + `</xsl:attribute></xsl:attribute-set>` + "\n")
	b.WriteString(`<xsl:variable name="g" select="` + g.expr() + `"/>` + "\n")
	b.WriteString(`<xsl:variable name="f">` + g.body(2, true) + `</xsl:variable>` + "\n")
	b.WriteString(`<xsl:template name="t"><xsl:param name="x" select="` + g.one("1", "'d'", "*") +
		`"/><xsl:value-of select="$x"/>` + g.body(2, false) + `</xsl:template>` + "\n")
	b.WriteString(`<xsl:template match="/"><out>` + g.body(3, false) + `<xsl:apply-templates/></out></xsl:template>` +
		"\n")
	for range 2 + g.IntN(5) {
		mode, priority := "", ""
		if g.chance(4) {
			mode = ` mode="m"`
		}
		if g.chance(5) {
			priority = ` priority="` + g.one("1", "-1", "0.25", "2") + `"`
		}
		b.WriteString(`<xsl:template match="` + g.pattern() + `"` + mode + priority + `>` + g.body(3, false) +
			`<xsl:apply-templates select="` + g.one("*", "node()", "text()", "*|@*") + `"` + mode +
			`/></xsl:template>` + "\n")
	}
	b.WriteString("</xsl:stylesheet>\n")
	return b.String()
}

// prefixed is a stylesheet of literal elements and attributes under two to five prefixes, without an output method.
func (g generator) prefixed() string {
	prefixes := []string{"etk", "hub", "kmehr", "ins", "p", "a", "zz", "soap", "ns1", "Q"}
	g.Shuffle(len(prefixes), func(i, j int) { prefixes[i], prefixes[j] = prefixes[j], prefixes[i] })
	prefixes = prefixes[:2+g.IntN(4)]
	declared := ""
	for _, p := range prefixes {
		declared += ` xmlns:` + p + `="urn:` + p + `"`
	}
	if g.chance(4) {
		declared += ` xmlns="urn:d"`
	}
	if g.chance(4) {
		declared += ` exclude-result-prefixes="` + g.one(prefixes...) + `"`
	}
	return `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"` + declared + `>` +
		g.one("", "<xsl:output/>", `<xsl:output omit-xml-declaration="yes"/>`) + `<xsl:template match="/">` +
		g.one("", "", "<xsl:comment>c</xsl:comment>", "text") + g.tagged(prefixes, 2) +
		`</xsl:template></xsl:stylesheet>`
}

// tagged is an element of one of the prefixes with attributes of others.
func (g generator) tagged(prefixes []string, depth int) string {
	name := g.one(append(prefixes, "")...)
	if name != "" {
		name += ":"
	}
	name += g.one("key", "id", "e")
	attributes := ""
	for _, p := range prefixes {
		if g.chance(3) {
			attributes += " " + p + `:v="` + g.one("1", "{name(*)}") + `"`
		}
	}
	content := `<xsl:value-of select="` + g.one("name(/*)", "count(//*)", "//@id") + `"/>`
	if g.chance(3) {
		content = `<xsl:attribute name="` + g.one(prefixes...) + `:w">2</xsl:attribute>` + content
	}
	for range g.IntN(3) {
		if depth > 0 {
			content += g.tagged(prefixes, depth-1)
		}
	}
	return "<" + name + attributes + ">" + content + "</" + name + ">"
}

func (g generator) output() string {
	s := "<xsl:output"
	if !g.chance(4) {
		s += ` method="` + g.one("xml", "xml", "text", "html") + `"`
	}
	if g.chance(3) {
		s += ` indent="` + g.one("yes", "no") + `"`
	}
	if g.chance(3) {
		s += ` omit-xml-declaration="yes"`
	}
	if g.chance(5) {
		s += ` encoding="` + g.one("UTF-8", "ISO-8859-1", "US-ASCII", "UTF-16") + `"`
	}
	if g.chance(6) {
		s += ` cdata-section-elements="` + g.one("a", "out", "p:a e") + `"`
	}
	if g.chance(8) {
		s += ` standalone="yes"`
	}
	if g.chance(8) {
		s += ` doctype-system="s.dtd"`
		if g.chance(2) {
			s += ` doctype-public="-//X"`
		}
	}
	return s + "/>\n"
}

func (g generator) pattern() string {
	p := g.one("a", "b", "c", "p:a", "q:c", "*", "p:*", "@id", "@*", "text()", "node()", "comment()", "a/b", "a//c",
		"/r", "/r/a",
		"*[@id]", "a[1]", "b[last()]", "text()[. = '12']", "processing-instruction()", "c[@n &gt; 1]", "d[b or c]",
		"*[position() = 2]", "r//d")
	if g.chance(6) {
		p += " | " + g.pattern()
	}
	return p
}

func (g generator) path() string {
	return g.one("a", "b", "*", "//a", "//*", ".//b", "@*", "@id", "..", "../*", "text()", "node()", "//@id", "*[1]",
		"*[last()]", "ancestor::*",
		"*/following-sibling::*[1]", "preceding::*", "preceding-sibling::node()", "//p:a", "//q:*", "descendant::c",
		"*[@id]", "*/*", "//text()", "a | b", ".", "/*",
		"key('k', '1')", "key('k', @id)", "ancestor-or-self::node()", "self::a", "//*[@n &gt; 1]", "following::*[2]",
		"comment()", "//processing-instruction()")
}

func (g generator) expr() string {
	switch g.IntN(12) {
	case 0:
		// count(x[1]) is always 1 in the JDK
		return "count(" + g.one("*", "//a", "@*", "..", "node()", "ancestor::*", "preceding::*", "//p:a", "*/*",
			"key('k', '1')") + ")"
	case 1:
		return "name(" + g.path() + ")"
	case 2:
		return "concat(" + g.path() + ", '-', " + g.path() + ")"
	case 3:
		return "string-length(" + g.path() + ")"
	case 4:
		return "sum(" + g.one("//@n", "//@id", "*") + ")"
	case 5:
		return "normalize-space(" + g.path() + ")"
	case 6:
		return "number(" + g.path() + ") " + g.one("+", "*", "-", "div", "mod") + " " + g.one("2", "0.5", "3",
			"count(*)")
	case 7:
		return g.path() + " " + g.one("=", "!=", "&lt;", "&gt;=") + " " + g.one("1", "'x'", g.path())
	case 8:
		return "translate(substring(" + g.path() + ", " + g.one("1, 2", "2", "0, 3") + "), 'abc', 'AB')"
	case 9:
		return "format-number(" + g.one("1234.5", "count(//*)", "-0.256", "position()") + ", '" + g.one("#,##0.00", "0",
			"000.#", "#%") + "')"
	case 10:
		return "local-name(" + g.path() + ")"
	}
	return g.path()
}

func (g generator) test() string {
	return g.one("*", "@id", "position() = 1", "not(*)", "count(*) &gt; 1", "self::a", "@n = 1", "last() &gt; 2",
		". = 'text'", "position() mod 2 = 0", "starts-with(name(), 'p')", "contains(., 'e')")
}

func (g generator) sort() string {
	if !g.chance(3) {
		return ""
	}
	return `<xsl:sort select="` + g.one(".", "@id", "name()", "@n", "count(*)") + `" data-type="` + g.one("text",
		"number") + `" order="` + g.one("ascending", "descending") + `"/>`
}

// body makes a sequence of instructions. A constant one asks for nothing that a global variable cannot have.
func (g generator) body(depth int, constant bool) (s string) {
	for range 1 + g.IntN(3) {
		s += g.instruction(depth, constant)
	}
	return s
}

func (g generator) instruction(depth int, constant bool) string {
	if depth == 0 {
		return g.one("text", "<xsl:text> </xsl:text>", `<xsl:value-of select="`+g.expr()+`"/>`, "é&lt;", "<e/>")
	}
	inner := func() string { return g.body(depth-1, constant) }
	if g.chance(4) {
		return g.rare(inner, constant)
	}
	switch g.IntN(22) {
	case 0:
		return `<xsl:value-of select="` + g.expr() + `"/>`
	case 1:
		return `<e id="{` + g.expr() + `}"` + g.one("", ` p:x="1"`, ` xsl:use-attribute-sets="s"`, ` xmlns:n="urn:n"`) +
			`>` + inner() + `</e>`
	case 2:
		return `<p:e>` + inner() + `</p:e>`
	case 3:
		return `<xsl:if test="` + g.test() + `">` + inner() + `</xsl:if>`
	case 4:
		return `<xsl:choose><xsl:when test="` + g.test() + `">` + inner() + `</xsl:when><xsl:otherwise>` + inner() +
			`</xsl:otherwise></xsl:choose>`
	case 5:
		return `<xsl:for-each select="` + g.path() + `">` + g.sort() + inner() + `</xsl:for-each>`
	case 6:
		return `<xsl:copy-of select="` + g.path() + `"/>`
	case 7:
		return `<xsl:copy>` + inner() + `</xsl:copy>`
	case 8:
		return `<e><xsl:attribute name="` + g.one("x", "p:x", "id") + `">` + g.one("v",
			`<xsl:value-of select="name()"/>`) + `</xsl:attribute>` + inner() + `</e>`
	case 9:
		return `<xsl:element name="` + g.one("n", "p:n", "{name(//*)}") + `"` + g.one("", ` namespace="urn:w"`, "") +
			`>` + inner() + `</xsl:element>`
	case 10:
		return `<xsl:comment>` + g.one("c", "a--b", `<xsl:value-of select="name()"/>`) + `</xsl:comment>`
	case 11:
		return `<xsl:processing-instruction name="t">` + g.one("d", "x y") + `</xsl:processing-instruction>`
	case 12:
		return `<xsl:number` + g.one("", ` level="any"`, ` level="multiple"`, ` value="position()"`) + g.one("",
			` count="*"`, ` count="a|b"`) + g.one("", ` format="A"`, ` format="1.i"`, ` format="(1)"`) + `/>`
	case 13:
		if constant {
			return "v"
		}
		return `<xsl:value-of select="$g"/>`
	case 14:
		if constant {
			return "<v/>"
		}
		return `<xsl:copy-of select="$f"/>`
	case 15:
		if constant {
			return "t"
		}
		return `<xsl:call-template name="t"><xsl:with-param name="x" select="` + g.expr() + `"/></xsl:call-template>`
	case 16:
		return g.one("plain", "\n", "a &amp; b", "é€\U0001F600")
	case 17:
		return `<xsl:text>` + g.one(" ", "\n", "x", "]]&gt;") + `</xsl:text>`
	case 18:
		return g.one(`<br/>`, `<p>`+inner()+`</p>`, `<td nowrap="nowrap" class="é">x</td>`, `<a href="é &amp; x">l</a>`,
			`<script>a &lt; b</script>`, `<head><title>t</title></head>`)
	case 19:
		if constant {
			return "l" // the JDK takes a local variable inside a global one for a circle
		}
		name := g.one("u", "w") + strconv.Itoa(g.IntN(1_000_000))
		return `<xsl:variable name="` + name + `">` + inner() + `</xsl:variable><xsl:value-of select="$` + name +
			`"/>` + g.one("", `<xsl:copy-of select="$`+name+`"/>`)
	case 20:
		return `<xsl:apply-templates select="` + g.one("*", "text()", "@*") + `" mode="m">` + g.sort() +
			`</xsl:apply-templates>`
	}
	return `<xsl:value-of disable-output-escaping="yes" select="` + g.one("'&lt;'", "'&amp;'", ".") + `"/>`
}

// rare makes an instruction of a less common form.
func (g generator) rare(inner func() string, constant bool) string {
	switch g.IntN(14) {
	case 0:
		return `<e xml:space="preserve"> ` + inner() + `
  </e>`
	case 1:
		return `<o xmlns="` + g.one("", "urn:o", "urn:d") + `">` + inner() + `</o>`
	case 2:
		return `<e><xsl:attribute name="` + g.one("y", "p:y", "q:y") + `" namespace="` + g.one("urn:y", "urn:p",
			"urn:q", "") + `">` + g.one("1", "&lt;&#10;") + `</xsl:attribute>` + inner() + `</e>`
	case 3:
		return `<xsl:element name="` + g.one("n", "q:n", "{local-name(//*)}") + `" namespace="` +
			g.one("{namespace-uri(//*[last()])}", "urn:p", "urn:z", "") + `">` + inner() + `</xsl:element>`
	case 4:
		return `<xsl:copy use-attribute-sets="s">` + inner() + `</xsl:copy>`
	case 5:
		return `<e xsl:exclude-result-prefixes="` + g.one("p", "q") + `" xmlns:x="urn:x"><x:i/>` + inner() + `</e>`
	case 6:
		return `<xsl:value-of select="generate-id(` + g.one("//a", "//@id", "/", "//text()") + `)"/>`
	case 7:
		return `<xsl:for-each select="` + g.path() + `">` + `<xsl:if test="current() = ` + g.path() + `">` + inner() +
			`</xsl:if></xsl:for-each>`
	case 8:
		return `
    ` + g.one("<i/>", "t", "<xsl:text>  </xsl:text>") + `
    <!-- c --> ` + inner()
	case 9:
		return `<ul><li>` + inner() + `</li><li><b>x</b>` + inner() + `</li></ul>`
	case 10:
		return `<html><body><table><tr><td>` + inner() + `</td><td><input checked="checked"/><img src="a b"/></td>` +
			`</tr></table></body></html>`
	case 11:
		return `<xsl:value-of select="count(ancestor::*)"/>`
	case 12:
		if constant {
			return "c"
		}
		return `<xsl:call-template name="t"><xsl:with-param name="x">` + inner() +
			`</xsl:with-param></xsl:call-template>`
	}
	if constant {
		return "k"
	}
	return `<xsl:for-each xmlns:exsl="http://exslt.org/common" select="exsl:node-set($f)` + g.one("/*", "/*/text()",
		"/*/*") + `"><xsl:copy>` + inner() + `</xsl:copy></xsl:for-each>`
}
