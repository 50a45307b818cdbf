package xslt

import (
	"math"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// decimalFormat holds the symbols of one xsl:decimal-format.
//
// Source: XSLT 1.0 §12.3; java.text.DecimalFormatSymbols.
type decimalFormat struct {
	decimal, grouping, minus, percent, perMille, zeroDigit, digit, patternSep rune
	infinity, nan                                                             string
}

// defaultDecimalFormat returns the symbols that hold where xsl:decimal-format says nothing.
func defaultDecimalFormat() *decimalFormat {
	return &decimalFormat{decimal: '.', grouping: ',', minus: '-', percent: '%', perMille: '‰', zeroDigit: '0',
		digit:      '#',
		patternSep: ';', infinity: "Infinity", nan: "NaN"}
}

// What java.text.DecimalFormat prints at most of a double.
const (
	maxIntegerDigits  = 309
	maxFractionDigits = 340
)

// format formats f as java.text.DecimalFormat does: rounding half to even, on the exact binary value.
//
// Errors: xslt-failed for a pattern that DecimalFormat refuses.
// Source: JDK 17, java.text.DecimalFormat, measured (see the tests).
func (d *decimalFormat) format(f float64, pattern string) (string, error) {
	p, err := d.parse(pattern)
	if err != nil {
		return "", err
	}
	if f != f {
		return d.nan, nil
	}
	f *= p.multiplier
	prefix, suffix := p.prefix, p.suffix
	if math.Signbit(f) {
		f = -f
		prefix, suffix = p.negativePrefix, p.negativeSuffix
	}
	var b strings.Builder
	b.WriteString(prefix)
	switch {
	case math.IsInf(f, 1):
		b.WriteString(d.infinity)
	case p.exponential:
		d.writeExponential(&b, p, f)
	default:
		d.writeFixed(&b, p, f)
	}
	b.WriteString(suffix)
	return b.String(), nil
}

// decimalDigits is 0.d1d2d3… × 10^exp; text is empty for zero and else has no zero at either end.
type decimalDigits struct {
	text string
	exp  int
}

// at returns digit i, zero past the last.
func (n *decimalDigits) at(i int) byte {
	if i < 0 || i >= len(n.text) {
		return '0'
	}
	return n.text[i]
}

// digitsOf returns the digits of f ≥ 0, rounded half to even to so many digits after the decimal point (fixed) or in
// all. A count of 0 in all does not round.
func digitsOf(f float64, count int, fixed bool) decimalDigits {
	if f == 0 {
		return decimalDigits{}
	}
	d := xpath.JavaDigits(f)
	text := strings.TrimRight(string(d.Text), "0")
	for strings.HasPrefix(text, "0") {
		text = text[1:]
		d.Exp--
	}
	keep := count
	if fixed {
		keep += d.Exp
		if keep < 0 {
			return decimalDigits{}
		}
	} else if keep == 0 {
		return decimalDigits{text, d.Exp}
	}
	if keep >= len(text) {
		return decimalDigits{text, d.Exp}
	}
	digits := []byte(text[:keep])
	if roundsUp(text, keep, d) {
		i := keep - 1
		for i >= 0 && digits[i] == '9' {
			i--
		}
		if i < 0 {
			return decimalDigits{"1", d.Exp + 1}
		}
		digits[i]++
		digits = digits[:i+1]
	}
	text = strings.TrimRight(string(digits), "0")
	if text == "" {
		return decimalDigits{}
	}
	return decimalDigits{text, d.Exp}
}

// roundsUp decides by the digit after the kept ones. When that is a 5 and the last digit there is, how the digits came
// from the binary value tells on which side of the tie it lies.
func roundsUp(text string, keep int, d xpath.Digits) bool {
	switch {
	case text[keep] != '5':
		return text[keep] > '5'
	case keep < len(text)-1:
		return true // digits follow, and the last one is not zero
	case d.RoundedUp:
		return false
	case !d.Exact:
		return true
	}
	return keep > 0 && (text[keep-1]-'0')%2 != 0
}

func (d *decimalFormat) writeDigit(b *strings.Builder, digit byte) {
	b.WriteRune(d.zeroDigit + rune(digit-'0'))
}

func (d *decimalFormat) writeFixed(b *strings.Builder, p *numberPattern, f float64) {
	n := digitsOf(f, p.maxFraction, true)
	integers := max(p.minInteger, n.exp)
	if n.text == "" {
		integers = p.minInteger
	}
	for i := integers - 1; i >= 0; i-- {
		d.writeDigit(b, n.at(n.exp-1-i))
		if i > 0 && p.groupingSize > 0 && i%p.groupingSize == 0 {
			b.WriteRune(d.groupingOf(p))
		}
	}
	fractions := max(p.minFraction, len(n.text)-n.exp)
	if n.text == "" {
		fractions = p.minFraction
	}
	if fractions <= 0 && integers <= 0 {
		b.WriteRune(d.zeroDigit)
	}
	if fractions > 0 || p.decimalShown {
		b.WriteRune(d.separator(p))
	}
	for i := range max(0, fractions) {
		d.writeDigit(b, n.at(n.exp+i))
	}
}

// separator is the decimal separator; a pattern with a currency sign takes that of money, which xsl:decimal-format does
// not change.
func (d *decimalFormat) separator(p *numberPattern) rune {
	if p.currency {
		return '.'
	}
	return d.decimal
}

// groupingOf is the grouping separator, with the same exception.
func (d *decimalFormat) groupingOf(p *numberPattern) rune {
	if p.currency {
		return ','
	}
	return d.grouping
}

func (d *decimalFormat) writeExponential(b *strings.Builder, p *numberPattern, f float64) {
	n := digitsOf(f, p.maxInteger+p.maxFraction, false)
	exponent, least := n.exp, p.minInteger
	if repeat := p.maxInteger; repeat > 1 && repeat > p.minInteger {
		// The exponent is a multiple of the number of integer places, rounded down.
		if exponent >= 1 {
			exponent = (exponent - 1) / repeat * repeat
		} else {
			exponent = (exponent - repeat) / repeat * repeat
		}
		least = 1
	} else {
		exponent -= p.minInteger
	}
	integers := n.exp - exponent
	if n.text == "" {
		exponent, integers = 0, least
	}
	total := max(p.minInteger+p.minFraction, integers, len(n.text))
	for i := range total {
		if i == integers {
			b.WriteRune(d.separator(p))
		}
		d.writeDigit(b, n.at(i))
	}
	if p.decimalShown && total == integers {
		b.WriteRune(d.separator(p))
	}
	b.WriteByte('E')
	if exponent < 0 {
		b.WriteRune(d.minus)
		exponent = -exponent
	}
	text := xpath.FormatNumber(float64(exponent))
	for range p.exponentDigits - len(text) {
		b.WriteRune(d.zeroDigit)
	}
	for i := range len(text) {
		d.writeDigit(b, text[i])
	}
}

// badPattern names the pattern, which the stylesheet gives: no patient data, unless the stylesheet makes it from some.
func badPattern(why string) error {
	return bcperr.New(bcperr.XSLTFailed, "format-number: %s in the pattern", why)
}
