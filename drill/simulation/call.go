package simulation

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// flight is one call under way.
type flight struct {
	call      failover.Call
	event     failover.Event // how the send under way will end
	begunMs   int64
	slot      int32
	use       uint8
	service   uint8
	site      uint8 // of the last send
	sends     uint8
	wasToDown bool // the last send went to the main site while it failed everything
	isAct     bool
	wasDown   bool // the main site failed everything when the call began
	notProved bool // a send failed, and nothing proves that it was not processed
	sentAgain bool // an act was sent again all the same
}

// Clicks after a call that failed.
const (
	againPercent = 80
	againMost    = 3
)

const (
	naiveTries   = 3
	naivePauseMs = 1000
)

// begin starts a call of a tab.
func (r *run) begin(i int32) error {
	a := &r.q.actors[i]
	st := &r.stores[a.store]
	if a.again == 0 {
		a.use = r.uses[st.kind][a.draw.Uint64()%uint64(len(r.uses[st.kind]))]
		if a.isOpening {
			a.use = 0 // a token
		}
	}
	a.isOpening = false
	f := r.newFlight(a)
	service := r.numbers[st.kind][a.use]
	repeat := r.repeats[service]
	*f = flight{begunMs: r.nowMs, slot: st.slots + int32(a.use), use: a.use, service: service,
		isAct: repeat != failover.RepeatYes, wasDown: r.sites[main].isDown()}
	if r.behaviour == Naive {
		r.send(i, r.direct[service].ID, r.core.AttemptTimeout)
		return nil
	}
	facts := failover.Facts{Repeat: repeat}
	if r.s.Cache > 0 && !f.isAct {
		facts.Cache, facts.CacheKey = true, "key"
	}
	if r.behaviour == Reference {
		facts.Repeat = failover.RepeatYes
	}
	step, err := failover.Begin(r.serviceOf(st, service), facts, r.core, r.states[f.slot], st.seed, r.clockOf(st))
	if err != nil {
		return err
	}
	return r.perform(i, step)
}

// serviceOf is a service as the list of the client has it; without one the main endpoint as it is.
func (r *run) serviceOf(st *store, service uint8) failover.Service {
	if st.held < 0 {
		return r.direct[service]
	}
	return r.published[st.held].services[service]
}

// newFlight gives a tab an unused place for its call.
func (r *run) newFlight(a *actor) *flight {
	if n := len(r.unused); n > 0 {
		a.flight, r.unused = r.unused[n-1], r.unused[:n-1]
	} else {
		a.flight, r.flights = int32(len(r.flights)), append(r.flights, flight{})
	}
	return &r.flights[a.flight]
}

// next tells a call what happened, and does what follows.
func (r *run) next(i int32, e failover.Event) error {
	a := &r.q.actors[i]
	f, st := &r.flights[a.flight], &r.stores[a.store]
	if e.Kind == failover.SendEnded {
		r.sendEnded(a, f, e)
	}
	if r.behaviour == Naive {
		r.naive(i, f, e)
		return nil
	}
	service := r.serviceOf(st, f.service)
	if id := f.call.Service(); service.ID != id { // the list came while a client without one was calling
		service = r.direct[f.service]
	}
	step, err := failover.Next(service, f.call, r.states[f.slot], e, r.clockOf(st))
	if err != nil {
		return err
	}
	return r.perform(i, step)
}

// sendEnded keeps of a send what is measured.
func (r *run) sendEnded(a *actor, f *flight, e failover.Event) {
	m := r.markOf(f.slot)
	isMain := f.site == main
	switch {
	case e.Outcome == failover.Answered:
		r.sawAnswer(a, m, isMain)
		if isMain {
			m.failed, m.isKnown = false, false
		}
	default:
		f.notProved = f.notProved || !e.NotSent
		m.failed = true
		if isMain {
			r.sawFailure(m, r.nowMs)
		}
	}
}

// naive tries again, or ends.
func (r *run) naive(i int32, f *flight, e failover.Event) {
	switch {
	case e.Outcome == failover.Answered:
		r.end(i, "", false)
	case f.sends < naiveTries:
		r.send(i, r.direct[f.service].ID, r.core.AttemptTimeout)
		r.q.take(i)
		r.q.put(i, r.q.actors[i].atMs+naivePauseMs)
	default:
		r.end(i, bcperr.EndpointsExhausted, false)
	}
}

