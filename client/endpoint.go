package client

import (
	"net/http"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// Endpoint returns the endpoint of the list in force with exactly that URL.
//
// Shape: of a URL that two services share, the first has it. Errors: endpoint-unknown, also for an endpoint of a
// service that is quarantined; network while there is no list.
func (c *Client) Endpoint(url string) (Endpoint, error) {
	held := c.keeper.held.Load()
	if held == nil {
		return Endpoint{}, c.keeper.missing(nil)
	}
	if e, known := held.endpoints[url]; known {
		return e, nil
	}
	return Endpoint{}, bcperr.New(bcperr.EndpointUnknown, "the list in force has no endpoint with that URL")
}

// SendTo sends a request to one endpoint, which somebody else chose, and to no other. The method, the headers and the
// body are those of the request; its URL is not looked at. The response is the endpoint's, not yet read and not
// judged: close its body.
//
// Unless WithRepeat says that it may, the transport does not send the request a second time. Its context bounds the
// time.
// Errors: *SendError; bad-call when the request cannot be sent to anybody, or its own body failed.
func (c *Client) SendTo(to Endpoint, request *http.Request) (*http.Response, error) {
	defer closeBody(request)
	p, err := parcelOf(request, repeatOf(request.Context()) == failover.RepeatYes)
	if err != nil {
		return nil, err
	}
	return p.send(request.Context(), c.transport, to.target)
}

// Observe tells the states of the service what a send to one endpoint came to, as RoundTrip does for its own sends.
//
// Shape: e is the outcome of the SendError, or what core.Outcome or soap.Classify made of the answer: who is refused
// blames nobody, and what may be anybody's ends no outage.
// Errors: service-unknown when the list in force no longer has the service; network while there is no list.
func (c *Client) Observe(to Endpoint, e failover.Event) error {
	held := c.keeper.held.Load()
	if held == nil {
		return c.keeper.missing(nil)
	}
	step, _, err := c.states.step(to.Service, func(st failover.State) (failover.Step, error) {
		return held.Catalogue.Observe(to.Service, to.URL, e, c.options.Policy, st, c.options.Random, c.now())
	})
	if err != nil {
		return err
	}
	c.noted(held.Catalogue, to.Service, step.Notes)
	if step.Changed {
		c.changed()
	}
	return nil
}
