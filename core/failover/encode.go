package failover

import (
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
)

// stateVersion is the version of the stored State. A State of another version reads as the zero State: forgetting a
// choice costs one failed attempt, refusing it would cost every call of a tab that is older than its neighbour.
const stateVersion = 1

// callVersion is the version of a Call on its way to the runner and back.
const callVersion = 1

// MarshalJSON returns
// {"v":1,"nowMs":n,"catalogueMs":n,"chosen":[order,stamp],"down":[[order,count,stamp,untilMs,probe]…],
// "seen":[[order,answeredMs,sinceMs]…],"unansweredMs","uncertainMs","settledMs","sinceMs"}, what is
// empty or 0 left out.
//
// Shape: the arrays keep the State of a service with two failed endpoints below 300 bytes; probe is 0 or 1.
func (st State) MarshalJSON() ([]byte, error) { return st.appendJSON(nil), nil }

func (st *State) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Number("v", stateVersion)
	o.Number("nowMs", st.nowMs)
	o.Number("catalogueMs", st.catalogueMs)
	if st.chosen.stamp > 0 {
		o.Key("chosen")
		o.B = appendNumbers(o.B, int64(st.chosen.order), st.chosen.stamp)
	}
	o.List("down", len(st.down), func(b []byte, i int) []byte {
		f := st.down[i]
		probe := int64(0)
		if f.probe {
			probe = 1
		}
		return appendNumbers(b, int64(f.order), int64(f.count), f.stamp, f.untilMs, probe)
	})
	e := &st.evidence
	o.List("seen", len(e.seen), func(b []byte, i int) []byte {
		return appendNumbers(b, int64(e.seen[i].order), e.seen[i].answeredMs, e.seen[i].sinceMs)
	})
	o.Number("unansweredMs", e.unansweredMs)
	o.Number("uncertainMs", e.uncertainMs)
	o.Number("settledMs", e.settledMs)
	o.Number("sinceMs", e.sinceMs)
	return o.Close()
}

func appendNumbers(b []byte, numbers ...int64) []byte {
	return wire.AppendList(b, len(numbers),
		func(b []byte, i int) []byte { return strconv.AppendInt(b, numbers[i], 10) })
}

// MarshalJSON returns the members that differ from DefaultPolicy.
func (p Policy) MarshalJSON() ([]byte, error) { return p.appendJSON(nil), nil }

func (p *Policy) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	def := DefaultPolicy()
	if p.Name != def.Name {
		o.Text("name", string(p.Name))
	}
	if p.Failback != def.Failback {
		o.Key("failback")
		o.B = strconv.AppendBool(o.B, p.Failback)
	}
	span := func(name string, d, def time.Duration) {
		if d != def {
			o.Number(name, d.Milliseconds())
		}
	}
	span("attemptTimeoutMs", p.AttemptTimeout, def.AttemptTimeout)
	span("totalTimeoutMs", p.TotalTimeout, def.TotalTimeout)
	span("coolDownMs", p.CoolDown, def.CoolDown)
	span("maxCoolDownMs", p.MaxCoolDown, def.MaxCoolDown)
	span("maxCacheAgeMs", p.MaxCacheAge, def.MaxCacheAge)
	return o.Close()
}

// MarshalJSON returns {"repeat","wants","cache","cacheKey","serveExpired"} without what is false or unknown.
func (f Facts) MarshalJSON() ([]byte, error) { return f.appendJSON(nil), nil }

func (f *Facts) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Text("repeat", string(f.Repeat))
	o.Text("wants", string(f.Wants))
	o.Truth("cache", f.Cache)
	o.Text("cacheKey", f.CacheKey)
	o.Truth("serveExpired", f.ServeExpired)
	return o.Close()
}

// MarshalJSON returns the Call for the runner, who hands it back as it is.
func (c Call) MarshalJSON() ([]byte, error) { return c.appendJSON(nil), nil }

func (c *Call) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Number("v", callVersion)
	if c.phase == over {
		return o.Close()
	}
	o.Text("phase", string(c.phase))
	o.Text("service", c.service)
	o.Number("startMs", c.startMs)
	o.Number("random", int64(c.random))
	o.Key("policy")
	o.B = c.policy.appendJSON(o.B)
	o.Key("facts")
	o.B = c.facts.appendJSON(o.B)
	o.Truth("cache", c.cache)
	o.List("tried", len(c.tried), func(b []byte, i int) []byte { return c.tried[i].appendJSON(b) })
	o.Text("sending", c.sending)
	o.Number("bookedMs", c.bookedMs)
	o.Truth("refreshed", c.refreshed)
	o.Text("code", string(c.code))
	return o.Close()
}

func (a *Attempt) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Text("endpoint", a.Endpoint)
	o.Text("outcome", string(a.Outcome))
	o.Number("status", int64(a.Status))
	o.Text("switchCode", a.SwitchCode)
	o.Truth("fault", a.Fault)
	o.Text("came", a.Came)
	o.Truth("blameless", a.Blameless)
	return o.Close()
}

// MarshalJSON returns {"do":…} with the fields that go with it; spans and moments in milliseconds.
func (a Action) MarshalJSON() ([]byte, error) { return a.appendJSON(nil), nil }

func (a *Action) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Text("do", string(a.Do))
	o.Text("source", string(a.Source))
	o.Text("endpoint", a.Endpoint)
	o.Number("attempt", int64(a.Attempt))
	o.Number("timeoutMs", a.Timeout.Milliseconds())
	o.Truth("probe", a.Probe)
	o.Truth("once", a.Once)
	o.Text("service", a.Service)
	o.Text("key", a.Key)
	if a.Do == DoAnswer { // none is a number too
		o.Key("attempts")
		o.B = strconv.AppendInt(o.B, int64(a.Attempts), 10)
	}
	o.Truth("exhausted", a.Exhausted)
	o.Number("storedAtMs", a.StoredAtMs)
	o.Number("validUntilMs", a.ValidUntilMs)
	o.Truth("expired", a.Expired)
	o.Text("code", string(a.Code))
	o.Text("detail", a.Detail)
	o.List("tried", len(a.Tried), func(b []byte, i int) []byte { return a.Tried[i].appendJSON(b) })
	o.Text("cache", string(a.CacheCode))
	return o.Close()
}

// MarshalJSON returns {"kind":…} with the fields that go with it.
func (n Note) MarshalJSON() ([]byte, error) { return n.appendJSON(nil), nil }

func (n *Note) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Text("kind", string(n.Kind))
	o.Text("endpoint", n.Endpoint)
	o.Text("outcome", string(n.Outcome))
	o.Number("status", int64(n.Status))
	o.Text("switchCode", n.SwitchCode)
	o.Number("coolDownMs", n.CoolDownMs)
	o.Text("from", n.From)
	o.Text("to", n.To)
	o.Number("sinceMs", n.SinceMs)
	o.Text("code", string(n.Code))
	return o.Close()
}

// MarshalJSON returns {"call","state","action","changed"?,"keep"?,"notes"?}.
func (s Step) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// AppendJSON appends what MarshalJSON returns, without the checks of encoding/json.
func (s *Step) AppendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Key("call")
	o.B = s.Call.appendJSON(o.B)
	o.Key("state")
	o.B = s.State.appendJSON(o.B)
	o.Key("action")
	o.B = s.Action.appendJSON(o.B)
	o.Truth("changed", s.Changed)
	o.Truth("keep", s.Keep)
	o.List("notes", len(s.Notes), func(b []byte, i int) []byte { return s.Notes[i].appendJSON(b) })
	return o.Close()
}
