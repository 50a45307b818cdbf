package dsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestDecodeBase64(t *testing.T) {
	for text, want := range map[string]string{
		"QQ==": "A", "QUI=": "AB", "QUJD": "ABC", " Q\tU\r\nJD\n": "ABC", "+/8=": "\xfb\xff",
	} {
		got, err := decodeBase64(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, string(got))
	}
	for _, text := range []string{
		"", " \n", "QQ", "QQ=", "QQ===", "QR==", "QUJ=", "Q", "QQ==QQ==", "=", "QQ=\u00a0=", "QQ==\u2028", "QU-D", "QU_D", "QU\x00JD", "QU\fJD", "QU\vJD", "Q*Q==", "QUJD=", "&#13;",
	} {
		_, err := decodeBase64(text)
		require.Error(t, err, "%q", text)
	}
}

func TestParseAnchors(t *testing.T) {
	a, b := issue(t, nil, "a", authority), issue(t, nil, "b", authority)
	pem := func(holders ...*holder) (text string) {
		for _, h := range holders {
			text += string(pemOf("CERTIFICATE", h.cert.Raw))
		}
		return text
	}
	for _, c := range []struct {
		name  string
		files []string
		want  []*holder
	}{
		{"one", []string{pem(a)}, []*holder{a}},
		{"two in one file", []string{pem(a, b)}, []*holder{a, b}},
		{"two files", []string{pem(b), pem(a)}, []*holder{b, a}},
		{"each once", []string{pem(a, a), pem(a)}, []*holder{a}},
		{"text around", []string{"Subject: a\n" + pem(a) + "\nend\n"}, []*holder{a}},
		{"CRLF", []string{strings.ReplaceAll(pem(a), "\n", "\r\n")}, []*holder{a}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files [][]byte
			for _, f := range c.files {
				files = append(files, []byte(f))
			}
			got, err := ParseAnchors(files...)
			require.NoError(t, err)
			require.Len(t, got, len(c.want))
			for i := range got {
				require.Equal(t, c.want[i].cert.Raw, got[i].Raw)
			}
		})
	}
	var many strings.Builder
	for range maxAnchors + 1 {
		many.WriteString(pem(issueFor(t, a.key, nil, "x", authority)))
	}
	for name, c := range map[string]struct{ file, want string }{
		"DER":      {string(a.cert.Raw), "got DER bytes, which openssl"},
		"PEM text": {"-----BEGIN CERTIFICATE-----\n", "cannot be read"},
		"base64":   {base64Of(a.cert.Raw), "got base64 without the lines"},
	} {
		t.Run("what it seems to be: "+name, func(t *testing.T) {
			_, err := ParseAnchors([]byte(c.file))
			require.ErrorContains(t, err, c.want)
		})
	}
	for name, file := range map[string]string{
		"empty":             "",
		"no PEM":            "garbage",
		"DER":               string(a.cert.Raw),
		"a key too":         pem(a) + string(pemOf("PRIVATE KEY", []byte{1})),
		"not a certificate": string(pemOf("CERTIFICATE", []byte{1, 2, 3})),
		"octets after it":   string(pemOf("CERTIFICATE", append(a.cert.Raw, 0))),
		"another block":     string(pemOf("TRUSTED CERTIFICATE", a.cert.Raw)),
		"cut off":           pem(a) + pem(b)[:200],
		"a bad one between": pem(a) + strings.Replace(pem(b), "-----END", "-----end", 1) + pem(a),
		"too many":          many.String(),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseAnchors([]byte(pem(b)), []byte(file))
			require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "%v", err)
		})
	}
	none, err := ParseAnchors()
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestParseCertificates(t *testing.T) {
	a := issue(t, nil, "a", authority)
	list, err := parseCertificates([]string{base64Of(a.cert.Raw)}, []*x509.Certificate{a.cert}, nil)
	require.NoError(t, err)
	require.Same(t, a.cert, list[0], "an anchor is taken as it is")
	for name, c := range map[string]struct {
		text string
		want bcperr.Code
	}{
		"not base64":      {"*", bcperr.SignerMissing},
		"empty":           {"", bcperr.SignerMissing},
		"text after it":   {base64Of(a.cert.Raw) + "!", bcperr.SignerMissing},
		"garbage":         {base64Of([]byte{1, 2, 3}), bcperr.SignerMissing},
		"octets after it": {base64Of(append(a.cert.Raw, 0)), bcperr.SignerMissing},
		"two in one":      {base64Of(append(a.cert.Raw, a.cert.Raw...)), bcperr.SignerMissing},
		"too large":       {base64Of(make([]byte, maxCertificateBytes+1)), bcperr.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseCertificates([]string{base64Of(a.cert.Raw), c.text}, nil, nil)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

func TestNamesIssuer(t *testing.T) {
	oid := asn1.ObjectIdentifier{2, 5, 4, 97}
	ca := issue(t, nil, "", func(c *x509.Certificate) {
		authority(c)
		c.Subject = pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "BM"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "ZETES SA, (VATBE=1) + \"x\""},
			{Type: oid, Value: "VATBE-1"},
			{Type: oidCommonName, Value: "Issuing CA 1"},
		}}
	})
	s := issue(t, ca, "signer", signer).cert
	for _, text := range []string{
		`CN=Issuing CA 1,2.5.4.97=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM`,
		`C=BM,O=ZETES SA\, (VATBE=1) \+ \"x\",organizationIdentifier=VATBE-1,CN=Issuing CA 1`,
		`CN = issuing  ca 1; OID.2.5.4.97 = #0c0756415442452d31 ; O = ZETES SA\2c (VATBE=1) \2B \22x\22 ; C = bm`,
		`CN="Issuing CA 1",2.5.4.97=VATBE-1,O="ZETES SA, (VATBE=1) + \"x\"",C=BM`,
		"\n CN=Issuing CA 1 ,\n 2.5.4.97=#130756415442452D31, O=ZETES SA\\, (VATBE\\=1) \\+ \\\"x\\\" ,C=BM \n",
	} {
		require.True(t, namesIssuer(text, s), "%s", text)
	}
	for _, text := range []string{
		"", " ", "CN", "CN=", "CN=Issuing CA 1", `CN=Issuing CA 1,C=BM`, "=,=", ",", `\`, `CN=a\`, `CN="a`, "2.5.4.97=#", "2.5.4.97=#0", "2.5.4.97=#0201", "2.5.4.97=#0c01", "2.5.4.97=#020101",
		`CN=Issuing CA 1,2.5.4.97=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BE`,
		`CN=Issuing CA 1,2.5.4.98=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM`,
		`CN=Issuing CA 1,2.5.4.97=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM,C=BM`,
		`CN=Issuing CA 1,2.5.4.97=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C="BM`,
		`CN=Issuing CA 1,2.5.4.97=#0c0756415442452d3100,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM`,
		`CN=Issuing CA 1,2.5.4.97=#0c0756415442452d31zz,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM`,
		`CN=Issuing CA 1\,2.5.4.97=VATBE-1,O=ZETES SA\, (VATBE=1) \+ \"x\",C=BM`,
	} {
		require.False(t, namesIssuer(text, s), "%s", text)
	}
}

