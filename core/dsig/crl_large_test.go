package dsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// TestLargestLists judges files as large as may be. Each gets a verdict or a finding, and takes little more memory than
// itself; the work for an entry is counted by TestEntriesAreLeftAlone.
func TestLargestLists(t *testing.T) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, "signer", signer)
	path := []*x509.Certificate{s.cert, issuing.cert, root.cert}
	small := len(revokeMany(t, issuing, issuing.key, 1000, s.cert.SerialNumber))
	// Rounded, because signatures differ by a few octets.
	entry := (len(revokeMany(t, issuing, issuing.key, 2000, s.cert.SerialNumber)) - small + 500) / 1000
	full := func(last *big.Int) []byte {
		der := revokeMany(t, issuing, issuing.key, 1000+(MaxCRLBytes-small-100)/entry, last)
		require.Greater(t, len(der), MaxCRLBytes-1000)
		require.LessOrEqual(t, len(der), MaxCRLBytes)
		return der
	}
	other := big.NewInt(1<<60 + 1)
	// padded fills a file with one text, after a beginning.
	padded := func(begin, text string) []byte {
		return append([]byte(begin), bytes.Repeat([]byte(text), (MaxCRLBytes-len(begin))/len(text))...)
	}
	inPEM := func(last *big.Int) []byte { // base64 and line ends take 1.37 times the room
		return pemOf(crlLabel, revokeMany(t, issuing, issuing.key, 1000+(MaxCRLBytes*72/100-small)/entry, last))
	}
	hugeEntry := resign(t, revoke(t, issuing, nil, other), issuing.key, func(parts *[]asn1.RawValue) {
		part := entriesOf(t, *parts)
		part.Bytes = tlv(t, asn1.ClassUniversal, asn1.TagSequence, make([]byte, MaxCRLBytes-1000))
	})
	hugeName := resign(t, revoke(t, issuing, nil, other), issuing.key, func(parts *[]asn1.RawValue) {
		(*parts)[2] = asn1.RawValue{FullBytes: tlv(t, asn1.ClassUniversal, asn1.TagSequence,
			bytes.Repeat(tlv(t, asn1.ClassUniversal, asn1.TagSet, nil), MaxCRLBytes/2-1000))}
	})
	for _, c := range []struct {
		name string
		file []byte
		want bcperr.Code // of the verdict
		told bcperr.Code // of the first finding
	}{
		{"the signer as its last entry", full(s.cert.SerialNumber), bcperr.SignerRevoked, ""},
		{"nobody of the path", full(other), "", ""},
		{"the same as PEM", inPEM(s.cert.SerialNumber), bcperr.SignerRevoked, ""},
		{"nobody of the path, as PEM", inPEM(other), "", ""},
		{"one entry", hugeEntry, "", bcperr.CRLInvalid},
		{"a name", hugeName, "", bcperr.CRLInvalid},
		{"zeros", make([]byte, MaxCRLBytes), "", bcperr.CRLInvalid},
		{"values in values without end", padded("", "\x30\x80"), "", bcperr.CRLInvalid},
		{"blocks without end", padded("", "-----BEGIN X509 CRL-----\n"), "", bcperr.CRLInvalid},
		{"small blocks", padded("", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"), "", bcperr.CRLInvalid},
		{"one block of blanks", padded("-----BEGIN X509 CRL-----\n", " \n"), "", bcperr.CRLInvalid},
		{"other text", padded("", "no list "), "", bcperr.CRLInvalid},
		{"more than that", append(full(other), make([]byte, 1000)...), "", bcperr.CRLInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			findings, err := checkRevocation(path, nil, [][]byte{c.file}, pathAt)
			runtime.ReadMemStats(&after)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			if c.told != "" {
				require.NotEmpty(t, findings)
				require.Equal(t, c.told, findings[0].Code)
				checkText(t, findings[0].Detail, 1000)
			}
			require.LessOrEqual(t, len(findings), maxCRLLists+1)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8*MaxCRLBytes))
		})
	}
}
