package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// frontDoor answers in the place of endpoints, while it is told to; other requests pass.
type frontDoor struct {
	answers func(*http.Request) *http.Response // nil: pass
}

func (d *frontDoor) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.answers != nil {
		if response := d.answers(r); response != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			response.Request = r
			return response, nil
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// said is an answer as it comes from the transport.
func said(status int, media, body string) *http.Response {
	header := http.Header{}
	if media != "" {
		header.Set("Content-Type", media)
	}
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}
}

// A site comes back load balancer first: until the service itself answers, nobody is led back.
func TestHalfRecovered(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"text/html":        "<!doctype html><title>404</title>",
		"text/plain":       "no healthy upstream",
		"application/json": `{"status":"starting"}`,
		"text/xml":         "<maintenance>until 6</maintenance>",
	}
	for _, status := range []int{200, 401, 404, 429, 500, 503} {
		for media, body := range bodies {
			t.Run(fmt.Sprint(status, " ", media), func(t *testing.T) {
				t.Parallel()
				now, door := time.Now(), &frontDoor{}
				h := build(t, func(o *client.Options) {
					o.Now, o.Transport = func() time.Time { return now }, door
				})
				ask := func(endpoint string, attempts int) {
					t.Helper()
					response, text, err := h.post(t, "etk", repeatable)
					require.NoError(t, err)
					from, _ := client.ProvenanceOf(response)
					require.Equal(t, 200, response.StatusCode)
					require.Contains(t, text, "Envelope")
					require.Equal(t, endpoint, h.Name(from.Endpoint))
					require.Equal(t, attempts, from.Attempts)
				}
				h.do(t, "fail etk/0 reset")
				ask("etk/1", 2)
				h.do(t, "recover")
				door.answers = func(r *http.Request) *http.Response {
					if h.Name(r.URL.String()) != "etk/0" {
						return nil
					}
					return said(status, media, body)
				}
				now = now.Add(10 * time.Minute)
				ask("etk/1", 2) // it probes
				for range 3 {
					ask("etk/1", 1)
				}
				require.NotContains(t, h.kinds(), "failback")
				want := "etk/0 foreign"
				if status == 503 {
					want = "etk/0 switch"
				}
				require.Equal(t, []string{want, "etk/1 answered"}, h.outcomes()[2:4])

				door.answers = nil
				now = now.Add(2 * time.Hour)
				ask("etk/0", 1)
				require.Contains(t, h.kinds(), "failback")
			})
		}
	}
}

// A redirect leads to a host that nobody signed: it is no answer, and nobody follows it.
func TestRedirectIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, status := range []int{101, 301, 302, 303, 307, 308} {
		door := &frontDoor{}
		h := build(t, func(o *client.Options) { o.Transport = door })
		door.answers = func(r *http.Request) *http.Response {
			if h.Name(r.URL.String()) != "etk/0" {
				return nil
			}
			answer := said(status, "text/xml", soapFault)
			answer.Header.Set("Location", "https://elsewhere.example/")
			return answer
		}
		response, _, err := h.post(t, "etk", repeatable)
		require.NoError(t, err)
		from, _ := client.ProvenanceOf(response)
		require.Equal(t, "etk/1", h.Name(from.Endpoint), status)
		require.Equal(t, []string{"etk/0 foreign", "etk/1 answered"}, h.outcomes(), status)
	}
}

// Nothing is nothing in any coding: a one-way answer, and one to HEAD, say only what it would have been.
func TestNothingCompressed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 202, 204} {
		for _, coding := range []string{"gzip", "x-gzip", "GZIP"} {
			door := &frontDoor{}
			h := build(t, func(o *client.Options) { o.Transport = door })
			door.answers = func(r *http.Request) *http.Response {
				if h.Name(r.URL.String()) != "etk/0" {
					return nil
				}
				answer := said(status, "text/xml", "")
				answer.Header.Set("Content-Encoding", coding)
				return answer
			}
			response, _, err := h.post(t, "etk", nil)
			require.NoError(t, err)
			require.Equal(t, status, response.StatusCode)
			require.Equal(t, []string{"etk/0 answered"}, h.outcomes(), coding)
		}
	}
}

