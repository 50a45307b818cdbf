package dsig

import (
	"bytes"
	"crypto/rand"
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

// revoke makes a DER list of issuer that was current around pathAt. edit changes the template first.
func revoke(t *testing.T, issuer *holder, edit func(*x509.RevocationList), serials ...*big.Int) []byte {
	t.Helper()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: pathAt.Add(-time.Hour),
		NextUpdate: pathAt.Add(time.Hour)}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: pathAt.Add(-2 * time.Hour)})
	}
	if edit != nil {
		edit(list)
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer.cert, issuer.key)
	require.NoError(t, err)
	return der
}

func inPEM(lists ...[]byte) (text []byte) {
	for _, der := range lists {
		text = append(text, pemOf("X509 CRL", der)...)
	}
	return text
}

func TestCheckRevocation(t *testing.T) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, "signer", signer)
	path := []*x509.Certificate{s.cert, issuing.cert, root.cert}
	mine := s.cert.SerialNumber
	twin := issue(t, root, "issuing", authority)   // the issuing CA's name, another key
	rolled := issue(t, root, "issuing", authority) // the same, and the application trusts it
	otherForm := &holder{cert: issueFor(t, issuing.key, root, " Issuing ", authority).cert, key: issuing.key}

	expired := func(l *x509.RevocationList) {
		l.ThisUpdate, l.NextUpdate = pathAt.Add(-2*time.Hour), pathAt.Add(-time.Second)
	}
	early := func(l *x509.RevocationList) { l.ThisUpdate = pathAt.Add(time.Second) }
	extension := func(id asn1.ObjectIdentifier, critical bool) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) {
			l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: id, Critical: critical,
				Value: []byte{0x02, 1, 1}})
		}
	}
	unreadable := func(der []byte) []byte { // the serial of the entry is no number any more
		serial, err := asn1.Marshal(mine)
		require.NoError(t, err)
		return bytes.Replace(der, serial, append([]byte{asn1.TagOctetString}, serial[1:]...), 1)
	}
	for _, c := range []struct {
		name     string
		files    [][]byte
		want     bcperr.Code
		findings []bcperr.Code
	}{
		{"no list", nil, "", nil},
		{"nothing revoked", [][]byte{revoke(t, issuing, nil)}, "", nil},
		{"another serial", [][]byte{revoke(t, issuing, nil, big.NewInt(-5), new(big.Int).Add(mine, big.NewInt(1)))}, "",
			nil},
		{"the signer, DER", [][]byte{revoke(t, issuing, nil, mine)}, bcperr.SignerRevoked, nil},
		{"the signer, PEM", [][]byte{inPEM(revoke(t, issuing, nil, mine))}, bcperr.SignerRevoked, nil},
		{"the signer, second in a PEM file", [][]byte{inPEM(revoke(t, root, nil), revoke(t, issuing, nil, mine))},
			bcperr.SignerRevoked, nil},
		{"the signer, behind a list of somebody else",
			[][]byte{inPEM(revoke(t, twin, nil), revoke(t, issuing, nil, mine))}, bcperr.SignerRevoked, nil},
		{"two findings in a file", [][]byte{inPEM(revoke(t, twin, nil), revoke(t, issuing, expired))}, "",
			[]bcperr.Code{bcperr.CRLInvalid, bcperr.CRLExpired}},
		{"the signer, second file", [][]byte{revoke(t, root, nil), revoke(t, issuing, nil, mine)}, bcperr.SignerRevoked,
			nil},
		{"the issuing CA", [][]byte{revoke(t, root, nil, issuing.cert.SerialNumber)}, bcperr.SignerRevoked, nil},
		{"the signer's serial on the root's list", [][]byte{revoke(t, root, nil, mine)}, "", nil},
		{"last moment", [][]byte{revoke(t, issuing, func(l *x509.RevocationList) { l.NextUpdate = pathAt }, mine)},
			bcperr.SignerRevoked, nil},
		{"first moment", [][]byte{revoke(t, issuing, func(l *x509.RevocationList) { l.ThisUpdate = pathAt }, mine)},
			bcperr.SignerRevoked, nil},
		{"expired", [][]byte{revoke(t, issuing, expired, mine)}, bcperr.SignerRevoked, nil},
		{"expired, another serial", [][]byte{revoke(t, issuing, expired, big.NewInt(-5))}, "",
			[]bcperr.Code{bcperr.CRLExpired}},
		{"not yet valid, revoked before", [][]byte{revoke(t, issuing, early, mine)}, bcperr.SignerRevoked, nil},
		{"not yet valid, revoked later", [][]byte{revoke(t, issuing, func(l *x509.RevocationList) {
			early(l)
			l.RevokedCertificateEntries[0].RevocationTime = pathAt.Add(time.Second)
		}, mine)}, bcperr.SignerRevoked, nil},
		{"current, revoked later", [][]byte{revoke(t, issuing, func(l *x509.RevocationList) {
			l.RevokedCertificateEntries[0].RevocationTime = pathAt.Add(time.Second)
		}, mine)}, bcperr.SignerRevoked, nil},
		{"of somebody else", [][]byte{revoke(t, issue(t, root, "else", authority), nil, mine)}, "",
			[]bcperr.Code{bcperr.CRLForeign}},
		{"of somebody else, whose entries are left alone",
			[][]byte{unreadable(revoke(t, issue(t, root, "else", authority), nil, mine))}, "",
			[]bcperr.Code{bcperr.CRLForeign}},
		{"unreadable entries", [][]byte{unreadable(revoke(t, issuing, nil, mine))}, "",
			[]bcperr.Code{bcperr.CRLInvalid}},
		{"a line end after it", [][]byte{append(revoke(t, issuing, nil, mine), '\n')}, bcperr.SignerRevoked, nil},
		{"the signer, behind an unreadable list",
			[][]byte{inPEM(unreadable(revoke(t, issuing, nil, mine)), revoke(t, issuing, nil, mine))},
			bcperr.SignerRevoked, nil},
		{"of the issuing CA's name, another key", [][]byte{revoke(t, twin, nil, mine)}, "",
			[]bcperr.Code{bcperr.CRLInvalid}},
		{"delta", [][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{2, 5, 29, 27}, true), mine)},
			bcperr.SignerRevoked, nil},
		{"delta, another serial", [][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{2, 5, 29, 27}, true))},
			"", []bcperr.Code{bcperr.CRLPartial}},
		{"issuing distribution point", [][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{2, 5, 29, 28}, true),
			mine)}, bcperr.SignerRevoked, nil},
		{"issuing distribution point that cannot be read",
			[][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{2, 5, 29, 28}, true))}, "",
			[]bcperr.Code{bcperr.CRLPartial}},
		{"a critical extension that nobody knows",
			[][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{1, 2, 3}, true), mine)}, bcperr.SignerRevoked,
			nil},
		{"a critical extension that nobody knows, another serial",
			[][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{1, 2, 3}, true))}, "",
			[]bcperr.Code{bcperr.CRLInvalid}},
		{"an extension that is not critical",
			[][]byte{revoke(t, issuing, extension(asn1.ObjectIdentifier{1, 2, 3}, false), mine)}, bcperr.SignerRevoked,
			nil},
		{"garbage", [][]byte{[]byte("garbage")}, "", []bcperr.Code{bcperr.CRLInvalid}},
		{"empty", [][]byte{nil}, "", []bcperr.Code{bcperr.CRLInvalid}},
		{"a certificate in PEM", [][]byte{pemOf("CERTIFICATE", s.cert.Raw)}, "", []bcperr.Code{bcperr.CRLInvalid}},
		{"too many lists in a file", [][]byte{inPEM(slices.Repeat([][]byte{revoke(t, root, nil)}, maxCRLLists+1)...)},
			"", []bcperr.Code{bcperr.CRLInvalid}},
		{"the signer on the last list of a large file",
			[][]byte{inPEM(append(slices.Repeat([][]byte{revoke(t, root, nil)}, maxCRLLists-1),
				revoke(t, issuing, nil, mine))...)}, bcperr.SignerRevoked, nil},
		{"certificates beside the list",
			[][]byte{slices.Concat(pemOf("CERTIFICATE", s.cert.Raw), inPEM(revoke(t, issuing, nil, mine)))},
			bcperr.SignerRevoked, nil},
		{"certificates beside a list without the signer",
			[][]byte{slices.Concat(inPEM(revoke(t, issuing, nil)), pemOf("CERTIFICATE", s.cert.Raw))}, "", nil},
		{"byte order mark", [][]byte{append([]byte("\xef\xbb\xbf"), inPEM(revoke(t, issuing, nil, mine))...)},
			bcperr.SignerRevoked, nil},
		{"a block cut off, then the signer",
			[][]byte{append(inPEM(revoke(t, issuing, nil))[:99], inPEM(revoke(t, issuing, nil, mine))...)},
			bcperr.SignerRevoked, nil},
		{"a block cut off",
			[][]byte{append(inPEM(revoke(t, issuing, nil)), inPEM(revoke(t, issuing, nil, mine))[:99]...)}, "",
			[]bcperr.Code{bcperr.CRLInvalid}},
		{"a list that another key of the issuing CA signed", [][]byte{revoke(t, rolled, nil, mine)},
			bcperr.SignerRevoked, nil},
		{"a list of the issuing CA's name in another form", [][]byte{revoke(t, otherForm, nil, mine)},
			bcperr.SignerRevoked, nil},
		{"byte order mark, DER", [][]byte{append([]byte("\xef\xbb\xbf"), revoke(t, issuing, nil, mine)...)},
			bcperr.SignerRevoked, nil},
		{"too large", [][]byte{make([]byte, MaxCRLBytes+1)}, "", []bcperr.Code{bcperr.CRLInvalid}},
		{"a bad one that is too large, then the signer",
			[][]byte{make([]byte, MaxCRLBytes+1), revoke(t, issuing, nil, mine)}, bcperr.SignerRevoked, nil},
		{"a bad one, then the signer", [][]byte{[]byte("garbage"), revoke(t, issuing, nil, mine)}, bcperr.SignerRevoked,
			nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings, err := checkRevocation(path, []*x509.Certificate{rolled.cert}, c.files, pathAt)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			var codes []bcperr.Code
			for _, f := range findings {
				codes = append(codes, f.Code)
				require.Equal(t, "crl 1", f.Place)
				require.NotEmpty(t, f.Detail)
			}
			require.Equal(t, c.findings, codes)
		})
	}
}

