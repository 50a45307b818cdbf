package servicelist

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// versions maps the namespaces of the schemas to their versions.
var versions = map[string]int{dsig.NamespaceV1: 1, dsig.NamespaceV2: 2}

// Parse reads a verified list.
//
// Errors: schema-invalid, xml-forbidden, as the package documentation says; bad-call for a Verified that Verify did not
// make.
// Source: BCP XSD 1.0 and 2.0.
func Parse(v dsig.Verified) (*ServiceList, error) {
	root := v.Root()
	if root == nil {
		return nil, bcperr.New(bcperr.BadCall, "expected a list that was verified")
	}
	l, err := parse(root)
	if err != nil {
		return nil, err
	}
	l.Signer, l.digest = v.Signer(), v.ContentDigest()
	l.Lint = append(l.Lint, v.Findings()...)
	return l, nil
}

// parse reads a ServiceList element that has no Signature in it.
func parse(root *xmldoc.Node) (*ServiceList, error) {
	p := &parser{space: root.Name.Space, list: &ServiceList{Version: versions[root.Name.Space]}}
	if err := p.readRoot(root); err != nil {
		return nil, err
	}
	if err := p.readServices(root); err != nil {
		return nil, err
	}
	p.index()
	return p.list, nil
}

type parser struct {
	space     string
	list      *ServiceList
	urls      []located
	endpoints []Endpoint // not taken yet
}

// located is an endpoint's URL, in the form under which it is found, with its service.
type located struct {
	key     string
	service *Service
	number  int // of the endpoint in the document, from 1
}

func (p *parser) readRoot(root *xmldoc.Node) (err error) {
	l := p.list
	if err := checkAttributes(root, "Id", "IssueInstant", "Environment"); err != nil {
		return err
	}
	l.ID, _ = root.AttrValue("Id") // Verify checked that it is there
	if l.Environment, err = required(root, "Environment"); err != nil {
		return err
	}
	if l.Environment == "" {
		return schemaError("expected an Environment, got an empty one")
	}
	if l.IssueInstantText, err = required(root, "IssueInstant"); err != nil {
		return err
	}
	instant, err := xsdtype.ParseDateTime(l.IssueInstantText)
	if err != nil {
		return schemaError("IssueInstant: %s", bcperr.DetailOf(err))
	}
	if !instant.Zoned {
		return schemaError("expected an IssueInstant with a time zone, got %s", bcperr.Quote(l.IssueInstantText))
	}
	l.IssueInstant = instant.Time
	return nil
}

func (p *parser) readServices(root *xmldoc.Node) error {
	count := 0
	for range root.Elements() {
		count++
	}
	p.list.Services = make([]Service, 0, count)
	p.urls = make([]located, 0, 2*count) // most services have two endpoints
	n, err := nextElement(root, root.FirstChild)
	for ; n != nil; n, err = nextElement(root, n.Next) {
		if !n.Is(p.space, "Service") {
			return schemaError("expected Service in ServiceList, got %s", describe(n))
		}
		if err := p.readService(n); err != nil {
			return err
		}
	}
	if err == nil && count == 0 {
		return schemaError("expected at least one Service")
	}
	return err
}

func (p *parser) readService(n *xmldoc.Node) (err error) {
	p.list.Services = append(p.list.Services, Service{})
	s := &p.list.Services[len(p.list.Services)-1]
	if err := checkAttributes(n, "Id", "Name"); err != nil {
		return err
	}
	if s.ID, err = required(n, "Id"); err != nil {
		return err
	}
	if s.Name, err = required(n, "Name"); err != nil {
		return err
	}
	p.checkID(s)
	if strings.ContainsFunc(s.Name, isOdd) {
		p.remark(bcperr.ServiceNameQuirk, servicePlace(s), "the Name has markup, or characters that do not print")
	}
	next, err := nextElement(n, n.FirstChild)
	if err != nil {
		return err
	}
	if p.list.Version == 1 {
		next, err = p.readEndpoints(s, n, next)
	} else {
		next, err = p.readEndpointList(s, n, next)
		if err == nil {
			next, err = p.readCaches(s, n, next)
		}
	}
	if err == nil && next != nil {
		return schemaError("expected no %s there in Service", describe(next))
	}
	p.remarkActive(s)
	return err
}

// maxID bounds a service Id in octets. The longest in a genuine list has 80.
const maxID = 1000

// checkID quarantines a service whose Id cannot be looked up, and remarks one that looks mistyped.
func (p *parser) checkID(s *Service) {
	if s.ID == "" || len(s.ID) > maxID {
		p.quarantine(s, bcperr.ServiceIDInvalid, servicePlace(s), "expected an Id of 1 to 1,000 octets")
		return
	}
	for i := 0; i < len(s.ID); i++ {
		c := s.ID[i]
		isAlnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !isAlnum && strings.IndexByte(":-._/", c) < 0 {
			p.remark(bcperr.ServiceIDQuirk, servicePlace(s), "the Id has characters other than letters, digits and : "+
				"- . _ /")
			return
		}
	}
}