// perform does what the machine says, until the call waits or ends.
func (r *run) perform(i int32, step failover.Step) error {
	for {
		a := &r.q.actors[i]
		f, st := &r.flights[a.flight], &r.stores[a.store]
		f.call, r.states[f.slot] = step.Call, step.State
		if step.Changed && st.waiting > 0 {
			r.wake(st, i, f.slot)
		}
		r.note(st, f, step.Notes)
		r.spread(st, f.slot, step.Notes)
		var e failover.Event
		switch step.Action.Do {
		case failover.DoSend:
			r.send(i, step.Action.Endpoint, step.Action.Timeout)
			return nil
		case failover.DoWait:
			a.phase = waiting
			st.waiting++
			r.q.put(i, r.nowMs+step.Action.Timeout.Milliseconds())
			return nil
		case failover.DoReadCache:
			e = failover.Event{Kind: failover.CacheMiss}
			if int(a.draw.Uint64()%100) < r.s.Cache {
				stored := r.clockOf(st).UnixMilli() - hourMs
				e = failover.Event{Kind: failover.CacheHit, StoredAtMs: stored, ValidUntilMs: stored + dayMs}
			}
		case failover.DoAnswer:
			r.end(i, "", step.Action.Source == failover.FromCache)
			return nil
		case failover.DoFail:
			r.end(i, step.Action.Code, false)
			return nil
		default:
			e = failover.Declined(step.Action)
		}
		var err error
		step, err = failover.Next(r.serviceOf(st, f.service), f.call, r.states[f.slot], e, r.clockOf(st))
		if err != nil {
			return err
		}
	}
}

// send asks a site.
func (r *run) send(i int32, endpoint string, timeout time.Duration) {
	a := &r.q.actors[i]
	f, st := &r.flights[a.flight], &r.stores[a.store]
	f.sentAgain = f.sentAgain || f.isAct && f.notProved
	f.site = r.siteOf[endpoint]
	f.sends++
	if f.wasToDown = f.site == main && r.sites[main].isDown(); f.wasToDown {
		r.SendsToDown++
	}
	var tookMs int64
	f.event, tookMs = r.sites[f.site].ask(r.nowMs, timeout.Milliseconds(), r.kinds[st.kind].house > 0, &a.draw)
	a.phase = sending
	r.q.put(i, r.nowMs+tookMs)
}

// wake tells the other tabs of a store that wait for what is known of a service.
func (r *run) wake(st *store, by, slot int32) {
	for i := st.first; i < st.first+st.actors; i++ {
		if a := &r.q.actors[i]; i != by && a.phase == waiting && r.flights[a.flight].slot == slot {
			r.q.take(i)
			r.q.put(i, r.nowMs+1)
		}
	}
}

// note looks at what the machine tells.
func (r *run) note(st *store, f *flight, notes []failover.Note) {
	m, hasTurned := &r.marks[f.slot], false
	for k := range notes {
		switch notes[k].Kind {
		case failover.FailedBack:
			hasTurned = true
			r.Failbacks++
			if f.wasToDown {
				r.WrongFailbacks++
			}
		case failover.EndpointFailed, failover.EndpointSwitched, failover.ChoiceReset:
			hasTurned = hasTurned || !m.isKnown
			m.isKnown = true
		case failover.ProbeStarted:
			r.Probes++
		}
	}
	if hasTurned {
		r.replan(st)
	}
}

// spread tells the other services of a store what was seen of their host.
func (r *run) spread(st *store, from int32, notes []failover.Note) {
	if r.behaviour != Ours || st.held < 0 {
		return
	}
	for _, n := range notes {
		if n.Kind != failover.FailedBack && n.Kind != failover.EndpointFailed {
			continue
		}
		r.beside = r.beside[:0]
		for slot, service := range r.numbers[st.kind] {
			r.beside = append(r.beside, failover.Neighbour{Service: &r.published[st.held].services[service],
				State: r.states[st.slots+int32(slot)]})
		}
		failover.Spread(n, int(from-st.slots), r.beside, r.clockOf(st))
		for slot := range r.beside {
			r.states[st.slots+int32(slot)] = r.beside[slot].State
		}
	}
}

// end ends a call. code says why there is no answer.
func (r *run) end(i int32, code bcperr.Code, isFromCache bool) {
	a := &r.q.actors[i]
	f := &r.flights[a.flight]
	r.ended(f, code, isFromCache, r.nowMs, r.nowMs-f.begunMs)
	if r.nowMs-f.begunMs > slowMs && a.slow < 1<<16-1 {
		a.slow++
	}
	r.unused = append(r.unused, a.flight)
	a.flight = none
	isUncertain := code == bcperr.NotRepeatable || code != "" && f.isAct && f.notProved
	if code == "" || isUncertain || a.again == againMost || int(a.draw.Uint64()%100) >= againPercent {
		a.again = 0
		r.idle(i)
		return
	}
	a.again++
	a.phase = idle
	r.q.put(i, r.nowMs+5000+int64(a.draw.Uint64()%10_000))
}
