package drill

import (
	"bytes"
	"strings"

	"github.com/beevik/etree"
)

// The escapes of the JDK's XML serialiser, which writes the genuine files. etree's own writer spells the carriage
// return as &#xD;, or not at all.
var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;",
		"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")
)

// serialise writes a document with the bytes that the platform's tool chain would write.
func serialise(doc *etree.Document) []byte {
	var b bytes.Buffer
	for _, token := range doc.Child {
		writeToken(&b, token)
	}
	return b.Bytes()
}

func writeToken(b *bytes.Buffer, token etree.Token) {
	switch t := token.(type) {
	case *etree.Element:
		writeElement(b, t)
	case *etree.CharData:
		if t.IsCData() {
			b.WriteString("<![CDATA[" + t.Data + "]]>")
			return
		}
		b.WriteString(textEscapes.Replace(t.Data))
	case *etree.ProcInst:
		b.WriteString("<?" + t.Target + " " + t.Inst + "?>")
	case *etree.Comment:
		b.WriteString("<!--" + t.Data + "-->")
	}
}

func writeElement(b *bytes.Buffer, e *etree.Element) {
	name := e.FullTag()
	b.WriteString("<" + name)
	for _, a := range e.Attr {
		b.WriteString(" " + a.FullKey() + `="` + attrEscapes.Replace(a.Value) + `"`)
	}
	if len(e.Child) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, token := range e.Child {
		writeToken(b, token)
	}
	b.WriteString("</" + name + ">")
}
