package contract

import (
	"encoding/json"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

type targetArgs struct {
	Handle int    `json:"handle"`
	Target string `json:"target"`
}

// findValue is {"service":ID}, or {"near"?} for a target that the catalogue does not know: see Catalogue.Near.
type findValue struct {
	Service string `json:"service,omitempty"`
	Near    string `json:"near,omitempty"`
}

func find(s *Session, a targetArgs, _ [][]byte) (findValue, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return findValue{}, err
	}
	if id, ok := c.Find(a.Target); ok {
		return findValue{Service: id}, nil
	}
	return findValue{Near: c.Near(a.Target)}, nil
}

// beginArgs. Blobs: the body of the request, when the cache is on for the service.
type beginArgs struct {
	handle int
	target string
	media  string
	accept string
	policy failover.Policy
	facts  failover.Facts
	state  failover.State
	nowMs  int64
	random uint64
}

// UnmarshalJSON reads {"handle","target","contentType"?,"accept"?,"policy"?,"facts"?,"state"?,"nowMs","random"}, by
// hand: see package wire.
func (a *beginArgs) UnmarshalJSON(text []byte) error {
	a.policy = failover.DefaultPolicy()
	return wire.Read(text, "arguments of begin", func(r *wire.Reader) {
		r.Need("handle", "target", "nowMs", "random")
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "handle":
				a.handle = int(r.Number(0, maxHandle))
			case "target":
				a.target = r.Text()
			case "contentType":
				a.media = r.Text()
			case "accept":
				a.accept = r.Text()
			case "policy":
				r.Reject(a.policy.UnmarshalJSON(r.Raw()))
			case "facts":
				r.Reject(a.facts.UnmarshalJSON(r.Raw()))
			case "state":
				r.Reject(a.state.UnmarshalJSON(r.Raw()))
			case "nowMs":
				a.nowMs = r.Number(0, wire.MaxInteger)
			case "random":
				a.random = uint64(r.Number(0, wire.MaxInteger))
			default:
				r.Unknown(name)
			}
		}
	})
}

func begin(s *Session, a beginArgs, blobs [][]byte) (stepValue, error) {
	c, err := s.catalogue(a.handle)
	if err != nil {
		return stepValue{}, err
	}
	body, err := atMostOne(blobs)
	if err != nil {
		return stepValue{}, err
	}
	request := core.Request{Target: a.target, ContentType: a.media, Accept: a.accept, Body: body,
		Facts: a.facts, Policy: a.policy, Random: a.random}
	step, id, err := c.Begin(request, a.state, time.UnixMilli(a.nowMs))
	return stepValue{step, id}, err
}

// nextArgs. Blobs: the body of the answer, for the events "response" and "cacheHit".
type nextArgs struct {
	handle int
	call   failover.Call
	state  failover.State
	event  []byte
	nowMs  int64
}

// UnmarshalJSON reads {"handle","call","state"?,"event","nowMs"}, by hand: see package wire.
func (a *nextArgs) UnmarshalJSON(text []byte) error {
	return wire.Read(text, "arguments of next", func(r *wire.Reader) {
		r.Need("handle", "call", "event", "nowMs")
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "handle":
				a.handle = int(r.Number(0, maxHandle))
			case "call":
				r.Reject(a.call.UnmarshalJSON(r.Raw()))
			case "state":
				r.Reject(a.state.UnmarshalJSON(r.Raw()))
			case "event":
				a.event = r.Raw()
			case "nowMs":
				a.nowMs = r.Number(0, wire.MaxInteger)
			default:
				r.Unknown(name)
			}
		}
	})
}

func next(s *Session, a nextArgs, blobs [][]byte) (stepValue, error) {
	c, err := s.catalogue(a.handle)
	if err != nil {
		return stepValue{}, err
	}
	e, err := eventOf(a.call, a.event, blobs)
	if err != nil {
		return stepValue{}, err
	}
	step, err := c.Next(a.call, a.state, e, time.UnixMilli(a.nowMs))
	return stepValue{step: step}, err
}

// eventOf reads an event: one of core/failover, or an answer with its body as blob, which the core reads: one that came
// ("response") or one that was kept ("cacheHit").
func eventOf(call failover.Call, text []byte, blobs [][]byte) (failover.Event, error) {
	body, err := atMostOne(blobs)
	if err != nil {
		return failover.Event{}, err
	}
	switch kindOf(text) {
	case "response":
		return responseOf(call, text, body)
	case string(failover.CacheHit):
		return keptOf(text, body)
	}
	var e failover.Event
	err = e.UnmarshalJSON(text)
	return e, err
}

// keptOf reads {"kind":"cacheHit","storedAtMs","validUntilMs","contentType"?}.
func keptOf(text, body []byte) (failover.Event, error) {
	storedAtMs, validUntilMs, contentType := int64(0), int64(0), ""
	err := wire.Read(text, "event", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "kind":
				r.Text()
			case "storedAtMs":
				storedAtMs = r.Number(0, wire.MaxInteger)
			case "validUntilMs":
				validUntilMs = r.Number(0, wire.MaxInteger)
			case "contentType":
				contentType = r.Text()
			default:
				r.Unknown(name)
			}
		}
	})
	return core.Kept(storedAtMs, validUntilMs, contentType, body), err
}

