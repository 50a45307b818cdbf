package client_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
)

// The end of the trust is told once at each threshold, and stands in the status.
func TestTrustExpiring(t *testing.T) {
	var now atomic.Pointer[time.Time] // the client polls meanwhile
	set := func(moment time.Time) { now.Store(&moment) }
	set(time.Now())
	h := build(t, func(o *client.Options) { o.Now = func() time.Time { return *now.Load() } })
	told := func() (thresholds []int) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, e := range h.events {
			if e.Kind == client.TrustExpiring && e.Ends == "signer" {
				thresholds = append(thresholds, e.ThresholdDays)
			}
		}
		return thresholds
	}
	refresh := func() {
		_, err := h.client.Refresh(t.Context())
		require.NoError(t, err)
	}
	refresh()
	end, err := time.Parse(time.RFC3339, h.client.Status().Catalogue.Signer.NotAfter)
	require.NoError(t, err)
	require.Empty(t, told())
	require.Empty(t, h.client.Status().Trust.Expiring)

	for _, days := range []int{40, 39, 20, 5} {
		set(end.AddDate(0, 0, -days))
		refresh()
		require.Equal(t, days, h.client.Status().Trust.SignerDaysLeft)
	}
	require.Equal(t, []int{60, 30, 7}, told())
	require.NotEmpty(t, h.client.Status().Trust.Expiring)
}
