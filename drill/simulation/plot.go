package simulation

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The picture of a plot, in its own units.
const (
	plotWidth, plotHeight = 960.0, 260.0
	plotLeft, plotRight   = 56.0, 944.0
	plotTop, plotBottom   = 12.0, 224.0
	plotPoints            = 480 // of a line; more would not be seen
	tickRoom              = 90.0
	yTicks                = 4
)

// Plot is one picture: a quantity over the time of the scenario, a line for each behaviour. Found is what it comes to,
// in a sentence.
type Plot struct {
	ID, Title, Says string
	Found           string
	Table           []TableRow // for who reads or hears it: the mean of each step
	X, Y            []Tick
	Shades          []Shade
	Lines           []Line
}

// TableRow is one step: AtMs since the begin, what changes in it, a value for each behaviour.
type TableRow struct {
	AtMs    int64
	Changes []ChangeLine
	Values  []string
}

// Tick is a place on an axis.
type Tick struct {
	At   float64
	Text string
}

// Shade is a time in which the main site was not well, or not the one to call.
type Shade struct {
	From, Width float64
	Says        string
}

// Line is a behaviour's.
type Line struct {
	Behaviour Behaviour
	Path      string
}

// Plots draws the minutes of the report.
func (r *Report) Plots() []Plot {
	return []Plot{
		r.plot("main", "Requests at the main site", "requests a second",
			"Requests of a call while main fails everything: "+r.each(func(f *Figures) string {
				return fmt.Sprintf("%.2f", f.SendsToDownPerCall)
			})+"; the busiest second after the return: "+r.each((*Figures).afterReturn)+
				"; the busiest minute of the quarter of an hour after it, beside that quarter on a normal day: "+
				r.each((*Figures).minuteAfterReturn)+".", func(m *Minutes) []float64 { return m.Main }),
		r.plot("recovery", "Requests at the recovery site", "requests a second; not those at the partner's own site",
			"Its busiest second: "+r.busiest(recovery)+"; the partner's: "+r.busiest(partner)+".",
			func(m *Minutes) []float64 { return m.Recovery }),
		r.plot("failed", "Calls that failed", "calls a second that ended without an answer",
			"Of one client: "+r.each(func(f *Figures) string { return fmt.Sprintf("%.2f", f.FailedPerClient) })+".",
			func(m *Minutes) []float64 { return m.Failed }),
		r.plot("slow", "Calls over 10 seconds", "calls a second, at the moment when they began",
			"Of one client: "+r.each(func(f *Figures) string {
				return fmt.Sprintf("%.2f (of the client with most %d)", f.SlowPerClient, f.SlowMost)
			})+".", func(m *Minutes) []float64 { return m.Slow }),
		r.plot("catalogue", "Requests for the catalogue", "requests a second; naive asks for none",
			"Busiest second: "+r.busiest(catalogue)+".", func(m *Minutes) []float64 { return m.Catalogue }),
	}
}

// each is a text of each behaviour.
func (r *Report) each(of func(*Figures) string) string {
	var texts []string
	for i := range r.Behaviours {
		texts = append(texts, of(&r.Behaviours[i])+" with "+string(r.Behaviours[i].Behaviour))
	}
	return strings.Join(texts, ", ")
}

func (r *Report) busiest(site int) string {
	return r.each(func(f *Figures) string { return f.Sites[site].busiest() })
}

// StepMs is what a row of a Table stands for: a quarter of an hour, or an hour of more than a day.
func (r *Report) StepMs() int64 {
	if r.LengthMs > dayMs {
		return hourMs
	}
	return 15 * minuteMs
}

func (r *Report) table(of func(*Minutes) []float64) (rows []TableRow) {
	step := int(r.StepMs() / minuteMs)
	for from := 0; int64(from)*minuteMs < r.DoneMs; from += step {
		row := TableRow{AtMs: int64(from) * minuteMs}
		for _, c := range r.Changes {
			if c.AtMs >= row.AtMs && c.AtMs < row.AtMs+r.StepMs() {
				row.Changes = append(row.Changes, c)
			}
		}
		for i := range r.Behaviours {
			values := of(&r.Behaviours[i].Minutes)
			values = values[min(from, len(values)):min(from+step, len(values))]
			sum := 0.0
			for _, v := range values {
				sum += v
			}
			row.Values = append(row.Values, fmt.Sprintf("%.2f", sum/float64(max(len(values), 1))))
		}
		rows = append(rows, row)
	}
	return rows
}

