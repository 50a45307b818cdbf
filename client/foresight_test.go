package client_test

import (
	"bytes"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// A CRL or an anchor of no use is told once, as a warning, and stands in the status; the list serves.
func TestTrustFlawed(t *testing.T) {
	var log bytes.Buffer
	h := build(t, func(o *client.Options) {
		o.CRLs = [][]byte{[]byte("<html>"), make([]byte, core.MaxCRLBytes+1)}
		o.Anchors = append(o.Anchors, []byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	for range 3 {
		_, err := h.client.Refresh(t.Context())
		require.NoError(t, err)
	}
	want := []core.Flaw{
		{Code: bcperr.CertificateUnreadable, Place: "anchors file 2, block 1"},
		{Code: bcperr.CRLInvalid, Place: "crl 1"}, {Code: bcperr.CRLInvalid, Place: "crl 2"},
	}
	require.Equal(t, want, h.client.Status().Trust.Flaws)
	h.mu.Lock()
	defer h.mu.Unlock()
	var told []core.Flaw
	for _, e := range h.events {
		if e.Kind == client.TrustFlawed {
			told = append(told, core.Flaw{Code: e.Code, Place: e.Place})
		}
	}
	require.Equal(t, want, told)
	require.Contains(t, log.String(), `level=WARN msg=trust-flawed code=crl-invalid place="crl 2"`)
}

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
