package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
)

// Health is what a status panel and an updater need to know about one service.
//
// Shape in JSON: {"endpoint","preferred","failedOver","inactive","down","probeAtMs","failures","answers","uncertain"},
// what is false or unknown left out. Endpoint is what the next call would send to first when nothing is probed,
// Preferred what the catalogue wants. Down: no endpoint is left that is not known to fail, or none is ACTIVE
// (Inactive). ProbeAtMs: when the preferred endpoint may be probed, if it failed. Failures and Answers by ascending
// Order. Uncertain: a request that must not run twice ended without a proof, and nothing answered since.
type Health struct {
	Endpoint   string
	Preferred  string
	FailedOver bool // the endpoint in use is not the preferred one
	Inactive   bool // the catalogue has no ACTIVE endpoint
	Down       bool
	ProbeAtMs  int64
	Failures   []Failure
	Answers    []Answer
	Uncertain  bool
}

// Answer is the last answer of an endpoint. Units: milliseconds since 1970.
type Answer struct {
	Endpoint string
	AtMs     int64
}

// Failure is what is known against one endpoint. Units: milliseconds since 1970.
type Failure struct {
	Endpoint string
	Count    int   // failures in a row
	AtMs     int64 // the last one
	SinceMs  int64 // the first one after its last answer
	UntilMs  int64 // it rests until then
	Probing  bool  // a call is trying it
}

// Status describes a service under a policy at a moment; it changes nothing.
//
// Errors: bad-call as for Begin.
func Status(s Service, p Policy, st State, now time.Time) (Health, error) {
	if err := p.Check(); err != nil {
		return Health{}, err
	}
	m := machine{svc: &s, st: st, call: Call{service: s.ID, policy: p}}
	if err := m.enter(now); err != nil {
		return Health{}, err
	}
	first := m.preferred()
	if first < 0 {
		return Health{Inactive: true, Down: true, Uncertain: m.st.evidence.isUncertain()}, nil
	}
	inUse := m.inUse()
	h := Health{
		Endpoint:   m.endpoints[inUse].URL,
		Preferred:  m.endpoints[first].URL,
		FailedOver: inUse != first,
		Down:       true,
		Uncertain:  m.st.evidence.isUncertain(),
	}
	for i, e := range m.endpoints {
		f, s := m.st.failureOf(e.Order), m.st.evidence.of(e.Order)
		if s.answeredMs > 0 {
			h.Answers = append(h.Answers, Answer{e.URL, s.answeredMs})
		}
		if m.eligible(i) && (f.count == 0 || !m.resting(i)) {
			h.Down = false
		}
		if f.count == 0 && !(f.probe && i == first) {
			continue
		}
		if i == first {
			h.ProbeAtMs = f.untilMs
		}
		if outage := m.st.evidence.sinceMs; i == first && outage > 0 {
			s.sinceMs = min(s.sinceMs, outage) // before the catalogue came
		}
		h.Failures = append(h.Failures, Failure{e.URL, f.count, f.stamp, s.sinceMs, f.untilMs, f.probe})
	}
	return h, nil
}

// inUse returns the index of the endpoint that a call goes to first when it does not probe: the choice, or the next in
// the ring while that fails; the choice when all fail.
func (m *machine) inUse() int {
	if !m.call.policy.Failback {
		return m.current()
	}
	isWell := func(i int) bool {
		f := m.st.failureOf(m.endpoints[i].Order)
		return m.eligible(i) && (f.count == 0 || i != m.preferred() && !m.resting(i))
	}
	if i, found := m.inRing(isWell); found {
		return i
	}
	return m.current()
}

// MarshalJSON returns the shape that the type documents.
func (h Health) MarshalJSON() ([]byte, error) {
	o := wire.NewObject(nil)
	o.Text("endpoint", h.Endpoint)
	o.Text("preferred", h.Preferred)
	o.Truth("failedOver", h.FailedOver)
	o.Truth("inactive", h.Inactive)
	o.Truth("down", h.Down)
	o.Number("probeAtMs", h.ProbeAtMs)
	o.List("failures", len(h.Failures), func(b []byte, i int) []byte {
		f := h.Failures[i]
		one := wire.NewObject(b)
		one.Text("endpoint", f.Endpoint)
		one.Number("count", int64(f.Count))
		one.Number("atMs", f.AtMs)
		one.Number("sinceMs", f.SinceMs)
		one.Number("untilMs", f.UntilMs)
		one.Truth("probing", f.Probing)
		return one.Close()
	})
	o.List("answers", len(h.Answers), func(b []byte, i int) []byte {
		one := wire.NewObject(b)
		one.Text("endpoint", h.Answers[i].Endpoint)
		one.Number("atMs", h.Answers[i].AtMs)
		return one.Close()
	})
	o.Truth("uncertain", h.Uncertain)
	return o.Close(), nil
}
