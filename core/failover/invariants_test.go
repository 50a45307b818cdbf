package failover_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// check says which property the action breaks.
func (w *world) check(t *tab, c *running, a failover.Action) error {
	switch a.Do {
	case failover.DoSend:
		return w.checkSend(t, c, a)
	case failover.DoReadCache:
		if !c.useCache || c.answers > 0 && c.answers == c.refusals {
			return fmt.Errorf("the cache is asked although it may not be used")
		}
	case failover.DoWait:
		if !w.policy.Failback || a.Timeout <= 0 || a.Timeout > w.policy.TotalTimeout {
			return fmt.Errorf("a wait of %s", a.Timeout)
		}
	case failover.DoRefreshCatalogue:
		if c.refreshed++; c.refreshed > 1 || w.policy.Name != failover.Published {
			return fmt.Errorf("refresh number %d under policy %s", c.refreshed, w.policy.Name)
		}
	case failover.DoAnswer:
		return w.checkAnswer(t, c, a)
	case failover.DoFail:
		return w.checkFail(t, c, a)
	case failover.DoWriteCache:
		if !c.useCache || a.ValidUntilMs <= t.highest {
			return fmt.Errorf("an answer is stored although it may not be, or in vain")
		}
	default:
		return fmt.Errorf("no action")
	}
	return nil
}

func (w *world) checkSend(t *tab, c *running, a failover.Action) error {
	s := w.version[t.version]
	i := slices.IndexFunc(s.Endpoints, func(e failover.Endpoint) bool { return e.URL == a.Endpoint })
	switch {
	case i < 0:
		return fmt.Errorf("an endpoint that the service does not have")
	case s.Quarantined != "":
		return fmt.Errorf("a quarantined service is used")
	case w.policy.Name == failover.Published && !s.Endpoints[i].Active:
		return fmt.Errorf("an INACTIVE endpoint under published")
	case slices.Contains(c.sent, a.Endpoint):
		return fmt.Errorf("the endpoint was tried before")
	case len(c.sent) == len(c.offered):
		return fmt.Errorf("more sends than endpoints")
	case c.ambiguous && c.facts.Repeat != failover.RepeatYes:
		return fmt.Errorf("a request that may not run twice is sent again")
	case a.Timeout <= 0 || a.Timeout > w.policy.AttemptTimeout || a.Timeout > w.policy.TotalTimeout:
		return fmt.Errorf("time-out %s", a.Timeout)
	case a.Attempt != len(c.sent)+1:
		return fmt.Errorf("attempt %d after %d", a.Attempt, len(c.sent))
	}
	c.sent = append(c.sent, a.Endpoint)
	return w.checkBudget(t, c, s, a)
}

// checkBudget: with failback, an endpoint that rests is asked only when every other that is left rests too.
func (w *world) checkBudget(t *tab, c *running, s failover.Service, a failover.Action) error {
	if !w.policy.Failback || a.Probe {
		return nil
	}
	health, err := failover.Status(s, w.policy, t.state, w.now)
	if err != nil {
		return err
	}
	longest := max(w.policy.MaxCoolDown, w.policy.AttemptTimeout) + 5*time.Second
	isBooked := slices.ContainsFunc(health.Failures,
		func(f failover.Failure) bool { return f.Endpoint == a.Endpoint && f.Probing })
	if isBooked {
		return nil // this send is the one that asks
	}
	rests := func(url string) bool {
		return slices.ContainsFunc(health.Failures, func(f failover.Failure) bool {
			left := time.Duration(f.UntilMs-w.now.UnixMilli()) * time.Millisecond
			return f.Endpoint == url && left > 0 && left <= longest
		})
	}
	if !rests(a.Endpoint) {
		return nil
	}
	for _, e := range s.Endpoints {
		usable := w.policy.Name == failover.Connector || e.Active
		if usable && !rests(e.URL) && !slices.Contains(c.sent, e.URL) {
			return fmt.Errorf("an endpoint known to be down is asked before %s", e.URL)
		}
	}
	return nil
}

// checkNotes: with failback no sequence of events makes an endpoint the choice that never answered, and a
// refused caller leaves the failures as they were.
func (w *world) checkNotes(before failover.State, step failover.Step) error {
	var old, now struct {
		CatalogueMs int64
		Chosen      []int64
		Down        [][]int64
	}
	if json.Unmarshal([]byte(text(before.Seen(w.now))), &old) != nil ||
		json.Unmarshal([]byte(text(step.State)), &now) != nil {
		return fmt.Errorf("a State that is no JSON")
	}
	for _, s := range w.version {
		for _, e := range s.Endpoints {
			isChosen := len(now.Chosen) > 0 && int64(e.Order) == now.Chosen[0] &&
				s.Catalogue.UnixMilli() == now.CatalogueMs
			if w.policy.Failback && isChosen && !w.spoke[e.URL] {
				return fmt.Errorf("the choice is %s, which never answered", e.URL)
			}
		}
	}
	isRefused := slices.ContainsFunc(step.Notes, func(n failover.Note) bool { return n.Kind == failover.CallRefused })
	if !isRefused || step.Action.Do == failover.DoSend || old.CatalogueMs != now.CatalogueMs {
		return nil
	}
	for _, f := range now.Down {
		i := slices.IndexFunc(old.Down, func(g []int64) bool { return g[0] == f[0] })
		if count := f[1]; i < 0 && count > 0 || i >= 0 && old.Down[i][1] != count {
			return fmt.Errorf("a refused caller is a failure of an endpoint")
		}
	}
	return nil
}

