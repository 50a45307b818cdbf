package xpath

import (
	"math"
	"strconv"
	"strings"
)

// FormatNumber prints a number as string() does: as Java prints it, without exponent; negative zero as 0.
//
// Source: XPath 1.0 §4.2; digits as JavaDigits.
func FormatNumber(f float64) string {
	switch {
	case f != f:
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == math.Trunc(f) && math.Abs(f) < 1<<53:
		return strconv.FormatInt(int64(f), 10) // all digits are significant
	}
	d := JavaDigits(math.Abs(f))
	digits := strings.TrimRight(string(d.Text), "0")
	var b strings.Builder
	if f < 0 {
		b.WriteByte('-')
	}
	switch {
	case d.Exp <= 0:
		b.WriteString("0.")
		b.WriteString(strings.Repeat("0", -d.Exp))
		b.WriteString(digits)
	case d.Exp >= len(digits):
		b.WriteString(digits)
		b.WriteString(strings.Repeat("0", d.Exp-len(digits)))
	default:
		b.WriteString(digits[:d.Exp])
		b.WriteByte('.')
		b.WriteString(digits[d.Exp:])
	}
	return b.String()
}

// parseNumber reads a number as number() does; what is none gives NaN.
//
// Shape: white space, an optional minus, digits with an optional point, and, beyond XPath 1.0, an optional decimal
// exponent, which both reference engines read. What else Java reads ("+5", "1d", "0x1p3", "Infinity") is NaN here, as
// it is for libxslt and for the standard.
// Source: XPath 1.0 §4.4.
func parseNumber(s string) float64 {
	s = trimSpace(s)
	if !isNumber(s) {
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range is an infinity
	return f
}

func trimSpace(s string) string { return strings.Trim(s, " \t\r\n") }

func isNumber(s string) bool {
	i := 0
	digits := func() int {
		start := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		return i - start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	n := digits()
	if i < len(s) && s[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if digits() == 0 {
			return false
		}
	}
	return i == len(s)
}
