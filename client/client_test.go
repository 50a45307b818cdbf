package client_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

const question = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">` +
	`<s:Body><q>1</q></s:Body></s:Envelope>`

// house is a simulated platform and a client of it.
type house struct {
	*platform.Platform
	client *client.Client

	mu       sync.Mutex
	events   []client.Event
	attempts []client.Attempt
}

func (h *house) kinds() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var kinds []string
	for _, e := range h.events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func (h *house) outcomes() (all []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.attempts {
		all = append(all, h.Name(a.Endpoint)+" "+string(a.Outcome))
	}
	return all
}

func (h *house) do(t *testing.T, steps ...string) {
	t.Helper()
	for _, step := range steps {
		require.NoError(t, h.Do(step))
	}
}

// options for a client of the platform that asks for nothing on its own.
func (h *house) options() client.Options {
	policy := failover.DefaultPolicy()
	// Nothing here is silent; megabytes take seconds on a slow machine with the race detector.
	policy.AttemptTimeout, policy.TotalTimeout = time.Minute, 2*time.Minute
	return client.Options{
		Environment: platform.Environment, Catalogue: h.CatalogueURL(), Hint: h.SHA2URL(),
		Anchors: [][]byte{h.Anchors()}, Policy: policy, Manual: true,
		OnEvent: func(e client.Event) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.events = append(h.events, e)
		},
		OnAttempt: func(a client.Attempt) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.attempts = append(h.attempts, a)
		},
	}
}

// build starts a platform, and a client of it with options that change may alter.
func build(t *testing.T, change func(*client.Options)) *house {
	t.Helper()
	p, err := platform.Start(platform.Options{})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	h := &house{Platform: p}
	o := h.options()
	if change != nil {
		change(&o)
	}
	h.client, err = client.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.client.Close()) })
	return h
}

func (h *house) id(t *testing.T, service string) string {
	t.Helper()
	id, found := h.ServiceID(service)
	require.True(t, found, service)
	return id
}

// post sends a question to a service, as an application would.
func (h *house) post(t *testing.T, service string, change func(*http.Request)) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.id(t, service),
		strings.NewReader(question))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	if change != nil {
		change(request)
	}
	response, err := (&http.Client{Transport: h.client}).Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body), nil
}

func repeatable(r *http.Request) { *r = *r.WithContext(client.WithRepeat(r.Context(), true)) }

// A call goes to the main endpoint, fails over when that is down, and comes back.
func TestFailover(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := build(t, func(o *client.Options) { o.Now = func() time.Time { return now } })
	response, body, err := h.post(t, "etk", nil)
	require.NoError(t, err)
	require.Equal(t, 200, response.StatusCode)
	require.Contains(t, body, "Envelope")
	from, ok := client.ProvenanceOf(response)
	require.True(t, ok)
	require.Equal(t, failover.FromNetwork, from.Source)
	require.Equal(t, h.id(t, "etk"), from.Service)
	require.Equal(t, "etk/0", h.Name(from.Endpoint))
	require.Equal(t, 1, from.Attempts)

	h.do(t, "fail etk/0 unavailable")
	response, _, err = h.post(t, "etk", repeatable)
	require.NoError(t, err)
	from, _ = client.ProvenanceOf(response)
	require.Equal(t, "etk/1", h.Name(from.Endpoint))
	require.Equal(t, 2, from.Attempts)
	require.Contains(t, h.kinds(), "endpoint-switched")

	h.do(t, "recover")
	now = now.Add(6 * time.Minute)
	response, _, err = h.post(t, "etk", nil)
	require.NoError(t, err)
	from, _ = client.ProvenanceOf(response)
	require.Equal(t, "etk/0", h.Name(from.Endpoint))
	require.Contains(t, h.kinds(), "failback")
	require.Equal(t, []string{"etk/0 answered", "etk/0 switch", "etk/1 answered", "etk/0 answered"}, h.outcomes())
}

