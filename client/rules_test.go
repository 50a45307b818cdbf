package client_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

const etkDepot = "uddi:ehealth-fgov-be:business:etkdepot:v1"

// depot plays the place of a list and, at every other address, the ETK depot, which gives each key its own answer.
type depot struct {
	list   []byte
	isDown bool
	says   string // in place of the key that was asked for
}

func (d *depot) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := d.list
	if !strings.HasSuffix(r.URL.Path, "/list.xml") {
		if d.isDown {
			return nil, errors.New("down")
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		said := cmp.Or(d.says, `<Status><Code>200</Code></Status><ETK>bm90IGEga2V5</ETK>`)
		answer = []byte(strings.NewReplacer("Request", "Response", "<SearchCriteria>", said+"<SearchCriteria>").
			Replace(string(sent)))
	}
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"text/xml"}}, ContentLength: int64(len(answer)),
		Body: io.NopCloser(bytes.NewReader(answer)), Request: r,
	}, nil
}

func questionForKey(nihii string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<GetEtkRequest xmlns="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><SearchCriteria><Identifier>` +
		`<Type>NIHII</Type><Value>` + nihii + `</Value></Identifier></SearchCriteria></GetEtkRequest>` +
		`</s:Body></s:Envelope>`
}

// askForKey asks the depot as a user, and returns the answer and where it came from.
func askForKey(c *client.Client, user, nihii string) (string, client.Provenance, error) {
	request, err := http.NewRequest(http.MethodPost, etkDepot, strings.NewReader(questionForKey(nihii)))
	if err != nil {
		return "", client.Provenance{}, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := c.RoundTrip(request.WithContext(client.WithUser(request.Context(), user)))
	if err != nil {
		return "", client.Provenance{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	from, _ := client.ProvenanceOf(response)
	return string(body), from, err
}

// signedAnew is the content of a list that was edited after it was signed, under a signature of the drill.
func signedAnew(t *testing.T, file []byte) (list, anchor []byte) {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	d, err := drill.NewDraft(drill.Sample(1), pki.Signer, time.Time{})
	require.NoError(t, err)
	from := etree.NewDocument()
	require.NoError(t, from.ReadFromBytes(file))
	root := d.Doc.Root()
	for _, service := range root.SelectElements("Service") {
		root.RemoveChild(service)
	}
	for i, service := range from.Root().SelectElements("Service") {
		root.InsertChildAt(i, service.Copy())
	}
	require.NoError(t, d.Seal())
	return d.Bytes(), drill.PEM(pki.Root)
}

// TestETKFromTheCache: one's own key and that of another are asked for, the depot dies, and both are answered from the
// cache and say so; to another user, or for a third key, nothing is.
func TestETKFromTheCache(t *testing.T) {
	sample, sampleAnchor := func() ([]byte, []byte) {
		pki, err := drill.NewPKI()
		require.NoError(t, err)
		list, err := drill.Sign(drill.Sample(2), pki.Signer, time.Time{})
		require.NoError(t, err)
		return list, drill.PEM(pki.Root)
	}()
	for name, c := range map[string]struct {
		list func(t *testing.T) (list, anchor []byte)
		now  time.Time
	}{
		"a list of ours": {
			func(*testing.T) ([]byte, []byte) { return sample, sampleAnchor },
			time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC),
		},
		"the list of 2020": {
			func(t *testing.T) ([]byte, []byte) {
				return corpus.File(t, "catalogues", "production-2020-09-14.xml"),
					corpus.File(t, "catalogues", "production-2020-issuing-ca.pem")
			},
			time.Date(2020, time.October, 1, 12, 0, 0, 0, time.UTC),
		},
		"the list of 2022": {
			func(t *testing.T) ([]byte, []byte) {
				return signedAnew(t, corpus.File(t, "catalogues", "production-2022-12-22-edited.xml"))
			},
			time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC),
		},
	} {
		t.Run(name, func(t *testing.T) {
			list, anchor := c.list(t)
			platform := &depot{list: list}
			bcp, err := client.New(client.Options{
				Environment: "Production", Catalogue: "https://own.example/list.xml", Anchors: [][]byte{anchor},
				Transport: platform, Manual: true, Now: func() time.Time { return c.now },
				Cache: client.Cache{Services: []string{etkDepot}},
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, bcp.Close()) })
			const own, other, third = "19999901", "18888802", "17777703"
			live := map[string]string{}
			for _, nihii := range []string{own, other} {
				body, from, err := askForKey(bcp, "doctor", nihii)
				require.NoError(t, err)
				require.Equal(t, failover.FromNetwork, from.Source)
				live[nihii] = body
			}
			_, from, err := askForKey(bcp, "doctor", own)
			require.NoError(t, err)
			require.Equal(t, failover.FromNetwork, from.Source, "while the depot answers, it is asked")

			platform.isDown = true
			for _, nihii := range []string{own, other} {
				body, from, err := askForKey(bcp, "doctor", nihii)
				require.NoError(t, err)
				require.Equal(t, failover.FromCache, from.Source)
				require.Equal(t, c.now, from.StoredAt.UTC())
				require.Equal(t, c.now.AddDate(0, 0, 30), from.ValidUntil.UTC())
				require.False(t, from.Expired)
				require.Equal(t, live[nihii], body)
			}
			_, _, err = askForKey(bcp, "doctor", third)
			require.ErrorIs(t, err, bcperr.EndpointsExhausted)
			_, _, err = askForKey(bcp, "nurse", own)
			require.ErrorIs(t, err, bcperr.EndpointsExhausted)
		})
	}
}

