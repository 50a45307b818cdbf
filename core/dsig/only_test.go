package dsig_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// TestOnlyThisCheck holds documents that one check alone refuses: without it they would be accepted, or another code
// would hide the reason.
func TestOnlyThisCheck(t *testing.T) {
	pki := newPKI(t)
	void := sha256.Sum256(nil)
	append1 := func(path, text string) func(*etree.Element) {
		return func(root *etree.Element) { e := find(root, path); e.SetText(e.Text() + text) }
	}
	for _, c := range []struct {
		name   string
		digest func(root *etree.Element) // after the digests were made, before the signature value
		value  func(root *etree.Element) // after that
		want   bcperr.Code
	}{
		{"octets after a good DigestValue", append1(reference1+"/DigestValue", "!"), nil, bcperr.DigestMismatch},
		{"octets after a good SignatureValue", nil, append1(sig+"/SignatureValue", "!"), bcperr.SignatureInvalid},
		{"no canonical form, the digest is of nothing", func(root *etree.Element) {
			root.CreateAttr("xmlns:x", "relative")
			find(root, reference1+"/DigestValue").SetText(base64.StdEncoding.EncodeToString(void[:]))
		}, nil, bcperr.XMLForbidden},
		{"no canonical form, the signature is of nothing", nil, func(root *etree.Element) {
			find(root, info).CreateAttr("xmlns:x", "relative")
			value, err := pki.Signer.Key.Sign(rand.Reader, void[:], crypto.SHA256)
			require.NoError(t, err)
			find(root, sig+"/SignatureValue").SetText(base64.StdEncoding.EncodeToString(value))
		}, bcperr.XMLForbidden},
		{"no canonical form and a changed list", nil, func(root *etree.Element) {
			find(root, info).CreateAttr("xmlns:x", "relative")
			find(root, "./Service").CreateAttr("Name", "other")
		}, bcperr.XMLForbidden},
		{"certificate outside X509Data", nil, func(root *etree.Element) {
			keyInfo := find(root, sig+"/KeyInfo")
			other := etree.NewElement("ds:Other")
			for _, data := range keyInfo.SelectElements("X509Data") {
				other.AddChild(keyInfo.RemoveChild(data).(*etree.Element).SelectElement("X509Certificate"))
			}
			keyInfo.AddChild(other)
		}, bcperr.SignerMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := drill.NewDraft(sampleOne(), pki.Signer, time.Time{})
			require.NoError(t, err)
			require.NoError(t, d.Seal())
			if c.digest != nil {
				c.digest(d.Doc.Root())
				require.NoError(t, d.SealValue())
			}
			if c.value != nil {
				c.value(d.Doc.Root())
			}
			_, err = dsig.Verify(d.Bytes(), trustIn(pki.Root), judged)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

// TestForeignAddressesStayOutOfMessages: what a Reference points at may be an attacker's.
func TestForeignAddressesStayOutOfMessages(t *testing.T) {
	pki := newPKI(t)
	file := signed(t, pki.Signer,
		func(root *etree.Element) { find(root, reference1).CreateAttr("URI", "https://evil.example/x") })
	_, err := dsig.Verify(file, trustIn(pki.Root), judged)
	require.Equal(t, bcperr.SignatureShape, bcperr.CodeOf(err))
	require.NotContains(t, err.Error(), "evil.example")
}
