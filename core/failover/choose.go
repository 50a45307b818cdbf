package failover

import (
	"slices"
	"time"
)

// recheckMs: when every endpoint of a service is down, a call tries one of them, and the others only if their last
// failure is this old. Somebody who tries again by hand reaches every endpoint; a burst of calls in a national outage
// sends one request each and not one to every endpoint.
const recheckMs = 10_000

// probeGraceMs is added to the time-out of a probe before it is given up for lost: the time a busy tab may need to
// report. A tab that died keeps others from probing no longer than that.
const probeGraceMs = 5_000

// probeTimeout: with an endpoint at hand that answers, nobody should wait 20 s for one that did not. What takes longer
// than this is not worth going back for; with the answer of the other endpoint the call stays within ten seconds.
const probeTimeout = 8 * time.Second

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
	return m.call.policy.Name == Connector || m.endpoints[i].Active
}

// untried: may this call still send to that endpoint?
func (m *machine) untried(i int) bool {
	return m.eligible(i) && !m.call.hasTried(m.endpoints[i].URL)
}

// pick is what a call does next.
//
// Shape: found: send to the endpoint at index. probe: that send tries the preferred endpoint, which failed. scout: it
// is the first send to an endpoint of which nothing was seen in this outage. waitMs: wait for another call's scout, so
// long at most. The zero pick: the call has no endpoint left.
type pick struct {
	index  int
	found  bool
	probe  bool
	scout  bool
	waitMs int64
}

// pick returns what to do next.
//
// With failback an endpoint of which nobody knows whether it answers is asked by one call, and the others wait for what
// comes of it: of a burst on endpoints that hang, each endpoint but the first gets one request and not one of every
// call.
//
// Source: docs/design.md#browser-queue.
func (m *machine) pick() pick {
	if !m.call.policy.Failback {
		i, found := m.inRing(m.untried)
		return pick{index: i, found: found}
	}
	p := m.preferred()
	mayProbe := m.untried(p) && m.wantsProbe(p)
	if mayProbe && !m.spares(p) {
		return pick{index: p, found: true, probe: true}
	}
	i, found := m.inRing(func(i int) bool {
		return m.untried(i) && (!m.resting(i) && !m.spares(i) || m.scouted(i) > 0)
	})
	switch {
	case found:
	case mayProbe:
		return pick{index: p, found: true, probe: true}
	default:
		i, found = m.lastResort()
		return pick{index: i, found: found}
	}
	if left := m.scouted(i); left > 0 {
		return pick{waitMs: left}
	}
	return pick{index: i, found: true, scout: !m.known(i)}
}

// scouted is for how long another call may still be trying an endpoint that is not the preferred one; 0: none is.
func (m *machine) scouted(i int) int64 {
	f := m.st.failureOf(m.endpoints[i].Order)
	if !f.probe || i == m.preferred() || !m.resting(i) {
		return 0
	}
	return f.untilMs - m.nowMs
}

