package vectors_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/vectors"
)

// TestOneSessionForAll: what a session remembers of certificates never changes a verdict. All vectors run in one
// session, forwards and backwards, so that genuine chains come before and after the attacks on them, and the replies
// are those of a session that knows nothing.
func TestOneSessionForAll(t *testing.T) {
	cases, err := vectors.Load("../../testdata")
	require.NoError(t, err)
	fresh := map[string][]string{}
	for _, c := range cases {
		fresh[c.Name], err = vectors.Native().Run(c)
		require.NoError(t, err)
	}
	shared := vectors.Native()
	for range 2 {
		for _, c := range cases {
			replies, err := shared.Run(c)
			require.NoError(t, err)
			require.Equal(t, fresh[c.Name], replies, c.Name)
		}
		slices.Reverse(cases)
	}
}
