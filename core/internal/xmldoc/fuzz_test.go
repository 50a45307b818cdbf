package xmldoc

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// seeds adds the stored seeds and some generated documents.
func seeds(f *testing.F, add func(data []byte)) {
	files, err := filepath.Glob(filepath.Join("testdata", "seeds", "*"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		add(data)
	}
	for seed := range int64(8) {
		add([]byte(document(seed)))
	}
}

var parseErrors = map[bcperr.Code]bool{
	bcperr.InputTooLarge: true, bcperr.EncodingInvalid: true, bcperr.XMLMalformed: true, bcperr.XMLForbidden: true,
	bcperr.LimitExceeded: true,
}

// A document that Parse takes has a sound tree, and its canonical form is read as the same tree.
func FuzzParse(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(data, CatalogueLimits)
		if err != nil {
			require.True(t, parseErrors[bcperr.CodeOf(err)], "%v", err)
			require.Nil(t, doc)
			return
		}
		requireSound(t, doc)
		requireStable(t, doc)
	})
}

// The canonical form of each element, with any PrefixList, is its own canonical form.
func FuzzCanonicalize(f *testing.F) {
	seeds(f, func(data []byte) { f.Add(data, "p #default") })
	f.Fuzz(func(t *testing.T, data []byte, prefixList string) {
		doc, err := Parse(data, CatalogueLimits)
		if err != nil {
			return
		}
		prefixes := strings.Fields(prefixList)
		visits := 0
		for n := doc; n != nil && visits < 50; n = n.After(doc, false) {
			if n.Kind != Element {
				continue
			}
			visits++
			first := tryCanonical(n, prefixes)
			if first == "" {
				continue
			}
			again, err := ParseString(first, DocumentLimits)
			require.NoError(t, err, "%q", first)
			require.Equal(t, first, tryCanonical(again, prefixes))
		}
	})
}

// tryCanonical returns "" where there is no canonical form.
func tryCanonical(n *Node, prefixes []string) string {
	var out bytes.Buffer
	if Canonicalize(&out, n, prefixes) != nil {
		return ""
	}
	return out.String()
}
