package dsig

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// crl is a certificate revocation list whose entries were not read yet: there may be 4 MiB of them, also where another
// authority issued the list or nobody signed it.
//
// It is read here and not by crypto/x509, which takes version 2 only, and refuses a whole list for one part of it that
// it does not understand; a list that can be read as far as its entries revokes those it names.
type crl struct {
	signed     []byte // what the signature covers
	algorithm  x509.SignatureAlgorithm
	signature  []byte
	issuer     []byte // its name
	thisUpdate time.Time
	nextUpdate time.Time // zero when the list has none
	entries    []byte    // one after the other

	number  *big.Int
	scope   []byte // the value of issuingDistributionPoint
	isDelta bool
	unknown error // what nobody here understands
}

// openCRL takes a list apart. The version may be any: none has entries of another form.
//
// Source: RFC 5280 §5.1.
func openCRL(der []byte) (*crl, error) {
	var list struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &list); err != nil {
		return nil, errors.New("not in the form of a list, or cut")
	}
	l := &crl{signed: list.TBS.FullBytes, signature: list.Signature.RightAlign()}
	fields := tbsFields{rest: list.TBS.Bytes}
	fields.next(asn1.ClassUniversal, asn1.TagInteger)
	algorithm := fields.next(asn1.ClassUniversal, asn1.TagSequence)
	if algorithm == nil || !bytes.Equal(algorithm.FullBytes, list.Algorithm.FullBytes) {
		return nil, errors.New("its signature algorithm does not stand where it must, or twice in the same form")
	}
	l.algorithm = signatureAlgorithm(algorithm.FullBytes)
	issuer := fields.next(asn1.ClassUniversal, asn1.TagSequence)
	if issuer == nil {
		return nil, errors.New("it has no issuer")
	}
	if l.issuer = issuer.FullBytes; len(l.issuer) > maxCertificateBytes {
		return nil, fmt.Errorf("the name of its issuer has more than %d bytes", maxCertificateBytes)
	}
	var unread error
	if begin := fields.time(); begin == nil {
		return nil, errors.New("it has no thisUpdate")
	} else if _, err := asn1.Unmarshal(begin.FullBytes, &l.thisUpdate); err != nil {
		unread = errors.New("its thisUpdate cannot be read")
	}
	if end := fields.time(); end != nil {
		if _, err := asn1.Unmarshal(end.FullBytes, &l.nextUpdate); err != nil {
			unread = errors.New("its nextUpdate cannot be read")
		}
	}
	if entries := fields.next(asn1.ClassUniversal, asn1.TagSequence); entries != nil {
		l.entries = entries.Bytes
	}
	if extensions := fields.next(asn1.ClassContextSpecific, 0); extensions != nil {
		l.unknown = l.readExtensions(extensions.Bytes)
	}
	l.unknown = cmp.Or(unread, l.unknown)
	if len(fields.rest) > 0 || fields.err != nil {
		return nil, errors.New("it has a part that no list has")
	}
	return l, nil
}

// tbsFields reads the fields of a list in their order.
type tbsFields struct {
	rest []byte
	err  error
}

// next returns the next field when it is of that kind, else nil.
func (f *tbsFields) next(class, tag int) *asn1.RawValue {
	var part asn1.RawValue
	if len(f.rest) == 0 || f.err != nil {
		return nil
	}
	rest, err := asn1.Unmarshal(f.rest, &part)
	if f.err = err; err != nil || part.Class != class || part.Tag != tag {
		return nil
	}
	f.rest = rest
	return &part
}

// time returns the next field when it is a time.
func (f *tbsFields) time() *asn1.RawValue {
	if part := f.next(asn1.ClassUniversal, asn1.TagUTCTime); part != nil {
		return part
	}
	return f.next(asn1.ClassUniversal, asn1.TagGeneralizedTime)
}

