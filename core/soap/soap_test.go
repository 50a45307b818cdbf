package soap_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

const (
	ns11 = "http://schemas.xmlsoap.org/soap/envelope/"
	ns12 = "http://www.w3.org/2003/05/soap-envelope"
)

// envelope11 wraps the content of a Body.
func envelope11(body string) string {
	return `<s:Envelope xmlns:s="` + ns11 + `"><s:Header/><s:Body>` + body + `</s:Body></s:Envelope>`
}

// fault11 is a SOAP 1.1 fault with that detail.
func fault11(detail string) string {
	return envelope11(`<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring>` + detail + `</s:Fault>`)
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	code := func(c string) string { return fault11("<detail><e><Code>" + c + "</Code></e></detail>") }
	for name, c := range map[string]struct{ answer, want string }{
		"each code 1":          {code("SOA-01001"), "SOA-01001"},
		"each code 2":          {code("SOA-01002"), "SOA-01002"},
		"each code 3":          {code("SOA-02001"), "SOA-02001"},
		"each code 4":          {code("SOA-02002"), "SOA-02002"},
		"other code":           {code("SOA-03004"), ""},
		"part of a code":       {code("SOA-0200"), ""},
		"longer than a code":   {code("SOA-020011"), ""},
		"lower case":           {code("soa-02001"), ""},
		"empty code":           {code(""), ""},
		"separator alone":      {code("|"), ""},
		"neighbours":           {code("SOA-01002|SOA-02001"), "SOA-01002|SOA-02001"},
		"not neighbours":       {code("SOA-01001|SOA-02001"), ""},
		"space before":         {code(" SOA-02001"), ""},
		"comment first":        {code("<!-- c -->SOA-02001"), "SOA-02001"},
		"comment inside":       {code("SOA-<!-- c -->02001"), ""},
		"text after a comment": {code("SOA-02001<!-- c -->x"), "SOA-02001"},
		"CDATA":                {code("<![CDATA[SOA]]>-02001"), "SOA-02001"},
		"child element first":  {code("<x>no</x>SOA-02001"), "SOA-02001"},
		"two matching codes": {fault11("<detail><e><Code>SOA-02001</Code></e><e><Code>SOA-02002</Code></e>" +
			"</detail>"), ""},
		"two codes, one matching": {fault11("<detail><e><Code>SOA-02001</Code><Code>X</Code></e></detail>"),
			"SOA-02001"},
		"code below a code": {fault11("<detail><e><Code>x<s:Fault><detail><e><Code>SOA-02001</Code></e>" +
			"</detail></s:Fault></Code></e></detail>"), ""},
		"entry in a namespace": {fault11(`<detail><q:e xmlns:q="urn:q"><Code>SOA-02001</Code></q:e></detail>`),
			"SOA-02001"},
		"Code in a namespace":     {fault11(`<detail><e xmlns="urn:q"><Code>SOA-02001</Code></e></detail>`), ""},
		"detail in a namespace":   {fault11(`<s:detail><e><Code>SOA-02001</Code></e></s:detail>`), ""},
		"Code right below detail": {fault11(`<detail><Code>SOA-02001</Code></detail>`), ""},
		"Code two levels down":    {fault11(`<detail><e><f><Code>SOA-02001</Code></f></e></detail>`), ""},
		"no detail":               {fault11(``), ""},
		"fault below the payload": {envelope11(`<r><s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>` +
			`</r>`), "SOA-02001"},
		"fault beside the payload": {
			envelope11(`<r/><s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`), ""},
		"text before the payload": {envelope11(`x<!-- c --><s:Fault><detail><e><Code>SOA-02001</Code></e></detail>` +
			`</s:Fault>`), "SOA-02001"},
		"payload is the detail": {envelope11(`<detail><e><Code>SOA-02001</Code></e></detail>`), ""},
		"empty Body":            {envelope11(``), ""},
		"SOAP 1.2 fault": {`<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault><e:Detail><x><Code>SOA-02001</Code>` +
			`</x></e:Detail></e:Fault>` +
			`</e:Body></e:Envelope>`, ""},
		"SOAP 1.2 fault with a detail as in 1.1": {`<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault><detail><x>` +
			`<Code>SOA-02001</Code></x></detail></e:Fault>` +
			`</e:Body></e:Envelope>`, ""},
		"no envelope": {`<s:Fault xmlns:s="` + ns11 + `"><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`, ""},
		"cut":         {strings.TrimSuffix(code("SOA-02001"), "</s:Envelope>"), ""},
		"empty":       {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, switches := soap.Switch([]byte(c.answer))
			require.Equal(t, c.want, got)
			require.Equal(t, c.want != "", switches)
		})
	}
}

func TestSwitchCorpus(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("BCP_SHARED")
	if shared == "" {
		t.Skip("BCP_SHARED is not set: shared cases are not here")
	}
	answers, err := filepath.Glob(filepath.Join(shared, "corpus", "switch", "*", "envelope.xml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(answers), 11)
	for _, path := range answers {
		answer, err := os.ReadFile(path)
		require.NoError(t, err)
		want, err := os.ReadFile(filepath.Join(filepath.Dir(path), "expected.switch"))
		require.NoError(t, err)
		_, switches := soap.Switch(answer)
		require.Equal(t, strings.TrimSpace(string(want)) == "true", switches, path)
	}
}

func TestPayloadErrors(t *testing.T) {
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
			_, err := soap.Payload([]byte(c.envelope))
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

func TestPayload(t *testing.T) {
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
			doc, err := soap.Payload([]byte(c.envelope))
			require.NoError(t, err)
			require.Equal(t, xmldoc.Document, doc.Kind)
			require.Equal(t, c.want, show(doc))
		})
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(200, "text/xml", int64(-1), []byte(fault11("<detail><e><Code>SOA-02001</Code></e></detail>")))
	f.Add(200, `multipart/related; boundary="b"`, int64(9),
		[]byte("--b\r\nContent-Type: text/xml\r\n\r\n<r/>\r\n--b--"))
	f.Add(503, "application/json", int64(0), []byte(`{}`))
	f.Fuzz(func(t *testing.T, status int, media string, length int64, body []byte) {
		for _, wanted := range []soap.Wanted{soap.Any, soap.Envelope, soap.Page} {
			v := soap.Classify(wanted, soap.Answer{Status: status, ContentType: media, ContentLength: length,
				Body: body})
			require.Contains(t, []soap.Outcome{soap.Answered, soap.Switched, soap.Foreign, soap.Incomplete}, v.Outcome)
			require.True(t, !v.Cacheable || v.Outcome == soap.Answered && !v.Silent)
			require.True(t, !v.Silent || v.Outcome == soap.Answered)
			require.True(t, v.SwitchCode == "" || v.Outcome == soap.Switched && v.Fault)
		}
		soap.WantedBy(media, "", body)
		if doc, err := soap.Payload(body); err == nil {
			require.NotNil(t, doc.DocumentElement())
		}
	})
}
