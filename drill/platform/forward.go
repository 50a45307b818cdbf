package platform

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const (
	forwardTimeout  = 30 * time.Second // longer than any attempt of a call
	maxForwardBytes = 16 << 20         // what the product reads of an answer
)

// Forward hands the calls of an endpoint on to an address on this machine, so that an integrator rehearses with a test
// server of its own. Faults work as before: the endpoint still stands in front.
//
// Errors: ScenarioInvalid for an unknown endpoint, or an address that is not plain http on the loopback interface.
func (p *Platform) Forward(name, target string) error {
	if err := p.CheckForward(name, target); err != nil {
		return err
	}
	e, err := p.endpoint(name)
	if err != nil {
		return err // unreachable: CheckForward found it
	}
	client := &http.Client{Timeout: forwardTimeout}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = func(r *http.Request, body []byte) answered { return forward(client, target, r, body) }
	return nil
}

// CheckForward says what Forward would have against it, and changes nothing. Errors: those of Forward.
func (p *Platform) CheckForward(name, target string) error {
	if _, err := p.endpoint(name); err != nil {
		return err
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" || !isLoopback(u.Hostname()) {
		return bcperr.New(bcperr.ScenarioInvalid, "expected an http address on this machine, got %q", target)
	}
	return nil
}

func forward(client *http.Client, target string, r *http.Request, body []byte) answered {
	gone := func(err error) answered {
		return answered{"text/plain; charset=utf-8", []byte("forwarding failed: " + err.Error() + "\n"),
			http.StatusBadGateway}
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(body))
	if err != nil {
		return gone(err)
	}
	request.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	request.Header.Set("SOAPAction", r.Header.Get("SOAPAction"))
	response, err := client.Do(request)
	if err != nil {
		return gone(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxForwardBytes))
	if err != nil {
		return gone(err)
	}
	return answered{response.Header.Get("Content-Type"), text, response.StatusCode}
}
