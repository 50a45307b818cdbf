package dsig_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// judged is when the lists of these tests are judged: twelve days after their IssueInstant.
var judged = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

func newPKI(t testing.TB) *drill.PKI {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	return pki
}

// quickSigner signs fast, in WebAssembly too.
func quickSigner(t testing.TB, pki *drill.PKI) drill.Signer {
	t.Helper()
	s, err := pki.IssueSigner("p256", 20, nil)
	require.NoError(t, err)
	return s
}

func trustIn(anchors ...*x509.Certificate) dsig.Trust { return dsig.Trust{Anchors: anchors} }

// sampleOne is a list of one service.
func sampleOne() drill.List {
	l := drill.Sample(1)
	l.Services = l.Services[:1]
	return l
}

// signed returns a small list whose tree edit changed before it was signed.
func signed(t testing.TB, signer drill.Signer, edit func(root *etree.Element)) []byte {
	t.Helper()
	d, err := drill.NewDraft(sampleOne(), signer, time.Time{})
	require.NoError(t, err)
	if edit != nil {
		edit(d.Doc.Root())
	}
	require.NoError(t, d.Seal())
	return d.Bytes()
}

func find(root *etree.Element, path string) *etree.Element {
	found := root.FindElement(path)
	if found == nil {
		panic("no " + path)
	}
	return found
}

func TestVerifyGenuine(t *testing.T) {
	trust, err := dsig.ParseAnchors(corpus.File(t, "catalogues/production-2020-issuing-ca.pem"))
	require.NoError(t, err)
	file := corpus.File(t, "catalogues/production-2020-09-14.xml")

	v, err := dsig.Verify(file, trust, time.Date(2020, time.October, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, dsig.Signer{
		CN:        dsig.DefaultSignerCN,
		Issuer:    "CN=QuoVadis Trust Anchor Issuing CA G2,O=QuoVadis Limited,C=BM",
		Serial:    "179616920595181643936622874361748592724409825353",
		NotBefore: time.Date(2017, time.November, 29, 15, 3, 51, 0, time.UTC),
		NotAfter:  time.Date(2020, time.November, 29, 15, 13, 0, 0, time.UTC),
		SHA256:    "09e1f89685ec632091977ec5efe12ebbaee6b4bd06df175588f7ff25867fdfba",
	}, v.Signer())
	require.Empty(t, v.Findings())

	_, err = dsig.Verify(file, trust, time.Date(2021, time.January, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, bcperr.SignerExpired, bcperr.CodeOf(err))
}

func TestVerifyGenuineEdited(t *testing.T) {
	trust, err := dsig.ParseAnchors(corpus.File(t, "catalogues/production-2022-issuing-ca.pem"))
	require.NoError(t, err)
	_, err = dsig.Verify(corpus.File(t, "catalogues/production-2022-12-22-edited.xml"), trust,
		time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC))
	require.Equal(t, bcperr.DigestMismatch, bcperr.CodeOf(err))
	require.Contains(t, bcperr.DetailOf(err), "reference 1 (URI ")
}

// TestVerifyGivesWhatWasDigested checks that the tree handed on is the octets whose digest was checked.
func TestVerifyGivesWhatWasDigested(t *testing.T) {
	pki := newPKI(t)
	for _, hash := range []string{"http://www.w3.org/2001/04/xmlenc#sha256",
		"http://www.w3.org/2001/04/xmlenc#sha512"} {
		file := signed(t, pki.Signer, func(root *etree.Element) {
			find(root, "./Signature/SignedInfo/Reference/DigestMethod").CreateAttr("Algorithm", hash)
		})
		v, err := dsig.Verify(file, trustIn(pki.Root), judged)
		require.NoError(t, err)
		var octets bytes.Buffer
		require.NoError(t, xmldoc.Canonicalize(&octets, v.Root(), nil))
		require.NotContains(t, octets.String(), "Signature")
		require.Equal(t, sha256.Sum256(octets.Bytes()), v.ContentDigest())
	}
}

func TestZeroVerifiedHoldsNothing(t *testing.T) {
	require.Nil(t, dsig.Verified{}.Root())
}

func TestVerifyWithoutAnchors(t *testing.T) {
	_, err := dsig.Verify(nil, dsig.Trust{}, judged)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err))
}

func TestVerifyPinsTheSigner(t *testing.T) {
	pki := newPKI(t)
	file := signed(t, pki.Signer, nil)
	trust := trustIn(pki.Root)

	trust.SignerCN = dsig.DefaultSignerCN
	v, err := dsig.Verify(file, trust, judged)
	require.NoError(t, err)
	require.Equal(t, pki.Signer.Chain[0].SerialNumber.String(), v.Signer().Serial)

	trust.SignerCN = "CBE=0809394427, SERVICELIST2"
	_, err = dsig.Verify(file, trust, judged)
	require.Equal(t, bcperr.SignerMismatch, bcperr.CodeOf(err))
}

// TestSizeLimit checks that a body is refused by its size alone, before anything is read.
func TestSizeLimit(t *testing.T) {
	pki := newPKI(t)
	file := signed(t, pki.Signer, nil)
	full := append(bytes.Clone(file), bytes.Repeat([]byte{'\n'}, 4<<20-len(file))...)
	_, err := dsig.Verify(full, trustIn(pki.Root), judged)
	require.NoError(t, err)
	_, err = dsig.Verify(append(full, '\n'), trustIn(pki.Root), judged)
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
}
