package client

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Status is what a helpdesk asks for: the catalogue in force and the state of each service. It holds nothing of
// requests or answers.
//
// Shape: Catalogue is nil while there is none; Services stand in its order. Units in JSON: milliseconds since 1970.
type Status struct {
	Version     string               `json:"version"`
	Environment string               `json:"environment"`
	Catalogue   *CatalogueStatus     `json:"catalogue,omitempty"`
	Trust       *core.Trust          `json:"trust,omitempty"` // how long it lasts; absent without a catalogue
	Services    []core.ServiceStatus `json:"services"`
	NextCheckMs int64                `json:"nextCheckMs"` // when the sources are asked again
}

// CatalogueStatus is the catalogue in force.
//
// Shape: CheckedAtMs is 0 when no source confirmed it yet. Stale: that is longer ago than a day; it stays in force.
type CatalogueStatus struct {
	core.Summary
	SHA256       string `json:"sha256"`
	Origin       Origin `json:"origin"`
	AcceptedAtMs int64  `json:"acceptedAtMs"`
	CheckedAtMs  int64  `json:"checkedAtMs"`
	Stale        bool   `json:"stale"`
}

// Status returns the state of everything.
func (c *Client) Status() Status {
	now := c.now()
	s := Status{
		Version: core.Version, Environment: c.options.Environment, Services: []core.ServiceStatus{},
		NextCheckMs: c.nextCheck().UnixMilli(),
	}
	held := c.keeper.held.Load()
	if held == nil {
		return s
	}
	s.Catalogue = &CatalogueStatus{
		Summary: held.Catalogue.Summary(), SHA256: held.SHA256, Origin: held.Origin,
		AcceptedAtMs: sinceEpoch(held.AcceptedAt), CheckedAtMs: sinceEpoch(held.CheckedAt),
		Stale: core.IsStale(held.CheckedAt, now),
	}
	trust := held.Catalogue.Trust(now)
	s.Trust = &trust
	if all, err := held.Catalogue.Status(c.states.copy(), c.options.Policy, now); err == nil {
		s.Services = all
	}
	return s
}

// sinceEpoch is 0 for a moment that is not known.
func sinceEpoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Held returns the list in force, and false while there is none.
func (c *Client) Held() (List, bool) {
	held := c.keeper.held.Load()
	if held == nil {
		return List{}, false
	}
	return *held, true
}

// Procedures returns what to do, care functionality by care functionality: its state, and the guidance in that language
// (nl, fr, de or en). Services that this client called weigh more than others. The zero Filter shows all of them.
//
// Errors: bad-call as core.Catalogue.Reach.
func (c *Client) Procedures(lang string, filter procedure.Filter) (procedure.Overview, error) {
	held := c.keeper.held.Load()
	if held == nil {
		return c.book.Overview(lang, nil, filter), nil
	}
	cached, used := c.answers.Services(c.now()), c.states.usedServices()
	services, err := held.Catalogue.Reach(c.states.copy(), c.options.Policy, cached, used, c.now())
	if err != nil {
		return procedure.Overview{}, err
	}
	return c.book.Overview(lang, services, filter), nil
}

// States returns what this client knows of each service that it called, by its Id: what its own calls saw, and what
// came in by Merge and from the Store. Each has a JSON form.
func (c *Client) States() map[string]failover.State { return c.states.copy() }

// Merge takes in what others saw. The order does not matter, nor does how often something comes.
func (c *Client) Merge(others map[string]failover.State) {
	c.states.merge(others)
	c.changed()
}

// Clear drops kept answers: those of the users named, or all of them. Nothing of a call that began before it is kept
// after it.
func (c *Client) Clear(users ...string) {
	c.answers.clear(users)
	c.journal.report(Event{Kind: Cleared})
}

// inUse is the endpoint that the next call of a service would go to.
func (c *Client) inUse(held *List, service string) string {
	all, err := held.Catalogue.Status(c.states.copy(), c.options.Policy, c.now())
	if err != nil {
		return "" // unreachable: New checked the policy
	}
	for _, s := range all {
		if s.ID == service {
			return s.Health.Endpoint
		}
	}
	return ""
}
