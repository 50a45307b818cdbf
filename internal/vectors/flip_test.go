package vectors

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// loose are the parts of a catalogue where some changed bytes change nothing that it says, each with the reason: what
// stands between after and before. Anywhere else one changed byte must cost the catalogue.
var loose = []struct{ reason, after, before string }{
	{"the declaration may become an instruction of another name, outside the root", "<?", " version"},
	{"the encoding's name is the same in lower case", ` encoding="`, "-8"},
	{"KeyInfo is unsigned: a certificate that the path to the anchor does not need",
		"</ds:X509Data><ds:X509Data><ds:X509Certificate>", "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"},
}

// isLoose says whether the byte at i of a catalogue lies in a loose part.
func isLoose(catalogue []byte, i int) bool {
	for _, l := range loose {
		start := bytes.Index(catalogue, []byte(l.after)) + len(l.after)
		if start <= i && i < start+bytes.Index(catalogue[start:], []byte(l.before)) {
			return true
		}
	}
	return false
}

func TestEachChangedByteIsFound(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("14,000 verifications: too long for WebAssembly, which runs the same code")
	}
	k := newKit()
	trust, err := dsig.ParseAnchors(drill.PEM(k.pki.Root))
	require.NoError(t, err)
	changeEachByte(t, k.sign(withCache()), trust, judged, 0x01, 0x20)
}

func TestEachChangedByteOfAGenuineFileIsFound(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("takes too long under GOOS=js")
	}
	genuine := corpus.File(t, "catalogues", "production-2020-09-14.xml")
	trust, err := dsig.ParseAnchors(corpus.File(t, "catalogues", "production-2020-issuing-ca.pem"))
	require.NoError(t, err)
	changeEachByte(t, genuine, trust, time.Date(2020, time.October, 1, 0, 0, 0, 0, time.UTC), 0x01)
}

// changeEachByte changes each byte of a good catalogue in turn. A change in a loose part may pass, if the content is
// the same; there every 16th byte is enough.
func changeEachByte(t *testing.T, good []byte, trust dsig.Trust, at time.Time, masks ...byte) {
	t.Helper()
	want, err := dsig.Verify(good, trust, at)
	require.NoError(t, err)
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprintf("part %d of %d", part+1, parts), func(t *testing.T) {
			t.Parallel()
			for i := len(good) * part / parts; i < len(good)*(part+1)/parts; i++ {
				free := isLoose(good, i)
				if free && i > 100 && i%16 != 0 {
					continue
				}
				for _, mask := range masks {
					changed := bytes.Clone(good)
					changed[i] ^= mask
					got, err := dsig.Verify(changed, trust, at)
					if free && err == nil {
						require.Equal(t, want.ContentDigest(), got.ContentDigest())
						continue
					}
					require.Error(t, err, "byte %d, %q made %q, near %q", i, good[i], changed[i],
						good[max(0, i-20):min(len(good), i+20)])
				}
			}
		})
	}
}
