package xsdtype

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]Duration{
		"P1Y":                 {Months: 12},
		"P1M":                 {Months: 1},
		"PT1M":                {Seconds: 60},
		"P1D":                 {Seconds: 86400},
		"PT36H":               {Seconds: 36 * 3600},
		"P1Y2M3DT4H5M6.7S":    {Months: 14, Seconds: 3*86400 + 4*3600 + 5*60 + 6, Nanos: 700_000_000},
		"-P1Y2M3DT4H5M6.7S":   {Months: -14, Seconds: -(3*86400 + 4*3600 + 5*60 + 6), Nanos: -700_000_000},
		"P1YT1S":              {Months: 12, Seconds: 1},
		"PT0S":                {},
		"P0D":                 {},
		"-P0D":                {},
		"PT0.000000001S":      {Nanos: 1},
		"PT1.1234567899S":     {Seconds: 1, Nanos: 123_456_789},
		" \tP1D\n":            {Seconds: 86400},
		"P0001D":              {Seconds: 86400},
		"PT100000000000S":     {Seconds: 100_000_000_000},
		"P20M":                {Months: 20},
		"P100000000000D":      {Seconds: 8_640_000_000_000_000},
		"P1DT0.5S":            {Seconds: 86400, Nanos: 500_000_000},
		"PT1H0.5S":            {Seconds: 3600, Nanos: 500_000_000},
		"-PT0.5S":             {Nanos: -500_000_000},
		"P100000000000Y1M":    {Months: 1_200_000_000_001},
		"PT000000000000001M":  {Seconds: 60},
		"P0Y0M0DT0H0M0.0000S": {},
	} {
		got, err := ParseDuration(in)
		require.NoError(t, err, "%q", in)
		require.Equal(t, want, got, "%q", in)
	}
	for _, in := range []string{
		"", "P", "-P", "PT", "P1", "P1DT", "1D", "P1S", "PT1D", "PT1Y", "P1H", "P1M1Y", "P1D1M", "PT1S1M", "P1Y1Y",
		"PT1M1M",
		"P-1D", "+P1D", "P+1D", "--P1D", "P1.5D", "PT1.5M", "PT1.5H", "PT.5S", "PT5.S", "PT1.5", "PT1.5.5S", "PT1,5S",
		"P1DT1.5S1M",
		"p1d", "P1d", "P 1D", "P1 D", "P1W", "P1DT1", "T1S", "P1YT", "P1D\u00a0", "P1D\x00", "PT1H1.5", "PTT1S",
		"P1DT1HT1S", "P\u0661D",
	} {
		_, err := ParseDuration(in)
		require.Equal(t, bcperr.SchemaInvalid, bcperr.CodeOf(err), "%q: %v", in, err)
	}
	for _, in := range []string{"P100000000001D", "PT18446744073709551617S", "P99999999999999999999Y",
		"-PT100000000001S"} {
		_, err := ParseDuration(in)
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%q: %v", in, err)
	}
}

// The first seven cases are those of XSD 1.0 Part 2, Appendix E, and its rule for the last day of a month.
func TestDurationAddTo(t *testing.T) {
	for _, c := range []struct{ start, duration, want string }{
		{"2000-01-12T12:13:14Z", "P1Y3M5DT7H10M3.3S", "2001-04-17T19:23:17.3Z"},
		{"2000-01-01T00:00:00Z", "-P3M", "1999-10-01T00:00:00Z"},
		{"2000-01-12T00:00:00Z", "PT33H", "2000-01-13T09:00:00Z"},
		{"2000-03-30T00:00:00Z", "P1D", "2000-03-31T00:00:00Z"},
		{"2000-03-31T00:00:00Z", "P1M", "2000-04-30T00:00:00Z"},
		{"2000-03-30T00:00:00Z", "P1M1D", "2000-05-01T00:00:00Z"}, // the month first
		{"2000-04-30T00:00:00Z", "P1M", "2000-05-30T00:00:00Z"},
		{"2019-01-31T00:00:00Z", "P1M", "2019-02-28T00:00:00Z"},
		{"2020-01-31T00:00:00Z", "P1M", "2020-02-29T00:00:00Z"},
		{"2020-02-29T00:00:00Z", "P1Y", "2021-02-28T00:00:00Z"},
		{"2020-02-29T00:00:00Z", "P4Y", "2024-02-29T00:00:00Z"},
		{"2020-02-29T00:00:00Z", "-P1Y", "2019-02-28T00:00:00Z"},
		{"2020-12-31T23:59:59Z", "PT1S", "2021-01-01T00:00:00Z"},
		{"2020-01-31T23:59:59Z", "P1MT1S", "2020-03-01T00:00:00Z"}, // clamped before the clock carries
		{"2020-03-31T00:00:00Z", "-P1MT0.000000001S", "2020-02-28T23:59:59.999999999Z"},
		{"2020-01-01T00:00:00.6Z", "PT0.5S", "2020-01-01T00:00:01.1Z"},
		{"2020-01-01T00:00:00+02:00", "P1M", "2020-02-01T00:00:00+02:00"},
		{"2020-01-31T23:00:00-05:00", "P1M", "2020-02-29T23:00:00-05:00"}, // the month of the offset, not of UTC
		{"1970-01-01T00:00:00Z", "P400Y", "2370-01-01T00:00:00Z"},         // beyond what a time.Duration holds
	} {
		start, err := time.Parse(time.RFC3339Nano, c.start)
		require.NoError(t, err)
		d, err := ParseDuration(c.duration)
		require.NoError(t, err)
		got, err := d.AddTo(start)
		require.NoError(t, err, "%s + %s", c.start, c.duration)
		want, err := time.Parse(time.RFC3339Nano, c.want)
		require.NoError(t, err)
		require.Truef(t, got.Equal(want), "%s + %s: got %s, want %s", c.start, c.duration, got, want)
	}
}

func TestDurationAddToKeepsToItsOffset(t *testing.T) {
	brussels, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Skipf("no time zone data here: %v", err)
	}
	start := time.Date(2020, 3, 28, 12, 0, 0, 0, brussels) // summer time begins in the night
	got, err := Duration{Seconds: 86400}.AddTo(start)
	require.NoError(t, err)
	require.Equal(t, "2020-03-29T13:00:00+02:00", got.Format(time.RFC3339))
}

func TestDurationAddToLeavesTheCalendar(t *testing.T) {
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, in := range []string{"P7980Y", "-P2020Y", "P100000000000Y", "-P100000000000Y", "P100000000000D",
		"-P100000000000D", "P2915000D"} {
		d, err := ParseDuration(in)
		require.NoError(t, err)
		_, err = d.AddTo(start)
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err), "%q", in)
	}
	d, err := ParseDuration("P7979Y11M30DT23H59M59S")
	require.NoError(t, err)
	got, err := d.AddTo(start)
	require.NoError(t, err)
	require.Equal(t, "9999-12-31T23:59:59Z", got.Format(time.RFC3339))
}

func TestDurationIsPositive(t *testing.T) {
	for in, want := range map[string]bool{"PT0S": false, "-PT1S": false, "-P1M": false, "PT1S": true, "P1M": true,
		"PT0.1S": true} {
		d, err := ParseDuration(in)
		require.NoError(t, err)
		require.Equal(t, want, d.IsPositive(), in)
	}
}
