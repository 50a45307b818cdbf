package scenario

import (
	"bytes"
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

// soapType is the media type of the requests of a drill.
const soapType = "text/xml; charset=utf-8"

// maxActions bounds one call: at most 64 endpoints, a cache read and write, a refresh; more is a fault of our own.
const maxActions = 200

// client performs what the core decides, as a page would: it holds the catalogue, the states and the cache.
type client struct {
	clock       *clock
	transport   http.RoundTripper
	environment string
	anchors     []byte
	catalogue   string // URL
	hint        string // URL of the .sha2
	policy      failover.Policy
	cached      map[string]bool // Ids of the services whose cache is on
	note        func(service string, n failover.Note)

	stored   []byte // the last good catalogue, as a page has it in IndexedDB
	storedAt time.Time
	hinted   string
	current  *core.Catalogue
	states   map[string]failover.State
	answers  map[string]storedAnswer
	used     map[string]bool
	checked  time.Time
}

type storedAnswer struct {
	body                     []byte
	storedAtMs, validUntilMs int64
}

// Result is what a caller got.
//
// Shape: Source is "network", "cache" or ""; Code is "" when there is an answer.
type Result struct {
	Service  string          `json:"service"`
	Source   failover.Source `json:"source,omitempty"`
	Endpoint string          `json:"endpoint,omitempty"`
	Attempts int             `json:"attempts"`
	Tried    []Tried         `json:"tried,omitempty"`
	Code     bcperr.Code     `json:"code,omitempty"`
	Status   int             `json:"status,omitempty"`
	StoredMs int64           `json:"storedAtMs,omitempty"`
	TookMs   int64           `json:"tookMs"`
	body     []byte
}

// Tried is one send.
type Tried struct {
	Endpoint string           `json:"endpoint"`
	Outcome  failover.Outcome `json:"outcome"`
}

// get fetches something small over HTTP.
func (c *client) get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.policy.AttemptTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, core.MaxCatalogueBytes+1))
}

// The results of a refresh, beside the codes of a refusal.
const (
	updated     = "updated"
	unchanged   = "unchanged"
	unreachable = "unreachable"
)

// refresh asks for the catalogue when the hint changed. A refused file changes nothing.
//
// Shape: updated, unchanged, unreachable, or the code of the refusal.
func (c *client) refresh(ctx context.Context) (string, error) {
	hint, err := c.get(ctx, c.hint)
	if err == nil && c.current != nil && string(hint) == c.hinted {
		c.checked = c.clock.now()
		return unchanged, nil
	}
	file, err := c.get(ctx, c.catalogue)
	if err != nil {
		return unreachable, err
	}
	now := c.clock.now()
	opened, err := core.Open(file, core.Judgement{
		Anchors: [][]byte{c.anchors}, Environment: c.environment, At: now, Held: c.current,
	})
	if err != nil {
		return string(bcperr.CodeOf(err)), err
	}
	c.checked, c.hinted = now, string(hint)
	if bytes.Equal(file, c.stored) {
		return unchanged, nil
	}
	c.current, c.stored, c.storedAt = opened, file, now
	return updated, nil
}

// restart forgets what a page keeps in memory and verifies what it stored.
//
// Errors: those of core.Open.
func (c *client) restart() error {
	c.current, c.hinted, c.used = nil, "", map[string]bool{}
	if c.stored == nil {
		return bcperr.New(bcperr.DrillFailed, "nothing is stored: no catalogue was accepted before the restart")
	}
	opened, err := core.Open(c.stored, core.Judgement{Anchors: [][]byte{c.anchors}, Environment: c.environment, At: c.storedAt})
	if err != nil {
		return err
	}
	c.current = opened
	return nil
}

// isFailedOver reports whether a service is away from its preferred endpoint: the catalogue is then asked for more often.
func (c *client) isFailedOver() (bool, error) {
	if c.current == nil {
		return false, nil
	}
	all, err := c.current.Status(c.states, c.policy, c.clock.now())
	if err != nil {
		return false, err
	}
	for _, s := range all {
		if s.Health.FailedOver || s.Health.Down {
			return true, nil
		}
	}
	return false, nil
}

// call plays one request through the state machine.
//
// Errors: those of core.Begin and core.Next, which are mistakes of the scenario or of the product.
func (c *client) call(ctx context.Context, target string, body []byte, repeat failover.Repeat) (Result, error) {
	if c.current == nil {
		return Result{}, bcperr.New(bcperr.DrillFailed, "no catalogue was accepted yet")
	}
	start := c.clock.now()
	id, _ := c.current.Find(target)
	c.used[id] = true
	step, id, err := c.current.Begin(core.Request{
		Target: target, ContentType: soapType, Body: body, Policy: c.policy, Seed: 1,
		Facts: failover.Facts{Repeat: repeat, Cache: c.cached[id]},
	}, c.states[id], start)
	if err != nil {
		return Result{}, err
	}
	run := &run{client: c, call: step.Call, ctx: ctx, id: id, body: body, deadline: start.Add(c.policy.TotalTimeout), result: Result{Service: id}}
	for range maxActions {
		c.take(id, step)
		if step.Keep {
			run.fault, run.faultStatus = run.live, run.result.Status
		}
		if run.isOver(step.Action) {
			run.result.TookMs = c.clock.now().Sub(start).Milliseconds()
			return run.result, nil
		}
		run.call = step.Call
		event := run.perform(step.Action)
		if step, err = c.current.Next(step.Call, c.states[id], event, c.clock.now()); err != nil {
			return Result{}, err
		}
	}
	return Result{}, bcperr.New(bcperr.Internal, "the call did not end after %d actions", maxActions)
}

