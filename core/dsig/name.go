package dsig

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Names are compared as RFC 5280 §7.1 says: two strings are the same whatever type carries them, without regard to
// case, to white space at either end and to how much of it stands inside; the attributes of one
// RelativeDistinguishedName have no order. Left out is the compatibility form NFKC, whose tables are larger than the
// rest of this package: an accented letter written as one character in one certificate and as two in another makes two
// names.

// names compares the names of certificates, each of which it writes out once: a search compares all with all.
type names map[octets][]string

// octets tells a name by where it stands: those of a certificate stay where they are.
type octets struct {
	first *byte
	count int
}

// same compares two names in DER. One that cannot be read is only the same as its own octets.
func (n names) same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := n.canonical(a), n.canonical(b)
	return x != nil && y != nil && slices.Equal(x, y)
}

// isSelfIssued says whether an authority issued cert to itself, as it does when it changes its key. Source: RFC 5280
// §3.2.
func (n names) isSelfIssued(cert *x509.Certificate) bool {
	return n.same(cert.RawSubject, cert.RawIssuer)
}

func (n names) canonical(der []byte) []string {
	if len(der) == 0 {
		return nil
	}
	at := octets{&der[0], len(der)}
	rdns, known := n[at]
	if !known {
		rdns, _ = canonicalRDNs(der)
		n[at] = rdns
	}
	return rdns
}

var errName = errors.New("not a distinguished name")

// canonicalRDNs returns the RelativeDistinguishedNames of a name in DER in a form in which equal ones have equal
// octets.
func canonicalRDNs(der []byte) ([]string, error) {
	sets, err := contents(der, asn1.TagSequence)
	if err != nil {
		return nil, err
	}
	rdns := make([]string, len(sets))
	for i, set := range sets {
		attributes, err := contents(set.FullBytes, asn1.TagSet)
		if err != nil {
			return nil, err
		}
		list := make([]string, len(attributes))
		for j, a := range attributes {
			parts, err := contents(a.FullBytes, asn1.TagSequence)
			if err != nil || len(parts) != 2 || parts[0].Tag != asn1.TagOID {
				return nil, errName
			}
			list[j] = sized(parts[0].FullBytes) + sized(canonicalValue(parts[1]))
		}
		slices.Sort(list)
		rdns[i] = strings.Join(list, "")
	}
	return rdns, nil
}

// contents returns what a SEQUENCE or SET in DER holds.
func contents(der []byte, tag int) ([]asn1.RawValue, error) {
	var outer asn1.RawValue
	rest, err := asn1.Unmarshal(der, &outer)
	if err != nil || len(rest) > 0 || outer.Class != asn1.ClassUniversal || outer.Tag != tag || !outer.IsCompound {
		return nil, errName
	}
	return elements(outer.Bytes)
}

// elements returns the values that stand one after the other in der.
func elements(der []byte) (list []asn1.RawValue, err error) {
	for len(der) > 0 {
		var part asn1.RawValue
		if der, err = asn1.Unmarshal(der, &part); err != nil {
			return nil, err
		}
		list = append(list, part)
	}
	return list, nil
}

// sized returns octets with their length before them, so that none can be taken for the next.
func sized[T string | []byte](octets T) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(octets)))) + string(octets)
}

// canonicalValue returns the text of an attribute in its canonical form; of what is no text, all octets.
func canonicalValue(v asn1.RawValue) string {
	text, isText := textOf(v)
	if !isText {
		return "\x00" + string(v.FullBytes)
	}
	return foldText(text)
}

// Types of strings that encoding/asn1 has no constant for, or does not read.
const (
	tagVisible   = 26
	tagUniversal = 28
)

// textOf returns the text of a string in DER. Source: X.680 §41, RFC 5280 appendix A.1, DirectoryString.
func textOf(v asn1.RawValue) (string, bool) {
	if v.Class != asn1.ClassUniversal {
		return "", false
	}
	b := v.Bytes
	switch v.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, asn1.TagNumericString, tagVisible:
		return string(b), utf8.Valid(b)
	case asn1.TagT61String: // as everybody writes it: Latin-1
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return string(runes), true
	case asn1.TagBMPString:
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(b[2*i:])
		}
		return string(utf16.Decode(units)), len(b)%2 == 0
	case tagUniversal:
		runes := make([]rune, len(b)/4)
		for i := range runes {
			runes[i] = rune(binary.BigEndian.Uint32(b[4*i:]))
		}
		return string(runes), len(b)%4 == 0
	}
	return "", false
}

// foldText returns s without its case, and with single blanks inside only.
func foldText(s string) string {
	return strings.Join(strings.Fields(strings.Map(foldRune, s)), " ")
}

// foldRune returns the least of the characters that differ from r in case alone, as strings.EqualFold tells them.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// certName names a certificate for a message.
func certName(cert *x509.Certificate) string {
	if cert.Subject.CommonName != "" {
		return bcperr.Quote(cert.Subject.CommonName)
	}
	return bcperr.Quote(cert.Subject.String())
}

// nameText writes out a name in DER for a message; "" when it cannot be read. The text of a long one is not made: its
// length would be squared.
func nameText(der []byte) string {
	var rdns pkix.RDNSequence
	if len(der) > maxCertificateBytes {
		return ""
	}
	if _, err := asn1.Unmarshal(der, &rdns); err != nil {
		return ""
	}
	return rdns.String()
}
