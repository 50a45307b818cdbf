package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// maxActions bounds one call: 64 endpoints at most, a read and a write of the cache, a refresh; more is a mistake
// of ours.
const maxActions = 200

// RoundTrip sends a request where the catalogue and the state of its service say.
//
// Shape: the request's URL is one of a service's, or the Id of a service ("uddi:…"). The response of a service is
// complete; its Request is the one that went to the endpoint, and says through ProvenanceOf where the answer came from.
// A request for a URL that no service has goes out as it is.
// Errors: *CallError, with endpoints-exhausted, not-repeatable, service-inactive, service-quarantined, timeout or
// aborted; service-unknown for an Id that the catalogue has not, bad-call for a Body without GetBody, input-too-large
// for an answer of more than core.MaxAnswerBytes, closed.
func (c *Client) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL == nil {
		closeBody(request)
		return nil, bcperr.New(bcperr.BadCall, "the request has no URL")
	}
	target := request.URL.String()
	held, err := c.ready(request.Context())
	if err != nil {
		return c.unprotected(request, err)
	}
	service, found := held.Catalogue.Find(target)
	if !found {
		return c.plain(request)
	}
	defer closeBody(request) // each attempt has one of its own
	run, err := c.newCall(request, service, held)
	if err != nil {
		return nil, err
	}
	return run.finish()
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}

// unprotected sends a request without a catalogue: it is never worse off than without a Client.
func (c *Client) unprotected(request *http.Request, why error) (*http.Response, error) {
	code := bcperr.CodeOf(why)
	if code == bcperr.Closed || code == bcperr.Aborted || !isHTTP(request.URL) {
		closeBody(request)
		return nil, why
	}
	c.journal.report(Event{Kind: Unprotected, Code: code})
	return c.plain(request)
}

