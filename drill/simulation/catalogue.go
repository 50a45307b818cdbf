package simulation

import (
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
)

const idPrefix = "uddi:ehealth-fgov-be:business:"

// hostOf is the host of an address.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// plan sets when a store asks for the catalogue next, by the rule of every host.
func (r *run) plan(i int32) {
	a := &r.q.actors[i]
	st := &r.stores[a.store]
	var held *core.Catalogue
	clear(r.known)
	if st.held >= 0 {
		p := &r.published[st.held]
		held = p.short
		for slot, service := range r.numbers[st.kind] {
			if at := st.slots + int32(slot); r.marks[at].failed { // the others are known to be well
				held, r.known[p.services[service].ID] = p.ofKind[st.kind], r.states[at]
			}
		}
	}
	now := r.clockOf(st)
	asked := core.Asked{At: r.moment(st.askedMs, now), Confirmed: r.moment(st.confirmedMs, now)}
	due, err := held.AskAgain(asked, r.known, r.core, a.draw.Uint64()>>11, now)
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: the behaviour and the seed are within their bounds
	}
	atMs := r.nowMs + max(due.Sub(now).Milliseconds(), 0)
	if closed := r.opensIn(a, atMs); closed > 0 {
		atMs += closed
	}
	r.q.put(i, atMs)
}

// moment is a moment of the simulation by the clock of a client.
func (r *run) moment(ms int64, now time.Time) time.Time {
	if ms == unknown {
		return time.Time{}
	}
	return now.Add(time.Duration(ms-r.nowMs) * time.Millisecond)
}

// replan sets the moment anew, after a failover or a return.
func (r *run) replan(st *store) {
	if a := &r.q.actors[st.first]; a.phase == asking && r.behaviour != Naive {
		r.q.take(st.first)
		r.plan(st.first)
	}
}

// ask asks for the catalogue and takes what is published.
func (r *run) ask(i int32) {
	a := &r.q.actors[i]
	st := &r.stores[a.store]
	e, _ := r.sites[catalogue].ask(r.nowMs, core.HintTimeout.Milliseconds(), false, &a.draw)
	st.askedMs = r.nowMs
	if e.Status == 200 {
		st.confirmedMs = r.nowMs
		latest := r.clockOf(st).Add(core.ClockSlack) // of an IssueInstant
		if int(st.held) != r.current && !r.published[r.current].issued.After(latest) {
			st.held, st.isDirect = int16(r.current), false
			r.sites[catalogue].seconds[r.nowMs/1000]++ // the hint, then the list
		}
	}
	r.plan(i)
}
