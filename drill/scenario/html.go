package scenario

import (
	_ "embed"
	"html/template"
	"strconv"
	"strings"
	"time"
)

//go:embed report.html
var reportPage string

func itoa(n int) string { return strconv.Itoa(n) }

// span writes what a time span says, or nothing when there is none.
func span(before string, ms *int64) string {
	if ms == nil {
		return ""
	}
	if *ms == 0 {
		return before + "less than 1ms"
	}
	return before + (time.Duration(*ms) * time.Millisecond).String()
}

// age is how old something kept was, in whole units that a person reads.
func age(storedMs, atMs int64) string {
	return (time.Duration(atMs-storedMs) * time.Millisecond).Round(time.Second).String()
}

func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000") }

// HTML returns the report as one page that needs nothing else: no script, no font, no picture from elsewhere.
func (r *Report) HTML() ([]byte, error) {
	page, err := template.New("report").Funcs(template.FuncMap{
		"columns": func(names ...string) []string { return names },
		"clock":   moment,
		"minute":  func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04") },
		"span":    func(ms *int64) string { return span("", ms) },
		"ms":      func(ms int64) string { return span("", &ms) },
		"age":     age,
		"n":       number,
		"add":     func(a, b float64) string { return number(a + b) },
		"day":     func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"digest":  func() string { return digest(r.JSON()) },
	}).Parse(reportPage)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := page.Execute(&b, r); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}
