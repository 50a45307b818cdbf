package core_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

var judged = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

const (
	memberData = "uddi:ehealth-fgov-be:business:memberdata:v1"
	eAttest    = "uddi:ehealth-fgov-be:business:mycareneteattest:v2"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "testdata", name))
	require.NoError(t, err)
	return content
}

func judgement(t testing.TB) core.Judgement {
	return core.Judgement{Anchors: [][]byte{testdata(t, "pki/root.pem")}, Environment: "Production", At: judged}
}

func open(t testing.TB, name string) *core.Catalogue {
	t.Helper()
	c, err := core.Open(testdata(t, "catalogues/"+name), judgement(t))
	require.NoError(t, err)
	return c
}

// TestGenuineCatalogue is the first walk through the whole house, on what the platform really published.
func TestGenuineCatalogue(t *testing.T) {
	signed := corpus.File(t, "catalogues/production-2020-09-14.xml")
	j := core.Judgement{
		Anchors:     [][]byte{corpus.File(t, "catalogues/production-2020-issuing-ca.pem")},
		Environment: "Production",
		At:          time.Date(2020, time.October, 1, 0, 0, 0, 0, time.UTC),
	}
	c, err := core.Open(signed, j)
	require.NoError(t, err)
	summary := c.Summary()
	require.Equal(t, 1, summary.Version)
	require.Equal(t, 22, summary.Services)
	require.Equal(t, 45, summary.Endpoints)
	require.Equal(t, "CBE=0809394427, SERVICELIST", summary.Signer.CN)
	require.Equal(t, "2020-09-14T10:20:09.583+02:00", summary.IssueInstant)
	require.Len(t, summary.Lint, 1, "an Id ends in an apostrophe: a remark, no more")
	require.Equal(t, bcperr.ServiceIDQuirk, summary.Lint[0].Code)
	require.Len(t, c.Services().Services, 22)

	for name, c := range map[string]struct {
		want   bcperr.Code
		change func(*core.Judgement)
	}{
		"expired signer": {bcperr.SignerExpired,
			func(j *core.Judgement) { j.At = time.Date(2021, time.January, 1, 0, 0, 0, 0, time.UTC) }},
		"another anchor": {bcperr.SignerUntrusted,
			func(j *core.Judgement) {
				j.Anchors = [][]byte{corpus.File(t, "catalogues/production-2022-issuing-ca.pem")}
			}},
		"other environment": {bcperr.EnvironmentMismatch, func(j *core.Judgement) { j.Environment = "Acceptation" }},
	} {
		t.Run(name, func(t *testing.T) {
			changed := j
			c.change(&changed)
			_, err := core.Open(signed, changed)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

// TestEditedCatalogue: a published file that somebody edited by hand after it was signed.
func TestEditedCatalogue(t *testing.T) {
	_, err := core.Open(corpus.File(t, "catalogues/production-2022-12-22-edited.xml"), core.Judgement{
		Anchors: [][]byte{corpus.File(t, "catalogues/production-2022-issuing-ca.pem")},
		At:      time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC),
	})
	require.Equal(t, bcperr.DigestMismatch, bcperr.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "reference 1")
}

func TestJudgementIsChecked(t *testing.T) {
	signed := testdata(t, "catalogues/v1.xml")
	for name, c := range map[string]struct {
		want   bcperr.Code
		change func(*core.Judgement)
	}{
		"anchors that are none": {bcperr.BadCall, func(j *core.Judgement) { j.Anchors = [][]byte{[]byte("{}")} }},
		"anchors beyond the bound": {bcperr.InputTooLarge,
			func(j *core.Judgement) { j.Anchors = [][]byte{make([]byte, core.MaxAnchorBytes+1)} }},
		"a CRL beyond the bound costs nothing": {"",
			func(j *core.Judgement) { j.CRLs = [][]byte{make([]byte, core.MaxCRLBytes+1)} }},
		"older than the held one": {bcperr.CatalogueRollback,
			func(j *core.Judgement) { j.Held = open(t, "v2-recovery.xml") }},
	} {
		t.Run(name, func(t *testing.T) {
			j := judgement(t)
			c.change(&j)
			_, err := core.Open(signed, j)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

// TestNoAnchorsNoTrust: the system's roots are never asked.
func TestNoAnchorsNoTrust(t *testing.T) {
	j := judgement(t)
	j.Anchors = nil
	_, err := core.Open(testdata(t, "catalogues/v1.xml"), j)
	require.Error(t, err)
	require.Contains(t, []bcperr.Code{bcperr.BadCall, bcperr.SignerUntrusted}, bcperr.CodeOf(err))
}

// TestHeldThatNoLongerVerifies sets no floor and is said.
func TestHeldThatNoLongerVerifies(t *testing.T) {
	c, err := core.OpenAgainst(testdata(t, "catalogues/v1.xml"), []byte("torn"), judged, judgement(t))
	require.NoError(t, err)
	require.Equal(t, bcperr.HeldInvalid, c.Summary().Lint[0].Code)
}

func TestHeldIsTheSame(t *testing.T) {
	j := judgement(t)
	j.Held = open(t, "v1.xml")
	_, err := core.Open(testdata(t, "catalogues/v1.xml"), j)
	require.NoError(t, err)
}

const soapRequest = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
	`<r:Request xmlns:r="urn:x"><INSS>1</INSS></r:Request></s:Body></s:Envelope>`

func TestCacheKey(t *testing.T) {
	c := open(t, "v2-cache.xml")
	var cached string
	for _, row := range c.Services().Services {
		if row.Cache != nil && row.Cache.Off == "" {
			cached = row.ID
		}
	}
	require.NotEmpty(t, cached, "a service of the sample has a usable cache")
	key, err := c.CacheKey(cached, []byte(soapRequest))
	require.NoError(t, err)
	require.NotEmpty(t, key)
	_, err = c.CacheKey("none", []byte(soapRequest))
	require.Equal(t, bcperr.ServiceUnknown, bcperr.CodeOf(err))
	_, err = open(t, "v1.xml").CacheKey(memberData, []byte(soapRequest))
	require.Equal(t, bcperr.CacheOff, bcperr.CodeOf(err))
	_, err = core.CacheKey(make([]byte, core.MaxStylesheetBytes+1), nil)
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))

	// A request without a key still goes out: a broken cache never stops a call.
	step, _, err := c.Begin(core.Request{
		Target: cached, Body: []byte("not SOAP"), Facts: failover.Facts{Cache: true}, Policy: failover.DefaultPolicy(),
	}, failover.State{}, judged)
	require.NoError(t, err)
	require.Equal(t, failover.DoSend, step.Action.Do)
}

// TestCacheSkipped: a call of a cached service that goes without its cache says why, once and only then.
func TestCacheSkipped(t *testing.T) {
	c := open(t, "v2-cache.xml")
	cached := ""
	for _, row := range c.Services().Services {
		if row.Cache != nil && row.Cache.Off == "" {
			cached = row.ID
		}
	}
	tooLarge := strings.Repeat(" ", core.MaxMessageBytes+1)
	const envelope = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%</s:Body></s:Envelope>`
	inBody := func(payload string) string { return strings.Replace(envelope, "%", payload, 1) }
	for name, row := range map[string]struct {
		body  string
		facts failover.Facts
		want  bcperr.Code
	}{
		"with a key":              {soapRequest, failover.Facts{Cache: true}, ""},
		"nothing of the request":  {inBody(`<r><Inss/></r>`), failover.Facts{Cache: true}, bcperr.KeyConstant},
		"no SOAP":                 {"<r/>", failover.Facts{Cache: true}, bcperr.SOAPMalformed},
		"too large":               {tooLarge, failover.Facts{Cache: true}, bcperr.InputTooLarge},
		"the cache is off":        {"not SOAP", failover.Facts{}, ""},
		"it may not run twice":    {"not SOAP", failover.Facts{Cache: true, Repeat: failover.RepeatNo}, ""},
		"the host had it already": {"not SOAP", failover.Facts{Cache: true, CacheKey: "k"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			step, _, err := c.Begin(core.Request{
				Target: cached, Body: []byte(row.body), Facts: row.facts, Policy: failover.DefaultPolicy(),
			}, failover.State{}, judged)
			require.NoError(t, err)
			var want []failover.Note
			if row.want != "" {
				want = []failover.Note{{Kind: failover.CacheSkipped, Code: row.want}}
			}
			require.Equal(t, want, step.Notes)
		})
	}
}

func TestBeginTargets(t *testing.T) {
	c := open(t, "v1.xml")
	begin := func(target string) (failover.Step, string, error) {
		return c.Begin(core.Request{Target: target, Policy: failover.DefaultPolicy()}, failover.State{}, judged)
	}
	byID, id, err := begin(memberData)
	require.NoError(t, err)
	require.Equal(t, memberData, id)
	byURL, id, err := begin(byID.Action.Endpoint)
	require.NoError(t, err)
	require.Equal(t, memberData, id)
	require.Equal(t, byID.Action, byURL.Action)

	direct, id, err := begin("https://elsewhere.example/a?b")
	require.NoError(t, err)
	require.Equal(t, "https://elsewhere.example/a?b", id)
	require.Equal(t, id, direct.Action.Endpoint, "an unknown URL is called as it is")
	answered, err := c.Next(direct.Call, direct.State, failover.Event{Kind: failover.SendEnded,
		Outcome: failover.Answered}, judged)
	require.NoError(t, err)
	require.Equal(t, failover.DoAnswer, answered.Action.Do)

	_, _, err = begin("uddi:none")
	require.Equal(t, bcperr.ServiceUnknown, bcperr.CodeOf(err))
}

// What one service saw of a host is told to the others of the list, and to nobody else.
func TestSpread(t *testing.T) {
	now := time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	c := published(t, now)
	all, err := c.Status(nil, failover.DefaultPolicy(), now)
	require.NoError(t, err)
	first := all[1] // the one before it is published as down
	n := failover.Note{Kind: failover.EndpointFailed, Outcome: failover.Timeout, Endpoint: first.Health.Preferred}
	changed := c.Spread(first.ID, n, nil, now)
	require.NotContains(t, changed, first.ID)
	require.NotEmpty(t, changed)
	for _, s := range all {
		if s.ID == first.ID {
			continue
		}
		_, found := changed[s.ID]
		require.Equal(t, originOf(t, s.Health.Preferred) == originOf(t, first.Health.Preferred), found, s.ID)
	}
	require.Empty(t, c.Spread("https://elsewhere.example/", n, nil, now), "an address that the list does not have")
	n.Endpoint = "https://elsewhere.example/"
	require.Empty(t, c.Spread(first.ID, n, nil, now))
	n.Kind = failover.ProbeStarted
	require.Empty(t, c.Spread(first.ID, n, nil, now))
}

func originOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u.Scheme + u.Host
}
