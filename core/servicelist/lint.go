package servicelist

import (
	"strconv"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// remark adds a finding that changes nothing.
func (p *parser) remark(code bcperr.Code, place, detail string) {
	p.list.Lint = append(p.list.Lint, bcperr.NewFinding(code, place, "%s", detail))
}

// quarantine adds a finding against s; the first one stays its code.
func (p *parser) quarantine(s *Service, code bcperr.Code, place, detail string) {
	if s.Quarantined == "" {
		s.Quarantined = code
	}
	p.remark(code, place, detail)
}

func servicePlace(s *Service) string { return "service " + bcperr.Quote(s.ID) }

func endpointPlace(s *Service, number int) string {
	return servicePlace(s) + ", endpoint " + strconv.Itoa(number)
}

// remarkActive tells of a service that may be used but has not exactly one ACTIVE endpoint.
func (p *parser) remarkActive(s *Service) {
	active := 0
	for i := range s.Endpoints {
		if s.Endpoints[i].Status == Active {
			active++
		}
	}
	switch {
	case s.Quarantined != "" || active == 1:
	case active == 0:
		p.remark(bcperr.NoneActive, servicePlace(s), "no endpoint is ACTIVE: the service is published as down")
	default:
		p.remark(bcperr.SeveralActive, servicePlace(s), strconv.Itoa(active)+
			" endpoints are ACTIVE: the first of them by Order is the choice")
	}
}

// index fills the maps that Find uses, and tells of Ids and URLs that two services have.
func (p *parser) index() {
	l := p.list
	l.byID = make(map[string]*Service, len(l.Services))
	told := make(map[*Service]bool) // first services of an Id that others have too
	for i := range l.Services {
		s := &l.Services[i]
		first, known := l.byID[s.ID]
		if !known {
			l.byID[s.ID] = s
			continue
		}
		if !told[first] {
			told[first] = true
			p.duplicate(first)
		}
		p.duplicate(s)
	}
	p.indexURLs()
}

func (p *parser) duplicate(s *Service) {
	p.quarantine(s, bcperr.ServiceDuplicate, servicePlace(s), "another service has the same Id")
}

func (p *parser) indexURLs() {
	byURL := make(map[string]*Service, len(p.urls))
	for _, u := range p.urls {
		other, known := byURL[u.key]
		switch {
		case !known:
			byURL[u.key] = u.service
		case other != u.service:
			byURL[u.key] = nil
			p.remark(bcperr.URLShared, servicePlace(u.service), "another service has the endpoint "+bcperr.Quote(u.key)+
				": it finds neither")
		case other.Quarantined == "":
			p.remark(bcperr.URLDuplicate, endpointPlace(u.service, u.number), "the service has this URL already: "+
				"when one of the two fails, so does the other")
		}
	}
	p.list.byURL = byURL
}