// What another clock saw in the future takes nothing away from what was seen here.
func TestMergeOfTheFuture(t *testing.T) {
	t.Parallel()
	h := build(t, nil)
	h.do(t, "fail etk/0 unavailable")
	_, _, err := h.post(t, "etk", repeatable)
	require.NoError(t, err)
	id := h.id(t, "etk")
	known := h.client.States()[id]

	var other failover.State
	ahead := time.Now().Add(24 * time.Hour).UnixMilli()
	require.NoError(t, other.UnmarshalJSON(fmt.Appendf(nil, `{"v":1,"nowMs":%d,"chosen":[0,%[1]d]}`, ahead)))
	h.client.Merge(map[string]failover.State{id: other})
	require.Equal(t, known, h.client.States()[id])
}

// The end of an outage tells since when nothing had answered.
func TestServiceRecovered(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Millisecond)
	failedAt := now
	h := build(t, func(o *client.Options) { o.Now = func() time.Time { return now } })
	h.do(t, "fail etk/0 unavailable", "fail etk/1 unavailable")
	_, _, err := h.post(t, "etk", repeatable)
	require.ErrorIs(t, err, bcperr.EndpointsExhausted)
	h.do(t, "recover")
	now = now.Add(time.Hour)
	_, _, err = h.post(t, "etk", repeatable)
	require.NoError(t, err)
	i := slices.Index(h.kinds(), string(failover.ServiceRecovered))
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, failedAt.UTC(), h.events[i].Since)
}

// waiter tells when somebody waits for it.
type waiter struct {
	context.Context
	waits func()
}

func (w waiter) Done() <-chan struct{} {
	w.waits()
	return w.Context.Done()
}

// Who asks for a newer list gets the newest, though the first source stopped and confirms the old one, the second is
// late, and the client is asking on its own, which is content with the first.
func TestRefreshAsksEverySource(t *testing.T) {
	t.Parallel()
	h := build(t, nil)
	old, o := h.Published(), h.options()
	h.do(t, "publish switch etk/1")
	late := h.Published()
	h.do(t, "publish switch etk/0")
	began, waits := make(chan struct{}), make(chan struct{})
	isBegun, isAwaited := sync.OnceFunc(func() { close(began) }), sync.OnceFunc(func() { close(waits) })
	o.Manual, o.Bundled = false, old
	o.Copies, o.Catalogue, o.Hint = []string{"https://late.example/list", o.Catalogue}, "https://stopped.example/list", ""
	o.CatalogueTransport = transport(func(r *http.Request) (*http.Response, error) {
		switch r.URL.Host {
		case "stopped.example":
		case "late.example":
			return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(late))}, nil
		default:
			return http.DefaultTransport.RoundTrip(r)
		}
		isBegun()
		<-waits
		return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(old))}, nil
	})
	c, err := client.New(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	<-began
	updated, err := c.Refresh(waiter{t.Context(), isAwaited})
	require.NoError(t, err)
	require.True(t, updated)
	held, _ := c.Held()
	require.Equal(t, h.Published(), held.Octets, "the newest of all")
}

// Calls that find every endpoint down ask for a newer list; those that do so soon after one another share the answer.
func TestRefreshesAreShared(t *testing.T) {
	t.Parallel()
	var nowMs, asked atomic.Int64 // the client reads its clock on its own, too
	nowMs.Store(time.Now().UnixMilli())
	h := build(t, func(o *client.Options) {
		o.Policy.Name = failover.Published
		o.Now = func() time.Time { return time.UnixMilli(nowMs.Load()) }
		o.CatalogueTransport = transport(func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			return http.DefaultTransport.RoundTrip(r)
		})
	})
	require.NoError(t, h.client.Preload(t.Context()))
	h.do(t, "fail etk/0 unavailable", "fail etk/1 unavailable")
	fails := func(after time.Duration, questions int64) {
		nowMs.Add(after.Milliseconds())
		asked.Store(0)
		_, _, err := h.post(t, "etk", repeatable)
		require.ErrorIs(t, err, bcperr.EndpointsExhausted)
		require.Equal(t, questions, asked.Load())
	}
	fails(time.Minute, 1) // the hint, which confirms
	fails(core.RefreshFor-time.Second, 0)
	fails(time.Second, 1)
}
