package simulation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Options says how a scenario is run. The zero Options has all behaviours, and seed 0.
//
// Shape: Seed is at most 2^53-1. Told is called now and then, from several goroutines, with how far a behaviour is.
type Options struct {
	Behaviours []Behaviour
	Seed       uint64
	Jobs       int // behaviours at once; 0: as many as fit into 4 GB, two at most
	Told       func(b Behaviour, doneMs, lengthMs int64)
}

// Report is what a simulation found. The same scenario, clients and seed give the same one, octet for octet.
//
// Shape: Format is 1. DoneMs is how far it came, less than LengthMs when it was interrupted. NormalPeak is the main
// site's busiest second on the same days without an outage, 0 where those were interrupted.
type Report struct {
	Format      int          `json:"format"`
	Title       string       `json:"title"`
	Clients     int          `json:"clients"`
	CallsPerH   int          `json:"callsPerHour"`
	Seed        uint64       `json:"seed"`
	BeginMs     int64        `json:"beginMs"` // since Monday 00:00
	LengthMs    int64        `json:"lengthMs"`
	DoneMs      int64        `json:"doneMs"`
	Interrupted bool         `json:"interrupted"`
	NormalPeak  uint32       `json:"normalPeak"`
	normalMain  []float64    // the main site's minutes on those days
	Behaviours  []Figures    `json:"behaviours"`
	Changes     []ChangeLine `json:"changes"`
	Assumptions []Assumption `json:"assumptions"`
	Scenario    Text         `json:"scenario"`
}

// ChangeLine is one change of the scenario.
type ChangeLine struct {
	AtMs int64  `json:"atMs"`
	Says string `json:"says"`
}

// Text is the scenario as it was given.
type Text struct {
	SHA256 string `json:"sha256"`
	Text   string `json:"text"`
}

// Run runs a scenario. When ctx ends first, the report says how far it came.
//
// Errors: limit-exceeded, before anything runs; bad-call for a seed or a behaviour that is none.
func Run(ctx context.Context, s Scenario, o Options) (*Report, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if o.Behaviours == nil {
		o.Behaviours = Behaviours
	}
	for _, b := range o.Behaviours {
		if !slices.Contains(Behaviours, b) {
			return nil, bcperr.New(bcperr.BadCall, "unknown behaviour %q%s", b,
				bcperr.Nearest(string(b), behaviourNames()))
		}
	}
	if o.Seed > maxSeed {
		return nil, bcperr.New(bcperr.BadCall, "the seed must be at most 2^53-1, got %d", o.Seed)
	}
	if o.Told == nil {
		o.Told = func(Behaviour, int64, int64) {}
	}
	digest := sha256.Sum256(s.Text)
	report := &Report{Format: 1, Title: s.Title, Clients: s.Clients, CallsPerH: s.Calls, Seed: o.Seed,
		BeginMs: s.Begin.Milliseconds(), LengthMs: s.Length.Milliseconds(), DoneMs: s.Length.Milliseconds(),
		Assumptions: assumptions(), Scenario: Text{hex.EncodeToString(digest[:]), string(s.Text)}}
	for _, c := range s.Changes {
		report.Changes = append(report.Changes, ChangeLine{c.At.Milliseconds(), c.says()})
	}
	if err := report.measure(ctx, &s, o); err != nil {
		return nil, err
	}
	return report, nil
}

const maxSeed = 1<<53 - 1

func behaviourNames() (names []string) {
	for _, b := range Behaviours {
		names = append(names, string(b))
	}
	return names
}

// says is the change in the words of a scenario.
func (c *Change) says() string {
	text := c.Verb + " " + c.Site
	if c.How != "" {
		text += " " + c.How
	}
	if c.Verb == "fail" && c.Percent < 100 {
		text += " " + itoa(c.Percent) + "%"
	}
	if c.Ramp > 0 {
		text += " ramp " + shortSpan(c.Ramp)
	}
	return text
}

// shortSpan is 6h, where Duration says 6h0m0s.
func shortSpan(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// measure runs each behaviour, and a normal day: first where it says what a site can carry, else beside them.
func (r *Report) measure(ctx context.Context, s *Scenario, o Options) error {
	r.Behaviours = make([]Figures, len(o.Behaviours))
	done := make([]int64, len(o.Behaviours))
	var work []func() error
	peak := uint32(0) // what the sites can carry goes by it
	for i, b := range o.Behaviours {
		work = append(work, func() (err error) {
			r.Behaviours[i], done[i], err = one(ctx, s, b, o, peak)
			return err
		})
	}
	normal := func() error { return r.normal(ctx, *s, o) }
	if len(s.Sites) > 0 {
		if err := normal(); err != nil {
			return err
		}
		peak = r.NormalPeak
	} else {
		work = append(work, normal) // the shortest last
	}
	err := together(work, jobs(s, o))
	for i := range r.Behaviours {
		r.Behaviours[i].relate(r.NormalPeak, r.normalMain)
	}
	r.DoneMs = slices.Min(done)
	r.Interrupted = r.DoneMs < r.LengthMs
	return err
}

// normal runs the same days without an outage. Interrupted, it has no peak.
func (r *Report) normal(ctx context.Context, s Scenario, o Options) error {
	s.Changes, s.Sites = nil, nil
	day, err := newRun(&s, Naive, o.Seed, 0)
	if err != nil {
		return err
	}
	doneMs, err := day.run(ctx, func(ms int64) { o.Told("a normal day", ms, r.LengthMs) })
	if doneMs == r.LengthMs {
		r.NormalPeak, _ = day.sites[main].peak(0, doneMs)
		r.normalMain = day.minutes(doneMs).Main
	}
	return err
}

// together does all the work, from the first on, so many at once, and returns the first error.
func together(work []func() error, jobs int) error {
	errs := make([]error, len(work))
	turns := make(chan struct{}, jobs)
	var all sync.WaitGroup
	for i, do := range work {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			errs[i] = do()
		})
	}
	all.Wait()
	return cmp.Or(errs...)
}

// jobs is how many behaviours run at once: a client takes about 2 kB.
func jobs(s *Scenario, o Options) int {
	if o.Jobs > 0 {
		return o.Jobs
	}
	if s.Clients > 500_000 {
		return 1
	}
	return 2
}

func one(ctx context.Context, s *Scenario, b Behaviour, o Options, peak uint32) (Figures, int64, error) {
	r, err := newRun(s, b, o.Seed, peak)
	if err != nil {
		return Figures{}, 0, err
	}
	doneMs, err := r.run(ctx, func(ms int64) { o.Told(b, ms, s.Length.Milliseconds()) })
	return r.figures(doneMs), doneMs, err
}

// JSON returns the report as JSON.
func (r *Report) JSON() []byte {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: numbers and texts
	}
	return append(text, '\n')
}
