package dsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// certificatePEM is the text of certificates.
func certificatePEM(holders ...*holder) (text string) {
	for _, h := range holders {
		text += string(pemOf("CERTIFICATE", h.cert.Raw))
	}
	return text
}

// unreadableCopy is a certificate that crypto/x509 does not read: its key is on a curve that nobody knows.
func unreadableCopy(t testing.TB, h *holder) []byte {
	t.Helper()
	p256 := asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	known, err := asn1.Marshal(p256)
	require.NoError(t, err)
	p256[6] = 99
	unknown, err := asn1.Marshal(p256)
	require.NoError(t, err)
	der := bytes.Replace(h.cert.Raw, known, unknown, 1)
	_, err = x509.ParseCertificate(der)
	require.Error(t, err)
	return der
}

func TestParseAnchors(t *testing.T) {
	a, b := issue(t, nil, "a", authority), issue(t, nil, "b", authority)
	list := string(pemOf(crlLabel, revoke(t, a, nil)))
	bad := string(pemOf("CERTIFICATE", unreadableCopy(t, b)))
	for _, c := range []struct {
		name   string
		files  []string
		want   []*holder
		crls   int
		unread []string // how each begins, place and detail
	}{
		{name: "one", files: []string{certificatePEM(a)}, want: []*holder{a}},
		{name: "two in one file", files: []string{certificatePEM(a, b)}, want: []*holder{a, b}},
		{name: "two files", files: []string{certificatePEM(b), certificatePEM(a)}, want: []*holder{b, a}},
		{name: "each once", files: []string{certificatePEM(a, a), certificatePEM(a)}, want: []*holder{a}},
		{name: "text around", files: []string{"Subject: a\n" + certificatePEM(a) + "\nend\n"}, want: []*holder{a}},
		{name: "byte order mark", files: []string{"\ufeff" + certificatePEM(a)}, want: []*holder{a}},
		{name: "lists beside it", files: []string{list + certificatePEM(a) + list}, want: []*holder{a}, crls: 2},
		{name: "more lists than may be", files: []string{strings.Repeat(list, maxCRLs+1) + certificatePEM(a)},
			want: []*holder{a}, crls: maxCRLs,
			unread: []string{"anchors file 1, block 17 skipped: expected at most 16 revocation lists"}},
		{name: "a curve unknown", files: []string{certificatePEM(a) + bad}, want: []*holder{a},
			unread: []string{`anchors file 1, block 2 skipped, the certificate of "CN=b,O=BCP,C=BE": x509:`}},
		{name: "a curve unknown, in a file of its own", files: []string{bad, certificatePEM(a)}, want: []*holder{a},
			unread: []string{`anchors file 1, block 1 skipped, the certificate of "CN=b,O=BCP,C=BE": x509:`}},
		{name: "no certificate", files: []string{certificatePEM(a) + string(pemOf("CERTIFICATE", []byte{1, 2, 3}))},
			want:   []*holder{a},
			unread: []string{"anchors file 1, block 2 skipped: x509:"}},
		{name: "octets after it", files: []string{string(pemOf("CERTIFICATE", append(bytes.Clone(b.cert.Raw), 0))) +
			certificatePEM(a)}, want: []*holder{a},
			unread: []string{"anchors file 1, block 1 skipped: x509:"}},
		{name: "another block", files: []string{certificatePEM(a) + string(pemOf("TRUSTED\nCERTIFICATE", b.cert.Raw))},
			want: []*holder{a},
			unread: []string{`anchors file 1, block 2 skipped, the certificate of "CN=b,O=BCP,C=BE": expected a ` +
				`CERTIFICATE, got "TRUSTED\nCERTIFICATE"`}},
		{name: "cut off", files: []string{certificatePEM(a) + certificatePEM(b)[:200]}, want: []*holder{a},
			unread: []string{"anchors file 1, block 2 skipped: it has no END line"}},
		{name: "a bad one between", files: []string{certificatePEM(a) + strings.Replace(certificatePEM(a), "-----END",
			"-----end", 1) + certificatePEM(b)}, want: []*holder{a, b},
			unread: []string{"anchors file 1, block 2 skipped: it has no END line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files [][]byte
			for _, f := range c.files {
				files = append(files, []byte(f))
			}
			got, err := ParseAnchors(files...)
			require.NoError(t, err)
			require.Len(t, got.Anchors, len(c.want))
			for i, anchor := range got.Anchors {
				require.Equal(t, c.want[i].cert.Raw, anchor.Raw)
			}
			require.Len(t, got.CRLs, c.crls)
			require.Len(t, got.Unread, len(c.unread))
			for i, f := range got.Unread {
				require.Equal(t, bcperr.CertificateUnreadable, f.Code)
				require.True(t, strings.HasPrefix(f.Place+" "+f.Detail, c.unread[i]), "%v", f)
			}
		})
	}
	none, err := ParseAnchors()
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestAnchorsRefused(t *testing.T) {
	a := issue(t, nil, "a", authority)
	var many strings.Builder
	for range maxAnchors + 1 {
		many.WriteString(certificatePEM(issueFor(t, a.key, nil, "x", authority)))
	}
	good := certificatePEM(issue(t, nil, "b", authority))
	for _, c := range []struct{ name, first, file, want string }{
		{"empty", good, "", "anchors file 2: expected PEM text with a CERTIFICATE block, got an empty input"},
		{"no PEM", good, "garbage", "anchors file 2: expected PEM text with a CERTIFICATE block, got other text"},
		{"DER", good, string(a.cert.Raw), "got DER bytes, which openssl"},
		{"base64", good, base64Of(a.cert.Raw), "got base64 without the lines"},
		{"a key too", good, certificatePEM(a) + string(pemOf("EC PRIVATE KEY", []byte{1})),
			"anchors file 2, block 2: expected a CERTIFICATE, got a private key"},
		{"none that can be read", certificatePEM(a)[:200], string(pemOf("CERTIFICATE", unreadableCopy(t, a))),
			`found none; anchors file 1, block 1: skipped: it has no END line; anchors file 2, block 1: skipped, the ` +
				`certificate of "CN=a,O=BCP,C=BE": x509:`},
		{"lists alone", string(pemOf(crlLabel, []byte{1})), string(pemOf(crlLabel, []byte{1})),
			"expected a certificate among the trust anchors, found none"},
		{"too many", good, many.String(), "expected at most 100 trust anchors, got 102"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseAnchors([]byte(c.first), []byte(c.file))
			require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestParseCertificates(t *testing.T) {
	a := issue(t, nil, "a", authority)
	good := base64Of(a.cert.Raw)
	list, skipped, err := parseCertificates([]string{good}, []*x509.Certificate{a.cert}, nil)
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Same(t, a.cert, list[0], "an anchor is taken as it is")
	for _, c := range []struct {
		name, text string
		asSigner   bcperr.Code
		beside     string // how the finding begins
	}{
		{"not base64", "*", bcperr.SignerMissing, "skipped: it is not base64"},
		{"empty", "", bcperr.SignerMissing, "skipped: it is not base64"},
		{"text after it", good + "!", bcperr.SignerMissing, "skipped: it is not base64"},
		{"garbage", base64Of([]byte{1, 2, 3}), bcperr.SignerMissing, "skipped: x509:"},
		{"octets after it", base64Of(append(bytes.Clone(a.cert.Raw), 0)), bcperr.SignerMissing, "skipped: x509:"},
		{"two in one", base64Of(append(bytes.Clone(a.cert.Raw), a.cert.Raw...)), bcperr.SignerMissing,
			"skipped: x509:"},
		{"too large", base64Of(make([]byte, maxCertificateBytes+1)), bcperr.LimitExceeded,
			"skipped: expected at most 16384 bytes, got 16385"},
		{"a curve unknown", base64Of(unreadableCopy(t, a)), bcperr.SignerMissing,
			`skipped, the certificate of "CN=a,O=BCP,C=BE": x509:`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := parseCertificates([]string{c.text, good}, nil, nil)
			require.Equal(t, c.asSigner, bcperr.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, "certificate 1 in KeyInfo, the signer's")

			list, skipped, err := parseCertificates([]string{good, c.text, good}, nil, nil)
			require.NoError(t, err)
			require.Len(t, list, 2)
			require.Len(t, skipped, 1)
			f := skipped[0].finding()
			require.Equal(t, "KeyInfo, certificate 2", f.Place)
			require.True(t, strings.HasPrefix(f.Detail, c.beside), f.Detail)
		})
	}
}

// TestWhatWasSkippedIsTold: a certificate that cannot be read and was needed explains why there is no path.
func TestWhatWasSkippedIsTold(t *testing.T) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, DefaultSignerCN, signer)
	trust, err := ParseAnchors([]byte(certificatePEM(root) + certificatePEM(root)[:99]))
	require.NoError(t, err)
	path, findings, err := trust.judge([]string{base64Of(s.cert.Raw), base64Of(issuing.cert.Raw), "*"}, pathAt)
	require.NoError(t, err)
	require.Len(t, path, 3)
	require.Equal(t, []string{"anchors file 1, block 2", "KeyInfo, certificate 3"},
		[]string{findings[0].Place, findings[1].Place})

	_, _, err = trust.judge([]string{base64Of(s.cert.Raw), base64Of(unreadableCopy(t, issuing))}, pathAt)
	require.Equal(t, bcperr.SignerUntrusted, bcperr.CodeOf(err))
	require.ErrorContains(t, err, `is of "CN=issuing,O=BCP,C=BE", who issued certificate "CBE=0809394427, SERVICELIST"`)
	require.ErrorContains(t, err,
		`; KeyInfo, certificate 2: skipped, the certificate of "CN=issuing,O=BCP,C=BE": x509:`)

	_, _, err = trust.judge([]string{base64Of(issue(t, issue(t, nil, "else", authority), "x", signer).cert.Raw)},
		pathAt)
	require.ErrorContains(t, err, "; anchors file 1, block 2: skipped: it has no END line")
}
