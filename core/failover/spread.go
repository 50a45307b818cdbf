package failover

import "time"

// Neighbour is a service of a catalogue with its newest State.
type Neighbour struct {
	Service   *Service
	State     State
	IsChanged bool
	order     int // of its preferred endpoint, when that is on the host that is told of; else -1
}

// Spread tells all services of a catalogue what a note of one of them says of its host: its main endpoint answers
// again, or it was asked and did not answer.
//
// Shape: all has every service of the catalogue, by is the place of the one that the note is about; States that the
// note says something of are replaced, and IsChanged is set. What answered ends the rest of what failed beside it, so
// that the next call may try, an act too; how often it failed stays. What did not answer keeps the acts of those that
// failed from trying, for two of the longest rests after their own at most; where they were told in between that it
// answers, after that. Nobody's failure is taken for another's: a service that did not fail is asked as before, and its
// consultations wait for it less long; its acts stay away only after a time-out, where the host seems silent (see
// isSilent): a refused connection and HTTP 503 may be of one service alone. What was said less than a minute ago is no
// news, because each host stores and tells what changed.
//
// Source: docs/design.md#failover.
func Spread(n Note, by int, all []Neighbour, now time.Time) {
	isBack, from := n.Kind == FailedBack, n.Endpoint
	if isBack {
		from = n.To
	} else if n.Kind != EndpointFailed || !n.mayBeOfHost() {
		return
	}
	for i := range all {
		all[i].order = all[i].Service.orderOn(hostOf(from))
	}
	nowMs, doubtMs := now.UnixMilli(), maxDoubtMs
	if !isBack && n.Outcome == Timeout && isSilent(all, nowMs) {
		doubtMs = 2 * maxDoubtMs
	}
	for i := range all {
		if i != by && all[i].order >= 0 {
			all[i].hear(isBack, doubtMs, nowMs)
		}
	}
}

// mayBeOfHost: may it be the host that failed, and not one service? It gave nothing, or HTTP 502, 503 or 504 without a
// switch code: what stands before the services says so.
func (n *Note) mayBeOfHost() bool {
	return n.Outcome == Timeout || n.Outcome == Unreachable || n.Outcome == Switch && n.SwitchCode == ""
}

// maxDoubtMs is for how long a service is doubted because another one of the host did not answer. Where it is all of
// the host the doubt is twice as long, and while more than this is left of it, acts go elsewhere. It is an hour under
// any policy: what a doubt says must not depend on the tab or the gateway that reads it.
const maxDoubtMs int64 = 60 * minuteMs

// hear takes in that another service of the host is back, or gets no answer.
func (b *Neighbour) hear(isBack bool, doubtMs, nowMs int64) {
	st, issued := &b.State, b.Service.catalogueMs()
	if st.catalogueMs != issued && st.catalogueMs != 0 { // the next call resets what refers to another one
		return
	}
	f := st.failureOf(b.order)
	isNews := false
	switch {
	case f.probe:
	case isBack:
		isNews = f.untilMs > 0
		f.untilMs = 0
	case f.count == 0:
		isNews = nowMs+doubtMs >= f.untilMs+minuteMs
		f.untilMs = nowMs + doubtMs
	default:
		isNews = nowMs >= f.stamp+minuteMs
		if f.untilMs == 0 { // it was back: the acts stay away again
			isNews, f.untilMs = true, nowMs
		}
	}
	if isNews {
		st.nowMs, st.catalogueMs = max(st.nowMs, nowMs), issued
		f.stamp = st.nextStamp()
		st.put(f)
		b.IsChanged = true
	}
}

// isSilent: have two services of the host failed since anything on it answered, and rest or did so less than an hour
// ago? Where two came back less than an hour ago, the host fell as a whole before: then one that fails is enough.
func isSilent(all []Neighbour, nowMs int64) bool {
	failing, back, answeredMs := 0, 0, int64(0)
	for i := range all {
		if b := &all[i]; b.order >= 0 {
			answeredMs = max(answeredMs, b.State.evidence.of(b.order).answeredMs)
			if c := b.State.chosen; c.order == b.order && c.stamp > nowMs-maxDoubtMs {
				back++
			}
		}
	}
	for i := range all {
		b := &all[i]
		f := b.State.failureOf(b.order)
		if b.order >= 0 && f.count > 0 && f.untilMs > nowMs-maxDoubtMs &&
			b.State.evidence.of(b.order).sinceMs > answeredMs {
			failing++
		}
	}
	return failing > 1 || failing > 0 && back > 1
}

// orderOn returns the Order of the endpoint that is preferred, when that is on the host; -1: it is not.
func (s *Service) orderOn(host string) int {
	first := -1
	for i := range s.Endpoints {
		if e := &s.Endpoints[i]; e.Active && (first < 0 || e.Order < s.Endpoints[first].Order) {
			first = i
		}
	}
	if first < 0 || s.Quarantined != "" || hostOf(s.Endpoints[first].URL) != host {
		return -1
	}
	return s.Endpoints[first].Order
}

// hostOf is an address of a catalogue up to its path: scheme, host and port.
func hostOf(url string) string {
	slashes := 0
	for i := range len(url) {
		if url[i] == '/' {
			slashes++
		}
		if slashes == 3 {
			return url[:i]
		}
	}
	return url
}
