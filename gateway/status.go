package gateway

import (
	"net/http"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Status is what a helpdesk asks for, as JSON at /status of the operator's address.
//
// Shape: Client is the catalogue and the state of each service; Functionalities what that means for care. History has
// the head to note, and the code when the last list could not be kept. Endpoints are measured since the start.
type Status struct {
	client.Status
	At              time.Time        `json:"at"`
	StartedAt       time.Time        `json:"startedAt"`
	Leaving         bool             `json:"leaving,omitempty"`
	Overall         string           `json:"overall"`
	Functionalities []Functionality  `json:"functionalities"`
	History         HistoryStatus    `json:"history"`
	Endpoints       []EndpointStatus `json:"endpoints"`
}

// Functionality is a care functionality and how it is served.
type Functionality struct {
	Functionality string `json:"functionality"`
	procedure.State
}

// HistoryStatus is the chain of lists. Who notes Head can prove later that nothing before it was changed.
type HistoryStatus struct {
	Entries int         `json:"entries"`
	Head    string      `json:"head"`
	Code    bcperr.Code `json:"code,omitempty"`
}

func (g *Gateway) status(w http.ResponseWriter, _ *http.Request) {
	s := Status{
		Status: g.client.Status(), At: time.Now().UTC(), StartedAt: g.metrics.startedAt.UTC(),
		Leaving:         g.leaving.Load(),
		Functionalities: []Functionality{}, Endpoints: g.metrics.endpoints(),
	}
	if overview, err := g.client.Procedures("en", procedure.Filter{}); err == nil {
		s.Overall = string(overview.Overall)
		for _, item := range overview.Items {
			s.Functionalities = append(s.Functionalities, Functionality{item.Functionality, item.State})
		}
	}
	chain, err := g.archive.state()
	s.History = HistoryStatus{Entries: len(chain.Entries), Head: chain.Head()}
	if err != nil {
		s.History.Code = bcperr.CodeOf(err)
	}
	reply(w, http.StatusOK, s)
}
