package dsig

import (
	"encoding/asn1"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// unread is a certificate that cannot be read. It is no error as long as no path needs it.
type unread struct {
	place string
	err   error
	name  string // of its subject, quoted, when that much can be read
}

func (u unread) finding() bcperr.Finding {
	return bcperr.NewFinding(bcperr.CertificateUnreadable, u.place, "skipped%s: %v", u.named(), u.err)
}

func (u unread) named() string {
	if u.name == "" {
		return ""
	}
	return ", the certificate of " + u.name
}

// subjectOf returns the name in a certificate that crypto/x509 does not read, quoted, or "".
//
// It takes the fields by their places: before the subject stand a version, which has a tag of its own, the serial, the
// algorithm, the issuer and the validity. Source: RFC 5280 §4.1.
func subjectOf(der []byte) string {
	parts, err := contents(der, asn1.TagSequence)
	if err != nil || len(parts) == 0 {
		return ""
	}
	fields, err := contents(parts[0].FullBytes, asn1.TagSequence)
	if err != nil {
		return ""
	}
	if len(fields) > 0 && fields[0].Class == asn1.ClassContextSpecific {
		fields = fields[1:]
	}
	const subject = 4
	if len(fields) <= subject {
		return ""
	}
	if text := nameText(fields[subject].FullBytes); text != "" {
		return bcperr.Quote(text)
	}
	return ""
}
