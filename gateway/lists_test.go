package gateway_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

func anchor(t *testing.T) []byte {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	return drill.PEM(pki.Root)
}

func digest(octets []byte) string {
	sum := sha256.Sum256(octets)
	return hex.EncodeToString(sum[:])
}

// The list is served as it was signed, with a hint that is its hash, and a tag that saves the download.
func TestServesTheList(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	got := h.send("GET", "/servicelist.xml", "", nil)
	require.Equal(t, 200, got.StatusCode)
	require.Equal(t, string(h.signed), got.body)
	require.Equal(t, "no-cache", got.Header.Get("Cache-Control"))
	require.Equal(t, digest(h.signed)+"\n", h.send("GET", "/servicelist.sha2", "", nil).body)
	again := h.send("GET", "/servicelist.xml", "", func(r *http.Request) {
		r.Header.Set("If-None-Match", got.Header.Get("Etag"))
	})
	require.Equal(t, 304, again.StatusCode)
	require.Equal(t, "1", h.send("POST", "/servicelist.xml", "x", nil).Header.Get("X-Bcp-Not-Sent"))
}

// A source that fails, lies or goes back in time changes nothing that is served.
func TestTheLastGoodListStays(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	good := string(h.signed)
	foreign, err := drill.NewForeignPKI()
	require.NoError(t, err)
	sign := func(by *drill.PKI, edit func(*drill.List)) []byte {
		list := h.list.Clone()
		edit(&list)
		signed, err := drill.Sign(list, by.Signer, list.IssueInstant)
		require.NoError(t, err)
		return signed
	}
	later := func(l *drill.List) { l.IssueInstant = l.IssueInstant.Add(time.Minute) }
	for name, octets := range map[string][]byte{
		"a page":              []byte("<html>maintenance</html>"),
		"nothing":             {},
		"cut":                 []byte(good[:len(good)/2]),
		"changed":             []byte(strings.Replace(good, "ACTIVE", "INACTIVE", 1)),
		"signed by another":   sign(foreign, later),
		"older":               sign(h.pki, func(l *drill.List) { l.IssueInstant = l.IssueInstant.Add(-time.Minute) }),
		"another environment": sign(h.pki, func(l *drill.List) { later(l); l.Environment = "Production" }),
		"of the future": sign(h.pki,
			func(l *drill.List) { l.IssueInstant = l.IssueInstant.Add(48 * time.Hour) }),
		"of the same moment": sign(h.pki, func(l *drill.List) { l.Services[0].Name = "B" }),
	} {
		h.breaks(func(w http.ResponseWriter) bool { _, _ = w.Write(octets); return true })
		updated, err := h.gateway.Client().Refresh(t.Context())
		require.False(t, updated, name)
		require.Error(t, err, name)
		require.Equal(t, good, h.send("GET", "/servicelist.xml", "", nil).body, name)
		require.Equal(t, 200, h.send("POST", endpointPath(h.url(0)), question, nil).StatusCode, name)
	}
	for name, how := range map[string]func(http.ResponseWriter) bool{
		"404": func(w http.ResponseWriter) bool { w.WriteHeader(404); return true },
		"endless": func(w http.ResponseWriter) bool {
			_, _ = io.CopyN(w, endless{}, 64<<20)
			return true
		},
		"a bomb": func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.CopyN(z, endless{}, 512<<20)
			_ = z.Close()
			return true
		},
	} {
		h.breaks(how)
		_, err := h.gateway.Client().Refresh(t.Context())
		require.Error(t, err, name)
		require.Equal(t, good, h.send("GET", "/servicelist.xml", "", nil).body, name)
	}
	require.Contains(t, h.get("/metrics"), `bcp_events_total{event="catalogue-rejected",service=""}`)
}

func TestWithoutAList(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	h.breaks(func(w http.ResponseWriter) bool { w.WriteHeader(503); return true })
	h.dir = t.TempDir()
	h.start(nil)
	for _, path := range []string{"/servicelist.xml", "/servicelist.sha2", endpointPath(h.url(0)),
		servicePath(serviceA)} {
		got := h.send("GET", path, "", nil)
		require.Equal(t, 503, got.StatusCode, path)
		require.Equal(t, "network", got.Header.Get("X-Bcp-Code"), path)
		require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"), path)
	}
	require.Equal(t, 503, h.send("GET", "/healthz", "", nil).StatusCode)
	require.Contains(t, h.get("/metrics"), "bcp_catalogue_held 0")
	require.Equal(t, "{}\n", h.send("GET", "/states", "", nil).body)
	require.Empty(t, h.asks())
	h.breaks(nil)
	_, err := h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	require.Equal(t, 200, h.send("GET", "/healthz", "", nil).StatusCode)
}

// Who comes before the first list did waits for it: a page that starts beside its gateway is not told of an outage.
func TestWaitsForTheFirstList(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	for _, path := range []string{"/servicelist.xml", "/servicelist.sha2", endpointPath(h.url(0)),
		servicePath(serviceA)} {
		asked, may := make(chan struct{}, 9), make(chan struct{})
		h.breaks(func(http.ResponseWriter) bool { asked <- struct{}{}; <-may; return false })
		h.dir = t.TempDir()
		h.start(func(_ *house, o *gateway.Options) { o.Client.Manual = false })
		<-asked
		time.AfterFunc(20*time.Millisecond, func() { close(may) })
		require.Equal(t, 200, h.send("GET", path, "", nil).StatusCode, path)
	}
}

