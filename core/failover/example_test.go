//go:build !js

// Under js net/http has no listener and sends by fetch: the example is for servers.

package failover_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// backend is what a server writes to drive the machine: it keeps the newest State of the service, sends, and reports.
type backend struct {
	service failover.Service
	policy  failover.Policy
	seed    uint64 // any number, one per process

	mu    sync.Mutex
	state failover.State
}

// step takes one step of a call with the newest State and keeps the one that comes of it.
func (b *backend) step(take func(st failover.State, now time.Time) (failover.Step, error)) (failover.Step, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	step, err := take(b.state, time.Now())
	if err == nil {
		b.state = step.State
	}
	return step, err
}

// call sends the request to whichever endpoint the machine chooses and returns the answer and the last action.
func (b *backend) call(ctx context.Context, request []byte, facts failover.Facts) (answer []byte, last failover.Action, err error) {
	step, err := b.step(func(st failover.State, now time.Time) (failover.Step, error) {
		return failover.Begin(b.service, facts, b.policy, st, b.seed, now)
	})
	for err == nil && step.Action.Do == failover.DoSend { // without a cache and a refresh there is nothing else to do
		var e failover.Event
		answer, e = send(ctx, step.Action, request)
		step, err = b.step(func(st failover.State, now time.Time) (failover.Step, error) {
			return failover.Next(b.service, step.Call, st, e, now)
		})
	}
	if err == nil && step.Action.Do == failover.DoFail {
		err = fmt.Errorf("%s: %s", step.Action.Code, step.Action.Detail)
	}
	return answer, step.Action, err
}

// send performs one attempt and says how it ended.
func send(ctx context.Context, a failover.Action, request []byte) ([]byte, failover.Event) {
	attempt, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(attempt, http.MethodPost, a.Endpoint, bytes.NewReader(request))
	if err != nil {
		return nil, failover.Event{Kind: failover.SendEnded, Outcome: failover.Unreachable, NotSent: true}
	}
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, broken(ctx, err, failover.Unreachable)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return nil, broken(ctx, err, failover.Incomplete)
	}
	v := soap.Classify(response.StatusCode, response.Header.Get("Content-Type"), response.ContentLength, answer)
	return answer, failover.Event{
		Kind: failover.SendEnded, Outcome: failover.Outcome(v.Outcome), SwitchCode: v.SwitchCode, Cacheable: v.Cacheable,
	}
}

// broken says what an error of net/http means.
func broken(ctx context.Context, err error, otherwise failover.Outcome) failover.Event {
	e := failover.Event{Kind: failover.SendEnded, Outcome: otherwise}
	var dial *net.OpError
	switch {
	case ctx.Err() != nil:
		e.Outcome = failover.Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		e.Outcome = failover.Timeout
	case errors.As(err, &dial) && dial.Op == "dial":
		e.NotSent = true // nobody took the connection, so nobody took the request
	}
	return e
}

// A back end calls a service whose main endpoint gives a switch fault: the first call goes on to the recovery endpoint,
// the second goes there at once.
func Example() {
	serve := func(status int, body string) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(status)
			fmt.Fprintf(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>`, body)
		}))
	}
	main := serve(500, `<s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`)
	defer main.Close()
	recovery := serve(200, `<answer/>`)
	defer recovery.Close()

	b := backend{policy: failover.DefaultPolicy(), service: failover.Service{
		ID: "uddi:example:service:v1",
		Endpoints: []failover.Endpoint{
			{Order: 0, Active: true, URL: main.URL},
			{Order: 1, URL: recovery.URL},
		},
	}}
	for range 2 {
		_, last, err := b.call(context.Background(), []byte(`<request/>`), failover.Facts{Repeat: failover.RepeatYes})
		fmt.Println(last.Do, last.Endpoint == recovery.URL, last.Attempts, err)
	}
	// Output:
	// answer true 2 <nil>
	// answer true 1 <nil>
}
