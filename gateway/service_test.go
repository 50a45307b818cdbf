package gateway_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func unavailable(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }

// A caller without a core gets the failover of one.
func TestServiceFailsOver(t *testing.T) {
	t.Parallel()
	h := build(t, nil, unavailable, well)
	post := func(repeat string) answer {
		return h.send("POST", servicePath(serviceA), question, func(r *http.Request) {
			if repeat != "" {
				r.Header.Set("X-Bcp-Repeat", repeat)
			}
		})
	}
	got := post("maybe")
	require.Equal(t, 400, got.StatusCode)
	require.Empty(t, h.asks())

	got = post("no")
	require.Equal(t, 502, got.StatusCode)
	require.Equal(t, "not-repeatable", got.Header.Get("X-Bcp-Code"))
	require.Empty(t, got.Header.Get("X-Bcp-Not-Sent"), "it was sent")
	require.Len(t, h.asks(), 1)

	got = post("yes")
	require.Equal(t, 200, got.StatusCode, got.body)
	require.Equal(t, reply, got.body)
	require.Equal(t, "network", got.Header.Get("X-Bcp-Source"))
	require.Equal(t, h.url(1), got.Header.Get("X-Bcp-Endpoint"))
	require.Equal(t, "1", got.Header.Get("X-Bcp-Attempts"), "what the first call saw is known")
}

func repeatable(r *http.Request) { r.Header.Set("X-Bcp-Repeat", "yes") }

func TestServiceTriesEachOnce(t *testing.T) {
	t.Parallel()
	h := build(t, nil, unavailable, well)
	got := h.send("POST", servicePath(serviceA), question, repeatable)
	require.Equal(t, 200, got.StatusCode)
	require.Equal(t, "2", got.Header.Get("X-Bcp-Attempts"))
	require.Equal(t, "", got.Header.Get("X-Bcp-Code"))
}

func TestServicesThatAreNone(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	for _, id := range []string{"", "uddi:example.org:b:v1", serviceA + " ", serviceA + "/", "http://evil.example/",
		h.url(0),
		"UDDI:example.org:a:v1", serviceA + "\r\nx: y", "%"} {
		got := h.send("POST", "/service?id="+url.QueryEscape(id), question, nil)
		require.Equal(t, 403, got.StatusCode, id)
		require.Equal(t, "service-unknown", got.Header.Get("X-Bcp-Code"), id)
	}
	require.Equal(t, 403, h.send("POST", servicePath(serviceA)+"&id=x", question, nil).StatusCode)
	require.Empty(t, h.asks())
}

func TestAllEndpointsDown(t *testing.T) {
	t.Parallel()
	h := build(t, nil, unavailable, unavailable)
	got := h.send("POST", servicePath(serviceA), question, repeatable)
	require.Equal(t, 502, got.StatusCode)
	require.Equal(t, "endpoints-exhausted", got.Header.Get("X-Bcp-Code"))
	require.Equal(t, "2", got.Header.Get("X-Bcp-Attempts"))
	require.Empty(t, got.Header.Get("X-Bcp-Not-Sent"))
}

// What says nothing sensible of running twice is refused on both ways, before anything is sent.
func TestRepeatIsYesOrNo(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	for _, path := range []string{endpointPath(h.url(0)), servicePath(serviceA)} {
		got := h.send("POST", path, question, func(r *http.Request) { r.Header.Set("X-Bcp-Repeat", "perhaps") })
		require.Equal(t, 400, got.StatusCode, path)
		require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"))
	}
	require.Empty(t, h.asks())
}

// When no memory is left for its answer, a call ends as busy: nobody is blamed, and nothing says that it was not sent.
func TestNoMemoryForAnAnswer(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well, well)
	give := h.gateway.TakeAnswerMemory()
	got := h.send("POST", servicePath(serviceA), question, nil)
	require.Equal(t, 503, got.StatusCode)
	require.Contains(t, got.body, `"code":"busy"`)
	require.Equal(t, "1", got.Header.Get("Retry-After"))
	require.Empty(t, got.Header.Get("X-Bcp-Not-Sent"))
	require.NotContains(t, h.get("/metrics"), "endpoint-failed")
	give()
	require.Equal(t, 200, h.send("POST", servicePath(serviceA), question, nil).StatusCode)
}
