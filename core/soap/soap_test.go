package soap_test

import (
	"encoding/base64"
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

// inUTF16 writes a text of ASCII in UTF-16 with its mark.
func inUTF16(text string) string {
	out := []byte{0xFE, 0xFF}
	for _, c := range []byte(text) {
		out = append(out, 0, c)
	}
	return string(out)
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	code := func(c string) string { return fault11("<detail><e><Code>" + c + "</Code></e></detail>") }
	for name, c := range map[string]struct{ answer, want string }{
		"each code 1":              {code("SOA-01001"), "SOA-01001"},
		"each code 2":              {code("SOA-01002"), "SOA-01002"},
		"each code 3":              {code("SOA-02001"), "SOA-02001"},
		"each code 4":              {code("SOA-02002"), "SOA-02002"},
		"other code":               {code("SOA-03004"), ""},
		"part of a code":           {code("SOA-0200"), ""},
		"longer than a code":       {code("SOA-020011"), ""},
		"lower case":               {code("soa-02001"), ""},
		"empty code":               {code(""), ""},
		"separator alone":          {code("|"), ""},
		"neighbours":               {code("SOA-01002|SOA-02001"), "SOA-01002|SOA-02001"},
		"not neighbours":           {code("SOA-01001|SOA-02001"), ""},
		"space before":             {code(" SOA-02001"), ""},
		"comment first":            {code("<!-- c -->SOA-02001"), "SOA-02001"},
		"comment inside":           {code("SOA-<!-- c -->02001"), ""},
		"text after a comment":     {code("SOA-02001<!-- c -->x"), "SOA-02001"},
		"CDATA":                    {code("<![CDATA[SOA]]>-02001"), "SOA-02001"},
		"child element first":      {code("<x>no</x>SOA-02001"), "SOA-02001"},
		"two matching codes":       {fault11("<detail><e><Code>SOA-02001</Code></e><e><Code>SOA-02002</Code></e></detail>"), ""},
		"two codes, one matching":  {fault11("<detail><e><Code>SOA-02001</Code><Code>X</Code></e></detail>"), "SOA-02001"},
		"code below a code":        {fault11("<detail><e><Code>x<s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault></Code></e></detail>"), ""},
		"entry in a namespace":     {fault11(`<detail><q:e xmlns:q="urn:q"><Code>SOA-02001</Code></q:e></detail>`), "SOA-02001"},
		"Code in a namespace":      {fault11(`<detail><e xmlns="urn:q"><Code>SOA-02001</Code></e></detail>`), ""},
		"detail in a namespace":    {fault11(`<s:detail><e><Code>SOA-02001</Code></e></s:detail>`), ""},
		"Code right below detail":  {fault11(`<detail><Code>SOA-02001</Code></detail>`), ""},
		"Code two levels down":     {fault11(`<detail><e><f><Code>SOA-02001</Code></f></e></detail>`), ""},
		"no detail":                {fault11(``), ""},
		"fault below the payload":  {envelope11(`<r><s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault></r>`), "SOA-02001"},
		"fault beside the payload": {envelope11(`<r/><s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`), ""},
		"text before the payload":  {envelope11(`x<!-- c --><s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`), "SOA-02001"},
		"payload is the detail":    {envelope11(`<detail><e><Code>SOA-02001</Code></e></detail>`), ""},
		"empty Body":               {envelope11(``), ""},
		"SOAP 1.2 fault": {`<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault><e:Detail><x><Code>SOA-02001</Code></x></e:Detail></e:Fault>` +
			`</e:Body></e:Envelope>`, ""},
		"SOAP 1.2 fault with a detail as in 1.1": {`<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault><detail><x><Code>SOA-02001</Code></x></detail></e:Fault>` +
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

func TestClassify(t *testing.T) {
	t.Parallel()
	const xml, bare, soap12Type, json = "text/xml; charset=utf-8", "text/xml", "application/soap+xml", "application/json"
	ok := envelope11("<r/>")
	switchFault := fault11("<detail><e><Code>SOA-01001</Code></e></detail>")
	french := strings.Replace(switchFault, "<faultstring>x", "<faultstring>momentan\xe9ment indisponible", 1)
	businessFault := fault11("<detail><e><Code>SOA-03004</Code></e></detail>")
	soap12Fault := `<e:Envelope xmlns:e="` + ns12 + `"><e:Body><e:Fault/></e:Body></e:Envelope>`
	mtom := `multipart/related; type="application/xop+xml"; boundary="b-1"; start="<r>"`
	parts := func(root string) string {
		return "--b-1\r\nContent-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <r>\r\n\r\n" + root +
			"\r\n--b-1\r\nContent-Type: application/octet-stream\r\n\r\n\x00\xff\r\n--b-1--\r\n"
	}
	encoded := func(encoding, root string) string {
		return strings.Replace(parts(root), "Content-ID: <r>", "Content-Transfer-Encoding: "+encoding, 1)
	}
	wrapped := func(root string) string { return base64.StdEncoding.EncodeToString([]byte(root)) }
	answered, cacheable := soap.Verdict{Outcome: soap.Answered}, soap.Verdict{Outcome: soap.Answered, Cacheable: true}
	incomplete, down := soap.Verdict{Outcome: soap.Incomplete}, soap.Verdict{Outcome: soap.Switched}
	switched := soap.Verdict{Outcome: soap.Switched, SwitchCode: "SOA-01001"}

	for name, c := range map[string]struct {
		status int
		media  string
		length int64 // -2: as long as the body
		body   string
		want   soap.Verdict
	}{
		"answer":                         {200, xml, -1, ok, cacheable},
		"answer with a BOM":              {200, xml, -1, "\ufeff" + ok, cacheable},
		"SOAP 1.2 media type":            {200, soap12Type, -1, ok, cacheable},
		"no media type":                  {200, "", -1, "\n" + ok, cacheable},
		"upper-case media type":          {200, "Text/XML", -1, ok + "x", incomplete},
		"switch fault":                   {500, xml, -1, switchFault, switched},
		"switch fault with 200":          {200, xml, -1, switchFault, switched},
		"switch fault with 503":          {503, xml, -1, switchFault, switched},
		"business fault":                 {500, xml, -1, businessFault, answered},
		"business fault with 200":        {200, xml, -1, businessFault, answered},
		"fault after a payload":          {200, xml, -1, strings.Replace(businessFault, "Body>", "Body><Answer/>", 1), answered},
		"SOAP 1.2 fault with 200":        {200, soap12Type, -1, soap12Fault, answered},
		"answer with 500":                {500, xml, -1, ok, answered},
		"502":                            {502, "text/html", -1, "<html>", down},
		"503":                            {503, "", -1, "", down},
		"504":                            {504, xml, -1, ok, down},
		"501":                            {501, "text/plain", -1, "no", answered},
		"cut XML":                        {200, xml, -1, ok[:len(ok)-1], incomplete},
		"cut XML with 500":               {500, xml, -1, ok[:len(ok)-1], incomplete},
		"cut in a character":             {200, xml, -1, envelope11("<r>é")[:len(envelope11("<r>é"))-len("</s:Body></s:Envelope>")-1], incomplete},
		"cut switch fault":               {500, xml, -1, switchFault[:len(switchFault)-3], incomplete},
		"XML with more after it":         {200, xml, -1, ok + ok, incomplete},
		"empty XML":                      {200, xml, -1, "", incomplete},
		"empty XML, announced":           {200, xml, 0, "", incomplete},
		"accepted":                       {202, xml, 0, "", answered},
		"no content":                     {204, "", -1, "", answered},
		"unauthorised, empty":            {401, xml, 0, "", answered},
		"Latin-1":                        {200, bare, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9</r>\n", cacheable},
		"Latin-1, cut":                   {200, bare, -1, "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xe9", incomplete},
		"Latin-1, switch fault":          {500, bare, -1, "<?xml version='1.0' encoding='ISO-8859-1'?>" + french, switched},
		"Latin-1 against its header":     {500, xml, -1, "<?xml version='1.0' encoding='ISO-8859-1'?>" + french, switched},
		"windows-1252, switch fault":     {500, bare, -1, "<?xml version='1.0' encoding='windows-1252'?>" + french, switched},
		"UTF-16, switch fault":           {500, bare, -1, inUTF16(switchFault), switched},
		"XML 1.1, switch fault":          {500, bare, -1, "<?xml version='1.1' encoding='UTF-8'?>" + switchFault, switched},
		"XML 1.1":                        {200, bare, -1, "<?xml version='1.1' encoding='UTF-8'?>" + ok, cacheable},
		"ASCII, switch fault":            {500, bare, -1, `<?xml version="1.0" encoding="us-ascii"?>` + switchFault, switched},
		"EBCDIC, it says":                {500, bare, -1, `<?xml version="1.0" encoding="IBM037"?>` + switchFault, incomplete},
		"Latin-1 in the header":          {500, "text/xml; charset=iso-8859-1", -1, french, switched},
		"Latin-1 in the header, a part":  {500, mtom, -1, strings.Replace(parts(french), "UTF-8", "ISO-8859-1", 1), switched},
		"the same, cut":                  {200, "text/xml; charset=iso-8859-1", -1, "<r>\xe9</", incomplete},
		"UTF-8 in the header, not so":    {200, `text/xml; charset="UTF-8"`, -1, "<r>\xe9</r>", incomplete},
		"Content-Type sent twice":        {500, "text/xml, text/xml", -1, switchFault, switched},
		"a name that begins as html":     {200, xml, -1, "<htmlReport/>", cacheable},
		"HTML after a declaration":       {200, xml, -1, "<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", incomplete},
		"UTF-8 declared, not so":         {200, xml, -1, "<?xml version='1.0' encoding='utf-8'?><r>\xe9</r>", incomplete},
		"UTF-16":                         {200, xml, -1, "\xff\xfe<\x00r\x00/\x00>\x00", cacheable},
		"UTF-16, cut":                    {200, xml, -1, "\xff\xfe<\x00r\x00/\x00>", incomplete},
		"DOCTYPE":                        {200, xml, -1, "<!DOCTYPE r><r/>", answered},
		"HTML in place of XML":           {200, "text/html; charset=utf-8", -1, "<html></html>", incomplete},
		"HTML said to be XML":            {200, xml, -1, "<!DOCTYPE HTML><html></html>", incomplete},
		"HTML without a media type":      {200, "", -1, "<html/>", incomplete},
		"XHTML":                          {200, "application/xhtml+xml", -1, "<h/>", incomplete},
		"HTML of a 404":                  {404, "text/html", -1, "<html>", answered},
		"JSON":                           {200, json, -1, `{"a":1}`, cacheable},
		"problem JSON":                   {400, "application/problem+json", -1, `{}`, answered},
		"cut JSON":                       {200, json, -1, `{"a":1`, incomplete},
		"JSON not UTF-8":                 {200, json, -1, "\"\xe9\"", incomplete},
		"empty JSON":                     {200, json, -1, ``, incomplete},
		"other, whole":                   {200, "application/pdf", -2, "%PDF", cacheable},
		"other, of unknown length":       {200, "application/pdf", -1, "%PDF", answered},
		"other, cut":                     {200, "application/pdf", 5, "%PDF", incomplete},
		"other, decoded to more":         {200, "application/pdf", 3, "%PDF", answered},
		"XML shorter than announced":     {200, xml, 10_000, ok, incomplete},
		"MTOM":                           {200, mtom, -1, parts(ok), cacheable},
		"MTOM with a preamble":           {200, mtom, -1, "hello\r\n" + parts(ok), cacheable},
		"MTOM switch fault":              {500, mtom, -1, parts(switchFault), switched},
		"MTOM fault":                     {200, mtom, -1, parts(businessFault), answered},
		"MTOM without its end":           {200, mtom, -1, strings.TrimSuffix(parts(ok), "--\r\n"), incomplete},
		"MTOM with a cut root":           {200, mtom, -1, parts(ok[:30]), incomplete},
		"MTOM without a boundary":        {200, "multipart/related", -1, parts(ok), incomplete},
		"MTOM, another boundary":         {200, "multipart/related; boundary=c", -1, parts(ok), incomplete},
		"multipart JSON":                 {200, "multipart/mixed; boundary=b", -1, "--b\nContent-Type: application/json\n\n{}\n--b--", cacheable},
		"multipart of cut JSON":          {200, "multipart/mixed; boundary=b", -1, "--b\nContent-Type: application/json\n\n{\n--b--", incomplete},
		"multipart of something":         {200, "multipart/mixed; boundary=b", -1, "--b\n\nx\n--b--", cacheable},
		"base64 root part":               {200, mtom, -1, encoded("base64", wrapped(ok)), cacheable},
		"base64 root part, in lines":     {200, mtom, -1, encoded("Base64 ", wrapped(ok)[:40]+"\r\n"+wrapped(ok)[40:]+"\r\n"), cacheable},
		"base64 root part, with blanks":  {200, mtom, -1, encoded("base64", " "+wrapped(ok)[:40]+" \t\r\n"+wrapped(ok)[40:]), cacheable},
		"base64 in a folded header":      {200, mtom, -1, encoded("\r\n\tbase64", wrapped(ok)), cacheable},
		"base64 after a blank":           {200, mtom, -1, strings.Replace(encoded("base64", wrapped(ok)), "Encoding:", "Encoding :", 1), cacheable},
		"base64 root part, cut":          {200, mtom, -1, encoded("base64", wrapped(ok)[:41]), incomplete},
		"base64 of cut XML":              {200, mtom, -1, encoded("base64", wrapped(ok[:40])), incomplete},
		"base64 of a fault":              {200, mtom, -1, encoded("base64", wrapped(fault11(""))), answered},
		"base64 of a switch fault":       {500, mtom, -1, encoded("base64", wrapped(switchFault)), switched},
		"quoted root part":               {200, mtom, -1, encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=3D")), cacheable},
		"quoted root part, in lines":     {200, mtom, -1, encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=\r\n=3D")), cacheable},
		"quoted, of cut XML":             {200, mtom, -1, encoded("quoted-printable", strings.ReplaceAll(ok[:40], "=", "=3D")), incomplete},
		"quoted root part, too long":     {200, mtom, -1, encoded("quoted-printable", strings.ReplaceAll(ok, "=", "=3D")+strings.Repeat(" ", 4<<20)), answered},
		"root part in 8bit":              {200, mtom, -1, encoded("8bit", ok), cacheable},
		"root part in what is unknown":   {200, mtom, -1, encoded("x-gzip", "?"), answered},
		"root part of headers alone":     {200, mtom, -1, "--b-1\r\n" + strings.Repeat("a: b\r\n", 1000) + "\r\n" + ok + "\r\n--b-1--", incomplete},
		"multipart that ends in headers": {200, "multipart/mixed; boundary=b", -1, "--b\nContent-Type: text/xml\n--b--", incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.length == -2 {
				c.length = int64(len(c.body))
			}
			require.Equal(t, c.want, soap.Classify(c.status, c.media, c.length, []byte(c.body)))
		})
	}
}

func TestPayloadErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		envelope string
		want     bcperr.Code
	}{
		"not XML":               {"{}", bcperr.XMLMalformed},
		"DOCTYPE":               {"<!DOCTYPE r><r/>", bcperr.XMLForbidden},
		"no Envelope":           {"<r/>", bcperr.SOAPMalformed},
		"other namespace":       {`<Envelope xmlns="urn:x"><Body><r/></Body></Envelope>`, bcperr.SOAPMalformed},
		"no Body":               {`<Envelope xmlns="` + ns11 + `"><Header/></Envelope>`, bcperr.SOAPMalformed},
		"Body of the other one": {`<Envelope xmlns="` + ns11 + `"><Body xmlns="` + ns12 + `"><r/></Body></Envelope>`, bcperr.SOAPMalformed},
		"empty Body":            {envelope11("text"), bcperr.SOAPMalformed},
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
		return `<s:Envelope xmlns:s="` + ns12 + `" xmlns="urn:d" xmlns:u="urn:u" xmlns:i="urn:i"><s:Body>` + body + `</s:Body></s:Envelope>`
	}
	for name, c := range map[string]struct{ envelope, want string }{
		"text and comments before it":          {outer(`a<!--b--><x:r xmlns:x="urn:x"/><x:q xmlns:x="urn:x"/>`), `<x:r xmlns:x=urn:x></>`},
		"an unused prefix is out of scope":     {outer(`<x:r xmlns:x="urn:x"><x:v/></x:r>`), `<x:r xmlns:x=urn:x><x:v></></>`},
		"used by the element":                  {outer(`<u:r><u:v/></u:r>`), `<u:r xmlns:u=urn:u><u:v></></>`},
		"used by an attribute below":           {outer(`<x:r xmlns:x="urn:x"><x:v i:t="x"/><x:w/></x:r>`), `<x:r xmlns:x=urn:x><x:v xmlns:i=urn:i i:t=x></><x:w></></>`},
		"used twice, side by side":             {outer(`<x:r xmlns:x="urn:x"><u:v/><u:v/></x:r>`), `<x:r xmlns:x=urn:x><u:v xmlns:u=urn:u></><u:v xmlns:u=urn:u></></>`},
		"used in text only":                    {outer(`<x:r xmlns:x="urn:x" t="i:y">u:z</x:r>`), `<x:r xmlns:x=urn:x t=i:y>u:z</>`},
		"the default namespace":                {outer(`<r><v xmlns=""/><w/></r>`), `<r xmlns:=urn:d><v xmlns:=></><w></></>`},
		"no namespace inside":                  {`<s:Envelope xmlns:s="` + ns11 + `"><s:Body><r xmlns=""><x:v xmlns:x="urn:x" xml:lang="nl"/></r></s:Body></s:Envelope>`, `<r xmlns:=><x:v xmlns:x=urn:x xml:lang=nl></></>`},
		"attributes by qualified name":         {envelope11(`<r z="1" xmlns:q="urn:q" a="2" q:b="3" B="4" xmlns:a="urn:a"/>`), `<r xmlns:a=urn:a xmlns:q=urn:q B=4 a=2 q:b=3 z=1></>`},
		"all kinds of nodes":                   {envelope11(`<r> <!--c--><?p d?><![CDATA[<]]>&amp;</r>`), `<r> !c!?p d?<&</>`},
		"a prefix declared anew":               {envelope11(`<x:r xmlns:x="1"><x:v xmlns:x="2"><x:w/></x:v><x:y/></x:r>`), `<x:r xmlns:x=1><x:v xmlns:x=2><x:w></></><x:y></></>`},
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
	f.Add(200, `multipart/related; boundary="b"`, int64(9), []byte("--b\r\nContent-Type: text/xml\r\n\r\n<r/>\r\n--b--"))
	f.Add(503, "application/json", int64(0), []byte(`{}`))
	f.Fuzz(func(t *testing.T, status int, media string, length int64, body []byte) {
		v := soap.Classify(status, media, length, body)
		require.Contains(t, []soap.Outcome{soap.Answered, soap.Switched, soap.Incomplete}, v.Outcome)
		require.True(t, !v.Cacheable || v.Outcome == soap.Answered)
		_, switches := soap.Switch(body)
		require.True(t, !switches || v.SwitchCode == "" || v.Outcome == soap.Switched)
		if doc, err := soap.Payload(body); err == nil {
			require.NotNil(t, doc.DocumentElement())
		}
	})
}
