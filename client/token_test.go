package client_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

const keyOfSubject = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
	`<xsl:output method="text"/><xsl:template match="/"><xsl:value-of select="//subject"/></xsl:template>` +
	`</xsl:stylesheet>`

// TestTokenEnds: with the token service down a kept token is served up to its own end and not after it, however long
// the cache would keep it and whatever the caller takes; the panel says so.
func TestTokenEnds(t *testing.T) {
	const sts = "uddi:ehealth-fgov-be:business:iamsecuritytokenservice:v1"
	now := time.Now()
	h := build(t, func(o *client.Options) {
		o.Now = func() time.Time { return now }
		o.Cache = client.Cache{Services: []string{sts}, ServeExpired: true,
			Rules: map[string]core.CacheRule{sts: {Stylesheet: []byte(keyOfSubject), Duration: "P7D"}}}
	})
	require.Equal(t, sts, h.id(t, "sts"))
	ask := func() (*http.Response, string, error) {
		return h.post(t, "sts", func(r *http.Request) {
			*r = *r.WithContext(client.WithUser(r.Context(), "u"))
			body := strings.Replace(question, "<q>1</q>", "<q><subject>12345678</subject></q>", 1)
			again, err := http.NewRequest(http.MethodPost, sts, strings.NewReader(body))
			require.NoError(t, err)
			r.Body, r.GetBody, r.ContentLength = again.Body, again.GetBody, again.ContentLength
		})
	}
	way := func() procedure.Way {
		overview, err := h.client.Procedures("en", procedure.Filter{Only: []string{"login"}})
		require.NoError(t, err)
		return overview.Items[0].Way
	}
	_, token, err := ask()
	require.NoError(t, err)
	renewal, err := core.TokenRenewal([]byte(token), now)
	require.NoError(t, err)
	h.do(t, "fail sts reset")

	now = time.UnixMilli(renewal.EndsMs - 1)
	response, kept, err := ask()
	require.NoError(t, err)
	require.Equal(t, token, kept)
	from, _ := client.ProvenanceOf(response)
	require.Equal(t, failover.FromCache, from.Source)
	require.Equal(t, renewal.EndsMs, from.ValidUntil.UnixMilli())
	require.Equal(t, procedure.WayCache, way())

	now = now.Add(time.Millisecond)
	_, _, err = ask()
	require.ErrorIs(t, err, bcperr.EndpointsExhausted)
	require.ErrorContains(t, err, "the answer in the cache is expired")
	require.Equal(t, procedure.WayLastResort, way())
}
