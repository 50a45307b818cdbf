package replay

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// Options is what a replay takes besides the script.
//
// Shape: Service, when not nil, takes the place of endpoints, active and cache in the script.
type Options struct {
	Service *failover.Service
	Policy  failover.Policy
	Random  uint64
}

// Run replays a script of calls, failures, publications and steps of the clock.
//
// Shape: one object or an array of them: {"endpoints":[URL…] by Order,"active":INDEX,"cache":{"strategy","ttlMs"}?,
// "steps":[…],"case"?}. A step is {"call":URL or service Id,"down":{URL:FAILURE}?,"idempotent":false?,"cacheKey"?,
// "serveExpired"?,"refresh":INDEX?}, {"publish":INDEX} (a newer catalogue has that endpoint ACTIVE; -1: none) or
// {"advanceMs":n}. FAILURE is conn, switch, unavailable, unreachable, timeout, incomplete or cancelled; "refresh" is
// what a refresh of the catalogue finds during that call. The answer is the same JSON, members in the same order, and
// in each call: tried (URLs), outcome (the reference's word: ok, fault, error), activeAfter (absent when none is
// ACTIVE), source (network, cache) or code, and state.
// Errors: bad-call for a member or a word that is not listed; input-too-large above 1 MiB; limit-exceeded for scripts
// of more than 10,000 steps and requests together, or whose calls have 8 MiB to tell.
// Source: docs/design.md#command.
func Run(text []byte, o Options) ([]byte, error) {
	if len(text) > MaxScriptBytes {
		return nil, bcperr.New(bcperr.InputTooLarge, "script: %d bytes, the limit is %d", len(text), MaxScriptBytes)
	}
	if err := o.Policy.Check(); err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // editors on Windows begin a file with it
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return nil, bcperr.New(bcperr.BadCall, "script: %s", bcperr.JSONFlaw(text, err))
	}
	text = compact.Bytes()
	if text[0] != '[' && text[0] != '{' {
		return nil, bcperr.New(bcperr.BadCall, "script: expected an object or a list of objects, got %.40s", text)
	}
	var all work
	if bytes.HasPrefix(text, []byte("[")) {
		var list []members
		if err := decode(text, &list); err != nil {
			return nil, err
		}
		for i := range list {
			if err := replay(&list[i], o, &all); err != nil {
				return nil, err
			}
		}
		return wire.AppendList(nil, len(list), func(b []byte, i int) []byte { return list[i].appendJSON(b) }), nil
	}
	var one members
	if err := decode(text, &one); err != nil {
		return nil, err
	}
	if err := replay(&one, o, &all); err != nil {
		return nil, err
	}
	return one.appendJSON(nil), nil
}

func decode(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return bcperr.New(bcperr.BadCall, "script: %s", bcperr.JSONFlaw(text, err))
	}
	return nil
}

// world is what a script plays in: a service, its state, a clock and a store.
type world struct {
	svc    failover.Service
	policy failover.Policy
	random uint64
	state  failover.State
	now    time.Time
	cached map[string]failover.Event // by key, as a later cacheHit
	work   *work
}

// work is what all scripts of a text have come to.
type work struct{ steps, told int }

// scriptStart is when a script begins, and the IssueInstant of its first catalogue. No decision depends on the year.
var scriptStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// replay runs one script and sets the answers in it.
func replay(m *members, o Options, all *work) error {
	var s script
	if err := m.into(&s); err != nil {
		return bcperr.New(bcperr.BadCall, "script: %s", bcperr.DetailOf(err))
	}
	w := world{policy: o.Policy, random: o.Random, now: scriptStart, cached: map[string]failover.Event{}, work: all}
	if o.Service != nil {
		w.svc = *o.Service
		w.svc.Endpoints = slices.Clone(w.svc.InOrder())
	} else if err := w.build(&s); err != nil {
		return err
	}
	for i := range s.Steps {
		if err := w.play(&s.Steps[i]); err != nil {
			return bcperr.New(bcperr.CodeOf(err), "script: step %d: %s", i+1, bcperr.DetailOf(err))
		}
	}
	m.set("steps", wire.AppendList(nil, len(s.Steps), func(b []byte, i int) []byte { return s.Steps[i].appendJSON(b) }))
	return nil
}

