package dsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds on what the application gives as CRLs.
const (
	maxCRLs     = 16      // one per authority of a path, in an overlap of two paths, with room
	maxCRLBytes = 4 << 20 // as a catalogue; a large national CA's list has 2 MB
)

// checkRevocation judges the path, signer first, with the CRLs that the application gave.
//
// A list counts when an authority of the path issued and signed it and it is current at the time of judgement.
// Otherwise it is a finding: an old list must not switch a good catalogue off. A list that is not yet valid at that
// time tells of revocations before it all the same, which matters when a stored catalogue is judged anew.
// Errors: signer-revoked; bad-call for more CRLs, or larger ones, than allowed.
// Source: RFC 5280 §6.3.
func checkRevocation(path []*x509.Certificate, files [][]byte, at time.Time) ([]bcperr.Finding, error) {
	if len(files) > maxCRLs {
		return nil, bcperr.New(bcperr.BadCall, "expected at most %d CRLs, got %d", maxCRLs, len(files))
	}
	var findings []bcperr.Finding
	for i, file := range files {
		if len(file) > maxCRLBytes {
			return nil, bcperr.New(bcperr.BadCall, "CRL %d: expected at most %d bytes, got %d", i+1, maxCRLBytes, len(file))
		}
		found, err := judgeCRLs(file, path, at)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Place = fmt.Sprintf("crl %d", i+1)
			findings = append(findings, *f)
		}
	}
	return findings, nil
}

// judgeCRLs applies the lists of one file, each on its own.
func judgeCRLs(file []byte, path []*x509.Certificate, at time.Time) ([]*bcperr.Finding, error) {
	ders, finding := splitCRLs(file)
	if finding != nil {
		return []*bcperr.Finding{finding}, nil
	}
	var findings []*bcperr.Finding
	for _, der := range ders {
		finding, err := judgeCRL(der, path, at)
		if err != nil {
			return nil, err
		}
		if finding != nil {
			findings = append(findings, finding)
		}
	}
	return findings, nil
}

func crlFinding(code bcperr.Code, format string, args ...any) *bcperr.Finding {
	return &bcperr.Finding{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// splitCRLs returns one DER list, or those of the X509 CRL blocks of a PEM file.
func splitCRLs(file []byte) ([][]byte, *bcperr.Finding) {
	var ders [][]byte
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "X509 CRL" || len(ders) == maxCRLs {
			return nil, crlFinding(bcperr.CRLInvalid, "expected up to %d PEM blocks X509 CRL, got more or %s", maxCRLs, quote(block.Type))
		}
		ders = append(ders, block.Bytes)
	}
	if len(ders) == 0 {
		ders = [][]byte{file}
	}
	return ders, nil
}

// judgeCRL applies one list to the certificates that its issuer issued on the path.
func judgeCRL(der []byte, path []*x509.Certificate, at time.Time) (*bcperr.Finding, error) {
	list, err := openCRL(der)
	if err != nil {
		return unreadableCRL(err), nil
	}
	for i, issuer := range path[1:] {
		if !bytes.Equal(issuer.RawSubject, list.head.RawIssuer) {
			continue
		}
		finding := checkCRL(list.head, issuer, at)
		if finding != nil && finding.Code != bcperr.CRLNotYetValid {
			return finding, nil
		}
		entry, err := list.find(path[i])
		if err != nil {
			return unreadableCRL(err), nil
		}
		return finding, judgeEntry(entry, list.head, path[i], at)
	}
	return crlFinding(bcperr.CRLForeign, "issued by %s, who is not on the signer's path", quote(list.head.Issuer.String())), nil
}

func unreadableCRL(err error) *bcperr.Finding {
	return crlFinding(bcperr.CRLInvalid, "neither a DER nor a PEM certificate revocation list: %v", err)
}

// openedCRL is a list whose entries were not read yet: x509.ParseRevocationList takes 3 s in a browser for 4 MiB of them,
// also where another authority issued the list or nobody signed it. The head is the list without them; its signature is
// that of the whole.
type openedCRL struct {
	head    *x509.RevocationList
	entries []byte // DER, one after the other
}

// openCRL takes a list apart: the algorithm and the issuer are a SEQUENCE each, a third one, after the times, holds the entries.
//
// The name of the issuer is bounded as a certificate is: x509 takes the square of its length to write it out.
// Source: RFC 5280 §5.1.
func openCRL(der []byte) (*openedCRL, error) {
	var list struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &list); err != nil {
		return nil, err
	}
	opened := &openedCRL{}
	signed := list.TBS.FullBytes
	sequences, before, head := 0, 0, []byte(nil)
	for rest := list.TBS.Bytes; len(rest) > 0; {
		var part asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &part); err != nil {
			return nil, err
		}
		if part.Class == asn1.ClassUniversal && part.Tag == asn1.TagSequence {
			sequences++
			switch {
			case sequences == 2 && len(part.Bytes) > maxCertificateBytes:
				return nil, fmt.Errorf("the name of its issuer has more than %d bytes", maxCertificateBytes)
			case sequences == 3 && (before == asn1.TagUTCTime || before == asn1.TagGeneralizedTime):
				opened.entries = part.Bytes
				continue
			case sequences >= 3:
				return nil, errors.New("a SEQUENCE where no list of entries can be")
			}
		}
		before = part.Tag
		head = append(head, part.FullBytes...)
	}
	list.TBS = asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSequence, IsCompound: true, Bytes: head}
	short, err := asn1.Marshal(list)
	if err != nil {
		return nil, err // unreachable: what was read can be written
	}
	if opened.head, err = x509.ParseRevocationList(short); err != nil {
		return nil, err
	}
	opened.head.RawTBSRevocationList = signed
	return opened, nil
}

