package dsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// scopeOf adds an issuingDistributionPoint of these fields.
func scopeOf(t testing.TB, fields ...[]byte) func(*x509.RevocationList) {
	value := tlv(t, asn1.ClassUniversal, asn1.TagSequence, slices.Concat(fields...))
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: oidIssuingPoint, Critical: true, Value: value})
	}
}

// pointAt is the field distributionPoint with one name.
func pointAt(t testing.TB, name []byte) []byte {
	return tlv(t, asn1.ClassContextSpecific, tagPoint, tlv(t, asn1.ClassContextSpecific, 0, name))
}

func primitive(t testing.TB, tag int, content ...byte) []byte {
	der, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: content})
	require.NoError(t, err)
	return der
}

// TestScope: whoever stands on a list is revoked; who does not is unrevoked when the list is about him.
func TestScope(t *testing.T) {
	const here, elsewhere = "http://crl.example/a", "http://crl.example/b"
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing",
		with(authority, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{here} }))
	s := issue(t, issuing, "signer",
		with(signer, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{elsewhere, here} }))
	path := []*x509.Certificate{s.cert, issuing.cert, root.cert}
	uri := func(text string) []byte { return primitive(t, tagURI, []byte(text)...) }
	yes := func(tag int) []byte { return primitive(t, tag, 0xFF) }
	for _, c := range []struct {
		name     string
		fields   [][]byte
		ofSigner bcperr.Code // the finding of a list of the issuing CA without the signer
		ofCA     bcperr.Code // of a list of the root without the issuing CA
	}{
		{"the whole", nil, "", ""},
		{"a point of the certificate", [][]byte{pointAt(t, uri(here))}, "", ""},
		{"a point of the certificate, second name", [][]byte{pointAt(t, append(uri("ldap://x"), uri(here)...))}, "",
			""},
		{"another point", [][]byte{pointAt(t, uri("http://crl.example/c"))}, bcperr.CRLPartial, bcperr.CRLPartial},
		{"a point of the signer alone", [][]byte{pointAt(t, uri(elsewhere))}, "", bcperr.CRLPartial},
		{"a point by another kind of name", [][]byte{pointAt(t, primitive(t, tagDNS, []byte(here)...))},
			bcperr.CRLPartial, bcperr.CRLPartial},
		{"a point relative to the issuer",
			[][]byte{tlv(t, asn1.ClassContextSpecific, tagPoint, tlv(t, asn1.ClassContextSpecific, 1, uri(here)))},
			bcperr.CRLPartial, bcperr.CRLPartial},
		{"a point that cannot be read", [][]byte{tlv(t, asn1.ClassContextSpecific, tagPoint, []byte{1})},
			bcperr.CRLPartial, bcperr.CRLPartial},
		{"names that cannot be read", [][]byte{pointAt(t, []byte{1})}, bcperr.CRLPartial, bcperr.CRLPartial},
		{"users only", [][]byte{yes(tagOnlyUsers)}, "", bcperr.CRLPartial},
		{"users only: no", [][]byte{primitive(t, tagOnlyUsers, 0)}, "", ""},
		{"authorities only", [][]byte{yes(tagOnlyAuthority)}, bcperr.CRLPartial, ""},
		{"authorities only: no", [][]byte{primitive(t, tagOnlyAuthority, 0)}, "", ""},
		{"some reasons", [][]byte{primitive(t, tagOnlyReasons, 1, 0x40)}, bcperr.CRLPartial, bcperr.CRLPartial},
		{"indirect", [][]byte{yes(tagIndirect)}, "", ""},
		{"attribute certificates", [][]byte{yes(tagOnlyAttributes)}, bcperr.CRLPartial, bcperr.CRLPartial},
		{"attribute certificates: no", [][]byte{primitive(t, tagOnlyAttributes, 0)}, "", ""},
		{"a field that nobody knows", [][]byte{yes(6)}, bcperr.CRLPartial, bcperr.CRLPartial},
		{"the second field restricts", [][]byte{pointAt(t, uri(here)), yes(tagOnlyAttributes)}, bcperr.CRLPartial,
			bcperr.CRLPartial},
	} {
		t.Run(c.name, func(t *testing.T) {
			edit := scopeOf(t, c.fields...)
			for _, judged := range []struct {
				issuer, subject *holder
				want            bcperr.Code
			}{{issuing, s, c.ofSigner}, {root, issuing, c.ofCA}} {
				_, err := checkRevocation(path, nil,
					[][]byte{revoke(t, judged.issuer, edit, judged.subject.cert.SerialNumber)}, pathAt)
				require.Equal(t, bcperr.SignerRevoked, bcperr.CodeOf(err))
				findings, err := checkRevocation(path, nil, [][]byte{revoke(t, judged.issuer, edit)}, pathAt)
				require.NoError(t, err)
				if judged.want == "" {
					require.Empty(t, findings)
					continue
				}
				require.Len(t, findings, 1)
				require.Equal(t, judged.want, findings[0].Code)
				require.Contains(t, findings[0].Detail, certName(judged.subject.cert))
			}
		})
	}
}

