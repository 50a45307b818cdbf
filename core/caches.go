package core

import (
	"sort"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// CacheRule is what the application says of the cache of a service to which the catalogue gives none.
//
// Shape: Stylesheet is XSLT 1.0 and makes the key; empty: the one that is built in for this service, if there is one
// (the ETK depot). Strategy "" is ENDPOINT_FIRST. Duration is an xs:duration of at most 92 days; with "" an answer ends
// by Policy.MaxCacheAge.
// Source: docs/design.md#application-rules.
type CacheRule struct {
	Stylesheet []byte
	Strategy   servicelist.Strategy
	Duration   string
}

// cacheRule is the cache of one service: ready for use, or off for a reason.
type cacheRule struct {
	rule *cachekey.Rule
	err  error // why it is off, or nil
}

func (r *cacheRule) off() bcperr.Code { return bcperr.CodeOf(r.err) }

// validUntil returns until when an answer is fresh, or nil when the catalogue sets no end.
func (r *cacheRule) validUntil() func(time.Time) time.Time {
	if !r.rule.Expires() {
		return nil
	}
	return r.rule.ValidUntil
}

// compileCaches readies the caches. One that cannot be used is off for its service and a finding; the list stays. The
// stylesheets share a bound on their work: when it is used up, the caches of the services that follow are off with
// limit-exceeded.
func (c *Catalogue) compileCaches(stylesheets map[string][]byte) {
	c.caches = map[*servicelist.Service]*cacheRule{}
	compiler := cachekey.NewCompiler()
	for i := range c.list.Services {
		s := &c.list.Services[i]
		if s.Cache == nil {
			continue
		}
		rule, err := compiler.Rule(s.Cache, stylesheets[s.Cache.Key])
		c.caches[s] = &cacheRule{rule, err}
		if err != nil && s.Cache.Off == "" { // what servicelist switched off is in its own findings
			c.lint = append(c.lint, servicelist.CacheFinding(s, bcperr.CodeOf(err), bcperr.DetailOf(err)))
		}
	}
}

// compileOwn readies the rules of the application for the services that have no Cache. They have a bound of their own,
// so that they cost the catalogue no cache. One that cannot be used or stands beside a Cache is a finding, and so is a
// service without a rule, or with an Id that the list has not.
func (c *Catalogue) compileOwn(cached map[string]CacheRule) {
	compiler := cachekey.NewCompiler()
	for i := range c.list.Services {
		s := &c.list.Services[i]
		own, isNamed := cached[s.ID]
		if s.Cache != nil && own.isGiven() {
			c.lint = append(c.lint, servicelist.RuleFinding(s.ID, bcperr.RuleUnused, "the rule is not used"))
		}
		if !isNamed || s.Cache != nil {
			continue
		}
		rule, err := own.ready(compiler, s.ID)
		if bcperr.CodeOf(err) != bcperr.CacheOff {
			c.caches[s] = &cacheRule{rule, err}
		}
		if err != nil {
			c.lint = append(c.lint, servicelist.RuleFinding(s.ID, bcperr.CodeOf(err), bcperr.DetailOf(err)))
		}
	}
	var ids []string // that the list has not
	for id := range cached {
		if s := c.list.Find(id); s == nil || s.ID != id {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		why := "the list has no such Id" + c.Near(id)
		c.lint = append(c.lint, servicelist.RuleFinding(id, bcperr.ServiceUnknown, why))
	}
}

func (r *CacheRule) isGiven() bool {
	return len(r.Stylesheet) > 0 || r.Strategy != "" || r.Duration != ""
}

// ready makes the rule of a service. Errors: cache-off when there is none.
func (r *CacheRule) ready(compiler *cachekey.Compiler, service string) (*cachekey.Rule, error) {
	stylesheet := string(r.Stylesheet)
	if stylesheet == "" {
		stylesheet = builtIn(service)
	}
	if stylesheet == "" && !r.isGiven() {
		return nil, bcperr.New(bcperr.CacheOff, "the list has no Cache for it: give it a rule in cache.rules")
	}
	if stylesheet == "" || len(stylesheet) > MaxStylesheetBytes {
		return nil, bcperr.New(bcperr.CacheInvalid, "expected a Stylesheet of 1 to %d bytes, got %d",
			MaxStylesheetBytes, len(stylesheet))
	}
	cache, err := servicelist.NewCache(r.Strategy, stylesheet, r.Duration)
	if err != nil {
		return nil, err
	}
	return compiler.Rule(cache, nil)
}

// CacheKey returns the key under which the catalogue has the answer to a request cached, and what the stylesheet said
// by xsl:message. Both may name a patient.
//
// Errors: service-unknown; the reason why the cache is off (cache-off for a service without one, cache-invalid,
// expiry-invalid, key-not-signed, key-constant, xslt-invalid, xslt-forbidden); soap-malformed, xslt-failed, key-empty,
// limit-exceeded, input-too-large.
func (c *Catalogue) CacheKey(target string, request []byte) (cachekey.Key, error) {
	s := c.list.Find(target)
	if s == nil {
		return cachekey.Key{}, c.unknown(target)
	}
	return c.keyOf(s, request)
}

func (c *Catalogue) keyOf(s *servicelist.Service, request []byte) (cachekey.Key, error) {
	r := c.caches[s]
	switch {
	case r == nil:
		return cachekey.Key{}, bcperr.New(bcperr.CacheOff, "the list has no Cache for service %q, and the "+
			"application no rule: give it a stylesheet (cache.rules; of a command --stylesheet)", s.ID)
	case r.err != nil:
		return cachekey.Key{}, r.err
	case len(request) > MaxMessageBytes:
		return cachekey.Key{}, bcperr.New(bcperr.InputTooLarge,
			"expected a request of at most %d bytes, got %d", MaxMessageBytes, len(request))
	}
	return r.rule.Key(request)
}

// KeyOfCall returns the key under which a call looks for its answer and keeps it, "" when it goes without cache. Where
// that lies in the request, as in one that the stylesheet says nothing of, a note tells the code; what lies in the
// catalogue is among its findings, once.
//
// Shape: a request that may not run twice has no cache, and no key is made.
func (c *Catalogue) KeyOfCall(service string, repeat failover.Repeat, request []byte) (string, []failover.Note) {
	found := c.list.Find(service)
	if rule := c.caches[found]; repeat == failover.RepeatNo || rule == nil || rule.err != nil {
		return "", nil
	}
	key, err := c.keyOf(found, request)
	if err != nil {
		return "", []failover.Note{{Kind: failover.CacheSkipped, Code: bcperr.CodeOf(err)}}
	}
	return key.Text, nil
}

// CacheKey returns the key that a stylesheet makes of a request, and what it said by xsl:message. A key that says
// nothing of the request is no error here, but marked.
//
// Errors: those of Catalogue.CacheKey that do not concern a catalogue.
func CacheKey(stylesheet, request []byte) (cachekey.Key, error) {
	if len(stylesheet) > MaxStylesheetBytes || len(request) > MaxMessageBytes {
		return cachekey.Key{}, bcperr.New(bcperr.InputTooLarge,
			"expected a stylesheet of at most %d bytes and a request of at most %d, got %d and %d",
			MaxStylesheetBytes, MaxMessageBytes, len(stylesheet), len(request))
	}
	compiled, err := cachekey.Compile(stylesheet)
	if err != nil {
		return cachekey.Key{}, err
	}
	return compiled.Key(request)
}