// plain sends a request as it is.
func (c *Client) plain(request *http.Request) (*http.Response, error) {
	if !isHTTP(request.URL) {
		closeBody(request)
		return nil, bcperr.New(bcperr.ServiceUnknown, "the catalogue has no service with the Id %q",
			request.URL.String())
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	from := Provenance{Source: failover.FromNetwork, Endpoint: request.URL.String(), Attempts: 1}
	return withProvenance(response, request, from), nil
}

func isHTTP(u *url.URL) bool { return u.Scheme == "https" || u.Scheme == "http" }

// call is one request to a service under way: it performs what the core says, and tells it what came of it, until it
// says answer or fail.
type call struct {
	client     *Client
	ctx        context.Context
	parcel     parcel
	service    string
	held       *List
	user       string
	repeat     failover.Repeat // as the caller says, else by the nature of the service
	generation int             // of the kept answers when the call began
	deadline   time.Time       // by the clock that nobody moves

	live  received      // the newest answer of an endpoint
	fault received      // the one to hand on when nothing better comes
	kept  answer        // the one found in the cache
	first *madeBody     // of the first attempt, where a function makes it
	news  chan struct{} // closed at the next change of the state, while the call waits
}

// received is an answer that was read whole.
type received struct {
	response *http.Response
	body     []byte
}

func (c *Client) newCall(request *http.Request, service string, held *List) (*call, error) {
	run := &call{
		client: c, ctx: request.Context(), service: service, held: held, user: userOf(request.Context()),
		generation: c.answers.generation(), deadline: time.Now().Add(c.options.Policy.TotalTimeout),
	}
	out := request
	if bodyOf(run.ctx) != nil && request.Body != nil && request.Body != http.NoBody {
		return nil, bcperr.New(bcperr.BadCall, "the request has a Body, and WithBody gives it another")
	}
	if request.Header.Get("Accept-Encoding") != "" {
		out = request.Clone(run.ctx)
		out.Header.Del("Accept-Encoding") // the transport undoes what it asks for itself; only that can be judged
	}
	if run.repeat = repeatOf(run.ctx); run.repeat == failover.RepeatUnknown {
		run.repeat = core.Repeat(service)
	}
	var err error
	run.parcel, err = parcelOf(out, run.repeat == failover.RepeatYes)
	return run, err
}

// finish runs the call to its end.
func (r *call) finish() (*http.Response, error) {
	step, err := r.begin()
	for range maxActions {
		if err != nil {
			return nil, err
		}
		switch step.Action.Do {
		case failover.DoAnswer:
			return r.answer(step.Action), nil
		case failover.DoFail:
			return nil, r.failure(step.Action)
		}
		event, fault := r.perform(step)
		if fault != nil {
			event.Kind = failover.CallCancelled // a probe under way is over
			_, _ = r.next(step, event)
			return nil, fault
		}
		step, err = r.next(step, event)
		if step.Keep && event.Kind == failover.SendEnded {
			r.fault = r.live
		}
	}
	return nil, bcperr.New(bcperr.Internal, "the call did not end after %d actions", maxActions)
}

// begin takes the first step. What takes time, the key, is done before the states are held.
func (r *call) begin() (failover.Step, error) {
	c := r.client
	facts := failover.Facts{Repeat: r.repeat, ServeExpired: c.options.Cache.ServeExpired}
	var err error
	if facts.Wants, err = r.wants(); err != nil {
		return failover.Step{}, err
	}
	if r.user != "" && r.repeat != failover.RepeatNo && slices.Contains(c.options.Cache.Services, r.service) {
		if facts.CacheKey, err = r.key(); err != nil {
			return failover.Step{}, err
		}
		facts.Cache = facts.CacheKey != ""
	}
	request := core.Request{Target: r.service, Facts: facts, Policy: c.options.Policy, Random: c.options.Random}
	return r.step(func(st failover.State) (failover.Step, error) {
		step, _, err := r.held.Catalogue.Begin(request, st, c.now())
		return step, err
	})
}

// key is the key of the request in the cache, "" when the call goes without.
func (r *call) key() (string, error) {
	body, err := r.firstBody(core.MaxMessageBytes + 1) // one octet too many makes no key
	if err != nil {
		return "", err
	}
	key, notes := r.held.Catalogue.KeyOfCall(r.service, r.repeat, body)
	for _, n := range notes {
		r.client.journal.note(r.service, n)
	}
	return key, nil
}

func (r *call) next(step failover.Step, e failover.Event) (failover.Step, error) {
	return r.step(func(st failover.State) (failover.Step, error) {
		// The state is of the newest list, by the Order of its endpoints: what one of an older list did would be booked
		// there on another.
		r.held = r.client.keeper.held.Load()
		return r.held.Catalogue.Next(step.Call, st, e, r.client.now())
	})
}

func (r *call) step(take func(failover.State) (failover.Step, error)) (failover.Step, error) {
	step, news, err := r.client.states.step(r.service, take)
	if err != nil {
		return step, err
	}
	r.news = news
	r.client.noted(r.held.Catalogue, r.service, step.Notes)
	if step.Changed {
		r.client.changed()
	}
	return step, nil
}

// noted tells the log what a step noted, and the other services what that says of their host.
func (c *Client) noted(list *core.Catalogue, service string, notes []failover.Note) {
	for _, n := range notes {
		c.journal.note(service, n)
		c.states.change(func(all map[string]failover.State) map[string]failover.State {
			return list.Spread(service, n, all, c.now())
		})
	}
}

// wants is the kind of answer that the request asks for.
func (r *call) wants() (soap.Wanted, error) {
	h := r.parcel.request.Header
	contentType, accept := h.Get("Content-Type"), h.Get("Accept")
	if wanted := soap.WantedBy(contentType, accept, nil); wanted == soap.Envelope {
		return wanted, nil
	}
	head, err := r.firstBody(soap.HeadBytes)
	return soap.WantedBy(contentType, accept, head), err
}

// firstBody is the body of the first attempt, which the key is made of. Of one that is read from a stream, it is
// maxBytes at most.
func (r *call) firstBody(maxBytes int) ([]byte, error) {
	if bodyOf(r.ctx) != nil {
		return r.made(r.client.inUse(r.held, r.service), 1)
	}
	if r.parcel.open == nil {
		return nil, nil
	}
	body, err := r.parcel.open()
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the body of the request cannot be had: %w", err)
	}
	defer func() { _ = body.Close() }()
	octets, err := io.ReadAll(io.LimitReader(body, int64(maxBytes)))
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the body of the request cannot be read: %w", err)
	}
	return octets, nil
}