// known: is the endpoint the normal one, or did it answer after the normal one had failed, or give any sign of life?
func (m *machine) known(i int) bool {
	f, p := m.st.failureOf(m.endpoints[i].Order), m.preferred()
	switch {
	case f.count > 0 || f.probe:
		return false
	case i == p:
		return true
	}
	since := m.st.evidence.of(m.endpoints[p].Order).sinceMs
	seen := max(f.stamp, m.st.evidence.of(m.endpoints[i].Order).answeredMs)
	return seen > 0 && seen >= since
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

// spares: does this call leave the preferred endpoint to others, because it must not run twice and the endpoint failed,
// or its whole host is silent? There it would end without an answer and without anybody knowing whether it was
// processed. Where no other call found out, it tries after the longest rest; where another service of the host goes on
// failing, after two more; and at once where one is back.
//
// Source: docs/design.md#failover.
func (m *machine) spares(i int) bool {
	if i != m.preferred() || m.call.facts.Repeat == RepeatYes {
		return false
	}
	f, longest := m.st.failureOf(m.endpoints[i].Order), m.call.policy.MaxCoolDown.Milliseconds()
	age, rested := m.nowMs-f.stamp, m.nowMs-f.untilMs
	return f.count > 0 && -clockSlackMs < age && age < longest && rested < 2*longest || m.doubtMs(i) > maxDoubtMs
}

// patience is how long a send may take. A probe gets less where another endpoint is well, and so does a consultation of
// an endpoint that is doubted, where another endpoint may be well: the caller waits for it.
func (m *machine) patience(next pick) time.Duration {
	limit := min(m.call.policy.AttemptTimeout, m.left())
	isDoubted := m.call.facts.Repeat == RepeatYes && m.doubtMs(next.index) > 0
	mayHelp := func(i int) bool {
		return i != next.index && m.untried(i) && !m.resting(i) && (isDoubted || m.known(i))
	}
	if _, found := m.inRing(mayHelp); (next.probe || isDoubted) && found {
		return min(limit, probeTimeout)
	}
	return limit
}

// doubtMs is for how long a preferred endpoint against which nothing is known is still doubted, because others of the
// host got no answer, or because it came back less than an hour ago; 0: it is not.
func (m *machine) doubtMs(i int) int64 {
	f := m.st.failureOf(m.endpoints[i].Order)
	left := f.untilMs - m.nowMs
	if !m.call.policy.Failback || i != m.preferred() || f.count > 0 || f.probe || left > 2*maxDoubtMs {
		return 0
	}
	if c := m.st.chosen; c.order == f.order {
		left = max(left, min(c.stamp+maxDoubtMs-m.nowMs, maxDoubtMs))
	}
	return max(left, 0)
}

// resting: is the endpoint known to be down, or being probed? A rest that seems longer than any that the machine gives
// comes from a clock that was set back since: it is over.
func (m *machine) resting(i int) bool {
	f, p := m.st.failureOf(m.endpoints[i].Order), &m.call.policy
	longest := p.MaxCoolDown
	switch {
	case f.probe:
		longest = p.AttemptTimeout
	case f.count == 0:
		return false // it lives
	}
	left := f.untilMs - m.nowMs
	return left > 0 && left <= longest.Milliseconds()+probeGraceMs
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

// failedJustNow: within recheckMs, on either side, so that a clock that was set back blocks nothing for long. What
// another tab saw with a newer list proves nothing here: an Order may stand for another endpoint there.
//
// Source: docs/design.md#evidence.
func (m *machine) failedJustNow(f failure) bool {
	age := m.nowMs - f.stamp
	isJustNow := -recheckMs < age && age < recheckMs
	return f.count > 0 && !f.probe && isJustNow && m.st.catalogueMs <= m.svc.catalogueMs()
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

// book keeps other calls from an endpoint until this send is reported or given up.
func (m *machine) book(next pick) {
	f := m.st.failureOf(m.endpoints[next.index].Order)
	f.stamp = m.st.nextStamp()
	f.untilMs = m.nowMs + m.patience(next).Milliseconds() + probeGraceMs
	f.probe = true
	m.call.bookedMs = f.untilMs
	m.record(f)
	if next.probe {
		m.note(Note{Kind: ProbeStarted, Endpoint: m.endpoints[next.index].URL})
	}
}

// release undoes the booking of this send, which proved neither that the service answers nor that it fails. What came
// after the booking, perhaps in a tab of which this one has not heard, stays: without a sign of life the stamp is next
// to that of the booking, and one that lapsed is left alone, because it may be another's since.
//
// lives: something came from the endpoint, so others need not wait for one another.
func (m *machine) release(i int, lives bool) {
	f := m.st.failureOf(m.endpoints[i].Order)
	if !f.probe || f.untilMs != m.call.bookedMs || f.untilMs <= m.nowMs {
		return
	}
	f.stamp++
	if lives {
		f.stamp = m.st.nextStamp()
	}
	f.untilMs, f.probe = m.nowMs, f.count == 0 && !lives
	m.record(f)
}

// silent records an answer that proves nothing. It does not answer a probe: the cool-down starts again.
func (m *machine) silent(i int, e Event) {
	if m.call.bookedMs > 0 && i == m.preferred() && m.st.failureOf(m.endpoints[i].Order).count > 0 {
		m.failed(i, e)
		return
	}
	m.release(i, true)
}

// succeeded records an answer of the service. The choice moves only when a probe succeeded or the endpoint in use is
// known to fail: an old call that ends late must not undo a newer choice.
func (m *machine) succeeded(i int) {
	m.sawAnswer(m.endpoints[i].Order)
	f := m.st.failureOf(m.endpoints[i].Order)
	if f.count > 0 || f.probe || f.untilMs > m.nowMs {
		m.record(failure{order: f.order, stamp: m.st.nextStamp()})
	}
	inUse := m.current()
	if inUse < 0 || inUse == i || !m.eligible(i) {
		return
	}
	switch {
	case m.call.bookedMs > 0 && i == m.preferred():
		m.choose(i, FailedBack)
	case m.st.failureOf(m.endpoints[inUse].Order).count > 0:
		m.choose(i, EndpointSwitched)
	}
}

// failed records a failure. With failback the choice stays until another endpoint has answered; the reference moves on
// at once.
//
// Calls that were under way together and fail together are one failure: while the endpoint rests, only the send that is
// booked makes the next rest longer.
func (m *machine) failed(i int, e Event) {
	f := m.st.failureOf(m.endpoints[i].Order)
	m.sawFailure(f.order)
	if f.probe && m.call.bookedMs > 0 || !m.resting(i) {
		f.probe = false
		f.count = min(f.count+1, maxCount)
		rest := m.call.policy.coolDownMs(f.count, Draw(m.call.random, m.call.service, int64(f.order), int64(f.count)))
		f.untilMs = m.nowMs + rest
	}
	f.stamp = m.st.nextStamp()
	inUse := m.current()
	m.record(f)
	m.note(Note{Kind: EndpointFailed, Endpoint: m.endpoints[i].URL, Outcome: e.Outcome, Status: e.Status,
		SwitchCode: e.SwitchCode, CoolDownMs: f.untilMs - m.nowMs})
	if i != inUse || m.call.policy.Failback {
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
