package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// Judgement says by what a catalogue is judged.
//
// Shape: Anchors are PEM files with the certificates that the application trusts for this environment, none of them
// optional: without anchors nothing is trusted. SignerCN "" is the platform's signer, Environment "" is not compared.
// At is the moment of judgement: now for a file that just came, the moment of first acceptance for a stored one; the
// zero Time when nobody knows that moment: then it is the signed IssueInstant. CRLs are PEM or DER. Held is
// the catalogue in force, nil when there is none. Stylesheets are the application's own copies of those that a
// catalogue names by location, whose content its signature does not cover; without its copy such a cache is off. Cached
// are the services whose answers the application keeps, by Id, each with its own rule or the zero one; it counts where
// the catalogue gives the service no Cache. Checked, when not nil, is what one caller keeps from one Open to the next.
type Judgement struct {
	Anchors     [][]byte
	SignerCN    string
	Environment string
	At          time.Time
	CRLs        [][]byte
	Held        *Catalogue
	Stylesheets map[string][]byte // by location, as the catalogue writes it
	Cached      map[string]CacheRule
	Checked     *dsig.Checked
}

// Catalogue is a signed list of services that was verified and accepted. It never changes.
type Catalogue struct {
	list   *servicelist.ServiceList
	caches map[*servicelist.Service]*cacheRule // of the services that have a Cache, or a rule of the application
	lint   []bcperr.Finding

	anchorsEnd time.Time // of the last anchor that it was judged by
	flaws      []Flaw    // of what it was judged by
}

// Open verifies a signed catalogue, reads it and compares it with the one held.
//
// Errors: the code of the step that failed, in the order of core/dsig, then schema-invalid, environment-mismatch,
// issued-in-future, catalogue-rollback, catalogue-equivocation; bad-call for anchors that cannot be read. A service or
// a cache that breaks the rules is no error but a finding in Summary.Lint.
func Open(signed []byte, j Judgement) (*Catalogue, error) {
	trust, err := j.trust()
	if err != nil {
		return nil, err
	}
	var held *servicelist.ServiceList
	if j.Held != nil {
		held = j.Held.list
	}
	list, err := servicelist.Read(signed, trust, j.Environment, held, j.At)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{list: list, lint: list.Lint, anchorsEnd: endOf(trust), flaws: flawsOf(trust.Unread, list.Lint)}
	c.compileCaches(j.Stylesheets)
	c.compileOwn(j.Cached)
	return c, nil
}

// OpenAgainst opens a catalogue as Open does, for a caller that has the catalogue in force as the octets it kept and
// not open. keptAt is when those were first accepted, the moment at which they are judged.
//
// Errors: those of Open. Kept octets that no longer verify count as none: what is not verified sets no floor, and the
// finding held-invalid says so.
func OpenAgainst(signed, kept []byte, keptAt time.Time, j Judgement) (*Catalogue, error) {
	of := j
	of.Environment, of.At, of.Held, of.Cached = "", keptAt, nil, nil
	held, why := Open(kept, of)
	j.Held = held
	c, err := Open(signed, j)
	if err == nil && why != nil {
		finding := bcperr.NewFinding(bcperr.HeldInvalid, "held catalogue", "%v", why)
		c.lint = append([]bcperr.Finding{finding}, c.lint...)
	}
	return c, err
}

func (j *Judgement) trust() (dsig.Trust, error) {
	for i, file := range j.Anchors {
		if len(file) > MaxAnchorBytes {
			return dsig.Trust{}, bcperr.New(bcperr.InputTooLarge, "anchors file %d: more than %d bytes", i+1,
				MaxAnchorBytes)
		}
	}
	trust, err := j.Checked.ParseAnchors(j.Anchors...)
	if err != nil {
		return dsig.Trust{}, err
	}
	trust.SignerCN, trust.CRLs = j.SignerCN, append(j.CRLs[:len(j.CRLs):len(j.CRLs)], trust.CRLs...)
	return trust, nil
}

// Summary is what a catalogue is, without its services.
//
// Shape: Version is that of the schema; IssueInstant as on the wire; Services and Endpoints are counts.
type Summary struct {
	Version        int              `json:"version"`
	ID             string           `json:"id"`
	IssueInstant   string           `json:"issueInstant"`
	IssueInstantMs int64            `json:"issueInstantMs"`
	Environment    string           `json:"environment"`
	Services       int              `json:"services"`
	Endpoints      int              `json:"endpoints"`
	Signer         Signer           `json:"signer"`
	Lint           []bcperr.Finding `json:"lint"`
}

// Signer is what the certificate of the signer says.
//
// Shape: CN and Issuer as text, Serial decimal, SHA256 of the certificate in lower-case hexadecimal.
type Signer struct {
	CN        string `json:"cn"`
	Issuer    string `json:"issuer"`
	Serial    string `json:"serial"`
	NotBefore string `json:"notBefore"`
	NotAfter  string `json:"notAfter"`
	SHA256    string `json:"sha256"`
}

func signerOf(s dsig.Signer) Signer {
	return Signer{
		CN: s.CN, Issuer: s.Issuer, Serial: s.Serial, SHA256: s.SHA256,
		NotBefore: s.NotBefore.UTC().Format(time.RFC3339),
		NotAfter:  s.NotAfter.UTC().Format(time.RFC3339),
	}
}

// Summary returns what the catalogue is.
func (c *Catalogue) Summary() Summary {
	return Summary{
		Version:        c.list.Version,
		ID:             c.list.ID,
		IssueInstant:   c.list.IssueInstantText,
		IssueInstantMs: c.list.IssueInstant.UnixMilli(),
		Environment:    c.list.Environment,
		Services:       len(c.list.Services),
		Endpoints:      c.list.EndpointCount(),
		Signer:         signerOf(c.list.Signer),
		Lint:           c.findings(),
	}
}

// findings is never nil: an empty list is [] in JSON.
func (c *Catalogue) findings() []bcperr.Finding {
	return append([]bcperr.Finding{}, c.lint...)
}
