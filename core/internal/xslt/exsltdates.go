package xslt

import (
	"math"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// dateField is one number of a date or dateTime; NaN when the text is none. Source: EXSLT dates and times.
func dateField(field int) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		text, err := ctx.Text(args[0])
		if err != nil {
			return nil, err
		}
		fields, ok := parseDate(text)
		if !ok || fields[field] < leastFields[field] || fields[field] > mostFields[field] {
			return xpath.Number(math.NaN()), nil
		}
		return xpath.Number(fields[field]), nil
	}
}

// The bounds of each field, as far as they do not depend on another one.
var (
	leastFields = [6]float64{0, 1, 1, 0, 0, 0}
	mostFields  = [6]float64{9999, 12, 31, 23, 59, 59}
)

func datePart(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, err := ctx.Text(args[0])
	if err != nil {
		return nil, err
	}
	fields, ok := parseDate(text)
	if !ok || fields[2] < 0 {
		return xpath.String(""), nil
	}
	date, zone := text[:10], ""
	if i := strings.LastIndexAny(text[10:], "Z+-"); i >= 0 {
		zone = text[10+i:]
	}
	return xpath.String(date + zone), nil
}

func timePart(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	text, err := ctx.Text(args[0])
	if err != nil {
		return nil, err
	}
	fields, ok := parseDate(text)
	if !ok || fields[3] < 0 {
		return xpath.String(""), nil
	}
	if i := strings.IndexByte(text, 'T'); i >= 0 {
		text = text[i+1:]
	}
	return xpath.String(text), nil
}

// parseDate reads xs:date, xs:dateTime, xs:time, xs:gYearMonth or xs:gYear: year, month, day, hour, minute, second; -1
// for what is not there.
func parseDate(text string) (fields [6]float64, ok bool) {
	fields = [6]float64{-1, -1, -1, -1, -1, -1}
	date, clock, both := strings.Cut(text, "T")
	if !both && len(text) >= 3 && text[2] == ':' {
		date, clock = "", text
	}
	if date != "" && !parseDay(date, both, fields[:3]) {
		return fields, false
	}
	if clock == "" {
		return fields, date != "" && !both
	}
	if len(clock) < 8 || clock[2] != ':' || clock[5] != ':' {
		return fields, false
	}
	end := 8
	if end < len(clock) && clock[end] == '.' {
		for end++; end < len(clock) && clock[end] >= '0' && clock[end] <= '9'; end++ {
		}
	}
	if !digits(clock[:2], &fields[3]) || !digits(clock[3:5], &fields[4]) || !isZone(clock[end:]) {
		return fields, false
	}
	return fields, digits(clock[6:8], &fields[5]) // whole seconds, as in the JDK
}

// parseDay reads a date, which stands before a time when exact is set, or else may have a zone or be short.
func parseDay(date string, exact bool, fields []float64) bool {
	if len(date) < 4 || !digits(date[:4], &fields[0]) {
		return false
	}
	if len(date) == 4 {
		return !exact
	}
	if len(date) < 7 || date[4] != '-' || !digits(date[5:7], &fields[1]) {
		return false
	}
	if len(date) == 7 {
		return !exact
	}
	return len(date) >= 10 && date[7] == '-' && digits(date[8:10], &fields[2]) &&
		(exact && len(date) == 10 || !exact && isZone(date[10:]))
}

func digits(text string, to *float64) bool {
	*to = 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
		*to = *to*10 + float64(text[i]-'0')
	}
	return true
}

func isZone(text string) bool {
	if text == "" || text == "Z" {
		return true
	}
	var hours, minutes float64
	return len(text) == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
		digits(text[1:3], &hours) && digits(text[4:], &minutes)
}
