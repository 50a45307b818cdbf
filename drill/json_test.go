package drill

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const listText = `{"version":2,"environment":"Production","issueInstant":"2026-05-20T10:20:09.583+02:00","services":[
 {"id":"uddi:a","name":"A","endpoints":[{"order":0,"status":"ACTIVE","url":"https://a.example/"},
  {"order":1,"status":"INACTIVE","url":"https://b.example/"}],
  "cache":{"strategy":"CACHE_FIRST","key":{"inline":true,"text":"<x/>"},"expiry":{"type":"ttl","duration":"PT8H"}}}]}`

func TestParseList(t *testing.T) {
	l, err := ParseList([]byte(listText))
	require.NoError(t, err)
	require.True(t, l.IssueInstant.Equal(sampleInstant))
	marked, err := ParseList([]byte("\ufeff" + listText))
	require.NoError(t, err)
	require.Equal(t, l, marked)
	l.IssueInstant = time.Time{}
	require.Equal(t, List{Version: 2, Environment: "Production", Services: []Service{{
		ID: "uddi:a", Name: "A",
		Endpoints: []Endpoint{{0, Active, "https://a.example/"}, {1, Inactive, "https://b.example/"}},
		Cache: &Cache{Strategy: "CACHE_FIRST", Key: Key{Inline: true, Text: "<x/>"},
			Expiry: Expiry{Type: "ttl", Duration: "PT8H"}},
	}}}, l)
}

// An endpoint may be its URL alone, as in ehealth-bcp/testing; an order that is left out is the place in the list.
func TestParseListShortEndpoints(t *testing.T) {
	from := strings.Index(listText, `[{"order"`)
	to := strings.Index(listText, "],\n")
	for endpoints, want := range map[string][]Endpoint{
		`["https://a.example/","https://b.example/"]`: {{0, Active, "https://a.example/"},
			{1, Inactive, "https://b.example/"}},
		`["https://a.example/?\u0026",{"status":"ACTIVE","url":"https://b.example/"},{"order":7,"status":"INACTIVE",` +
			`"url":"c"}]`: {
			{0, Active, "https://a.example/?&"}, {1, Active, "https://b.example/"}, {7, Inactive, "c"}},
	} {
		l, err := ParseList([]byte(listText[:from] + endpoints + listText[to+1:]))
		require.NoError(t, err)
		require.Equal(t, want, l.Services[0].Endpoints)
	}
	for endpoint, says := range map[string]string{
		`5`:                               `service 0 ("uddi:a"): endpoint 1: expected an object, got number`,
		`null`:                            `endpoint 1: needs a url`,
		`[]`:                              `endpoint 1: expected an object, got array`,
		`""`:                              `endpoint 1: needs a url`,
		`{"status":"ACTIVE"}`:             `endpoint 1: needs a url`,
		`{"url":"c"}`:                     `endpoint 1: status "", want one of ["ACTIVE" "INACTIVE"]`,
		`{"url":"c","weight":1}`:          `endpoint 1: unknown member "weight"`,
		`{"order":"1","status":"ACTIVE"}`: `endpoint 1: order: expected a whole number, got string`,
	} {
		_, err := ParseList([]byte(listText[:from] + `["https://a.example/",` + endpoint + listText[to:]))
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), endpoint)
		require.Contains(t, bcperr.DetailOf(err), says)
	}
}

func TestParseListRefuses(t *testing.T) {
	for _, c := range []struct{ name, old, with string }{
		{"unknown field", `"version":2`, `"version":2,"extra":1`},
		{"unknown field below", `"order":0`, `"order":0,"weight":1`},
		{"text after", "]}", "]} x"},
		{"a second object", "]}", "]}{}"},
		{"no instant", `"2026-05-20T10:20:09.583+02:00"`, `""`},
		{"instant without zone", "+02:00", ""},
		{"no environment", "Production", ""},
		{"service without id", "uddi:a", ""},
		{"service without name", `"A"`, `""`},
		{"status in lower case", `"ACTIVE"`, `"active"`},
		{"unknown strategy", "CACHE_FIRST", "CACHE_ONLY"},
		{"unknown expiry", `"ttl"`, `"for ever"`},
		{"order as text", `"order":0`, `"order":"0"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, listText, c.old)
			i := strings.LastIndex(listText, c.old)
			_, err := ParseList([]byte(listText[:i] + c.with + listText[i+len(c.old):]))
			require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "%v", err)
		})
	}
	_, err := ParseList(make([]byte, MaxListBytes+1))
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
	for _, text := range []string{"", "null", "[]",
		`{"version":1,"environment":"P","issueInstant":"2026-05-20T10:20:09Z","services":[]}`} {
		_, err := ParseList([]byte(text))
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), text)
	}
}

// signText signs the list that a text describes.
func signText(list string, key, chain []byte) ([]byte, error) {
	l, err := ParseList([]byte(list))
	if err != nil {
		return nil, err
	}
	signer, err := SignerOf(key, chain)
	if err != nil {
		return nil, err
	}
	return Sign(l, signer, time.Time{})
}

func TestSignText(t *testing.T) {
	p := testPKI(t)
	key, err := StoredKeyPEM("signer")
	require.NoError(t, err)
	own, err := signText(listText, key, PEM(p.Signer.Chain...))
	require.NoError(t, err)
	drill, err := signText(listText, nil, nil)
	require.NoError(t, err)
	require.Equal(t, string(drill), string(own), "the stored key given as PEM, and the drill's own")

	for _, c := range []struct {
		name, list string
		key, chain []byte
	}{
		{"version 3", strings.Replace(listText, `"version":2`, `"version":3`, 1), nil, nil},
		{"cache in version 1", strings.Replace(listText, `"version":2`, `"version":1`, 1), nil, nil},
		{"a control character", strings.Replace(listText, `"A"`, `"A\u0001"`, 1), nil, nil},
		{"key that is no PEM", listText, []byte("x"), PEM(p.Signer.Chain...)},
		{"no chain", listText, key, nil},
		{"chain of another key", listText, key, PEM(p.Issuing)},
		{"certificate in the place of the key", listText, PEM(p.Issuing), PEM(p.Issuing)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := signText(c.list, c.key, c.chain)
			require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "%v", err)
		})
	}
}

func TestSwitchMakesOneEndpointActive(t *testing.T) {
	l := Sample(1)
	before := l.Clone()
	id := l.Services[7].ID // insurability: three endpoints
	require.NoError(t, l.Switch(id, 2))
	require.Equal(t, []Endpoint{
		{0, Inactive, "https://services.bcp.example/Insurability/v2"},
		{1, Inactive, "https://services.bcp2.example/Insurability/v2"},
		{2, Active, "https://prod.mcn.example:9443/ehealth/bcp/insurability"},
	}, l.Services[7].Endpoints)
	require.Equal(t, Sample(1), before, "a clone shares nothing")
	require.Equal(t, bcperr.EndpointUnknown, bcperr.CodeOf(l.Switch(id, 3)))
	require.Equal(t, bcperr.ServiceUnknown, bcperr.CodeOf(l.Switch("uddi:unknown", 0)))
	require.Equal(t, bcperr.ServiceUnknown, bcperr.CodeOf(l.SetCache("uddi:unknown", nil)))
}
