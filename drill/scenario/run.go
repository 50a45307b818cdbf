package scenario

import (
	"context"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// Options says how a scenario runs.
//
// Shape: Dir is where the files of "with FILE" are, Tester who runs it. RealTime makes waits take their time; then the
// time-outs are the product's own, too, unless the scenario says otherwise.
type Options struct {
	Dir      string
	Tester   string
	RealTime bool
}

// The time-outs of a drill whose waits take no time: on the loopback interface a second is long.
const (
	shortAttempt = time.Second
	shortTotal   = 10 * time.Second
)

// player plays one scenario.
type player struct {
	options   Options
	clock     *clock
	platform  *platform.Platform
	caller    *caller
	book      procedure.Book
	report    *Report
	last      *Result
	refreshed string
	shown     map[string]PanelLine // what the panel said last, by functionality
	failing   map[string]int       // index of the fault that lasts, by endpoint
}

// Run plays a scenario and returns its report. The report's OK says whether every expectation held; it stops at the
// first that did not.
//
// Errors: ScenarioInvalid for a scenario that cannot be played, before anything is; BadCall when the machine gives no
// port; the context's.
func Run(ctx context.Context, s Scenario, options Options) (*Report, error) {
	p := &player{options: options, clock: &clock{real: options.RealTime}, shown: map[string]PanelLine{},
		failing: map[string]int{}}
	sim, err := platform.Start(platform.Options{Now: p.clock.now})
	if err != nil {
		return nil, err
	}
	defer sim.Close()
	p.platform = sim
	if p.book, err = procedure.Load(sim.Procedures()); err != nil {
		return nil, err
	}
	if err := p.check(s); err != nil {
		return nil, err
	}
	p.report = newReport(s, options, p.clock.now())
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	p.caller = p.newCaller(transport)
	if err := p.open(); err != nil {
		return nil, err
	}
	defer func() { _ = p.caller.client.Close() }()
	if p.refreshed, err = p.caller.refresh(ctx); err != nil {
		return nil, err
	}
	if err := p.playAll(ctx, s.Steps); err != nil {
		return nil, err
	}
	p.report.finish(p.clock.now(), p.platform)
	return p.report, nil
}

// playAll plays the steps up to the first that fails. Errors: the context's, and what is wrong with the drill itself.
func (p *player) playAll(ctx context.Context, steps []Step) error {
	for _, step := range steps {
		done := StepReport{Line: step.Line, Text: step.Text, AtMs: p.clock.now().UnixMilli(), OK: true}
		p.last = nil
		err := p.play(ctx, step)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.report.faults(p.platform.State(), p.clock.now().UnixMilli(), p.failing)
		done.Call = p.last
		if err != nil {
			done.OK, done.Code, done.Detail = false, bcperr.CodeOf(err), bcperr.DetailOf(err)
			p.report.OK = false
		} else if done.Panel, err = p.panel(); err != nil {
			return err
		}
		p.report.Steps = append(p.report.Steps, done)
		if !done.OK {
			break
		}
	}
	return nil
}

// open makes the client by its options, and notes the policy when it is another.
func (p *player) open() error {
	if err := p.caller.open(); err != nil {
		return err
	}
	in := policyReport(p.caller.options.Policy, p.clock.now())
	if n := len(p.report.Policies); n > 0 {
		was := p.report.Policies[n-1]
		if was.AtMs = in.AtMs; was == in {
			return nil
		}
	}
	p.report.Policies = append(p.report.Policies, in)
	return nil
}

func (p *player) accepted(l client.List) {
	in := catalogueReport(l, p.clock.now())
	if n := len(p.report.Catalogues); n > 0 && p.report.Catalogues[n-1].SHA256 == in.SHA256 {
		return // found again by a client that starts
	}
	p.report.Catalogues = append(p.report.Catalogues, in)
}

func (p *player) newCaller(transport *http.Transport) *caller {
	policy := failover.DefaultPolicy()
	if !p.options.RealTime {
		policy.AttemptTimeout, policy.TotalTimeout = shortAttempt, shortTotal
	}
	return &caller{note: p.note, accepted: p.accepted, options: client.Options{
		Environment: platform.Environment, Anchors: [][]byte{p.platform.Anchors()},
		Catalogue: p.platform.CatalogueURL(), Hint: p.platform.SHA2URL(),
		Policy: policy, Cache: client.Cache{In: client.NewAnswers(0, 0)}, Store: client.Memory(),
		Transport: page{transport}, CatalogueTransport: transport,
		Manual: true, Now: p.clock.now, Random: 1,
	}}
}

func (p *player) play(ctx context.Context, s Step) error {
	switch s.verb {
	case "publish", "fail", "recover":
		return p.platform.Do(s.Text)
	case "forward":
		return p.platform.Forward(s.words[0], s.words[1])
	case "policy":
		policy, err := applyPolicy(p.caller.options.Policy, s.words)
		if err != nil {
			return err
		}
		p.caller.options.Policy = policy
		return p.open()
	case "cache":
		for _, name := range s.words {
			id, err := p.serviceID(name)
			if err != nil {
				return err
			}
			on := &p.caller.options.Cache
			on.Services = append(slices.Clone(on.Services), id)
		}
		return p.open()
	case "refresh":
		p.refresh(ctx)
		return nil
	case "restart":
		return p.caller.restart()
	case "call":
		return p.call(ctx, s.call)
	case "wait":
		return p.wait(ctx, s)
	}
	return p.expect(s.words)
}

// refresh asks for the catalogue and keeps a line of what came of it in the log.
func (p *player) refresh(ctx context.Context) {
	what, err := p.caller.refresh(ctx)
	p.refreshed = what
	if what == unchanged {
		return
	}
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: "catalogue-" + what}
	if what != updated && what != unreachable {
		line.Kind, line.Detail = "catalogue-rejected", what
	}
	if err != nil {
		line.Detail = strings.TrimSpace(line.Detail + " " + bcperr.DetailOf(err))
	}
	p.report.Log = append(p.report.Log, line)
}

