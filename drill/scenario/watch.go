package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// WatchOptions says how an application under test is watched.
//
// Shape: Port is that of the catalogue, and the endpoints have those after it; 0 takes free ones. Ready is told the
// platform before the first step, Ask what the tester is to do. A value from Next ends the wait of a step. Patience is
// how long a step waits for the application, 0 for two minutes; Quiet how long nothing more must come, 0 for two
// seconds.
type WatchOptions struct {
	Tester   string
	Port     int
	Dir      string
	Ready    func(*platform.Platform)
	Ask      func(string)
	Next     <-chan struct{}
	Patience time.Duration
	Quiet    time.Duration
}

const (
	defaultPatience = 2 * time.Minute
	defaultQuiet    = 2 * time.Second
)

// watcher plays a scenario to an application, and sees what arrives.
type watcher struct {
	player
	watch    WatchOptions
	arrivals *arrivals
	call     *Result // of the last call, as the endpoints saw it
	asked    int     // questions for the catalogue when it was published last
}

// Watch plays the outage of a scenario while an application under test calls, in real time. The verdict comes from what
// arrived at the endpoints: who was called, how soon, and what was sent twice.
//
// Shape: "call" waits for the application's own call, "refresh" and "restart" until it asks for the catalogue; "policy"
// and "cache" are told to the tester. What shows on the screen only ("expect cache", "expect way") is left to him.
// Errors: as Run.
func Watch(ctx context.Context, s Scenario, o WatchOptions) (*Report, error) {
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	if o.Quiet == 0 {
		o.Quiet = defaultQuiet
	}
	w := &watcher{watch: o}
	w.options = Options{Dir: o.Dir, Tester: o.Tester, RealTime: true}
	w.clock, w.failing = &clock{real: true}, map[string]int{}
	w.arrivals = newArrivals(w.clock.now)
	var err error
	w.platform, err = platform.Start(platform.Options{Now: w.clock.now, BasePort: o.Port, OnRequest: w.arrivals.take})
	if err != nil {
		return nil, err
	}
	defer w.platform.Close()
	if w.book, err = procedure.Load(w.platform.Procedures()); err != nil {
		return nil, err
	}
	if err := w.check(s); err != nil {
		return nil, err
	}
	w.report = newReport(s, w.options, w.clock.now())
	w.report.Watched = true
	w.published()
	if o.Ready != nil {
		o.Ready(w.platform)
	}
	for _, step := range s.Steps {
		if err := w.step(ctx, step); err != nil {
			return nil, err
		}
	}
	w.report.Sends = w.arrivals.all()
	w.report.finish(w.clock.now(), w.platform)
	w.report.Findings, w.report.OK = w.report.judge()
	return w.report, nil
}

// step plays one step; a drill that is watched goes on after one that failed. Errors: the context's.
func (w *watcher) step(ctx context.Context, s Step) error {
	done := StepReport{Line: s.Line, Text: s.Text, AtMs: w.clock.now().UnixMilli(), OK: true}
	err := w.perform(ctx, s, &done)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.report.faults(w.platform.State(), w.clock.now().UnixMilli(), w.failing)
	if err != nil {
		done.OK, done.Code, done.Detail = false, bcperr.CodeOf(err), bcperr.DetailOf(err)
	}
	w.report.Steps = append(w.report.Steps, done)
	return nil
}

func (w *watcher) perform(ctx context.Context, s Step, done *StepReport) error {
	switch s.verb {
	case "publish", "fail", "recover":
		err := w.platform.Do(s.Text)
		if s.verb == "publish" && err == nil {
			w.published()
		}
		return err
	case "forward":
		return w.platform.Forward(s.words[0], s.words[1])
	case "policy", "cache":
		w.ask("set in your application: " + s.Text)
		done.Unseen, done.Detail = true, "a setting of the application"
		return nil
	case "refresh", "restart":
		return w.awaitQuestion(ctx, s.verb)
	case "call":
		return w.awaitCall(ctx, s.call, done)
	case "wait":
		if s.call.target != "" {
			id, err := w.serviceID(s.call.target)
			if err != nil {
				return err // unreachable: check found it
			}
			w.ask(fmt.Sprintf("call %s in your application every %s, for %s (%s)", shortName(w.platform, id),
				s.every, s.wait, id))
		}
		return w.sleep(ctx, s.wait)
	}
	return w.expect(s.words, done)
}

func (w *watcher) ask(text string) {
	if w.watch.Ask != nil {
		w.watch.Ask(text)
	}
}

