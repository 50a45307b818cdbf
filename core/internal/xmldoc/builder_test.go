package xmldoc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuilder(t *testing.T) {
	b := NewBuilder(new(Sequence))
	name := &Name{Prefix: "p", Local: "a", Space: "urn:p"}
	b.Text("1")
	b.Text("")
	require.True(t, b.hasContent())
	root := b.StartElement(name)
	b.Text("")
	require.False(t, b.hasContent())
	b.Declare("p", "urn:old")
	b.Declare("", "urn:d")
	b.Declare("p", "urn:p")
	b.Attribute(&Name{Local: "i"}, "1")
	b.Attribute(name, "2")
	b.Attribute(&Name{Local: "i"}, "3")
	b.Text("x")
	b.Text("y")
	require.True(t, b.hasContent())
	b.Comment("c")
	b.Text("z")
	b.ProcInst("t", "d")
	b.StartElement(&Name{Local: "b"})
	b.Text("")
	b.EndElement()
	b.EndElement()
	b.Text("2")
	b.Text("3")
	doc := b.Document()
	require.Equal(t, `doc("1" {urn:p}p:a ns:p="urn:p" ns:="urn:d" @{}i="3" @{urn:p}p:a="2"("xy" comment:"c" "z" `+
		`pi:t:"d" {}b()) "23")`, dump(doc))
	requireSound(t, doc)
	require.Same(t, name, root.Name)
	require.Equal(t, 13, b.Len())
	require.Equal(t, "1xyz23", doc.Text())
}

func TestBuilderKeepsItsPromises(t *testing.T) {
	b := NewBuilder(new(Sequence))
	require.Panics(t, func() { b.EndElement() })
	require.Panics(t, func() { b.Attribute(&Name{Local: "a"}, "") }, "outside an element")
	b.StartElement(&Name{Local: "a"})
	b.Text("x")
	require.Panics(t, func() { b.Attribute(&Name{Local: "a"}, "") }, "after text")
	require.Panics(t, func() { b.Declare("p", "urn:p") }, "after text")
}

// Texts in a row are joined once, not once a call.
func TestBuilderTextIsLinear(t *testing.T) {
	const calls = 100_000
	allocations := testing.AllocsPerRun(1, func() {
		b := NewBuilder(new(Sequence))
		for range calls {
			b.Text("xy")
		}
		require.Len(t, b.Document().Text(), 2*calls)
	})
	require.Less(t, allocations, 100.0)
}
