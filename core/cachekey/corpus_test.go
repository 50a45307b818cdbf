package cachekey_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

func readFile(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return b
}

// rows splits tab-separated text and leaves out lines that begin with #.
func rows(text []byte) [][]string {
	var list [][]string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			list = append(list, strings.Split(line, "\t"))
		}
	}
	return list
}

// keyOf is the key that a stylesheet makes of a request, constant or not.
func keyOf(stylesheet, request []byte) (string, error) {
	s, err := cachekey.Compile(stylesheet)
	if err != nil {
		return "", err
	}
	key, err := s.Key(request)
	return key.Text, err
}

// outcome is the key, or the code of the error between brackets.
func outcome(t testing.TB, dir string) string {
	key, err := keyOf(readFile(t, dir, "stylesheet.xslt"), readFile(t, dir, "envelope.xml"))
	if err != nil {
		return "<" + string(bcperr.CodeOf(err)) + ">"
	}
	return key
}

// TestCorpus runs every case of the cache-key corpus: core and jdk keys octet for octet, refuse and error cases by
// their code, and quirks as testdata/quirks.tsv decides them.
func TestCorpus(t *testing.T) {
	dir := corpus.Dir(t, "corpus", "cachekey")
	quirks := map[string][]string{}
	for _, row := range rows(readFile(t, "testdata", "quirks.tsv")) {
		require.Len(t, row, 3)
		quirks[row[0]] = row
	}
	forbidden := []string{"<xslt-forbidden>", "<xml-forbidden>"}
	failed := append(forbidden, "<xslt-invalid>", "<xslt-failed>", "<xml-malformed>")
	for _, row := range rows(readFile(t, dir, "index.tsv"))[1:] {
		name, class := row[0], row[1]
		t.Run(name, func(t *testing.T) {
			got := outcome(t, filepath.Join(dir, name))
			switch class {
			case "core", "jdk":
				want := string(readFile(t, dir, name, "expected.key"))
				if want == "" {
					want = "<key-empty>" // an empty key is no key
				}
				require.Equal(t, want, got)
			case "refuse":
				require.Contains(t, forbidden, got)
			case "error":
				require.Contains(t, failed, got)
			case "quirk":
				quirk, decided := quirks[name]
				require.True(t, decided, "nothing is decided for this case; got %s", got)
				want := quirk[1]
				switch want {
				case "jdk":
					want = string(readFile(t, dir, name, "expected.key"))
				case "libxslt":
					want = string(readFile(t, dir, name, "xsltproc.key"))
				}
				require.Equal(t, want, got)
			default:
				t.Fatalf("unknown class %q", class)
			}
		})
	}
}

// TestCorpusAttacks: a stylesheet made to do harm switches its cache off with a code, and the list stays.
func TestCorpusAttacks(t *testing.T) {
	dir := corpus.Dir(t, "corpus", "attacks")
	wanted := map[string]bcperr.Code{}
	for _, row := range rows(readFile(t, "testdata", "attacks.tsv")) {
		require.Len(t, row, 3)
		wanted[row[0]] = bcperr.Code(row[1])
	}
	seen := 0
	for _, row := range rows(readFile(t, dir, "EXPECTED.tsv"))[1:] {
		file, class := row[0], row[1]
		if class != "xslt" {
			continue
		}
		seen++
		t.Run(file, func(t *testing.T) {
			trust, err := dsig.ParseAnchors(readFile(t, dir, row[6]))
			require.NoError(t, err)
			at, err := time.Parse(time.RFC3339, row[5])
			require.NoError(t, err)
			list, err := servicelist.Read(readFile(t, dir, file), trust, row[7], nil, at)
			require.NoError(t, err, "the list stays")
			s := list.Find("uddi:ehealth-fgov-be:business:etkdepot:v1")
			require.NotNil(t, s)
			require.NotNil(t, s.Cache)
			_, err = cachekey.NewCompiler().Rule(s.Cache, nil)
			want, listed := wanted[filepath.Base(file)]
			require.True(t, listed, "no code is decided; got %v", err)
			require.Equal(t, want, bcperr.CodeOf(err), "%v", err)
		})
	}
	require.GreaterOrEqual(t, seen, len(wanted))
}

// TestCorpusIsRead guards against a table that names cases that are not there.
func TestCorpusIsRead(t *testing.T) {
	dir := corpus.Dir(t, "corpus")
	var names []string
	for _, row := range rows(readFile(t, dir, "cachekey", "index.tsv")) {
		names = append(names, row[0])
	}
	for _, row := range rows(readFile(t, "testdata", "quirks.tsv")) {
		require.True(t, slices.Contains(names, row[0]), row[0])
	}
}
