// Package corpus finds the cases that tests use and the repo does not hold: genuine catalogues, corpora of attacks, of
// cache keys, of XPath and XSLT. BCP_SHARED names their folder.
package corpus

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Dir returns the path of a folder or file among the cases, or skips the test when they are not here.
func Dir(t testing.TB, parts ...string) string {
	t.Helper()
	root := os.Getenv("BCP_SHARED")
	if root == "" {
		t.Skip("BCP_SHARED is not set: shared cases are not here")
	}
	return filepath.Join(append([]string{root}, parts...)...)
}

// File returns the content of a file among the cases, or skips the test when they are not here. A case that is missing
// among the others fails it.
func File(t testing.TB, parts ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(Dir(t, parts...))
	require.NoError(t, err)
	return content
}
