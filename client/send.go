package client

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// patience is how long an endpoint must have had before the end of the caller's own deadline counts against it. A
// caller who left it less says nothing about the endpoint.
const patience = time.Second

// send sends the request to one endpoint, reads the whole answer and judges it. Errors: mistakes of the caller.
func (r *call) send(step failover.Step) (failover.Event, error) {
	a := step.Action
	endpoint, known := r.held.endpoints[a.Endpoint]
	if !known {
		// unreachable
		return failover.Event{}, bcperr.New(bcperr.Internal, "the core chose an endpoint that the list has not")
	}
	parcel, err := r.wrapped(a)
	if err != nil {
		return failover.Event{NotSent: true}, err
	}
	start, left := time.Now(), time.Until(r.deadline)
	if left <= 0 { // the application took its time to make the body
		return failover.Event{Kind: failover.DeadlinePassed, NotSent: true}, nil
	}
	ctx, cancel := context.WithTimeout(r.ctx, min(a.Timeout, left))
	defer cancel()
	event, err := r.sendIn(ctx, step.Call, parcel, endpoint)
	if err != nil {
		return failover.Event{}, err
	}
	r.client.attempted(Attempt{
		Service: r.service, Endpoint: a.Endpoint, Order: endpoint.Order, Probe: a.Probe, Outcome: event.Outcome,
		Status: event.Status, SwitchCode: event.SwitchCode, NotSent: event.NotSent, Took: time.Since(start),
	})
	switch {
	case event.Outcome != failover.Timeout && event.Outcome != failover.Cancelled, event.NotSent && r.ctx.Err() == nil:
		return event, nil
	case r.ctx.Err() == nil && a.Timeout < left:
		return event, nil
	case r.ctx.Err() == nil:
		return failover.Event{Kind: failover.DeadlinePassed}, nil
	case errors.Is(r.ctx.Err(), context.DeadlineExceeded) && time.Since(start) >= min(patience, a.Timeout):
		return failover.Event{Kind: failover.DeadlinePassed}, nil
	}
	return failover.Event{Kind: failover.CallCancelled, NotSent: event.NotSent}, nil
}

// sendIn is one send within its time.
func (r *call) sendIn(ctx context.Context, of failover.Call, p parcel, to Endpoint) (failover.Event, error) {
	r.live = received{}
	response, err := p.send(ctx, r.client.transport, to.target)
	if err != nil {
		failed, isSend := errors.AsType[*SendError](err)
		if !isSend {
			return failover.Event{}, err
		}
		return failover.Event{Kind: failover.SendEnded, Outcome: failed.Outcome, NotSent: failed.NotSent}, nil
	}
	defer func() { _ = response.Body.Close() }()
	if soap.IsElsewhere(response.StatusCode) {
		return failover.Event{Kind: failover.SendEnded, Outcome: failover.Foreign, Status: response.StatusCode,
			Came: "a word to go elsewhere"}, nil
	}
	body, err := readAnswer(response)
	if bcperr.CodeOf(err) == bcperr.InputTooLarge {
		return failover.Event{}, err // another endpoint would send as much
	}
	if err != nil {
		outcome := outcomeOf(ctx, err, failover.Incomplete)
		return failover.Event{Kind: failover.SendEnded, Outcome: outcome, Status: response.StatusCode}, nil
	}
	r.live = received{response, body}
	got := soap.Answer{
		Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"),
		ContentLength: response.ContentLength, Body: body,
	}
	if p.request.Method == http.MethodHead {
		got.ContentType, got.ContentLength = "", -1 // they describe a body that does not come
	}
	return core.Outcome(of, got), nil
}

// readAnswer reads a whole body. One that was compressed although nobody asked is undone, as the transport undoes
// what it asked for; of nothing there is nothing to undo.
func readAnswer(response *http.Response) ([]byte, error) {
	buffered := bufio.NewReader(response.Body)
	body := io.Reader(buffered)
	switch strings.ToLower(response.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		if _, err := buffered.Peek(1); err == io.EOF {
			break
		}
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = unpacked
		response.Header.Del("Content-Encoding")
		response.Header.Del("Content-Length")
		response.ContentLength, response.Uncompressed = -1, true
	}
	return readBounded(body, core.MaxAnswerBytes)
}

// wrapped is the parcel for one attempt.
func (r *call) wrapped(a failover.Action) (parcel, error) {
	p := r.parcel
	if bodyOf(r.ctx) == nil {
		return p, nil
	}
	body, err := r.made(a.Endpoint, a.Attempt)
	if err != nil {
		return p, err
	}
	p.length = int64(len(body))
	p.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return p, nil
}

// made is the body that the application makes for an attempt. That of the first was perhaps made for its key.
func (r *call) made(endpoint string, attempt int) ([]byte, error) {
	if r.first != nil && r.first.endpoint == endpoint && attempt == 1 {
		return r.first.body, nil
	}
	body, err := bodyOf(r.ctx)(endpoint, attempt)
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the function of WithBody failed: %w", err)
	}
	if attempt == 1 {
		r.first = &madeBody{endpoint, body}
	}
	return body, nil
}

type madeBody struct {
	endpoint string
	body     []byte
}

func (c *Client) attempted(a Attempt) {
	if c.options.OnAttempt == nil {
		return
	}
	c.attemptMu.Lock()
	defer c.attemptMu.Unlock()
	c.options.OnAttempt(a)
}
