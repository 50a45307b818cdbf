package failover

import (
	"cmp"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// MaxEndpoints bounds the work of one choice.
const MaxEndpoints = servicelist.MaxEndpoints

// Service is one service as the catalogue in force has it.
//
// Shape: Endpoints in any sequence, each Order once; the zero Service stands for one that the catalogue no longer has.
// Catalogue is the IssueInstant: a newer one resets the choice. ValidUntil says until when an answer stored at an
// instant is fresh; nil means Expiry "none", which Policy.MaxCacheAge caps.
type Service struct {
	ID          string
	Catalogue   time.Time
	Quarantined bcperr.Code // why the service may not be used, or ""
	Endpoints   []Endpoint
	Cache       servicelist.Strategy
	ValidUntil  func(stored time.Time) time.Time
}

// Endpoint is one address of a service.
type Endpoint struct {
	Order  int
	Active bool // Status is ACTIVE
	URL    string
}

// Direct returns the service that stands for an address the catalogue does not know: it is called as it is.
//
// Source: docs/design.md#addresses.
func Direct(url string) Service {
	return Service{ID: url, Endpoints: []Endpoint{{Active: true, URL: url}}}
}

// InOrder returns the endpoints by ascending Order, without touching those of s.
func (s *Service) InOrder() []Endpoint {
	byOrder := func(a, b Endpoint) int { return cmp.Compare(a.Order, b.Order) }
	if slices.IsSortedFunc(s.Endpoints, byOrder) {
		return s.Endpoints
	}
	return slices.SortedFunc(slices.Values(s.Endpoints), byOrder)
}

// distinct returns the endpoints, in Order, with each URL once: a call tries an address once, and moving on from it
// must not lead to it again. A URL counts where it is first ACTIVE, or where it is first when it is so nowhere.
func distinct(endpoints []Endpoint) []Endpoint {
	repeats := func(i int) bool {
		e := endpoints[i]
		return slices.ContainsFunc(endpoints[:i],
			func(o Endpoint) bool { return o.URL == e.URL && (o.Active || !e.Active) }) ||
			!e.Active && slices.ContainsFunc(endpoints[i+1:],
				func(o Endpoint) bool { return o.URL == e.URL && o.Active })
	}
	var once []Endpoint
	for i := range endpoints {
		switch {
		case repeats(i):
			if once == nil {
				once = append(make([]Endpoint, 0, len(endpoints)), endpoints[:i]...)
			}
		case once != nil:
			once = append(once, endpoints[i])
		}
	}
	if once == nil {
		return endpoints
	}
	return once
}

// catalogueMs is the IssueInstant in milliseconds since 1970, or 0 when the service comes from no catalogue.
func (s *Service) catalogueMs() int64 {
	if s.Catalogue.IsZero() {
		return 0
	}
	return s.Catalogue.UnixMilli()
}
