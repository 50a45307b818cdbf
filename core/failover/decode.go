package failover

import (
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// UnmarshalJSON reads what MarshalJSON wrote. A State of another version reads as the zero State.
//
// Errors: bad-call when it is not of that shape: a record that something else wrote.
func (st *State) UnmarshalJSON(b []byte) error { return into(st, b, "state", readState) }

// UnmarshalJSON reads a policy; what is absent has its default.
//
// Errors: bad-call for an unknown member, and for a value that Check refuses.
func (p *Policy) UnmarshalJSON(b []byte) error { return into(p, b, "policy", readPolicy) }

// UnmarshalJSON reads facts. Errors: bad-call for an unknown member.
func (f *Facts) UnmarshalJSON(b []byte) error { return into(f, b, "facts", readFacts) }

// UnmarshalJSON reads what MarshalJSON wrote. Errors: bad-call for anything else.
func (c *Call) UnmarshalJSON(b []byte) error { return into(c, b, "call", readCall) }

// UnmarshalJSON reads an event. Errors: bad-call for an unknown member; Next refuses an unknown kind or outcome.
func (e *Event) UnmarshalJSON(b []byte) error { return into(e, b, "event", readEvent) }

// into sets v only when all of b was read.
func into[T any](v *T, b []byte, what string, shape func(r *wire.Reader) T) error {
	var got T
	err := wire.Read(b, what, func(r *wire.Reader) { got = shape(r) })
	if err == nil {
		*v = got
	}
	return err
}

func readState(r *wire.Reader) (st State) {
	version := int64(stateVersion)
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "v":
			version = r.Number(0, wire.MaxInteger)
		case "nowMs":
			st.nowMs = r.Number(0, maxMs)
		case "catalogueMs":
			st.catalogueMs = r.Number(0, maxMs)
		case "chosen":
			n := readNumbers(r, 2)
			st.chosen = choice{order: int(n[0]), stamp: n[1]}
		case "down":
			st.down = readFailures(r)
		case "seen":
			st.evidence.seen = readSeen(r)
		case "unansweredMs":
			st.evidence.unansweredMs = r.Number(0, maxMs)
		case "uncertainMs":
			st.evidence.uncertainMs = r.Number(0, maxMs)
		case "settledMs":
			st.evidence.settledMs = r.Number(0, maxMs)
		case "sinceMs":
			st.evidence.sinceMs = r.Number(0, maxMs)
		default:
			if version == stateVersion {
				r.Unknown(name)
			}
			r.Raw()
		}
	}
	if version != stateVersion {
		return State{}
	}
	return st
}

// readFailures reads the list of failures, which must ascend by order. There may be more than a service has endpoints:
// a tab that holds an older catalogue adds those of its own.
func readFailures(r *wire.Reader) (down []failure) {
	r.Open('[')
	for r.More(']') {
		n := readNumbers(r, 5)
		f := failure{order: int(n[0]), count: int(n[1]), stamp: n[2], untilMs: n[3], probe: n[4] == 1}
		if last := len(down) - 1; last >= 0 && down[last].order >= f.order || len(down) == 2*MaxEndpoints {
			r.Fail("failures by ascending order, at most 128")
		}
		down = append(down, f)
	}
	return down
}

// readSeen reads what was seen of each endpoint, by ascending order.
func readSeen(r *wire.Reader) (list []seen) {
	r.Open('[')
	for r.More(']') {
		n := readNumbers(r, 3)
		s := seen{order: int(n[0]), answeredMs: n[1], sinceMs: n[2]}
		if last := len(list) - 1; last >= 0 && list[last].order >= s.order || len(list) == 2*MaxEndpoints {
			r.Fail("what was seen by ascending order, at most 128")
		}
		list = append(list, s)
	}
	return list
}

// readNumbers reads an array of n integers. The first is an Order, as the catalogue says; the others are not negative.
func readNumbers(r *wire.Reader, n int) (out [5]int64) {
	i := 0
	r.Open('[')
	for ; r.More(']') && i < n; i++ {
		min := int64(0)
		if i == 0 {
			min = -wire.MaxInteger
		}
		out[i] = r.Number(min, wire.MaxInteger)
	}
	if i != n {
		r.Fail("an array of " + strconv.Itoa(n) + " integers")
	}
	return out
}