// crlEntry is one entry of a list. Its extensions are not read: what they could add is for indirect lists.
type crlEntry struct {
	Serial  *big.Int
	Revoked time.Time
	Rest    asn1.RawValue `asn1:"optional"`
}

// find returns the entry with the serial of cert, nil when there is none. Of the others only the serial is looked at.
func (l *openedCRL) find(cert *x509.Certificate) (*crlEntry, error) {
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil {
		return nil, err // unreachable: a number can be written
	}
	var raw asn1.RawValue
	for rest := l.entries; len(rest) > 0; {
		if rest, err = asn1.Unmarshal(rest, &raw); err != nil {
			return nil, err
		}
		if !hasSerial(raw.Bytes) {
			return nil, errors.New("an entry that does not begin with a serial number in DER")
		}
		if bytes.HasPrefix(raw.Bytes, serial) {
			entry := &crlEntry{}
			_, err := asn1.Unmarshal(raw.FullBytes, entry)
			return entry, err
		}
	}
	return nil, nil
}

// hasSerial says whether the content of an entry begins with an INTEGER in the one form that DER allows: in another one, the
// serial of a certificate would not be recognised.
func hasSerial(b []byte) bool {
	if len(b) < 3 || b[0] != asn1.TagInteger {
		return false
	}
	length := int(b[1])
	if length == 0 || length > 127 || len(b) < 2+length {
		return false
	}
	return length == 1 || !(b[2] == 0 && b[3] < 0x80 || b[2] == 0xFF && b[3] >= 0x80)
}

// checkCRL says why list does not count, or nil.
func checkCRL(list *x509.RevocationList, issuer *x509.Certificate, at time.Time) *bcperr.Finding {
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return crlFinding(bcperr.CRLInvalid, "not signed by %s: %v", certName(issuer), err)
	}
	for _, e := range list.Extensions {
		// Delta and indirect lists, and lists for some certificates only, say so in critical extensions.
		if e.Critical {
			return crlFinding(bcperr.CRLInvalid, "it has a critical extension %s: expected a complete list of its issuer", e.Id)
		}
	}
	switch {
	case !list.NextUpdate.IsZero() && at.After(list.NextUpdate):
		return crlFinding(bcperr.CRLExpired, "its nextUpdate was %s, judged at %s", stamp(list.NextUpdate), stamp(at))
	case at.Before(list.ThisUpdate):
		return crlFinding(bcperr.CRLNotYetValid, "its thisUpdate is %s, judged at %s", stamp(list.ThisUpdate), stamp(at))
	}
	return nil
}

// judgeEntry returns signer-revoked when there is an entry for cert that counts at that time.
func judgeEntry(entry *crlEntry, list *x509.RevocationList, cert *x509.Certificate, at time.Time) error {
	if entry == nil || at.Before(list.ThisUpdate) && at.Before(entry.Revoked) {
		return nil
	}
	return bcperr.New(bcperr.SignerRevoked, "certificate %s, serial %s, was revoked on %s", certName(cert), cert.SerialNumber, stamp(entry.Revoked))
}
