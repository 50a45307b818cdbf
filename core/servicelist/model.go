package servicelist

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// ServiceList is a catalogue that was signed well and keeps the schema. It is not changed after Parse.
//
// Shape: Version is 1 or 2. IssueInstantText is IssueInstant as the list has it. Services stand in document order.
// Lint holds the findings on the list, then those on certificates and CRLs.
type ServiceList struct {
	Version          int
	ID               string
	IssueInstant     time.Time
	IssueInstantText string
	Environment      string
	Services         []Service
	Signer           dsig.Signer
	Lint             []bcperr.Finding

	digest [32]byte
	byID   map[string]*Service
	byURL  map[string]*Service // nil where two services share the URL
}

// Service is one service of the platform.
//
// Shape: Endpoints stand by Order; equal Orders as in the document. Cache is nil when the list has none. Quarantined is
// "" for a service that may be used, else the code of the first finding against it.
type Service struct {
	ID, Name    string
	Endpoints   []Endpoint
	Cache       *Cache
	Quarantined bcperr.Code
}

// Endpoint is one place where a service answers.
//
// Shape: Order 0 is the main one. URL is "" when it was refused; the service is then quarantined.
type Endpoint struct {
	Order  int
	Status Status
	URL    string
}

// Status is what the platform says of an endpoint.
type Status string

// The values of Endpoint/@Status.
const (
	Active   Status = "ACTIVE"
	Inactive Status = "INACTIVE"
)

// Cache says how answers of a service may be kept.
//
// Shape: Key is the stylesheet when KeyInline, else the URL of it, whose content nobody signed. DurationText counts
// when Expiry is ExpiryTTL: see End. Off is "" when the cache may be used as far as the list says,
// else cache-invalid, expiry-invalid or key-not-signed; of a Cache that is off, only what could be read is filled in.
type Cache struct {
	Strategy     Strategy
	KeyInline    bool
	Key          string
	Expiry       Expiry
	DurationText string
	Off          bcperr.Code

	duration xsdtype.Duration
}

// Strategy says whether the cache or the endpoints are asked first. failover takes "" for a service without a cache.
//
// Source: BCP XSD 2.0, CacheType.
type Strategy string

// The values of Cache/@Strategy.
const (
	EndpointFirst Strategy = "ENDPOINT_FIRST"
	CacheFirst    Strategy = "CACHE_FIRST"
)

// Expiry says whether an answer in the cache grows old.
type Expiry string

// The values of Expiry/@Type.
const (
	ExpiryNone Expiry = "none"
	ExpiryTTL  Expiry = "ttl"
)

// End returns the moment at which an answer that was stored at an instant is no longer fresh, for ExpiryTTL.
//
// Shape: by the calendar, in the offset from UTC of stored: P1M after 31 January is the last day of February. A moment
// past the year 9999 gives stored itself: never fresh.
// Source: XSD 1.0 Part 2, Appendix E.
func (c *Cache) End(stored time.Time) time.Time {
	end, err := c.duration.AddTo(stored)
	if err != nil {
		return stored
	}
	return end
}

// Find returns the service that target names: its Id, else the URL of one of its endpoints. It returns nil when there
// is none, or when two services share the URL. The service may be quarantined.
//
// Shape: an Id is compared octet for octet. URLs are compared after their scheme and host were put in lower case, the
// default port left out, and an empty path taken for "/"; a trailing slash makes another URL.
func (l *ServiceList) Find(target string) *Service {
	if s := l.byID[target]; s != nil {
		return s
	}
	if s, known := l.byURL[target]; known {
		return s
	}
	u, err := parseURL(target)
	if err != nil {
		return nil
	}
	return l.byURL[u.key()]
}

// sameContent says whether both lists have the same signed octets.
func (l *ServiceList) sameContent(other *ServiceList) bool { return l.digest == other.digest }

// EndpointCount returns the number of endpoints in the whole list.
func (l *ServiceList) EndpointCount() int {
	n := 0
	for i := range l.Services {
		n += len(l.Services[i].Endpoints)
	}
	return n
}
