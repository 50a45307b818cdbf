package drill

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// MaxListBytes bounds the JSON of a list: the catalogue that it becomes may not be larger than a verifier takes.
const MaxListBytes = 4 << 20

// listJSON is a List as a person writes it.
type listJSON struct {
	Version      int           `json:"version"`
	ID           string        `json:"id"`
	Environment  string        `json:"environment"`
	IssueInstant string        `json:"issueInstant"`
	Services     []serviceJSON `json:"services"`
}

type serviceJSON struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Endpoints []json.RawMessage `json:"endpoints"`
	Cache     *cacheJSON        `json:"cache"`
}

type endpointJSON struct {
	Order  int    `json:"order"`
	Status string `json:"status"`
	URL    string `json:"url"`
}

type cacheJSON struct {
	Strategy string `json:"strategy"`
	Key      struct {
		Inline bool   `json:"inline"`
		Text   string `json:"text"`
	} `json:"key"`
	Expiry struct {
		Type     string `json:"type"`
		Duration string `json:"duration"`
	} `json:"expiry"`
}

// ParseList reads a List from JSON:
//
//	{"version": 1, "id": "_…", "environment": "Production", "issueInstant": "2026-05-20T10:20:09.583+02:00",
//	 "services": [{"id": "uddi:…", "name": "…", "endpoints": [{"order": 0, "status": "ACTIVE", "url": "https://…"}],
//	   "cache": {"strategy": "ENDPOINT_FIRST", "key": {"inline": true, "text": "<xsl:stylesheet …"},
//	     "expiry": {"type": "ttl", "duration": "PT8H"}}}]}
//
// "id" and "cache" may be left out; the cache needs version 2. An endpoint may be its URL alone: the first is then
// ACTIVE, the others are INACTIVE. An order that is left out is the endpoint's place in the list. What a verifier only
// lints, such as an odd URL or Order, or a stylesheet that is none, is let through: a drill may want it.
//
// Errors: BadCall for text that is not this form, an unknown field included; InputTooLarge.
func ParseList(text []byte) (List, error) {
	if len(text) > MaxListBytes {
		return List{}, bcperr.New(bcperr.InputTooLarge, "a list of %d bytes, at most %d", len(text), MaxListBytes)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // editors on Windows begin a file with it
	var in listJSON
	d, err := decode(text, &in)
	if err != nil {
		return List{}, bcperr.New(bcperr.BadCall, "the list: %s", bcperr.JSONFlaw(text, err))
	}
	if _, err := d.Token(); err != io.EOF {
		return List{}, bcperr.New(bcperr.BadCall, "the list: more text after the JSON object")
	}
	return in.list()
}

// decode reads the first JSON value of text, without members that into does not have.
func decode(text []byte, into any) (*json.Decoder, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d, d.Decode(into)
}

func (in listJSON) list() (List, error) {
	instant, err := time.Parse(time.RFC3339Nano, in.IssueInstant)
	if err != nil {
		return List{}, bcperr.New(bcperr.BadCall, "issueInstant %q, want RFC 3339", in.IssueInstant)
	}
	if in.Environment == "" {
		return List{}, bcperr.New(bcperr.BadCall, "the list has no environment")
	}
	if len(in.Services) == 0 {
		return List{}, bcperr.New(bcperr.BadCall, "the list has no services")
	}
	l := List{Version: in.Version, ID: in.ID, Environment: in.Environment, IssueInstant: instant}
	for i, s := range in.Services {
		service, err := s.service()
		if err != nil {
			return List{}, bcperr.New(bcperr.BadCall, "service %d (%q): %s", i, s.ID, bcperr.DetailOf(err))
		}
		l.Services = append(l.Services, service)
	}
	return l, nil
}

func (in serviceJSON) service() (Service, error) {
	s := Service{ID: in.ID, Name: in.Name}
	if in.ID == "" || in.Name == "" || len(in.Endpoints) == 0 {
		return s, bcperr.New(bcperr.BadCall, "needs an id, a name and endpoints")
	}
	for i, text := range in.Endpoints {
		e, err := endpoint(text, i)
		if err != nil {
			return s, bcperr.New(bcperr.BadCall, "endpoint %d: %s", i, bcperr.DetailOf(err))
		}
		s.Endpoints = append(s.Endpoints, e)
	}
	if c := in.Cache; c != nil {
		if err := oneOf("strategy", c.Strategy, "ENDPOINT_FIRST", "CACHE_FIRST"); err != nil {
			return s, err
		}
		if err := oneOf("expiry type", c.Expiry.Type, "none", "ttl"); err != nil {
			return s, err
		}
		s.Cache = &Cache{Strategy: c.Strategy, Key: Key(c.Key), Expiry: Expiry(c.Expiry)}
	}
	return s, nil
}

// endpoint reads one endpoint, which stands at that place in its list: an object, or its URL alone.
func endpoint(text []byte, place int) (Endpoint, error) {
	e := Endpoint{Order: place, Status: Inactive}
	if place == 0 {
		e.Status = Active
	}
	var err error
	if text[0] == '"' {
		_, err = decode(text, &e.URL)
	} else {
		in := endpointJSON{Order: place}
		_, err = decode(text, &in)
		e = Endpoint(in)
	}
	switch {
	case err != nil:
		return e, bcperr.New(bcperr.BadCall, "%s", bcperr.JSONFlaw(text, err))
	case e.URL == "":
		return e, bcperr.New(bcperr.BadCall, "needs a url")
	}
	return e, oneOf("status", e.Status, Active, Inactive)
}

func oneOf(what, got string, want ...string) error {
	if !slices.Contains(want, got) {
		return bcperr.New(bcperr.BadCall, "%s %q, want one of %q", what, got, want)
	}
	return nil
}

// SignerOf reads a signer as parseSigner does; without a key it is that of the test PKI.
//
// Errors: those of parseSigner.
func SignerOf(key, chain []byte) (Signer, error) {
	if key != nil {
		return parseSigner(key, chain)
	}
	pki, err := NewPKI()
	if err != nil {
		return Signer{}, err
	}
	return pki.Signer, nil
}
