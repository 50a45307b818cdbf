package dsig

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/pemtext"
)

// Bounds on what the application gives as CRLs.
const (
	maxCRLs     = 16      // files; one per authority of a path, in an overlap of two paths, with room
	maxCRLLists = 256     // in a file: the lists of all authorities of a country; each costs a look at its head
	MaxCRLBytes = 4 << 20 // of a file: an issuing CA's list of 100,000 revoked certificates
)

// crlLabel is the label of a list in PEM. Source: RFC 7468 §6.
const crlLabel = "X509 CRL"

// checkRevocation judges the path, signer first, with the CRLs that the application gave.
//
// Who stands on a list that his issuer signed is revoked: what the list leaves out, its age, its version and extensions
// that nobody here understands can only mean that there is more to know, not that he is off it. Two things are read
// first: whose entry it is, and why it stands there: a newer list may have lifted a hold, and a routine change is none
// before its day. A list that came after the moment of judgement frees who holds what a thief signed.
//
// Who stands on none is unrevoked as far as a current list that covers him says so; each list that cannot say it is a
// finding: an old or partial list must not switch a good catalogue off, nor one that is too large or one too many.
// Errors: signer-revoked.
// Source: RFC 5280 §5, §6.3; docs/design.md#revocation.
func checkRevocation(path, anchors []*x509.Certificate, files [][]byte, at time.Time) ([]bcperr.Finding, error) {
	r := &revocation{path: path, at: at, names: names{}, issuers: append(path[1:len(path):len(path)], anchors...)}
	for i, file := range files {
		r.place = fmt.Sprintf("crl %d", i+1)
		bound, of := 0, ""
		if i >= maxCRLs {
			bound, of = maxCRLs, "files"
		} else if len(file) > MaxCRLBytes {
			bound, of = MaxCRLBytes, "bytes"
		}
		if bound > 0 {
			r.note(bcperr.CRLInvalid, "more than %d %s; it is not used", bound, of)
		} else if err := r.judgeFile(file); err != nil {
			return nil, err
		}
	}
	return r.findings, r.judgeHolds()
}

// revocation is the judgement of a path by lists, one after the other.
type revocation struct {
	path     []*x509.Certificate
	issuers  []*x509.Certificate // who may have signed a list: an authority can have two keys under one name
	at       time.Time
	names    names
	place    string
	findings []bcperr.Finding
	read     []reading
}

// reading is what a list that its issuer signed says of a certificate.
type reading struct {
	list  *crl
	cert  *x509.Certificate
	entry entry
	flaw  *bcperr.Finding // why its silence proves nothing
	place string
}

func (r *revocation) note(code bcperr.Code, format string, args ...any) {
	r.findings = append(r.findings, bcperr.NewFinding(code, r.place, format, args...))
}

// judgeFile applies the lists of one file, DER or PEM, each on its own.
func (r *revocation) judgeFile(file []byte) error {
	// DER that was saved as text; of PEM it is skipped anyway
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	blocks := pemtext.Blocks(file)
	if len(blocks) == 0 {
		return r.judgeList(file)
	}
	lists := 0
	for i, block := range blocks {
		if block.Label != crlLabel {
			continue // the certificates beside them
		}
		if lists++; lists > maxCRLLists {
			r.note(bcperr.CRLInvalid, "expected at most %d lists in a file: the others were not read", maxCRLLists)
			return nil
		}
		if block.Err != nil {
			r.note(bcperr.CRLInvalid, "block %d cannot be read: %v", i+1, block.Err)
		} else if err := r.judgeList(block.DER); err != nil {
			return err
		}
	}
	if lists == 0 {
		r.note(bcperr.CRLInvalid, "expected a PEM block %s, got %s", crlLabel, bcperr.Quote(blocks[0].Label))
	}
	return nil
}

// judgeList applies one list to the certificates of the path that its issuer issued.
func (r *revocation) judgeList(der []byte) error {
	list, err := openCRL(der)
	if err != nil {
		r.note(bcperr.CRLInvalid, "expected a certificate revocation list, DER or PEM, got %s: %v", bcperr.Looks(der),
			err)
		return nil
	}
	var issued []*x509.Certificate
	for _, c := range r.path[:len(r.path)-1] {
		if r.names.same(c.RawIssuer, list.issuer) {
			issued = append(issued, c)
		}
	}
	if len(issued) == 0 {
		r.note(bcperr.CRLForeign, "issued by %s, who is not on the signer's path", bcperr.Quote(nameText(list.issuer)))
		return nil
	}
	if err := r.checkSignature(list); err != nil {
		r.note(bcperr.CRLInvalid, "%v", err)
		return nil
	}
	for _, cert := range issued {
		if err := r.judge(list, cert); err != nil {
			return err
		}
	}
	return nil
}

// checkSignature checks that one of the issuers of the list's name signed it.
func (r *revocation) checkSignature(list *crl) (err error) {
	for _, issuer := range r.issuers {
		if !r.names.same(issuer.RawSubject, list.issuer) {
			continue
		}
		if err = issuer.CheckSignature(list.algorithm, list.signed, list.signature); err == nil {
			return nil
		}
		if _, isWeak := err.(x509.InsecureAlgorithmError); isWeak || err == x509.ErrUnsupportedAlgorithm {
			return errors.New("its signature is of an algorithm that is not supported")
		}
		err = fmt.Errorf("not signed by %s", certName(issuer))
	}
	return err
}

// judge reads what list says of cert.
func (r *revocation) judge(list *crl, cert *x509.Certificate) error {
	found, err := list.find(cert, r.names, r.at)
	if found.is(revoked) {
		return errRevoked(cert, found, r.place)
	}
	said := reading{list, cert, found, list.flaw(cert, err, r.at), r.place}
	if said.flaw != nil && !found.is(onHold) {
		said.flaw.Place = r.place
		r.findings = append(r.findings, *said.flaw)
	}
	r.read = append(r.read, said)
	return nil
}

// hexSerial writes a serial, which is not negative, as openssl does.
func hexSerial(n *big.Int) string {
	return fmt.Sprintf("%02X", n.Bytes())
}

func errRevoked(cert *x509.Certificate, e entry, place string) error {
	when := "at a time that cannot be read"
	if !e.date.IsZero() {
		when = "on " + stamp(e.date)
	}
	return bcperr.New(bcperr.SignerRevoked, "certificate %s, serial %s, was revoked %s, as %s says", certName(cert),
		hexSerial(cert.SerialNumber), when, place)
}

// judgeHolds decides about certificates that stand on a list as on hold: the newest current list of the same scope
// says whether they still are. Source: RFC 5280 §5.3.1, §5.2.4.
func (r *revocation) judgeHolds() error {
	for _, hold := range r.read {
		if !hold.entry.is(onHold) || r.at.Before(hold.list.thisUpdate) && r.at.Before(hold.entry.date) {
			continue
		}
		newest := hold
		for _, other := range r.read {
			if other.cert == hold.cert && other.speaks() && other.list.sameScope(hold.list) &&
				other.list.isAfter(newest.list) {
				newest = other
			}
		}
		if newest.entry.is(onHold) {
			return errRevoked(hold.cert, newest.entry, newest.place)
		}
	}
	return nil
}

// speaks says whether a list can lift a hold: a current one can, a delta list only of what it names.
func (s reading) speaks() bool {
	return (s.flaw == nil || s.flaw.Code == bcperr.CRLPartial) && (!s.list.isDelta || s.entry.listed)
}
