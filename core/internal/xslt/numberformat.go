package xslt

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// numberFormat is the format attribute, cut into tokens. Source: XSLT 1.0 §7.7.1.
type numberFormat struct {
	prefix, suffix string
	tokens         []string // alphanumeric
	separators     []string // before each token but the first
	grouping       string
	size           int
	alphabetic     bool // letter-value says so: i is a letter, not a Roman numeral
}

func (i *numberInstruction) formatter(m *machine) (f numberFormat, err error) {
	format, err := i.format.eval(m)
	if err != nil {
		return f, err
	}
	if f.grouping, err = i.separator.eval(m); err != nil {
		return f, err
	}
	size, err := i.size.eval(m)
	if err != nil {
		return f, err
	}
	f.size, _ = strconv.Atoi(size)
	letterValue, err := i.letterValue.eval(m)
	f.alphabetic = letterValue == "alphabetic"
	if err == nil {
		err = m.ctx.Budget.Spend(int64(len(format))) // a token of one letter takes 60 octets, and a look at each letter
	}
	if err != nil {
		return f, err
	}
	f.split(format)
	return f, nil
}

func (f *numberFormat) split(format string) {
	for format != "" {
		n := strings.IndexFunc(format, isAlphanumeric)
		if n < 0 {
			n = len(format)
		}
		separator := format[:n]
		format = format[n:]
		if format == "" {
			if f.tokens == nil {
				f.prefix = separator
			} else {
				f.suffix = separator
			}
			break
		}
		n = strings.IndexFunc(format, func(r rune) bool { return !isAlphanumeric(r) })
		if n < 0 {
			n = len(format)
		}
		if f.tokens == nil {
			f.prefix = separator
		} else {
			f.separators = append(f.separators, separator)
		}
		f.tokens = append(f.tokens, format[:n])
		format = format[n:]
	}
	if f.tokens == nil {
		f.tokens = []string{"1"}
		f.suffix = f.prefix // what has no token stands on both sides
	}
}

func isAlphanumeric(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (f *numberFormat) format(budget *xpath.Budget, numbers []int) (string, error) {
	if len(numbers) == 0 {
		return "", nil
	}
	var b strings.Builder
	b.WriteString(f.prefix)
	for i, n := range numbers {
		before := b.Len()
		if i > 0 {
			switch {
			case len(f.separators) == 0:
				b.WriteString(".")
			case i-1 < len(f.separators):
				b.WriteString(f.separators[i-1])
			default:
				b.WriteString(f.separators[len(f.separators)-1])
			}
		}
		text, err := f.one(budget, n, f.tokens[min(i, len(f.tokens)-1)])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if err := budget.SpendBytes(b.Len() - before); err != nil {
			return "", err
		}
	}
	b.WriteString(f.suffix)
	return b.String(), nil
}

// one formats a number by the first character of a token: a digit, a letter to count with, or a Roman one.
func (f *numberFormat) one(budget *xpath.Budget, n int, token string) (string, error) {
	if err := budget.Spend(numeralSteps); err != nil {
		return "", err
	}
	first, _ := utf8.DecodeRuneInString(token)
	switch {
	case unicode.IsDigit(first):
		return f.decimal(budget, n, utf8.RuneCountInString(token), zeroOf(first))
	case n <= 0:
		return strconv.Itoa(n), nil
	}
	if err := budget.Spend(numeralSteps); err != nil { // Roman digits and letters are found one by one
		return "", err
	}
	switch {
	case first == 'i' && !f.alphabetic:
		return strings.ToLower(roman(n)), nil
	case first == 'I' && !f.alphabetic:
		return roman(n), nil
	}
	last := first
	if first >= 'α' && first <= 'ω' {
		last = 'ω'
	} else {
		for last-first < maxLetters && isAlphanumeric(last+1) {
			last++
		}
	}
	return alphabetic(n, first, int(last-first)+1), budget.Spend(int64(last-first) / 2)
}

// numeralSteps is the cost of one number in the usual formats.
const numeralSteps = 8

// maxLetters bounds the search for the end of an alphabet: the largest, CJK ideographs, has 20,992.
const maxLetters = 1 << 16

// zeroOf returns the zero of a digit's script: digits come in tens.
func zeroOf(digit rune) rune {
	zero := digit
	for zero > digit-9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return zero
}

func (f *numberFormat) decimal(budget *xpath.Budget, n, width int, zero rune) (string, error) {
	var digits []rune
	for ; n > 0; n /= 10 {
		digits = append(digits, zero+rune(n%10))
	}
	for len(digits) < width {
		digits = append(digits, zero)
	}
	slices.Reverse(digits)
	if f.size <= 0 {
		return string(digits), nil
	}
	if err := budget.SpendBytes(len(digits) / f.size * len(f.grouping)); err != nil { // each may be long
		return "", err
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%f.size == 0 {
			b.WriteString(f.grouping)
		}
		b.WriteRune(d)
	}
	return b.String(), nil
}

// alphabetic counts a, b, … z, aa, ab.
func alphabetic(n int, first rune, letters int) string {
	var text []rune
	for ; n > 0; n = (n - 1) / letters {
		text = append(text, first+rune((n-1)%letters))
	}
	slices.Reverse(text)
	return string(text)
}

var romanDigits = []struct {
	value int
	text  string
}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"},
	{9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}

// roman writes a number up to 4000 in Roman numerals, a larger one in digits.
func roman(n int) string {
	if n > 4000 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, d := range romanDigits {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.text)
		}
	}
	return b.String()
}
