package cachekey

import (
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestOthers(t *testing.T) {
	t.Parallel()
	const instant = `^(19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d`
	for value, kind := range map[string]string{
		"true": `^false$`, "false": `^true$`, " true\n": `^ false\n$`, "0": `^1$`, "1": `^[2-9]$`,
		"70010112345": `^[1-9]{11}$`, "-12.50": `^-[1-9]{2}\.[1-9]{2}$`, "1e3": `^[1-9][a-z][1-9]$`,
		"Jan & Piet": `^[A-Z][a-z]{2} & [A-Z][a-z]{3}$`, "é": `^è$`, "字": `^孖$|^\p{Han}$`, "+": `^-$`, "-": `^\+$`,
		"()":         `^\(\+$`,
		"2026-05-01": `^(19|20)\d\d-\d\d-\d\d$`, "2026-05": `^(19|20)\d\d-\d\d$`, "20260501": `^(19|20)\d{6}$`,
		"2026-05-31T23:59:59.999+02:00": instant + `\.999\+02:00$`, "2028-02-29T00:00:00Z": instant + `Z$`,
		"23:59": `^\d\d:\d\d$`, "23:59:00": `^\d\d:\d\d:\d\d$`,
		"2026-13-01": `^[1-9]{4}-[1-9]{2}-[1-9]{2}$`, "2026-05-01 b": `^[1-9]{4}-[1-9]{2}-[1-9]{2} [a-z]$`, // no dates
		"": `^$`, " \n": `^ \n$`, "\u00a0": `^.$`,
	} {
		var o others
		for range 500 {
			other := o.value(value)
			require.Regexp(t, regexp.MustCompile(kind), other)
			require.Equal(t, value == "" || value == " \n", other == value, "%q", value)
			if kind != `^false$` && kind != `^true$` && kind != `^ false\n$` {
				require.Len(t, other, len(value))
			}
			if layout := map[string]string{"2026-05-01": "2006-01-02", "20260501": "20060102",
				"23:59:00": "15:04:05"}[value]; layout != "" {
				_, err := time.Parse(layout, other)
				require.NoError(t, err)
			}
		}
	}
	var o others
	require.NotEqual(t, o.value("70010112345"), o.value("70010112345"), "equal values become different ones")
}

// TestOthersChecked: what is valid by its check digits stays so, and all that it says is another.
func TestOthersChecked(t *testing.T) {
	t.Parallel()
	const birth = `^\d\d(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])`
	for number, kind := range map[string]struct {
		body, plus int
		pattern    string
	}{
		"70010112363":     {9, 0, birth},
		"01020312345":     {9, 2_000_000_000, birth},
		"70410112352":     {9, 0, `^\d\d(4[1-9]|5[0-2])\d`},
		"0809394427":      {8, 0, ``},
		"19999915":        {6, 0, ``},
		"19999915001":     {6, 0, ``},
		"70.01.01-123.63": {9, 0, `^\d\d\.\d\d\.\d\d-\d{3}\.\d\d$`},
	} {
		digits := func(s string) []byte { return regexp.MustCompile(`\D`).ReplaceAll([]byte(s), nil) }
		n := digits(number)
		require.Equal(t, check(n, kind.body, kind.plus), value(n[kind.body:kind.body+2]), number)
		var o others
		for range 500 {
			other := o.value(number)
			require.Regexp(t, kind.pattern, other)
			d := digits(other)
			require.Equal(t, check(d, kind.body, kind.plus), value(d[kind.body:kind.body+2]), other)
			for _, part := range [][2]int{{0, 2}, {2, 4}, {4, 6}, {kind.body, kind.body + 2}} {
				require.NotEqual(t, n[part[0]:part[1]], d[part[0]:part[1]], "%s, digits %v", other, part)
			}
		}
	}
}

func FuzzOthers(f *testing.F) {
	for _, value := range []string{"70010112345", "2026-05-01", "\ud7ff\ufffd", "\x00", "a\U0010fffd"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) {
			return // no text of a parsed document
		}
		var o others
		other := o.value(value)
		require.True(t, utf8.ValidString(other))
		require.NotContains(t, other, "\ufffe", "no character of XML")
	})
}