func readPolicy(r *wire.Reader) Policy {
	p := DefaultPolicy()
	span := func() time.Duration { // Check has the bounds
		return time.Duration(r.Number(-1<<41, 1<<41)) * time.Millisecond
	}
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "name":
			p.Name = PolicyName(r.Text())
		case "failback":
			p.Failback = r.Truth()
		case "attemptTimeoutMs":
			p.AttemptTimeout = span()
		case "totalTimeoutMs":
			p.TotalTimeout = span()
		case "coolDownMs":
			p.CoolDown = span()
		case "maxCoolDownMs":
			p.MaxCoolDown = span()
		case "maxCacheAgeMs":
			p.MaxCacheAge = span()
		default:
			r.Unknown(name)
		}
	}
	r.Reject(p.Check())
	return p
}

func readFacts(r *wire.Reader) (f Facts) {
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "repeat":
			f.Repeat = Repeat(r.Text())
		case "wants":
			f.Wants = soap.Wanted(r.Text())
		case "cache":
			f.Cache = r.Truth()
		case "cacheKey":
			f.CacheKey = r.Text()
		case "serveExpired":
			f.ServeExpired = r.Truth()
		default:
			r.Unknown(name)
		}
	}
	return f
}

func readCall(r *wire.Reader) (c Call) {
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "v":
			r.Number(callVersion, callVersion)
		case "phase":
			c.phase = readPhase(r)
		case "service":
			c.service = r.Text()
		case "startMs":
			c.startMs = r.Number(0, maxMs)
		case "random":
			c.random = uint64(r.Number(0, MaxRandom))
		case "policy":
			c.policy = readPolicy(r)
		case "facts":
			c.facts = readFacts(r)
		case "cache":
			c.cache = r.Truth()
		case "tried":
			c.tried = readAttempts(r)
		case "sending":
			c.sending = r.Text()
		case "bookedMs":
			c.bookedMs = r.Number(0, wire.MaxInteger)
		case "refreshed":
			c.refreshed = r.Truth()
		case "code":
			c.code = bcperr.Code(r.Text())
		default:
			r.Unknown(name)
		}
	}
	if c.phase != over {
		r.Reject(c.policy.Check()) // a call under way has one
	}
	return c
}

func readPhase(r *wire.Reader) phase {
	switch p := phase(r.Text()); p {
	case lookingUp, sending, waiting, refreshing, falling, storing:
		return p
	}
	r.Fail("a phase")
	return over
}

func readAttempts(r *wire.Reader) (attempts []Attempt) {
	r.Open('[')
	for r.More(']') {
		if len(attempts) == MaxEndpoints {
			r.Fail("at most 64 attempts")
		}
		attempts = append(attempts, readAttempt(r))
	}
	return attempts
}

func readAttempt(r *wire.Reader) (a Attempt) {
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "endpoint":
			a.Endpoint = r.Text()
		case "outcome":
			a.Outcome = Outcome(r.Text())
		case "status":
			a.Status = int(r.Number(0, 999))
		case "switchCode":
			a.SwitchCode = r.Text()
		case "fault":
			a.Fault = r.Truth()
		case "came":
			a.Came = r.Text()
		case "blameless":
			a.Blameless = r.Truth()
		default:
			r.Unknown(name)
		}
	}
	return a
}

func readEvent(r *wire.Reader) (e Event) {
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "kind":
			e.Kind = EventKind(r.Text())
		case "outcome":
			e.Outcome = Outcome(r.Text())
		case "status":
			e.Status = int(r.Number(0, 999))
		case "switchCode":
			e.SwitchCode = r.Text()
		case "cacheable":
			e.Cacheable = r.Truth()
		case "notSent":
			e.NotSent = r.Truth()
		case "blameless":
			e.Blameless = r.Truth()
		case "queuedMs":
			e.QueuedMs = r.Number(0, wire.MaxInteger)
		case "silent":
			e.Silent = r.Truth()
		case "storedAtMs":
			e.StoredAtMs = r.Number(0, maxMs)
		case "validUntilMs":
			e.ValidUntilMs = r.Number(0, maxMs)
		case "endsMs":
			e.EndsMs = r.Number(0, maxMs)
		default:
			r.Unknown(name)
		}
	}
	return e
}
