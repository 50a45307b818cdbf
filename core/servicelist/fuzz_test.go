package servicelist

import (
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// fuzzed is a list of version 2 with a bit of everything.
const fuzzed = `<ServiceList xmlns="urn:be:fgov:ehealth:bcp:protocol:v2" Id="_1" ` +
	`IssueInstant="2026-05-20T10:20:09.583+02:00" Environment="Production">
<Service Id="uddi:a:v1'" Name="A"><EndpointList><!-- x -->` +
	`<Endpoint Order="1" Status="INACTIVE">https://b.example/x</Endpoint>` +
	`<Endpoint Order="0" Status="ACTIVE">http://127.0.0.1:80/</Endpoint></EndpointList>
<Cache Strategy="CACHE_FIRST"><Key Inline="true" Tranform="xslt">&lt;x/></Key><Expiry Type="ttl" Duration="PT8H"/>` +
	`</Cache></Service>
<Service Id="b" Name="B"><EndpointList><Endpoint Order="-1" Status="ACTIVE">https://B.example:443/x</Endpoint>` +
	`</EndpointList>
<Cache Strategy="ENDPOINT_FIRST"><Key Inline="0" Tranform="xslt">https://b.example/k</Key>` +
	`<Expiry Type="none">P1Y</Expiry></Cache></Service></ServiceList>`

// FuzzParse looks for documents that break what Parse promises: a coded error, or a list whose services are found, have
// their endpoints in order, and can be called at plain URLs only.
func FuzzParse(f *testing.F) {
	f.Add([]byte(fuzzed))
	f.Add([]byte(`<ServiceList xmlns="urn:be:fgov:ehealth:bcp:protocol:v1" Id="_1" ` +
		`IssueInstant="2026-05-20T24:00:00Z" Environment="x"><Service Id="" Name="">` +
		`<Endpoint Order=" +9 " Status="ACTIVE">x</Endpoint></Service></ServiceList>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		document, err := xmldoc.Parse(data, xmldoc.CatalogueLimits)
		if err != nil || versions[document.DocumentElement().Name.Space] == 0 {
			return
		}
		l, err := parse(document.DocumentElement())
		if err != nil {
			if code := bcperr.CodeOf(err); code != bcperr.SchemaInvalid && code != bcperr.XMLForbidden {
				t.Fatalf("unexpected code: %v", err)
			}
			return
		}
		for i := range l.Services {
			requireSound(t, l, &l.Services[i])
		}
	})
}

func requireSound(t *testing.T, l *ServiceList, s *Service) {
	if found := l.Find(s.ID); found == nil || found.ID != s.ID {
		t.Fatalf("service %q is not found", s.ID)
	}
	if s.Quarantined != "" {
		return
	}
	for i, e := range s.Endpoints {
		if _, err := parseURL(e.URL); err != nil {
			t.Fatalf("service %q has endpoint %q: %v", s.ID, e.URL, err)
		}
		if found := l.Find(e.URL); found != nil && found != s && found.ID != e.URL {
			t.Fatalf("URL %q finds service %q", e.URL, found.ID)
		}
		if i > 0 && s.Endpoints[i-1].Order >= e.Order {
			t.Fatalf("service %q: endpoints are not in order", s.ID)
		}
	}
	if c := s.Cache; c != nil && c.Off == "" && (c.Strategy == "" || c.Expiry == "" || !c.KeyInline ||
		c.Expiry == ExpiryTTL && !c.duration.IsPositive()) {
		t.Fatalf("service %q: cache %+v", s.ID, c)
	}
}

// FuzzFind looks for targets that make the lookup panic.
func FuzzFind(f *testing.F) {
	document, err := xmldoc.Parse([]byte(fuzzed), xmldoc.CatalogueLimits)
	if err != nil {
		f.Fatal(err)
	}
	l, err := parse(document.DocumentElement())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("HTTPS://B.example:443/x")
	f.Add("http://[::1]:/")
	f.Fuzz(func(_ *testing.T, target string) { l.Find(target) })
}
