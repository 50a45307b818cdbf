package bcperr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearest(t *testing.T) {
	among := []string{"verify", "services", "serve", "key", "urn:insurability:v2", "Acceptation"}
	for given, want := range map[string]string{
		"verfy":                  "verify", // a letter left out
		"verifyy":                "verify", // added
		"vreify":                 "verify", // swapped
		"servces":                "services",
		"urn:insurability":       "urn:insurability:v2", // the version left out
		"urn:insurability:v1":    "urn:insurability:v2",
		"acceptation":            "Acceptation",
		"frob":                   "",
		"verify":                 "", // it is there: something else is wrong
		"":                       "",
		strings.Repeat("v", 200): "",
	} {
		if want != "" {
			want = ` (did you mean "` + want + `"?)`
		}
		require.Equal(t, want, Nearest(given, among), "given %q", given)
	}
}