// perform does what the core asks for and says what happened. Errors: mistakes of the caller, which end the call; the
// event with one says whether anything was sent.
func (r *call) perform(step failover.Step) (failover.Event, error) {
	c, a := r.client, step.Action
	if err := r.ctx.Err(); err != nil && a.Do != failover.DoWriteCache {
		return failover.Event{Kind: failover.CallCancelled, NotSent: true}, nil
	}
	switch a.Do {
	case failover.DoSend:
		return r.send(step)
	case failover.DoWait:
		return r.wait(a.Timeout), nil
	case failover.DoReadCache:
		kept, found := c.answers.read(answerKey{r.user, a.Service, a.Key})
		if !found {
			return failover.Event{Kind: failover.CacheMiss}, nil
		}
		r.kept = kept
		return core.Kept(kept.storedAtMs, kept.validUntilMs, kept.header.Get("Content-Type"), kept.body), nil
	case failover.DoWriteCache:
		live := r.live.response
		kept := answer{live.StatusCode, live.Header.Clone(), r.live.body, a.StoredAtMs, a.ValidUntilMs}
		kept.header.Del("Set-Cookie")
		if c.answers.write(answerKey{r.user, a.Service, a.Key}, kept, r.generation) != nil {
			return failover.Event{Kind: failover.CacheFailed}, nil
		}
		return failover.Event{Kind: failover.CacheWritten}, nil
	default: // DoRefreshCatalogue
		return r.refresh(), nil
	}
}

// wait lets another call find out whether an endpoint answers.
func (r *call) wait(longest time.Duration) failover.Event {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return failover.Event{Kind: failover.CallCancelled}
	case <-r.news:
	case <-timer.C:
	}
	return failover.Event{Kind: failover.Waited}
}

func (r *call) refresh() failover.Event {
	ctx, cancel := context.WithDeadline(r.ctx, r.deadline)
	defer cancel()
	if !r.client.askedJustNow() {
		_, _ = r.client.refresh(ctx, false) // told as an event
	}
	switch held := r.client.keeper.held.Load(); {
	case r.ctx.Err() != nil:
		return failover.Event{Kind: failover.CallCancelled}
	case ctx.Err() != nil:
		return failover.Event{Kind: failover.DeadlinePassed}
	case held.SHA256 == r.held.SHA256:
		return failover.Event{Kind: failover.CatalogueUnchanged}
	}
	return failover.Event{Kind: failover.CatalogueRefreshed} // next takes it
}

// answer hands on what an endpoint said, or what was kept.
func (r *call) answer(a failover.Action) *http.Response {
	from := Provenance{
		Source: a.Source, Service: r.service, Endpoint: a.Endpoint, Attempts: a.Attempts,
		Exhausted: a.Exhausted, Code: a.Code,
	}
	if a.Source == failover.FromNetwork {
		got := r.live
		if a.Exhausted {
			got = r.fault
		}
		got.response.Body = io.NopCloser(bytes.NewReader(got.body))
		return withProvenance(got.response, got.response.Request, from)
	}
	from.StoredAt, from.ValidUntil = time.UnixMilli(a.StoredAtMs), time.UnixMilli(a.ValidUntilMs)
	from.Expired = a.Expired
	kind := CacheHit
	if a.Expired {
		kind = StaleServed
	}
	r.client.journal.report(Event{Kind: kind, Service: r.service})
	response := &http.Response{
		Status: http.StatusText(r.kept.status), StatusCode: r.kept.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: r.kept.header.Clone(),
		Body: io.NopCloser(bytes.NewReader(r.kept.body)), ContentLength: int64(len(r.kept.body)),
	}
	return withProvenance(response, r.parcel.request, from)
}

func (r *call) failure(a failover.Action) error {
	reason := bcperr.New(a.Code, "%s", a.Detail)
	if cause := context.Cause(r.ctx); cause != nil {
		reason.Cause = cause
	}
	if a.Code != bcperr.Aborted {
		r.client.journal.report(Event{Kind: CallFailed, Service: r.service, Code: a.Code})
	}
	return &CallError{Service: r.service, Tried: a.Tried, CacheCode: a.CacheCode, reason: reason}
}
