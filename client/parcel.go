package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// parcel is a request as its caller gave it, ready to go to any endpoint any number of times.
type parcel struct {
	request   *http.Request
	open      func() (io.ReadCloser, error) // a new body, nil for none
	length    int64                         // of the body, 0 or less: unknown
	mayReplay bool                          // the transport itself may send it twice
}

// parcelOf reads how the body of a request is made anew. Errors: bad-call for a body that cannot be.
func parcelOf(request *http.Request, mayReplay bool) (parcel, error) {
	p := parcel{request: request, length: request.ContentLength, mayReplay: mayReplay}
	if flaw := headerFlaw(request.Header); flaw != "" {
		return p, bcperr.New(bcperr.BadCall, "the request has %s", flaw)
	}
	if request.Body == nil || request.Body == http.NoBody {
		return p, nil
	}
	if request.GetBody == nil {
		return p, bcperr.New(bcperr.BadCall, "the request has a Body and no GetBody, so it cannot go to a second "+
			"endpoint; http.NewRequest sets it for a bytes.Reader")
	}
	p.open = request.GetBody
	return p, nil
}

// send sends the request to target. Who gets a response closes its body.
//
// Errors: *SendError; bad-call when the body of the caller failed, for which no endpoint is to blame.
func (p *parcel) send(ctx context.Context, transport http.RoundTripper, target *url.URL) (*http.Response, error) {
	w, own := &wire{}, &ownBody{want: p.length}
	out := p.request.Clone(w.watch(ctx))
	out.URL, out.Host, out.RequestURI, out.ContentLength = target, "", "", p.length
	out.Body, out.GetBody = nil, nil
	if err := p.fill(out, w, own); err != nil {
		return nil, err
	}
	response, err := transport.RoundTrip(out)
	if err == nil {
		return response, nil
	}
	if fault := own.fault(); fault != nil {
		return nil, bcperr.New(bcperr.BadCall, "the body of the request cannot be read: %w", fault)
	}
	return nil, &SendError{
		Outcome: outcomeOf(ctx, err, failover.Unreachable),
		NotSent: w.provesNotSent(err, p.mayReplay || out.Body == nil),
		Cause:   err,
	}
}

// markReplay tells http.Transport whether it may resend the request on a new connection when a pooled one breaks,
// which it does to GET and to what has an Idempotency-Key, also when the server had read it.
//
// What may run twice gets such a key without a value, which is not sent: so a server that closes idle connections is
// not taken for one that is down. Of what may not, the keys are spelled another way: the same headers to the server,
// but the transport looks for the canonical name. What it never wrote an octet of it resends all the same, as it
// should.
func (p *parcel) markReplay(h http.Header) {
	for _, name := range [...]string{"Idempotency-Key", "X-Idempotency-Key"} {
		values, found := h[name]
		switch {
		case p.mayReplay && !found:
			h[name] = []string{}
		case !p.mayReplay && found:
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// fill gives the request its body, and keeps the transport from resending what must not run twice.
func (p *parcel) fill(out *http.Request, w *wire, own *ownBody) error {
	if out.Header == nil {
		out.Header = http.Header{}
	}
	p.markReplay(out.Header)
	if p.open == nil {
		out.ContentLength = 0
		switch out.Method {
		case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete:
			if !p.mayReplay {
				out.Body = io.NopCloser(strings.NewReader("")) // a body, were it empty, is one it cannot get again
			}
		}
		return nil
	}
	open := func() (io.ReadCloser, error) {
		body, err := p.open()
		if err != nil {
			return nil, bcperr.New(bcperr.BadCall, "the body of the request cannot be had: %w", err)
		}
		return own.of(body), nil
	}
	body, err := open()
	if err != nil {
		return err
	}
	out.Body = body
	out.GetBody = func() (io.ReadCloser, error) {
		if !p.mayReplay && w.mayHaveRun() {
			return nil, errMayHaveRun
		}
		return open()
	}
	return nil
}

var errMayHaveRun = errors.New("the transport wanted to send once more what may have been processed")

// outcomeOf says what an error of the transport means.
func outcomeOf(ctx context.Context, err error, otherwise failover.Outcome) failover.Outcome {
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return failover.Cancelled
	case ctx.Err() != nil, isNet && timeout.Timeout():
		return failover.Timeout
	}
	return otherwise
}

// ownBody watches the body that the caller gave: when it fails, no endpoint is to blame.
type ownBody struct {
	want int64 // its length, 0 or less: unknown

	mu  sync.Mutex
	err error
}

func (o *ownBody) fault() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

func (o *ownBody) of(body io.ReadCloser) io.ReadCloser { return &watchedBody{body: body, own: o} }

type watchedBody struct {
	body io.ReadCloser
	own  *ownBody

	mu     sync.Mutex
	closed bool
	length int64
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.length += int64(n)
	if b.closed { // by the transport, which failed for another reason
		return n, err
	}
	fault := err
	if err == io.EOF {
		fault = nil
		if b.own.want > 0 && b.length < b.own.want {
			fault = errors.New("it is shorter than Request.ContentLength")
		}
	}
	if b.own.want > 0 && b.length > b.own.want {
		fault = errors.New("it is longer than Request.ContentLength")
	}
	if fault != nil {
		b.own.mu.Lock()
		b.own.err = fault
		b.own.mu.Unlock()
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	return b.body.Close()
}

// headerFlaw says in a few words what no HTTP header may have, "" for nothing. The transport would say so too, but it
// could not be told from a failure of the endpoint.
//
// Source: RFC 9110 §5.1, §5.5.
func headerFlaw(h http.Header) string {
	const others = "!#$%&'*+-.^_`|~"
	for name, values := range h {
		isToken := name != ""
		for _, c := range []byte(name) {
			isToken = isToken && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte(others,
				c) >= 0)
		}
		if !isToken {
			return "a header whose name is no token"
		}
		for _, value := range values {
			for _, c := range []byte(value) {
				if c < ' ' && c != '\t' || c == 0x7f {
					return "a header whose value holds a control character"
				}
			}
		}
	}
	return ""
}
