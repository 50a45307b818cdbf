package scenario

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// How often a client asks for the catalogue. Source: docs/design.md#failover.
const (
	askOften = 15 * time.Minute
	askHour  = time.Hour
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
	client    *client
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
	p.client = p.newClient()
	defer p.client.transport.(*http.Transport).CloseIdleConnections()
	if p.refreshed, err = p.client.refresh(ctx); err != nil {
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

func (p *player) newClient() *client {
	policy := failover.DefaultPolicy()
	// On the loopback interface a second is long; a scenario with its own servers behind it says otherwise.
	policy.AttemptTimeout, policy.TotalTimeout = time.Second, 10*time.Second
	return &client{
		clock: p.clock, policy: policy, environment: platform.Environment, anchors: p.platform.Anchors(),
		catalogue: p.platform.CatalogueURL(), hint: p.platform.SHA2URL(),
		cached: map[string]bool{}, states: map[string]failover.State{}, answers: map[string]storedAnswer{},
		used: map[string]bool{},
		note: p.note,
		transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			DisableKeepAlives: true},
	}
}

func (p *player) play(ctx context.Context, s Step) error {
	switch s.verb {
	case "publish", "fail", "recover":
		return p.platform.Do(s.Text)
	case "forward":
		return p.platform.Forward(s.words[0], s.words[1])
	case "policy":
		policy, err := applyPolicy(p.client.policy, s.words)
		p.client.policy = policy
		return err
	case "cache":
		for _, name := range s.words {
			id, err := p.serviceID(name)
			if err != nil {
				return err
			}
			p.client.cached[id] = true
		}
		return nil
	case "refresh":
		p.refresh(ctx)
		return nil
	case "restart":
		return p.client.restart()
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
	what, err := p.client.refresh(ctx)
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
	result, err := p.client.call(ctx, id, body, spec.repeat)
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
		often, err := p.client.isFailedOver()
		if err != nil {
			return err
		}
		interval := askHour
		if often {
			interval = askOften
		}
		due := p.client.checked.Add(interval)
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
			p.client.checked = p.clock.now() // also after a failure: the next look is due an interval later
		}
	}
}

func (p *player) note(service string, n failover.Note) {
	name := func(url string) string { return p.platform.Name(url) }
	line := LogLine{AtMs: p.clock.now().UnixMilli(), Kind: string(n.Kind), Service: service}
	switch n.Kind {
	case failover.EndpointFailed:
		line.Endpoint, line.Detail = name(n.Endpoint), string(n.Outcome)
	case failover.EndpointSwitched, failover.FailedBack:
		line.Endpoint, line.Detail = name(n.To), "from "+name(n.From)
	case failover.ChoiceReset:
		line.Endpoint = name(n.To)
	default:
		line.Endpoint = name(n.Endpoint)
	}
	p.report.Log = append(p.report.Log, line)
}
