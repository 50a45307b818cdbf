package xslt

import (
	"strings"
)

// numberPattern is a parsed pattern of format-number().
type numberPattern struct {
	prefix, suffix                 string
	negativePrefix, negativeSuffix string
	multiplier                     float64
	minInteger, maxInteger         int // maxInteger counts only in exponential form
	minFraction, maxFraction       int
	groupingSize                   int
	decimalShown                   bool // the separator is written even when nothing follows
	exponential                    bool
	exponentDigits                 int
	currency                       bool
}

// subpattern is one half of a pattern while it is read.
type subpattern struct {
	prefix, suffix     strings.Builder
	left, zeros, right int // "#" before, "0", "#" after
	decimal            int // how many digits stand before the separator, -1 without one
	grouping           int // digits since the last grouping separator, -1 without one
	multiplier         float64
	exponential        bool
	exponent           int // digits of the exponent
	currency           bool
	next               int // where the other half starts, -1 without one
}

// parse reads a pattern in the syntax of java.text.DecimalFormat, written with the symbols of d.
//
// Source: JDK 17, DecimalFormat.applyLocalizedPattern, measured (see the tests).
func (d *decimalFormat) parse(pattern string) (*numberPattern, error) {
	if pattern == "" {
		// What a DecimalFormat that was given nothing else does.
		return &numberPattern{negativePrefix: string(d.minus), multiplier: 1, maxFraction: maxFractionDigits,
			groupingSize: 3}, nil
	}
	runes := []rune(pattern)
	s, err := d.readHalf(runes, false)
	if err != nil {
		return nil, err
	}
	p, err := s.pattern()
	if err != nil {
		return nil, err
	}
	p.negativePrefix, p.negativeSuffix = string(d.minus)+p.prefix, p.suffix
	if s.next >= 0 && s.next < len(runes) {
		n, err := d.readHalf(runes[s.next:], true)
		if err != nil {
			return nil, err
		}
		p.currency = p.currency || n.currency
		prefix, suffix := n.prefix.String(), n.suffix.String()
		if prefix != p.prefix || suffix != p.suffix {
			p.negativePrefix, p.negativeSuffix = prefix, suffix
		}
	}
	return p, nil
}

// readHalf reads the positive half up to the pattern separator, or the negative one, of which only prefix and suffix
// count.
func (d *decimalFormat) readHalf(runes []rune, negative bool) (*subpattern, error) {
	s := &subpattern{decimal: -1, grouping: -1, multiplier: 1, next: -1}
	affix, inNumber, inQuote := &s.prefix, false, false
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if inNumber {
			more, err := d.numberRune(s, runes, &i, negative)
			if err != nil {
				return nil, err
			}
			if !more {
				inNumber, affix = false, &s.suffix
				i--
			}
			continue
		}
		doubled := i+1 < len(runes) && runes[i+1] == r
		switch {
		case r == '\'' && doubled:
			affix.WriteByte('\'')
			i++
		case r == '\'':
			inQuote = !inQuote
		case inQuote:
			affix.WriteRune(r)
		case r == d.digit, r == d.zeroDigit, r == d.grouping, r == d.decimal:
			inNumber = true
			i--
		case r == d.patternSep:
			if negative || affix == &s.prefix {
				return nil, badPattern("a separator of halves out of place")
			}
			s.next = i + 1
			return s, nil
		case r == '¤':
			s.currency = true
			if doubled {
				affix.WriteString("USD")
				i++
			} else {
				affix.WriteByte('$')
			}
		case r == d.percent || r == d.perMille:
			if s.multiplier != 1 {
				return nil, badPattern("more than one percent or per mille")
			}
			s.multiplier = 100
			if r == d.perMille {
				s.multiplier = 1000
			}
			affix.WriteRune(r)
		default:
			affix.WriteRune(r)
		}
	}
	if inQuote {
		return nil, badPattern("a quote without end")
	}
	return s, nil
}

// numberRune reads one character of the digits; more is false when it does not belong to them.
func (d *decimalFormat) numberRune(s *subpattern, runes []rune, i *int, negative bool) (more bool, err error) {
	r := runes[*i]
	switch {
	case negative && (r == d.digit || r == d.zeroDigit || r == d.grouping || r == d.decimal || r == 'E'):
		return true, nil
	case negative:
		return false, nil
	case r == d.digit:
		if s.zeros > 0 {
			s.right++
		} else {
			s.left++
		}
		s.countGrouping()
	case r == d.zeroDigit:
		if s.right > 0 {
			return false, badPattern("a zero after a digit sign")
		}
		s.zeros++
		s.countGrouping()
	case r == d.grouping:
		s.grouping = 0
	case r == d.decimal:
		if s.decimal >= 0 {
			return false, badPattern("more than one decimal separator")
		}
		s.decimal = s.left + s.zeros + s.right
	case r == 'E':
		return false, d.readExponent(s, runes, i)
	default:
		return false, nil
	}
	return true, nil
}

// readExponent reads "E" and the zeros after it. A second exponent is refused, where Java loses the sign of the number.
func (d *decimalFormat) readExponent(s *subpattern, runes []rune, i *int) error {
	s.exponential = true
	exponent := 0
	for *i++; *i < len(runes) && runes[*i] == d.zeroDigit; *i++ {
		exponent++
	}
	if s.left+s.zeros < 1 || exponent < 1 {
		return badPattern("an exponent without digits")
	}
	if s.exponent > 0 || *i < len(runes) && runes[*i] == 'E' {
		return badPattern("more than one exponent")
	}
	s.exponent = exponent
	return nil
}

func (s *subpattern) countGrouping() {
	if s.grouping >= 0 && s.decimal < 0 {
		s.grouping++
	}
}

// pattern checks the counts and turns them into limits.
func (s *subpattern) pattern() (*numberPattern, error) {
	if s.zeros == 0 && s.left > 0 && s.decimal >= 0 {
		// "#.##" stands for "0.##", and ".##" for ".0#".
		n := max(s.decimal, 1)
		s.right, s.left, s.zeros = s.left-n, n-1, 1
	}
	if s.decimal < 0 && s.right > 0 || s.decimal >= 0 && (s.decimal < s.left || s.decimal > s.left+s.zeros) ||
		s.grouping == 0 {
		return nil, badPattern("a separator out of place")
	}
	total := s.left + s.zeros + s.right
	p := &numberPattern{prefix: s.prefix.String(), suffix: s.suffix.String(), multiplier: s.multiplier,
		groupingSize: max(s.grouping, 0), exponential: s.exponential, exponentDigits: min(s.exponent, maxIntegerDigits),
		decimalShown: s.decimal == 0 || s.decimal == total, currency: s.currency}
	point := total
	if s.decimal >= 0 {
		point = s.decimal
		p.maxFraction = min(total-point, maxFractionDigits)
		p.minFraction = min(s.left+s.zeros-point, maxFractionDigits)
	}
	p.minInteger = min(point-s.left, maxIntegerDigits)
	p.maxInteger = min(s.left+p.minInteger, maxIntegerDigits)
	return p, nil
}