// entryOf is an entry of that reason, 0 for none, and extensions, made two hours before pathAt.
func entryOf(serial *big.Int, reason int, extensions ...pkix.Extension) x509.RevocationListEntry {
	return x509.RevocationListEntry{SerialNumber: serial, ReasonCode: reason, ExtraExtensions: extensions,
		RevocationTime: pathAt.Add(-2 * time.Hour)}
}

// certificateIssuer names the issuers of an entry, and of those after it.
func certificateIssuer(t testing.TB, names ...[]byte) pkix.Extension {
	var general []byte
	for _, name := range names {
		general = append(general, tlv(t, asn1.ClassContextSpecific, tagDirectory, name)...)
	}
	return pkix.Extension{Id: oidCertificateIssuer, Critical: true, Value: tlv(t, asn1.ClassUniversal, asn1.TagSequence,
		general)}
}

func TestEntriesOfOtherIssuers(t *testing.T) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, "signer", signer)
	path := []*x509.Certificate{s.cert, issuing.cert, root.cert}
	mine, other := s.cert.SerialNumber, big.NewInt(1<<40)
	of := func(names ...[]byte) pkix.Extension { return certificateIssuer(t, names...) }
	own, foreign := issuing.cert.RawSubject, issue(t, root, "else", authority).cert.RawSubject
	spelled := issue(t, root, "ISSUING", authority).cert.RawSubject
	uri := pkix.Extension{Id: oidCertificateIssuer, Critical: true, Value: tlv(t, asn1.ClassUniversal, asn1.TagSequence,
		primitive(t, tagURI, 'x'))}
	broken := pkix.Extension{Id: oidCertificateIssuer, Critical: true, Value: []byte{1}}
	nobody := pkix.Extension{Id: oidCertificateIssuer, Critical: true, Value: []byte{0x30, 0}}
	unknown := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	ignored := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}
	date := pkix.Extension{Id: oidInvalidityDate, Critical: true, Value: []byte{5, 0}}
	for _, c := range []struct {
		name    string
		entries []x509.RevocationListEntry
		want    bcperr.Code
		finding bcperr.Code
	}{
		{"of another issuer", []x509.RevocationListEntry{entryOf(mine, 0, of(foreign))}, "", ""},
		{"of the issuer", []x509.RevocationListEntry{entryOf(mine, 0, of(own))}, bcperr.SignerRevoked, ""},
		{"of the issuer, spelled otherwise", []x509.RevocationListEntry{entryOf(mine, 0, of(spelled))},
			bcperr.SignerRevoked, ""},
		{"of two issuers", []x509.RevocationListEntry{entryOf(mine, 0, of(foreign, own))}, bcperr.SignerRevoked, ""},
		{"of an issuer by another kind of name", []x509.RevocationListEntry{entryOf(mine, 0, uri)}, "", ""},
		{"of an issuer that cannot be read", []x509.RevocationListEntry{entryOf(mine, 0, broken)}, bcperr.SignerRevoked,
			""},
		{"of nobody", []x509.RevocationListEntry{entryOf(mine, 0, nobody)}, bcperr.SignerRevoked, ""},
		{"after one of another issuer", []x509.RevocationListEntry{entryOf(other, 0, of(foreign)), entryOf(mine, 0)},
			"", ""},
		{"after one of another issuer, whose own", []x509.RevocationListEntry{entryOf(other, 0, of(foreign)),
			entryOf(mine, 0, of(own))}, bcperr.SignerRevoked, ""},
		{"before one of another issuer", []x509.RevocationListEntry{entryOf(mine, 0), entryOf(other, 0, of(foreign))},
			bcperr.SignerRevoked, ""},
		{"of another issuer, then the issuer's", []x509.RevocationListEntry{entryOf(mine, 0, of(foreign)),
			entryOf(mine, 0, of(own))}, bcperr.SignerRevoked, ""},
		{"an extension that is not understood", []x509.RevocationListEntry{entryOf(mine, 0, unknown)},
			bcperr.SignerRevoked, ""},
		{"an extension that is not understood, of another", []x509.RevocationListEntry{entryOf(other, 0, unknown)}, "",
			bcperr.CRLInvalid},
		{"an extension that may be ignored, of another", []x509.RevocationListEntry{entryOf(other, 0, ignored)}, "",
			""},
		{"an invalidity date, of another", []x509.RevocationListEntry{entryOf(other, 0, date)}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := revoke(t, issuing, func(l *x509.RevocationList) { l.RevokedCertificateEntries = c.entries })
			findings, err := checkRevocation(path, nil, [][]byte{list}, pathAt)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			if c.finding == "" {
				require.Empty(t, findings)
			} else {
				require.Len(t, findings, 1)
				require.Equal(t, c.finding, findings[0].Code)
			}
		})
	}
}

