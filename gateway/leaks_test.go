package gateway_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// Calls leave no goroutine and no open file behind, however they end. BCP_CALLS says how many (2,000).
func TestNothingIsLeftOfCalls(t *testing.T) { // alone: others have goroutines of their own
	calls, _ := strconv.Atoi(os.Getenv("BCP_CALLS"))
	if calls == 0 {
		calls = 2_000
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	h := build(t, nil, well, unavailable, cut)
	posts := []string{endpointPath(h.url(0)), endpointPath(h.url(1)), endpointPath(h.url(2)), servicePath(serviceA),
		endpointPath("https://evil.example/")}
	some := func(n int) {
		for i := range n {
			h.send("POST", posts[i%len(posts)], question, nil)
			if i%len(posts) == 0 {
				h.send("GET", "/servicelist.xml", "", nil)
			}
		}
	}
	some(200) // connections that are kept
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	some(calls)
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines+8 }, 5*time.Second,
		20*time.Millisecond)
	t.Logf("%d calls: goroutines %d before, %d after; files %d, %d", calls, goroutines, runtime.NumGoroutine(), files,
		openFiles(t))
	require.LessOrEqual(t, openFiles(t), files+8)
}

// openFiles is how many files this process has open, 0 where the system does not say.
func openFiles(t *testing.T) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	files, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(files)
}

// An answer that is a bomb goes to the caller as it is, and is not unpacked here.
func TestBomb(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(make([]byte, 16<<20))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	h := build(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(packed.Bytes())
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := h.send("POST", endpointPath(h.url(0)), question, func(r *http.Request) {
		r.Header.Set("Accept-Encoding", "gzip")
	})
	runtime.ReadMemStats(&after)
	require.Equal(t, 200, got.StatusCode)
	require.Equal(t, packed.Len(), len(got.body))
	require.Contains(t, h.get("/metrics"),
		`bcp_sends_total{order="0",outcome="answered",service="`+serviceA+`"} 1`, "somebody speaks: who, is not known")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(24<<20))
}

// The series of events go with their service, also where nothing was ever sent to it.
func TestEventsOfAServiceThatLeft(t *testing.T) {
	t.Parallel()
	h := build(t, func(_ *house, o *gateway.Options) { o.Client.Policy.Name = failover.Published }, well)
	h.publish(func(l *drill.List) { l.Services[0].Endpoints[0].Status = drill.Inactive })
	_, err := h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	require.Equal(t, 503, h.send("POST", servicePath(serviceA), question, nil).StatusCode)
	require.Contains(t, h.get("/metrics"), `bcp_events_total{event="call-failed",service="`+serviceA+`"} 1`)
	h.publish(func(l *drill.List) { l.Services[0].ID = "uddi:example.org:b:v1" })
	_, err = h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	require.NotContains(t, h.get("/metrics"), serviceA)
}
