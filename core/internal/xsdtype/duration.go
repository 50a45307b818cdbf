package xsdtype

import (
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Duration is the value of an xs:duration: months and seconds, which no conversion joins, as a month has no fixed
// length.
//
// Shape: Months, Seconds and Nanos all have the sign of the duration. Months counts 12 for a year, Seconds 86,400 for a
// day.
type Duration struct {
	Months  int64
	Seconds int64
	Nanos   int64 // below one second
}

// maxComponent bounds each number of a duration: 10^11 s are 3,169 years, and no sum of components overflows int64.
const maxComponent = 100_000_000_000

const durationForm = "xs:duration (like P1DT12H or PT5M)"

// ParseDuration reads an xs:duration.
//
// Shape: digits of the fraction of a second past the ninth are dropped.
// Errors: schema-invalid for another lexical form; limit-exceeded for a number above 10^11, which the type itself
// allows.
// Source: XSD 1.0 Part 2 §3.2.6.
func ParseDuration(text string) (Duration, error) {
	s, negative := strings.CutPrefix(Collapse(text), "-")
	s, ok := strings.CutPrefix(s, "P")
	if !ok {
		return Duration{}, invalid(durationForm, text)
	}
	date, clock, timed := strings.Cut(s, "T")
	if date == "" && clock == "" || timed && clock == "" {
		return Duration{}, invalid(durationForm, text)
	}
	clock, nanos, ok := cutFraction(clock)
	if !ok {
		return Duration{}, invalid(durationForm, text)
	}
	days, ok1 := numbers(date, "YMD")
	hours, ok2 := numbers(clock, "HMS")
	if !ok1 || !ok2 {
		return Duration{}, invalid(durationForm, text)
	}
	if max(days[0], days[1], days[2], hours[0], hours[1], hours[2]) > maxComponent {
		return Duration{}, bcperr.New(bcperr.LimitExceeded, "expected an xs:duration of numbers up to %d, got %.60q",
			int64(maxComponent), text)
	}
	d := Duration{
		Months:  days[0]*12 + days[1],
		Seconds: days[2]*86400 + hours[0]*3600 + hours[1]*60 + hours[2],
		Nanos:   int64(nanos),
	}
	if negative {
		d.Months, d.Seconds, d.Nanos = -d.Months, -d.Seconds, -d.Nanos
	}
	return d, nil
}

// cutFraction takes the fraction of the seconds out of the time part of a duration: 1.5S becomes 1S.
func cutFraction(clock string) (whole string, nanos int, ok bool) {
	dot := strings.IndexByte(clock, '.')
	if dot < 0 {
		return clock, 0, true
	}
	nanos, rest, ok := fraction(clock[dot:])
	if !ok || rest != "S" || dot == 0 || clock[dot-1] < '0' || clock[dot-1] > '9' {
		return "", 0, false
	}
	return clock[:dot] + "S", nanos, true
}

// numbers reads numbers that are each followed by their unit, in the order of units, any of them absent.
func numbers(s, units string) (n [3]int64, ok bool) {
	for i := range units {
		value, rest := leadingDigits(s, maxComponent)
		if rest != s && rest != "" && rest[0] == units[i] {
			n[i], s = value, rest[1:]
		}
	}
	return n, s == ""
}

// IsPositive says whether d is longer than nothing. A duration has one sign, so this needs no calendar.
func (d Duration) IsPositive() bool { return d.Months > 0 || d.Seconds > 0 || d.Nanos > 0 }

// The moments that AddTo may return, in seconds since 1970: the years 0001 to 9999.
const (
	firstSecond = -62_135_596_800
	lastSecond  = 253_402_300_799
)

// AddTo returns the moment d after t, by the calendar: first the months, with a day past the end of its month set to
// the last day, then the days and the clock.
//
// Shape: counted in t's own offset from UTC and returned in t's location; a change of that offset in between (summer
// time) moves nothing, as in the source.
// Errors: limit-exceeded when the result is outside the years 0001-9999.
// Source: XSD 1.0 Part 2, Appendix E.
func (d Duration) AddTo(t time.Time) (time.Time, error) {
	_, offset := t.Zone()
	local := t.UTC().Add(time.Duration(offset) * time.Second)
	months := int64(local.Year())*12 + int64(local.Month()) - 1 + d.Months
	if months < 12 || months >= 10_000*12 {
		return time.Time{}, outOfRange(t)
	}
	year, month := int(months/12), int(months%12)+1
	day := min(local.Day(), daysIn(year, month))
	start := time.Date(year, time.Month(month), day, local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	seconds := start.Unix() - int64(offset) + d.Seconds
	nanos := int64(t.Nanosecond()) + d.Nanos
	switch {
	case nanos < 0:
		seconds, nanos = seconds-1, nanos+1e9
	case nanos >= 1e9:
		seconds, nanos = seconds+1, nanos-1e9
	}
	if seconds < firstSecond || seconds > lastSecond {
		return time.Time{}, outOfRange(t)
	}
	return time.Unix(seconds, nanos).In(t.Location()), nil
}

func outOfRange(t time.Time) error {
	return bcperr.New(bcperr.LimitExceeded,
		"expected a duration that ends in the years 0001 to 9999, got one that leaves them from %s",
		t.UTC().Format(time.RFC3339))
}
