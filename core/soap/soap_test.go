package soap_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

const (
	ns11 = "http://schemas.xmlsoap.org/soap/envelope/"
	ns12 = "http://www.w3.org/2003/05/soap-envelope"
)

// envelope11 wraps the content of a Body.
func envelope11(body string) string {
	return `<s:Envelope xmlns:s="` + ns11 + `"><s:Header/><s:Body>` + body + `</s:Body></s:Envelope>`
}

// switchOf asks whether an answer with 200 takes the next endpoint, and for which code.
func switchOf(answer []byte) (code string, switches bool) {
	whole := soap.Answer{Status: 200, ContentType: "text/xml", ContentLength: -1, Body: answer}
	v := soap.Classify(soap.Envelope, whole)
	return v.SwitchCode, v.Outcome == soap.Switch
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
			got, switches := switchOf([]byte(c.answer))
			require.Equal(t, c.want, got)
			require.Equal(t, c.want != "", switches)
		})
	}
}

func TestSwitchCorpus(t *testing.T) {
	t.Parallel()
	answers, err := filepath.Glob(corpus.Dir(t, "corpus", "switch", "*", "envelope.xml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(answers), 11)
	for _, path := range answers {
		answer, err := os.ReadFile(path)
		require.NoError(t, err)
		want, err := os.ReadFile(filepath.Join(filepath.Dir(path), "expected.switch"))
		require.NoError(t, err)
		_, switches := switchOf(answer)
		require.Equal(t, strings.TrimSpace(string(want)) == "true", switches, path)
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
			require.Contains(t, []soap.Outcome{soap.Answered, soap.Switch, soap.Foreign, soap.Incomplete}, v.Outcome)
			require.True(t, !v.Cacheable || v.Outcome == soap.Answered && !v.Silent)
			require.True(t, !v.Silent || v.Outcome == soap.Answered)
			require.True(t, v.SwitchCode == "" || v.Outcome == soap.Switch && v.Fault)
		}
		soap.WantedBy(media, "", body)
	})
}