func (r *Report) plot(id, title, unit, found string, of func(*Minutes) []float64) Plot {
	most := 0.0
	var all [][]float64
	for i := range r.Behaviours {
		values := thinned(of(&r.Behaviours[i].Minutes))
		all = append(all, values)
		for _, v := range values {
			most = max(most, v)
		}
	}
	step := niceStep(most / yTicks)
	top := math.Max(math.Ceil(most/step), 1) * step
	p := Plot{ID: id, Title: title, Says: unit, Found: found, Table: r.table(of), X: r.xTicks(), Shades: r.shades()}
	y := func(v float64) float64 { return tenth(plotBottom - v/top*(plotBottom-plotTop)) }
	for v := 0.0; v <= top+step/2; v += step {
		p.Y = append(p.Y, Tick{y(v), number(v)})
	}
	for i, values := range all {
		var b strings.Builder
		minutes := float64(len(of(&r.Behaviours[i].Minutes)))
		for k, v := range values {
			at := minutes * float64(k) / float64(max(len(values), 1)) * float64(minuteMs)
			fmt.Fprintf(&b, "%s%s %s", map[bool]string{true: "M", false: "L"}[k == 0], number(r.x(at)), number(y(v)))
		}
		p.Lines = append(p.Lines, Line{r.Behaviours[i].Behaviour, b.String()})
	}
	return p
}

// thinned has at most plotPoints values: of each group the largest, so that no peak is lost.
func thinned(values []float64) []float64 {
	group := (len(values) + plotPoints - 1) / plotPoints
	if group <= 1 {
		return values
	}
	var out []float64
	for i := 0; i < len(values); i += group {
		most := 0.0
		for _, v := range values[i:min(i+group, len(values))] {
			most = max(most, v)
		}
		out = append(out, most)
	}
	return out
}

// niceStep is the next of 1, 2 or 5 times a power of ten.
func niceStep(least float64) float64 {
	if least <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range []float64{1, 2, 5} {
		if times*power >= least {
			return times * power
		}
	}
	return 10 * power
}

func (r *Report) x(ms float64) float64 {
	return tenth(plotLeft + ms/float64(max(r.LengthMs, 1))*(plotRight-plotLeft))
}

// xTicks are whole hours of the clock, or whole days, that leave one another room.
func (r *Report) xTicks() (ticks []Tick) {
	stepMs := hourMs
	for _, hours := range []int64{1, 2, 3, 6, 12, 24, 48} {
		stepMs = hours * hourMs
		if r.x(float64(stepMs))-r.x(0) >= tickRoom {
			break
		}
	}
	for ms := (stepMs - r.BeginMs%stepMs) % stepMs; ms <= r.LengthMs; ms += stepMs {
		at := epoch.Add(time.Duration(r.BeginMs+ms) * time.Millisecond)
		ticks = append(ticks, Tick{r.x(float64(ms)), at.Format("Mon 15:04")})
	}
	return ticks
}

// shades are the times in which a failure or a publication kept calls from the main site.
func (r *Report) shades() (shades []Shade) {
	for i, c := range r.Changes {
		word, rest, _ := strings.Cut(c.Says, " ")
		if word == "recover" || c.Says == "publish main" {
			continue
		}
		endMs := r.LengthMs
		for _, later := range r.Changes[i+1:] {
			if ends(word, rest, later.Says) {
				endMs = later.AtMs
				break
			}
		}
		from := r.x(float64(c.AtMs))
		shades = append(shades, Shade{from, tenth(r.x(float64(endMs)) - from), c.Says})
	}
	return shades
}

// ends: does the later change end the one of that word?
func ends(word, rest, later string) bool {
	if word == "publish" {
		return strings.HasPrefix(later, "publish ")
	}
	site, _, _ := strings.Cut(rest, " ")
	return strings.HasPrefix(later+" ", "recover "+site+" ") || strings.HasPrefix(later, "fail "+site+" ")
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }
