package scenario_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/stretchr/testify/require"
)

// ehr is an application under test: what it does when the tester asks it to.
type ehr func(p *platform.Platform, asked string)

func watch(t *testing.T, text string, do ehr) *scenario.Report {
	t.Helper()
	s, err := scenario.Parse([]byte(text))
	require.NoError(t, err)
	asked := make(chan string, 100)
	report, err := scenario.Watch(t.Context(), s, scenario.WatchOptions{
		Tester: "T", Patience: 5 * time.Second, Quiet: 200 * time.Millisecond,
		Ready: func(p *platform.Platform) {
			go func() {
				for text := range asked {
					do(p, text)
				}
			}()
		},
		Ask: func(text string) { asked <- text },
	})
	close(asked)
	require.NoError(t, err)
	read, err := scenario.ReadReport(report.JSON())
	require.NoError(t, err, "a report fits together")
	require.Equal(t, report.OK, read.OK)
	return report
}

// post sends a request to an endpoint as a careless application does: it reads what comes, and asks no further.
func post(p *platform.Platform, endpoint, body string) {
	url, _ := p.URL(endpoint)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if response, err := http.DefaultClient.Do(request); err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
}

func envelope(header, body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + header +
		`</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

// The product's own client passes: a consultation goes to the next endpoint, an act stays where it is.
func TestWatchPassesTheProduct(t *testing.T) {
	var c *client.Client
	report := watch(t, "call etk\nexpect answer etk/0\nfail ehealth silent\ncall etk\nexpect tried etk/0 timeout "+
		"etk/1 answered\nexpect way encryption-known recovery\ncall recipe\nexpect error not-repeatable\n"+
		"expect tried recipe/0 timeout\nrecover\npublish site recovery\nrefresh\nexpect catalogue updated\n"+
		"call recipe\nexpect answer recipe/1\n",
		func(p *platform.Platform, asked string) {
			if c == nil {
				policy := failover.DefaultPolicy()
				policy.AttemptTimeout = 300 * time.Millisecond
				var err error
				c, err = client.New(client.Options{Environment: platform.Environment, Anchors: [][]byte{p.Anchors()},
					Catalogue: p.CatalogueURL(), Policy: policy, Manual: true})
				require.NoError(t, err)
				_, _ = c.Refresh(context.Background())
			}
			if strings.Contains(asked, "catalogue") {
				_, _ = c.Refresh(context.Background())
				return
			}
			require.Contains(t, asked, "(uddi:ehealth-fgov-be:business:", "the Id that the application needs")
			name := strings.Fields(asked)[1]
			id, _ := p.ServiceID(name)
			request, _ := http.NewRequest(http.MethodPost, id, bytes.NewReader(platform.Question(name, 1)))
			if response, err := c.RoundTrip(request); err == nil {
				_ = response.Body.Close()
			}
		})
	require.NoError(t, c.Close())
	require.True(t, report.OK, report.Text()+string(report.JSON()))
	require.True(t, report.Watched)
	again := report.Steps[3].Call
	require.Equal(t, []string{"etk/0", "etk/1"}, []string{again.Tried[0].Endpoint, again.Tried[1].Endpoint})
	require.Equal(t, again.Tried[0].Request, again.Tried[1].Request, "the same request")
	require.GreaterOrEqual(t, again.TookMs, int64(250), "from its first arrival to its answer")
	require.True(t, report.Steps[5].Unseen, "the panel is on the screen only")
	require.Len(t, report.Catalogues, 2)
}

// An act that goes on to the next endpoint after a time-out is found, also when its header was made anew; a fault that
// proves that nothing was processed excuses it, and so does a scenario that says it may run twice.
func TestWatchFindsWhatWasSentTwice(t *testing.T) {
	for _, c := range []struct {
		name, fault, second, options string
		found                        bool
	}{
		{"after a time-out", "silent", envelope("<Nonce>2</Nonce>", "<Prescribe>1</Prescribe>"), "", true},
		{"after a 503", "unavailable", envelope("<Nonce>2</Nonce>", "<Prescribe>1</Prescribe>"), "", true},
		{"another request", "silent", envelope("<Nonce>1</Nonce>", "<Prescribe>2</Prescribe>"), "", false},
		{"after a switch fault", "switch-fault", envelope("", "<Prescribe>1</Prescribe>"), "", false},
		{"which may run twice", "silent", envelope("", "<Prescribe>1</Prescribe>"), " repeat yes", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report := watch(t, "fail recipe/0 "+c.fault+"\ncall recipe"+c.options+"\nexpect answer recipe/1\n",
				func(p *platform.Platform, _ string) {
					post(p, "recipe/0", envelope("<Nonce>1</Nonce>", "<Prescribe>1</Prescribe>"))
					post(p, "recipe/1", c.second)
				})
			require.Equal(t, c.found, !report.OK, report.Text())
			if !c.found {
				require.Empty(t, report.Findings)
				return
			}
			require.Len(t, report.Findings, 1)
			require.Contains(t, report.Findings[0].Detail, "was sent again, to recipe/1")
			page, err := report.HTML()
			require.NoError(t, err)
			require.Contains(t, string(page), "Found against the application")
			require.NotContains(t, string(page)+string(report.JSON()), "Prescribe", "nothing of a request is kept")
		})
	}
}

// An application that calls nobody, the wrong one, or does not ask for the catalogue does not pass.
func TestWatchFindsWhoWasNotCalled(t *testing.T) {
	s, err := scenario.Parse([]byte("call etk\n"))
	require.NoError(t, err)
	report, err := scenario.Watch(t.Context(), s, scenario.WatchOptions{Patience: 100 * time.Millisecond})
	require.NoError(t, err)
	require.False(t, report.OK)
	require.Contains(t, report.Text(), "no call of etk arrived")

	report = watch(t, "call etk\nexpect answer etk/0\nexpect tried etk/0 answered\npublish main\n"+
		"expect catalogue updated\n",
		func(p *platform.Platform, _ string) { post(p, "etk/1", "<question/>") })
	require.False(t, report.OK)
	text := report.Text()
	require.Contains(t, text, `expected "an answer from etk/0", got "an answer from etk/1"`)
	require.Contains(t, text, `expected "etk/0", got "etk/1"`)
	require.Contains(t, text, "did not ask for the catalogue")
}

// Where every endpoint refuses, nothing can be seen: the tester says when it was tried.
func TestWatchGoesOnWhenTheTesterSays(t *testing.T) {
	s, err := scenario.Parse([]byte("fail etk refused\ncall etk\nexpect error endpoints-exhausted\n" +
		"expect tried etk/0 unreachable etk/1 unreachable\nwait 1h\n"))
	require.NoError(t, err)
	next := make(chan struct{})
	go func() { next <- struct{}{}; next <- struct{}{} }()
	report, err := scenario.Watch(t.Context(), s, scenario.WatchOptions{Next: next})
	require.NoError(t, err)
	require.True(t, report.OK, report.Text())
}
