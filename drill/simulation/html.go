package simulation

import (
	_ "embed"
	"html/template"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var page string

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// HTML returns the report as one page that needs nothing else: no script, no font, no picture from elsewhere.
func (r *Report) HTML() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"n":     number,
		"rows":  func() []row { return rows },
		"cell":  func(w row, f Figures) string { return w.Of(&f) },
		"whole": func(n int) string { return whole(int64(n)) },
		"span":  func(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() },
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
