package xsdtype

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestCollapse(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		" \t\r\n":         "",
		"a":               "a",
		" a  b\n\tc ":     "a b c",
		"a b":             "a b",
		"\u00a0a\u2003b ": "\u00a0a\u2003b", // blanks of Unicode are no white space of XML
	} {
		require.Equal(t, want, Collapse(in), "%q", in)
	}
}

func TestParseBoolean(t *testing.T) {
	for in, want := range map[string]bool{"true": true, "1": true, "false": false, "0": false, " \n true\t": true} {
		got, err := ParseBoolean(in)
		require.NoError(t, err, "%q", in)
		require.Equal(t, want, got, "%q", in)
	}
	for _, in := range []string{"", " ", "True", "TRUE", "yes", "01", "true false", "\u00a0true", "-0", "+1",
		"true\x00"} {
		_, err := ParseBoolean(in)
		require.Equal(t, bcperr.SchemaInvalid, bcperr.CodeOf(err), "%q", in)
	}
}

func TestParseInteger(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "-0": 0, "+0": 0, "1": 1, "+1": 1, "-1": -1, "007": 7, " 12\n": 12,
		"000000000000000000000000000000000000000000000000001": 1,
		"9007199254740991": 9007199254740991, "-9007199254740991": -9007199254740991,
	} {
		got, err := ParseInteger(in)
		require.NoError(t, err, "%q", in)
		require.Equal(t, want, got, "%q", in)
	}
	for in, want := range map[string]bcperr.Code{
		"":                     bcperr.SchemaInvalid,
		"+":                    bcperr.SchemaInvalid,
		"-":                    bcperr.SchemaInvalid,
		"+-1":                  bcperr.SchemaInvalid,
		"1.0":                  bcperr.SchemaInvalid,
		"1e3":                  bcperr.SchemaInvalid,
		"0x10":                 bcperr.SchemaInvalid,
		"1_000":                bcperr.SchemaInvalid,
		"1 000":                bcperr.SchemaInvalid,
		"- 1":                  bcperr.SchemaInvalid,
		"\u0661":               bcperr.SchemaInvalid, // a digit of another script
		"\u00a01":              bcperr.SchemaInvalid,
		"INF":                  bcperr.SchemaInvalid,
		"9007199254740992":     bcperr.LimitExceeded,
		"-9007199254740992":    bcperr.LimitExceeded,
		"18446744073709551617": bcperr.LimitExceeded, // 2^64+1 wraps to 1
	} {
		_, err := ParseInteger(in)
		require.Equal(t, want, bcperr.CodeOf(err), "%q", in)
	}
}

func FuzzLexical(f *testing.F) {
	for _, seed := range []string{"1", "true", "P1Y2M3DT4H5M6.7S", "2020-09-14T10:20:09.583+02:00", "-PT0.5S",
		"24:00:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = ParseBoolean(s)
		_, _ = ParseInteger(s)
		if dt, err := ParseDateTime(s); err == nil {
			d, err := ParseDuration("P1M")
			require.NoError(t, err)
			if later, err := d.AddTo(dt.Time); err == nil {
				require.True(t, later.After(dt.Time), "%q", s)
			}
		}
		if d, err := ParseDuration(s); err == nil {
			require.False(t, (d.Months < 0 || d.Seconds < 0 || d.Nanos < 0) && d.IsPositive(), "%q: one sign", s)
		}
	})
}