// TestETKThatFailed: an answer that gives no key is handed on, and takes the place of none.
func TestETKThatFailed(t *testing.T) {
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	list, err := drill.Sign(drill.Sample(2), pki.Signer, time.Time{})
	require.NoError(t, err)
	for name, says := range map[string]string{
		"another code":             `<Status><Code>500</Code></Status>`,
		"another code, with a key": `<Status><Code> 500 </Code></Status><ETK>bm90IGEga2V5</ETK>`,
		"no key":                   `<Status><Code>200</Code></Status><Error><Code>200</Code></Error>`,
		"an empty key":             `<e:Status xmlns:e="urn:x"><e:Code>200</e:Code></e:Status><ETK> </ETK>`,
		"several that match":       `<Status><Code>200</Code></Status><MatchingEtk>x</MatchingEtk>`,
	} {
		t.Run(name, func(t *testing.T) {
			platform := &depot{list: list}
			bcp, err := client.New(client.Options{
				Environment: "Production", Catalogue: "https://own.example/list.xml",
				Anchors: [][]byte{drill.PEM(pki.Root)}, Transport: platform, Manual: true,
				Now:   func() time.Time { return time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC) },
				Cache: client.Cache{Services: []string{etkDepot}},
			})
			require.NoError(t, err)
			defer func() { require.NoError(t, bcp.Close()) }()
			live, _, err := askForKey(bcp, "doctor", "19999901")
			require.NoError(t, err)
			platform.says = says
			failed, from, err := askForKey(bcp, "doctor", "19999901")
			require.NoError(t, err)
			require.Contains(t, failed, says)
			require.Equal(t, failover.FromNetwork, from.Source)
			platform.isDown = true
			kept, from, err := askForKey(bcp, "doctor", "19999901")
			require.NoError(t, err)
			require.Equal(t, failover.FromCache, from.Source)
			require.Equal(t, live, kept)
		})
	}
}

// TestETKIsOffUntilNamed: the built-in rule alone keeps nothing.
func TestETKIsOffUntilNamed(t *testing.T) {
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	list, err := drill.Sign(drill.Sample(2), pki.Signer, time.Time{})
	require.NoError(t, err)
	platform := &depot{list: list}
	bcp, err := client.New(client.Options{
		Environment: "Production", Catalogue: "https://own.example/list.xml", Anchors: [][]byte{drill.PEM(pki.Root)},
		Transport: platform, Manual: true,
		Now: func() time.Time { return time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC) },
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, bcp.Close()) }()
	_, _, err = askForKey(bcp, "doctor", "19999901")
	require.NoError(t, err)
	platform.isDown = true
	_, _, err = askForKey(bcp, "doctor", "19999901")
	require.ErrorIs(t, err, bcperr.EndpointsExhausted)
}

// TestRuleForNoService: a rule counts only for a service that is named too, so one alone is a mistake.
func TestRuleForNoService(t *testing.T) {
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	_, err = client.New(client.Options{
		Environment: "Production", Catalogue: "https://own.example/list.xml", Anchors: [][]byte{drill.PEM(pki.Root)},
		Cache: client.Cache{Rules: map[string]core.CacheRule{etkDepot: {Duration: "P1D"}}},
	})
	require.ErrorIs(t, err, bcperr.BadCall)
	require.ErrorContains(t, err, etkDepot)
}
