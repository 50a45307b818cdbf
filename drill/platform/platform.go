package platform

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// Environment is what the drill's catalogues say of themselves. It is none of the platform's own, so that a drill
// catalogue is refused wherever a real environment is expected.
const Environment = "Drill"

// Options says how a platform runs.
type Options struct {
	// BasePort: the catalogue gets this port and the endpoints those after it, or free ones where they are taken.
	// 0: free ones only.
	BasePort int
	// Now is the clock of the answers and of IssueInstant; nil means the machine's.
	Now func() time.Time
	// MaxEvents bounds the log; 0 means 500.
	MaxEvents int
	// OnRequest gets each request that arrived whole, before it is answered; what it returns is called when the answer
	// is over. Several may be under way at once. Nil: nobody is told.
	OnRequest func(Request) (over func())
}

// Request is what arrived at an endpoint.
//
// Shape: Endpoint is its name ("etk/0", "catalogue", "sha2"), Fault how it is answered, nil when the endpoint is well.
// Body may name a patient: it is not for a log.
type Request struct {
	Endpoint string
	Fault    *Fault
	Body     []byte
}

// Event is one line of the platform's own log: what was commanded and what was asked of it.
type Event struct {
	AtMs   int64  `json:"atMs"`
	Kind   string `json:"kind"` // command | call | catalogue
	Target string `json:"target,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Platform is a running simulation. It is safe for use by several goroutines.
type Platform struct {
	options   Options
	pki       *drill.PKI
	catalogue *endpoint
	sha2      *endpoint
	endpoints []*simulated

	mu        sync.Mutex
	list      drill.List
	signer    drill.Signer
	signedBy  string
	published publication
	events    []Event
}

// simulated is an endpoint of a service.
type simulated struct {
	*endpoint
	spec  spec
	order int
	site  Site
}

// Start opens every listener and publishes the first catalogue: main endpoints ACTIVE, no caches.
//
// Errors: BadCall when the machine gives no port.
func Start(options Options) (*Platform, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.MaxEvents == 0 {
		options.MaxEvents = 500
	}
	pki, err := drill.NewPKI()
	if err != nil {
		return nil, err
	}
	p := &Platform{options: options, pki: pki, signer: pki.Signer, signedBy: "signer"}
	if err := p.openAll(); err != nil {
		p.Close()
		return nil, err
	}
	p.list = p.firstList()
	if err := p.publish(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Platform) openAll() error {
	port := p.options.BasePort
	open := func(e *endpoint) error {
		e.called, e.onRequest = p.called, p.options.OnRequest
		addr := "127.0.0.1:0"
		if port > 0 {
			addr = fmt.Sprintf("127.0.0.1:%d", port)
			port++
		}
		err := e.open(addr)
		if err != nil && port > 0 {
			err = e.open("127.0.0.1:0") // taken: any other will do, the catalogue says which
		}
		return err
	}
	p.catalogue = &endpoint{name: "catalogue", path: "/servicelist.xml", answer: p.answerCatalogue}
	p.sha2 = &endpoint{name: "sha2", path: "/servicelist.sha2", answer: p.answerSHA2}
	for _, e := range []*endpoint{p.catalogue, p.sha2} {
		if err := open(e); err != nil {
			return err
		}
	}
	for _, s := range specs {
		for order, site := range s.sites {
			e := &endpoint{name: fmt.Sprintf("%s/%d", s.short, order), path: s.path, answer: p.answerOf(s)}
			if err := open(e); err != nil {
				return err
			}
			p.endpoints = append(p.endpoints, &simulated{e, s, order, site})
		}
	}
	return nil
}

// Close ends every listener and connection. Nothing is left behind: the platform writes no files.
func (p *Platform) Close() {
	for _, e := range []*endpoint{p.catalogue, p.sha2} {
		if e != nil {
			e.close()
		}
	}
	for _, s := range p.endpoints {
		s.close()
	}
}

// Anchors returns the certificates that a client must trust to accept the drill's catalogues, as PEM.
func (p *Platform) Anchors() []byte { return drill.PEM(p.pki.Root) }

// Published returns the file that is served as the catalogue now.
func (p *Platform) Published() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.published.bytes
}

// CatalogueURL is where the catalogue is published. The URL of its .sha2 is SHA2URL.
func (p *Platform) CatalogueURL() string { return p.catalogue.url() }

// SHA2URL is where the small text is published that changes whenever the catalogue does.
func (p *Platform) SHA2URL() string { return p.sha2.url() }

// ServiceID returns the catalogue's Id of a service that commands call by its short name, and whether there is one.
func (p *Platform) ServiceID(short string) (string, bool) {
	for _, s := range specs {
		if s.short == short {
			return s.id, true
		}
	}
	return "", false
}

// URL returns the address of an endpoint by its name ("etk/0"), and whether there is one.
func (p *Platform) URL(name string) (string, bool) {
	for _, s := range p.endpoints {
		if s.name == name {
			return s.url(), true
		}
	}
	return "", false
}

// Name returns the endpoint's name ("etk/0") for an address, or the address itself when it is none of ours.
func (p *Platform) Name(url string) string {
	for _, s := range p.endpoints {
		if s.url() == url {
			return s.name
		}
	}
	return url
}

// Hosts returns the host:port of every endpoint at a site.
func (p *Platform) Hosts(site Site) []string {
	var hosts []string
	for _, s := range p.endpoints {
		if s.site == site {
			hosts = append(hosts, s.addr)
		}
	}
	return hosts
}

// called logs a call that arrived, with the fault that will answer it. Never the request: it may name a patient.
func (p *Platform) called(name string, f *Fault) {
	detail := "answered"
	if f != nil {
		detail = f.String()
	}
	kind := "call"
	if name == "catalogue" || name == "sha2" {
		kind = "catalogue"
	}
	p.log(kind, name, detail)
}

func (p *Platform) log(kind, target, detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, Event{p.options.Now().UnixMilli(), kind, target, detail})
	if extra := len(p.events) - p.options.MaxEvents; extra > 0 {
		p.events = p.events[extra:]
	}
}

// answerCatalogue serves the file in force.
func (p *Platform) answerCatalogue(*http.Request, []byte) answered {
	p.mu.Lock()
	defer p.mu.Unlock()
	return answered{contentType: p.published.contentType, body: p.published.bytes}
}

func (p *Platform) answerSHA2(*http.Request, []byte) answered {
	p.mu.Lock()
	defer p.mu.Unlock()
	return answered{contentType: "text/plain; charset=utf-8", body: drill.SHA2(p.published.bytes)}
}

// isLoopback reports whether a host name or address is this machine's own.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
