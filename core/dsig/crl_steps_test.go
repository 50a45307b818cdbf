package dsig

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/drill/steps"
)

// revokeMany makes a list of so many entries that are alike, and then last. signer signs it; x509 would take long.
func revokeMany(t *testing.T, issuer *holder, signer crypto.Signer, entries int, last *big.Int) []byte {
	t.Helper()
	var list struct {
		TBS       []asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	_, err := asn1.Unmarshal(revoke(t, issuer, nil, big.NewInt(1<<60), last), &list)
	require.NoError(t, err)
	for i := range list.TBS {
		if part := &list.TBS[i]; i > 3 && part.Tag == asn1.TagSequence && part.Class == asn1.ClassUniversal {
			var one asn1.RawValue
			rest, err := asn1.Unmarshal(part.Bytes, &one)
			require.NoError(t, err)
			part.Bytes = append(bytes.Repeat(one.FullBytes, entries), rest...)
			part.FullBytes = nil
		}
	}
	tbs, err := asn1.Marshal(list.TBS)
	require.NoError(t, err)
	digest := sha256.Sum256(tbs)
	list.Signature.Bytes, err = signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	list.Signature.BitLength = 8 * len(list.Signature.Bytes)
	der, err := asn1.Marshal(list)
	require.NoError(t, err)
	return der
}

const crlCase = "DSIG_STEPS_CRL"

// judgeMany judges a list of n entries as crlCase says.
func judgeMany(t *testing.T, kind string, n int) ([]bcperr.Finding, error) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, "signer", signer)
	by, key := issuing, issuing.key
	switch kind {
	case "foreign":
		by = issue(t, root, "else", authority)
		key = by.key
	case "forged":
		key = s.key
	}
	path := []*x509.Certificate{s.cert, issuing.cert, root.cert}
	return checkRevocation(path, [][]byte{revokeMany(t, by, key, n, s.cert.SerialNumber)}, pathAt)
}

func TestManyEntries(t *testing.T) {
	for kind, want := range map[string]bcperr.Code{"own": bcperr.SignerRevoked, "foreign": bcperr.CRLForeign, "forged": bcperr.CRLInvalid} {
		findings, err := judgeMany(t, kind, 1000)
		got := bcperr.CodeOf(err)
		for _, f := range findings {
			got = f.Code
		}
		require.Equal(t, want, got, kind)
	}
}

// TestStepsOfCRL is the work that TestEntriesAreLeftAlone counts; by itself it does nothing.
func TestStepsOfCRL(t *testing.T) {
	_, _ = judgeMany(t, os.Getenv(crlCase), steps.Size(t))
}

// TestEntriesAreLeftAlone counts the statements for each entry of a list, here and in the standard library that reads it:
// none where the list is of another authority, or nobody's; no more than to find its serial where it counts.
func TestEntriesAreLeftAlone(t *testing.T) {
	counter := steps.New(t, ".,encoding/asn1,crypto/x509,math/big")
	for kind, most := range map[string]int{"own": 100, "foreign": 0, "forged": 0} {
		const n = 10_000
		small, large := counter.Count(t, "TestStepsOfCRL", n, crlCase+"="+kind), counter.Count(t, "TestStepsOfCRL", 4*n, crlCase+"="+kind)
		require.LessOrEqual(t, (large-small)/(3*n), most, kind)
	}
}
