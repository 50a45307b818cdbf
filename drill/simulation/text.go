package simulation

import (
	"fmt"
	"strings"
)

// row is one line of the tables of a report.
type row struct {
	Name string
	Of   func(f *Figures) string
}

// rows are the figures that are shown, in their order.
var rows = []row{
	{"calls", func(f *Figures) string { return whole(f.Calls) }},
	{"calls that failed", func(f *Figures) string { return whole(f.Failed) }},
	{"… of one client", func(f *Figures) string { return fmt.Sprintf("%.2f", f.FailedPerClient) }},
	{"answers from the cache", func(f *Figures) string { return whole(f.FromCache) }},
	{"acts of which nobody knows", func(f *Figures) string { return whole(f.ActsUncertain) }},
	{"acts sent again without proof", func(f *Figures) string { return whole(f.ActsSentAgain) }},
	{"calls over 10 s, of one client", func(f *Figures) string { return fmt.Sprintf("%.2f", f.SlowPerClient) }},
	{"… in an hour with main down", func(f *Figures) string { return fmt.Sprintf("%.2f", f.SlowPerClientDownHour) }},
	{"sends to main down, a call", func(f *Figures) string { return fmt.Sprintf("%.3f", f.SendsToDownPerCall) }},
	{"time to switch: median, 95 %, last", func(f *Figures) string { return f.Switch.text() }},
	{"time to return: median, 95 %, last", func(f *Figures) string { return f.Return.text() }},
	{"still away at the end", func(f *Figures) string { return whole(f.StillAway) }},
	{"returned while main was down", func(f *Figures) string { return whole(f.WrongFailbacks) }},
	{"main: requests, peak a second", func(f *Figures) string { return f.Sites[main].text() }},
	{"main: peak after the return", func(f *Figures) string {
		return fmt.Sprintf("%d (%.2f of normal)", f.Sites[main].AtReturn, f.Sites[main].ReturnToNormal)
	}},
	{"recovery: requests, peak", func(f *Figures) string { return f.Sites[recovery].text() }},
	{"partner: requests, peak", func(f *Figures) string { return f.Sites[partner].text() }},
	{"catalogue: requests, peak", func(f *Figures) string {
		return fmt.Sprintf("%s, %d", whole(f.Sites[catalogue].Requests), f.Sites[catalogue].Peak)
	}},
}

// whole writes a number with its thousands apart.
func whole(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return text
}

func (s Spread) text() string {
	if s.Count == 0 {
		return "-"
	}
	return clockSpan(s.Median) + ", " + clockSpan(s.P95) + ", " + clockSpan(s.Last)
}

// clockSpan writes seconds as a person reads them.
func clockSpan(s float64) string {
	switch {
	case s < 90:
		return fmt.Sprintf("%.1f s", s)
	case s < 3*3600:
		return fmt.Sprintf("%.1f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}

func (h Host) text() string {
	if h.PeakToNormal == 0 {
		return fmt.Sprintf("%s, %d", whole(h.Requests), h.Peak)
	}
	return fmt.Sprintf("%s, %d (%.2f of normal)", whole(h.Requests), h.Peak, h.PeakToNormal)
}

// Text returns the report as a table of characters.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s clients, %d calls an hour, seed %d", r.Title, whole(int64(r.Clients)), r.CallsPerH, r.Seed)
	if r.NormalPeak > 0 {
		fmt.Fprintf(&b, "; a normal peak of main is %d requests a second", r.NormalPeak)
	}
	b.WriteByte('\n')
	if r.Interrupted {
		fmt.Fprintf(&b, "INTERRUPTED after %s of %s\n", clockSpan(float64(r.DoneMs)/1000),
			clockSpan(float64(r.LengthMs)/1000))
	}
	fmt.Fprintf(&b, "\n%-36s", "")
	for i := range r.Behaviours {
		fmt.Fprintf(&b, "%-36s", r.Behaviours[i].Behaviour)
	}
	for _, row := range rows {
		fmt.Fprintf(&b, "\n%-36s", row.Name)
		for i := range r.Behaviours {
			fmt.Fprintf(&b, "%-36s", row.Of(&r.Behaviours[i]))
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
