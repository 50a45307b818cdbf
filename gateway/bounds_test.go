package gateway_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// An endpoint that hangs takes its own places and no others'.
func TestOneHangingEndpoint(t *testing.T) {
	t.Parallel()
	const many = 200 // more than the places of an endpoint
	release := make(chan struct{})
	h := build(t, nil, func(http.ResponseWriter, *http.Request) { <-release }, well)
	var waiting sync.WaitGroup
	statuses := make(chan int, many)
	for range many {
		waiting.Go(func() {
			statuses <- h.send("POST", endpointPath(h.url(0)), question, nil).StatusCode
		})
	}
	busy := 0
	for range many - 128 {
		if <-statuses == 503 {
			busy++
		}
	}
	require.Equal(t, many-128, busy, "those beyond the places are told at once")
	require.Equal(t, 200, h.send("POST", endpointPath(h.url(1)), question, nil).StatusCode)
	got := h.send("POST", endpointPath(h.url(0)), question, nil)
	require.Equal(t, "busy", got.Header.Get("X-Bcp-Code"))
	require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"))
	require.Equal(t, "1", got.Header.Get("Retry-After"))
	close(release)
	waiting.Wait()
	require.Contains(t, h.get("/metrics"), "bcp_sends_in_progress 0")
}

// The measurements can be read by Prometheus, follow its rules, and hold nothing of a caller.
func TestMetrics(t *testing.T) {
	t.Parallel()
	h := build(t, func(_ *house, o *gateway.Options) {
		o.Client.CRLs = [][]byte{[]byte("<html>"), make([]byte, core.MaxCRLBytes+1)}
	}, well, unavailable)
	h.send("POST", endpointPath(h.url(0)), question, nil)
	h.send("POST", endpointPath(h.url(1)), question, nil)
	h.send("POST", endpointPath("https://evil.example/"), question, nil)
	h.send("GET", "/secret-path", "", func(r *http.Request) { r.Header.Set("Origin", "https://secret.example") })
	text := h.get("/metrics")
	problems, err := promlint.New(strings.NewReader(text + "\n")).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
	for _, line := range []string{
		`bcp_sends_total{order="0",outcome="answered",service="` + serviceA + `"} 1`,
		`bcp_requests_total{route="/endpoint",status="403"} 1`,
		`bcp_requests_total{route="other",status="403"} 1`,
		`bcp_send_duration_seconds_count{order="1",service="` + serviceA + `"} 1`,
		`bcp_catalogue_held 1`,
		`bcp_history_entries 1`,
		`bcp_catalogue_trust_flaws 2`,
		`bcp_events_total{event="trust-flawed",service=""} 2`,
	} {
		require.Contains(t, text, line)
	}
	require.NotContains(t, text, "secret")
	require.NotContains(t, text, "evil")
	require.Contains(t, h.get("/status"), `"order":0,"answered":1,"failed":0,"cancelled":0,"availability":1`)

	h.publish(func(l *drill.List) { l.Services[0].ID = "uddi:example.org:b:v1" })
	_, err = h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	require.NotContains(t, h.get("/metrics"), serviceA, "the series of a service that left stay")
}

// Asked to end, the gateway says so to balancers, ends what is under way, and takes nothing new.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	h := build(t, nil, func(w http.ResponseWriter, r *http.Request) { close(started); <-release; well(w, r) })
	public, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.gateway.Serve(ctx, public, admin) }()
	base := "http://" + public.Addr().String()
	answered := make(chan string, 1)
	go func() {
		response, err := http.Post(base+endpointPath(h.url(0)), "text/xml", strings.NewReader(question))
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-started
	stop()
	require.Eventually(t, func() bool {
		response, err := http.Get(base + "/healthz")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == 503
	}, 4*time.Second, 20*time.Millisecond)
	close(release)
	require.Equal(t, reply, <-answered)
	require.NoError(t, <-ended)
	_, err = http.Get(base + "/healthz")
	require.Error(t, err)
}

// A caller that sends slowly holds no place at the endpoint, and one that reads slowly neither.
func TestSlowCallers(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	host := strings.TrimPrefix(h.front.URL, "http://")
	for range 300 {
		conn, err := net.Dial("tcp", host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n\r\n<",
			endpointPath(h.url(0)), host)
		require.NoError(t, err)
	}
	require.Equal(t, 200, h.send("POST", endpointPath(h.url(0)), question, nil).StatusCode)
	require.Len(t, h.asks(), 1)
}
