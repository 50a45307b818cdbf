package drill

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Namespaces and names of the wire.
const (
	nsProtocol = "urn:be:fgov:ehealth:bcp:protocol:v"
	nsDSig     = "http://www.w3.org/2000/09/xmldsig#"
	nsXAdES    = "http://uri.etsi.org/01903/v1.3.2#"

	attrTranform = "Tranform" // sic, BCP XSD 2.0 CacheType
)

// instantLayout writes an xs:dateTime as the platform does: milliseconds and the zone.
const instantLayout = "2006-01-02T15:04:05.000Z07:00"

// build makes the unsigned document: the declaration and a ServiceList whose attributes stand in the order of the
// genuine files (alphabetical: Xerces sorts them).
//
// Errors: BadCall for a version that is not 1 or 2, a cache in version 1, or text that XML cannot hold.
func build(l List) (*etree.Document, error) {
	if l.Version != 1 && l.Version != 2 {
		return nil, bcperr.New(bcperr.BadCall, "version %d, want 1 or 2", l.Version)
	}
	for _, word := range append(contentOf(l), l.ID, l.Environment) {
		if i := strings.IndexFunc(word, isNotXML); i >= 0 {
			return nil, bcperr.New(bcperr.BadCall, "%q holds a character that XML cannot", word)
		}
	}
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8" standalone="no"`)
	doc.CreateText("\n")
	root := child(&doc.Element, "ServiceList",
		"xmlns", nsProtocol+strconv.Itoa(l.Version),
		"xmlns:ns2", nsDSig,
		"Environment", l.Environment,
		"Id", rootID(l),
		"IssueInstant", l.IssueInstant.Format(instantLayout))
	for _, s := range l.Services {
		if s.Cache != nil && l.Version == 1 {
			return nil, bcperr.New(bcperr.BadCall, "service %q has a cache, which version 1 cannot hold", s.ID)
		}
		buildService(root, l.Version, s)
	}
	doc.CreateText("\n")
	return doc, nil
}

// isNotXML also takes what is not UTF-8: it reads as U+FFFD, which nobody writes on purpose. Source: XML 1.0 §2.2,
// Char.
func isNotXML(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0xFFFD && r <= 0xFFFF
}

func buildService(root *etree.Element, version int, s Service) {
	service := child(root, "Service", "Id", s.ID, "Name", s.Name)
	endpoints := service
	if version == 2 {
		endpoints = child(service, "EndpointList")
	}
	for _, e := range s.Endpoints {
		child(endpoints, "Endpoint", "Order", strconv.Itoa(e.Order), "Status", e.Status).SetText(e.URL)
	}
	if s.Cache != nil {
		buildCache(service, s.Cache)
	}
}

func buildCache(service *etree.Element, c *Cache) {
	cache := child(service, "Cache", "Strategy", c.Strategy)
	child(cache, "Key", "Inline", strconv.FormatBool(c.Key.Inline), attrTranform, "xslt").SetText(c.Key.Text)
	expiry := child(cache, "Expiry")
	if c.Expiry.Duration != "" {
		expiry.CreateAttr("Duration", c.Expiry.Duration)
	}
	expiry.CreateAttr("Type", c.Expiry.Type)
}

// child appends an element with attributes, given as name and value by turns, and returns it.
func child(parent *etree.Element, tag string, attrs ...string) *etree.Element {
	e := parent.CreateElement(tag)
	for i := 0; i+1 < len(attrs); i += 2 {
		e.CreateAttr(attrs[i], attrs[i+1])
	}
	return e
}

// rootID is the list's own Id, else one in the platform's form that changes with the content.
func rootID(l List) string {
	if l.ID != "" {
		return l.ID
	}
	return "_" + uuidOf("list", fmt.Sprintf("%d %q %s %q", l.Version, l.Environment,
		l.IssueInstant.Format(time.RFC3339Nano), contentOf(l)))
}

// contentOf spells out the services, caches included, which %q alone would print as addresses.
func contentOf(l List) []string {
	var words []string
	for _, s := range l.Services {
		words = append(words, s.ID, s.Name)
		for _, e := range s.Endpoints {
			words = append(words, strconv.Itoa(e.Order), e.Status, e.URL)
		}
		if c := s.Cache; c != nil {
			words = append(words, c.Strategy, strconv.FormatBool(c.Key.Inline), c.Key.Text, c.Expiry.Type,
				c.Expiry.Duration)
		}
	}
	return words
}

// uuidOf derives a UUID from what it names, in the layout of a random one (the platform's are random).
func uuidOf(kind, content string) string {
	h := sha256.Sum256([]byte(kind + "\x00" + content))
	h[6] = h[6]&0x0f | 0x40
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
