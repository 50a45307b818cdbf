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
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/internal/steps"
)

// resign changes the parts of a list and signs it again.
func resign(t *testing.T, der []byte, signer crypto.Signer, edit func(parts *[]asn1.RawValue)) []byte {
	t.Helper()
	var list struct {
		TBS       []asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	_, err := asn1.Unmarshal(der, &list)
	require.NoError(t, err)
	edit(&list.TBS)
	tbs, err := asn1.Marshal(list.TBS)
	require.NoError(t, err)
	digest := sha256.Sum256(tbs)
	list.Signature.Bytes, err = signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	list.Signature.BitLength = 8 * len(list.Signature.Bytes)
	der, err = asn1.Marshal(list)
	require.NoError(t, err)
	return der
}

// entriesOf returns the part that holds the entries, to be changed.
func entriesOf(t *testing.T, parts []asn1.RawValue) *asn1.RawValue {
	t.Helper()
	for i := range parts {
		if part := &parts[i]; i > 3 && part.Tag == asn1.TagSequence && part.Class == asn1.ClassUniversal {
			part.FullBytes = nil
			return part
		}
	}
	require.Fail(t, "no entries")
	return nil
}

// revokeMany makes a list of so many entries that are alike, and then last. signer signs it; x509 would take long.
func revokeMany(t *testing.T, issuer *holder, signer crypto.Signer, entries int, last *big.Int) []byte {
	t.Helper()
	return resign(t, revoke(t, issuer, nil, big.NewInt(1<<60), last), signer, func(parts *[]asn1.RawValue) {
		part := entriesOf(t, *parts)
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(part.Bytes, &one)
		require.NoError(t, err)
		part.Bytes = append(bytes.Repeat(one.FullBytes, entries), rest...)
	})
}

// TestUnreadableParts: what the issuer signed and nobody can read is told, and never taken for a list that revokes
// nothing.
func TestUnreadableParts(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	list := revoke(t, root, nil, s.cert.SerialNumber)
	entry := func(edit func([]byte) []byte) func(parts *[]asn1.RawValue) {
		return func(parts *[]asn1.RawValue) {
			part := entriesOf(t, *parts)
			part.Bytes = edit(slices.Clone(part.Bytes))
		}
	}
	for name, edit := range map[string]func(parts *[]asn1.RawValue){
		"a part that is cut": func(parts *[]asn1.RawValue) {
			*entriesOf(t, *parts) = asn1.RawValue{FullBytes: []byte{0x30, 0x00}}
			*parts = append(*parts, asn1.RawValue{FullBytes: []byte{0x30, 0x05}})
		},
		"an entry that is cut": func(parts *[]asn1.RawValue) { entriesOf(t, *parts).Bytes = []byte{0x30, 0x05} },
		"an entry in another": func(parts *[]asn1.RawValue) {
			part := entriesOf(t, *parts)
			part.Bytes = append([]byte{0x30, byte(len(part.Bytes))}, part.Bytes...)
		},
		"an entry in a set":         entry(func(b []byte) []byte { b[0] = 0x31; return b }),
		"an entry of another class": entry(func(b []byte) []byte { b[0] = 0xB0; return b }),
		"a serial of another type":  entry(func(b []byte) []byte { b[2] = asn1.TagOctetString; return b }),
		"a serial with a zero before it": entry(func(b []byte) []byte {
			b[1]++
			b[3]++
			return slices.Insert(b, 4,
				0)
		}),
		"a serial with its sign twice": entry(func(b []byte) []byte {
			b[1]++
			b[3]++
			b[4] |= 0x80
			return slices.Insert(b, 4, 0xFF)
		}),
		"a serial with its length in two": entry(func(b []byte) []byte { b[1]++; return slices.Insert(b, 3, 0x81) }),
		"a serial with its length in two, in a long entry": entry(func(b []byte) []byte {
			content := append(slices.Insert(b[2:], 1, 0x81), 0x04, 120)
			content = append(content, make([]byte, 120)...)
			return append([]byte{0x30, 0x81, byte(len(content))}, content...)
		}),
		"a serial longer than its entry": entry(func(b []byte) []byte { b[3] = 100; return b }),
		"a serial of no length":          entry(func(b []byte) []byte { return []byte{0x30, 0x03, 0x02, 0x00, 0x00} }),
		"an entry that is empty":         entry(func([]byte) []byte { return []byte{0x30, 0x00} }),
		"a list before the times": func(parts *[]asn1.RawValue) {
			*parts = slices.Insert(*parts, 3, asn1.RawValue{FullBytes: []byte{0x30, 0x00}})
		},
		"a second list of entries": func(parts *[]asn1.RawValue) {
			entries := entriesOf(t, *parts)
			second := *entries
			*entries = asn1.RawValue{FullBytes: []byte{0x30, 0x00}}
			*parts = slices.Insert(*parts, 6, second)
		},
		"a name without end": func(parts *[]asn1.RawValue) {
			(*parts)[2].FullBytes = nil
			(*parts)[2].Bytes = bytes.Repeat((*parts)[2].Bytes, 1+maxCertificateBytes/len((*parts)[2].Bytes))
		},
		"no issuer":    func(parts *[]asn1.RawValue) { *parts = slices.Delete(*parts, 2, 3) },
		"no times":     func(parts *[]asn1.RawValue) { *parts = slices.Delete(*parts, 3, 5) },
		"no algorithm": func(parts *[]asn1.RawValue) { *parts = slices.Delete(*parts, 1, 2) },
		"two algorithms": func(parts *[]asn1.RawValue) {
			(*parts)[1] = asn1.RawValue{FullBytes: []byte{0x30, 0x00}}
		},
		"octets after it all": func(parts *[]asn1.RawValue) {
			*parts = append(*parts, asn1.RawValue{FullBytes: []byte{0x05, 0x00}})
		},
		"a field of no length": func(parts *[]asn1.RawValue) {
			*parts = append(*parts, asn1.RawValue{FullBytes: []byte{0x30}})
		},
	} {
		findings, err := checkRevocation([]*x509.Certificate{s.cert, root.cert}, nil,
			[][]byte{resign(t, list, root.key, edit)}, pathAt)
		require.NoError(t, err, name)
		require.Len(t, findings, 1, name)
		require.Equal(t, bcperr.CRLInvalid, findings[0].Code, name)
	}
}

// TestReadableAsFarAsItCounts: what else is odd about a list, or an entry, does not take back a revocation that stands
// there.
func TestReadableAsFarAsItCounts(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	path := []*x509.Certificate{s.cert, root.cert}
	mine := s.cert.SerialNumber
	noTime, err := asn1.Marshal([]*big.Int{mine})
	require.NoError(t, err)
	serial, err := asn1.Marshal(mine)
	require.NoError(t, err)
	badTime, err := asn1.Marshal([]asn1.RawValue{{FullBytes: serial}, {Tag: asn1.TagUTCTime, Bytes: []byte("soon")}})
	require.NoError(t, err)
	replace := func(entries []byte) func(parts *[]asn1.RawValue) {
		return func(parts *[]asn1.RawValue) { entriesOf(t, *parts).Bytes = entries }
	}
	before := func(entry []byte) func(parts *[]asn1.RawValue) {
		return func(parts *[]asn1.RawValue) {
			part := entriesOf(t, *parts)
			part.Bytes = append(bytes.Clone(entry), part.Bytes...)
		}
	}
	for _, c := range []struct {
		name     string
		edit     func(parts *[]asn1.RawValue)
		unlisted bcperr.Code // the finding when the signer is not on it; "" for none
		isEntry  bool        // the signer's entry is what was changed
	}{
		{"unchanged", func(*[]asn1.RawValue) {}, "", false},
		{"version 1", func(parts *[]asn1.RawValue) { *parts = slices.Delete(slices.Delete(*parts, 6, 7), 0, 1) }, "",
			false},
		{"version 8", func(parts *[]asn1.RawValue) {
			(*parts)[0] = asn1.RawValue{Tag: asn1.TagInteger,
				Bytes: []byte{7}}
		}, "", false},
		{"no nextUpdate", func(parts *[]asn1.RawValue) { *parts = slices.Delete(*parts, 4, 5) }, "", false},
		{"a thisUpdate that is none", func(parts *[]asn1.RawValue) {
			(*parts)[3] = asn1.RawValue{Tag: asn1.TagUTCTime,
				Bytes: []byte("soon")}
		}, bcperr.CRLInvalid, false},
		{"a nextUpdate that is none", func(parts *[]asn1.RawValue) {
			(*parts)[4] = asn1.RawValue{Tag: asn1.TagUTCTime,
				Bytes: []byte("soon")}
		}, bcperr.CRLInvalid, false},
		{"a nextUpdate in GeneralizedTime", func(parts *[]asn1.RawValue) {
			(*parts)[4] = asn1.RawValue{Tag: asn1.TagGeneralizedTime, Bytes: []byte("20500101000000Z")}
		}, "", false},
		{"extensions that are none", func(parts *[]asn1.RawValue) {
			(*parts)[6] = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true,
				Bytes: []byte{0x05, 0x00}}
		}, bcperr.CRLInvalid, false},
		{"an unreadable entry before it", before([]byte{0x30, 0x03, 0x02, 0x00, 0x00}), bcperr.CRLInvalid, false},
		{"an entry that is cut after it", func(parts *[]asn1.RawValue) {
			part := entriesOf(t, *parts)
			part.Bytes = append(bytes.Clone(part.Bytes), 0x30, 0x05)
		}, bcperr.CRLInvalid, false},
		{"an entry without a time", replace(noTime), "", true},
		{"an entry whose time is none", replace(badTime), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := checkRevocation(path, nil, [][]byte{resign(t, revoke(t, root, nil, mine), root.key, c.edit)},
				pathAt)
			require.Equal(t, bcperr.SignerRevoked, bcperr.CodeOf(err), "%v", err)
			if c.isEntry {
				return // of the signer: there is no list without it
			}
			findings, err := checkRevocation(path, nil,
				[][]byte{resign(t, revoke(t, root, nil, big.NewInt(-5)), root.key, c.edit)}, pathAt)
			require.NoError(t, err)
			var codes []bcperr.Code
			for _, f := range findings {
				codes = append(codes, f.Code)
			}
			if c.unlisted == "" {
				require.Empty(t, codes)
			} else {
				require.Equal(t, []bcperr.Code{c.unlisted}, codes)
			}
		})
	}
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
	return checkRevocation(path, nil, [][]byte{revokeMany(t, by, key, n, s.cert.SerialNumber)}, pathAt)
}

func TestManyEntries(t *testing.T) {
	for kind, want := range map[string]bcperr.Code{"own": bcperr.SignerRevoked, "foreign": bcperr.CRLForeign,
		"forged": bcperr.CRLInvalid} {
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

// TestEntriesAreLeftAlone counts the statements for each entry of a list, here and in the standard library that reads
// it: none where the list is of another authority, or nobody's; no more than to find its serial where it counts.
func TestEntriesAreLeftAlone(t *testing.T) {
	counter := steps.New(t, ".,encoding/asn1,crypto/x509,math/big")
	for kind, most := range map[string]int{"own": 100, "foreign": 0, "forged": 0} {
		const n = 10_000
		small, large := counter.Count(t, "TestStepsOfCRL", n, crlCase+"="+kind),
			counter.Count(t, "TestStepsOfCRL", 4*n, crlCase+"="+kind)
		require.LessOrEqual(t, (large-small)/(3*n), most, kind)
	}
}
