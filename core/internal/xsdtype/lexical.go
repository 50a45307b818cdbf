package xsdtype

import (
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Collapse returns s without white space at its ends and with each run of white space inside made one space.
//
// Source: XSD 1.0 Part 2 §4.3.6.
func Collapse(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if !strings.ContainsAny(s, "\t\r\n") && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, isSpace), " ")
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }

// ParseBoolean reads an xs:boolean: true, false, 1 or 0.
//
// Errors: schema-invalid.
func ParseBoolean(s string) (bool, error) {
	switch Collapse(s) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, invalid("xs:boolean (true, false, 1 or 0)", s)
}

// maxInteger is the largest integer that every runtime holds exactly, the double of JavaScript too.
const maxInteger = 1<<53 - 1

// ParseInteger reads an xs:integer.
//
// Errors: schema-invalid for another lexical form; limit-exceeded outside ±(2^53-1), which the type itself allows.
func ParseInteger(s string) (int64, error) {
	digits := Collapse(s)
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	n, rest := leadingDigits(digits, maxInteger)
	if digits == "" || rest != "" {
		return 0, invalid("xs:integer", s)
	}
	if n > maxInteger {
		return 0, bcperr.New(bcperr.LimitExceeded, "expected an xs:integer of at most %d, got %.40q", maxInteger, s)
	}
	if negative {
		n = -n
	}
	return n, nil
}

// leadingDigits reads the decimal digits at the head of s. A value above limit comes back as limit+1, so that no number
// of digits overflows; limit is at most 2^53-1.
func leadingDigits(s string, limit int64) (n int64, rest string) {
	for s != "" && s[0] >= '0' && s[0] <= '9' {
		n = min(n*10+int64(s[0]-'0'), limit+1)
		s = s[1:]
	}
	return n, s
}

func invalid(want, got string) error {
	return bcperr.New(bcperr.SchemaInvalid, "expected %s, got %.60q", want, got)
}
