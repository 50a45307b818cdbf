package client_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// What an endpoint of a list that was replaced in mid-call does is not booked on the one that took its place.
func TestListReplacedInMidCall(t *testing.T) {
	t.Parallel()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	list := drill.Synthetic(1)
	sign := func() []byte {
		signed, err := drill.Sign(list, pki.Signer, time.Time{})
		require.NoError(t, err)
		return signed
	}
	served := sign()
	var c *client.Client
	isRenewed := false
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		body := []byte(question)
		switch {
		case strings.HasSuffix(r.URL.Path, "/list.xml"):
			body = served
		case !isRenewed: // the main endpoint fails, with a new list here
			isRenewed = true
			list.IssueInstant = list.IssueInstant.Add(time.Hour)
			list.Services[0].Endpoints[0].URL += "/renewed"
			served = sign()
			updated, err := c.Refresh(r.Context())
			require.NoError(t, err)
			require.True(t, updated)
			return nil, errors.New("down")
		}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/xml"}}, Request: r,
			ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body))}, nil
	})
	c, err = client.New(client.Options{
		Environment: "Production", Catalogue: "https://list.example/list.xml", Anchors: [][]byte{drill.PEM(pki.Root)},
		Transport: transport, Manual: true,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	request, err := http.NewRequest(http.MethodPost, list.Services[0].ID, strings.NewReader(question))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "text/xml")
	repeatable(request)
	response, err := c.RoundTrip(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	from, _ := client.ProvenanceOf(response)
	require.True(t, strings.HasSuffix(from.Endpoint, "/renewed"), from.Endpoint)
	health := c.Status().Services[0].Health
	require.Empty(t, health.Failures)
	require.Equal(t, from.Endpoint, health.Endpoint)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
