package dsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
)

// nameConstraints is the value of the extension. Source: RFC 5280 §4.2.1.10.
type nameConstraints struct {
	Permitted []generalSubtree `asn1:"optional,tag:0"`
	Excluded  []generalSubtree `asn1:"optional,tag:1"`
}

type generalSubtree struct {
	Base asn1.RawValue // a GeneralName; minimum and maximum have only one lawful value
}

// Tags of GeneralName. Source: RFC 5280 §4.2.1.6.
const (
	tagEmail     = 1
	tagDNS       = 2
	tagDirectory = 4
	tagURI       = 6
	tagIP        = 7
)

var (
	oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidSubjectAltName  = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidEmailAddress    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// checkNameConstraints checks that ca may certify the names of cert.
//
// Shape: constraints on directory names are applied to the subject. Constraints on other kinds of names concern only a
// certificate that has such a name; a signer needs none, so that case is refused.
func checkNameConstraints(ca, cert *x509.Certificate) error {
	der := extension(ca, oidNameConstraints)
	if der == nil {
		return nil
	}
	var constraints nameConstraints
	if rest, err := asn1.Unmarshal(der, &constraints); err != nil || len(rest) > 0 { // unreachable: crypto/x509 read it
		return untrusted("certificate %s: its name constraints cannot be read", certName(ca))
	}
	restricted, permitted := false, false
	for i, subtree := range append(constraints.Permitted, constraints.Excluded...) {
		if subtree.Base.Tag != tagDirectory {
			if hasName(cert, subtree.Base.Tag) {
				return untrusted("certificate %s constrains a kind of name that certificate %s has", certName(ca),
					certName(cert))
			}
			continue
		}
		inside, err := isWithin(cert, subtree.Base.Bytes)
		if err != nil {
			return untrusted("certificate %s: its name constraints cannot be read", certName(ca))
		}
		if excluded := i >= len(constraints.Permitted); excluded && inside {
			return untrusted("certificate %s excludes the name of certificate %s", certName(ca), certName(cert))
		} else if !excluded {
			restricted = true
			permitted = permitted || inside
		}
	}
	if restricted && !permitted {
		return untrusted("certificate %s does not permit the name of certificate %s", certName(ca), certName(cert))
	}
	return nil
}

// extension returns the value of an extension, or nil.
func extension(cert *x509.Certificate, id asn1.ObjectIdentifier) []byte {
	for _, e := range cert.Extensions {
		if e.Id.Equal(id) {
			return e.Value
		}
	}
	return nil
}

// hasName says whether cert has a name of that kind; of the kinds that nobody here reads, whether it may have one.
func hasName(cert *x509.Certificate, tag int) bool {
	switch tag {
	case tagEmail:
		return len(cert.EmailAddresses) > 0 || slices.ContainsFunc(cert.Subject.Names,
			func(a pkix.AttributeTypeAndValue) bool {
				return a.Type.Equal(oidEmailAddress)
			})
	case tagDNS:
		return len(cert.DNSNames) > 0
	case tagURI:
		return len(cert.URIs) > 0
	case tagIP:
		return len(cert.IPAddresses) > 0
	}
	return extension(cert, oidSubjectAltName) != nil
}

// isWithin says whether the subject of cert lies in the subtree of a directory name in DER.
func isWithin(cert *x509.Certificate, base []byte) (bool, error) {
	subtree, err := canonicalRDNs(base)
	if err != nil {
		return false, err
	}
	subject, err := canonicalRDNs(cert.RawSubject)
	if err != nil { // unreachable: crypto/x509 read it
		return false, err
	}
	return len(subject) >= len(subtree) && slices.Equal(subject[:len(subtree)], subtree), nil
}
