package drill

import (
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// List is the content of a catalogue before it is signed.
//
// Shape: Version is 1 or 2 and chooses the schema; Services keep their order. An empty ID is replaced by one that
// is derived from the content. IssueInstant is written with milliseconds and its own zone, as the platform does.
type List struct {
	Version      int
	ID           string
	Environment  string
	IssueInstant time.Time
	Services     []Service
}

// Service is one service of a List: Id is its UDDI key.
type Service struct {
	ID        string
	Name      string
	Endpoints []Endpoint
	Cache     *Cache // version 2 only
}

// Endpoint is one address of a Service. Status is "ACTIVE" or "INACTIVE"; the main endpoint has Order 0.
type Endpoint struct {
	Order  int
	Status string
	URL    string
}

// Cache is the cache strategy of a Service: Strategy is "ENDPOINT_FIRST" or "CACHE_FIRST".
type Cache struct {
	Strategy string
	Key      Key
	Expiry   Expiry
}

// Key says how the key of an answer is made: by the stylesheet that Text holds (Inline) or names.
type Key struct {
	Inline bool
	Text   string
}

// Expiry says how long an answer is kept: Type is "none" or "ttl", Duration an xs:duration or empty.
type Expiry struct {
	Type     string
	Duration string
}

// The wire's words for the status of an endpoint.
const (
	Active   = "ACTIVE"
	Inactive = "INACTIVE"
)

// Clone returns a copy of l that shares nothing with it.
func (l List) Clone() List {
	l.Services = slices.Clone(l.Services)
	for i := range l.Services {
		s := &l.Services[i]
		s.Endpoints = slices.Clone(s.Endpoints)
		if s.Cache != nil {
			cache := *s.Cache
			s.Cache = &cache
		}
	}
	return l
}

// SetStatus sets the status of the endpoints of a service that have this order.
//
// Errors: ServiceUnknown, EndpointUnknown.
func (l *List) SetStatus(service string, order int, status string) error {
	s, err := l.find(service)
	if err != nil {
		return err
	}
	found := false
	for i := range s.Endpoints {
		if s.Endpoints[i].Order == order {
			s.Endpoints[i].Status = status
			found = true
		}
	}
	if !found {
		return bcperr.New(bcperr.EndpointUnknown, "service %q has no endpoint of order %d", service, order)
	}
	return nil
}

// Switch makes the endpoint of this order the only active one of its service, as the platform does when it moves a
// service to a recovery site.
//
// Errors: ServiceUnknown, EndpointUnknown; l is then unchanged.
func (l *List) Switch(service string, order int) error {
	if err := l.SetStatus(service, order, Active); err != nil {
		return err
	}
	s, err := l.find(service)
	if err != nil {
		return err // unreachable: SetStatus found it
	}
	for i := range s.Endpoints {
		if s.Endpoints[i].Order != order {
			s.Endpoints[i].Status = Inactive
		}
	}
	return nil
}

// SetCache gives a service a cache strategy, or takes it away when cache is nil.
//
// Errors: ServiceUnknown.
func (l *List) SetCache(service string, cache *Cache) error {
	s, err := l.find(service)
	if err != nil {
		return err
	}
	s.Cache = cache
	return nil
}

func (l *List) find(service string) (*Service, error) {
	i := slices.IndexFunc(l.Services, func(s Service) bool { return s.ID == service })
	if i < 0 {
		return nil, bcperr.New(bcperr.ServiceUnknown, "the list has no service %q", service)
	}
	return &l.Services[i], nil
}
