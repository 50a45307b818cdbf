package cachekey

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xslt"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return data
}

// TestMargin: stylesheets of the kind that the platform publishes take less than a tenth of what they may, to compile
// and to make a key.
func TestMargin(t *testing.T) {
	dir := corpus.Dir(t, "corpus", "cachekey")
	folders, err := os.ReadDir(dir)
	require.NoError(t, err)
	tenth := xslt.DefaultLimits
	tenth.Steps, tenth.Depth, tenth.Nodes, tenth.OutputBytes = tenth.Steps/10, tenth.Depth/4, tenth.Nodes/10,
		tenth.OutputBytes/10
	count := 0
	for _, folder := range folders {
		source, err := os.ReadFile(filepath.Join(dir, folder.Name(), "stylesheet.xslt"))
		if err != nil {
			continue
		}
		request, err := os.ReadFile(filepath.Join(dir, folder.Name(), "envelope.xml"))
		require.NoError(t, err)
		t.Run(folder.Name(), func(t *testing.T) {
			s, err := Compile(source)
			if err != nil {
				require.NotEqual(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
				return
			}
			_, err = xslt.CompileWithin(source, &xpath.Budget{Steps: xslt.CompileSteps / 10})
			require.NoError(t, err)
			source, err := payload.Read(request)
			if err != nil {
				return
			}
			_, err = s.sheet.Transform(source, xslt.DefaultLimits)
			if bcperr.CodeOf(err) == bcperr.LimitExceeded {
				return // it never ends
			}
			_, err = s.sheet.Transform(source, tenth)
			require.NotEqual(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%v", err)
			count++
		})
	}
	require.Greater(t, count, 70)
}

// TestLargeRequests: the stylesheets of the benchmark make a key of 1 MiB.
func TestLargeRequests(t *testing.T) {
	for name, grows := range map[string]string{
		"etk": `p:Identifier`, "memberdata": `m:Facet`, "copy": `transaction`, "group": `t:Item`, "number": `r:Line`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("..", "..", "bench", "keys")
			request := string(read(t, dir, name+".xml"))
			part := regexp.MustCompile(`(?s)<` + grows + `[ >].*?</` + grows + `>`).FindString(request)
			require.NotEmpty(t, part)
			numbers := regexp.MustCompile(`\d{11}`)
			var b strings.Builder
			for i := 0; b.Len() < 1<<20; i++ {
				b.WriteString(numbers.ReplaceAllString(part, fmt.Sprintf("%011d", i)))
			}
			s, err := Compile(read(t, dir, name+".xsl"))
			require.NoError(t, err)
			_, err = s.Key([]byte(strings.Replace(request, part, b.String(), 1)))
			require.NoError(t, err)
		})
	}
}

// TestSortedRequest: a canonical form of 1 MiB, the children of each element sorted.
func TestSortedRequest(t *testing.T) {
	s, err := Compile([]byte(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
		`<xsl:output method="text"/>
<xsl:template match="/"><xsl:apply-templates select="*"/></xsl:template>
<xsl:template match="*">(<xsl:value-of select="local-name()"/><xsl:apply-templates select="*|text()">
<xsl:sort select="local-name()"/><xsl:sort select="."/></xsl:apply-templates>)</xsl:template></xsl:stylesheet>`))
	require.NoError(t, err)
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "<item id='i%d'>\n <ssin>%011d</ssin>\n <code>c%d</code>\n <name>Jan &amp; "+
			"Piet</name>\n</item>\n", i, i*7919, i%10)
	}
	_, err = s.Key([]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>` + b.String() +
		`</q></s:Body></s:Envelope>`))
	require.NoError(t, err)
}

// stylesheet that reads nothing and calls itself without end; n makes it another one.
func endless(n int) string {
	return fmt.Sprintf(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">`+
		`<xsl:template match="/" name="t">`+
		`<xsl:call-template name="t"/><xsl:if test="%d"/></xsl:template></xsl:stylesheet>`, n)
}

// TestSharedSteps: thousands of stylesheets cost no more than some hundreds. What comes after is off, and always the
// same.
func TestSharedSteps(t *testing.T) {
	good := `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">` +
		`<xsl:value-of select="."/></xsl:template></xsl:stylesheet>`
	rule := func(c *Compiler, source string) error {
		_, err := c.Rule(&servicelist.Cache{KeyInline: true, Key: source}, nil)
		return err
	}
	c := NewCompiler()
	require.NoError(t, rule(c, good))
	probed := 0
	for c.left > 0 {
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(rule(c, endless(probed))))
		probed++
	}
	require.Less(t, probed, sharedSteps/2_000, "each is paid for, its compilation too")
	require.Greater(t, probed, 100)
	after := rule(c, strings.Replace(good, `"."`, `"*"`, 1))
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(after))
	require.ErrorContains(t, after, "all of them")
	require.NoError(t, rule(c, good), "what was ready before stays ready")
	left := c.left
	require.Error(t, rule(c, endless(0)))
	require.Equal(t, left, c.left, "a text that was judged before costs nothing")
}

// TestOneOfMany: one stylesheet that takes too much leaves room for the others.
func TestOneOfMany(t *testing.T) {
	c := NewCompiler()
	large := `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">` +
		strings.Repeat(`<a/>`, 60_000) + `</xsl:template></xsl:stylesheet>`
	_, err := c.Rule(&servicelist.Cache{KeyInline: true, Key: large}, nil)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	require.NotContains(t, err.Error(), "all of them")
	require.Greater(t, c.left, int64(sharedSteps/3))
	_, err = Compile([]byte(large))
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "alone too")
}
