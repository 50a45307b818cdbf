package client_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// A request of which the stylesheet says nothing goes without cache, in either strategy, and an event says so: the
// answer for one patient is never another one's.
func TestCacheSkipped(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"ENDPOINT_FIRST", "CACHE_FIRST"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			h := build(t, func(o *client.Options) {
				o.Cache = client.Cache{Services: []string{"uddi:ehealth-fgov-be:business:metahub:v2"}}
			})
			require.Equal(t, "uddi:ehealth-fgov-be:business:metahub:v2", h.id(t, "hub"))
			h.do(t, "publish cache hub "+strategy)
			ask := func(payload string) (*http.Response, error) {
				response, _, err := h.post(t, "hub", func(r *http.Request) {
					*r = *r.WithContext(client.WithUser(client.WithRepeat(r.Context(), true), "u"))
					body := strings.Replace(question, "<q>1</q>", payload, 1)
					r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
					r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
				})
				return response, err
			}
			source := func(payload string) failover.Source {
				response, err := ask(payload)
				require.NoError(t, err)
				from, _ := client.ProvenanceOf(response)
				return from.Source
			}
			for _, payload := range []string{`<q><SSIN>1</SSIN></q>`, `<q><SSIN>2</SSIN></q>`} {
				require.Equal(t, failover.FromNetwork, source(payload))
			}

			require.Equal(t, failover.FromNetwork, source(`<q><INSS>1</INSS></q>`))
			h.do(t, "fail hub reset")
			require.Equal(t, failover.FromCache, source(`<q><INSS>1</INSS></q>`))
			large := `<q><INSS>1</INSS>` + strings.Repeat(" ", core.MaxMessageBytes) + `</q>`
			for _, payload := range []string{`<q><SSIN>1</SSIN></q>`, `<q><INSS>2</INSS></q>`, large} {
				_, err := ask(payload)
				require.ErrorIs(t, err, bcperr.EndpointsExhausted)
			}
			require.Equal(t, []bcperr.Code{bcperr.KeyConstant, bcperr.KeyConstant, bcperr.KeyConstant,
				bcperr.InputTooLarge}, h.skipped())
		})
	}
}

// skipped returns why calls went without their cache.
func (h *house) skipped() (codes []bcperr.Code) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		if e.Kind == string(failover.CacheSkipped) {
			codes = append(codes, e.Code)
		}
	}
	return codes
}
