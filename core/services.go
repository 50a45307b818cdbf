package core

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// ServiceTable lists the services of a catalogue, in document order, with the findings.
type ServiceTable struct {
	Services []ServiceRow     `json:"services"`
	Lint     []bcperr.Finding `json:"lint"`
}

// ServiceRow is one service as the catalogue publishes it.
//
// Shape: Endpoints stand by Order. Cache is nil when the catalogue has none. Quarantined is the code of what is wrong
// with the service; the chooser refuses it.
type ServiceRow struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Endpoints   []EndpointRow `json:"endpoints"`
	Cache       *CacheRow     `json:"cache,omitempty"`
	Quarantined bcperr.Code   `json:"quarantined,omitempty"`
}

// EndpointRow is one endpoint: Order 0 is the main one. URL is left out when it was refused.
type EndpointRow struct {
	Order  int                `json:"order"`
	Status servicelist.Status `json:"status"`
	URL    string             `json:"url,omitempty"`
}

// CacheRow is a cache rule. Off is why it is not used, absent when it is.
type CacheRow struct {
	Strategy servicelist.Strategy `json:"strategy,omitempty"`
	Inline   bool                 `json:"inline"`
	Expiry   ExpiryRow            `json:"expiry"`
	Off      bcperr.Code          `json:"off,omitempty"`
}

// ExpiryRow says how long an answer may be kept: Duration is an xs:duration as written.
type ExpiryRow struct {
	Type     servicelist.Expiry `json:"type,omitempty"`
	Duration string             `json:"duration,omitempty"`
}

// Services lists the services.
func (c *Catalogue) Services() ServiceTable {
	table := ServiceTable{Services: make([]ServiceRow, len(c.list.Services)), Lint: c.findings()}
	for i := range c.list.Services {
		s := &c.list.Services[i]
		row := ServiceRow{ID: s.ID, Name: s.Name, Quarantined: s.Quarantined,
			Endpoints: make([]EndpointRow, len(s.Endpoints))}
		for k, e := range s.Endpoints {
			row.Endpoints[k] = EndpointRow{Order: e.Order, Status: e.Status, URL: e.URL}
		}
		if s.Cache != nil {
			row.Cache = &CacheRow{
				Strategy: s.Cache.Strategy,
				Inline:   s.Cache.KeyInline,
				Expiry:   ExpiryRow{Type: s.Cache.Expiry, Duration: s.Cache.DurationText},
				Off:      c.caches[s].off(),
			}
		}
		table.Services[i] = row
	}
	return table
}