// TestCRLMessages: what is wrong with a list is said in words of ours, and a serial as openssl writes it.
func TestCRLMessages(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	good := revoke(t, root, nil)
	hash := bytes.Index(good, []byte{0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2})
	const wanted = "expected a certificate revocation list, DER or PEM, got "
	other := bytes.ReplaceAll(good, good[hash:hash+8], []byte{0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 9})
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a page":    {[]byte("<html>"), wanted + "an HTML page: not in the form of a list, or cut"},
		"cut":       {good[:len(good)-9], wanted + "DER bytes: not in the form of a list, or cut"},
		"a thief's": {revoke(t, issue(t, nil, "root", authority), nil), `not signed by "root"`},
		"too large": {make([]byte, MaxCRLBytes+1), "more than 4194304 bytes; it is not used"},
		"unknown":   {other, "its signature is of an algorithm that is not supported"},
	} {
		findings, err := checkRevocation([]*x509.Certificate{s.cert, root.cert}, nil, [][]byte{c.file}, pathAt)
		require.NoError(t, err, name)
		require.Len(t, findings, 1, name)
		require.Equal(t, bcperr.CRLInvalid, findings[0].Code, name)
		require.Equal(t, c.want, findings[0].Detail, name)
	}
	for number, want := range map[int64]string{10: "0A", 0xABC: "0ABC"} {
		require.Equal(t, want, hexSerial(big.NewInt(number)))
	}
	findings, err := checkRevocation([]*x509.Certificate{s.cert, root.cert}, nil, make([][]byte, maxCRLs+3), pathAt)
	require.NoError(t, err)
	require.Len(t, findings, maxCRLs+3)
	require.Equal(t, "more than 16 files; it is not used", findings[maxCRLs].Detail)
}

