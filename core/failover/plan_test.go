package failover_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// sharedFile reads a file of the shared cases, or skips the test.
func sharedFile(t *testing.T, path ...string) []byte {
	t.Helper()
	dir := os.Getenv("BCP_SHARED")
	if dir == "" {
		t.Skip("BCP_SHARED is not set: shared cases are not here")
	}
	text, err := os.ReadFile(filepath.Join(append([]string{dir}, path...)...))
	require.NoError(t, err)
	return text
}

// reference is the policy that the recording was made under.
func reference() failover.Policy {
	p := failover.DefaultPolicy()
	p.Failback = false
	return p
}

// recorded is what a recording says about each call.
type recorded []struct {
	Case  int
	Steps []struct {
		Call                 string
		Tried                []string
		Outcome, ActiveAfter string
	}
}

func TestPlanReference(t *testing.T) {
	t.Parallel()
	text := sharedFile(t, "vectors", "failover-reference.json")
	out, err := failover.Plan(text, failover.PlanOptions{Policy: reference()})
	require.NoError(t, err)

	var want, got recorded
	require.NoError(t, json.Unmarshal(text, &want))
	require.NoError(t, json.Unmarshal(out, &got))
	require.Len(t, got, 150)
	for i := range want {
		require.Equal(t, want[i], got[i], "case %d", want[i].Case)
	}

	again, err := failover.Plan(out, failover.PlanOptions{Policy: reference()})
	require.NoError(t, err)
	require.Equal(t, string(out), string(again), "the answer can be replayed")
}

func TestPlanKeepsForm(t *testing.T) {
	t.Parallel()
	out, err := failover.Plan([]byte(`{"steps":[{"activeAfter":"?","down":{},"call":"https://a/"},{"publish":1}],
		"active":0,"endpoints":["https://a/","https://b/"],"case":"<7>"}`), failover.PlanOptions{Policy: reference()})
	require.NoError(t, err)
	form, _, _ := strings.Cut(string(out), `,"state"`)
	require.Equal(t, `{"steps":[{"activeAfter":"https://a/","down":{},"call":"https://a/",`+
		`"tried":["https://a/"],"outcome":"ok","source":"network"`, form)
	require.True(t, strings.HasSuffix(string(out),
		`}},{"publish":1}],"active":0,"endpoints":["https://a/","https://b/"],"case":"<7>"}`), string(out))
}
