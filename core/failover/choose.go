package failover

import "slices"

// recheckMs: when every endpoint of a service is down, a call tries one of them, and the others only if their last
// failure is this old. Somebody who tries again by hand reaches every endpoint; a burst of calls in a national outage
// sends one request each and not one to every endpoint.
const recheckMs = 10_000

// probeGraceMs is added to the time-out of a probe before it is given up for lost: the time a busy tab may need to
// report. A tab that died keeps others from probing no longer than that.
const probeGraceMs = 5_000

// preferred returns the index of the endpoint that the catalogue wants first: the ACTIVE one of lowest Order; -1: none.
func (m *machine) preferred() int {
	return slices.IndexFunc(m.endpoints, func(e Endpoint) bool { return e.Active })
}

// current returns the index of the endpoint in use; -1 when there is none, because the catalogue has none ACTIVE.
func (m *machine) current() int {
	if m.st.chosen.stamp > 0 {
		i := slices.IndexFunc(m.endpoints, func(e Endpoint) bool { return e.Order == m.st.chosen.order })
		if i >= 0 && m.eligible(i) {
			return i
		}
	}
	return m.preferred()
}

// eligible: may the policy use that endpoint at all?
func (m *machine) eligible(i int) bool {
	return m.call.policy.Choice == Connector || m.endpoints[i].Active
}

// untried: may this call still send to that endpoint?
func (m *machine) untried(i int) bool {
	return m.eligible(i) && !m.call.hasTried(m.endpoints[i].URL)
}

// pick returns the endpoint to send to, whether that send is the probe of the preferred endpoint, and false when the
// call has no endpoint left.
func (m *machine) pick() (index int, probe, found bool) {
	if !m.call.policy.Failback {
		index, found = m.inRing(m.untried)
		return index, false, found
	}
	if p := m.preferred(); m.untried(p) && m.wantsProbe(p) {
		return p, true, true
	}
	if index, found = m.inRing(func(i int) bool { return m.untried(i) && !m.resting(i) }); found {
		return index, false, true
	}
	index, found = m.lastResort()
	return index, false, found
}

// inRing returns the first endpoint that suits, from the one in use onwards and round.
//
// Source: docs/design.md#reference-behaviour.
func (m *machine) inRing(suits func(i int) bool) (index int, found bool) {
	first := m.current()
	for k := range m.endpoints {
		if i := (first + k) % len(m.endpoints); suits(i) {
			return i, true
		}
	}
	return 0, false
}

// wantsProbe: the preferred endpoint was left, or failed, and its rest is over. A probe in flight counts as rest, so
// there is one at a time.
func (m *machine) wantsProbe(p int) bool {
	left := m.current() != p || m.st.failureOf(m.endpoints[p].Order).count > 0
	return left && !m.resting(p)
}

// resting: is the endpoint known to be down, or being probed? A rest that seems longer than any that the machine gives
// comes from a clock that was set back since: it is over.
func (m *machine) resting(i int) bool {
	left := m.st.failureOf(m.endpoints[i].Order).untilMs - m.nowMs
	p := &m.call.policy
	return left > 0 && left <= max(p.MaxCoolDown, p.AttemptTimeout).Milliseconds()+probeGraceMs
}

// lastResort returns the endpoint to try when all that are left are known to be down: the one whose failure is the
// oldest, so that in an outage the calls go round.
func (m *machine) lastResort() (index int, found bool) {
	var oldest failure
	for i, e := range m.endpoints {
		f := m.st.failureOf(e.Order)
		if !m.untried(i) || len(m.call.tried) > 0 && m.failedJustNow(f) {
			continue
		}
		if !found || f.stamp < oldest.stamp {
			index, found, oldest = i, true, f
		}
	}
	return index, found
}

// failedJustNow: within recheckMs, on either side, so that a clock that was set back blocks nothing for long.
func (m *machine) failedJustNow(f failure) bool {
	age := m.nowMs - f.stamp
	return !f.probe && -recheckMs < age && age < recheckMs
}

// choose makes the endpoint the one in use for later calls.
func (m *machine) choose(i int, kind NoteKind) {
	from := m.current()
	m.st.chosen = choice{order: m.endpoints[i].Order, stamp: m.st.nextStamp()}
	m.changed = true
	if from != i {
		m.note(Note{Kind: kind, From: m.endpoints[from].URL, To: m.endpoints[i].URL})
	}
}

// startProbe books the probe of an endpoint: until it is reported or given up, no other call starts one.
func (m *machine) startProbe(i int) {
	f := m.st.failureOf(m.endpoints[i].Order)
	f.stamp = m.st.nextStamp()
	f.untilMs = m.nowMs + m.call.policy.AttemptTimeout.Milliseconds() + probeGraceMs
	f.probe = true
	m.record(f)
	m.note(Note{Kind: ProbeStarted, Endpoint: m.endpoints[i].URL})
}

// endProbe lets the next call probe: this one was cancelled, which proves nothing.
func (m *machine) endProbe(i int) {
	f := m.st.failureOf(m.endpoints[i].Order)
	f.stamp, f.untilMs, f.probe = m.st.nextStamp(), m.nowMs, false
	m.record(f)
}

// succeeded records an answer. The choice moves only when a probe succeeded or the endpoint in use is known to fail:
// an old call that ends late must not undo a newer choice.
func (m *machine) succeeded(i int) {
	m.sawAnswer(m.endpoints[i].Order)
	f := m.st.failureOf(m.endpoints[i].Order)
	if f.count > 0 || f.probe {
		m.record(failure{order: f.order, stamp: m.st.nextStamp()})
	}
	inUse := m.current()
	if inUse < 0 || inUse == i || !m.eligible(i) {
		return
	}
	switch {
	case m.call.probe:
		m.choose(i, FailedBack)
	case m.st.failureOf(m.endpoints[inUse].Order).count > 0:
		m.choose(i, EndpointSwitched)
	}
}

// failed records a failure and moves the choice on when it was this endpoint.
//
// Calls that were under way together and fail together are one failure: while the endpoint rests, only its probe
// makes the next rest longer.
func (m *machine) failed(i int, outcome Outcome) {
	f := m.st.failureOf(m.endpoints[i].Order)
	m.sawFailure(f.order)
	if m.call.probe || !m.resting(i) {
		f.count = min(f.count+1, maxCount)
		rest := m.call.policy.coolDownMs(f.count, Draw(m.call.seed, m.call.service, int64(f.order), int64(f.count)))
		f.untilMs = m.nowMs + rest
	}
	f.stamp, f.probe = m.st.nextStamp(), f.probe && !m.call.probe
	m.record(f)
	m.note(Note{Kind: EndpointFailed, Endpoint: m.endpoints[i].URL, Outcome: outcome, CoolDownMs: f.untilMs - m.nowMs})
	if i != m.current() {
		return
	}
	for k := 1; k < len(m.endpoints); k++ {
		if next := (i + k) % len(m.endpoints); m.eligible(next) {
			m.choose(next, EndpointSwitched)
			return
		}
	}
}

// maxCount is where counting stops; the shortest cool-down has reached the longest after 18 doublings.
const maxCount = 32

func (m *machine) record(f failure) {
	m.st.put(f)
	m.changed = true
}

func (m *machine) note(n Note) { m.notes = append(m.notes, n) }
