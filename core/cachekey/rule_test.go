package cachekey_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

const (
	open = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
		`<xsl:output method="text"/>`
	request = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q><ssin>85020300169</ssin>` +
		`</q></s:Body></s:Envelope>`
)

// sheet wraps the body of the one template.
func sheet(body string) string {
	return open + `<xsl:template match="/">` + body + `</xsl:template></xsl:stylesheet>`
}

func TestCompilerRule(t *testing.T) {
	good := sheet(`<xsl:value-of select="//ssin"/>`)
	tests := []struct {
		name     string
		cache    *servicelist.Cache
		supplied string
		code     bcperr.Code // "" when the cache is on
	}{
		{"good", &servicelist.Cache{KeyInline: true, Key: good}, "", ""},
		{"no cache", nil, "", bcperr.CacheOff},
		{"bad cache", &servicelist.Cache{KeyInline: true, Key: good, Off: bcperr.CacheInvalid}, "",
			bcperr.CacheInvalid},
		{"bad expiry", &servicelist.Cache{KeyInline: true, Key: good, Off: bcperr.ExpiryInvalid}, "",
			bcperr.ExpiryInvalid},
		{"bad expiry stays bad with a stylesheet", &servicelist.Cache{Off: bcperr.ExpiryInvalid}, good,
			bcperr.ExpiryInvalid},
		{"not signed", &servicelist.Cache{Key: "https://x/y.xslt", Off: bcperr.KeyNotSigned}, "", bcperr.KeyNotSigned},
		{"not signed, supplied", &servicelist.Cache{Key: "https://x/y.xslt", Off: bcperr.KeyNotSigned}, good, ""},
		{"not signed, supplied a bad one", &servicelist.Cache{Key: "https://x/y.xslt", Off: bcperr.KeyNotSigned},
			"<a/>", bcperr.XSLTInvalid},
		{"signed beats supplied", &servicelist.Cache{KeyInline: true, Key: sheet("x")}, good, bcperr.KeyConstant},
		{"no text", &servicelist.Cache{KeyInline: true}, "", bcperr.XMLMalformed},
		{"white space before the declaration",
			&servicelist.Cache{KeyInline: true, Key: "\n<?xml version=\"1.0\"?>" + good}, "", bcperr.XMLMalformed},
		{"document type", &servicelist.Cache{KeyInline: true, Key: "<!DOCTYPE a>" + good}, "", bcperr.XMLForbidden},
		{"constant", &servicelist.Cache{KeyInline: true, Key: sheet("x")}, "", bcperr.KeyConstant},
		{"constant by counting", &servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:value-of select="count(//*)"/>`)},
			"", bcperr.KeyConstant},
		{"constant by names",
			&servicelist.Cache{KeyInline: true,
				Key: sheet(`<xsl:for-each select="//*"><xsl:value-of select="name()"/></xsl:for-each>`)}, "",
			bcperr.KeyConstant},
		{"constant by names that not every request has",
			&servicelist.Cache{KeyInline: true,
				Key: sheet(`<xsl:for-each select="/Query/*"><xsl:value-of select="position()"/></xsl:for-each>`)}, "",
			bcperr.KeyConstant},
		{"constant by namespaces",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:value-of select="namespace-uri(/*/*)"/>`)}, "",
			bcperr.KeyConstant},
		{"constant, or it stops",
			&servicelist.Cache{KeyInline: true,
				Key: sheet(`<xsl:if test="not(/Query)"><xsl:message terminate="yes"/></xsl:if>x`)}, "",
			bcperr.KeyConstant},
		{"constant and long",
			&servicelist.Cache{KeyInline: true,
				Key: sheet(strings.Repeat(`<xsl:for-each select="//*">`, 5) + "x" + strings.Repeat("</xsl:for-each>",
					5))}, "", bcperr.LimitExceeded},
		{"not constant: a test reads text",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:if test="//ssin = '1'">x</xsl:if>`)}, "", ""},
		{"not constant: a sort reads text",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:for-each select="//*"><xsl:sort select="."/>` +
				`<xsl:value-of select="name()"/></xsl:for-each>`)}, "", ""},
		{"not constant: attribute value template",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:element name="{//ssin}"/>`)}, "", ""},
		{"not constant: copy", &servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:copy-of select="//ssin"/>`)}, "",
			""},
		{"not constant: variable",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:variable name="v" select="//ssin"/>` +
				`<xsl:value-of select="$v"/>`)}, "", ""},
		{"not constant: built-in rules", &servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:apply-templates/>`)}, "",
			""},
		{"not constant: built-in rule for the root",
			&servicelist.Cache{KeyInline: true, Key: open + `<xsl:template match="other">x</xsl:template>` +
				`</xsl:stylesheet>`}, "", ""},
		{"empty for all", &servicelist.Cache{KeyInline: true, Key: sheet("")}, "", bcperr.KeyEmpty},
		{"fails for all",
			&servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:message terminate="yes">no</xsl:message>`)}, "",
			bcperr.XSLTFailed},
		{"forbidden", &servicelist.Cache{KeyInline: true, Key: sheet(`<xsl:value-of select="document(//ssin)"/>`)}, "",
			bcperr.XSLTForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var supplied []byte
			if test.supplied != "" {
				supplied = []byte(test.supplied)
			}
			rule, err := cachekey.NewCompiler().Rule(test.cache, supplied)
			require.Equal(t, test.code, bcperr.CodeOf(err), "%v", err)
			require.Equal(t, err == nil, rule != nil)
		})
	}
}

