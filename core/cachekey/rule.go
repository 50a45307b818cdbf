package cachekey

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// Rule is the Cache of one service, ready for use. It does not change.
type Rule struct {
	cache      *servicelist.Cache
	stylesheet *Stylesheet
}

// Rule readies the Cache of a service. supplied is the stylesheet that the application gives for this service, nil for
// none: it counts only where the list names a stylesheet that its signature does not cover (Inline="false"), and then
// only with it the cache is on.
//
// Errors, each a reason why this cache is off: cache-off for a service without one; the Off of c (cache-invalid,
// expiry-invalid, key-not-signed); those of Compile; key-constant, key-empty, limit-exceeded or xslt-failed for a
// stylesheet that cannot tell requests apart; limit-exceeded also when the bound on all stylesheets is used up.
func (k *Compiler) Rule(c *servicelist.Cache, supplied []byte) (*Rule, error) {
	if c == nil {
		return nil, bcperr.New(bcperr.CacheOff, "the list has no Cache for this service")
	}
	source := c.Key
	switch {
	case c.Off == bcperr.KeyNotSigned && supplied != nil:
		source = string(supplied)
	case c.Off != "":
		return nil, bcperr.New(c.Off, "the Cache in the list cannot be used")
	}
	s, err := k.stylesheet(source)
	if err != nil {
		return nil, err
	}
	return &Rule{cache: c, stylesheet: s}, nil
}

// Strategy says whether the cache or the endpoints are asked first.
func (r *Rule) Strategy() servicelist.Strategy { return r.cache.Strategy }

// Key returns the key of a SOAP request as Stylesheet.Key does. A key that says nothing of the request is none here:
// answers to different requests would meet under it.
//
// Errors: those of Stylesheet.Key; key-constant.
func (r *Rule) Key(request []byte) (Key, error) {
	key, err := r.stylesheet.Key(request)
	if err == nil && key.Constant {
		return Key{Messages: key.Messages}, bcperr.New(bcperr.KeyConstant,
			"the stylesheet writes the same key for this request when every value in it is another one, or none")
	}
	return key, err
}

// Expires says whether an answer grows old by the list: Expiry ttl. Without (Expiry none) the caller caps its age.
func (r *Rule) Expires() bool { return r.cache.Expiry == servicelist.ExpiryTTL }

// ValidUntil returns until when an answer that was stored at an instant is fresh, for a Rule that Expires: see
// servicelist.Cache.End.
func (r *Rule) ValidUntil(stored time.Time) time.Time { return r.cache.End(stored) }
