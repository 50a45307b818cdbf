package cachekey_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// question wraps a payload.
func question(payload string) []byte {
	return []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + payload +
		`</s:Body></s:Envelope>`)
}

const (
	onePatient = `<Query xmlns="urn:q"><Inss>70010112345</Inss><From>2026-05-01</From></Query>`
	value      = `<xsl:value-of select="%"/>`
)

// TestConstant: which keys say something of their request. The counterpart of each constant is another request, or a
// stylesheet that differs in what it reads.
func TestConstant(t *testing.T) {
	t.Parallel()
	of := func(expression string) string { return strings.Replace(value, "%", expression, 1) }
	inss, absent, from := "//*[local-name()='Inss']", "//*[local-name()='Ssin']", "//*[local-name()='From']"
	endless := `<xsl:call-template name="loop"/></xsl:if></xsl:template><xsl:template name="loop">` +
		`<xsl:call-template name="loop"/>`
	asked := `<q><Asked>70010112345</Asked><Asked>71020223456</Asked><Asked>72030334567</Asked>` +
		`<Asked>73040445678</Asked><Wanted>72030334567</Wanted></q>`
	identifiers := `<q><id S="INSS" SV="1.0">70010112345</id><id S="LOCAL">A1</id></q>`
	valid := "97 - substring(//a, 1, 9) mod 97 = number(substring(//a, 10))"
	typed := `<q><Identifier><Type>CBE</Type><Value>0809394427</Value></Identifier></q>`
	for name, c := range map[string]struct {
		payload, body string
		constant      bool
	}{
		"separators alone": {onePatient, of("concat(" + absent + ", '|')"), true},
		"names alone":      {onePatient, of("name(/*/*)"), true},
		"names of what has text": {onePatient, `<xsl:for-each select="//*[text()]">` + of("name()") +
			`</xsl:for-each>`, true},
		"a count alone":               {onePatient, of("count(//*)"), true},
		"a count of texts":            {onePatient, of("count(//text())"), true},
		"a flag: is it given":         {onePatient, of(inss + " != ''"), true},
		"a flag: is it a number":      {onePatient, of("number(" + inss + ") = number(" + inss + ")"), true},
		"a flag: is it positive":      {onePatient, of(inss + " > 0"), true},
		"a flag: is it a truth value": {`<q><a>true</a></q>`, of("//a = 'true' or //a = 'false'"), true},
		"a flag: is it 0 or 1":        {`<q><a>0</a></q>`, of("//a = '0' or //a = '1'"), true},
		"a length":                    {onePatient, of("string-length(" + inss + ")"), true},
		"a shape": {onePatient, of("translate(" + inss + ", '0123456789', '##########')"),
			true},
		"a valid month": {onePatient, of("substring(" + from + ", 6, 2) &lt; 13"), true},
		"a comment":     {`<q><!--70010112345--><a>1</a></q>`, of("//comment()"), true},
		"an instruction": {`<q><?p 70010112345?><a>1</a></q>`, of("//processing-instruction()"),
			true},
		"white space alone": {"<q> <a>1</a>\n</q>", "[" + of("/*/text()[1]") + "]", true},
		"a namespace": {`<q xmlns="urn:70010112345"><a>1</a></q>`, of("namespace-uri(/*)"),
			true},
		"declared namespaces": {`<q xmlns:p="urn:70010112345"><a>1</a></q>`, of("/*/namespace::p"),
			true},
		"a request without values":         {`<q xmlns:p="urn:p"><a/> <b/></q>`, of("concat(., '|')"), true},
		"a value of another request alone": {`<q><a kind="chronic"/></q>`, of("count(//a[@kind='acute'])"), true},
		"a branch that reads nothing": {`<q><a>2</a></q>`, `<xsl:choose><xsl:when test="//a=1">` + of("//a") +
			`</xsl:when><xsl:otherwise>x</xsl:otherwise></xsl:choose>`, true},
		"a flag: is the number valid": {`<q><a>70010112363</a></q>`, `<xsl:if test="` + valid + `">valid:</xsl:if>` +
			of("//b"), true},
		"it stops when the number is not valid": {`<q><a>70010112363</a></q>`, `<xsl:if test="not(` + valid +
			`)"><xsl:message terminate="yes"/></xsl:if>patient:` + of("//b"), true},
		"a number that is valid": {`<q><a>70010112363</a></q>`, `<xsl:if test="` + valid + `">valid:</xsl:if>` +
			of("//a"), false},
		"the kind of an identifier": {identifiers, `<xsl:for-each select="//id[@S='INSS']">inss:` + of("@value") +
			`</xsl:for-each>`, true},
		"the kind, of a template": {identifiers, `<xsl:apply-templates select="//id"/></xsl:template>` +
			`<xsl:template match="id"/><xsl:template match="id[@S='INSS']">inss:` + of("@value"), true},
		"the kind, of a variable": {identifiers, `<xsl:variable name="kind">INSS</xsl:variable>` +
			of("count(//id[@S=$kind])"), true},
		"the kind, of an xsl:key": {identifiers, of("count(key('kinds', 'INSS'))") + `</xsl:template>` +
			`<xsl:key name="kinds" match="id" use="@S"/><xsl:template name="none">`, true},
		"the kind, by its beginning": {identifiers, `<xsl:if test="starts-with(//@S, 'INS')">inss:</xsl:if>` +
			of("//b"), true},
		"the kind, by a part of it": {identifiers, of("count(//id[contains(@S, 'SS')])"), true},
		"the kind, in small letters": {`<q><id S=" inss ">70010112345</id><a>1</a></q>`,
			of("count(//id[translate(normalize-space(@S), 'abcdefghijklmnopqrstuvwxyz', " +
				"'ABCDEFGHIJKLMNOPQRSTUVWXYZ')='INSS'])"), true},
		"the kind, of a list":  {identifiers, of("count(//id[contains('|SSIN|INSS|', concat('|', @S, '|'))])"), true},
		"a type in an element": {typed, `<xsl:if test="//Type='CBE'">cbe:</xsl:if>` + of("//Number"), true},
		"a count, and xml:space": {`<q xml:space="preserve"> <a>1</a></q>`, of("count(//text())") +
			`</xsl:template><xsl:strip-space elements="*"/><xsl:template name="none">`, true},
		"the value of a kind": {identifiers, of("//id[@S='INSS']"), false},
		"the value behind a kind": {`<q><a>urn:inss:70010112345</a><b>1</b></q>`,
			of("substring-after(//a, 'urn:inss:')"), false},
		"a word between blanks": {`<q><a> INSS </a></q>`, of("concat(//a, //b[. = 'INSS'])"), false},
		"a type and its value":  {typed, `<xsl:if test="//Type='CBE'">cbe:</xsl:if>` + of("//Value"), false},
		"which kinds, alone":    {`<q><id S="INSS"/><id S="LOCAL"/></q>`, of("count(//id[@S='INSS'])"), false},

		"a value":             {onePatient, of(inss), false},
		"a value and nothing": {onePatient, of("concat(" + absent + ", '|', " + inss + ")"), false},
		"a value and names": {onePatient, `<xsl:for-each select="//*[text()]">` +
			of("concat(name(), .)") + `</xsl:for-each>`, false},
		"a value, of attributes":     {`<q a="70010112345"/>`, of("/*/@a"), false},
		"a value in CDATA":           {`<q><a><![CDATA[70010112345]]></a></q>`, of("//a"), false},
		"a value in mixed content":   {`<q>for <b>70010112345</b> now</q>`, of("/*/text()[2]"), false},
		"the year of a date":         {onePatient, of("substring(" + from + ", 1, 4)"), false},
		"the day of a date":          {onePatient, of("substring(" + from + ", 9)"), false},
		"a sign":                     {`<q><a>+</a></q>`, of("//a"), false},
		"a letter with an accent":    {`<q><a>é</a></q>`, of("//a"), false},
		"a letter of another script": {`<q><a>字</a></q>`, of("//a"), false},
		"nil": {`<q><a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
			`xsi:nil="true"/></q>`, of("//@*"), false},
		"a truth value":     {`<q><a>true</a></q>`, of("//a"), false},
		"which one is true": {`<q><a>false</a><b>true</b></q>`, of("name(/*/*[.='true'])"), false},
		"a count by value": {`<q><a kind="acute"/><a kind="chronic"/><a kind="acute"/></q>`,
			of("count(//a[@kind='acute'])"), false},
		"a place by value": {asked, of("count(//Asked[. = //Wanted]/preceding-sibling::Asked) + 1"),
			false},
		"the branch of another request": {`<q><a>1</a></q>`, `<xsl:choose><xsl:when test="//a=1">` + of("//a") +
			`</xsl:when><xsl:otherwise>x</xsl:otherwise></xsl:choose>`, false},
		"it stops on both": {`<q><a>1</a></q>`, `x<xsl:if test="//a!=1 or not(//a/text())">` +
			`<xsl:message terminate="yes"/></xsl:if>`, false},
		"it never ends on both": {`<q><a>1</a></q>`, `x<xsl:if test="//a!=1 or not(//a/text())">` +
			endless, false},
		"it stops for all patients but one": {onePatient, `x<xsl:if test="` + inss + ` != '70010112345'">` +
			`<xsl:message terminate="yes"/></xsl:if>`, false},
		"it stops on the emptied alone": {`<q><a>1</a></q>`, `x<xsl:if test="not(//a/text())">` +
			`<xsl:message terminate="yes"/></xsl:if>`, true},
		"it never ends on the changed alone": {`<q><a>1</a></q>`, `x<xsl:if test="//a!=1 and //a/text()">` + endless,
			true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := cachekey.Compile([]byte(sheet(c.body)))
			require.NoError(t, err)
			for range 2 { // a stylesheet keeps nothing of one request
				key, err := s.Key(question(c.payload))
				require.NoError(t, err)
				require.Equal(t, c.constant, key.Constant, key.Text)
			}
		})
	}
}

// TestConstantOctets: what the serializer adds says nothing either.
func TestConstantOctets(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`<xsl:value-of select="//none"/>`, `<key><xsl:value-of select="//none"/></key>`} {
		s, err := cachekey.Compile([]byte(`<xsl:stylesheet version="1.0" ` +
			`xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
			`<xsl:template match="/">` + body + `</xsl:template></xsl:stylesheet>`))
		require.NoError(t, err)
		key, err := s.Key(question(onePatient))
		require.NoError(t, err)
		require.True(t, key.Constant, key.Text)
	}
}

func TestRuleKeyConstant(t *testing.T) {
	t.Parallel()
	rule, err := cachekey.NewCompiler().Rule(&servicelist.Cache{KeyInline: true,
		Key: sheet(`<xsl:message>seen</xsl:message><xsl:value-of select="concat(//Ssin, '|', //Inss)"/>`)}, nil)
	require.NoError(t, err)
	key, err := rule.Key(question(`<q><Patient>70010112345</Patient></q>`))
	require.Equal(t, bcperr.KeyConstant, bcperr.CodeOf(err))
	require.Equal(t, cachekey.Key{Messages: []string{"seen"}}, key)
	key, err = rule.Key(question(`<q><Inss>70010112345</Inss></q>`))
	require.NoError(t, err)
	require.Equal(t, "|70010112345", key.Text)
}
