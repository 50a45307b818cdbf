package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// Bounds of the moments and random numbers that are accepted. Both fit a JavaScript number, in which they travel.
const (
	maxMs     = 8_640_000_000_000_000 // the last moment of an ECMAScript Date
	MaxRandom = wire.MaxInteger
)

// maxQueuedMs bounds what a browser's own queue may add to a call.
const maxQueuedMs = 3_600_000

// minuteMs is how far the clock of a State may advance before that alone makes it worth storing.
const minuteMs = 60_000

// machine is one Begin or Next under way.
type machine struct {
	svc       *Service
	endpoints []Endpoint // of svc, by Order
	call      Call
	st        State
	nowMs     int64 // the moment given; timers run by it
	changed   bool
	keep      bool
	notes     []Note
	cacheCode bcperr.Code // what the cache said, when it was asked last
}

// Begin starts a call and returns its first action.
//
// Shape: s as the catalogue in force has it; st is the newest State of s, the zero State at first; random, of the
// client and at most MaxRandom, only spreads the cool-downs.
// Errors: bad-call for a policy, fact, number or moment out of bounds; limit-exceeded for more than 64 endpoints.
func Begin(s Service, f Facts, p Policy, st State, random uint64, now time.Time) (Step, error) {
	if err := p.Check(); err != nil {
		return Step{}, err
	}
	if f.Repeat != RepeatUnknown && f.Repeat != RepeatYes && f.Repeat != RepeatNo {
		return Step{}, bcperr.New(bcperr.BadCall, "repeat must be %q, %q or absent, got %q", RepeatYes,
			RepeatNo, f.Repeat)
	}
	if f.Wants != soap.Any && f.Wants != soap.Envelope && f.Wants != soap.Page {
		return Step{}, bcperr.New(bcperr.BadCall, "wants must be %q, %q or absent, got %q", soap.Envelope,
			soap.Page, f.Wants)
	}
	if random > MaxRandom {
		return Step{}, bcperr.New(bcperr.BadCall, "random must be at most 2^53-1, got %d", random)
	}
	m := machine{svc: &s, st: st, call: Call{
		service: s.ID, facts: f, policy: p, random: random, startMs: now.UnixMilli(),
		cache: (s.Cache == servicelist.EndpointFirst || s.Cache == servicelist.CacheFirst) && f.Cache &&
			f.CacheKey != "" && f.Repeat != RepeatNo,
	}}
	if err := m.enter(now); err != nil {
		return Step{}, err
	}
	if m.call.cache && s.Cache == servicelist.CacheFirst {
		return m.step(m.readCache(lookingUp)), nil
	}
	return m.step(m.proceed()), nil
}

// Next takes what happened and returns the next action.
//
// Shape: s as the catalogue in force has it now, so after CatalogueRefreshed the service of the new catalogue, and the
// zero Service when it is gone from it; c from the Step before; st the newest State of the service, which other calls
// may have changed since.
// Errors: bad-call for an unknown event, one that does not fit the action before it, a call that is over, another
// service; limit-exceeded as for Begin. After an error c and st are as they were, and the same call may go on.
func Next(s Service, c Call, st State, e Event, now time.Time) (Step, error) {
	if c.phase == over {
		return Step{}, bcperr.New(bcperr.BadCall, "event %q for a call that is over", e.Kind)
	}
	if s.ID != "" && s.ID != c.service {
		return Step{}, bcperr.New(bcperr.BadCall, "the call is for service %q, the service given is %q",
			c.service, s.ID)
	}
	m := machine{svc: &s, st: st, call: c}
	if err := m.enter(now); err != nil {
		return Step{}, err
	}
	action, err := m.take(e)
	if err != nil {
		return Step{}, err
	}
	return m.step(action), nil
}

