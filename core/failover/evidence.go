package failover

import (
	"cmp"
	"slices"
)

// evidence is what was seen of a service, apart from what is chosen for the next call: which endpoint answered last and
// when, since when one fails, whether a caller was left without an answer. The status panel tells it; by it the machine
// sees which endpoint is known to answer, and which host is silent.
//
// Source: docs/design.md#panel.
type evidence struct {
	seen         []seen // by ascending order, each once
	unansweredMs int64  // a call ended without an answer of an endpoint
	uncertainMs  int64  // one that must not run twice ended so, and nothing proved that it was not processed
	settledMs    int64  // an endpoint answered after these
	sinceMs      int64  // the first failure of the outage that settledMs did not end, under any catalogue
}

// seen is what was seen of one endpoint. SinceMs is the first failure after answeredMs, 0 when there is none.
type seen struct {
	order      int
	answeredMs int64
	sinceMs    int64
}

// merge joins what two tabs saw. Of one endpoint the later answer has the word; after the same answer the earlier
// failure began the outage.
func (e evidence) merge(other evidence) evidence {
	outage := mergeSeen(seen{answeredMs: e.settledMs, sinceMs: e.sinceMs},
		seen{answeredMs: other.settledMs, sinceMs: other.sinceMs})
	return evidence{
		seen:         mergeByOrder(e.seen, other.seen, func(s seen) int { return s.order }, mergeSeen),
		unansweredMs: max(e.unansweredMs, other.unansweredMs),
		uncertainMs:  max(e.uncertainMs, other.uncertainMs),
		settledMs:    outage.answeredMs,
		sinceMs:      outage.sinceMs,
	}
}

func mergeSeen(a, b seen) seen {
	switch {
	case a.answeredMs > b.answeredMs:
		return a
	case a.answeredMs < b.answeredMs:
		return b
	case a.sinceMs == 0 || b.sinceMs != 0 && b.sinceMs < a.sinceMs:
		a.sinceMs = b.sinceMs
	}
	return a
}

// of returns what was seen of the endpoint with that Order.
func (e *evidence) of(order int) seen {
	for _, s := range e.seen {
		if s.order == order {
			return s
		}
	}
	return seen{order: order}
}

// put stores s in a copy of the list: earlier States keep theirs.
func (e *evidence) put(s seen) {
	i, known := slices.BinarySearchFunc(e.seen, s.order,
		func(t seen, order int) int { return cmp.Compare(t.order, order) })
	list := slices.Clone(e.seen)
	if known {
		list[i] = s
	} else {
		list = slices.Insert(list, i, s)
	}
	e.seen = list
}

// isUncertain: nobody knows whether the last act arrived.
func (e *evidence) isUncertain() bool { return e.uncertainMs > e.settledMs }

// reset leaves what holds under any catalogue: what the callers do not know.
func (e evidence) reset() evidence {
	e.seen = nil
	return e
}

// sawAnswer takes in that the endpoint answered. It is worth storing when it ends something, and once a minute.
func (m *machine) sawAnswer(order int) {
	e := &m.st.evidence
	before := e.of(order)
	nowMs := max(m.st.nowMs, before.answeredMs)
	for _, s := range e.seen {
		nowMs = max(nowMs, s.sinceMs) // of two events in one millisecond the answer is the later one
	}
	if unanswered := max(e.unansweredMs, e.uncertainMs); unanswered > e.settledMs {
		if e.unansweredMs > e.settledMs {
			m.note(Note{Kind: ServiceRecovered, Endpoint: m.call.sending, SinceMs: m.outageSinceMs()})
		}
		e.settledMs, e.sinceMs = unanswered, 0
		m.changed = true
	}
	e.put(seen{order: order, answeredMs: nowMs})
	m.changed = m.changed || before.answeredMs/minuteMs != nowMs/minuteMs || before.sinceMs > 0
}

// sawFailure takes in that the endpoint failed.
func (m *machine) sawFailure(order int) {
	if s := m.st.evidence.of(order); s.sinceMs == 0 {
		s.sinceMs = max(m.st.nowMs, s.answeredMs+1)
		m.st.evidence.put(s)
		m.changed = true
	}
}

// sawNoAnswer takes in that the call gets no answer of an endpoint. The moment is after whatever settled the one
// before.
func (m *machine) sawNoAnswer(isUncertain bool) {
	e := &m.st.evidence
	e.unansweredMs = max(m.st.nowMs, e.settledMs+1)
	if isUncertain {
		e.uncertainMs = e.unansweredMs
	}
	e.sinceMs = cmp.Or(e.sinceMs, m.mainFailedMs())
	m.changed = true
}

// outageSinceMs is the first failure of the outage. A republication ends none.
func (m *machine) outageSinceMs() int64 {
	return cmp.Or(m.st.evidence.sinceMs, m.mainFailedMs(), m.st.evidence.unansweredMs)
}

// mainFailedMs is since when the preferred endpoint fails, or 0. What another one did while it was well is of an
// earlier outage, or of none.
func (m *machine) mainFailedMs() int64 {
	if first := m.preferred(); first >= 0 {
		return m.st.evidence.of(m.endpoints[first].Order).sinceMs
	}
	return 0
}