func TestNamedCertificate(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer).cert
	good := func() namedCertificate {
		h := digestAlgorithms["http://www.w3.org/2001/04/xmlenc#sha512"]
		sum := h.New()
		sum.Write(s.Raw)
		return namedCertificate{hash: h, digest: base64Of(sum.Sum(nil)), issuer: "CN=root,O=BCP,C=BE", serial: s.SerialNumber.String()}
	}
	require.NoError(t, good().check(s))
	for name, edit := range map[string]func(*namedCertificate){
		"digest of another": func(c *namedCertificate) { c.digest = base64Of(root.cert.Raw[:64]) },
		"digest cut off":    func(c *namedCertificate) { c.digest = c.digest[:40] },
		"no base64":         func(c *namedCertificate) { c.digest = "*" },
		"another serial":    func(c *namedCertificate) { c.serial += "0" },
		"serial in hex":     func(c *namedCertificate) { c.serial = "0x" + s.SerialNumber.Text(16) },
		"no serial":         func(c *namedCertificate) { c.serial = "" },
		"another issuer":    func(c *namedCertificate) { c.issuer = "CN=other,O=BCP,C=BE" },
	} {
		t.Run(name, func(t *testing.T) {
			c := good()
			edit(&c)
			require.Equal(t, bcperr.XAdESInvalid, bcperr.CodeOf(c.check(s)))
		})
	}
	require.Equal(t, "0", integer(" +000 "))
	require.Equal(t, "-1", integer("-1"))
}
