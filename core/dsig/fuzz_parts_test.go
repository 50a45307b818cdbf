package dsig

import (
	"crypto/x509"
	"encoding/base64"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// FuzzDecodeBase64 compares with the standard library's strict decoder: whatever we take, it takes without white space.
func FuzzDecodeBase64(f *testing.F) {
	f.Add(" QUJD\r\n")
	f.Add("QQ==")
	f.Fuzz(func(t *testing.T, text string) {
		octets, err := decodeBase64(text)
		if err != nil {
			return
		}
		again, err := decodeBase64(base64.StdEncoding.EncodeToString(octets))
		if err != nil || string(again) != string(octets) || len(octets) == 0 {
			t.Fatalf("%q: %x, %x, %v", text, octets, again, err)
		}
	})
}

// FuzzNamesIssuer looks for text that makes the parser of names panic.
func FuzzNamesIssuer(f *testing.F) {
	root := issue(f, nil, "root", authority)
	s := issue(f, root, "signer", signer)
	f.Add(`CN=root,O=BCP,C=BE`)
	f.Add(`C = "BE" ; 2.5.4.10=#0c03424350+CN=r\6fot\,`)
	f.Fuzz(func(_ *testing.T, text string) { namesIssuer(text, s.cert) })
}

// FuzzRevocation looks for CRLs that make the judgement panic, or revoke what they cannot have been signed for.
func FuzzRevocation(f *testing.F) {
	root := issue(f, nil, "root", authority)
	s := issue(f, root, "signer", signer)
	f.Add([]byte("-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n"))
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := checkRevocation([]*x509.Certificate{s.cert, root.cert}, nil, [][]byte{file},
			pathAt); bcperr.CodeOf(err) == bcperr.SignerRevoked {
			t.Fatal("revoked by a list that nobody signed")
		}
	})
}
