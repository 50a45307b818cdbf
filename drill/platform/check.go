package platform

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Check reads a command as Do does, and changes nothing.
//
// Errors: ScenarioInvalid, as Do.
func (p *Platform) Check(command string) error {
	words := strings.Fields(command)
	switch {
	case len(command) > maxCommandBytes || len(words) == 0:
		return bcperr.New(bcperr.ScenarioInvalid, "a command has 1 to %d bytes", maxCommandBytes)
	case words[0] == "fail":
		_, _, err := p.readFail(words[1:])
		return err
	case words[0] == "recover":
		_, err := p.readRecover(words[1:])
		return err
	case words[0] != "publish":
		return unknownCommand(words[0])
	case len(words) == 3 && words[1] == "bad":
		if !slices.Contains(bads, Bad(words[2])) {
			return unknownBad(Bad(words[2]))
		}
		return nil
	}
	p.mu.Lock()
	trial := &Platform{options: p.options, pki: p.pki, endpoints: p.endpoints, list: p.list.Clone(), signer: p.signer}
	p.mu.Unlock()
	return trial.change(words[1:])
}

// ServiceNames returns the names by which commands call the services, in the order of the catalogue.
func (p *Platform) ServiceNames() []string {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.short
	}
	return names
}

// EndpointNames returns the names of the endpoints ("etk/0"), service by service.
func (p *Platform) EndpointNames() []string {
	names := make([]string, len(p.endpoints))
	for i, e := range p.endpoints {
		names[i] = e.name
	}
	return names
}

func (p *Platform) unknownService(name string) error {
	return bcperr.New(bcperr.ScenarioInvalid, "unknown service %q%s, expected one of %s", name,
		bcperr.Nearest(name, p.ServiceNames()), strings.Join(p.ServiceNames(), ", "))
}

func unknownCommand(word string) error {
	return bcperr.New(bcperr.ScenarioInvalid, "unknown command %q%s, expected fail, recover or publish", word,
		bcperr.Nearest(word, []string{"fail", "recover", "publish"}))
}

func unknownBad(kind Bad) error {
	return bcperr.New(bcperr.ScenarioInvalid, "unknown bad publication %q%s, expected one of %v", kind,
		bcperr.Nearest(string(kind), texts(bads)), bads)
}

// texts are named values as plain words.
func texts[T ~string](values []T) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return words
}
