package vectors_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
	"github.com/ehealth-bcp/ehealth-bcp/internal/vectors"
)

// TestOneSessionForAll: what a session remembers of certificates never changes a verdict. All vectors run in one
// session, forwards and backwards, so that genuine chains come before and after the attacks on them, and the replies
// are those of a session that knows nothing.
func TestOneSessionForAll(t *testing.T) {
	cases, err := vectors.Load("../../testdata")
	require.NoError(t, err)
	fresh := map[string]string{}
	for _, c := range cases {
		fresh[c.Name] = contract.NewSession().Call(c.Operation, c.Args, c.Blobs)
	}
	shared := contract.NewSession()
	for range 2 {
		for _, c := range cases {
			reply := shared.Call(c.Operation, c.Args, c.Blobs)
			var opened struct{ Value struct{ Handle int } }
			require.NoError(t, json.Unmarshal([]byte(reply), &opened))
			if handle := opened.Value.Handle; handle > 0 {
				shared.Call("closeCatalogue", fmt.Appendf(nil, `{"handle":%d}`, handle), nil)
				reply = strings.Replace(reply, fmt.Sprintf(`"handle":%d,`, handle), `"handle":1,`, 1)
			}
			require.Equal(t, fresh[c.Name], reply, c.Name)
		}
		slices.Reverse(cases)
	}
}
