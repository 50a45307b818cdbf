package scenario

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// services is what was seen of each service, as the panel of a page is told.
func (p *player) services() ([]procedure.ServiceState, error) {
	c := p.caller
	held, found := c.client.Held()
	if !found {
		return nil, bcperr.New(bcperr.DrillFailed, "no catalogue was accepted yet")
	}
	return held.Catalogue.Reach(c.client.States(), c.options.Policy, c.options.Cache.In.Services(p.clock.now()), c.used,
		p.clock.now())
}

// panel returns what the panel says that differs from what it said last, or nil. Errors: those of services.
func (p *player) panel() (*PanelReport, error) {
	services, err := p.services()
	if err != nil {
		return nil, err
	}
	overview := p.book.Overview("en", services, procedure.Filter{})
	report := &PanelReport{Overall: overview.Overall}
	for _, item := range overview.Items {
		line := panelLine(item)
		was, said := p.shown[line.Functionality]
		if !said && line.Way != procedure.WayNormal && line.Way != procedure.WayUnwatched ||
			said && (was.Way != line.Way || was.Uncertain != line.Uncertain) {
			report.Changed = append(report.Changed, line)
		}
		p.shown[line.Functionality] = line
	}
	if len(report.Changed) == 0 {
		return nil, nil
	}
	return report, nil
}

// faults notes which endpoints fail since or until now.
func (r *Report) faults(state platform.State, nowMs int64, open map[string]int) {
	note := func(name string, f *platform.Fault) {
		i, isOpen := open[name]
		if isOpen && (f == nil || r.Faults[i].How != f.String()) {
			r.Faults[i].ToMs = nowMs
			delete(open, name)
			isOpen = false
		}
		if f != nil && !isOpen {
			open[name] = len(r.Faults)
			r.Faults = append(r.Faults, FaultReport{Endpoint: name, How: f.String(), FromMs: nowMs})
		}
	}
	note("catalogue", state.Catalogue.Fault)
	for _, s := range state.Services {
		for _, e := range s.Endpoints {
			note(e.Name, e.Fault)
		}
	}
}
