package replay

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// What the scripts of one text may be together: the slowest takes 0.9 s in WebAssembly. The 150 scripts of the
// reference have 120 KB, and 1,366 steps and requests.
const (
	MaxScriptBytes = 1 << 20
	maxScriptWork  = 10_000  // steps, and requests that they send
	maxPlanBytes   = 8 << 20 // of what the calls are told: each repeats URLs of the script
)

// maxMembers bounds an object; a step has 13 members at most.
const maxMembers = 32

// member is one member of a JSON object, in the place it was written.
type member struct {
	name  string
	value json.RawMessage
}

// members is a JSON object that keeps its order, so that the answer has the form of the question.
type members []member

// UnmarshalJSON reads an object.
func (m *members) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return bcperr.New(bcperr.BadCall, "expected an object, got %.40s", b)
	}
	*m = nil
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err // unreachable: encoding/json checked the syntax before
		}
		var one member
		one.name, _ = name.(string)
		if err := d.Decode(&one.value); err != nil {
			return err // unreachable: as above
		}
		if len(*m) == maxMembers || m.has(one.name) {
			return bcperr.New(bcperr.BadCall, "member %q occurs twice, or the object has more than %d", one.name,
				maxMembers)
		}
		*m = append(*m, one)
	}
	return nil
}

// appendJSON appends the object, members in their order, without white space.
func (m members) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	for _, one := range m {
		o.Key(one.name)
		o.B = append(o.B, one.value...)
	}
	return o.Close()
}

func (m members) has(name string) bool {
	return slices.ContainsFunc(m, func(one member) bool { return one.name == name })
}

// set replaces the value of a member in its place, or appends it.
func (m *members) set(name string, value json.RawMessage) {
	for i := range *m {
		if (*m)[i].name == name {
			(*m)[i].value = value
			return
		}
	}
	*m = append(*m, member{name, value})
}

// setText sets a member; "" removes it, when an earlier replay set it and it does not hold this time.
func (m *members) setText(name, value string) {
	if value != "" {
		m.set(name, wire.AppendText(nil, value))
		return
	}
	*m = slices.DeleteFunc(*m, func(one member) bool { return one.name == name })
}

// into decodes the members into v, a pointer to a struct, and refuses one that v does not have.
func (m members) into(v any) error {
	text := m.appendJSON(nil)
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return bcperr.New(bcperr.BadCall, "%s", bcperr.JSONFlaw(text, err))
	}
	return nil
}

// script is one script as it is written. Case is kept as it is.
type script struct {
	Case      json.RawMessage `json:"case"`
	Endpoints []string        `json:"endpoints"`
	Active    int             `json:"active"`
	Cache     *struct {
		Strategy servicelist.Strategy `json:"strategy"`
		TTLMs    int64                `json:"ttlMs"`
	} `json:"cache"`
	Steps []members `json:"steps"`
}

// scriptStep is one step: exactly one of Call, Publish and AdvanceMs. The members below Refresh are what a replay sets;
// they are taken and overwritten, so that an answer can be replayed.
type scriptStep struct {
	Call      *string `json:"call"`
	Publish   *int    `json:"publish"`
	AdvanceMs *int64  `json:"advanceMs"`

	Down         map[string]string `json:"down"`
	Idempotent   *bool             `json:"idempotent"`
	CacheKey     string            `json:"cacheKey"`
	ServeExpired bool              `json:"serveExpired"`
	Refresh      *int              `json:"refresh"`

	Tried       json.RawMessage `json:"tried"`
	Outcome     json.RawMessage `json:"outcome"`
	ActiveAfter json.RawMessage `json:"activeAfter"`
	Source      json.RawMessage `json:"source"`
	Code        json.RawMessage `json:"code"`
	State       json.RawMessage `json:"state"`
}

// check refuses a step that is no step, or two in one.
func (s *scriptStep) check() error {
	kinds := 0
	for _, is := range [...]bool{s.Call != nil, s.Publish != nil, s.AdvanceMs != nil} {
		if is {
			kinds++
		}
	}
	if kinds != 1 {
		return bcperr.New(bcperr.BadCall, "a step has one of call, publish and advanceMs, this one has %d", kinds)
	}
	if s.AdvanceMs != nil && (*s.AdvanceMs < -maxAdvanceMs || *s.AdvanceMs > maxAdvanceMs) {
		return bcperr.New(bcperr.BadCall, "advanceMs must be within a year, got %d", *s.AdvanceMs)
	}
	for url, kind := range s.Down {
		if _, known := failures[kind]; !known {
			return bcperr.New(bcperr.BadCall, "down: unknown failure %q of %s; known are %s", kind, url, failureNames)
		}
	}
	return nil
}

// maxAdvanceMs is one step of the clock, forwards or back: more than a year is a mistyped unit.
const maxAdvanceMs = 366 * 24 * 60 * 60_000

const failureNames = "conn, switch, unavailable, unreachable, timeout, incomplete and cancelled"

// failures are the ways in which a script lets an endpoint fail. "conn" and "switch" are the words of the reference.
var failures = map[string]failover.Event{
	"conn":        {Kind: failover.SendEnded, Outcome: failover.Unreachable},
	"switch":      {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 500, SwitchCode: "SOA-02001"},
	"unavailable": {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 503},
	"unreachable": {Kind: failover.SendEnded, Outcome: failover.Unreachable},
	"timeout":     {Kind: failover.SendEnded, Outcome: failover.Timeout},
	"incomplete":  {Kind: failover.SendEnded, Outcome: failover.Incomplete, Status: 200},
	"cancelled":   {Kind: failover.SendEnded, Outcome: failover.Cancelled},
}
