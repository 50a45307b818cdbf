package payload_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

const ns11, ns12 = payload.SOAP11, payload.SOAP12

// envelope11 wraps the content of a Body.
func envelope11(body string) string {
	return `<s:Envelope xmlns:s="` + ns11 + `"><s:Header/><s:Body>` + body + `</s:Body></s:Envelope>`
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		envelope string
		want     bcperr.Code
	}{
		"not XML":         {"{}", bcperr.XMLMalformed},
		"DOCTYPE":         {"<!DOCTYPE r><r/>", bcperr.XMLForbidden},
		"no Envelope":     {"<r/>", bcperr.SOAPMalformed},
		"other namespace": {`<Envelope xmlns="urn:x"><Body><r/></Body></Envelope>`, bcperr.SOAPMalformed},
		"no Body":         {`<Envelope xmlns="` + ns11 + `"><Header/></Envelope>`, bcperr.SOAPMalformed},
		"Body of the other one": {`<Envelope xmlns="` + ns11 + `"><Body xmlns="` + ns12 + `"><r/></Body></Envelope>`,
			bcperr.SOAPMalformed},
		"empty Body": {envelope11("text"), bcperr.SOAPMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := payload.Read([]byte(c.envelope))
			require.Equal(t, c.want, bcperr.CodeOf(err))
		})
	}
}

// show writes a tree as text, in the order in which a stylesheet meets it.
func show(n *xmldoc.Node) string {
	var b strings.Builder
	switch n.Kind {
	case xmldoc.Element:
		b.WriteString("<" + n.Name.Qualified())
		for d := n.FirstDecl; d != nil; d = d.Next {
			b.WriteString(" xmlns:" + d.Name.Local + "=" + d.Value)
		}
		for a := n.FirstAttr; a != nil; a = a.Next {
			b.WriteString(" " + a.Name.Qualified() + "=" + a.Value)
		}
		b.WriteString(">")
	case xmldoc.Comment:
		return "!" + n.Value + "!"
	case xmldoc.ProcInst:
		return "?" + n.Name.Local + " " + n.Value + "?"
	default:
		b.WriteString(n.Value)
	}
	for c := n.FirstChild; c != nil; c = c.Next {
		b.WriteString(show(c))
	}
	if n.Kind == xmldoc.Element {
		b.WriteString("</>")
	}
	return b.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	outer := func(body string) string {
		return `<s:Envelope xmlns:s="` + ns12 + `" xmlns="urn:d" xmlns:u="urn:u" xmlns:i="urn:i"><s:Body>` + body +
			`</s:Body></s:Envelope>`
	}
	for name, c := range map[string]struct{ envelope, want string }{
		"text and comments before it": {outer(`a<!--b--><x:r xmlns:x="urn:x"/><x:q xmlns:x="urn:x"/>`),
			`<x:r xmlns:x=urn:x></>`},
		"an unused prefix is out of scope": {outer(`<x:r xmlns:x="urn:x"><x:v/></x:r>`),
			`<x:r xmlns:x=urn:x><x:v></></>`},
		"used by the element": {outer(`<u:r><u:v/></u:r>`), `<u:r xmlns:u=urn:u><u:v></></>`},
		"used by an attribute below": {outer(`<x:r xmlns:x="urn:x"><x:v i:t="x"/><x:w/></x:r>`),
			`<x:r xmlns:x=urn:x><x:v xmlns:i=urn:i i:t=x></><x:w></></>`},
		"used twice, side by side": {outer(`<x:r xmlns:x="urn:x"><u:v/><u:v/></x:r>`),
			`<x:r xmlns:x=urn:x><u:v xmlns:u=urn:u></><u:v xmlns:u=urn:u></></>`},
		"used in text only": {outer(`<x:r xmlns:x="urn:x" t="i:y">u:z</x:r>`),
			`<x:r xmlns:x=urn:x t=i:y>u:z</>`},
		"the default namespace": {outer(`<r><v xmlns=""/><w/></r>`),
			`<r xmlns:=urn:d><v xmlns:=></><w></></>`},
		"no namespace inside": {`<s:Envelope xmlns:s="` + ns11 +
			`"><s:Body><r xmlns=""><x:v xmlns:x="urn:x" xml:lang="nl"/></r></s:Body></s:Envelope>`,
			`<r xmlns:=><x:v xmlns:x=urn:x xml:lang=nl></></>`},
		"attributes by qualified name": {envelope11(`<r z="1" xmlns:q="urn:q" a="2" q:b="3" B="4" ` +
			`xmlns:a="urn:a"/>`), `<r xmlns:a=urn:a xmlns:q=urn:q B=4 a=2 q:b=3 z=1></>`},
		"all kinds of nodes": {envelope11(`<r> <!--c--><?p d?><![CDATA[<]]>&amp;</r>`),
			`<r> !c!?p d?<&</>`},
		"a prefix declared anew": {
			envelope11(`<x:r xmlns:x="1"><x:v xmlns:x="2"><x:w/></x:v><x:y/></x:r>`),
			`<x:r xmlns:x=1><x:v xmlns:x=2><x:w></></><x:y></></>`},
		"a prefix declared as in the Envelope": {outer(`<u:r xmlns:u="urn:u"/>`), `<u:r xmlns:u=urn:u></>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := payload.Read([]byte(c.envelope))
			require.NoError(t, err)
			require.Equal(t, xmldoc.Document, doc.Kind)
			require.Equal(t, c.want, show(doc))
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(envelope11(`<r a="1"><!--c--><?p d?>t</r>`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		if doc, err := payload.Read(body); err == nil {
			require.NotNil(t, doc.DocumentElement())
		}
	})
}
