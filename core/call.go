package core

import (
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// Request is what Begin needs to know of a call.
//
// Shape: Target is the Id of a service, any of its endpoint URLs, or a URL that the catalogue does not know, which is
// called as it is. ContentType and Accept are the headers of the request, "" when absent. Body is read whole for the
// cache key, and only when Facts.Cache is set; else its head will do, which says whether it is a SOAP Envelope.
// Facts.Repeat, Facts.Wants and Facts.CacheKey are filled in when the caller leaves them empty: from what the service
// does (core/procedure), from headers and body, and from the catalogue's stylesheet.
type Request struct {
	Target      string
	ContentType string
	Accept      string
	Body        []byte
	Facts       failover.Facts
	Policy      failover.Policy
	Random      uint64
}

// Find returns the Id of the service that target, an Id or an endpoint URL, stands for.
//
// Shape: false for an unknown target, and for a URL that two services share.
func (c *Catalogue) Find(target string) (id string, ok bool) {
	if s := c.list.Find(target); s != nil {
		return s.ID, true
	}
	return "", false
}

// Repeat says whether requests to a service may run twice by its nature: RepeatUnknown when nobody knows.
func Repeat(service string) failover.Repeat { return repeats[procedure.NatureOf(service)] }

// Begin starts a call and returns its first action, and the Id under which the caller keeps the state.
//
// Errors: service-unknown for a target that is neither known nor a URL; bad-call as failover.Begin. A cache key that
// cannot be computed is no error: the call goes on without its cache, and a note says why.
func (c *Catalogue) Begin(r Request, st failover.State, now time.Time) (failover.Step, string, error) {
	found := c.list.Find(r.Target)
	if found == nil {
		if !isURL(r.Target) {
			return failover.Step{}, "", c.unknown(r.Target)
		}
		direct := failover.Direct(r.Target)
		step, err := failover.Begin(direct, r.Facts, r.Policy, st, r.Random, now)
		return step, direct.ID, err
	}
	if r.Facts.Repeat == failover.RepeatUnknown {
		r.Facts.Repeat = Repeat(found.ID)
	}
	if r.Facts.Wants == soap.Any {
		r.Facts.Wants = soap.WantedBy(r.ContentType, r.Accept, r.Body)
	}
	var skipped []failover.Note
	if r.Facts.Cache && r.Facts.CacheKey == "" {
		r.Facts.CacheKey, skipped = c.KeyOfCall(found.ID, r.Facts.Repeat, r.Body)
	}
	step, err := failover.Begin(c.choosable(found), r.Facts, r.Policy, st, r.Random, now)
	step.Notes = append(skipped, step.Notes...)
	return step, found.ID, err
}

// Next takes what happened to the action before and returns the next one. c is the catalogue in force now: after
// catalogueRefreshed the newer one.
//
// Errors: bad-call as failover.Next.
func (c *Catalogue) Next(
	call failover.Call, st failover.State, e failover.Event, now time.Time,
) (failover.Step, error) {
	return failover.Next(c.inForce(call.Service()), call, st, e, now)
}

// Observe takes in what a send to an endpoint of a service came to, for a host that did not choose it itself.
//
// Errors: service-unknown; as failover.Observe.
func (c *Catalogue) Observe(
	service, endpoint string, e failover.Event, p failover.Policy, st failover.State, random uint64, now time.Time,
) (failover.Step, error) {
	found := c.list.Find(service)
	if found == nil {
		return failover.Step{}, c.unknown(service)
	}
	return failover.Observe(c.choosable(found), endpoint, e, p, st, random, now)
}

// Spread tells the other services of a list what a note of a call says of their host, and returns the states that it
// changes.
//
// Shape: states are the newest of all services, by Id; those of service itself stay. See failover.Spread.
func (c *Catalogue) Spread(
	service string, n failover.Note, states map[string]failover.State, now time.Time,
) map[string]failover.State {
	by, all := -1, make([]failover.Neighbour, len(c.list.Services))
	for i := range all {
		one := c.choosable(&c.list.Services[i])
		all[i] = failover.Neighbour{Service: &one, State: states[one.ID]}
		if one.ID == service {
			by = i
		}
	}
	changed := map[string]failover.State{}
	if by < 0 {
		return changed
	}
	failover.Spread(n, by, all, now)
	for i := range all {
		if all[i].IsChanged {
			changed[all[i].Service.ID] = all[i].State
		}
	}
	return changed
}

// Outcome judges a complete HTTP answer and returns the event that tells failover.
//
// Shape: by what the call asked for, see soap.Classify. A call to an address that the catalogue does not know reports
// any complete answer as answered instead: nothing is known of what it should look like. An answer that may take the
// place of a kept one is Cacheable: see isKeepable.
func Outcome(call failover.Call, a soap.Answer) failover.Event {
	verdict := soap.Classify(call.Wants(), a)
	return failover.Event{
		Kind:       failover.SendEnded,
		Outcome:    verdict.Outcome,
		Status:     a.Status,
		SwitchCode: verdict.SwitchCode,
		Silent:     verdict.Silent,
		Fault:      verdict.Fault,
		Cacheable:  verdict.Cacheable && isKeepable(call.Service(), a.Body),
		Came:       verdict.Came,
		EndsMs:     endsMs(verdict.Ends),
	}
}

// Kept is the event for an answer that the cache has: with its Content-Type and its body, because one that names its
// own end (a token) is never served after it.
//
// Units: milliseconds since 1970.
// Source: docs/design.md#what-is-stored.
func Kept(storedAtMs, validUntilMs int64, contentType string, body []byte) failover.Event {
	return failover.Event{
		Kind: failover.CacheHit, StoredAtMs: storedAtMs, ValidUntilMs: validUntilMs,
		EndsMs: endsMs(soap.EndOf(contentType, body)),
	}
}

// endsMs returns 0 for none.
func endsMs(end time.Time) int64 {
	if end.IsZero() {
		return 0
	}
	return end.UnixMilli()
}

// Refused is the event for an answer of the application's own gateway that proves that nothing was sent: the header
// x-bcp-not-sent.
//
// Shape: code is its header x-bcp-code, "" when the gateway could not connect to the endpoint. With a code it refused
// by itself, and the endpoint is not to blame.
// Source: docs/design.md#not-sent.
func Refused(status int, code string) failover.Event {
	return failover.Event{
		Kind: failover.SendEnded, Outcome: failover.Unreachable, Status: status, NotSent: true, Blameless: code != "",
	}
}

// inForce returns the service with that Id as the chooser sees it: the zero Service when it is gone from the
// catalogue, and the address itself for a call to an unknown URL.
func (c *Catalogue) inForce(id string) failover.Service {
	if s := c.list.Find(id); s != nil && s.ID == id {
		return c.choosable(s)
	}
	if isURL(id) {
		return failover.Direct(id)
	}
	return failover.Service{}
}

// choosable returns what the chooser needs to know of a service.
func (c *Catalogue) choosable(s *servicelist.Service) failover.Service {
	out := failover.Service{ID: s.ID, Catalogue: c.list.IssueInstant, Quarantined: s.Quarantined}
	out.Endpoints = make([]failover.Endpoint, len(s.Endpoints))
	for i, e := range s.Endpoints {
		out.Endpoints[i] = failover.Endpoint{Order: e.Order, Active: e.Status == servicelist.Active, URL: e.URL}
	}
	if rule := c.caches[s]; rule != nil && rule.err == nil {
		out.Cache, out.ValidUntil = rule.rule.Strategy(), rule.validUntil()
	}
	return out
}

// repeats says what the nature of a service means for a request that may have been processed already.
var repeats = map[procedure.Nature]failover.Repeat{
	procedure.Consult: failover.RepeatYes,
	procedure.Act:     failover.RepeatNo,
}

func isURL(target string) bool {
	return strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://")
}

func (c *Catalogue) unknown(target string) error {
	return bcperr.New(bcperr.ServiceUnknown, "the catalogue has no service with the Id or URL %q%s", target,
		c.Near(target))
}

// Near returns ` (did you mean "Id"?)` for the service that was probably meant by an Id that the catalogue does not
// have, or "": most often the version was left out.
func (c *Catalogue) Near(target string) string {
	ids := make([]string, len(c.list.Services))
	for i := range ids {
		ids[i] = c.list.Services[i].ID
	}
	for _, id := range ids {
		if target != "" && strings.Contains(strings.ToLower(id)+":v", ":"+strings.ToLower(target)+":v") {
			return ` (did you mean "` + id + `"?)` // the name, with its version or not, without what all Ids begin with
		}
	}
	return bcperr.Nearest(target, ids)
}
