package core_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// A server opens the catalogue that it fetched and calls a service, whose main endpoint asks to use another one.
func Example() {
	signed, _ := os.ReadFile("../testdata/catalogues/v1.xml")
	issuingCA, _ := os.ReadFile("../testdata/pki/issuing.pem")
	url := "https://services.bcp.example/MyCareNet/MemberData/v1"
	body := []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><question/></s:Body>` +
		`</s:Envelope>`)

	states := map[string]failover.State{} // of each service, by its Id: kept from one call to the next

	catalogue, err := core.Open(signed, core.Judgement{
		Anchors:     [][]byte{issuingCA},
		Environment: "Production",
		At:          time.Now(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	id, _ := catalogue.Find(url)
	request := core.Request{Target: url, ContentType: "text/xml; charset=utf-8", Policy: failover.DefaultPolicy()}
	step, id, err := catalogue.Begin(request, states[id], time.Now())
	var answer, fault []byte
	for err == nil && step.Action.Do != failover.DoAnswer && step.Action.Do != failover.DoFail {
		event := failover.Declined(step.Action) // this host has no cache, and refreshes by other means
		if step.Action.Do == failover.DoSend {
			if answer, event, err = send(context.Background(), step, body); err != nil {
				break
			}
		}
		step, err = catalogue.Next(step.Call, step.State, event, time.Now())
		if step.Keep {
			fault = answer // a SOAP fault, to be handed on when nothing better comes
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	states[id] = step.State
	if step.Action.Do == failover.DoFail {
		fmt.Println(step.Action.Code, step.Action.Detail)
		return
	}
	if step.Action.Exhausted {
		answer = fault
	}
	fmt.Println(id)
	fmt.Println(step.Action.Endpoint, step.Action.Attempts)
	fmt.Println(string(answer))
	// Output:
	// uddi:ehealth-fgov-be:business:memberdata:v1
	// https://prod.mcn.example:9443/mycarenet/bed/bcp/memberData 2
	// <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><answer/></s:Body></s:Envelope>
}

// send performs one attempt and says how it ended. Its error is for what no endpoint is to blame for.
func send(ctx context.Context, step failover.Step, body []byte) ([]byte, failover.Event, error) {
	attempt, cancel := context.WithTimeout(ctx, step.Action.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(attempt, http.MethodPost, step.Action.Endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, failover.Event{}, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := client.Do(request)
	if err != nil {
		return nil, broken(ctx, err, failover.Unreachable), nil
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, core.MaxAnswerBytes+1))
	if err != nil {
		return nil, broken(ctx, err, failover.Incomplete), nil
	}
	if len(answer) > core.MaxAnswerBytes {
		return nil, failover.Event{},
			errors.New("the answer is too large") // and not cut: the next endpoint sends as much
	}
	return answer, core.Outcome(step.Call, soap.Answer{
		Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"),
		ContentLength: response.ContentLength, Body: answer,
	}), nil
}

// broken says what an error of net/http means. It claims no proof that nothing was sent: package client shows what that
// takes.
func broken(ctx context.Context, err error, otherwise failover.Outcome) failover.Event {
	outcome := otherwise
	switch {
	case ctx.Err() != nil:
		outcome = failover.Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		outcome = failover.Timeout
	}
	return failover.Event{Kind: failover.SendEnded, Outcome: outcome}
}

// client is an http.Client of yours. This one plays the two endpoints: the main one asks to use another.
var client = &http.Client{Transport: endpoints{}}

type endpoints struct{}

func (endpoints) RoundTrip(r *http.Request) (*http.Response, error) {
	status, payload := http.StatusOK, `<answer/>`
	if r.URL.Host == "services.bcp.example" {
		status, payload = http.StatusInternalServerError,
			`<s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`
	}
	answer := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + payload +
		`</s:Body></s:Envelope>`
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"text/xml"}},
		ContentLength: int64(len(answer)), Body: io.NopCloser(strings.NewReader(answer)), Request: r,
	}, nil
}

// TestDocsAreCompiled: the machine alone, in docs/go.md, is the example above, line by line.
func TestDocsAreCompiled(t *testing.T) {
	page, err := os.ReadFile("../docs/go.md")
	require.NoError(t, err)
	own, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## The machine alone\n")
	require.True(t, found)
	_, block, found := strings.Cut(section, "```go\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	for line := range strings.Lines(block) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			require.Contains(t, string(own), "\t"+line)
		}
	}
}
