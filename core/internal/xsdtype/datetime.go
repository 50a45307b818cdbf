package xsdtype

import (
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// DateTime is the value of an xs:dateTime.
//
// Shape: Time is in UTC; Zoned says whether the text named a zone. Without one the instant is not known: Time takes the
// text as UTC, and up to 14 hours either way is possible (§3.2.7.4).
type DateTime struct {
	Time  time.Time
	Zoned bool
}

const dateTimeForm = "xs:dateTime (like 2020-09-14T10:20:09.583+02:00)"

// ParseDateTime reads an xs:dateTime.
//
// Shape: 24:00:00 is the start of the next day. Digits of the fraction past the ninth are dropped.
// Errors: schema-invalid for another lexical form or a day that no calendar has; limit-exceeded for a year outside
// 0001-9999, which the type itself allows.
// Source: XSD 1.0 Part 2 §3.2.7.
func ParseDateTime(text string) (DateTime, error) {
	s := Collapse(text)
	if err := checkYear(s, text); err != nil {
		return DateTime{}, err
	}
	var f [6]int // year, month, day, hour, minute, second
	for i, part := range []struct {
		digits int
		before string
	}{{4, ""}, {2, "-"}, {2, "-"}, {2, "T"}, {2, ":"}, {2, ":"}} {
		var ok bool
		if s, ok = strings.CutPrefix(s, part.before); !ok {
			return DateTime{}, invalid(dateTimeForm, text)
		}
		if f[i], s, ok = fixedDigits(s, part.digits); !ok {
			return DateTime{}, invalid(dateTimeForm, text)
		}
	}
	nanos, s, ok := fraction(s)
	if !ok {
		return DateTime{}, invalid(dateTimeForm, text)
	}
	offset, zoned, ok := zone(s)
	if !ok {
		return DateTime{}, invalid(dateTimeForm+" with Z, a zone of at most 14:00, or none", text)
	}
	year, month, day, hour, minute, second := f[0], f[1], f[2], f[3], f[4], f[5]
	midnight := hour == 24 && minute == 0 && second == 0 && nanos == 0
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 && !midnight || minute > 59 ||
		second > 59 {
		return DateTime{}, invalid("a moment of the calendar", text)
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	return DateTime{Time: t.Add(-offset), Zoned: zoned}, nil
}

// checkYear refuses lawful years that this package does not take, with their own reason.
func checkYear(s, text string) error {
	unsigned := strings.TrimPrefix(s, "-")
	rest := strings.TrimLeft(unsigned, "0123456789")
	digits := unsigned[:len(unsigned)-len(rest)]
	switch {
	case len(digits) < 4 || len(digits) > 4 && digits[0] == '0' || !strings.HasPrefix(rest, "-"):
		return invalid(dateTimeForm, text)
	case digits == "0000":
		return invalid("a year other than 0000", text)
	case unsigned != s || len(digits) > 4:
		return bcperr.New(bcperr.LimitExceeded, "expected a year from 0001 to 9999, got %.60q", text)
	}
	return nil
}

// fixedDigits reads exactly n digits.
func fixedDigits(s string, n int) (value int, rest string, ok bool) {
	if len(s) < n {
		return 0, s, false
	}
	v, after := leadingDigits(s[:n], 9999)
	return int(v), s[n:], after == ""
}

// fraction reads the fraction of a second, if there is one, as nanoseconds.
func fraction(s string) (nanos int, rest string, ok bool) {
	if !strings.HasPrefix(s, ".") {
		return 0, s, true
	}
	rest = strings.TrimLeft(s[1:], "0123456789")
	digits := s[1 : len(s)-len(rest)]
	for i := range 9 {
		nanos *= 10
		if i < len(digits) {
			nanos += int(digits[i] - '0')
		}
	}
	return nanos, rest, digits != ""
}

// zone reads the time zone that ends an xs:dateTime. Source: XSD 1.0 Part 2 §3.2.7.3.
func zone(s string) (offset time.Duration, zoned, ok bool) {
	switch {
	case s == "":
		return 0, false, true
	case s == "Z":
		return 0, true, true
	case len(s) != len("+hh:mm") || s[0] != '+' && s[0] != '-' || s[3] != ':':
		return 0, false, false
	}
	hour, _, ok1 := fixedDigits(s[1:3], 2)
	minute, _, ok2 := fixedDigits(s[4:6], 2)
	if !ok1 || !ok2 || hour > 14 || minute > 59 || hour == 14 && minute > 0 {
		return 0, false, false
	}
	offset = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}

// daysIn returns the number of days of a month in the proleptic Gregorian calendar.
func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