// build makes the service that the script describes.
func (w *world) build(s *script) error {
	if len(s.Endpoints) == 0 || len(s.Endpoints) > failover.MaxEndpoints {
		return bcperr.New(bcperr.BadCall, "script: endpoints must name 1 to %d URLs, got %d",
			failover.MaxEndpoints, len(s.Endpoints))
	}
	w.svc = failover.Service{ID: "script", Catalogue: scriptStart}
	for i, url := range s.Endpoints {
		if slices.Contains(s.Endpoints[:i], url) {
			return bcperr.New(bcperr.BadCall, "script: endpoint %q occurs twice", url)
		}
		w.svc.Endpoints = append(w.svc.Endpoints, failover.Endpoint{Order: i, URL: url})
	}
	if c := s.Cache; c != nil {
		if c.Strategy != servicelist.EndpointFirst && c.Strategy != servicelist.CacheFirst {
			return bcperr.New(bcperr.BadCall, "script: unknown cache strategy %q", c.Strategy)
		}
		if c.TTLMs < 0 || c.TTLMs > maxAdvanceMs {
			return bcperr.New(bcperr.BadCall, "script: ttlMs must be within a year, got %d", c.TTLMs)
		}
		w.svc.Cache = c.Strategy
		if c.TTLMs > 0 {
			w.svc.ValidUntil = func(t time.Time) time.Time { return t.Add(time.Duration(c.TTLMs) * time.Millisecond) }
		}
	}
	if err := w.activate(s.Active); err != nil {
		return bcperr.New(bcperr.BadCall, "script: active: %s", bcperr.DetailOf(err))
	}
	return nil
}

// checkIndex refuses what activate cannot make ACTIVE; -1 is none.
func (w *world) checkIndex(index *int) error {
	if index != nil && (*index < -1 || *index >= len(w.svc.Endpoints)) {
		return bcperr.New(bcperr.BadCall, "there is no endpoint %d", *index)
	}
	return nil
}

// activate makes the endpoint at that index the only ACTIVE one.
func (w *world) activate(index int) error {
	if err := w.checkIndex(&index); err != nil {
		return err
	}
	endpoints := slices.Clone(w.svc.Endpoints)
	for i := range endpoints {
		endpoints[i].Active = i == index
	}
	w.svc.Endpoints = endpoints
	return nil
}

// publish puts a newer catalogue in force.
func (w *world) publish(index int) error {
	w.svc.Catalogue = w.svc.Catalogue.Add(time.Second)
	return w.activate(index)
}

// count counts a step or a request.
func (w *world) count() error {
	if w.work.steps++; w.work.steps > maxScriptWork {
		return bcperr.New(bcperr.LimitExceeded, "more than %d steps and requests; cut the script into several",
			maxScriptWork)
	}
	return nil
}

// play runs one step and sets what came of it.
func (w *world) play(m *members) error {
	if err := w.count(); err != nil {
		return err
	}
	var s scriptStep
	if err := m.into(&s); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	if err := w.checkIndex(s.Refresh); err != nil {
		return err
	}
	switch {
	case s.Publish != nil:
		return w.publish(*s.Publish)
	case s.AdvanceMs != nil:
		w.now = w.now.Add(time.Duration(*s.AdvanceMs) * time.Millisecond)
		return nil
	}
	return w.call(m, &s)
}

