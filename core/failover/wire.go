package failover

import (
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// stateVersion is the version of the stored State. A State of another version reads as the zero State: forgetting a
// choice costs one failed attempt, refusing it would cost every call of a tab that is older than its neighbour.
const stateVersion = 1

// callVersion is the version of a Call on its way to the runner and back.
const callVersion = 1

// MarshalJSON returns {"v":1,"nowMs":n,"catalogueMs":n,"chosen":[order,stamp],"down":[[order,count,stamp,untilMs,probe]…]}.
//
// Shape: the arrays keep the State of a service with two failed endpoints below 200 bytes; probe is 0 or 1.
func (st State) MarshalJSON() ([]byte, error) { return st.appendJSON(nil), nil }

func (st *State) appendJSON(b []byte) []byte {
	o := newObject(b)
	o.number("v", stateVersion)
	o.number("nowMs", st.nowMs)
	o.number("catalogueMs", st.catalogueMs)
	if st.chosen.stamp > 0 {
		o.key("chosen")
		o.b = appendNumbers(o.b, int64(st.chosen.order), st.chosen.stamp)
	}
	if len(st.down) > 0 {
		o.key("down")
		o.list(len(st.down), func(b []byte, i int) []byte {
			f := st.down[i]
			probe := int64(0)
			if f.probe {
				probe = 1
			}
			return appendNumbers(b, int64(f.order), int64(f.count), f.stamp, f.untilMs, probe)
		})
	}
	return o.close()
}

func appendNumbers(b []byte, numbers ...int64) []byte {
	o := object{b: b}
	o.list(len(numbers), func(b []byte, i int) []byte { return strconv.AppendInt(b, numbers[i], 10) })
	return o.b
}

// UnmarshalJSON reads what MarshalJSON wrote. A State of another version reads as the zero State.
//
// Errors: bad-call when it is not of that shape: a record that something else wrote.
func (st *State) UnmarshalJSON(b []byte) error {
	var got State
	err := read(b, "state", func(r *reader) {
		r.open('{')
		for r.more('}') {
			switch name := r.member(); name {
			case "v":
				if r.number(0, maxSeed) != stateVersion {
					got = State{}
					r.i = len(r.b)
					return
				}
			case "nowMs":
				got.nowMs = r.ms()
			case "catalogueMs":
				got.catalogueMs = r.ms()
			case "chosen":
				n := r.numbers(2)
				got.chosen = choice{order: int(n[0]), stamp: n[1]}
			case "down":
				r.failures(&got)
			default:
				r.unknown(name)
			}
		}
	})
	if err != nil {
		return err
	}
	*st = got
	return nil
}

// failures reads the list of failures, which must ascend by order.
func (r *reader) failures(st *State) {
	r.open('[')
	for r.more(']') {
		n := r.numbers(5)
		f := failure{order: int(n[0]), count: int(n[1]), stamp: n[2], untilMs: n[3], probe: n[4] == 1}
		if last := len(st.down) - 1; last >= 0 && st.down[last].order >= f.order || len(st.down) == 2*maxEndpoints {
			r.fail("failures by ascending order, at most 128,")
			return
		}
		st.down = append(st.down, f)
	}
}

// numbers reads an array of n integers that are not negative, but for the first: an Order is what the catalogue says.
func (r *reader) numbers(n int) (out [5]int64) {
	r.open('[')
	for i := range n {
		if !r.more(']') {
			r.fail("an array of " + strconv.Itoa(n) + " integers")
			return out
		}
		switch i {
		case 0:
			out[0] = r.number(-1<<31, 1<<31-1)
		default:
			out[i] = r.number(0, maxSeed)
		}
	}
	if r.more(']') {
		r.fail("an array of " + strconv.Itoa(n) + " integers")
	}
	return out
}

// MarshalJSON returns the members that differ from DefaultPolicy.
func (p Policy) MarshalJSON() ([]byte, error) { return p.appendJSON(nil), nil }

func (p *Policy) appendJSON(b []byte) []byte {
	o := newObject(b)
	def := DefaultPolicy()
	if p.Choice != def.Choice {
		o.text("name", string(p.Choice))
	}
	if p.Failback != def.Failback {
		o.key("failback")
		o.b = strconv.AppendBool(o.b, p.Failback)
	}
	span := func(name string, d, def time.Duration) {
		if d != def {
			o.number(name, d.Milliseconds())
		}
	}
	span("attemptTimeoutMs", p.AttemptTimeout, def.AttemptTimeout)
	span("totalTimeoutMs", p.TotalTimeout, def.TotalTimeout)
	span("coolDownMs", p.CoolDown, def.CoolDown)
	span("maxCoolDownMs", p.MaxCoolDown, def.MaxCoolDown)
	span("maxCacheAgeMs", p.MaxCacheAge, def.MaxCacheAge)
	return o.close()
}

// UnmarshalJSON reads a policy; what is absent has its default.
//
// Errors: bad-call for an unknown member, and for a value that Check refuses.
func (p *Policy) UnmarshalJSON(b []byte) error {
	var got Policy
	if err := read(b, "policy", func(r *reader) { got = r.policy() }); err != nil {
		return err
	}
	if err := got.Check(); err != nil {
		return err
	}
	*p = got
	return nil
}

func (r *reader) policy() Policy {
	p := DefaultPolicy()
	r.open('{')
	for r.more('}') {
		switch name := r.member(); name {
		case "name":
			p.Choice = Choice(r.text())
		case "failback":
			p.Failback = r.truth()
		case "attemptTimeoutMs":
			p.AttemptTimeout = r.span()
		case "totalTimeoutMs":
			p.TotalTimeout = r.span()
		case "coolDownMs":
			p.CoolDown = r.span()
		case "maxCoolDownMs":
			p.MaxCoolDown = r.span()
		case "maxCacheAgeMs":
			p.MaxCacheAge = r.span()
		default:
			r.unknown(name)
		}
	}
	return p
}

// span reads milliseconds; the bound keeps them within a time.Duration, Check has the narrow bounds.
func (r *reader) span() time.Duration {
	return time.Duration(r.number(0, 1<<41)) * time.Millisecond
}

// MarshalJSON returns {"repeat","cache","cacheKey","serveExpired"} without what is false or unknown.
func (f Facts) MarshalJSON() ([]byte, error) { return f.appendJSON(nil), nil }

func (f *Facts) appendJSON(b []byte) []byte {
	o := newObject(b)
	o.text("repeat", string(f.Repeat))
	o.truth("cache", f.Cache)
	o.text("cacheKey", f.CacheKey)
	o.truth("serveExpired", f.ServeExpired)
	return o.close()
}

// UnmarshalJSON reads facts. Errors: bad-call for an unknown member.
func (f *Facts) UnmarshalJSON(b []byte) error {
	var got Facts
	if err := read(b, "facts", func(r *reader) { got = r.facts() }); err != nil {
		return err
	}
	*f = got
	return nil
}

func (r *reader) facts() (f Facts) {
	r.open('{')
	for r.more('}') {
		switch name := r.member(); name {
		case "repeat":
			f.Repeat = Repeat(r.text())
		case "cache":
			f.Cache = r.truth()
		case "cacheKey":
			f.CacheKey = r.text()
		case "serveExpired":
			f.ServeExpired = r.truth()
		default:
			r.unknown(name)
		}
	}
	return f
}

// MarshalJSON returns the Call for the runner, who hands it back as it is.
func (c Call) MarshalJSON() ([]byte, error) { return c.appendJSON(nil), nil }

func (c *Call) appendJSON(b []byte) []byte {
	o := newObject(b)
	o.number("v", callVersion)
	if c.phase == over {
		return o.close()
	}
	o.text("phase", string(c.phase))
	o.text("service", c.service)
	o.number("startMs", c.startMs)
	o.number("seed", int64(c.seed))
	o.key("policy")
	o.b = c.policy.appendJSON(o.b)
	o.key("facts")
	o.b = c.facts.appendJSON(o.b)
	o.truth("cache", c.cache)
	o.attempts("tried", c.tried)
	o.text("sending", c.sending)
	o.truth("probe", c.probe)
	o.truth("refreshed", c.refreshed)
	o.text("code", string(c.code))
	return o.close()
}

func (o *object) attempts(name string, attempts []Attempt) {
	if len(attempts) == 0 {
		return
	}
	o.key(name)
	o.list(len(attempts), func(b []byte, i int) []byte {
		one := newObject(b)
		one.text("endpoint", attempts[i].Endpoint)
		one.text("outcome", string(attempts[i].Outcome))
		return one.close()
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. Errors: bad-call for anything else.
func (c *Call) UnmarshalJSON(b []byte) error {
	var got Call
	if err := read(b, "call", func(r *reader) { got = r.call() }); err != nil {
		return err
	}
	if got.phase != over {
		if err := got.policy.Check(); err != nil {
			return err
		}
	}
	*c = got
	return nil
}

func (r *reader) call() (c Call) {
	r.open('{')
	for r.more('}') {
		switch name := r.member(); name {
		case "v":
			r.number(callVersion, callVersion)
		case "phase":
			c.phase = r.phase()
		case "service":
			c.service = r.text()
		case "startMs":
			c.startMs = r.ms()
		case "seed":
			c.seed = uint64(r.number(0, maxSeed))
		case "policy":
			c.policy = r.policy()
		case "facts":
			c.facts = r.facts()
		case "cache":
			c.cache = r.truth()
		case "tried":
			c.tried = r.attempts()
		case "sending":
			c.sending = r.text()
		case "probe":
			c.probe = r.truth()
		case "refreshed":
			c.refreshed = r.truth()
		case "code":
			c.code = bcperr.Code(r.text())
		default:
			r.unknown(name)
		}
	}
	return c
}

func (r *reader) phase() phase {
	switch p := phase(r.text()); p {
	case lookingUp, sending, refreshing, falling, storing:
		return p
	}
	r.fail("a phase")
	return over
}

func (r *reader) attempts() (attempts []Attempt) {
	r.open('[')
	for r.more(']') {
		if len(attempts) == maxEndpoints {
			r.fail("at most 64 attempts")
			return nil
		}
		var a Attempt
		r.open('{')
		for r.more('}') {
			switch name := r.member(); name {
			case "endpoint":
				a.Endpoint = r.text()
			case "outcome":
				a.Outcome = Outcome(r.text())
			default:
				r.unknown(name)
			}
		}
		attempts = append(attempts, a)
	}
	return attempts
}

// UnmarshalJSON reads an event. Errors: bad-call for an unknown member; Next refuses an unknown kind or outcome.
func (e *Event) UnmarshalJSON(b []byte) error {
	var got Event
	err := read(b, "event", func(r *reader) {
		r.open('{')
		for r.more('}') {
			switch name := r.member(); name {
			case "kind":
				got.Kind = EventKind(r.text())
			case "outcome":
				got.Outcome = Outcome(r.text())
			case "status":
				got.Status = int(r.number(0, 999))
			case "switchCode":
				got.SwitchCode = r.text()
			case "cacheable":
				got.Cacheable = r.truth()
			case "notSent":
				got.NotSent = r.truth()
			case "storedAtMs":
				got.StoredAtMs = r.ms()
			case "validUntilMs":
				got.ValidUntilMs = r.ms()
			default:
				r.unknown(name)
			}
		}
	})
	if err != nil {
		return err
	}
	*e = got
	return nil
}

// MarshalJSON returns {"do":…} with the fields that go with it; spans and moments in milliseconds.
func (a Action) MarshalJSON() ([]byte, error) { return a.appendJSON(nil), nil }

func (a *Action) appendJSON(b []byte) []byte {
	o := newObject(b)
	o.text("do", string(a.Do))
	o.text("source", string(a.Source))
	o.text("endpoint", a.Endpoint)
	o.number("attempt", int64(a.Attempt))
	o.number("timeoutMs", a.Timeout.Milliseconds())
	o.truth("probe", a.Probe)
	o.text("service", a.Service)
	o.text("key", a.Key)
	if a.Do == DoAnswer {
		o.key("attempts")
		o.b = strconv.AppendInt(o.b, int64(a.Attempts), 10)
	}
	o.number("storedAtMs", a.StoredAtMs)
	o.number("validUntilMs", a.ValidUntilMs)
	o.truth("expired", a.Expired)
	o.text("code", string(a.Code))
	o.text("detail", a.Detail)
	o.attempts("tried", a.Tried)
	o.text("cache", string(a.CacheCode))
	return o.close()
}

// MarshalJSON returns {"kind":…} with the fields that go with it.
func (n Note) MarshalJSON() ([]byte, error) { return n.appendJSON(nil), nil }

func (n *Note) appendJSON(b []byte) []byte {
	o := newObject(b)
	o.text("kind", string(n.Kind))
	o.text("endpoint", n.Endpoint)
	o.text("outcome", string(n.Outcome))
	o.number("coolDownMs", n.CoolDownMs)
	o.text("from", n.From)
	o.text("to", n.To)
	return o.close()
}

// MarshalJSON returns {"call","state","action","changed"?,"notes"?}.
func (s Step) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns, without the checks of encoding/json.
func (s *Step) AppendJSON(b []byte) []byte {
	o := newObject(b)
	o.key("call")
	o.b = s.Call.appendJSON(o.b)
	o.key("state")
	o.b = s.State.appendJSON(o.b)
	o.key("action")
	o.b = s.Action.appendJSON(o.b)
	o.truth("changed", s.Changed)
	if len(s.Notes) > 0 {
		o.key("notes")
		o.list(len(s.Notes), func(b []byte, i int) []byte { return s.Notes[i].appendJSON(b) })
	}
	return o.close()
}
