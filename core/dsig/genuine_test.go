package dsig_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
)

func shared(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("BCP_SHARED")
	if dir == "" {
		t.Skip("BCP_SHARED is not set: shared cases are not here")
	}
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	return b
}

func TestGenuine(t *testing.T) {
	anchors, err := dsig.ParseAnchors(shared(t, "catalogues/production-2020-issuing-ca.pem"))
	require.NoError(t, err)
	v, err := dsig.Verify(shared(t, "catalogues/production-2020-09-14.xml"), dsig.Trust{Anchors: anchors}, time.Date(2020, 10, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Equal(t, dsig.DefaultSignerCN, v.Signer().CN)
}
