package platform

import (
	"slices"
	"time"
)

// State is everything that a person or a script may want to see.
type State struct {
	Environment string         `json:"environment"`
	Catalogue   CatalogueState `json:"catalogue"`
	Services    []ServiceState `json:"services"`
	Ways        []How          `json:"ways"`
	Bad         []Bad          `json:"bad"`
	Sites       []Site         `json:"sites"`
	Patients    []Patient      `json:"patients"`
	Events      []Event        `json:"events"`
}

// CatalogueState is the file that is served now.
type CatalogueState struct {
	URL          string    `json:"url"`
	SHA2URL      string    `json:"sha2Url"`
	IssueInstant time.Time `json:"issueInstant"`
	Bytes        int       `json:"bytes"`
	Signer       string    `json:"signer"`
	Bad          Bad       `json:"bad,omitempty"`
	Fault        *Fault    `json:"fault,omitempty"`
}

// ServiceState is one service.
type ServiceState struct {
	Short     string          `json:"short"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Cacheable bool            `json:"cacheable,omitempty"`
	Cache     string          `json:"cache,omitempty"`
	Endpoints []EndpointState `json:"endpoints"`
}

// EndpointState is one endpoint of a service.
type EndpointState struct {
	Name   string `json:"name"`
	Order  int    `json:"order"`
	Status string `json:"status"`
	Site   Site   `json:"site"`
	URL    string `json:"url"`
	Fault  *Fault `json:"fault,omitempty"`
}

// State returns what the platform is doing.
func (p *Platform) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, fault, _ := p.catalogue.current()
	state := State{
		Environment: Environment,
		Catalogue: CatalogueState{URL: p.catalogue.url(), SHA2URL: p.sha2.url(), IssueInstant: p.published.issued,
			Bytes: len(p.published.bytes), Signer: p.signedBy, Bad: p.published.bad, Fault: fault},
		Ways:     hows,
		Bad:      bads,
		Sites:    allSites,
		Patients: Patients(),
		Events:   append([]Event{}, p.events...), // [] and not null when there are none
	}
	for i, s := range specs {
		service := ServiceState{Short: s.short, ID: s.id, Name: s.name, Cacheable: s.key != ""}
		if cache := p.list.Services[i].Cache; cache != nil {
			service.Cache = cache.Strategy + " " + cache.Expiry.Duration
		}
		for _, e := range p.list.Services[i].Endpoints {
			k := slices.IndexFunc(p.endpoints,
				func(o *simulated) bool { return o.spec.id == s.id && o.order == e.Order })
			_, f, _ := p.endpoints[k].current()
			service.Endpoints = append(service.Endpoints, EndpointState{p.endpoints[k].name, e.Order, e.Status,
				p.endpoints[k].site, e.URL, f})
		}
		state.Services = append(state.Services, service)
	}
	return state
}
