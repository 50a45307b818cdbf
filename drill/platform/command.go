package platform

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// maxCommandBytes bounds a command; the longest sensible one has 80.
const maxCommandBytes = 500

// Do performs one command.
//
// Shape:
//
//	fail TARGET HOW [VALUE]       put a fault in place (see How)
//	recover [TARGET]              take faults away; without TARGET all of them
//	publish                       the same list with a later IssueInstant
//	publish main                  every main endpoint is the active one
//	publish site SITE             the endpoints of a site are the active ones
//	publish switch ENDPOINT       this endpoint is the active one of its service
//	publish inactive SERVICE      the service has no active endpoint
//	publish cache SERVICE STRATEGY|off [DURATION]
//	publish signer NAME           signer | rotated
//	publish bad KIND              tampered | older | expired | foreign | page: a file that must be refused
//
// TARGET is an endpoint ("etk/0"), a service ("etk"), a site ("ehealth", "recovery", "mycarenet"), "catalogue" or
// "all". Words are separated by spaces.
// Errors: ScenarioInvalid for a command that cannot be read; the platform is then as it was. BadCall when a port is
// taken by another program.
func (p *Platform) Do(command string) error {
	if len(command) > maxCommandBytes {
		return bcperr.New(bcperr.ScenarioInvalid, "a command of %d bytes, at most %d", len(command), maxCommandBytes)
	}
	words := strings.Fields(command)
	if len(words) == 0 {
		return bcperr.New(bcperr.ScenarioInvalid, "an empty command")
	}
	var err error
	switch words[0] {
	case "fail":
		err = p.fail(words[1:])
	case "recover":
		err = p.recover(words[1:])
	case "publish":
		if len(words) == 3 && words[1] == "bad" {
			err = p.publishBad(Bad(words[2]))
		} else if err = p.change(words[1:]); err == nil {
			err = p.publish()
		}
	default:
		err = unknownCommand(words[0])
	}
	if err == nil {
		p.log("command", "", strings.Join(words, " "))
	}
	return err
}

func (p *Platform) fail(words []string) error {
	targets, fault, err := p.readFail(words)
	if err != nil {
		return err
	}
	return set(targets, &fault)
}

func (p *Platform) readFail(words []string) ([]*endpoint, Fault, error) {
	if len(words) < 2 {
		return nil, Fault{}, bcperr.New(bcperr.ScenarioInvalid, "fail takes TARGET HOW [VALUE]")
	}
	targets, err := p.targets(words[0])
	if err != nil {
		return nil, Fault{}, err
	}
	fault, err := parseFault(words[1:])
	return targets, fault, err
}

func (p *Platform) recover(words []string) error {
	targets, err := p.readRecover(words)
	if err != nil {
		return err
	}
	return set(targets, nil)
}

func (p *Platform) readRecover(words []string) ([]*endpoint, error) {
	switch len(words) {
	case 0:
		return p.targets("all")
	case 1:
		return p.targets(words[0])
	}
	return nil, bcperr.New(bcperr.ScenarioInvalid, "recover takes at most one TARGET")
}

// set goes on after an error, so that one taken port does not keep the rest from recovering.
func set(targets []*endpoint, f *Fault) error {
	var first error
	for _, e := range targets {
		if err := e.set(f); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// targets finds the endpoints that a word means.
func (p *Platform) targets(word string) ([]*endpoint, error) {
	published := []*endpoint{p.catalogue, p.sha2}
	if word == "catalogue" {
		return published, nil
	}
	var found []*endpoint
	if word == "all" {
		found = published
	}
	for _, s := range p.endpoints {
		if slices.Contains([]string{"all", s.name, s.spec.short, string(s.site)}, word) || word == s.url() {
			found = append(found, s.endpoint)
		}
	}
	if len(found) == 0 {
		return nil, bcperr.New(bcperr.ScenarioInvalid,
			"unknown target %q%s, expected an endpoint (etk/0), a service (etk), a site (ehealth), catalogue or all",
			word, bcperr.Nearest(word, p.targetNames()))
	}
	return found, nil
}

func (p *Platform) targetNames() []string {
	return slices.Concat(p.ServiceNames(), p.EndpointNames(), texts(allSites), []string{"catalogue", "all"})
}

func (p *Platform) endpoint(name string) (*simulated, error) {
	for _, s := range p.endpoints {
		if s.name == name {
			return s, nil
		}
	}
	return nil, bcperr.New(bcperr.ScenarioInvalid, "unknown endpoint %q%s, expected a name like etk/1", name,
		bcperr.Nearest(name, p.EndpointNames()))
}
