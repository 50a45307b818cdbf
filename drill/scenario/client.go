package scenario

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// soapType is the media type of the requests of a drill.
const soapType = "text/xml; charset=utf-8"

// caller calls services as a page would, through the product's own client. A step that changes how it calls makes a new
// client, which finds what the one before stored and kept.
type caller struct {
	options client.Options
	client  *client.Client
	used    []string           // Ids of the services that were called
	tried   []Tried            // by the call under way
	note    func(client.Event) // what concerns endpoints
	refusal bcperr.Code        // of the last catalogue that was refused

	accepted func(client.List)
}

// Result is what a caller got.
//
// Shape: Source is "network", "cache" or ""; Code is "" when there is an answer; StoredAtMs and ValidUntilMs are those
// of a kept answer. Units: TookMs is what the caller waited, in milliseconds; moments since 1970.
type Result struct {
	Service      string          `json:"service"`
	Source       failover.Source `json:"source,omitempty"`
	Endpoint     string          `json:"endpoint,omitempty"`
	Attempts     int             `json:"attempts"`
	Tried        []Tried         `json:"tried,omitempty"`
	Code         bcperr.Code     `json:"code,omitempty"`
	Status       int             `json:"status,omitempty"`
	StoredAtMs   int64           `json:"storedAtMs,omitempty"`
	ValidUntilMs int64           `json:"validUntilMs,omitempty"`
	TookMs       int64           `json:"tookMs"`
}

// Tried is one send.
//
// Shape: Status and SwitchCode are those of the answer, where one came. Units: AtMs is when it began, TookMs how long
// it took. In a
// drill that was watched the sends are what arrived, and Request tells one that came again (the same number) from
// another.
type Tried struct {
	Endpoint   string           `json:"endpoint"`
	Outcome    failover.Outcome `json:"outcome"`
	Status     int              `json:"status,omitempty"`
	SwitchCode string           `json:"switchCode,omitempty"`
	AtMs       int64            `json:"atMs"`
	TookMs     int64            `json:"tookMs"`
	Request    int              `json:"request,omitempty"`
}

// open makes the client anew, by the options as they are.
//
// Errors: those of client.New.
func (c *caller) open() error {
	if c.client != nil {
		if err := c.client.Close(); err != nil {
			return err
		}
	}
	c.options.OnAttempt = func(a client.Attempt) {
		took := a.Took.Milliseconds()
		c.tried = append(c.tried, Tried{a.Endpoint, a.Outcome, a.Status, a.SwitchCode,
			c.options.Now().UnixMilli() - took, took, 0})
	}
	c.options.OnAccepted = c.accepted
	c.options.OnEvent = c.hear
	var err error
	c.client, err = client.New(c.options)
	return err
}

func (c *caller) hear(e client.Event) {
	switch e.Kind {
	case client.CatalogueRejected:
		c.refusal = e.Code
	case client.CatalogueUpdated, client.CatalogueUnreachable, client.CacheHit, client.StaleServed, client.CallFailed,
		client.Cleared, client.StorageDegraded, client.Unprotected: // the steps of the drill tell these
	default:
		c.note(e)
	}
}

// The results of a refresh, beside the codes of a refusal.
const (
	updated     = "updated"
	unchanged   = "unchanged"
	unreachable = "unreachable"
)

// refresh asks for the catalogue.
//
// Shape: updated, unchanged, unreachable, or the code of the refusal.
func (c *caller) refresh(ctx context.Context) (string, error) {
	isNew, err := c.client.Refresh(ctx)
	switch code := bcperr.CodeOf(err); {
	case code == bcperr.Network:
		return unreachable, err
	case err != nil:
		return string(code), err
	case isNew:
		return updated, nil
	}
	return unchanged, nil
}

// restart forgets what a page keeps in memory and verifies what it stored.
//
// Errors: the code for which the stored catalogue was refused.
func (c *caller) restart() error {
	c.used, c.refusal = nil, ""
	if err := c.open(); err != nil {
		return err
	}
	if _, found := c.client.Held(); found {
		return nil
	}
	if c.refusal != "" {
		return bcperr.New(c.refusal, "the stored catalogue is refused")
	}
	return bcperr.New(bcperr.DrillFailed, "nothing is stored: no catalogue was accepted before the restart")
}

// call sends one request.
//
// Errors: mistakes of the scenario; a call without an answer is a Result.
func (c *caller) call(ctx context.Context, target string, body []byte, repeat failover.Repeat) (Result, error) {
	held, found := c.client.Held()
	if !found {
		return Result{}, bcperr.New(bcperr.DrillFailed, "no catalogue was accepted yet")
	}
	ctx = client.WithUser(ctx, "drill")
	if repeat != failover.RepeatUnknown {
		ctx = client.WithRepeat(ctx, repeat == failover.RepeatYes)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return Result{}, bcperr.New(bcperr.ServiceUnknown, "%q is neither a URL nor the Id of a service", target)
	}
	request.Header.Set("Content-Type", soapType)
	id, _ := held.Catalogue.Find(target)
	if id != "" && !slices.Contains(c.used, id) {
		c.used = append(c.used, id)
	}
	start := c.options.Now()
	c.tried = nil
	result, err := c.send(request)
	result.Service, result.TookMs = id, c.options.Now().Sub(start).Milliseconds()
	return result, err
}

func (c *caller) send(request *http.Request) (Result, error) {
	response, err := c.client.RoundTrip(request)
	if failed, isCall := errors.AsType[*client.CallError](err); isCall {
		return Result{Code: bcperr.CodeOf(err), Attempts: len(failed.Tried), Tried: c.tried}, nil
	}
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	from, _ := client.ProvenanceOf(response)
	result := Result{
		Source: from.Source, Endpoint: from.Endpoint, Attempts: from.Attempts, Tried: c.tried, Code: from.Code,
	}
	if from.Source == failover.FromCache {
		result.StoredAtMs, result.ValidUntilMs = from.StoredAt.UnixMilli(), from.ValidUntil.UnixMilli()
	} else {
		result.Status = response.StatusCode
	}
	return result, nil
}

// page is a transport that shows what a browser shows: an answer that CORS hides is a network error, and of no error
// can one tell whether something was sent.
type page struct{ http.RoundTripper }

func (p page) RoundTrip(request *http.Request) (*http.Response, error) {
	out := request.Clone(traceless{request.Context()})
	out.Header.Set("Origin", "http://127.0.0.1")
	response, err := p.RoundTripper.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if response.Header.Get("Access-Control-Allow-Origin") == "" {
		_, _ = io.Copy(io.Discard, response.Body) // one that hangs is a time-out, not an answer that is hidden
		_ = response.Body.Close()
		if err := request.Context().Err(); err != nil {
			return nil, err
		}
		return nil, errors.New("a page may not read it, and cannot tell why")
	}
	return response, nil
}

// traceless is a context in which nobody watches the connection.
type traceless struct{ context.Context }

func (traceless) Value(any) any { return nil }
