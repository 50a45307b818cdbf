package xmldoc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// dump writes a tree in a form that shows every field a reader of the tree sees.
func dump(n *Node) string {
	var b strings.Builder
	dumpTo(&b, n)
	return b.String()
}

func dumpTo(b *strings.Builder, n *Node) {
	switch n.Kind {
	case Document, Element:
		if n.Kind == Document {
			b.WriteString("doc")
		} else {
			fmt.Fprintf(b, "{%s}%s", n.Name.Space, n.Name.Qualified())
		}
		for d := n.FirstDecl; d != nil; d = d.Next {
			fmt.Fprintf(b, " ns:%s=%q", d.Name.Local, d.Value)
		}
		for a := n.FirstAttr; a != nil; a = a.Next {
			fmt.Fprintf(b, " @{%s}%s=%q", a.Name.Space, a.Name.Qualified(), a.Value)
		}
		b.WriteString("(")
		for c := n.FirstChild; c != nil; c = c.Next {
			if c != n.FirstChild {
				b.WriteString(" ")
			}
			dumpTo(b, c)
		}
		b.WriteString(")")
	case Text:
		fmt.Fprintf(b, "%q", n.Value)
	case Comment:
		fmt.Fprintf(b, "comment:%q", n.Value)
	case ProcInst:
		fmt.Fprintf(b, "pi:%s:%q", n.Name.Local, n.Value)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty element", `<a/>`, `doc({}a())`},
		{"blank in tags", "<a\n></a\t>", `doc({}a())`},
		{"BOM", "\ufeff<a/>", `doc({}a())`},
		{"BOM and declaration", "\ufeff<?xml version='1.0'?><a/>", `doc({}a())`},
		{"declaration", "<?xml version = \"1.0\"\tencoding\n=\r'utf-8' standalone='no' ?>\r\n<a/>", `doc({}a())`},
		{"declaration, other case", `<?xml version="1.0" encoding="Utf-8" standalone="yes"?><a/>`, `doc({}a())`},
		{"outside the root", "<!--1--> <?p?>\n<a/>\n<!--2--><?q r ?>",
			`doc(comment:"1" pi:p:"" {}a() comment:"2" pi:q:"r ")`},
		{"PI that begins like xml", "<?xml-stylesheet href='x'?><?xmlx?><a/>",
			`doc(pi:xml-stylesheet:"href='x'" pi:xmlx:"" {}a())`},
		{"white space is kept", "<a> <b/>\n</a>", `doc({}a(" " {}b() "\n"))`},
		{"line ends", "<a>1\r\n2\r3\n\r\r\n</a>", `doc({}a("1\n2\n3\n\n\n"))`},
		{"line ends in a comment", "<a><!--1\r\n2\r3--></a>", `doc({}a(comment:"1\n2\n3"))`},
		{"line ends in a PI", "<a><?p 1\r\n2\r3?></a>", `doc({}a(pi:p:"1\n2\n3"))`},
		{"line ends in CDATA", "<a><![CDATA[1\r\n2\r3]]></a>", `doc({}a("1\n2\n3"))`},
		{"carriage return by reference", "<a>&#13;&#xD;\n</a>", `doc({}a("\r\r\n"))`},
		{"five entities", "<a>&lt;&gt;&amp;&quot;&apos;</a>", `doc({}a("<>&\"'"))`},
		{"entities do not nest", "<a>&amp;lt;</a>", `doc({}a("&lt;"))`},
		{"character references", "<a>&#65;&#x41;&#x1D11E;&#0000065;&#x10FFFF;&#xE9;&#xeF;&#57;</a>",
			"doc({}a(\"AA𝄞A\\U0010fffféï9\"))"},
		{"text and CDATA are one", "<a>1<![CDATA[<2>]]>3<![CDATA[]]></a>", `doc({}a("1<2>3"))`},
		{"empty CDATA is nothing", "<a><![CDATA[]]></a>", `doc({}a())`},
		{"CDATA ends late", "<a><![CDATA[]]]]>></a>", `doc({}a("]]>"))`},
		{"a comment parts text", "<a>1<!--x-->2</a>", `doc({}a("1" comment:"x" "2"))`},
		{"brackets in text", "<a>] ]] ]>]]&gt;></a>", `doc({}a("] ]] ]>]]>>"))`},
		{"comment of one dash", "<a><!-- - --><!----></a>", `doc({}a(comment:" - " comment:""))`},
		{"PI of question marks", "<a><?p ??></a>", `doc({}a(pi:p:"?"))`},
		{"attribute values", "<a b='1\"2' c=\"1'2>\" d='&lt;&#39;&#34;'/>",
			`doc({}a @{}b="1\"2" @{}c="1'2>" @{}d="<'\""())`},
		{"attribute normalisation", "<a b='1\t2\n3\r\n4\r5 \n\n'/>", `doc({}a @{}b="1 2 3 4 5   "())`},
		{"attribute, blanks by reference", "<a b='&#9;&#10;&#13;&#32;'/>", `doc({}a @{}b="\t\n\r "())`},
		{"empty attribute", "<a b='' c=\"\"/>", `doc({}a @{}b="" @{}c=""())`},
		{"default namespace", "<a xmlns='urn:x' b='1'><c xmlns=''><d/></c><e/></a>",
			`doc({urn:x}a ns:="urn:x" @{}b="1"({}c ns:=""({}d()) {urn:x}e()))`},
		{"prefixes, use before declaration", "<p:a p:b='1' q:b='2' b='3' xmlns:q='urn:q' xmlns:p='urn:p'/>",
			`doc({urn:p}p:a ns:q="urn:q" ns:p="urn:p" @{urn:p}p:b="1" @{urn:q}q:b="2" @{}b="3"())`},
		{"a prefix is bound anew", "<a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:b/></p:b><p:b p:c=''/></a>",
			`doc({}a ns:p="urn:1"({urn:2}p:b ns:p="urn:2"({urn:2}p:b()) {urn:1}p:b @{urn:1}p:c=""()))`},
		{"declaration with a reference and a blank", "<a xmlns='&#117;rn:\nx'/>", `doc({urn: x}a ns:="urn: x"())`},
		{"xml prefix", "<a xml:lang='nl' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
			`doc({}a ns:xml="http://www.w3.org/XML/1998/namespace" ` +
				`@{http://www.w3.org/XML/1998/namespace}xml:lang="nl"())`},
		{"same local name, one without namespace", "<a xmlns='urn:x' xmlns:p='urn:x' b='1' p:b='2'/>",
			`doc({urn:x}a ns:="urn:x" ns:p="urn:x" @{}b="1" @{urn:x}p:b="2"())`},
		{"names of other scripts", "<é·1 ñ.-_='1' 漢='2'><𐀀/></é·1>", `doc({}é·1 @{}ñ.-_="1" @{}漢="2"({}𐀀()))`},
		{"names that begin with xml", "<xmla xmlb=''/>", `doc({}xmla @{}xmlb=""())`},
		{"characters at the edges", "<a>\u0085\u2028\ufdd0\ufffd\U0010ffff\x7f\uf000\uefff</a>",
			"doc({}a(\"\\u0085\\u2028\\ufdd0\ufffd\\U0010ffff\\x7f\\uf000\\uefff\"))"},
		{"an element and a PI of one name", "<p xmlns='urn:x'><?p?><p/></p>",
			`doc({urn:x}p ns:="urn:x"(pi:p:"" {urn:x}p()))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Parse([]byte(c.in), CatalogueLimits)
			require.NoError(t, err)
			require.Equal(t, c.want, dump(doc))
			requireSound(t, doc)
		})
	}
}

// requireSound checks the links and the numbering of a tree.
func requireSound(t testing.TB, doc *Node) {
	t.Helper()
	last := (*Node)(nil)
	follows := func(n *Node) {
		if last != nil {
			require.Equal(t, -1, Compare(last, n))
			require.Equal(t, 1, Compare(n, last))
		}
		last = n
	}
	for n := doc; n != nil; n = n.After(doc, false) {
		follows(n)
		for a := n.FirstAttr; a != nil; a = a.Next {
			follows(a)
			require.Same(t, n, a.Parent)
			require.True(t, a.Prev == nil && n.FirstAttr == a || a.Prev.Next == a)
		}
		for d := n.FirstDecl; d != nil; d = d.Next {
			require.Same(t, n, d.Parent)
			require.Equal(t, Namespace, d.Kind)
			require.Equal(t, -1, Compare(n, d))
		}
		var before *Node
		for c := n.FirstChild; c != nil; c = c.Next {
			require.Same(t, n, c.Parent)
			require.True(t, c.Prev == before)
			before = c
		}
		require.True(t, n.LastChild == before)
	}
}

func TestParseRefuses(t *testing.T) {
	const (
		malformed = bcperr.XMLMalformed
		encoding  = bcperr.EncodingInvalid
	)
	for _, c := range []struct {
		name, in string
		want     bcperr.Code
		detail   string // a part of it
	}{
		{"empty", "", malformed, "got an empty input"},
		{"BOM only", "\ufeff", malformed, "white space only"},
		{"blank", "\n \n", malformed, "white space only"},
		{"JSON object", `{"error":"maintenance"}`, malformed, "got JSON"},
		{"JSON array", ` [1]`, malformed, "got JSON"},
		{"gzip", "\x1f\x8b\x08\x00", encoding, "gzip"},
		{"plain text", "d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26", malformed,
			`got 'd', at 1:1`},
		{"HTML page", "<html><body><br></body></html>", malformed, "HTML page"},
		{"HTML doctype", "<!DOCTYPE html><html/>", bcperr.XMLForbidden, "HTML page"},
		{"HTML doctype, lower case", "<!doctype html><html/>", malformed, "HTML page"},

		{"UTF-16LE BOM", "\xff\xfe<\x00a\x00/\x00>\x00", encoding, "UTF-16"},
		{"UTF-16BE BOM", "\xfe\xff\x00<\x00a\x00/\x00>", encoding, "UTF-16"},
		{"UTF-16LE", "<\x00a\x00/\x00>\x00", encoding, "UTF-16"},
		{"UTF-16BE", "\x00<\x00a\x00/\x00>", encoding, "UTF-16"},
		{"UTF-32LE BOM", "\xff\xfe\x00\x00<\x00\x00\x00", encoding, "UTF-32"},
		{"UTF-32BE BOM", "\x00\x00\xfe\xff\x00\x00\x00<", encoding, "UTF-32"},
		{"UTF-32LE", "<\x00\x00\x00a\x00\x00\x00", encoding, "UTF-32"},
		{"UTF-32BE", "\x00\x00\x00<\x00\x00\x00a", encoding, "UTF-32"},
		{"Latin-1", "<a>\xe9</a>", encoding, "offset 3"},
		{"overlong slash", "<a>\xc0\xaf</a>", encoding, "offset 3"},
		{"surrogate in UTF-8", "<a>\xed\xa0\x80\xed\xb0\x80</a>", encoding, "offset 3"},
		{"above U+10FFFF", "<a>\xf4\x90\x80\x80</a>", encoding, "offset 3"},
		{"cut character", "<a>\xe2\x82", encoding, "offset 3"},
		{"other encoding declared", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", encoding, `"ISO-8859-1"`},
		{"UTF8 without its dash declared", "<?xml version='1.0' encoding='UTF8'?><a/>", encoding, `"UTF8"`},
		{"empty encoding", "<?xml version='1.0' encoding=''?><a/>", encoding, `""`},
		{"XML 1.1", "<?xml version='1.1'?><a/>", encoding, "1.1"},
		{"no such version", "<?xml version='2.0'?><a/>", malformed, "2.0"},
		{"no version number", "<?xml version='1.'?><a/>", malformed, `"1."`},
		{"no version number, letters", "<?xml version='1.x'?><a/>", malformed, `"1.x"`},
		{"two BOMs", "\ufeff\ufeff<a/>", malformed, "U+FEFF"},

		{"declaration without version", "<?xml encoding='UTF-8'?><a/>", malformed, "expected version"},
		{"declaration without blank", "<?xml version='1.0'encoding='UTF-8'?><a/>", malformed, "expected the end ?>"},
		{"declaration in another order", "<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>", malformed,
			"expected the end ?>"},
		{"declaration, standalone", "<?xml version='1.0' standalone='maybe'?><a/>", malformed, "standalone"},
		{"declaration without quotes", "<?xml version=1.0?><a/>", malformed, "quote"},
		{"declaration without =", "<?xml version '1.0'?><a/>", malformed, "expected ="},
		{"declaration, open value", "<?xml version='1.0?><a/>", malformed, "not closed"},
		{"declaration not closed", "<?xml version='1.0'><a/>", malformed, "expected the end ?>"},
		{"declaration alone", "<?xml version='1.0'?>", malformed, "expected a root element"},
		{"declaration empty", "<?xml?><a/>", malformed, "expected version"},
		{"declaration after a blank", " <?xml version='1.0'?><a/>", malformed, "1:2"},
		{"declaration inside", "<a><?xml version='1.0'?></a>", malformed, "1:4"},
		{"PI target in capitals", "<a><?XmL x?></a>", malformed, "1:4"},

		{"DOCTYPE", "<?xml version='1.0'?>\n<!DOCTYPE a><a/>", bcperr.XMLForbidden, "2:1"},
		{"DOCTYPE after a comment", "<!--c--><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", bcperr.XMLForbidden, "DOCTYPE"},
		{"DOCTYPE inside", "<a><!DOCTYPE a></a>", malformed, "1:4"},
		{"DOCTYPE after the root", "<a/><!DOCTYPE a>", malformed, "1:5"},
		{"DOCTYPE in lower case", "<!doctype a><a/>", malformed, "1:1"},
		{"ELEMENT", "<a><!ELEMENT a ANY></a>", malformed, "<!"},
		{"ENTITY before the root", "<!ENTITY a 'b'><a/>", malformed, "<!"},

		{"text before the root", "x<a/>", malformed, "begins with <, got 'x', at 1:1"},
		{"text after the root", "<a/>x", malformed, "after the root element"},
		{"CDATA before the root", "<![CDATA[]]><a/>", malformed, "1:1"},
		{"CDATA after the root", "<a/><![CDATA[ ]]>", malformed, "1:5"},
		{"reference after the root", "<a/>&#32;", malformed, "1:5"},
		{"NUL after the root", "<a/>\x00", malformed, "U+0000"},
		{"no-break space after the root", "<a/>\u00a0", malformed, "U+00A0"},
		{"two roots", "<a/><b/>", malformed, "second root"},
		{"no root", "<!-- a -->", malformed, "expected a root element"},
		{"end tag alone", "</a>", malformed, "without its start tag"},
		{"end tag after the root", "<a/></a>", malformed, "without its start tag"},
		{"root not closed", "<a><b></b>", malformed, "</a>"},
		{"text not closed", "<a>text", malformed, "</a>"},
		{"cut at <", "<a><", malformed, "after <, at 1:4"},
		{"cut in a value", "<a><b c='d", malformed, "the document is cut, it ends within a tag or text: the value"},
		{"cut in a text", "<a><b/>tex\n", malformed, "the document is cut"},
		{"wrong end tag", "<a>\n<b></a></b>", malformed, "2:4"},
		{"end tag that goes on", "<a></ab>", malformed, "'b', at 1:7"},
		{"end tag of another prefix", "<p:a xmlns:p='urn:x' xmlns:q='urn:x'></q:a>", malformed, "</p:a>"},
		{"end tag with an attribute", "<a></a b='1'>", malformed, "1:8"},
		{"end tag with a blank before", "<a></ a>", malformed, "</a>"},
		{"cut in an end tag", "<a></a", malformed, "end of the input"},

		{"blank before the name", "< a/>", malformed, "expected a name"},
		{"name with a digit first", "<1a/>", malformed, "'1'"},
		{"name with a dash first", "<-a/>", malformed, "'-'"},
		{"name with a bad character", "<a\u00d7b/>", malformed, "U+00D7"},
		{"attribute name with a bad character", "<a b\u2003c='1'/>", malformed, "U+2003"},
		{"no name", "<a><></a>", malformed, "expected a name"},
		{"cut after <a", "<a", malformed, "not closed"},
		{"cut after a blank", "<a ", malformed, "not closed"},
		{"slash alone", "<a / >", malformed, "expected />"},
		{"no blank between attributes", "<a b='1'c='2'/>", malformed, "expected white space"},
		{"attribute without value", "<a b/>", malformed, "expected ="},
		{"attribute without quotes", "<a b=1/>", malformed, "expected a quote"},
		{"attribute not closed", "<a b='1/>", malformed, "not closed"},
		{"attribute, cut after =", "<a b=", malformed, "expected a quote"},
		{"< in an attribute", "<a b='<'/>", malformed, "< in the value"},
		{"two attributes", "<a b='1' b='2'/>", malformed, "second attribute"},
		{"two attributes with one of the same hash between", "<a Aa='1' BB='2' Aa='3'/>", malformed,
			"second attribute"},
		{"two declarations", "<a xmlns:p='urn:a' xmlns:p='urn:a'/>", malformed, "second attribute"},
		{"two default declarations", "<a xmlns='urn:a' xmlns='urn:b'/>", malformed, "second attribute"},
		{"two attributes of one expanded name", "<a p:b='1' q:b='2' xmlns:p='urn:x' xmlns:q='urn:x'/>", malformed,
			"{urn:x}b"},
		{"the same, bound outside", "<a xmlns:p='urn:x' xmlns:q='urn:y'><b p:c='' q:c='' xmlns:q='urn:x'/></a>",
			malformed, "{urn:x}c"},
		{"U+0001 in an attribute", "<a b='\x01'/>", malformed, "U+0001"},
		{"U+FFFF in an attribute", "<a b='\uffff'/>", malformed, "U+FFFF"},

		{"U+0000 in text", "<a>\x00</a>", malformed, "U+0000"},
		{"U+001F in text", "<a>\x1f</a>", malformed, "U+001F"},
		{"U+FFFE in text", "<a>é\ufffe</a>", malformed, "U+FFFE is not allowed in XML, at 1:5"},
		{"U+000B in a comment", "<a><!--\x0b--></a>", malformed, "U+000B"},
		{"U+FFFE in a comment", "<a><!--\ufffe--></a>", malformed, "U+FFFE"},
		{"U+0008 in a PI", "<a><?p \x08?></a>", malformed, "U+0008"},
		{"U+0008 in CDATA", "<a><![CDATA[\x08]]></a>", malformed, "U+0008"},
		{"U+001C in a tag", "<a \x1c/>", malformed, "U+001C"},
		{"]]> in text", "<a>]]></a>", malformed, "]]>"},
		{"]]> in text after a bracket", "<a>x]]]></a>", malformed, "]]>"},
		{"CDATA not closed", "<a><![CDATA[</a>", malformed, "CDATA"},
		{"CDATA in lower case", "<a><![cdata[]]></a>", malformed, "<!"},
		{"comment not closed", "<a><!-- </a>", malformed, "comment"},
		{"comment with --", "<a><!-- -- --></a>", malformed, "--"},
		{"comment that ends in --->", "<a><!-- a ---></a>", malformed, "--"},
		{"comment of three dashes", "<a><!---></a>", malformed, "comment"},
		{"PI not closed", "<a><?p </a>", malformed, "not closed"},
		{"PI without target", "<a><? p?></a>", malformed, "expected a name"},
		{"PI without blank", "<a><?p+x?></a>", malformed, "expected white space or ?>"},
		{"PI target with a colon", "<a><?p:q?></a>", malformed, "colon"},

		{"unknown entity", "<a>&nbsp;</a>", malformed, "&amp;"},
		{"entity without ;", "<a>&lt</a>", malformed, "&amp;"},
		{"ampersand alone", "<a>&</a>", malformed, "&amp;"},
		{"entity in capitals", "<a>&LT;</a>", malformed, "&amp;"},
		{"unknown entity in an attribute", "<a b='&x;'/>", malformed, "&amp;"},
		{"reference to U+0000", "<a>&#0;</a>", malformed, "&#0;"},
		{"reference to U+0001", "<a>&#1;</a>", malformed, "&#1;"},
		{"reference to a surrogate", "<a>&#xD800;</a>", malformed, "&#xD800;"},
		{"reference to U+FFFE", "<a>&#xFFFE;</a>", malformed, "&#xFFFE;"},
		{"reference above U+10FFFF", "<a>&#x110000;</a>", malformed, "&#x110000;"},
		{"reference that wraps 32 bits", "<a>&#4294967354;</a>", malformed, "&#4294967354;"},
		{"reference that wraps 64 bits", "<a>&#18446744073709551674;</a>", malformed, "character reference"},
		{"reference without digits", "<a>&#;</a>", malformed, "digits"},
		{"reference without hex digits", "<a>&#x;</a>", malformed, "digits"},
		{"reference with a capital X", "<a>&#X41;</a>", malformed, "digits"},
		{"reference with hex digits and no x", "<a>&#4A;</a>", malformed, "digits"},
		{"reference without ;", "<a>&#65</a>", malformed, "digits"},
		{"reference with a sign", "<a>&#-65;</a>", malformed, "digits"},
		{"reference cut", "<a>&#6", malformed, "end of the input"},

		{"prefix not declared", "<p:a/>", malformed, `"p"`},
		{"attribute prefix not declared", "<a p:b='1'/>", malformed, `"p"`},
		{"prefix out of scope", "<a><b xmlns:p='urn:x'/><p:c/></a>", malformed, `"p"`},
		{"prefix out of scope, same name as before", "<a><p:b xmlns:p='urn:x'/><p:b/></a>", malformed, `"p"`},
		{"attribute prefix out of scope, same name", "<a><b p:c='' xmlns:p='urn:x'/><b p:c=''/></a>", malformed, `"p"`},
		{"two colons", "<a xmlns:b='urn:b' b:c:d='1'/>", malformed, "prefix:local"},
		{"colon first", "<:a/>", malformed, "prefix:local"},
		{"colon last", "<a:/>", malformed, "prefix:local"},
		{"colon alone", "<:/>", malformed, "prefix:local"},
		{"colon first in an attribute", "<a :b='1'/>", malformed, "prefix:local"},
		{"xmlns: without a prefix", "<a xmlns:='urn:x'/>", malformed, "prefix:local"},
		{"local part with a digit first", "<a xmlns:p='urn:x'><p:1/></a>", malformed, "'1'"},
		{"prefix undeclared", "<a xmlns:p='urn:x'><b xmlns:p=''/></a>", malformed, "undeclared"},
		{"xmlns declared", "<a xmlns:xmlns='urn:x'/>", malformed, "xmlns"},
		{"xmlns declared as itself", "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>", malformed, "xmlns"},
		{"a prefix for the xmlns namespace", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", malformed,
			"must not be declared"},
		{"xmlns namespace as default", "<a xmlns='http://www.w3.org/2000/xmlns/'/>", malformed, "must not be declared"},
		{"xml bound elsewhere", "<a xmlns:xml='urn:x'/>", malformed, "prefix xml"},
		{"xml unbound", "<a xmlns:xml=''/>", malformed, "prefix xml"},
		{"another prefix for xml", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", malformed, "prefix xml"},
		{"xml namespace as default", "<a xmlns='http://www.w3.org/XML/1998/namespace'/>", malformed, "prefix xml"},
		{"element in xmlns", "<xmlns:a/>", malformed, "xmlns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Parse([]byte(c.in), CatalogueLimits)
			require.Nil(t, doc)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			require.Contains(t, bcperr.DetailOf(err), c.detail)
			require.Equal(t, strings.HasPrefix(c.name, "HTML"), strings.Contains(err.Error(), "HTML"), "%v", err)
		})
	}
}

// Each proper prefix of a document is refused, and nothing but its octets is reached.
func TestParseRefusesEveryPrefix(t *testing.T) {
	text := strings.TrimRight(document(4)+"<!-- é -->", "\n")
	root := strings.LastIndex(text, ">")
	for i := range root {
		if doc, err := ParseString(text[:i], DocumentLimits); err == nil {
			require.NotNil(t, doc.DocumentElement(), "%q", text[:i])
			require.NotContains(t, text[i:], "</", "%q", text[:i])
		}
	}
}

func TestParseLimits(t *testing.T) {
	attributes := func(n int, name string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " "+name+"='urn:%d'", i, i)
		}
		return b.String()
	}
	small := Limits{MaxBytes: 10_000, MaxDepth: 4, MaxAttributes: 5, MaxDeclarations: 6, MaxTokens: 70, MaxNodes: 80,
		MaxNames: 20}
	for _, c := range []struct {
		name     string
		document func(n int) string
		max      int // the largest n that passes
		want     bcperr.Code
	}{
		{"bytes", func(n int) string { return "<a>" + strings.Repeat("x", n-7) + "</a>" }, 10_000,
			bcperr.InputTooLarge},
		{"depth", func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }, 4,
			bcperr.LimitExceeded},
		{"depth of an empty element",
			func(n int) string { return strings.Repeat("<a>", n-1) + "<b/>" + strings.Repeat("</a>", n-1) }, 4,
			bcperr.LimitExceeded},
		{"attributes", func(n int) string { return "<a" + attributes(n, "b%d") + "/>" }, 5, bcperr.LimitExceeded},
		{"declarations", func(n int) string { return "<a" + attributes(n, "xmlns:b%d") + "/>" }, 6,
			bcperr.LimitExceeded},
		{"comments", func(n int) string { return "<a>" + strings.Repeat("<!---->", n-2) + "</a>" }, 70,
			bcperr.LimitExceeded},
		{"comments after the root", func(n int) string { return "<a/>" + strings.Repeat("<!---->", n-1) }, 70,
			bcperr.LimitExceeded},
		{"PIs", func(n int) string { return strings.Repeat("<?p?>", n-1) + "<a/>" }, 70, bcperr.LimitExceeded},
		{"CDATA sections", func(n int) string { return "<a>" + strings.Repeat("<![CDATA[x]]>", n-2) + "</a>" }, 70,
			bcperr.LimitExceeded},
		{"text runs", func(n int) string { return "<a>" + strings.Repeat("x<!---->", n) + "</a>" }, 34,
			bcperr.LimitExceeded},
		{"nodes", func(n int) string { return "<a>" + strings.Repeat("<b c='1' d='2' e='3'/>", n) + "</a>" }, 19,
			bcperr.LimitExceeded},
		{"nodes, declarations", func(n int) string {
			return "<a>" + strings.Repeat("<b xmlns:c='urn:1' xmlns:d='urn:2' xmlns:e='urn:3'/>", n) + "</a>"
		}, 19, bcperr.LimitExceeded},
		{"octets of a name", func(n int) string { return "<" + strings.Repeat("a", n) + "/>" }, MaxName,
			bcperr.LimitExceeded},
		{"octets of an attribute's name", func(n int) string { return "<a " + strings.Repeat("b", n) + "=''/>" },
			MaxName, bcperr.LimitExceeded},
		{"octets of a namespace", func(n int) string { return "<a xmlns='" + strings.Repeat("u", n) + "'/>" }, MaxName,
			bcperr.LimitExceeded},
		{"names", func(n int) string {
			var b strings.Builder
			for i := range n - 1 {
				fmt.Fprintf(&b, "<b%d/>", i)
			}
			return "<a>" + b.String() + "</a>"
		}, 20, bcperr.LimitExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.document(c.max)), small)
			require.NoError(t, err)
			_, err = Parse([]byte(c.document(c.max+1)), small)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			_, err = ParseString(c.document(c.max+1), small)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

func TestParseKeepsNothingOfItsInput(t *testing.T) {
	data := []byte("<a b='1'>text</a>")
	doc, err := Parse(data, CatalogueLimits)
	require.NoError(t, err)
	for i := range data {
		data[i] = 'X'
	}
	require.Equal(t, `doc({}a @{}b="1"("text"))`, dump(doc))
}

// Names are made once, nodes come in blocks, plain values are parts of the input.
func TestParseAllocatesLittle(t *testing.T) {
	data := []byte(catalogue(1000))
	allocations := testing.AllocsPerRun(3, func() {
		_, err := Parse(data, CatalogueLimits)
		require.NoError(t, err)
	})
	require.Less(t, allocations, 250.0, "for 1,000 services of 11 nodes")
	alike := []byte("<r>" + strings.Repeat(`<Aa x="1" p:y="2" xmlns:p="urn:p">t</Aa>`, 1000) + "</r>")
	allocations = testing.AllocsPerRun(3, func() {
		_, err := Parse(alike, CatalogueLimits)
		require.NoError(t, err)
	})
	require.Less(t, allocations, 100.0, "for 1,000 elements of three names")
}

func TestErrorNamesNoContent(t *testing.T) {
	for _, in := range []string{
		"<a>secret &secret;</a>", "<a><b>secret</c secret></a>", "<a><!secret></a>", "<a>secret]]></a>",
		"<a b='secret <'/>", "<a/>secret", "secret",
	} {
		_, err := Parse([]byte(in), CatalogueLimits)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret", "%q", in)
	}
}
