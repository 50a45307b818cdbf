package simulation

import (
	_ "embed"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var page string

// dashes are how the line of each behaviour is drawn, in words.
var dashes = map[Behaviour]string{Ours: "full", Reference: "dashed", Naive: "dotted"}

var afterDigit = regexp.MustCompile(`(\d) (\w)`)

// unbroken keeps a number on one line, with its unit.
func unbroken(text string) string { return afterDigit.ReplaceAllString(text, "$1\u00a0$2") }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// HTML returns the report as one page that needs nothing else: no script, no font, no picture from elsewhere.
func (r *Report) HTML() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"n":     number,
		"rows":  func() []row { return rows },
		"who":   func() string { return who },
		"dash":  func(b Behaviour) string { return dashes[b] },
		"cell":  func(w row, f Figures) string { return unbroken(w.Of(&f)) },
		"whole": func(n int) string { return unbroken(whole(int64(n))) },
		"span":  func(ms int64) string { return shortSpan(time.Duration(ms) * time.Millisecond) },
		"clock": func(ms int64) string {
			return epoch.Add(time.Duration(r.BeginMs+ms) * time.Millisecond).Format("Monday 15:04")
		},
	}).Parse(page)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}