// fresh: by the highest moment that the tab has seen.
func (w *world) fresh(t *tab, e failover.Event) bool {
	until := e.ValidUntilMs
	if cap := e.StoredAtMs + w.policy.MaxCacheAge.Milliseconds(); w.version[t.version].ValidUntil == nil {
		until = min(until, cap)
	}
	return t.highest < until && e.StoredAtMs <= t.highest+5*60_000
}

func (w *world) checkAnswer(t *tab, c *running, a failover.Action) error {
	if a.Exhausted {
		if !c.faults[a.Endpoint] || a.Attempts != len(c.sent) || (a.Code == "") != (c.answers == c.refusals) {
			return fmt.Errorf("a fault that nobody gave, or that refuses")
		}
		if c.ambiguous && c.facts.Repeat != failover.RepeatYes {
			return fmt.Errorf("a fault in the place of not-repeatable")
		}
		return nil
	}
	if a.Source == failover.FromNetwork {
		if len(c.sent) == 0 || a.Endpoint != c.sent[len(c.sent)-1] || a.Attempts != len(c.sent) {
			return fmt.Errorf("an answer of an endpoint that was not asked last")
		}
		return nil
	}
	if a.Attempts != len(c.sent) {
		return fmt.Errorf("attempts: want %d", len(c.sent))
	}
	entry := failover.Event{StoredAtMs: a.StoredAtMs, ValidUntilMs: a.ValidUntilMs}
	expired := a.StoredAtMs > 0 && !w.fresh(t, entry)
	switch {
	case expired && !c.facts.ServeExpired:
		return fmt.Errorf("an expired entry answers unasked")
	case expired && !a.Expired:
		return fmt.Errorf("an expired entry passes for a fresh one")
	case !expired && a.Expired && a.StoredAtMs > 0:
		return fmt.Errorf("a fresh entry passes for an expired one")
	}
	return nil
}

func (w *world) checkFail(t *tab, c *running, a failover.Action) error {
	if len(a.Tried) != len(c.sent) && !(c.cancelled && len(a.Tried) <= len(c.sent)) {
		return fmt.Errorf("tried: want %d", len(c.sent))
	}
	if a.Detail == "" {
		return fmt.Errorf("a failure without a sentence")
	}
	if (a.Code == bcperr.Aborted) != c.cancelled {
		return fmt.Errorf("code %s, cancelled %v", a.Code, c.cancelled)
	}
	entry, has := w.store[c.facts.CacheKey]
	isRefused := c.answers > 0 && c.answers == c.refusals
	if len(c.faults) > 0 && !c.cancelled && a.Code != bcperr.NotRepeatable {
		return fmt.Errorf("failure although there is a fault to hand on")
	}
	if c.useCache && has && !c.cancelled && !c.lied && !isRefused && w.fresh(t, entry) {
		return fmt.Errorf("failure although the cache has a fresh entry")
	}
	return nil
}

// text is the stored form of a State.
func text(s failover.State) string {
	b, _ := s.MarshalJSON() // never fails
	return string(b)
}

// mergeLaws: commutative, associative, idempotent, on the states that the script left.
func (w *world) mergeLaws() error {
	at := func() failover.State { return w.tabs[w.below(len(w.tabs))].state }
	a, b, c := at(), at(), at()
	ab := failover.Merge(a, b)
	switch {
	case text(ab) != text(failover.Merge(b, a)):
		return fmt.Errorf("merge is not commutative: %s %s", text(a), text(b))
	case text(failover.Merge(ab, c)) != text(failover.Merge(a, failover.Merge(b, c))):
		return fmt.Errorf("merge is not associative: %s %s %s", text(a), text(b), text(c))
	case text(failover.Merge(a, a)) != text(a) || text(failover.Merge(ab, b)) != text(ab):
		return fmt.Errorf("merge is not idempotent: %s %s", text(a), text(b))
	}
	return nil
}

// recovery: the preferred endpoint is well and its cool-down over. One call may probe; once it has succeeded, all calls
// use that endpoint.
func (w *world) recovery() error {
	t := w.tabs[0]
	s := &w.version[t.version]
	health, err := failover.Status(*s, w.policy, t.state, w.now)
	if err != nil || !w.policy.Failback || health.Inactive || s.Quarantined != "" {
		return err
	}
	w.now = time.UnixMilli(t.highest).Add(max(w.policy.MaxCoolDown, w.policy.AttemptTimeout) + 6*time.Second)
	w.up[health.Preferred] = true
	probes := 0
	for range 3 { // three calls at the same time
		step, err := failover.Begin(*s, failover.Facts{Repeat: failover.RepeatYes}, w.policy, t.state, 1, w.now)
		if err != nil {
			return err
		}
		t.state = step.State
		if step.Action.Probe {
			probes++
		}
		t.calls = append(t.calls, &running{call: step.Call, action: step.Action})
	}
	if probes > 1 {
		return fmt.Errorf("%d probes at once", probes)
	}
	for _, c := range t.calls {
		if c.action.Endpoint != health.Preferred {
			continue
		}
		e := failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered}
		step, err := failover.Next(*s, c.call, t.state, e, w.now)
		if err != nil || step.Action.Do != failover.DoAnswer {
			return fmt.Errorf("the probe: %w, %s", err, step.Action.Do)
		}
		t.state = step.State
	}
	for range 3 {
		step, err := failover.Begin(*s, failover.Facts{}, w.policy, t.state, 1, w.now)
		if err != nil || step.Action.Endpoint != health.Preferred {
			return fmt.Errorf("after the probe: %w, sent to %q instead of %s", err, step.Action.Endpoint,
				health.Preferred)
		}
		t.state = step.State
	}
	return nil
}
