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
	return before + (time.Duration(*ms) * time.Millisecond).String()
}

// HTML returns the report as one page that needs nothing else.
func (r *Report) HTML() ([]byte, error) {
	page, err := template.New("report").Funcs(template.FuncMap{
		"columns": func(names ...string) []string { return names },
		"clock":   func(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05.000") },
		"span":    func(ms *int64) string { return span("", ms) },
		"day":     func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
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