// enter reads the clock and, when the catalogue is newer than what the State refers to, resets the choice.
//
// What answered, and since when the main endpoint does not, is no choice and stays.
//
// Source: docs/design.md#reference-behaviour. A State of a newer catalogue stays: another tab has it already.
func (m *machine) enter(now time.Time) error {
	m.nowMs = now.UnixMilli()
	if m.nowMs < 0 || m.nowMs > maxMs {
		return bcperr.New(bcperr.BadCall, "now must be in the years 1970 to 275760, got %d ms", m.nowMs)
	}
	if len(m.svc.Endpoints) > MaxEndpoints && m.svc.Quarantined == "" {
		return bcperr.New(bcperr.LimitExceeded, "service %q has %d endpoints, the limit is %d",
			m.svc.ID, len(m.svc.Endpoints), MaxEndpoints)
	}
	m.endpoints = m.svc.InOrder()
	if m.svc.Quarantined == "" { // what is refused may be of any size
		m.endpoints = distinct(m.endpoints)
	}
	m.st = m.st.Seen(now)
	if limit := m.nowMs + clockSlackMs; m.st.catalogueMs > max(m.svc.catalogueMs(), limit) {
		m.st = m.st.forgotten(limit) // no catalogue of that instant was accepted
	}
	m.changed = m.nowMs/minuteMs > m.st.nowMs/minuteMs
	m.st.nowMs = max(m.st.nowMs, m.nowMs)
	if issued := m.svc.catalogueMs(); issued > m.st.catalogueMs {
		before := m.current()
		m.st = State{nowMs: m.st.nowMs, catalogueMs: issued, evidence: m.st.evidence.reset()}
		m.changed = true
		if p := m.preferred(); p >= 0 && before >= 0 && before != p {
			m.note(Note{Kind: ChoiceReset, To: m.endpoints[p].URL})
		}
	}
	return nil
}

func (m *machine) step(a Action) Step {
	return Step{Call: m.call, State: m.st, Action: a, Changed: m.changed, Keep: m.keep, Notes: m.notes}
}

// take returns the action that follows an event.
func (m *machine) take(e Event) (Action, error) {
	switch e.Kind {
	case CallCancelled:
		return m.cancel(e.NotSent), nil
	case DeadlinePassed:
		return m.deadline(e.NotSent), nil
	}
	switch m.call.phase {
	case sending:
		if e.Kind == SendEnded {
			return m.sendEnded(e)
		}
	case lookingUp, falling:
		switch e.Kind {
		case CacheHit:
			return m.cacheHit(e)
		case CacheMiss:
			return m.cacheUseless(bcperr.CacheMiss), nil
		}
	case storing:
		switch e.Kind {
		case CacheFailed:
			m.note(Note{Kind: StoreFailed})
			return m.answer(), nil
		case CacheWritten:
			return m.answer(), nil
		}
	case refreshing:
		if e.Kind == CatalogueRefreshed || e.Kind == CatalogueUnchanged {
			return m.proceed(), nil
		}
	case waiting:
		if e.Kind == Waited {
			return m.proceed(), nil
		}
	}
	return Action{}, bcperr.New(bcperr.BadCall, "event %q does not fit a call in phase %q", e.Kind, m.call.phase)
}

// proceed sends to the next endpoint, or does what is left when there is none.
func (m *machine) proceed() Action {
	switch {
	case m.svc.ID == "":
		return m.fallBack(bcperr.ServiceUnknown)
	case m.svc.Quarantined != "":
		return m.fallBack(bcperr.ServiceQuarantined)
	case m.preferred() < 0:
		return m.fallBack(bcperr.ServiceInactive)
	case m.nowMs >= m.call.deadlineMs():
		return m.fallBack(bcperr.Timeout)
	}
	next := m.pick()
	switch {
	case next.waitMs > 0:
		return m.wait(next.waitMs)
	case next.found && len(m.call.tried) < MaxEndpoints:
		return m.send(next)
	case m.call.policy.Name == Published && !m.call.refreshed:
		m.call.refreshed = true
		m.call.phase = refreshing
		return Action{Do: DoRefreshCatalogue}
	}
	return m.fallBack(bcperr.EndpointsExhausted)
}

func (m *machine) send(next pick) Action {
	m.call.phase, m.call.sending = sending, m.endpoints[next.index].URL
	if next.probe || next.scout {
		m.book(next)
	}
	return Action{
		Do:       DoSend,
		Endpoint: m.call.sending,
		Attempt:  len(m.call.tried) + 1,
		Timeout:  m.patience(next),
		Probe:    next.probe,
		Once:     m.call.facts.Repeat != RepeatYes,
	}
}

