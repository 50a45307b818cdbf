package cachekey_test

import (
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// FuzzKey: errors are fine; panics, hangs, errors without a code and two keys for one request are not.
func FuzzKey(f *testing.F) {
	f.Add(sheet(`<xsl:value-of select="//ssin"/>`), request)
	f.Add(sheet(`<xsl:for-each select="//*"><xsl:sort/><a b="{.}"><xsl:copy-of select="@*"/></a></xsl:for-each>`),
		request)
	f.Add(open+`<xsl:key name="k" match="*" use="."/><xsl:template match="*[1]"><xsl:number/><xsl:copy/>`+
		`</xsl:template></xsl:stylesheet>`, request)
	f.Fuzz(func(t *testing.T, stylesheet, envelope string) {
		s, err := cachekey.Compile([]byte(stylesheet))
		if err != nil {
			if bcperr.CodeOf(err) == bcperr.Internal {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		first, err := s.Key([]byte(envelope))
		if bcperr.CodeOf(err) == bcperr.Internal {
			t.Fatalf("no code: %v", err)
		}
		if second, _ := s.Key([]byte(envelope)); second.Text != first.Text || second.Constant != first.Constant {
			t.Fatalf("two keys for one request: %q and %q", first.Text, second.Text)
		}
		_, _ = cachekey.NewCompiler().Rule(&servicelist.Cache{KeyInline: true, Key: stylesheet}, nil)
	})
}