// signatureAlgorithm is crypto/x509's name for an AlgorithmIdentifier. It tells the name only of a whole list, so it is
// given one that says nothing else.
func signatureAlgorithm(identifier []byte) x509.SignatureAlgorithm {
	type tbs struct {
		Version    int
		Algorithm  asn1.RawValue
		Issuer     []asn1.RawValue
		ThisUpdate time.Time
	}
	algorithm := asn1.RawValue{FullBytes: identifier}
	der, err := asn1.Marshal(struct {
		TBS       tbs
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}{tbs{1, algorithm, nil, time.Unix(0, 0).UTC()}, algorithm, asn1.BitString{}})
	if err != nil { // unreachable: all of it can be written
		return x509.UnknownSignatureAlgorithm
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return x509.UnknownSignatureAlgorithm
	}
	return list.SignatureAlgorithm
}

// extensionForm is an Extension, in a list or in an entry of it.
type extensionForm struct {
	ID       asn1.ObjectIdentifier
	Critical bool `asn1:"optional"`
	Value    []byte
}

// parseExtensions reads the value of a SEQUENCE of extensions.
func parseExtensions(der []byte) (list []extensionForm, err error) {
	rest, err := asn1.Unmarshal(der, &list)
	if err == nil && len(rest) > 0 {
		err = errors.New("octets after its extensions")
	}
	return list, err
}

// Extensions of lists. Source: RFC 5280 §5.2.
var (
	oidAuthorityKeyID    = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidCRLNumber         = asn1.ObjectIdentifier{2, 5, 29, 20}
	oidDeltaCRLIndicator = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidIssuingPoint      = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// readExtensions takes from the extensions of a list what says which certificates it is about. The error tells what
// could not be understood and therefore may have said more.
func (l *crl) readExtensions(der []byte) error {
	list, err := parseExtensions(der)
	if err != nil {
		return errors.New("its extensions cannot be read")
	}
	for _, e := range list {
		switch {
		case e.ID.Equal(oidCRLNumber):
			_, _ = asn1.Unmarshal(e.Value, &l.number) // one that is no number orders nothing
		case e.ID.Equal(oidDeltaCRLIndicator):
			l.isDelta = true
		case e.ID.Equal(oidIssuingPoint):
			l.scope = e.Value
		case e.Critical && !e.ID.Equal(oidAuthorityKeyID):
			err = fmt.Errorf("it has a critical extension %s, which is not understood", e.ID)
		}
	}
	return err
}

// sameScope says whether two lists are about the same certificates of their issuer. Source: RFC 5280 §5.2.4.
func (l *crl) sameScope(other *crl) bool { return bytes.Equal(l.scope, other.scope) }

// isAfter says whether l was issued after other.
func (l *crl) isAfter(other *crl) bool {
	if !l.thisUpdate.Equal(other.thisUpdate) {
		return l.thisUpdate.After(other.thisUpdate)
	}
	return l.number != nil && other.number != nil && l.number.Cmp(other.number) > 0
}

// flaw says why it proves nothing that cert does not stand on the list, or nil. unread tells what of it could not be
// read.
func (l *crl) flaw(cert *x509.Certificate, unread error, at time.Time) *bcperr.Finding {
	code, detail := bcperr.Code(""), ""
	switch uncovered := l.uncovered(cert); {
	case unread != nil:
		code, detail = bcperr.CRLInvalid, unread.Error()
	case l.unknown != nil:
		code, detail = bcperr.CRLInvalid, l.unknown.Error()
	case !l.nextUpdate.IsZero() && at.After(l.nextUpdate):
		code, detail = bcperr.CRLExpired, fmt.Sprintf("its nextUpdate was %s, judged at %s", stamp(l.nextUpdate),
			stamp(at))
	case at.Before(l.thisUpdate):
		code, detail = bcperr.CRLNotYetValid, fmt.Sprintf("its thisUpdate is %s, judged at %s", stamp(l.thisUpdate),
			stamp(at))
	case uncovered != "":
		code, detail = bcperr.CRLPartial, fmt.Sprintf("it does not cover certificate %s: %s", certName(cert), uncovered)
	default:
		return nil
	}
	f := bcperr.NewFinding(code, "", "%s", detail)
	return &f
}
