package core_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

const tokenOfOneHour = `<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion">` +
	`<a:Conditions NotBefore="2026-01-01T08:00:00Z" NotOnOrAfter="2026-01-01T09:00:00Z"/></a:Assertion>`

// Half of what is left, at each moment of asking.
func TestTokenRenewal(t *testing.T) {
	end := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		left, wait time.Duration
		ended      bool
	}{
		"just given":               {time.Hour, 30 * time.Minute, false},
		"given, and clocks differ": {time.Hour + 2*time.Minute, 31 * time.Minute, false},
		"after a failed try":       {30 * time.Minute, 15 * time.Minute, false},
		"a second before the end":  {time.Second, 500 * time.Millisecond, false},
		"shorter than is worth it": {200 * time.Millisecond, 0, false},
		"at the end":               {0, 0, true},
		"long after the end":       {-24 * time.Hour, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			now := end.Add(-row.left)
			got, err := core.TokenRenewal([]byte(tokenOfOneHour), now)
			require.NoError(t, err)
			want := core.Renewal{RenewAtMs: now.Add(row.wait).UnixMilli(), EndsMs: end.UnixMilli(), Ended: row.ended}
			require.Equal(t, want, got)
		})
	}
}

// Tries that fail come closer together, and come to an end: an outage makes no storm.
func TestTokenRenewalSlides(t *testing.T) {
	now, tries := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC), 0
	for {
		next, err := core.TokenRenewal([]byte(tokenOfOneHour), now)
		require.NoError(t, err)
		if next.RenewAtMs == now.UnixMilli() {
			break
		}
		require.Less(t, now.UnixMilli(), next.RenewAtMs)
		now, tries = time.UnixMilli(next.RenewAtMs), tries+1
	}
	require.Equal(t, 15, tries)
}

func TestTokenRenewalRefuses(t *testing.T) {
	unreadable := bytes.Replace([]byte(tokenOfOneHour), []byte("T09"), []byte("T99"), 1)
	large := bytes.Repeat([]byte(" "), core.MaxMessageBytes+1)
	for name, row := range map[string]struct {
		token []byte
		code  bcperr.Code
	}{
		"nothing":             {nil, bcperr.TokenInvalid},
		"JSON":                {[]byte(`{"access_token":"x"}`), bcperr.TokenInvalid},
		"XML without an end":  {[]byte(`<a/>`), bcperr.TokenInvalid},
		"a cut one":           {[]byte(tokenOfOneHour[:150]), bcperr.TokenInvalid},
		"an unreadable end":   {unreadable, bcperr.TokenInvalid},
		"more than is parsed": {large, bcperr.InputTooLarge},
	} {
		_, err := core.TokenRenewal(row.token, time.Now())
		require.ErrorIs(t, err, row.code, name)
	}
}