// isOdd: markup, and what does not print, as the controls of writing direction.
func isOdd(r rune) bool { return r == '<' || r == '>' || !strconv.IsPrint(r) }

// readEndpointList reads the EndpointList of version 2 and returns the element after it.
func (p *parser) readEndpointList(s *Service, parent, n *xmldoc.Node) (*xmldoc.Node, error) {
	if n == nil || !n.Is(p.space, "EndpointList") {
		return nil, schemaError("expected EndpointList in Service, got %s", describe(n))
	}
	if err := checkAttributes(n); err != nil {
		return nil, err
	}
	first, err := nextElement(n, n.FirstChild)
	if err != nil {
		return nil, err
	}
	after, err := p.readEndpoints(s, n, first)
	if err != nil {
		return nil, err
	}
	if after != nil {
		return nil, schemaError("expected no %s there in EndpointList", describe(after))
	}
	return nextElement(parent, n.Next)
}

// MaxEndpoints bounds the endpoints of a service, and so the work of one choice. The most in a genuine list is 3
// (production, 2022).
const MaxEndpoints = 64

// readEndpoints reads the Endpoint elements from n on and returns the element after them.
func (p *parser) readEndpoints(s *Service, parent, n *xmldoc.Node) (*xmldoc.Node, error) {
	count := 0
	for e := n; e != nil && e.Is(p.space, "Endpoint"); e = e.NextElement() {
		count++
	}
	if count == 0 {
		return nil, schemaError("expected Endpoint in %s, got %s", parent.Name.Local, describe(n))
	}
	s.Endpoints = p.takeEndpoints(count)
	var err error
	for i := range s.Endpoints {
		if s.Endpoints[i], err = p.readEndpoint(s, n, i+1); err != nil {
			return nil, err
		}
		if n, err = nextElement(parent, n.Next); err != nil {
			return nil, err
		}
	}
	if count > MaxEndpoints {
		p.quarantine(s, bcperr.LimitExceeded, servicePlace(s), "expected at most "+
			strconv.Itoa(MaxEndpoints)+" endpoints, got "+strconv.Itoa(count))
	}
	p.sortEndpoints(s)
	return n, nil
}

// takeEndpoints returns room for n endpoints out of larger pieces: thousands of small ones are slow in WebAssembly.
func (p *parser) takeEndpoints(n int) []Endpoint {
	if len(p.endpoints) < n {
		p.endpoints = make([]Endpoint, max(n, 256))
	}
	taken := p.endpoints[:n:n]
	p.endpoints = p.endpoints[n:]
	return taken
}

// sortEndpoints puts the endpoints in Order and quarantines a service that leaves it open which comes first.
func (p *parser) sortEndpoints(s *Service) {
	slices.SortStableFunc(s.Endpoints, func(a, b Endpoint) int { return cmp.Compare(a.Order, b.Order) })
	for i := 1; i < len(s.Endpoints); i++ {
		if s.Endpoints[i].Order == s.Endpoints[i-1].Order {
			p.quarantine(s, bcperr.OrderDuplicate, servicePlace(s), "two endpoints have one Order")
			return
		}
	}
}

// maxOrder bounds Order; xs:integer has no bound. The largest in a genuine list is 2.
const maxOrder = 1<<31 - 1

// readEndpoint reads the Endpoint that stands at that number in its service, from 1.
func (p *parser) readEndpoint(s *Service, n *xmldoc.Node, number int) (e Endpoint, err error) {
	if err := checkAttributes(n, "Order", "Status"); err != nil {
		return e, err
	}
	if e.Order, err = p.readOrder(s, n, number); err != nil {
		return e, err
	}
	status, err := required(n, "Status")
	if err != nil {
		return e, err
	}
	if e.Status = Status(status); e.Status != Active && e.Status != Inactive {
		return e, schemaError("expected Status ACTIVE or INACTIVE, got %s", bcperr.Quote(status))
	}
	text, err := value(n)
	if err != nil {
		return e, err
	}
	u, err := parseURL(text)
	if err != nil {
		p.quarantine(s, bcperr.URLInvalid, endpointPlace(s, number), "not a plain https URL: "+err.Error())
		return e, nil
	}
	p.urls = append(p.urls, located{u.key(), s, number})
	if isBlocked(u.port) {
		p.remark(bcperr.PortBlocked, endpointPlace(s, number), "no browser calls port "+u.port+
			": pages cannot reach this endpoint")
	}
	e.URL = text
	return e, nil
}

func (p *parser) readOrder(s *Service, n *xmldoc.Node, number int) (int, error) {
	text, err := required(n, "Order")
	if err != nil {
		return 0, err
	}
	order, err := xsdtype.ParseInteger(text)
	if err != nil && bcperr.CodeOf(err) != bcperr.LimitExceeded {
		return 0, schemaError("Order: %s", bcperr.DetailOf(err))
	}
	if err != nil || order < 0 || order > maxOrder {
		p.quarantine(s, bcperr.OrderInvalid, endpointPlace(s, number),
			"expected an Order from 0 to 2,147,483,647, got "+bcperr.Quote(text))
		return maxOrder, nil
	}
	return int(order), nil
}
