package dsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
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
		"", " \n", "QQ", "QQ=", "QQ===", "QR==", "QUJ=", "Q", "QQ==QQ==", "=", "QQ=\u00a0=", "QQ==\u2028", "QU-D",
		"QU_D", "QU\x00JD", "QU\fJD", "QU\vJD", "Q*Q==", "QUJD=", "&#13;",
	} {
		_, err := decodeBase64(text)
		require.Error(t, err, "%q", text)
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
		"", " ", "CN", "CN=", "CN=Issuing CA 1", `CN=Issuing CA 1,C=BM`, "=,=", ",", `\`, `CN=a\`, `CN="a`,
		"2.5.4.97=#", "2.5.4.97=#0", "2.5.4.97=#0201", "2.5.4.97=#0c01", "2.5.4.97=#020101",
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
		return namedCertificate{hash: h, digest: base64Of(sum.Sum(nil)), issuer: "CN=root,O=BCP,C=BE",
			serial: s.SerialNumber.String()}
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
