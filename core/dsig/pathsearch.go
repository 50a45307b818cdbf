package dsig

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// maxPathSteps bounds one pass of the search for a path: certificates of one name and different keys could otherwise
// be tried in every order.
const maxPathSteps = 100

// maxPathChecks bounds the signatures checked for one path search; each costs up to a millisecond in WebAssembly.
//
// It costs no good path whose certificates name their keys, as those of authorities must (RFC 5280 §4.2.1.1): of the
// nine certificates beside a signer's, a of one authority and b of the next above it, under one anchor, a + ab + b
// signatures can hold, at most 29; authorities in a row have fewer. What does not hold is then not tried before.
const maxPathChecks = 32

// pathSearch looks for a path from a signer to an anchor. First only such issuers are tried as have the key that a
// certificate names, or do not say; then the others, because the names of keys are hints and may be wrong.
//
// Source: RFC 4158 §3.5.12 (key identifiers), §5.2 (no authority twice with one key).
type pathSearch struct {
	anchors       []*x509.Certificate
	intermediates []*x509.Certificate
	at            time.Time
	checked       *Checked
	names         names
	others        bool // issuers whose key is named otherwise are tried too
	passedOver    bool // there are some
	steps, checks int
	signed        map[link]error    // the signatures checked so far
	failure       error             // what spoiled the best path tried
	last          *x509.Certificate // of the longest path begun: its issuer is lacking
	longest       int
}

// link is a certificate and one that may have issued it.
type link struct{ cert, issuer *x509.Certificate }

// errSearchSpent ends a search at its bound.
var errSearchSpent = bcperr.New(bcperr.LimitExceeded, "the certificates of KeyInfo allow too many paths")

// findPath returns the path from the signer, first, to an anchor, last.
//
// Errors: signer-untrusted when no path leads to an anchor; signer-expired, signer-not-yet-valid, algorithm-refused
// when one does but a certificate on it is out of its time or weak; limit-exceeded.
// Source: RFC 5280 §6.1.
func findPath(signer *x509.Certificate, intermediates, anchors []*x509.Certificate, at time.Time,
	checked *Checked) ([]*x509.Certificate, error) {
	s := &pathSearch{anchors: anchors, intermediates: intermediates, at: at, checked: checked, names: names{}}
	return s.find(signer)
}

func (s *pathSearch) find(signer *x509.Certificate) ([]*x509.Certificate, error) {
	path, err := s.extend([]*x509.Certificate{signer})
	if path == nil && err == nil && s.passedOver {
		s.others, s.steps = true, 0
		path, err = s.extend([]*x509.Certificate{signer})
	}
	if path != nil || err != nil {
		return path, err
	}
	if s.failure != nil {
		return nil, s.failure
	}
	return nil, untrusted("no certificate in KeyInfo or among the %d anchors is of %s, who issued certificate %s",
		len(s.anchors), bcperr.Quote(s.last.Issuer.String()), certName(s.last))
}

func untrusted(format string, args ...any) error {
	return bcperr.New(bcperr.SignerUntrusted, format, args...)
}

// extend looks for a path that begins with the certificates of begun. It returns nil, nil when there is none.
func (s *pathSearch) extend(begun []*x509.Certificate) ([]*x509.Certificate, error) {
	if s.steps++; s.steps > maxPathSteps {
		return nil, errSearchSpent
	}
	last := begun[len(begun)-1]
	if len(begun) > s.longest {
		s.last, s.longest = last, len(begun)
	}
	for _, anchor := range s.anchors {
		if !s.mayIssue(anchor, last) {
			continue
		}
		path := append(slices.Clip(begun), anchor)
		err := s.check(path)
		if err == nil {
			return path, nil
		}
		if errors.Is(err, errSearchSpent) {
			return nil, err
		}
		if s.failure == nil || bcperr.CodeOf(s.failure) == bcperr.SignerUntrusted {
			s.failure = err
		}
	}
	for _, c := range s.intermediates {
		if !s.mayIssue(c, last) || isBegun(begun, c) {
			continue
		}
		if path, err := s.extend(append(slices.Clip(begun), c)); path != nil || err != nil {
			return path, err
		}
	}
	return nil, nil
}

// mayIssue says whether issuer is to be tried as the one that issued cert.
func (s *pathSearch) mayIssue(issuer, cert *x509.Certificate) bool {
	if !s.names.same(issuer.RawSubject, cert.RawIssuer) || s.signed[link{cert, issuer}] != nil {
		return false
	}
	named, has := cert.AuthorityKeyId, issuer.SubjectKeyId
	if s.others || len(named) == 0 || len(has) == 0 || bytes.Equal(named, has) {
		return true
	}
	s.passedOver = true
	return false
}

// isBegun says whether the authority of c stands on a path already, with the same name and key: a path with both
// certificates is only the longer way to where one of them leads.
func isBegun(path []*x509.Certificate, c *x509.Certificate) bool {
	return slices.ContainsFunc(path, func(other *x509.Certificate) bool {
		return bytes.Equal(other.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo) &&
			bytes.Equal(other.RawSubject, c.RawSubject)
	})
}

// check judges a whole path from the anchor down, so that a key is used only after its certificate was found good.
func (s *pathSearch) check(path []*x509.Certificate) error {
	anchor := len(path) - 1
	for i := anchor; i >= 0; i-- {
		cert := path[i]
		if i < anchor {
			if err := s.checkSigned(cert, path[i+1]); err != nil {
				return err
			}
		}
		if err := checkValidity(cert, s.at); err != nil {
			return err
		}
		if err := checkKey(cert); err != nil {
			return err
		}
		if err := checkCritical(cert); err != nil {
			return err
		}
		if i > 0 {
			if err := s.names.checkIssuer(cert, path[:i]); err != nil {
				return err
			}
		}
	}
	return s.names.checkPolicies(path)
}

// checkSigned checks that issuer signed cert, once in a search.
func (s *pathSearch) checkSigned(cert, issuer *x509.Certificate) error {
	l := link{cert, issuer}
	err, known := s.signed[l]
	if known {
		return err
	}
	if s.checks++; s.checks > maxPathChecks {
		return errSearchSpent
	}
	err = s.checked.issued(cert, issuer)
	if s.signed == nil {
		s.signed = map[link]error{}
	}
	s.signed[l] = err
	return err
}