// take keeps the state and reports the notes of a step.
func (c *client) take(id string, step failover.Step) {
	c.states[id] = step.State
	for _, n := range step.Notes {
		c.note(id, n)
	}
}

// run is one call under way.
type run struct {
	client   *client
	call     failover.Call
	ctx      context.Context
	id       string
	body     []byte
	deadline time.Time
	result   Result
	live     []byte // the newest answer of an endpoint
	fault    []byte // the newest that may be handed on when no endpoint is left

	faultStatus int
	kept        storedAnswer
}

// isOver takes the last action of a call.
func (r *run) isOver(a failover.Action) bool {
	switch a.Do {
	case failover.DoAnswer:
		r.result.Source, r.result.Endpoint, r.result.Attempts, r.result.body = a.Source, a.Endpoint, a.Attempts, r.live
		if a.Exhausted {
			r.result.body, r.result.Status, r.result.Code = r.fault, r.faultStatus, a.Code
		}
		if a.Source == failover.FromCache {
			r.result.StoredMs, r.result.body, r.result.Status = a.StoredAtMs, r.kept.body, 0
		}
		return true
	case failover.DoFail:
		r.result.Code, r.result.Attempts, r.result.Status = a.Code, len(a.Tried), 0
		return true
	}
	return false
}

// perform does what the core asks for and returns what happened.
func (r *run) perform(a failover.Action) failover.Event {
	c := r.client
	switch a.Do {
	case failover.DoSend:
		if !c.clock.now().Before(r.deadline) {
			return failover.Event{Kind: failover.DeadlinePassed}
		}
		event := r.send(a)
		r.result.Tried = append(r.result.Tried, Tried{a.Endpoint, event.Outcome})
		return event
	case failover.DoReadCache:
		kept, found := c.answers[a.Service+"\n"+a.Key]
		if !found {
			return failover.Event{Kind: failover.CacheMiss}
		}
		r.kept = kept
		return failover.Event{Kind: failover.CacheHit, StoredAtMs: kept.storedAtMs, ValidUntilMs: kept.validUntilMs}
	case failover.DoWriteCache:
		c.answers[a.Service+"\n"+a.Key] = storedAnswer{r.live, a.StoredAtMs, a.ValidUntilMs}
		return failover.Event{Kind: failover.CacheWritten}
	default: // DoRefreshCatalogue: nothing else is left
		if what, _ := c.refresh(r.ctx); what == updated {
			return failover.Event{Kind: failover.CatalogueRefreshed}
		}
		return failover.Event{Kind: failover.CatalogueUnchanged}
	}
}

// send posts the request and judges the answer as a page would see it.
func (r *run) send(a failover.Action) failover.Event {
	failed := func(o failover.Outcome) failover.Event { return failover.Event{Kind: failover.SendEnded, Outcome: o} }
	ctx, cancel := context.WithTimeout(r.ctx, min(a.Timeout, r.deadline.Sub(r.client.clock.now())))
	defer cancel()
	broken := func(otherwise failover.Outcome) failover.Event {
		if ctx.Err() != nil {
			return failed(failover.Timeout)
		}
		return failed(otherwise)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Endpoint, bytes.NewReader(r.body))
	if err != nil {
		return failed(failover.Unreachable)
	}
	request.Header.Set("Content-Type", soapType)
	request.Header.Set("Origin", "http://127.0.0.1")
	response, err := r.client.transport.RoundTrip(request)
	if err != nil {
		return broken(failover.Unreachable)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, core.MaxMessageBytes+1))
	if err != nil {
		return broken(failover.Incomplete)
	}
	if response.Header.Get("Access-Control-Allow-Origin") == "" {
		return failed(failover.Unreachable) // a page may not read it, and cannot tell why
	}
	r.live, r.result.Status = body, response.StatusCode
	return core.Outcome(r.call, soap.Answer{
		Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"), ContentLength: response.ContentLength, Body: body,
	})
}

// withAnswers returns the Ids of the services that hold answers.
func (c *client) withAnswers() []string {
	var ids []string
	for key := range c.answers {
		id, _, _ := strings.Cut(key, "\n")
		ids = append(ids, id)
	}
	return ids
}
