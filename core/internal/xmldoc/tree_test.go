package xmldoc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func parse(t testing.TB, text string) *Node {
	t.Helper()
	doc, err := Parse([]byte(text), DocumentLimits)
	require.NoError(t, err)
	return doc
}

const small = `<!-- head --><a xmlns="urn:d" xmlns:p="urn:p" i="1" p:i="2">x<p:b xmlns:p="urn:q" xmlns="">y<!-- no ` +
	`--><c i="3"/></p:b><?no no?>z<d/></a>`

func TestTree(t *testing.T) {
	doc := parse(t, small)
	a := doc.DocumentElement()
	require.True(t, a.Is("urn:d", "a"))
	require.False(t, a.Is("", "a"))
	require.False(t, a.FirstChild.Is("", ""))
	require.Equal(t, "xyz", doc.Text())
	require.Equal(t, "xyz", a.Text())
	require.Equal(t, "y", a.FirstElement().Text())
	require.Equal(t, "", a.LastChild.Text())
	require.Equal(t, " head ", doc.FirstChild.Text())
	require.Equal(t, "2", a.Attr("urn:p", "i").Text())
	require.Nil(t, a.Attr("urn:q", "i"))
	value, ok := a.AttrValue("i")
	require.True(t, ok)
	require.Equal(t, "1", value)
	_, ok = a.AttrValue("j")
	require.False(t, ok)

	var names []string
	for e := range a.Elements() {
		names = append(names, e.Name.Qualified())
	}
	require.Equal(t, []string{"p:b", "d"}, names)
	for e := range a.Elements() {
		require.Equal(t, "p:b", e.Name.Qualified(), "the walk ends when its caller breaks off")
		break
	}
	require.Same(t, a.LastChild, a.FirstElement().NextElement())
	require.Nil(t, a.LastChild.NextElement())
}

func TestAfter(t *testing.T) {
	doc := parse(t, small)
	walk := func(apex *Node, skip string) (kinds []string) {
		for n := apex; n != nil; {
			name := ""
			if n.Name != nil {
				name = n.Name.Local
			}
			kinds = append(kinds, name+"="+map[bool]string{true: n.Value}[n.Kind != Element])
			n = n.After(apex, n.Kind == Element && name == skip)
		}
		return kinds
	}
	require.Equal(t, []string{"=", "= head ", "a=", "=x", "b=", "=y", "= no ", "c=", "no=no", "=z", "d="},
		walk(doc, ""))
	require.Equal(t, []string{"a=", "=x", "b=", "no=no", "=z", "d="}, walk(doc.DocumentElement(), "b"))
	require.Equal(t, []string{"d="}, walk(doc.DocumentElement().LastChild, ""))
}

func TestLookupPrefix(t *testing.T) {
	doc := parse(t, small)
	a := doc.DocumentElement()
	b := a.FirstElement()
	c := b.FirstElement()
	for _, c := range []struct {
		at     *Node
		prefix string
		want   string
		ok     bool
	}{
		{c, "p", "urn:q", true}, {a, "p", "urn:p", true}, {c, "", "", true}, {a, "", "urn:d", true},
		{doc, "", "", true},
		{c, "r", "", false}, {doc, "xml", XMLNamespace, true}, {a.FirstAttr, "p", "urn:p", true},
		{c, "xmlns", "", false},
	} {
		space, ok := c.at.LookupPrefix(c.prefix)
		require.Equal(t, c.want, space)
		require.Equal(t, c.ok, ok)
	}
}

func TestCompare(t *testing.T) {
	doc := parse(t, small)
	a := doc.DocumentElement()
	ns := []*Node{a.FirstDecl, a.FirstDecl.Next}
	require.Equal(t, []string{"", "p"}, []string{ns[0].Name.Local, ns[1].Name.Local})
	order := append(append([]*Node{doc, doc.FirstChild, a}, ns...), a.FirstAttr, a.FirstAttr.Next, a.FirstChild,
		a.FirstElement())
	for i, x := range order {
		for j, y := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			require.Equal(t, want, Compare(x, y), "%d %d", i, j)
		}
	}
	again := *ns[1]
	require.Equal(t, 0, Compare(ns[1], &again), "made anew, the same node")
	require.Equal(t, -1, Compare(ns[1], a.FirstElement().FirstDecl))
}

func TestSequence(t *testing.T) {
	for _, text := range []string{"<a/>", "<a b='1' c='2'/>", "<a><b/></a>", "<a>x</a>", "<a/><!-- c -->",
		"<a xmlns='urn:x'/>"} {
		doc := parse(t, text)
		after := NewBuilder(SequenceAfter(doc)).Document()
		for n := doc; n != nil; n = n.After(doc, false) {
			require.Equal(t, -1, Compare(n, after), text)
			for a := n.FirstAttr; a != nil; a = a.Next {
				require.Equal(t, -1, Compare(a, after), text)
			}
		}
	}
}

func TestDetach(t *testing.T) {
	for _, c := range []struct {
		name string
		of   func(root *Node) *Node
		want string
	}{
		{"first", func(r *Node) *Node { return r.FirstChild }, `doc({urn:x}a ns:="urn:x"("1" {urn:x}c() "2" ` +
			`{urn:x}d()))`},
		{"middle", func(r *Node) *Node { return r.FirstChild.NextElement() },
			`doc({urn:x}a ns:="urn:x"({urn:x}b() "1" "2" {urn:x}d()))`},
		{"last", func(r *Node) *Node { return r.LastChild },
			`doc({urn:x}a ns:="urn:x"({urn:x}b() "1" {urn:x}c() "2"))`},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parse(t, "<a xmlns='urn:x'><b/>1<c/>2<d/></a>")
			n := c.of(doc.DocumentElement())
			n.Detach()
			n.Detach()
			require.Equal(t, c.want, dump(doc))
			requireSound(t, doc)
			require.Equal(t, canonicalOf(t, n), canonicalOf(t, parse(t, "<"+n.Name.Local+" xmlns='urn:x'/>")),
				"its scope stays")
		})
	}
	doc := parse(t, "<a/>")
	doc.Detach()
	require.Equal(t, "doc({}a())", dump(doc))
	doc.DocumentElement().Detach()
	require.Nil(t, doc.DocumentElement())
}
