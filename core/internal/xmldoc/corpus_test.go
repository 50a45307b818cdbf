package xmldoc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// parseCodes maps the advisory reasons of the shared attacks that a parser can give to our codes.
var parseCodes = map[string][]bcperr.Code{
	"TOO_LARGE":       {bcperr.InputTooLarge},
	"TOO_DEEP":        {bcperr.LimitExceeded},
	"TOO_MANY_NODES":  {bcperr.LimitExceeded, bcperr.InputTooLarge},
	"TOO_MANY_ATTRS":  {bcperr.LimitExceeded},
	"ENCODING":        {bcperr.EncodingInvalid},
	"NOT_WELL_FORMED": {bcperr.XMLMalformed},
	"DOCTYPE":         {bcperr.XMLForbidden},
	"NS_ERROR":        {bcperr.XMLMalformed},
}

// otherCode lists the files where we give another code than the reason says, and why.
var otherCode = map[string]bcperr.Code{
	// it begins with a DOCTYPE, which comes before its open tags
	"wellformed/html-error-page.xml": bcperr.XMLForbidden,
	// the DOCTYPE stands where one may, the declaration comes after
	"doctype/doctype-before-decl.xml": bcperr.XMLForbidden,
}

func TestSharedAttacks(t *testing.T) {
	index := corpus.File(t, "corpus", "attacks", "EXPECTED.tsv")
	refused, accepted := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		f := strings.Split(line, "\t")
		file, reason := f[0], f[3]
		data := corpus.File(t, "corpus", "attacks", filepath.FromSlash(file))
		doc, err := Parse(data, CatalogueLimits)
		code := bcperr.CodeOf(err)
		if want, ok := parseCodes[reason]; ok {
			refused++
			if other, ok := otherCode[file]; ok {
				want = []bcperr.Code{other}
			}
			require.Contains(t, want, code, "%s: %v", file, err)
			continue
		}
		// What is wrong with the others only a later stage sees.
		accepted++
		require.NoError(t, err, file)
		requireStable(t, doc)
	}
	require.Greater(t, refused, 40)
	require.Greater(t, accepted, 250)
}

// requireStable checks that the canonical form of a tree is read back as the same tree and written as the same octets.
func requireStable(t testing.TB, doc *Node) {
	t.Helper()
	var first, second bytes.Buffer
	if err := Canonicalize(&first, doc, nil); err != nil {
		require.Equal(t, bcperr.XMLForbidden, bcperr.CodeOf(err))
		return
	}
	unlimited := Limits{1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30}
	again, err := Parse(first.Bytes(), unlimited)
	require.NoError(t, err, "%q", first.String())
	require.NoError(t, Canonicalize(&second, again, nil))
	require.Equal(t, first.String(), second.String())
	require.Equal(t, doc.Text(), again.Text())
}

// malformedDocuments lists the shared files that are no documents, and why.
var malformedDocuments = []string{
	"ent22.xml",                              // an external entity
	"wml_11.xml",                             // a DTD
	"152-err-not-wellformed/stylesheet.xslt", // an open tag
	"140-inst-leading-ws-before-decl/stylesheet.xslt",
}

// The genuine catalogues, and every stylesheet and input of the shared corpora. Latin-1 and UTF-16 files and files with
// a DOCTYPE are refused as such.
func TestSharedDocuments(t *testing.T) {
	count := map[bcperr.Code]int{}
	for _, part := range []string{"catalogues", "corpus/cachekey", "corpus/xslt-conformance", "corpus/switch",
		"corpus/xpath"} {
		err := filepath.WalkDir(corpus.Dir(t, filepath.FromSlash(part)),
			func(path string, entry os.DirEntry, err error) error {
				if err != nil || entry.IsDir() || !slices.Contains([]string{".xml", ".xsl", ".xslt"},
					filepath.Ext(path)) {
					return err
				}
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				doc, err := Parse(data, DocumentLimits)
				code := bcperr.CodeOf(err)
				count[code]++
				switch code {
				case "":
					requireStable(t, doc)
				case bcperr.EncodingInvalid, bcperr.XMLForbidden:
				default:
					require.True(t, slices.ContainsFunc(malformedDocuments, func(end string) bool {
						return strings.HasSuffix(filepath.ToSlash(path), end)
					}), "%s: %v", path, err)
				}
				return nil
			})
		require.NoError(t, err)
	}
	require.Greater(t, count[""], 2000)
	require.Equal(t, len(malformedDocuments), count[bcperr.XMLMalformed])
}
