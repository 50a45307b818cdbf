package scenario

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// check finds what a scenario cannot mean before anything is played: names that nobody has, files that are not there,
// an expectation of a call before the first. So a typing error is told from a defect of what is tried.
//
// Errors: ScenarioInvalid with the line.
func (p *player) check(s Scenario) error {
	called := false
	for _, step := range s.Steps {
		if err := p.checkStep(step, called); err != nil {
			return invalid("line %d, %q: %s", step.Line, step.Text, bcperr.DetailOf(err))
		}
		called = called || step.call.target != ""
	}
	return nil
}

func (p *player) checkStep(s Step, called bool) error {
	if s.call.target != "" {
		return p.checkCall(s.call)
	}
	switch s.verb {
	case "publish", "fail", "recover":
		return p.platform.Check(s.Text)
	case "forward":
		return p.platform.CheckForward(s.words[0], s.words[1])
	case "cache":
		for _, name := range s.words {
			if _, err := p.serviceID(name); err != nil {
				return err
			}
		}
	case "expect":
		return p.checkExpected(s.words, called)
	}
	return nil
}

func (p *player) checkCall(spec callSpec) error {
	if _, err := p.serviceID(spec.target); err != nil {
		return err
	}
	if spec.file == "" {
		return nil
	}
	if _, err := os.Stat(p.file(spec.file)); err != nil {
		return invalid("the request %q cannot be read; it is looked for beside the scenario", spec.file)
	}
	return nil
}

func (p *player) checkExpected(words []string, called bool) error {
	switch words[0] {
	case "catalogue":
		return nil
	case "way":
		if !slices.Contains(p.book.IDs(), words[1]) {
			return invalid("unknown functionality %q%s, expected one of %s", words[1],
				bcperr.Nearest(words[1], p.book.IDs()), strings.Join(p.book.IDs(), ", "))
		}
		return nil
	}
	if !called {
		return invalid("nothing was called before")
	}
	var endpoints []string
	switch words[0] {
	case "answer":
		endpoints = words[1:]
	case "tried":
		for i := 1; i < len(words); i += 2 {
			endpoints = append(endpoints, words[i])
		}
	}
	for _, name := range endpoints {
		if known := p.platform.EndpointNames(); !slices.Contains(known, name) {
			return invalid("unknown endpoint %q%s, expected a name like etk/1", name, bcperr.Nearest(name, known))
		}
	}
	return nil
}

// serviceID is the Id of a service that is named in short or by its Id.
func (p *player) serviceID(name string) (string, error) {
	if id, found := p.platform.ServiceID(name); found {
		return id, nil
	}
	services := p.platform.State().Services
	ids := p.platform.ServiceNames()
	for _, s := range services {
		if s.ID == name {
			return name, nil
		}
		ids = append(ids, s.ID)
	}
	return "", invalid("unknown service %q%s, expected one of %s", name, bcperr.Nearest(name, ids),
		strings.Join(p.platform.ServiceNames(), ", "))
}

// file is where a file of "with FILE" is: beside the scenario, or where its whole path says.
func (p *player) file(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.options.Dir, name)
}