func (w *watcher) published() {
	octets := w.platform.Published()
	in := CatalogueReport{AtMs: w.clock.now().UnixMilli(), SHA256: digest(octets)}
	c, err := core.Open(octets, core.Judgement{Anchors: [][]byte{w.platform.Anchors()}, At: w.clock.now()})
	if err == nil { // else it is one that must be refused
		s := c.Summary()
		in.IssueInstant, in.Environment = s.IssueInstant, s.Environment
		in.Signer, in.SignerSHA256 = s.Signer.CN, s.Signer.SHA256
	}
	w.report.Catalogues = append(w.report.Catalogues, in)
	_, w.asked = w.arrivals.count()
}

// sleep lets time pass, or what is left of it when the tester goes on.
func (w *watcher) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.watch.Next:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// until waits until is reports true, asked whenever something arrived and now and then. It returns whether it did
// before the patience ended or the tester went on.
func (w *watcher) until(ctx context.Context, is func() bool) bool {
	const look = 50 * time.Millisecond
	end := time.Now().Add(w.watch.Patience)
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for !is() {
		select {
		case <-w.arrivals.stir:
		case <-ticker.C:
			if time.Now().After(end) {
				return false
			}
		case <-w.watch.Next:
			return is()
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (w *watcher) awaitQuestion(ctx context.Context, verb string) error {
	what := map[string]string{"refresh": "let your application ask for the catalogue (reload it)",
		"restart": "end your application and start it again"}[verb]
	_, before := w.arrivals.count()
	w.ask(what)
	if !w.until(ctx, func() bool { _, n := w.arrivals.count(); return n > before }) {
		return bcperr.New(bcperr.DrillFailed, "the application did not ask for the catalogue")
	}
	return nil
}

// awaitCall waits for the application's call of a service, and until nothing more comes of it.
func (w *watcher) awaitCall(ctx context.Context, spec callSpec, done *StepReport) error {
	id, err := w.serviceID(spec.target)
	if err != nil {
		return err // unreachable: check found it
	}
	short := shortName(w.platform, id)
	before, _ := w.arrivals.count()
	w.ask("call " + short + " in your application, once (" + id + ")")
	var sends []Tried
	arrived := w.until(ctx, func() bool {
		var busy bool
		sends, busy = w.arrivals.since(before, short, w.watch.Quiet)
		return len(sends) > 0 && !busy
	})
	w.call = &Result{Service: id, Attempts: len(sends), Tried: sends}
	done.Call = w.call
	w.report.Calls++
	for _, s := range sends {
		if s.Outcome == failover.Answered {
			w.call.Source, w.call.Endpoint = failover.FromNetwork, s.Endpoint
			w.call.TookMs = s.AtMs + s.TookMs - sends[0].AtMs
		}
	}
	line := LogLine{AtMs: w.clock.now().UnixMilli(), Kind: callAnswered, Service: id, Endpoint: w.call.Endpoint}
	if w.call.Endpoint == "" {
		line.Kind = callFailed
	}
	w.report.Log = append(w.report.Log, line)
	if !arrived && !w.isRefused(short) {
		return bcperr.New(bcperr.DrillFailed, "no call of %s arrived", short)
	}
	return nil
}

// isRefused: an endpoint of the service has no listener, so that a call to it cannot be seen.
func (w *watcher) isRefused(name string) bool {
	for _, f := range w.report.Faults {
		if f.ToMs == 0 && f.How == string(platform.Refused) &&
			(f.Endpoint == name || strings.HasPrefix(f.Endpoint, name+"/")) {
			return true
		}
	}
	return false
}

// expect compares what arrived with a step's words.
//
// Errors: DrillFailed with what was expected and what came.
func (w *watcher) expect(words []string, done *StepReport) error {
	switch words[0] {
	case "answer":
		return compare("of the last call", "an answer from "+words[1], w.described())
	case "error":
		return compare("of the last call", "no answer", w.described())
	case "tried":
		var want, got []string
		for i := 1; i < len(words); i += 2 {
			if !w.isRefused(words[i]) {
				want = append(want, words[i])
			}
		}
		for _, s := range w.call.Tried {
			got = append(got, s.Endpoint)
		}
		return compare("as called, in this order", strings.Join(want, " "), strings.Join(got, " "))
	case "catalogue":
		if words[1] == updated {
			if _, n := w.arrivals.count(); n == w.asked {
				return bcperr.New(bcperr.DrillFailed,
					"the application did not ask for the catalogue since it was published")
			}
			return nil
		}
	}
	done.Unseen, done.Detail = true, "shows on the screen of the application only: look there"
	return nil
}

func (w *watcher) described() string {
	if w.call.Endpoint == "" {
		return "no answer"
	}
	return "an answer from " + w.call.Endpoint
}
