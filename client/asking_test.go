package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/stretchr/testify/require"
)

// asking is a script that this client and that of browsers follow: what happens at each moment, and when the sources
// are asked again after it. js/test/asking.test.mjs plays the same.
type asking struct {
	Catalogue, Anchors, Environment, Service, Fails string
	Random                                          uint64
	Steps                                           []struct {
		AtMs, NextMs int64
		Call         bool
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAsksAtTheMomentsOfBrowsers(t *testing.T) {
	read := func(name string) []byte {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		return text
	}
	var script asking
	require.NoError(t, json.Unmarshal(read("testdata/asking.json"), &script))
	list := read("../testdata/" + script.Catalogue)
	var nowMs atomic.Int64 // the client reads its clock on its own, too
	nowMs.Store(script.Steps[0].AtMs)
	c, err := client.New(client.Options{
		Environment: script.Environment, Anchors: [][]byte{read("../testdata/" + script.Anchors)},
		Random: script.Random, Manual: true,
		Catalogue: "https://list.example/c.xml", Now: func() time.Time { return time.UnixMilli(nowMs.Load()) },
		Transport: transport(func(r *http.Request) (*http.Response, error) {
			answer := func(status int, body string) (*http.Response, error) {
				return &http.Response{
					StatusCode: status, Request: r, ContentLength: int64(len(body)),
					Header: http.Header{"Content-Type": {"text/xml"}}, Body: io.NopCloser(strings.NewReader(body)),
				}, nil
			}
			switch {
			case r.URL.String() == "https://list.example/c.xml":
				return answer(200, string(list))
			case r.URL.Host == "list.example":
				return answer(404, "")
			case r.URL.String() == script.Fails:
				return nil, errors.New("connection reset")
			}
			return answer(200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ok/></s:Body>`+
				`</s:Envelope>`)
		}),
	})
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	for i, step := range script.Steps {
		nowMs.Store(step.AtMs)
		if step.Call {
			request, err := http.NewRequest(http.MethodPost, script.Service, strings.NewReader("<question/>"))
			require.NoError(t, err)
			response, err := c.RoundTrip(request.WithContext(client.WithRepeat(t.Context(), true)))
			require.NoError(t, err)
			_ = response.Body.Close()
		}
		_, err := c.Refresh(t.Context())
		require.NoError(t, err)
		require.Equal(t, step.NextMs, c.Status().NextCheckMs, "step %d", i)
	}
}
