package xslt

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestFormatNumber(t *testing.T) {
	tests := []struct {
		f             float64
		pattern, want string
	}{
		{1234567.891, "#,##0.00", "1,234,567.89"},
		{0.5, "#", "0"},
		{1.5, "0", "2"},
		{2.5, "0", "2"},
		{0.125, "0.00", "0.12"},
		{0.135, "0.00", "0.14"}, // the double is above the tie
		{0.45, "0.0", "0.5"},    // above, after an even digit
		{0.15, "0.0", "0.1"},    // below, after an odd digit
		{0.25, "0.0", "0.2"},    // the tie itself
		{1234, "¤#,##0.0", "$1,234.0"},
		{-5, "0;(0)", "(5)"},
		{-5, "0;0", "-5"},
		{0.256, "0.0%", "25.6%"},
		{0.256, "0.0‰", "256.0‰"},
		{12, "0000", "0012"},
		{0, "#,###", "0"},
		{math.Inf(-1), "0", "-Infinity"},
		{math.NaN(), "x0", "NaN"},
		{85020300169, "000000-000-00", "85020300169--"},
		{0.007, ".00", ".01"},
		{1234.5, "##0.##E0", "1.2345E3"},
		{5, "'x'0", "x5"},
		{1000, "#,##,##0", "1,000"},
		{0.0004, "0.000", "0.000"},
		{0.0006, "0.000", "0.001"},
		{99.996, "0.00", "100.00"},
		{7, "", "7"},
	}
	for _, test := range tests {
		got, err := defaultDecimalFormat().format(test.f, test.pattern)
		require.NoError(t, err, test.pattern)
		require.Equal(t, test.want, got, "%v with %q", test.f, test.pattern)
	}
}

func TestFormatNumberCurrencyKeepsItsSeparators(t *testing.T) {
	d := defaultDecimalFormat()
	d.grouping, d.decimal = '.', ','
	got, err := d.format(1234.5, "¤#.##0,0")
	require.NoError(t, err)
	require.Equal(t, "$1,234.5", got)
	got, err = d.format(1234.5, "#.##0,0")
	require.NoError(t, err)
	require.Equal(t, "1.234,5", got)
}

func TestFormatNumberBadPattern(t *testing.T) {
	for _, pattern := range []string{"0#0", "0.0.0", "0,", "0;;0", ";0", "0'", "0%%", "0E", "#0#", "0.,0", "0E0E0"} {
		_, err := defaultDecimalFormat().format(1, pattern)
		require.Equal(t, bcperr.XSLTFailed, bcperr.CodeOf(err), pattern)
	}
}

// TestFormatNumberOracle compares random numbers and patterns with the JDK. BCP_ORACLE is how many.
func TestFormatNumberOracle(t *testing.T) {
	german, odd := defaultDecimalFormat(), defaultDecimalFormat()
	german.decimal, german.grouping = ',', '.'
	odd.zeroDigit, odd.digit, odd.minus, odd.patternSep, odd.grouping, odd.percent = '٠', '~', 'm', '|', '_', 'p'
	odd.nan, odd.infinity = "nope", "ever"
	symbols := map[string]*decimalFormat{"0": defaultDecimalFormat(), "1": german, "2": odd}
	for _, line := range oracle(t, "Decimal.java") {
		fields := strings.Split(line, "\t")
		require.Len(t, fields, 4)
		bits, err := strconv.ParseUint(fields[1], 16, 64)
		require.NoError(t, err)
		f := math.Float64frombits(bits)
		if twoExponents(fields[2]) {
			continue
		}
		got, err := symbols[fields[0]].format(f, fields[2])
		if err != nil {
			got = "E"
		} else {
			got = "K" + got
		}
		require.Equal(t, fields[3], got, "%v with %q, symbols %s", f, fields[2], fields[0])
	}
}

// twoExponents says whether a pattern has an exponent right after another, which is refused here.
func twoExponents(pattern string) bool {
	zero := strings.ReplaceAll(pattern, "٠", "0")
	for strings.Contains(zero, "00") {
		zero = strings.ReplaceAll(zero, "00", "0")
	}
	return strings.Contains(zero, "E0E")
}
