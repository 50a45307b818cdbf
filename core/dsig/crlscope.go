package dsig

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// uncovered says why a list does not cover cert, or "".
//
// Source: RFC 5280 §5.2.4, §5.2.5, §6.3.3 (b).
func (l *crl) uncovered(cert *x509.Certificate) string {
	if l.isDelta {
		return "it holds only what changed since another list"
	}
	if l.scope == nil {
		return ""
	}
	fields, err := contents(l.scope, asn1.TagSequence)
	if err != nil {
		return "its issuingDistributionPoint cannot be read"
	}
	for _, field := range fields {
		if why := uncoveredBy(field, cert); why != "" {
			return why
		}
	}
	return ""
}

// Fields of issuingDistributionPoint, by their tags. Source: RFC 5280 §5.2.5.
const (
	tagPoint          = 0
	tagOnlyUsers      = 1
	tagOnlyAuthority  = 2
	tagOnlyReasons    = 3
	tagIndirect       = 4
	tagOnlyAttributes = 5
)

func uncoveredBy(field asn1.RawValue, cert *x509.Certificate) string {
	isSet := !slices.Equal(field.Bytes, []byte{0}) // a BOOLEAN
	switch field.Tag {
	case tagPoint:
		if !namesPoint(field.Bytes, cert.CRLDistributionPoints) {
			return "it is for another distribution point"
		}
	case tagOnlyUsers:
		if isSet && cert.IsCA {
			return "it is for certificates of users only"
		}
	case tagOnlyAuthority:
		if isSet && !cert.IsCA {
			return "it is for certificates of authorities only"
		}
	case tagOnlyReasons:
		return "it is for some reasons of revocation only"
	case tagOnlyAttributes:
		if isSet {
			return "it is for attribute certificates only"
		}
	case tagIndirect: // the entries say whose they are
	default:
		return "its issuingDistributionPoint has a field that is not understood"
	}
	return ""
}

// namesPoint says whether a DistributionPointName has one of those URIs. Other forms of names are not compared.
func namesPoint(der []byte, uris []string) bool {
	const fullName = 0
	var name asn1.RawValue
	if _, err := asn1.Unmarshal(der, &name); err != nil || name.Tag != fullName {
		return false
	}
	general, err := elements(name.Bytes)
	return err == nil && slices.ContainsFunc(general, func(n asn1.RawValue) bool {
		return n.Class == asn1.ClassContextSpecific && n.Tag == tagURI && slices.Contains(uris, string(n.Bytes))
	})
}
