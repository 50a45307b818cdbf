package dsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
)

// entry is what a list says of one certificate. The zero value says nothing.
type entry struct {
	listed bool
	status status
	date   time.Time // zero when it cannot be read
}

// status is what an entry means, by its weight when a certificate has several. Source: RFC 5280 §5.3.1.
type status int

const (
	removed status = iota // from a hold; only a delta list has such entries
	later                 // a routine change after the moment of judgement
	onHold
	revoked
)

// Reasons of entries. Source: RFC 5280 §5.3.1.
const (
	reasonAffiliationChanged   = 3
	reasonSuperseded           = 4
	reasonCessationOfOperation = 5
	reasonHold                 = 6
	reasonRemoved              = 8
	reasonPrivilegeWithdrawn   = 9
)

func (e entry) is(s status) bool { return e.listed && e.status == s }

// find returns the gravest entry for cert as of at, and why others could not be read.
//
// Of entries with another serial only the serial is looked at, and whether they name an issuer: then those after it are
// that issuer's too.
func (l *crl) find(cert *x509.Certificate, names names, at time.Time) (found entry, unread error) {
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil {
		return found, err // unreachable: a number can be written
	}
	w := entryWalk{}
	for rest := l.entries; len(rest) > 0; {
		if rest, err = asn1.Unmarshal(rest, &w.raw); err != nil {
			return found, errors.New("an entry of it cannot be read")
		}
		if err := w.step(); err != nil {
			unread = err
		}
		if !bytes.HasPrefix(w.raw.Bytes, serial) || w.raw.Tag != asn1.TagSequence || !w.isOf(cert, names) {
			continue
		}
		if e := l.readEntry(w.raw.Bytes, at); !found.listed || e.status > found.status {
			found = e
		}
	}
	return found, unread
}

// Extensions of entries. Source: RFC 5280 §5.3.
var (
	oidReasonCode        = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidHoldInstruction   = asn1.ObjectIdentifier{2, 5, 29, 23}
	oidInvalidityDate    = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidCertificateIssuer = asn1.ObjectIdentifier{2, 5, 29, 29}
)

// Octets without which an entry has no certificateIssuer, and no critical extension: looking for them is cheap.
var (
	issuerOctets   = []byte{asn1.TagOID, 3, 0x55, 0x1D, 0x1D}
	criticalOctets = []byte{asn1.TagBoolean, 1, 0xFF}
)

// entryWalk goes through the entries of a list.
type entryWalk struct {
	raw    asn1.RawValue // the entry
	issuer []byte        // the certificateIssuer in force, nil for the list's own
}

// step looks at what an entry says about itself and those after it. The error tells what cannot be understood.
func (w *entryWalk) step() error {
	if w.raw.Class != asn1.ClassUniversal || w.raw.Tag != asn1.TagSequence || !hasSerial(w.raw.Bytes) {
		w.raw.Tag = 0
		return errors.New("an entry of it does not begin with a serial number in DER")
	}
	if !bytes.Contains(w.raw.Bytes, issuerOctets) && !bytes.Contains(w.raw.Bytes, criticalOctets) {
		return nil
	}
	extensions, err := entryExtensions(w.raw.Bytes)
	for _, e := range extensions {
		switch {
		case e.ID.Equal(oidCertificateIssuer):
			w.issuer = e.Value
		case e.Critical && !e.ID.Equal(oidReasonCode) && !e.ID.Equal(oidHoldInstruction) &&
			!e.ID.Equal(oidInvalidityDate):
			err = fmt.Errorf("an entry of it has a critical extension %s, which is not understood", e.ID)
		}
	}
	return err
}

// isOf says whether the entry is about a certificate of cert's issuer. A certificateIssuer that cannot be read names
// nobody else. Source: RFC 5280 §5.3.3.
func (w *entryWalk) isOf(cert *x509.Certificate, names names) bool {
	if w.issuer == nil {
		return true
	}
	general, err := contents(w.issuer, asn1.TagSequence)
	if err != nil || len(general) == 0 {
		return true
	}
	for _, n := range general {
		if n.Class == asn1.ClassContextSpecific && n.Tag == tagDirectory && names.same(n.Bytes, cert.RawIssuer) {
			return true
		}
	}
	return false
}

// hasSerial says whether the content of an entry begins with an INTEGER in the one form that DER allows: in another
// one, the serial of a certificate would not be recognised.
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

// entryExtensions returns the extensions of an entry, which stand after its serial and its time.
func entryExtensions(content []byte) ([]extensionForm, error) {
	parts, err := elements(content)
	if err == nil && len(parts) == 3 {
		var list []extensionForm
		if list, err = parseExtensions(parts[2].FullBytes); err == nil {
			return list, nil
		}
	}
	return nil, errors.New("the extensions of an entry of it cannot be read")
}

// readEntry reads the content of an entry as of at. What cannot be read leaves it a revocation.
//
// A key that was stolen was so from a time that nobody knows, and whoever has it writes any moment into what he signs:
// its certificate is revoked at every moment, and so is one without a reason. A routine change says nothing against
// what was accepted before it. Source: RFC 5280 §5.3.1; ETSI EN 319 102-1 §5.6.2.
func (l *crl) readEntry(content []byte, at time.Time) entry {
	e := entry{listed: true, status: revoked}
	parts, err := elements(content)
	if err != nil || len(parts) < 2 {
		return e
	}
	_, _ = asn1.Unmarshal(parts[1].FullBytes, &e.date)
	extensions, _ := entryExtensions(content)
	for _, x := range extensions {
		var reason asn1.Enumerated
		if _, err := asn1.Unmarshal(x.Value, &reason); err != nil || !x.ID.Equal(oidReasonCode) {
			continue
		}
		switch reason {
		case reasonAffiliationChanged, reasonSuperseded, reasonCessationOfOperation, reasonPrivilegeWithdrawn:
			if at.Before(l.thisUpdate) && at.Before(e.date) {
				e.status = later
			}
		case reasonHold:
			e.status = onHold
		case reasonRemoved:
			e.status = removed
		}
	}
	return e
}
