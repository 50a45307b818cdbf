package xmldoc

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func canonicalOf(t testing.TB, apex *Node, prefixes ...string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Canonicalize(&out, apex, prefixes))
	return out.String()
}

// find returns the first element of that qualified name.
func find(doc *Node, name string) *Node {
	for n := doc; n != nil; n = n.After(doc, false) {
		if n.Kind == Element && n.Name.Qualified() == name {
			return n
		}
	}
	return nil
}

func TestCanonicalize(t *testing.T) {
	for _, c := range []struct {
		name, in, apex string
		prefixes       []string
		want           string
	}{
		{name: "document", in: "<?xml version='1.0'?>\n<?a  b?><!-- c -->\n<r/>\n<?d?><!-- e -->\n",
			want: "<?a b?>\n<r></r>\n<?d?>"},
		{name: "text escapes", in: "<r>&amp;&lt;&gt;\"'&#9;&#10;&#13;é&#x1D11E;</r>",
			want: "<r>&amp;&lt;&gt;\"'\t\n&#xD;é𝄞</r>"},
		{name: "> as it is", in: "<r>a > b</r>", want: "<r>a &gt; b</r>"},
		{name: "value escapes", in: "<r a='&amp;&lt;&gt;>\"&apos;&#9;&#10;&#13;é'/>",
			want: `<r a="&amp;&lt;>>&quot;'&#x9;&#xA;&#xD;é"></r>`},
		{name: "CDATA", in: "<r><![CDATA[<a>&]]></r>", want: "<r>&lt;a&gt;&amp;</r>"},
		{name: "attributes by namespace, then name",
			in:   `<r xmlns:b="urn:1" xmlns:a="urn:2" a:x="1" b:x="2" b:w="3" z="4" y="5" xml:lang="nl"/>`,
			want: `<r xmlns:a="urn:2" xmlns:b="urn:1" y="5" z="4" xml:lang="nl" b:w="3" b:x="2" a:x="1"></r>`},
		{name: "names sort by character, not by UTF-16 unit", in: "<r \U00010000='1' \uf900='2'/>",
			want: "<r \uf900=\"2\" \U00010000=\"1\"></r>"},
		{name: "only what is used", in: `<r xmlns:p="urn:p" xmlns:q="urn:q" xmlns="urn:d"><p:a/></r>`,
			want: `<r xmlns="urn:d"><p:a xmlns:p="urn:p"></p:a></r>`},
		{name: "not again where it holds", in: `<p:r xmlns:p="urn:p"><p:a xmlns:p="urn:p"><p:b/></p:a></p:r>`,
			want: `<p:r xmlns:p="urn:p"><p:a><p:b></p:b></p:a></p:r>`},
		{name: "again in a sibling", in: `<r xmlns:p="urn:p"><p:a/><p:b/></r>`,
			want: `<r><p:a xmlns:p="urn:p"></p:a><p:b xmlns:p="urn:p"></p:b></r>`},
		{name: "bound anew and back", in: `<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"/><p:b/></p:r>`,
			want: `<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"></p:a><p:b></p:b></p:r>`},
		{name: "default undeclared", in: `<r xmlns="urn:d"><a xmlns=""><b xmlns=""/></a></r>`,
			want: `<r xmlns="urn:d"><a xmlns=""><b></b></a></r>`},
		{name: "default undeclared where none was written",
			in: `<p:r xmlns:p="urn:p" xmlns="urn:d"><a xmlns=""/></p:r>`, want: `<p:r xmlns:p="urn:p"><a></a></p:r>`},
		{name: "prefix used by an attribute only", in: `<r xmlns:p="urn:p" p:a="1"/>`,
			want: `<r xmlns:p="urn:p" p:a="1"></r>`},
		{name: "URI with an escape", in: `<r xmlns="urn:a&amp;&#9;b"/>`, want: `<r xmlns="urn:a&amp;&#x9;b"></r>`},
		{name: "apex takes its scope along", in: `<r xmlns="urn:d" xmlns:p="urn:p" xml:lang="nl"><a><p:b/></a></r>`,
			apex: "a", want: `<a xmlns="urn:d"><p:b xmlns:p="urn:p"></p:b></a>`},
		{name: "PI inside", in: `<r><?p?><?q  x ?></r>`, want: `<r><?p?><?q x ?></r>`},

		// exc-c14n 1.0 §2.2: the two enclosures of n1:elem2 give the same octets.
		{name: "specification, first enclosure",
			in: `<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org">` +
				`<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/>` +
				`</n1:elem2></n0:local>`,
			apex: "n1:elem2",
			want: `<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org">` +
				`</n3:stuff></n1:elem2>`},
		{name: "specification, second enclosure",
			in: `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" ` +
				`xml:space="retain"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en">` +
				`<n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n2:pdu>`,
			apex: "n1:elem2",
			want: `<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org">` +
				`</n3:stuff></n1:elem2>`},

		{name: "PrefixList", in: `<r xmlns:p="urn:p" xmlns:q="urn:q"><a><b/></a></r>`,
			prefixes: []string{"p", "xml", "absent", "p"}, want: `<r xmlns:p="urn:p"><a><b></b></a></r>`},
		{name: "PrefixList from above the apex", in: `<r xmlns:p="urn:p"><a><b/></a></r>`, apex: "a",
			prefixes: []string{"p"}, want: `<a xmlns:p="urn:p"><b></b></a>`},
		{name: "PrefixList, bound inside", in: `<r><a xmlns:p="urn:1"><b xmlns:p="urn:2"/><c/></a><d/></r>`,
			prefixes: []string{"p"},
			want:     `<r><a xmlns:p="urn:1"><b xmlns:p="urn:2"></b><c></c></a><d></d></r>`},
		{name: "PrefixList with xml", in: `<r xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="nl"><a/></r>`,
			apex: "r", prefixes: []string{"xml"}, want: `<r xml:lang="nl"><a></a></r>`},
		{name: "PrefixList, twice the same", in: `<r xmlns:p="urn:p"/>`, apex: "r", prefixes: []string{"p", "p"},
			want: `<r xmlns:p="urn:p"></r>`},
		{name: "PrefixList, the apex declares it too", in: `<r xmlns:p="urn:1"><a xmlns:p="urn:2"/></r>`, apex: "a",
			prefixes: []string{"p"}, want: `<a xmlns:p="urn:2"></a>`},
		{name: "PrefixList, used by a name that declares it not", in: `<r xmlns:p="urn:1"><a><p:b/></a></r>`,
			prefixes: []string{"p"}, want: `<r xmlns:p="urn:1"><a><p:b></p:b></a></r>`},
		{name: "PrefixList, declared and used at once", in: `<r><p:a xmlns:p="urn:1"/></r>`, prefixes: []string{"p"},
			want: `<r><p:a xmlns:p="urn:1"></p:a></r>`},
		{name: "PrefixList #default", in: `<p:r xmlns:p="urn:p" xmlns="urn:d"><p:a xmlns=""/></p:r>`,
			prefixes: []string{"#default"},
			want:     `<p:r xmlns="urn:d" xmlns:p="urn:p"><p:a xmlns=""></p:a></p:r>`},
		{name: "without #default", in: `<p:r xmlns:p="urn:p" xmlns="urn:d"><p:a xmlns=""/></p:r>`,
			want: `<p:r xmlns:p="urn:p"><p:a></p:a></p:r>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, c.in)
			apex := doc
			if c.apex != "" {
				apex = find(doc, c.apex)
			}
			require.Equal(t, c.want, canonicalOf(t, apex, c.prefixes...))
		})
	}
}

// An enveloped signature is detached: the rest is written as if it had never been there.
func TestCanonicalizeWithoutDetached(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"last", "<r>1<s>x<t/></s></r>", "<r>1</r>"},
		{"first", "<r><s>x</s>1</r>", "<r>1</r>"},
		{"middle", "<r xmlns:p='urn:p'>1<s p:x=''><p:t/></s><p:u/>2</r>", `<r>1<p:u xmlns:p="urn:p"></p:u>2</r>`},
		{"deep", "<r><a><b><s/></b></a><c/></r>", "<r><a><b></b></a><c></c></r>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, c.in)
			find(doc, "s").Detach()
			require.Equal(t, c.want, canonicalOf(t, doc.DocumentElement()))
		})
	}
}

func TestCanonicalizeRefusesRelativeNamespaces(t *testing.T) {
	for _, c := range []struct {
		space string
		ok    bool
	}{
		{"urn:x", true}, {"http://x", true}, {"a+b-1.c:d", true}, {"", true},
		{"x", false}, {"../x", false}, {"//host/x", false}, {":x", false}, {"1a:x", false}, {"x/a:b", false},
		{"#f", false}, {"é:x", false},
	} {
		for _, in := range []string{"<r xmlns='%'/>", "<r><a xmlns='%'/></r>", "<r xmlns='%'><s xmlns='urn:y'/></r>"} {
			doc := parse(t, strings.ReplaceAll(in, "%", c.space))
			apex := doc.DocumentElement()
			if s := find(doc, "s"); s != nil {
				apex = s // the declaration is above it
			}
			err := Canonicalize(new(bytes.Buffer), apex, nil)
			if c.ok {
				require.NoError(t, err, "%q in %s", c.space, in)
				continue
			}
			require.Equal(t, bcperr.XMLForbidden, bcperr.CodeOf(err), "%q in %s", c.space, in)
		}
	}
}

// Long texts pass the buffer in pieces; none is lost at its edge.
func TestCanonicalizeInPieces(t *testing.T) {
	for _, size := range []int{chunk - 4, chunk - 3, chunk - 2, chunk, chunk + 1, 3*chunk + 5} {
		text := "<a>" + strings.Repeat("x", size) + "</a>"
		require.Equal(t, text, canonicalOf(t, parse(t, text)), size)
		text = "<a b=\"" + strings.Repeat("&amp;", size) + "\"></a>"
		require.Equal(t, text, canonicalOf(t, parse(t, text)), size)
	}
}

// Tags have no end in sight either: they are handed on when a chunk is full.
func TestCanonicalizeTagsInPieces(t *testing.T) {
	out := new(countingWriter)
	require.NoError(t, Canonicalize(out, parse(t, "<a>"+strings.Repeat("<b c='1'/>", 5000)+"</a>"), nil))
	require.Equal(t, len("<a></a>")+5000*len(`<b c="1"></b>`), out.octets)
	require.Less(t, out.largest, 2*chunk)
	require.Less(t, out.calls, 2*out.octets/chunk)
}

type failingWriter struct{ calls int }

func (w *failingWriter) Write([]byte) (int, error) {
	w.calls++
	return 0, errors.New("full")
}

func TestCanonicalizeReturnsTheWritersError(t *testing.T) {
	w := new(failingWriter)
	require.EqualError(t, Canonicalize(w, parse(t, "<a>"+strings.Repeat("x", 5*chunk)+"</a>"), nil), "full")
	require.Equal(t, 1, w.calls)
}

// What Builder makes has no marks of a parse; it is written by the same rules.
func TestCanonicalizeBuilt(t *testing.T) {
	b := NewBuilder(new(Sequence))
	b.ProcInst("p", "a\rb")
	b.StartElement(&Name{Local: "r"})
	b.Attribute(&Name{Local: "b"}, "<\"\n")
	b.Attribute(&Name{Local: "a"}, "1")
	b.Text("a>\r")
	require.Equal(t, "<?p a&#xD;b?>\n<r a=\"1\" b=\"&lt;&quot;&#xA;\">a&gt;&#xD;</r>", canonicalOf(t, b.Document()))
}

// A long namespace URI is written again on each sibling: the output is bounded, whatever the input promises.
func TestCanonicalizeLimits(t *testing.T) {
	uri := "urn:" + strings.Repeat("x", MaxName-4)
	doc := parse(t, "<r xmlns:p='"+uri+"'>"+strings.Repeat("<p:a/>", 100_000)+"</r>")
	out := new(countingWriter)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(Canonicalize(out, doc, nil)))
	require.LessOrEqual(t, out.octets, maxCanonical)

	text := "<a>" + strings.Repeat("x", maxCanonical-len("<a></a>")) + "</a>"
	doc, err := ParseString(text, Limits{MaxBytes: 1 << 30, MaxDepth: 2, MaxTokens: 9, MaxNodes: 9, MaxNames: 9})
	require.NoError(t, err)
	require.NoError(t, Canonicalize(new(countingWriter), doc, nil))
	doc, err = ParseString(text+"<?p?>", Limits{MaxBytes: 1 << 30, MaxDepth: 2, MaxTokens: 9, MaxNodes: 9, MaxNames: 9})
	require.NoError(t, err)
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(Canonicalize(new(countingWriter), doc, nil)))

	doc = parse(t, "<a/>")
	require.NoError(t, Canonicalize(new(countingWriter), doc, make([]string, maxPrefixes)))
	require.Equal(t, bcperr.LimitExceeded,
		bcperr.CodeOf(Canonicalize(new(countingWriter), doc, make([]string, maxPrefixes+1))))
}

type countingWriter struct{ octets, calls, largest int }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.octets += len(p)
	w.largest = max(w.largest, len(p))
	w.calls++
	return len(p), nil
}