// The reason why there is no list is the refusal of the one in hand, also while the sources are out of reach.
func TestRefusedListIsTheReason(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	require.NoError(t, h.gateway.Close())
	h.breaks(func(w http.ResponseWriter) bool { w.WriteHeader(503); return true })
	now := time.Now()
	stolen, err := drill.CRL(h.pki.IssuingCA(), now.Add(-time.Hour), now.Add(time.Hour),
		h.pki.Signer.Chain[0].SerialNumber)
	require.NoError(t, err)
	h.start(func(_ *house, o *gateway.Options) { o.Client.CRLs = [][]byte{stolen} })
	require.Contains(t, h.send("GET", "/healthz", "", nil).body, `"code":"signer-revoked"`)
	require.ErrorIs(t, h.gateway.Client().Preload(t.Context()), bcperr.SignerRevoked)
	for _, path := range []string{"/servicelist.xml", endpointPath(h.url(0)), servicePath(serviceA)} {
		require.Equal(t, "signer-revoked", h.send("GET", path, "", nil).Header.Get("X-Bcp-Code"), path)
	}
}

// Each list that was accepted is kept, over restarts, in a chain that shows what was changed afterwards.
func TestHistory(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	lists := [][]byte{h.signed}
	for range 3 {
		h.publish(nil)
		_, err := h.gateway.Client().Refresh(t.Context())
		require.NoError(t, err)
		lists = append(lists, h.signed)
	}
	require.NoError(t, h.gateway.Close())
	h.start(nil)
	text := h.send("GET", "/history", "", nil).body
	chain, err := history.Read([]byte(text))
	require.NoError(t, err)
	require.Len(t, chain.Entries, len(lists))
	for i, e := range chain.Entries {
		require.Equal(t, digest(lists[i]), e.Digest)
		require.Equal(t, string(lists[i]), h.send("GET", "/history/"+e.Digest+".xml", "", nil).body)
	}
	require.Contains(t, h.get("/status"), chain.Head())
	for _, path := range []string{"/history/x.xml", "/history/" + chain.Entries[0].Digest, "/history/chain.txt",
		"/history/lock",
		"/history/..%2fcatalogue.bcp", "/history/%2e%2e", "/history/" + chain.Entries[0].Digest + ".xml.xml"} {
		require.Equal(t, 404, h.send("GET", path, "", nil).StatusCode, path)
	}

	file := filepath.Join(h.dir, "history", "chain.txt")
	require.NoError(t, h.gateway.Close())
	require.NoError(t, os.WriteFile(file, []byte(text+text[:40]), 0o600)) // a write that a crash cut
	h.start(nil)
	h.publish(nil)
	_, err = h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	chain, err = history.Read([]byte(h.send("GET", "/history", "", nil).body))
	require.NoError(t, err)
	require.Len(t, chain.Entries, len(lists)+1)
	require.Zero(t, chain.Torn)

	spoiled := strings.Replace(text, chain.Entries[1].Digest, digest(nil), 1)
	require.NoError(t, os.WriteFile(file, []byte(spoiled), 0o600))
	h.publish(nil)
	_, err = h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err, "a history that does not hold stops no list")
	require.Contains(t, h.get("/status"), `"code":"history-broken"`)
	require.Contains(t, h.get("/metrics"), "bcp_history_ok 0")
	left, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, spoiled, string(left), "what was changed must stay to be seen")
}

// A folder that cannot be used costs no call.
func TestBrokenFolder(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	h.dir = filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(h.dir, nil, 0o600))
	h.start(nil)
	require.Equal(t, 200, h.send("POST", endpointPath(h.url(0)), question, nil).StatusCode)
	require.Equal(t, 200, h.send("GET", "/servicelist.xml", "", nil).StatusCode)
	require.Contains(t, h.get("/status"), `"code":"storage-unavailable"`)
}

// What the gateway saw is there for those who have not seen it yet, in the form that they merge.
func TestStates(t *testing.T) {
	t.Parallel()
	h := build(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, well)
	h.send("POST", endpointPath(h.url(0)), question, nil)
	var states map[string]failover.State
	require.NoError(t, json.Unmarshal([]byte(h.send("GET", "/states", "", nil).body), &states))
	held, _ := h.gateway.Client().Held()
	all, err := held.Catalogue.Status(states, failover.DefaultPolicy(), time.Now())
	require.NoError(t, err)
	require.True(t, all[0].Health.FailedOver)
	require.Contains(t, h.get("/metrics"), `bcp_service_failed_over{service="`+serviceA+`"} 1`)

	require.NoError(t, h.gateway.Close())
	h.start(nil)
	require.Contains(t, h.send("GET", "/states", "", nil).body, serviceA, "a restart forgot the outage")
}
