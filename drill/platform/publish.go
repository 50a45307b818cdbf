package platform

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// Bad names a publication that a client must refuse.
type Bad string

// The bad publications, with the code that a client refuses each with.
const (
	Tampered Bad = "tampered" // a status changed after signing: digest-mismatch
	Older    Bad = "older"    // signed well, issued before the one in force: catalogue-rollback
	Expired  Bad = "expired"  // the signer's certificate has ended: signer-expired
	Foreign  Bad = "foreign"  // another authority's signer of the same name: signer-untrusted
	Page     Bad = "page"     // an HTML page: xml-malformed
)

var bads = []Bad{Tampered, Older, Expired, Foreign, Page}

// rotatedSerial is the serial number of the second signer; any that differs from the first's will do.
const rotatedSerial = 9001

// publication is the file that is served.
type publication struct {
	bytes       []byte
	contentType string
	issued      time.Time
	bad         Bad
}

func (p *Platform) firstList() drill.List {
	list := drill.List{Version: 2, Environment: Environment}
	for _, s := range specs {
		list.Services = append(list.Services, drill.Service{ID: s.id, Name: s.name})
	}
	for _, e := range p.endpoints {
		status := drill.Inactive
		if e.order == 0 {
			status = drill.Active
		}
		i := slices.IndexFunc(list.Services, func(s drill.Service) bool { return s.ID == e.spec.id })
		list.Services[i].Endpoints = append(list.Services[i].Endpoints, drill.Endpoint{Order: e.order, Status: status,
			URL: e.url()})
	}
	return list
}

// publish signs the list as it stands, with an instant later than the one before, and serves it.
func (p *Platform) publish() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.options.Now().Truncate(time.Millisecond)
	if !now.After(p.list.IssueInstant) {
		now = p.list.IssueInstant.Add(time.Millisecond)
	}
	p.list.IssueInstant = now
	file, err := drill.Sign(p.list, p.signer, now)
	if err != nil {
		return err
	}
	p.published = publication{file, "application/xml", now, ""}
	return nil
}

// publishBad serves a file that a client must refuse. The good list stays as it is, for the next publish.
func (p *Platform) publishBad(kind Bad) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list.Clone()
	list.IssueInstant = p.options.Now().Truncate(time.Millisecond)
	if !list.IssueInstant.After(p.list.IssueInstant) {
		list.IssueInstant = p.list.IssueInstant.Add(time.Millisecond)
	}
	file, err := p.badFile(kind, list)
	if err != nil {
		return err
	}
	contentType := "application/xml"
	if kind == Page {
		contentType = "text/html; charset=utf-8"
	}
	p.published = publication{file, contentType, list.IssueInstant, kind}
	return nil
}

func (p *Platform) badFile(kind Bad, list drill.List) ([]byte, error) {
	now := list.IssueInstant
	switch kind {
	case Tampered:
		file, err := drill.Sign(list, p.signer, now)
		return bytes.Replace(file, []byte(`Status="INACTIVE"`), []byte(`Status="ACTIVE"`), 1), err
	case Older:
		list.IssueInstant = now.Add(-24 * time.Hour)
		return drill.Sign(list, p.signer, list.IssueInstant)
	case Expired:
		signer, err := p.pki.IssueSigner("signer", rotatedSerial+1, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1)
		})
		if err != nil {
			return nil, err
		}
		return drill.Sign(list, signer, now)
	case Foreign:
		foreign, err := drill.NewForeignPKI()
		if err != nil {
			return nil, err
		}
		return drill.Sign(list, foreign.Signer, now)
	case Page:
		return []byte("<!doctype html><title>Sign in</title><p>Please sign in to the hospital's network.</p>\n"), nil
	}
	return nil, unknownBad(kind)
}

// change alters the list that will be published, as a command says.
func (p *Platform) change(words []string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case len(words) == 0: // the same list again, with a later instant
		return nil
	case words[0] == "main" && len(words) == 1:
		return p.switchSite(SiteEHealth)
	case words[0] == "site" && len(words) == 2:
		return p.switchSite(Site(words[1]))
	case words[0] == "switch" && len(words) == 2:
		e, err := p.endpoint(words[1])
		if err != nil {
			return err
		}
		return p.list.Switch(e.spec.id, e.order)
	case words[0] == "inactive" && len(words) == 2:
		return p.silence(words[1])
	case words[0] == "cache" && (len(words) == 3 || len(words) == 4):
		return p.changeCache(words[1:])
	case words[0] == "signer" && len(words) == 2:
		return p.changeSigner(words[1])
	}
	return bcperr.New(bcperr.ScenarioInvalid, "publish takes main, site SITE, switch ENDPOINT, inactive SERVICE, "+
		"cache SERVICE STRATEGY|off [DURATION], signer NAME or bad KIND, got %q", strings.Join(words, " "))
}

// switchSite makes the endpoints of one site the active ones; a service that has none there stays as it is.
func (p *Platform) switchSite(site Site) error {
	found := false
	for _, e := range p.endpoints {
		if e.site == site {
			found = true
			if err := p.list.Switch(e.spec.id, e.order); err != nil {
				return err
			}
		}
	}
	if !found {
		return bcperr.New(bcperr.ScenarioInvalid, "unknown site %q%s, expected one of %v", site,
			bcperr.Nearest(string(site), texts(allSites)), allSites)
	}
	return nil
}

// silence leaves a service without an active endpoint.
func (p *Platform) silence(service string) error {
	id, found := p.ServiceID(service)
	if !found {
		return p.unknownService(service)
	}
	for _, e := range p.endpoints {
		if e.spec.id == id {
			if err := p.list.SetStatus(id, e.order, drill.Inactive); err != nil {
				return err
			}
		}
	}
	return nil
}

const defaultDuration = "P30D" // the rule for a regular patient's insurability

func (p *Platform) changeCache(words []string) error {
	i := slices.IndexFunc(specs, func(s spec) bool { return s.short == words[0] })
	if i < 0 {
		return p.unknownService(words[0])
	}
	strategy, duration := words[1], defaultDuration
	if len(words) == 3 {
		duration = words[2]
	}
	switch strategy {
	case "off":
		return p.list.SetCache(specs[i].id, nil)
	case "ENDPOINT_FIRST", "CACHE_FIRST":
		cache := specs[i].cache(strategy, duration)
		if cache == nil {
			return bcperr.New(bcperr.ScenarioInvalid, "%s has no cache: its answers are for one moment only", words[0])
		}
		return p.list.SetCache(specs[i].id, cache)
	}
	return bcperr.New(bcperr.ScenarioInvalid, "unknown cache strategy %q, expected ENDPOINT_FIRST, CACHE_FIRST or off",
		strategy)
}

// changeSigner takes another signer of the same authority, as the platform does when a certificate nears its end.
func (p *Platform) changeSigner(name string) error {
	switch name {
	case "signer":
		p.signer = p.pki.Signer
	case "rotated":
		signer, err := p.pki.IssueSigner("rotated", rotatedSerial, nil)
		if err != nil {
			return err
		}
		p.signer = signer
	default:
		return bcperr.New(bcperr.ScenarioInvalid, "unknown signer %q, expected signer or rotated", name)
	}
	p.signedBy = name
	return nil
}