const soapFault = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>` +
	`<faultcode>s:Server</faultcode><faultstring>f</faultstring><detail><e><Code>SOA-01002</Code></e></detail>` +
	`</s:Fault></s:Body></s:Envelope>`

// One operation that is refused leaves the others of its service where they were.
func TestOneOperationRefused(t *testing.T) {
	t.Parallel()
	door := &frontDoor{answers: func(r *http.Request) *http.Response {
		if r.Header.Get("SOAPAction") != `"urn:not-mine"` {
			return nil
		}
		return said(500, "text/xml", soapFault)
	}}
	h := build(t, func(o *client.Options) { o.Transport = door })
	action := func(name string) func(*http.Request) {
		return func(r *http.Request) {
			repeatable(r)
			r.Header.Set("SOAPAction", `"urn:`+name+`"`)
		}
	}
	for range 3 {
		response, text, err := h.post(t, "etk", action("not-mine"))
		require.NoError(t, err)
		require.Equal(t, 500, response.StatusCode)
		require.Contains(t, text, "SOA-01002")
		from, _ := client.ProvenanceOf(response)
		require.True(t, from.Exhausted)
		require.Equal(t, 2, from.Attempts)
		response, _, err = h.post(t, "etk", action("mine"))
		require.NoError(t, err)
		from, _ = client.ProvenanceOf(response)
		require.Equal(t, "etk/0", h.Name(from.Endpoint))
		require.Equal(t, 1, from.Attempts)
	}
	require.NotContains(t, h.kinds(), "endpoint-failed")
	require.NotContains(t, h.kinds(), "endpoint-switched")
}

// What comes in the place of an answer is named to the caller.
func TestWhatCameInstead(t *testing.T) {
	t.Parallel()
	whole := strings.Replace(soapFault, "<s:Fault>", "<a/><s:Fault>", 1)
	page := "<!doctype html><body>" + strings.Repeat("<p>not here", 3_100_000)
	related := `multipart/related; type="text/xml"; start="<root>"; boundary=edge`
	part := func(id, body string) string {
		return "--edge\r\nContent-Type: text/xml\r\nContent-ID: <" + id + ">\r\n\r\n" + body + "\r\n"
	}
	const cut = "XML that is cut or not well-formed"
	for name, c := range map[string]struct {
		status      int
		media, body string
		outcome     failover.Outcome
		came        string
	}{
		"a truncated Envelope": {200, "text/xml", whole[:len(whole)-20], failover.Incomplete, cut},
		"two Envelopes":        {200, "text/xml", whole + whole, failover.Incomplete, cut},
		"an Envelope in an attachment": {200, related, part("root", "<a/>") + part("other", whole) + "--edge--\r\n",
			failover.Foreign, "XML that is no SOAP Envelope"},
		"a page of 32 MiB":                 {404, "text/html", page[:32<<20], failover.Foreign, "an HTML page"},
		"a page of 32 MiB, said to be XML": {200, "text/xml", page[:32<<20], failover.Foreign, "an HTML page"},
		"octets that are not of their charset": {200, "text/xml; charset=utf-8",
			strings.Replace(whole, "f<", "\xe9<", 1), failover.Incomplete, cut},
		"a page without a media type": {200, "", "<html><p>x", failover.Foreign, "an HTML page"},
		"nothing":                     {404, "text/xml", "", failover.Foreign, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int32
			door := &frontDoor{answers: func(r *http.Request) *http.Response {
				if r.Method != http.MethodPost {
					return nil
				}
				sent.Add(1)
				return said(c.status, c.media, c.body)
			}}
			h := build(t, func(o *client.Options) { o.Transport = door })
			_, _, err := h.post(t, "etk", repeatable)
			var failed *client.CallError
			require.True(t, errors.As(err, &failed), "%v", err)
			require.ErrorIs(t, err, bcperr.EndpointsExhausted)
			require.ErrorContains(t, err, c.came)
			require.Len(t, failed.Tried, 2)
			for _, one := range failed.Tried {
				require.Equal(t, c.outcome, one.Outcome)
				require.Equal(t, c.status, one.Status)
				require.Equal(t, c.came, one.Came)
			}
			require.EqualValues(t, 2, sent.Load())
		})
	}
}