func (p *player) call(ctx context.Context, spec callSpec) error {
	id, err := p.serviceID(spec.target)
	if err != nil {
		return err // unreachable: check found it
	}
	body := platform.Question(spec.target, spec.patient)
	if spec.file != "" {
		if body, err = os.ReadFile(p.file(spec.file)); err != nil {
			return bcperr.New(bcperr.ScenarioInvalid, "the request: %w", err)
		}
	}
	result, err := p.caller.call(ctx, id, body, spec.repeat)
	if err != nil {
		return err
	}
	result.Endpoint = p.platform.Name(result.Endpoint)
	for i := range result.Tried {
		result.Tried[i].Endpoint = p.platform.Name(result.Tried[i].Endpoint)
	}
	p.last, p.report.last = &result, &result
	p.report.Calls++
	p.report.Sends = append(p.report.Sends, result.Tried...)
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: callAnswered, Service: result.Service,
		Endpoint: result.Endpoint, TookMs: &result.TookMs}
	switch {
	case result.Code != "":
		line.Kind, line.Detail = callFailed, string(result.Code)
	case result.Source == failover.FromCache:
		line.Kind = callFromCache
	}
	p.report.Log = append(p.report.Log, line)
	return nil
}

// wait lets time pass, with the refreshes that fall due and the calls that the step asks for.
func (p *player) wait(ctx context.Context, s Step) error {
	end := p.clock.now().Add(s.wait)
	nextCall := end.Add(time.Hour)
	if s.every > 0 {
		nextCall = p.clock.now().Add(s.every)
	}
	for {
		due := time.UnixMilli(p.caller.client.Status().NextCheckMs)
		next := end
		for _, t := range []time.Time{due, nextCall} {
			if t.Before(next) {
				next = t
			}
		}
		if err := p.clock.sleepUntil(ctx, next); err != nil {
			return err
		}
		switch {
		case !next.Before(end):
			return nil
		case next.Equal(nextCall):
			nextCall = nextCall.Add(s.every)
			if err := p.call(ctx, s.call); err != nil {
				return err
			}
		default:
			p.refresh(ctx)
		}
	}
}

func (p *player) note(e client.Event) {
	name := func(url string) string { return p.platform.Name(url) }
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: e.Kind, Service: e.Service, Status: e.Status,
		SwitchCode: e.SwitchCode}
	switch failover.NoteKind(e.Kind) {
	case failover.EndpointFailed:
		line.Endpoint, line.Detail = name(e.Endpoint), string(e.Outcome)
	case failover.EndpointSwitched, failover.FailedBack:
		line.Endpoint, line.Detail = name(e.To), "from "+name(e.From)
	case failover.ChoiceReset:
		line.Endpoint = name(e.To)
	default:
		line.Endpoint = name(e.Endpoint)
	}
	p.report.Log = append(p.report.Log, line)
}
