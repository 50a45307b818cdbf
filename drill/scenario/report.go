package scenario

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// Format is the version of the report's form in JSON.
const Format = 1

// Report is what a drill brought to light, and by what.
//
// Shape: Steps up to and with the first that failed; Outages by service in the order in which they began; Log is what
// the state machine noted; Sends is each request that left. In a drill that was Watched Sends is what arrived at the
// endpoints, and Findings what was found against the application. Units: milliseconds since 1970, and spans in
// milliseconds.
type Report struct {
	Format     int               `json:"format"`
	Title      string            `json:"title"`
	OK         bool              `json:"ok"`
	Watched    bool              `json:"watched,omitempty"`
	StartedAt  time.Time         `json:"startedAt"`
	EndedAt    time.Time         `json:"endedAt"`
	Virtual    bool              `json:"virtualTime"`
	Version    string            `json:"version"`
	Tester     string            `json:"tester,omitempty"`
	Machine    Machine           `json:"machine"`
	Scenario   Source            `json:"scenario"`
	Policies   []PolicyReport    `json:"policy,omitempty"`
	Catalogues []CatalogueReport `json:"catalogues"`
	Calls      int               `json:"calls"`
	Steps      []StepReport      `json:"steps"`
	Outages    []Outage          `json:"outages"`
	Faults     []FaultReport     `json:"faults"`
	Sends      []Tried           `json:"sends,omitempty"`
	Findings   []Finding         `json:"findings,omitempty"`
	Log        []LogLine         `json:"log"`

	last *Result // of the last call, for expectations
}

// newReport is the report of a scenario that begins.
func newReport(s Scenario, o Options, now time.Time) *Report {
	return &Report{
		Format: Format, Title: s.Title, OK: true, StartedAt: now, Virtual: !o.RealTime, Version: core.Version,
		Tester: o.Tester, Machine: thisMachine(), Scenario: sourceOf(s), Catalogues: []CatalogueReport{},
		Steps: []StepReport{}, Outages: []Outage{}, Faults: []FaultReport{}, Log: []LogLine{},
	}
}

// StepReport is one step and what came of it. Unseen: what it expects shows on the screen only, which was not watched.
type StepReport struct {
	Line   int          `json:"line"`
	Text   string       `json:"text"`
	AtMs   int64        `json:"atMs"`
	OK     bool         `json:"ok"`
	Unseen bool         `json:"unseen,omitempty"`
	Code   bcperr.Code  `json:"code,omitempty"`
	Detail string       `json:"detail,omitempty"`
	Call   *Result      `json:"call,omitempty"`
	Panel  *PanelReport `json:"panel,omitempty"`
}

// LogLine is one line of the event log. Endpoints carry their names ("etk/0"). TookMs is what the caller of a call
// waited.
type LogLine struct {
	AtMs       int64  `json:"atMs"`
	Kind       string `json:"kind"`
	Service    string `json:"service,omitempty"`
	Endpoint   string `json:"endpoint,omitempty"`
	Detail     string `json:"detail,omitempty"`
	Status     int    `json:"status,omitempty"`
	SwitchCode string `json:"switchCode,omitempty"`
	TookMs     *int64 `json:"tookMs,omitempty"`
}

// The kinds of LogLine that say how a call ended; the others are failover's notes and catalogue-….
const (
	callAnswered  = "call-answered"
	callFromCache = "call-from-cache"
	callFailed    = "call-failed"
)

// Outage is the time from the first failed attempt at an endpoint until it answers again, as the client saw it.
//
// Shape: CalledAtMs is when the call began that met it first, FailedAtMs its failed attempt. SwitchedAfterMs, from
// CalledAtMs until another endpoint answered, is absent when none did; BackAfterMs, from FailedAtMs until the endpoint
// itself answered again, is absent when it had not by the end. WaitedMs is the longest that a caller waited meanwhile.
type Outage struct {
	Service         string `json:"service"`
	Endpoint        string `json:"endpoint"`
	CalledAtMs      int64  `json:"calledAtMs"`
	FailedAtMs      int64  `json:"failedAtMs"`
	SwitchedTo      string `json:"switchedTo,omitempty"`
	SwitchedAfterMs *int64 `json:"switchedAfterMs,omitempty"`
	BackAfterMs     *int64 `json:"backAfterMs,omitempty"`
	WaitedMs        int64  `json:"waitedMs"`
}

// ended takes in that a call ended during the outage, and returns whether that ends it.
func (o *Outage) ended(line LogLine) bool {
	if line.TookMs == nil {
		return false
	}
	if o.CalledAtMs == 0 {
		o.CalledAtMs = min(line.AtMs-*line.TookMs, o.FailedAtMs)
	}
	o.WaitedMs = max(o.WaitedMs, *line.TookMs)
	if line.Kind != callAnswered {
		return false
	}
	if line.Endpoint == o.Endpoint {
		after := line.AtMs - o.FailedAtMs
		o.BackAfterMs = &after
		return true
	}
	if o.SwitchedAfterMs == nil {
		after := line.AtMs - o.CalledAtMs
		o.SwitchedTo, o.SwitchedAfterMs = line.Endpoint, &after
	}
	return false
}

// finish derives the outages from the log.
func (r *Report) finish(now time.Time, p *platform.Platform) {
	r.EndedAt = now
	for i := range r.Faults {
		if r.Faults[i].ToMs == 0 {
			r.Faults[i].ToMs = now.UnixMilli()
		}
	}
	open := map[string]int{} // service: index of its outage that has not ended
	for i := range r.Log {
		line := &r.Log[i]
		line.Service = shortName(p, line.Service)
		k, isOpen := open[line.Service]
		switch {
		case isOpen && r.Outages[k].ended(*line):
			delete(open, line.Service)
		case !isOpen && line.Kind == string(failover.EndpointFailed):
			open[line.Service] = len(r.Outages)
			r.Outages = append(r.Outages, Outage{Service: line.Service, Endpoint: line.Endpoint, FailedAtMs: line.AtMs})
		}
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

// Text returns the report as a few lines for a terminal. What does not print is escaped: a report that is checked may
// be a stranger's, and a line end or a terminal's control in it would write lines of its own.
func (r *Report) Text() string {
	var lines []string
	for _, s := range r.Steps {
		if !s.OK {
			lines = append(lines, "line "+itoa(s.Line)+": "+s.Text, "  "+string(s.Code)+": "+s.Detail)
		}
	}
	verdict := "passed"
	if !r.OK {
		verdict = "FAILED"
	}
	lines = append(lines, verdict+": "+r.Title+" ("+itoa(len(r.Steps))+" steps, "+itoa(r.Calls)+" calls)")
	for _, f := range r.Findings {
		lines = append(lines, "  line "+itoa(f.Line)+": "+f.Detail)
	}
	failed := map[string]bool{}
	for _, o := range r.Outages {
		lines = append(lines, "  "+o.Service+": "+o.Endpoint+o.text(failed[o.Endpoint]))
		failed[o.Endpoint] = true
	}
	var b strings.Builder
	for _, line := range lines {
		for _, c := range line {
			if strconv.IsPrint(c) {
				b.WriteRune(c)
			} else {
				b.WriteString(strings.Trim(strconv.QuoteRune(c), "'"))
			}
		}
		b.WriteByte('\n')
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
	return failed + switched + back + span(", the caller waited ", &o.WaitedMs)
}
