package scenario

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// Options says how a scenario runs. Dir is where the files of "with FILE" are. RealTime makes waits take their time.
type Options struct {
	Dir      string
	RealTime bool
}

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
}

// Run plays a scenario and returns its report. The report's OK says whether every expectation held; it stops at the
// first that did not.
//
// Errors: those that keep a drill from starting; BadCall when the machine gives no port, the context's.
func Run(ctx context.Context, s Scenario, options Options) (*Report, error) {
	p := &player{options: options, clock: &clock{real: options.RealTime}}
	sim, err := platform.Start(platform.Options{Now: p.clock.now})
	if err != nil {
		return nil, err
	}
	defer sim.Close()
	p.platform = sim
	p.report = &Report{Title: s.Title, OK: true, StartedAt: p.clock.now(), Virtual: !options.RealTime}
	own, err := procedure.Load(sim.Procedures())
	if err != nil {
		return nil, err
	}
	p.book = own
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	p.caller = p.newCaller(transport)
	if err := p.caller.open(); err != nil {
		return nil, err
	}
	defer func() { _ = p.caller.client.Close() }()
	if p.refreshed, err = p.caller.refresh(ctx); err != nil {
		return nil, err
	}
	for _, step := range s.Steps {
		done := StepReport{Line: step.Line, Text: step.Text, AtMs: p.clock.now().UnixMilli(), OK: true}
		p.last = nil
		err := p.play(ctx, step)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		done.Call = p.last
		if err != nil {
			done.OK, done.Code, done.Detail = false, bcperr.CodeOf(err), bcperr.DetailOf(err)
			p.report.OK = false
		}
		p.report.Steps = append(p.report.Steps, done)
		if err != nil {
			break
		}
	}
	p.report.finish(p.clock.now(), p.platform)
	return p.report, nil
}

func (p *player) newCaller(transport *http.Transport) *caller {
	policy := failover.DefaultPolicy()
	// On the loopback interface a second is long; a scenario with its own servers behind it says otherwise.
	policy.AttemptTimeout, policy.TotalTimeout = time.Second, 10*time.Second
	return &caller{note: p.note, options: client.Options{
		Environment: platform.Environment, Anchors: [][]byte{p.platform.Anchors()},
		Catalogue: p.platform.CatalogueURL(), Hint: p.platform.SHA2URL(),
		Policy: policy, Cache: client.Cache{In: client.NewAnswers(0, 0)}, Store: client.Memory(),
		Transport: page{transport}, CatalogueTransport: transport,
		Manual: true, Now: p.clock.now, Seed: 1,
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
		return p.caller.open()
	case "cache":
		for _, name := range s.words {
			id, err := p.serviceID(name)
			if err != nil {
				return err
			}
			on := &p.caller.options.Cache
			on.Services = append(slices.Clone(on.Services), id)
		}
		return p.caller.open()
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

func (p *player) serviceNames() string {
	var names []string
	for _, s := range p.platform.State().Services {
		names = append(names, s.Short)
	}
	return strings.Join(names, ", ")
}

func (p *player) serviceID(name string) (string, error) {
	if id, found := p.platform.ServiceID(name); found {
		return id, nil
	}
	return "", bcperr.New(bcperr.ScenarioInvalid, "unknown service %q, expected one of %s", name, p.serviceNames())
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
	id := spec.target
	if known, found := p.platform.ServiceID(spec.target); found {
		id = known
	}
	body := platform.Question(spec.target, spec.patient)
	if spec.file != "" {
		name := filepath.Join(p.options.Dir, spec.file)
		text, err := os.ReadFile(name)
		if err != nil {
			return bcperr.New(bcperr.ScenarioInvalid, "the request: %w", err)
		}
		body = text
	}
	result, err := p.caller.call(ctx, id, body, spec.repeat)
	if bcperr.CodeOf(err) == bcperr.ServiceUnknown {
		return bcperr.New(bcperr.ServiceUnknown, "%s; the drill's own are %s", bcperr.DetailOf(err), p.serviceNames())
	}
	if err != nil {
		return err
	}
	result.Endpoint = p.platform.Name(result.Endpoint)
	for i := range result.Tried {
		result.Tried[i].Endpoint = p.platform.Name(result.Tried[i].Endpoint)
	}
	p.last, p.report.last = &result, &result
	p.report.Calls++
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: callAnswered, Service: result.Service,
		Endpoint: result.Endpoint}
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
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: e.Kind, Service: e.Service}
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
