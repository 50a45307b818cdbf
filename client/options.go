package client

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Options says what a Client trusts, where it finds the catalogue and what it tells. Environment, Catalogue and Anchors
// are needed, everything else has a default.
type Options struct {
	// Environment as the catalogue writes it: "Production", "Acceptation".
	Environment string

	// Catalogue is the address of the signed list, Hint that of the short text that changes with it; "" is the one
	// beside it (.sha2 for .xml). Copies are further addresses of the list, asked in turn when the one before does
	// not help (see Refresh).
	Catalogue string
	Hint      string
	Copies    []string

	// Anchors are PEM files with the certificates that may have issued the signer's, or the signer's itself. There is
	// no default, and the system's roots are never used. CRLs are PEM or DER. SignerCN "" is the platform's signer.
	Anchors  [][]byte
	CRLs     [][]byte
	SignerCN string

	// Stylesheets are the application's own copies of those that a catalogue names by location, by that location.
	Stylesheets map[string][]byte

	// Bundled is a signed list that came with the application, for a first start without network.
	Bundled []byte

	// Store keeps the catalogue and the states over a restart, as Dir does. Nil: nothing survives.
	Store Store

	// Transport sends the requests. Nil: one of its own, like http.DefaultTransport. CatalogueTransport fetches the
	// catalogue. Nil: Transport. One that does not call the hooks of net/http/httptrace can never prove that nothing
	// was sent, so that requests which may not run twice stay at one endpoint.
	Transport          http.RoundTripper
	CatalogueTransport http.RoundTripper

	// Policy of the calls. The zero Policy is failover.DefaultPolicy.
	Policy failover.Policy

	// Cache turns on what the catalogue or a rule prescribes. The zero Cache keeps nothing.
	Cache Cache

	// Procedures is the application's own guidance, in the form of core/procedure/guidance.json: it adds to what comes
	// along, and replaces what has the same name.
	Procedures []byte

	// Log gets an Event as a record, with its kind as the message and the rest as attributes. Nil: none.
	Log *slog.Logger

	// OnEvent gets each event, OnAttempt each send that is over, OnAccepted each list that was accepted, also the one
	// found in the Store while New runs. They are called one at a time each, may be called while others are under
	// way, and must return soon.
	OnEvent    func(Event)
	OnAttempt  func(Attempt)
	OnAccepted func(List)

	// Manual leaves it to the caller when Refresh is called: nothing is asked and nothing runs on its own.
	Manual bool

	// Now is the clock, and Random the number that spreads cool-downs and polls, for drills and tests. Nil: time.Now.
	// 0: by chance.
	Now    func() time.Time
	Random uint64
}

// Cache says which answers may be kept. They stay in memory.
//
// Shape: Services are the Ids of the services whose cache is on: as the catalogue prescribes it, else by the rule
// in Rules, else by the built-in one of the ETK depot; what has none of these stays off. Rules are by Id, of
// Services alone. An answer is found only by the user for whom it came (WithUser). ServeExpired: when nothing else
// is left, an expired answer may be served, marked as expired. In is where answers are kept, nil: in the client,
// until Close.
type Cache struct {
	Services     []string
	Rules        map[string]core.CacheRule
	ServeExpired bool
	In           *Answers
}

// complete fills in the defaults and refuses what cannot work.
func (o *Options) complete() error {
	if o.Environment == "" {
		return bcperr.New(bcperr.BadCall, "options: expected the Environment that the catalogue is for")
	}
	if len(o.Anchors) == 0 {
		return bcperr.New(bcperr.BadCall, "options: expected at least one of Anchors, there is no default")
	}
	for _, source := range o.sources() {
		if u, err := url.Parse(source.catalogue); err != nil || u.Scheme != "https" && u.Scheme != "http" ||
			u.Host == "" {
			return bcperr.New(bcperr.BadCall, "options: expected the address of a catalogue, got %q", source.catalogue)
		}
	}
	for id := range o.Cache.Rules {
		if !slices.Contains(o.Cache.Services, id) {
			return bcperr.New(bcperr.BadCall, "options: expected a rule for one of Cache.Services, got %q", id)
		}
	}
	if o.Policy == (failover.Policy{}) {
		o.Policy = failover.DefaultPolicy()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == 0 {
		o.Random = rand.Uint64N(failover.MaxRandom) // computers that start together must not ask together
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o.Policy.Check()
}

// cached are the services whose answers are kept, with the application's rules.
func (o *Options) cached() map[string]core.CacheRule {
	all := make(map[string]core.CacheRule, len(o.Cache.Services))
	for _, id := range o.Cache.Services {
		all[id] = o.Cache.Rules[id]
	}
	return all
}

// source is where a catalogue is, and the hint that may save its download; "" for none.
type source struct{ catalogue, hint string }

// sources are those of the catalogue, in the order in which they are asked.
func (o *Options) sources() []source {
	all := []source{{o.Catalogue, core.HintOf(o.Catalogue)}}
	if o.Hint != "" {
		all[0].hint = o.Hint
	}
	for _, address := range o.Copies {
		all = append(all, source{address, core.HintOf(address)})
	}
	return all
}

// newTransport returns a transport for those who bring none: as http.DefaultTransport, but with a connection kept for
// each of a server's busy workers. net/http keeps 2 for a host; the others would each shake hands anew.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	return t
}

// loadBook returns the built-in guidance with the application's own over it.
func loadBook(own []byte) (procedure.Book, error) {
	if own == nil {
		return procedure.Default(), nil
	}
	extra, err := procedure.ParseFile(own)
	if err != nil {
		return procedure.Book{}, err
	}
	return procedure.Default().With(extra)
}