func (m *machine) wait(ms int64) Action {
	m.call.phase = waiting
	return Action{Do: DoWait, Timeout: min(time.Duration(ms)*time.Millisecond, m.left())}
}

// left is what the call has of its time; a clock that was set back adds nothing.
func (m *machine) left() time.Duration {
	left := time.Duration(m.call.deadlineMs()-m.nowMs) * time.Millisecond
	return min(left, m.call.policy.TotalTimeout)
}

// sendEnded records the outcome of the send under way and goes on from there.
func (m *machine) sendEnded(e Event) (Action, error) {
	switch {
	case e.Outcome == Cancelled:
		return m.cancel(e.NotSent), nil
	case !isOutcome(e.Outcome):
		return Action{}, bcperr.New(bcperr.BadCall, "unknown outcome %q", e.Outcome)
	}
	m.call.startMs = min(m.call.startMs+min(max(e.QueuedMs, 0), maxQueuedMs), maxMs)
	m.sendOver(e)
	if e.Outcome == Answered {
		return m.store(e), nil
	}
	if m.call.facts.Repeat != RepeatYes && !provesUnprocessed(e) {
		return m.fallBack(bcperr.NotRepeatable), nil
	}
	return m.proceed(), nil
}

func isOutcome(o Outcome) bool {
	switch o {
	case Answered, Switch, Foreign, Unreachable, Timeout, Incomplete, Cancelled:
		return true
	}
	return false
}

// provesUnprocessed: may even a request that must not run twice go to another endpoint?
//
// Source: docs/design.md#not-sent, docs/design.md#repeat. A plain 502, 503 or 504 may come from a gateway in front of a
// back end that did the work.
func provesUnprocessed(e Event) bool {
	return e.NotSent || e.Outcome == Switch && e.SwitchCode != ""
}

// sendOver keeps the outcome of the send under way, in the call and against or for the endpoint. An endpoint that a
// newer catalogue dropped meanwhile is no longer anybody's choice.
func (m *machine) sendOver(e Event) {
	one := Attempt{m.call.sending, e.Outcome, e.Status, e.SwitchCode, e.Fault && e.Outcome != Answered, e.Came,
		e.Blameless}
	m.call.tried = append(m.call.tried[:len(m.call.tried):len(m.call.tried)], one)
	m.keep = one.Fault
	i := m.indexOf(m.call.sending)
	switch {
	case i < 0:
	case e.Outcome == Answered && e.Silent:
		m.silent(i, e)
	case e.Outcome == Answered:
		m.succeeded(i)
	case e.Outcome == Cancelled, e.Blameless:
		m.release(i, false)
	case m.call.policy.Failback && one.isSwitchRefusal():
		m.release(i, true)
		m.note(Note{Kind: CallRefused, Endpoint: one.Endpoint, Status: one.Status, SwitchCode: one.SwitchCode})
	default:
		m.failed(i, e)
	}
	m.call.bookedMs = 0
}

// indexOf returns the index of the endpoint with that URL, or -1.
func (m *machine) indexOf(url string) int {
	for i := range m.endpoints {
		if m.endpoints[i].URL == url {
			return i
		}
	}
	return -1
}

// cancel ends the call for a caller who gave up.
func (m *machine) cancel(isNotSent bool) Action {
	if m.call.phase == sending {
		m.sendOver(Event{Outcome: Cancelled})
		if m.call.facts.Repeat != RepeatYes && !isNotSent {
			m.sawNoAnswer(true)
		}
	}
	return m.fail(bcperr.Aborted)
}

// deadline ends what is under way. An answer that is only being stored still answers; a cache that is asked last does
// not get more time, and why the network did not answer stays the reason. A send that never went is nobody's failure.
func (m *machine) deadline(isNotSent bool) Action {
	switch m.call.phase {
	case storing:
		return m.answer()
	case sending:
		m.sendOver(Event{Outcome: Timeout, NotSent: isNotSent, Blameless: isNotSent})
		if m.call.facts.Repeat != RepeatYes && !isNotSent {
			return m.fallBack(bcperr.NotRepeatable)
		}
		return m.fallBack(bcperr.Timeout)
	case refreshing, waiting:
		return m.fallBack(bcperr.Timeout)
	case falling:
		return m.giveUp(m.call.code)
	}
	return m.fail(bcperr.Timeout)
}
