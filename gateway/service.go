package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// service chooses the endpoint and fails over, for callers without a core of their own.
func (g *Gateway) service(w http.ResponseWriter, r *http.Request) {
	id, err := g.called(r)
	if err != nil {
		refuse(w, statusOf(err), err)
		return
	}
	ctx, body, release, err := g.admit(w, r)
	defer release()
	if err != nil {
		refuse(w, statusOf(err), err)
		return
	}
	leave, entered := g.lanes.enter(g.lanes.of(id.String()))
	if !entered {
		refuseBusy(w)
		return
	}
	defer leave()
	ctx, drop := g.answers.hold(ctx)
	defer drop()
	request := (&http.Request{Method: r.Method, URL: id, Header: g.outgoing(r.Header), Host: ""}).WithContext(ctx)
	if len(body) > 0 {
		request.ContentLength = int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Body, _ = request.GetBody()
	}
	response, err := g.client.RoundTrip(request)
	if errors.Is(context.Cause(ctx), bcperr.Busy) { // it may have been processed: this proves nothing
		w.Header().Set("Retry-After", "1")
		fail(w, http.StatusServiceUnavailable, context.Cause(ctx))
		return
	}
	if err != nil {
		serviceFailed(w, err)
		return
	}
	if response.ContentLength >= 0 && response.ContentLength <= headBytes {
		leave() // a slow reader of a small answer keeps no place; one of a large one holds its memory, and so its place
	}
	g.answer(w, r.Method, response)
}

// called finds the service that the query of a request names: its Id, as the catalogue writes it.
func (g *Gateway) called(r *http.Request) (*url.URL, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(values) != 1 || len(values["id"]) != 1 {
		return nil, bcperr.New(bcperr.ServiceUnknown, "expected /service?id=<percent-encoded> and no more")
	}
	held, err := g.inForce(r)
	if err != nil {
		return nil, err
	}
	asked := values.Get("id")
	id, found := held.Catalogue.Find(asked)
	target, err := url.Parse(id)
	if !found || id != asked || err != nil || target.String() != id || target.Host != "" {
		return nil, bcperr.New(bcperr.ServiceUnknown, "the list in force has no service with that Id")
	}
	return target, nil
}

// admit reads what comes beside the target: the context that says whether the request may run twice, and the body.
// release gives its room back, after an error too.
func (g *Gateway) admit(w http.ResponseWriter, r *http.Request) (
	ctx context.Context, body []byte, release func(), err error,
) {
	if ctx, err = repeatOf(r); err != nil {
		return nil, nil, func() {}, err
	}
	body, release, err = g.bodies.read(w, r)
	return ctx, body, release, err
}

// repeatOf is the context of a call with what x-bcp-repeat says. Without it the nature of the service decides, and a
// request to one endpoint is sent once.
func repeatOf(r *http.Request) (context.Context, error) {
	switch strings.ToLower(r.Header.Get(headerRepeat)) {
	case "":
		return r.Context(), nil
	case "yes":
		return client.WithRepeat(r.Context(), true), nil
	case "no":
		return client.WithRepeat(r.Context(), false), nil
	}
	return nil, bcperr.New(bcperr.BadCall, "x-bcp-repeat: expected yes or no")
}

// answer writes what an endpoint said, and where it came from.
func (g *Gateway) answer(w http.ResponseWriter, method string, response *http.Response) {
	from, _ := client.ProvenanceOf(response)
	incoming(w, response)
	h := w.Header()
	h.Set(headerSource, string(from.Source))
	h.Set(headerEndpoint, from.Endpoint)
	h.Set(headerAttempts, strconv.Itoa(from.Attempts))
	if from.Exhausted {
		h.Set(headerExhausted, "1")
	}
	body, err := io.ReadAll(response.Body) // in memory already
	if err != nil {
		panic(http.ErrAbortHandler) // unreachable
	}
	if method != http.MethodHead && bodyAllowed(response.StatusCode) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(response.StatusCode)
	writeAll(w, body)
}

// serviceFailed answers for a call that ended without an answer.
func serviceFailed(w http.ResponseWriter, err error) {
	code := bcperr.CodeOf(err)
	status := http.StatusBadGateway
	switch code {
	case bcperr.Aborted:
		panic(http.ErrAbortHandler)
	case bcperr.Timeout:
		status = http.StatusGatewayTimeout
	case bcperr.ServiceInactive, bcperr.ServiceQuarantined, bcperr.Closed:
		status = http.StatusServiceUnavailable
	case bcperr.BadCall:
		status = http.StatusBadRequest
	}
	w.Header().Set(headerCode, string(code))
	failed, isCall := errors.AsType[*client.CallError](err)
	if !isCall || len(failed.Tried) == 0 {
		w.Header().Set(headerNotSent, "1")
	} else {
		w.Header().Set(headerAttempts, strconv.Itoa(len(failed.Tried)))
	}
	fail(w, status, err)
}