// call plays a call to its end.
func (w *world) call(m *members, s *scriptStep) error {
	svc, state := &w.svc, &w.state
	if *s.Call != w.svc.ID && !slices.ContainsFunc(w.svc.Endpoints,
		func(e failover.Endpoint) bool { return e.URL == *s.Call }) {
		direct := failover.Direct(*s.Call)
		svc, state = &direct, &failover.State{}
	}
	facts := failover.Facts{Repeat: failover.RepeatYes, Cache: true, CacheKey: s.CacheKey, ServeExpired: s.ServeExpired}
	if s.Idempotent != nil && !*s.Idempotent {
		facts.Repeat = failover.RepeatNo
	}
	step, err := failover.Begin(*svc, facts, w.policy, *state, w.random, w.now)
	tried := []string{}
	for err == nil {
		*state = step.State
		a := step.Action
		if a.Do == failover.DoAnswer || a.Do == failover.DoFail {
			return w.report(m, tried, s.Down, a)
		}
		if a.Do == failover.DoSend {
			tried = append(tried, a.Endpoint)
		}
		var e failover.Event
		if e, err = w.perform(a, s); err == nil {
			step, err = failover.Next(*svc, step.Call, *state, e, w.now)
		}
	}
	return err
}

// perform does what an action asks for, in the world of the script.
func (w *world) perform(a failover.Action, s *scriptStep) (failover.Event, error) {
	switch a.Do {
	case failover.DoSend:
		if err := w.count(); err != nil {
			return failover.Event{}, err
		}
		e, fails := failures[s.Down[a.Endpoint]]
		if !fails {
			e = failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered, Status: 200, Cacheable: true}
		}
		if e.Outcome == failover.Timeout {
			w.now = w.now.Add(a.Timeout)
		}
		return e, nil
	case failover.DoReadCache:
		if e, hit := w.cached[a.Key]; hit {
			return e, nil
		}
		return failover.Event{Kind: failover.CacheMiss}, nil
	case failover.DoWriteCache:
		w.cached[a.Key] = failover.Event{Kind: failover.CacheHit, StoredAtMs: a.StoredAtMs,
			ValidUntilMs: a.ValidUntilMs}
		return failover.Event{Kind: failover.CacheWritten}, nil
	case failover.DoWait: // for another call: a script has one at a time
		w.now = w.now.Add(a.Timeout)
		return failover.Event{Kind: failover.Waited}, nil
	case failover.DoRefreshCatalogue:
		if s.Refresh == nil {
			return failover.Event{Kind: failover.CatalogueUnchanged}, nil
		}
		return failover.Event{Kind: failover.CatalogueRefreshed}, w.publish(*s.Refresh)
	}
	return failover.Event{}, bcperr.New(bcperr.Internal, "script: action %q", a.Do) // unreachable: those are all
}

// report sets what came of a call.
func (w *world) report(m *members, tried []string, down map[string]string, a failover.Action) error {
	m.set("tried", wire.AppendList(nil, len(tried), func(b []byte, i int) []byte {
		return wire.AppendText(b, tried[i])
	}))
	m.setText("outcome", referenceWord(tried, down, a, len(w.svc.Endpoints)))
	health, _ := failover.Status(w.svc, w.policy, w.state, w.now) // Begin has checked the same arguments
	m.setText("activeAfter", health.Endpoint)
	m.setText("source", string(a.Source))
	m.setText("code", string(a.Code))
	state, _ := w.state.MarshalJSON() // unreachable: it never fails
	m.set("state", state)
	for _, one := range *m {
		w.work.told += len(one.value)
	}
	if w.work.told > maxPlanBytes {
		return bcperr.New(bcperr.LimitExceeded,
			"the calls have more than %d bytes to tell; cut the script into several", maxPlanBytes)
	}
	return nil
}

// referenceWord is what the reference's recording calls the end of a call: "ok" an answer, "fault" when every endpoint
// gave a switch fault, else "error". With one endpoint it has nowhere to switch to, so the switch fault is the answer.
func referenceWord(tried []string, down map[string]string, a failover.Action, endpoints int) string {
	faults := 0
	for _, url := range tried {
		if down[url] == "switch" {
			faults++
		}
	}
	switch {
	case a.Do == failover.DoAnswer, endpoints == 1 && faults == 1:
		return "ok"
	case faults > 0 && faults == len(tried):
		return "fault"
	}
	return "error"
}
