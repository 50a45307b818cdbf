package servicelist

import (
	"cmp"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// The attribute that names the kind of Key is misspelled in the schema. Source: BCP XSD 2.0, CacheType.
const attrTranform = "Tranform" // sic

// readCaches reads the Cache elements from n on, of which the schema allows one, and returns the element after them. A
// Cache that breaks a rule is off; only a comment inside one of its values costs the list (see value).
func (p *parser) readCaches(s *Service, parent, n *xmldoc.Node) (*xmldoc.Node, error) {
	for n != nil && n.Is(p.space, "Cache") {
		c, err := p.readCache(n)
		if bcperr.CodeOf(err) == bcperr.XMLForbidden {
			return nil, err
		}
		if s.Cache != nil {
			c, err = &Cache{}, schemaError("expected one Cache in Service, got two")
		}
		if err != nil {
			if c.Off = bcperr.CodeOf(err); c.Off == bcperr.SchemaInvalid {
				c.Off = bcperr.CacheInvalid
			}
			p.list.Lint = append(p.list.Lint, CacheFinding(s, c.Off, bcperr.DetailOf(err)))
		}
		s.Cache = c
		if n, err = nextElement(parent, n.Next); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// CacheFinding says what is wrong with the Cache of a service, and what that costs: the list and the service stay.
func CacheFinding(s *Service, code bcperr.Code, detail string) bcperr.Finding {
	cost := "the cache of this service is off: "
	if code == bcperr.KeyNotSigned {
		cost = "the cache of this service is off unless the application has its own copy of the stylesheet: "
	}
	return bcperr.NewFinding(code, servicePlace(s)+", cache", "%s%s", cost, detail)
}

// RuleFinding says what is wrong with the rule that the application has for the cache of a service.
func RuleFinding(id string, code bcperr.Code, detail string) bcperr.Finding {
	cost := "the cache of this service is off: "
	if code == bcperr.RuleUnused {
		cost = "the cache of this service is that of the list: "
	}
	return bcperr.NewFinding(code, "service "+bcperr.Quote(id)+", rule of the application", "%s%s", cost, detail)
}

// readCache reads one Cache. An error other than xml-forbidden switches it off; what was read until then is in it.
func (p *parser) readCache(n *xmldoc.Node) (*Cache, error) {
	c := &Cache{}
	if err := checkAttributes(n, "Strategy"); err != nil {
		return c, err
	}
	strategy, _ := n.AttrValue("Strategy")
	if strategy != string(EndpointFirst) && strategy != string(CacheFirst) {
		return c, schemaError("expected Strategy ENDPOINT_FIRST or CACHE_FIRST, got %s", bcperr.Quote(strategy))
	}
	c.Strategy = Strategy(strategy)
	key, err := p.cachePart(n, n.FirstChild, "Key")
	if err != nil {
		return c, err
	}
	expiry, err := p.cachePart(n, key.Next, "Expiry")
	if err != nil {
		return c, err
	}
	if extra, err := nextElement(n, expiry.Next); err != nil || extra != nil {
		return c, schemaError("expected only Key and Expiry in Cache")
	}
	// Both values are read before either is judged: a comment in one must not hide behind a flaw in the other.
	keyText, keyErr := value(key)
	expiryText, expiryErr := value(expiry)
	if err := cmp.Or(forbidden(keyErr), forbidden(expiryErr), keyErr, expiryErr); err != nil {
		return c, err
	}
	if err := c.readExpiry(expiry, expiryText); err != nil {
		return c, err
	}
	return c, c.readKey(key, keyText)
}

// NewCache returns the Cache that an application gives to a service, judged as one in a list would be.
//
// Shape: strategy "" is ENDPOINT_FIRST; duration is an xs:duration, "" for Expiry none.
// Errors: cache-invalid, expiry-invalid.
func NewCache(strategy Strategy, stylesheet, duration string) (*Cache, error) {
	c := &Cache{Strategy: cmp.Or(strategy, EndpointFirst), KeyInline: true, Key: stylesheet, Expiry: ExpiryNone}
	if c.Strategy != EndpointFirst && c.Strategy != CacheFirst {
		return nil, bcperr.New(bcperr.CacheInvalid, "expected Strategy ENDPOINT_FIRST or CACHE_FIRST, got %s",
			bcperr.Quote(string(strategy)))
	}
	if duration == "" {
		return c, nil
	}
	c.Expiry = ExpiryTTL
	return c, c.readDuration(duration)
}

// cachePart returns the first element from n on, which must have that name.
func (p *parser) cachePart(parent, n *xmldoc.Node, name string) (*xmldoc.Node, error) {
	n, err := nextElement(parent, n)
	if err == nil && (n == nil || !n.Is(p.space, name)) {
		err = schemaError("expected %s in Cache, got %s", name, describe(n))
	}
	return n, err
}

// forbidden returns err when it costs the list, else nil.
func forbidden(err error) error {
	if bcperr.CodeOf(err) == bcperr.XMLForbidden {
		return err
	}
	return nil
}

// readKey reads the stylesheet or its location. It comes last, because key-not-signed is a flaw that the application
// can make good, and the others are not.
func (c *Cache) readKey(n *xmldoc.Node, text string) error {
	if err := checkAttributes(n, attrTranform, "Inline"); err != nil {
		return err
	}
	if kind, _ := n.AttrValue(attrTranform); kind != "xslt" {
		return schemaError(`expected Key with %s="xslt", got %s`, attrTranform, bcperr.Quote(kind))
	}
	inline, _ := n.AttrValue("Inline")
	var err error
	if c.KeyInline, err = xsdtype.ParseBoolean(inline); err != nil {
		return schemaError("Inline: %s", bcperr.DetailOf(err))
	}
	if c.KeyInline {
		c.Key = text
		return nil
	}
	location := xsdtype.Collapse(text)
	if _, err := parseURL(location); err != nil {
		return schemaError("the location of the stylesheet is not a plain https URL: %w", err)
	}
	c.Key = location
	return bcperr.New(bcperr.KeyNotSigned, `Inline="false": the signature does not cover the stylesheet`)
}

// maxTTLDays bounds a ttl, a month counted as 30 days: what is older than a quarter of a year is no answer for a
// patient of today.
const maxTTLDays = 92

func (c *Cache) readExpiry(n *xmldoc.Node, text string) error {
	if err := checkAttributes(n, "Type", "Duration"); err != nil {
		return err
	}
	kind, _ := n.AttrValue("Type")
	if kind != string(ExpiryNone) && kind != string(ExpiryTTL) {
		return bcperr.New(bcperr.ExpiryInvalid, "expected Expiry with Type none or ttl, got %s", bcperr.Quote(kind))
	}
	c.Expiry = Expiry(kind)
	duration, given := n.AttrValue("Duration")
	if !given {
		if c.Expiry == ExpiryNone {
			return nil
		}
		duration = text // the reference client looks there, and the schema allows text
	}
	return c.readDuration(duration)
}

func (c *Cache) readDuration(duration string) (err error) {
	c.DurationText = xsdtype.Collapse(duration)
	if c.duration, err = xsdtype.ParseDuration(duration); err != nil {
		return bcperr.New(bcperr.ExpiryInvalid, "Duration: %s", bcperr.DetailOf(err))
	}
	days := c.duration.Months*30 + c.duration.Seconds/86400
	if c.Expiry == ExpiryTTL && (!c.duration.IsPositive() || days > maxTTLDays) {
		return bcperr.New(bcperr.ExpiryInvalid,
			"expected a Duration longer than nothing and of at most %d days, got %s", maxTTLDays,
			bcperr.Quote(duration))
	}
	return nil
}
