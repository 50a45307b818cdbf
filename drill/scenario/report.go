package scenario

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// Report is what a drill brought to light.
//
// Shape: Steps up to and with the first that failed; Outages by service in the order in which they began; Log is what
// the state machine noted. Units: milliseconds since 1970, and spans in milliseconds.
type Report struct {
	Title     string       `json:"title"`
	OK        bool         `json:"ok"`
	StartedAt time.Time    `json:"startedAt"`
	EndedAt   time.Time    `json:"endedAt"`
	Virtual   bool         `json:"virtualTime"`
	Calls     int          `json:"calls"`
	Steps     []StepReport `json:"steps"`
	Outages   []Outage     `json:"outages"`
	Log       []LogLine    `json:"log"`

	last *Result // of the last call, for expectations
}

// StepReport is one step and what came of it.
type StepReport struct {
	Line   int         `json:"line"`
	Text   string      `json:"text"`
	AtMs   int64       `json:"atMs"`
	OK     bool        `json:"ok"`
	Code   bcperr.Code `json:"code,omitempty"`
	Detail string      `json:"detail,omitempty"`
	Call   *Result     `json:"call,omitempty"`
}

// LogLine is one line of the event log. Endpoints carry their names ("etk/0").
type LogLine struct {
	AtMs     int64  `json:"atMs"`
	Kind     string `json:"kind"`
	Service  string `json:"service,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	Detail   string `json:"detail,omitempty"`
}

// The kinds of LogLine that say how a call ended; the others are failover's notes and catalogue-….
const (
	callAnswered  = "call-answered"
	callFromCache = "call-from-cache"
	callFailed    = "call-failed"
)

// Outage is the time from the first failed attempt at an endpoint until it answers again, as the client saw it.
//
// Shape: FailedAtMs is the first failed attempt; SwitchedAfterMs, until another endpoint answered, is absent when none
// did; BackAfterMs, until the endpoint itself answered again, is absent when it had not by the end.
type Outage struct {
	Service         string `json:"service"`
	Endpoint        string `json:"endpoint"`
	FailedAtMs      int64  `json:"failedAtMs"`
	SwitchedTo      string `json:"switchedTo,omitempty"`
	SwitchedAfterMs *int64 `json:"switchedAfterMs,omitempty"`
	BackAfterMs     *int64 `json:"backAfterMs,omitempty"`
}

// finish derives the outages from the log.
func (r *Report) finish(now time.Time, p *platform.Platform) {
	r.EndedAt = now
	open := map[string]int{} // service: index of its outage that has not ended
	for _, line := range r.Log {
		i, isOpen := open[line.Service]
		after := func() *int64 {
			span := line.AtMs - r.Outages[i].FailedAtMs
			return &span
		}
		switch {
		case line.Kind == string(failover.EndpointFailed) && !isOpen:
			open[line.Service] = len(r.Outages)
			r.Outages = append(r.Outages, Outage{Service: line.Service, Endpoint: line.Endpoint, FailedAtMs: line.AtMs})
		case line.Kind == callAnswered && isOpen && line.Endpoint == r.Outages[i].Endpoint:
			r.Outages[i].BackAfterMs = after()
			delete(open, line.Service)
		case line.Kind == callAnswered && isOpen && r.Outages[i].SwitchedAfterMs == nil:
			r.Outages[i].SwitchedTo, r.Outages[i].SwitchedAfterMs = line.Endpoint, after()
		}
	}
	for i := range r.Outages {
		r.Outages[i].Service = shortName(p, r.Outages[i].Service)
	}
	for i := range r.Log {
		r.Log[i].Service = shortName(p, r.Log[i].Service)
	}
}

func shortName(p *platform.Platform, id string) string {
	for _, s := range p.State().Services {
		if s.ID == id {
			return s.Short
		}
	}
	return id
}

// JSON returns the report as indented text with a line break at the end.
func (r *Report) JSON() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic("internal error: a report does not encode: " + err.Error())
	}
	return append(text, '\n')
}

// Text returns the report as a few lines for a terminal.
func (r *Report) Text() string {
	var b strings.Builder
	for _, s := range r.Steps {
		if !s.OK {
			b.WriteString("line " + itoa(s.Line) + ": " + s.Text + "\n  " + string(s.Code) + ": " + s.Detail + "\n")
		}
	}
	verdict := "passed"
	if !r.OK {
		verdict = "FAILED"
	}
	b.WriteString(verdict + ": " + r.Title + " (" + itoa(len(r.Steps)) + " steps, " + itoa(r.Calls) + " calls)\n")
	failed := map[string]bool{}
	for _, o := range r.Outages {
		b.WriteString("  " + o.Service + ": " + o.Endpoint + o.text(failed[o.Endpoint]) + "\n")
		failed[o.Endpoint] = true
	}
	return b.String()
}

// text says how the outage went; again, that the endpoint had one before.
func (o Outage) text(again bool) string {
	failed, switched, back := " failed", ", no other endpoint answered", ", not back when the drill ended"
	if again {
		failed += " again"
	}
	if o.SwitchedAfterMs != nil {
		switched = span(", switched to "+o.SwitchedTo+" after ", o.SwitchedAfterMs)
	}
	if o.BackAfterMs != nil {
		back = span(", back after ", o.BackAfterMs)
	}
	return failed + switched + back
}
