package contract

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

type targetArgs struct {
	Handle int    `json:"handle"`
	Target string `json:"target"`
}

// find answers {"service":ID}, or {} for a target that the catalogue does not know.
func find(s *Session, a targetArgs, _ [][]byte) (any, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	id, _ := c.Find(a.Target)
	return struct {
		Service string `json:"service,omitempty"`
	}{id}, nil
}

// beginArgs. Blobs: the body of the request, when the cache is on for the service.
type beginArgs struct {
	Handle int            `json:"handle"`
	Target string         `json:"target"`
	Policy policyArg      `json:"policy"`
	Facts  failover.Facts `json:"facts"`
	State  failover.State `json:"state"`
	NowMs  int64          `json:"nowMs"`
	Seed   uint64         `json:"seed"`
}

func begin(s *Session, a beginArgs, blobs [][]byte) (any, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	body, err := atMostOne(blobs)
	if err != nil {
		return nil, err
	}
	request := core.Request{Target: a.Target, Body: body, Facts: a.Facts, Policy: a.Policy.value(), Seed: a.Seed}
	step, id, err := c.Begin(request, a.State, time.UnixMilli(a.NowMs))
	return stepValue{step, id}, err
}

// nextArgs. Blobs: the body of the answer, for the event "response".
type nextArgs struct {
	Handle int             `json:"handle"`
	Call   failover.Call   `json:"call"`
	State  failover.State  `json:"state"`
	Event  json.RawMessage `json:"event"`
	NowMs  int64           `json:"nowMs"`
}

func next(s *Session, a nextArgs, blobs [][]byte) (any, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	e, err := eventOf(a.Event, blobs)
	if err != nil {
		return nil, err
	}
	step, err := c.Next(a.Call, a.State, e, time.UnixMilli(a.NowMs))
	return stepValue{step: step}, err
}

// eventOf reads an event: one of core/failover, or "response", a complete HTTP answer that the core judges.
func eventOf(text json.RawMessage, blobs [][]byte) (failover.Event, error) {
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return failover.Event{}, bcperr.New(bcperr.BadCall, "event: expected an object with a kind: %w", err)
	}
	if kind.Kind != "response" {
		var e failover.Event
		err := read(text, &e)
		return e, err
	}
	var r struct {
		Kind          string `json:"kind"`
		Status        int    `json:"status"`
		ContentType   string `json:"contentType"`
		ContentLength *int64 `json:"contentLength"`
	}
	if err := read(text, &r); err != nil {
		return failover.Event{}, err
	}
	body, err := atMostOne(blobs)
	if err != nil {
		return failover.Event{}, err
	}
	length := int64(-1)
	if r.ContentLength != nil {
		length = *r.ContentLength
	}
	return core.Outcome(r.Status, r.ContentType, length, body), nil
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
	id, err := json.Marshal(v.service)
	if err != nil {
		panic("internal error: a string does not encode: " + strconv.Quote(v.service))
	}
	return append(append(b, id...), '}')
}

// mergeArgs: states of one service, from several tabs.
type mergeArgs struct {
	States []failover.State `json:"states"`
}

func merge(_ *Session, a mergeArgs, _ [][]byte) (any, error) {
	var merged failover.State
	for _, st := range a.States {
		merged = failover.Merge(merged, st)
	}
	return struct {
		State failover.State `json:"state"`
	}{merged}, nil
}

type statusArgs struct {
	Handle int                       `json:"handle"`
	Policy policyArg                 `json:"policy"`
	States map[string]failover.State `json:"states"`
	NowMs  int64                     `json:"nowMs"`
}

func status(s *Session, a statusArgs, _ [][]byte) (any, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	all, err := c.Status(a.States, a.Policy.value(), time.UnixMilli(a.NowMs))
	return struct {
		Services []core.ServiceStatus `json:"services"`
	}{all}, err
}
