package core_test

import (
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/stretchr/testify/require"
)

// Each threshold begins exactly so many days before the end, and the nearest one is told.
func TestTrustExpiring(t *testing.T) {
	j := judgement(t)
	c, err := core.Open(testdata(t, "catalogues/v1.xml"), j)
	require.NoError(t, err)
	end, err := time.Parse(time.RFC3339, c.Summary().Signer.NotAfter)
	require.NoError(t, err)
	const day = 24 * time.Hour
	for name, row := range map[string]struct {
		left time.Duration
		want int // threshold; -1 for none
	}{
		"a second before 60 days": {60*day + time.Second, -1},
		"at 60 days":              {60 * day, 60},
		"at 30 days":              {30 * day, 30},
		"after 30 days":           {30*day - 1, 30},
		"at 7 days":               {7 * day, 7},
		"at the end":              {0, 0},
		"after the end":           {-time.Hour, 0},
	} {
		got := -1
		for _, ending := range c.Trust(end.Add(-row.left)).Expiring {
			if ending.What == core.SignerPart {
				require.Equal(t, end.UnixMilli(), ending.EndsMs, name)
				got = ending.ThresholdDays
			}
		}
		require.Equal(t, row.want, got, name)
	}
	both := c.Trust(end.AddDate(100, 0, 0)).Expiring
	require.Len(t, both, 2, "signer and anchors are told apart")
	require.LessOrEqual(t, both[0].EndsMs, both[1].EndsMs, "the first to end first")
}