func TestRuleKey(t *testing.T) {
	rule, err := cachekey.NewCompiler().Rule(&servicelist.Cache{KeyInline: true, Strategy: servicelist.CacheFirst,
		Key: sheet(`<xsl:message>seen</xsl:message> <xsl:value-of select="//ssin"/>`)}, nil)
	require.NoError(t, err)
	require.Equal(t, servicelist.CacheFirst, rule.Strategy())
	key, err := rule.Key([]byte(request))
	require.NoError(t, err)
	require.Equal(t, cachekey.Key{Text: "85020300169", Messages: []string{"seen"}}, key)
	_, err = rule.Key([]byte("<a/>"))
	require.Equal(t, bcperr.SOAPMalformed, bcperr.CodeOf(err))
	_, err = rule.Key([]byte("<a>"))
	require.Equal(t, bcperr.XMLMalformed, bcperr.CodeOf(err))
}

// TestKeyOfEncodings: a request is read as an answer is. What a string says of its own octets does not count: they are
// UTF-8.
func TestKeyOfEncodings(t *testing.T) {
	s, err := cachekey.Compile([]byte(sheet(`<xsl:value-of select="//ssin"/>`)))
	require.NoError(t, err)
	body := string(question("<q><ssin>é</ssin></q>"))
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(body)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	xml := `<?xml version="1.0" encoding="%"?>`
	latin, utf := strings.Replace(xml, "%", "ISO-8859-1", 1), strings.Replace(xml, "%", "utf-16", 1)
	for name, request := range map[string]string{
		"Latin-1":                    latin + strings.Replace(body, "é", "\xe9", 1),
		"UTF-16":                     string(wide),
		"XML 1.1":                    `<?xml version="1.1"?>` + body,
		"a string that says Latin-1": latin + body,
		"a string that says UTF-16":  utf + body,
	} {
		key, err := s.Key([]byte(request))
		require.NoError(t, err, name)
		require.Equal(t, "é", key.Text, name)
	}
	_, err = s.Key([]byte(strings.Replace(body, "é", "\xe9", 1)))
	require.Equal(t, bcperr.EncodingInvalid, bcperr.CodeOf(err))
}

func TestRuleKeyWithoutContent(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":     `<xsl:value-of select="//none"/>`,
		"white space": `<xsl:text> </xsl:text><xsl:value-of select="//none"/>`,
	} {
		rule, err := cachekey.NewCompiler().Rule(&servicelist.Cache{KeyInline: true, Key: sheet(body)}, nil)
		require.NoError(t, err)
		_, err = rule.Key([]byte(request))
		require.Equal(t, bcperr.KeyEmpty, bcperr.CodeOf(err), name)
	}
}

// A call whose key fails leaves the stylesheet good for the next call.
func TestKeyAfterFailure(t *testing.T) {
	body := `<xsl:if test="//ssin = '1'"><xsl:for-each select="//*"><xsl:call-template name="r"/></xsl:for-each>` +
		`</xsl:if>` +
		`<xsl:value-of select="//ssin"/></xsl:template><xsl:template name="r"><xsl:call-template name="r"/>`
	s, err := cachekey.Compile([]byte(sheet(body)))
	require.NoError(t, err)
	bad := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q><ssin>1</ssin></q></s:Body>` +
		`</s:Envelope>`
	for range 2 {
		_, err = s.Key([]byte(bad))
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
		key, err := s.Key([]byte(request))
		require.NoError(t, err)
		require.Equal(t, "85020300169", key.Text)
	}
}

func TestValidUntil(t *testing.T) {
	tests := []struct{ duration, stored, until string }{
		{"PT8H", "2026-05-20T10:20:09Z", "2026-05-20T18:20:09Z"},
		{"P1M", "2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"},
		{"P1M", "2028-01-31T12:00:00Z", "2028-02-29T12:00:00Z"},
		{"P1D", "2026-10-24T23:30:00Z", "2026-10-25T23:30:00Z"},
		{"P2M", "9999-12-01T00:00:00Z", "9999-12-01T00:00:00Z"}, // past the calendar: never fresh
	}
	for _, test := range tests {
		cache, err := servicelist.NewCache("", sheet(`<xsl:value-of select="."/>`), test.duration)
		require.NoError(t, err)
		rule, err := cachekey.NewCompiler().Rule(cache, nil)
		require.NoError(t, err)
		require.True(t, rule.Expires())
		stored, err := time.Parse(time.RFC3339, test.stored)
		require.NoError(t, err)
		require.Equal(t, test.until, rule.ValidUntil(stored).Format(time.RFC3339), test.duration)
	}
	rule, err := cachekey.NewCompiler().Rule(&servicelist.Cache{KeyInline: true,
		Key: sheet(`<xsl:value-of select="."/>`), Expiry: servicelist.ExpiryNone}, nil)
	require.NoError(t, err)
	require.False(t, rule.Expires())
}