// responseOf reads {"kind":"response","status","contentType"?,"contentLength"?,"redirected"?,"notSent"?,"code"?,
// "queuedMs"?}.
func responseOf(call failover.Call, text, body []byte) (failover.Event, error) {
	var e failover.Event
	answer, isNotSent, code, queuedMs := soap.Answer{ContentLength: -1}, false, "", int64(0)
	err := wire.Read(text, "event", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "kind":
				r.Text()
			case "status":
				answer.Status = int(r.Number(0, 999))
			case "contentType":
				answer.ContentType = r.Text()
			case "contentLength":
				answer.ContentLength = r.Number(0, wire.MaxInteger)
			case "redirected":
				answer.Redirected = r.Truth()
			case "notSent":
				isNotSent = r.Truth()
			case "code":
				code = r.Text()
			case "queuedMs":
				queuedMs = r.Number(0, wire.MaxInteger)
			default:
				r.Unknown(name)
			}
		}
	})
	if err != nil {
		return e, err
	}
	if isNotSent {
		return core.Refused(answer.Status, code), nil
	}
	answer.Body = body
	e = core.Outcome(call, answer)
	e.QueuedMs = queuedMs
	return e, nil
}

// kindOf returns the member "kind" of an object, "" when there is none or text is no object.
func kindOf(text []byte) (kind string) {
	_ = wire.Read(text, "event", func(r *wire.Reader) { // what is wrong with it, the reader of its kind says
		r.Open('{')
		for r.More('}') {
			if string(r.Member()) == "kind" {
				kind = r.Text()
			} else {
				r.Raw()
			}
		}
	})
	return kind
}

func atMostOne(blobs [][]byte) ([]byte, error) {
	if len(blobs) > 1 {
		return nil, bcperr.New(bcperr.BadCall, "expected one blob at most, got %d", len(blobs))
	}
	if len(blobs) == 0 {
		return nil, nil
	}
	return blobs[0], nil
}

// policyArg is a Policy that has its defaults when the argument is absent.
type policyArg struct{ given *failover.Policy }

// UnmarshalJSON reads a policy over the defaults.
func (p *policyArg) UnmarshalJSON(text []byte) error {
	p.given = new(failover.Policy)
	return json.Unmarshal(text, p.given)
}

func (p policyArg) value() failover.Policy {
	if p.given == nil {
		return failover.DefaultPolicy()
	}
	return *p.given
}

// stepValue is a Step, after begin with the Id under which its state is kept.
type stepValue struct {
	step    failover.Step
	service string
}

func (v stepValue) appendJSON(b []byte) []byte {
	b = v.step.AppendJSON(b)
	if v.service == "" {
		return b
	}
	b = append(b[:len(b)-1], `,"service":`...)
	return append(wire.AppendText(b, v.service), '}')
}

// mergeArgs: states of one service, from several tabs. Those that cannot have been seen by now are left out.
type mergeArgs struct {
	States []failover.State `json:"states"`
	NowMs  int64            `json:"nowMs"`
}

// mergeValue is {"state"}.
type mergeValue struct {
	State failover.State `json:"state"`
}

func merge(_ *Session, a mergeArgs, _ [][]byte) (mergeValue, error) {
	var merged mergeValue
	for _, st := range a.States {
		merged.State = failover.Merge(merged.State, st.Seen(time.UnixMilli(a.NowMs)))
	}
	return merged, nil
}

// spreadArgs: a note of a call of Service as its step has it, and the states of all services.
type spreadArgs struct {
	Handle  int                       `json:"handle"`
	Service string                    `json:"service"`
	Note    failover.Note             `json:"note"`
	States  map[string]failover.State `json:"states"`
	NowMs   int64                     `json:"nowMs"`
}

// spreadValue is {"states"}: those that changed, by Id.
type spreadValue struct {
	States map[string]failover.State `json:"states"`
}

func spread(s *Session, a spreadArgs, _ [][]byte) (spreadValue, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return spreadValue{}, err
	}
	return spreadValue{c.Spread(a.Service, a.Note, a.States, time.UnixMilli(a.NowMs))}, nil
}

type statusArgs struct {
	Handle int                       `json:"handle"`
	Policy policyArg                 `json:"policy"`
	States map[string]failover.State `json:"states"`
	NowMs  int64                     `json:"nowMs"`
}

// statusValue is {"services"}, in the order of the catalogue.
type statusValue struct {
	Services []core.ServiceStatus `json:"services"`
}

func status(s *Session, a statusArgs, _ [][]byte) (statusValue, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return statusValue{}, err
	}
	all, err := c.Status(a.States, a.Policy.value(), time.UnixMilli(a.NowMs))
	return statusValue{all}, err
}
