package contract

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// openArgs: an Environment of "" is any. At is zero where IsAtIssue: the list is judged at its IssueInstant. Neither is
// what an absent member means: a writer of JSON that leaves out what is empty would turn a check off.
//
// Blobs: the catalogue, Anchors files in PEM, CRLs files in PEM or DER, the stylesheets of the locations that
// Stylesheets lists, and with HeldAtMs the octets of the catalogue in force, first accepted then. A caller that has it
// open gives its handle instead, Held, and nothing is verified twice.
type openArgs struct {
	Environment string
	SignerCN    string
	At          time.Time
	IsAtIssue   bool
	Anchors     int
	CRLs        int
	Stylesheets []string
	Cached      map[string]core.CacheRule
	Held        int
	IsKept      bool
	KeptAtMs    int64
}

// UnmarshalJSON reads {"environment","atMs" or "atIssue":true,"signerCn"?,"anchors","crls"?,"stylesheets"?,"cached"?,
// "held"?,"heldAtMs"?}, with {"service","stylesheet"?,"strategy"?,"duration"?} for each that is cached, by hand: it
// stands on the path of a cold start, where reflection would have to be compiled first.
func (a *openArgs) UnmarshalJSON(text []byte) error {
	return wire.Read(text, "arguments of openCatalogue", func(r *wire.Reader) {
		r.Need("environment", "anchors")
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "environment":
				a.Environment = r.Text()
			case "signerCn":
				a.SignerCN = r.Text()
			case "atMs":
				a.At = time.UnixMilli(r.Number(0, wire.MaxInteger)).UTC()
			case "atIssue":
				a.IsAtIssue = r.Truth()
			case "anchors":
				a.Anchors = int(r.Number(0, maxHandle))
			case "crls":
				a.CRLs = int(r.Number(0, maxHandle))
			case "stylesheets":
				r.Open('[')
				for r.More(']') {
					a.Stylesheets = append(a.Stylesheets, r.Text())
				}
			case "cached":
				a.Cached = map[string]core.CacheRule{}
				r.Open('[')
				for r.More(']') {
					service, rule := readCacheRule(r)
					a.Cached[service] = rule
				}
			case "held":
				a.Held = int(r.Number(1, maxHandle))
			case "heldAtMs":
				a.IsKept, a.KeptAtMs = true, r.Number(0, wire.MaxInteger)
			default:
				r.Unknown(name)
			}
		}
		switch hasMoment := !a.At.IsZero(); {
		case !hasMoment && !a.IsAtIssue:
			r.Reject(bcperr.New(bcperr.BadCall, "arguments of openCatalogue: atMs is missing; to judge a list at its "+
				`IssueInstant, say "atIssue":true`))
		case hasMoment && a.IsAtIssue:
			r.Reject(bcperr.New(bcperr.BadCall, "arguments of openCatalogue: atMs and atIssue: a list is judged at "+
				"one moment"))
		}
	})
}

func readCacheRule(r *wire.Reader) (service string, rule core.CacheRule) {
	r.Open('{')
	for r.More('}') {
		switch name := r.Member(); string(name) {
		case "service":
			service = r.Text()
		case "stylesheet":
			rule.Stylesheet = []byte(r.Text())
		case "strategy":
			rule.Strategy = servicelist.Strategy(r.Text())
		case "duration":
			rule.Duration = r.Text()
		default:
			r.Unknown(name)
		}
	}
	return service, rule
}

func openCatalogue(s *Session, a openArgs, blobs [][]byte) (openValue, error) {
	if a.Anchors > len(blobs) || a.CRLs > len(blobs) {
		return openValue{}, bcperr.New(bcperr.BadCall, "anchors and crls count blobs, of which there are %d",
			len(blobs))
	}
	want := 1 + a.Anchors + a.CRLs + len(a.Stylesheets)
	if a.IsKept {
		want++
	}
	if a.IsKept && a.Held != 0 {
		return openValue{}, bcperr.New(bcperr.BadCall, "held and heldAtMs: the catalogue in force is either open or "+
			"given as octets")
	}
	if err := exactly(blobs, want); err != nil {
		return openValue{}, err
	}
	rest := blobs[1:]
	take := func(n int) (taken [][]byte) {
		taken, rest = rest[:n], rest[n:]
		return taken
	}
	j := core.Judgement{
		Environment: a.Environment,
		SignerCN:    a.SignerCN,
		At:          a.At,
		Anchors:     take(a.Anchors),
		CRLs:        take(a.CRLs),
		Stylesheets: map[string][]byte{},
		Cached:      a.Cached,
		Checked:     &s.checked,
	}
	for i, sheet := range take(len(a.Stylesheets)) {
		j.Stylesheets[a.Stylesheets[i]] = sheet
	}
	if a.Held != 0 {
		var err error
		if j.Held, err = s.catalogue(a.Held); err != nil {
			return openValue{}, err
		}
	}
	c, err := func() (*core.Catalogue, error) {
		if a.IsKept {
			return core.OpenAgainst(blobs[0], rest[0], time.UnixMilli(a.KeptAtMs).UTC(), j)
		}
		return core.Open(blobs[0], j)
	}()
	if err != nil {
		return openValue{}, err
	}
	handle, err := s.keep(c)
	return openValue{handle, c.Summary()}, err
}

// openValue is {"handle", …} with the members of a Summary.
type openValue struct {
	handle  int
	summary core.Summary
}

func (v openValue) appendJSON(b []byte) []byte {
	s := &v.summary
	o := wire.NewObject(b)
	o.Number("handle", int64(v.handle))
	o.Number("version", int64(s.Version))
	o.Text("id", s.ID)
	o.Text("issueInstant", s.IssueInstant)
	o.Number("issueInstantMs", s.IssueInstantMs)
	o.Text("environment", s.Environment)
	o.Number("services", int64(s.Services))
	o.Number("endpoints", int64(s.Endpoints))
	o.Key("signer")
	o.B = appendSigner(o.B, &s.Signer)
	o.Key("lint")
	o.B = wire.AppendList(o.B, len(s.Lint), func(b []byte, i int) []byte { return appendFinding(b, &s.Lint[i]) })
	return o.Close()
}

func appendSigner(b []byte, s *core.Signer) []byte {
	o := wire.NewObject(b)
	o.Text("cn", s.CN)
	o.Text("issuer", s.Issuer)
	o.Text("serial", s.Serial)
	o.Text("notBefore", s.NotBefore)
	o.Text("notAfter", s.NotAfter)
	o.Text("sha256", s.SHA256)
	return o.Close()
}

func appendFinding(b []byte, f *bcperr.Finding) []byte {
	o := wire.NewObject(b)
	o.Text("code", string(f.Code))
	o.Text("place", f.Place)
	o.Text("detail", f.Detail)
	return o.Close()
}
