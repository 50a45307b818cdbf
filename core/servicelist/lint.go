package servicelist

import (
	"strconv"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// remark adds a finding that changes nothing.
func (p *parser) remark(code bcperr.Code, place, detail string) {
	p.list.Lint = append(p.list.Lint, bcperr.Finding{Code: code, Place: place, Detail: detail})
}

// quarantine adds a finding against s; the first one stays its code.
func (p *parser) quarantine(s *Service, code bcperr.Code, place, detail string) {
	if s.Quarantined == "" {
		s.Quarantined = code
	}
	p.remark(code, place, detail)
}

func servicePlace(s *Service) string { return "service " + quote(s.ID) }

func endpointPlace(s *Service, number int) string {
	return servicePlace(s) + ", endpoint " + strconv.Itoa(number)
}

// index fills the maps that Find uses, and tells of Ids and URLs that two services have.
func (p *parser) index() {
	l := p.list
	endpoints := l.EndpointCount()
	l.byID = make(map[string]*Service, len(l.Services))
	l.byURL = make(map[string]*Service, endpoints)
	told := make(map[*Service]bool) // services already told of as duplicates
	for i := range l.Services {
		s := &l.Services[i]
		if first := l.byID[s.ID]; first != nil {
			if !told[first] {
				told[first] = true
				p.quarantine(first, bcperr.ServiceDuplicate, servicePlace(first), "another service has the same Id")
			}
			p.quarantine(s, bcperr.ServiceDuplicate, servicePlace(s), "another service has the same Id")
		} else {
			l.byID[s.ID] = s
		}
		p.indexURLs(s)
	}
}

func (p *parser) indexURLs(s *Service) {
	for _, e := range s.Endpoints {
		if e.URL == "" {
			continue
		}
		u, err := parseURL(e.URL)
		if err != nil {
			continue // unreachable: readEndpoint keeps only what parseURL takes
		}
		key := u.key()
		other, known := p.list.byURL[key]
		switch {
		case !known:
			p.list.byURL[key] = s
		case other != s:
			if other != nil {
				p.list.byURL[key] = nil
			}
			p.remark(bcperr.URLShared, servicePlace(s), "another service has the endpoint "+quote(e.URL)+": it finds neither")
		}
	}
}