// TestHolds: the newest current list of one scope says whether a certificate is still on hold.
func TestHolds(t *testing.T) {
	const hold, compromise, removal = 6, 1, 8
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	path := []*x509.Certificate{s.cert, root.cert}
	mine := s.cert.SerialNumber
	// made says how many minutes before pathAt a list was made, and what it says of the signer.
	made := func(minutes int, reason int, edits ...func(*x509.RevocationList)) []byte {
		return revoke(t, root, func(l *x509.RevocationList) {
			l.ThisUpdate = pathAt.Add(-time.Duration(minutes) * time.Minute)
			if reason >= 0 {
				l.RevokedCertificateEntries = []x509.RevocationListEntry{entryOf(mine, reason)}
			}
			for _, edit := range edits {
				edit(l)
			}
		})
	}
	const absent = -1
	ended := func(l *x509.RevocationList) { l.NextUpdate = pathAt.Add(-time.Second) }
	delta := func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: oidDeltaCRLIndicator, Critical: true,
			Value: []byte{2, 1, 1}})
	}
	odd := func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true,
			Value: []byte{5, 0}})
	}
	numbered := func(n int64) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) { l.Number = big.NewInt(n) }
	}
	users := scopeOf(t, primitive(t, tagOnlyUsers, 0xFF))
	reasons := scopeOf(t, primitive(t, tagOnlyReasons, 1, 0x02))
	for _, c := range []struct {
		name  string
		lists [][]byte
		want  bcperr.Code
	}{
		{"alone", [][]byte{made(30, hold)}, bcperr.SignerRevoked},
		{"on an old list alone", [][]byte{made(30, hold, ended)}, bcperr.SignerRevoked},
		{"lifted", [][]byte{made(30, hold), made(20, absent)}, ""},
		{"lifted, in the other order", [][]byte{made(20, absent), made(30, hold)}, ""},
		{"lifted on the list after an old one", [][]byte{made(30, hold, ended), made(20, absent)}, ""},
		{"laid on again", [][]byte{made(30, hold), made(20, absent), made(10, hold)}, bcperr.SignerRevoked},
		{"lifted twice", [][]byte{made(40, hold), made(30, absent), made(20, hold), made(10, absent)}, ""},
		{"an older list without it", [][]byte{made(30, absent), made(20, hold)}, bcperr.SignerRevoked},
		{"an older list that is still current", [][]byte{made(30, absent), made(20, hold, ended)},
			bcperr.SignerRevoked},
		{"a newer list that ended", [][]byte{made(30, hold), made(20, absent, ended)}, bcperr.SignerRevoked},
		{"a newer list that is not understood", [][]byte{made(30, hold), made(20, absent, odd)}, bcperr.SignerRevoked},
		{"a list to come", [][]byte{made(30, hold), made(-5, absent)}, bcperr.SignerRevoked},
		{"another scope", [][]byte{made(30, hold), made(20, absent, users)}, bcperr.SignerRevoked},
		{"the same scope", [][]byte{made(30, hold, users), made(20, absent, users)}, ""},
		{"the same scope, of some reasons", [][]byte{made(30, hold, reasons), made(20, absent, reasons)}, ""},
		{"made at once, a higher number", [][]byte{made(30, hold), made(30, absent, numbered(2))}, ""},
		{"made at once, the same number", [][]byte{made(30, absent), made(30, hold)}, bcperr.SignerRevoked},
		{"made at once, a lower number", [][]byte{made(30, hold, numbered(2)), made(30, absent)}, bcperr.SignerRevoked},
		{"a delta list that does not name it", [][]byte{made(30, hold), made(20, absent, delta)}, bcperr.SignerRevoked},
		{"a delta list that removes it", [][]byte{made(30, hold), made(20, removal, delta)}, ""},
		{"a delta list that removed it before", [][]byte{made(30, removal, delta), made(20, hold)},
			bcperr.SignerRevoked},
		{"a delta list that lays it on", [][]byte{made(30, absent), made(20, hold, delta)}, bcperr.SignerRevoked},
		{"removed, never on hold", [][]byte{made(20, removal, delta)}, ""},
		{"revoked for good, a newer list without it", [][]byte{made(30, compromise), made(20, absent)},
			bcperr.SignerRevoked},
		{"revoked for good, removed by a delta list", [][]byte{made(30, compromise), made(20, removal, delta)},
			bcperr.SignerRevoked},
		{"on hold, then revoked for good, in one list", [][]byte{made(30, hold, func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, entryOf(mine, compromise),
				entryOf(mine, hold))
		}), made(20, absent)}, bcperr.SignerRevoked},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := checkRevocation(path, nil, c.lists, pathAt)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
	t.Run("laid on after the moment of judgement", func(t *testing.T) {
		at := pathAt.Add(-3 * time.Hour)
		_, err := checkRevocation(path, nil, [][]byte{made(30, hold)}, at)
		require.NoError(t, err)
	})
}
