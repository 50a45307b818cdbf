package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// Status reports on every service, in the catalogue's order.
//
// Errors: bad-call as failover.Status.
func (c *Catalogue) Status(
	states map[string]failover.State, p failover.Policy, now time.Time,
) ([]ServiceStatus, error) {
	all := make([]ServiceStatus, len(c.list.Services))
	for i := range all {
		s := &c.list.Services[i]
		health, err := failover.Status(c.choosable(s), p, states[s.ID], now)
		if err != nil {
			return nil, err
		}
		all[i] = ServiceStatus{ID: s.ID, Name: s.Name, Quarantined: s.Quarantined, Health: health}
	}
	return all, nil
}

// ServiceStatus is the state of one service as a helpdesk or a status panel shows it.
type ServiceStatus struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Quarantined bcperr.Code     `json:"quarantined,omitempty"`
	Health      failover.Health `json:"health"`
}
