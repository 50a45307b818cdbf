package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// cacheRule is the Cache of one service, ready for use.
type cacheRule struct {
	off        bcperr.Code // why it is not used, or ""
	validUntil func(stored time.Time) time.Time
}

// compileCaches readies the caches. One that cannot be used is off for its service and a finding; the list stays.
func (c *Catalogue) compileCaches() {
	c.caches = map[*servicelist.Service]*cacheRule{}
	for i := range c.list.Services {
		s := &c.list.Services[i]
		if s.Cache != nil {
			c.caches[s] = &cacheRule{off: bcperr.CacheOff}
		}
	}
}

// CacheKey returns the cache key of a request to a service.
func (c *Catalogue) CacheKey(target string, request []byte) (string, error) {
	s := c.list.Find(target)
	if s == nil {
		return "", unknown(target)
	}
	return c.keyOf(s, request)
}

func (c *Catalogue) keyOf(s *servicelist.Service, request []byte) (string, error) {
	return "", bcperr.New(bcperr.CacheOff, "service %q has no cache", s.ID)
}

// CacheKey returns the key that a stylesheet makes of a request.
func CacheKey(stylesheet, request []byte) (string, error) {
	return "", bcperr.New(bcperr.CacheOff, "no stylesheet processor")
}