// TestRevokedAfterTheMoment judges a certificate at a moment before its entry and its list: only a routine change says
// nothing of that moment.
func TestRevokedAfterTheMoment(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	path := []*x509.Certificate{s.cert, root.cert}
	serial := s.cert.SerialNumber
	dated := func(reason int, after time.Duration) x509.RevocationListEntry {
		e := entryOf(serial, reason)
		e.RevocationTime = pathAt.Add(after)
		return e
	}
	list := func(from time.Duration, entries ...x509.RevocationListEntry) []byte {
		return revoke(t, root, func(l *x509.RevocationList) {
			l.ThisUpdate, l.RevokedCertificateEntries = pathAt.Add(from), entries
		})
	}
	const before, after = -time.Minute, time.Minute
	for name, c := range map[string]struct {
		list []byte
		want bcperr.Code
	}{
		"no reason":              {list(after, dated(0, after)), bcperr.SignerRevoked},
		"keyCompromise":          {list(after, dated(1, after)), bcperr.SignerRevoked},
		"cACompromise":           {list(after, dated(2, after)), bcperr.SignerRevoked},
		"affiliationChanged":     {list(after, dated(3, after)), ""},
		"superseded":             {list(after, dated(4, after)), ""},
		"cessationOfOperation":   {list(after, dated(5, after)), ""},
		"a hold":                 {list(after, dated(6, after)), ""},
		"a reason that is none":  {list(after, dated(7, after)), bcperr.SignerRevoked},
		"privilegeWithdrawn":     {list(after, dated(9, after)), ""},
		"aACompromise":           {list(after, dated(10, after)), bcperr.SignerRevoked},
		"a reason to come":       {list(after, dated(11, after)), bcperr.SignerRevoked},
		"superseded before":      {list(after, dated(4, before)), bcperr.SignerRevoked},
		"superseded, told":       {list(before, dated(4, after)), bcperr.SignerRevoked},
		"superseded, then lost":  {list(after, dated(4, after), dated(1, after)), bcperr.SignerRevoked},
		"lost, then superseded":  {list(after, dated(1, after), dated(4, after)), bcperr.SignerRevoked},
		"superseded that moment": {list(0, dated(4, 0)), bcperr.SignerRevoked},
	} {
		t.Run(name, func(t *testing.T) {
			findings, err := checkRevocation(path, nil, [][]byte{c.list}, pathAt)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			if err == nil && name != "a hold" {
				require.Len(t, findings, 1)
				require.Equal(t, bcperr.CRLNotYetValid, findings[0].Code)
			}
		})
	}
}
