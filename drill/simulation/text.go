package simulation

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// row is one line of the tables of a report. Says explains it where the name does not.
type row struct {
	Name, Says string
	Of         func(f *Figures) string
}

// rows are the figures that are shown, in their order.
var rows = []row{
	{"calls", "", func(f *Figures) string { return whole(f.Calls) }},
	{"calls that failed", "", func(f *Figures) string { return whole(f.Failed) }},
	{"calls that failed, of one client", "on average",
		func(f *Figures) string { return fmt.Sprintf("%.2f", f.FailedPerClient) }},
	{"answers from the cache", "", func(f *Figures) string { return whole(f.FromCache) }},
	{"unknown acts", "acts that failed and of which nobody knows whether they arrived",
		func(f *Figures) string { return whole(f.ActsUncertain) }},
	{"unknown acts, of one client", "on average", func(f *Figures) string { return f.ofOne(f.ActsUncertain) }},
	{"acts sent twice", "sent again although nothing proved that the first had not arrived",
		func(f *Figures) string { return whole(f.ActsSentAgain) }},
	{"acts sent twice, of one client", "on average", func(f *Figures) string { return f.ofOne(f.ActsSentAgain) }},
	{"calls over 10 s, of one client", "on average",
		func(f *Figures) string { return fmt.Sprintf("%.2f", f.SlowPerClient) }},
	{"calls over 10 s, of the client with most", "", func(f *Figures) string { return fmt.Sprint(f.SlowMost) }},
	{"calls over 10 s, of one client, an hour of outage", "on average, while main fails everything",
		func(f *Figures) string { return fmt.Sprintf("%.2f", f.SlowPerClientDownHour) }},
	{"requests to main, a call in outage", "while main fails everything",
		func(f *Figures) string { return fmt.Sprintf("%.3f", f.SendsToDownPerCall) }},
	{"time to switch: median, 95 %, last", "of the services at a client, not of the load: from when a first request " +
		"failed, so after its time-out, to the first answer from elsewhere; one that is hardly used switches at its " +
		"next call, which may be after the outage", func(f *Figures) string { return f.Switch.text() }},
	{"time to return: median, 95 %, last", "of the services at a client, not of the load: from when main is right " +
		"again to the last call that went elsewhere, hours closed left out; 0 when main answered the first call",
		func(f *Figures) string { return f.Return.text() }},
	{"services at a client, still away at the end", "", func(f *Figures) string { return whole(f.StillAway) }},
	{"returned while main was down", "", func(f *Figures) string { return whole(f.WrongFailbacks) }},
	{"main: requests, busiest second", "normal is main's busiest second on the same days without an outage",
		func(f *Figures) string { return f.Sites[main].text() }},
	{"main: busiest second after return", "", func(f *Figures) string { return f.afterReturn() }},
	{"main: busiest minute after return", "requests a second in the busiest minute of the quarter of an hour that " +
		"begins then; normal is the busiest minute of the same quarter without an outage",
		func(f *Figures) string { return f.minuteAfterReturn() }},
	{"recovery: requests, busiest second", "the platform's second site",
		func(f *Figures) string { return f.Sites[recovery].text() }},
	{"partner: requests, busiest second", "where MyCareNet's services recover, a site of its own",
		func(f *Figures) string { return f.Sites[partner].text() }},
	{"catalogue: requests, busiest second", "", func(f *Figures) string { return f.Sites[catalogue].text() }},
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
		return "none"
	}
	if s.Median == nil {
		return "never"
	}
	var texts []string
	for _, at := range []*float64{s.Median, s.P95, s.Last} {
		if at == nil {
			texts = append(texts, "never")
			continue
		}
		texts = append(texts, clockSpan(*at))
	}
	return strings.Join(texts, ", ")
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

func (h Host) text() string { return whole(h.Requests) + ", " + h.busiest() }

// busiest is the busiest second, beside the main site's on a normal day.
func (h Host) busiest() string {
	if h.PeakToNormal == 0 {
		return fmt.Sprint(h.Peak)
	}
	return fmt.Sprintf("%d (%.2f of normal)", h.Peak, h.PeakToNormal)
}

// afterReturn is main's busiest second since it was right again.
func (f *Figures) afterReturn() string {
	if f.rightAtMs < 0 {
		return "none"
	}
	return fmt.Sprintf("%d (%.2f of normal)", f.Sites[main].AtReturn, f.Sites[main].ReturnToNormal)
}

// minuteAfterReturn is main's busiest minute of the first quarter of an hour since it was right again.
func (f *Figures) minuteAfterReturn() string {
	if f.rightAtMs < 0 {
		return "none"
	}
	text := fmt.Sprintf("%.1f a second", f.ReturnMinute)
	if f.NormalMinute > 0 {
		text += fmt.Sprintf(" (%.2f of normal)", f.ReturnMinute/f.NormalMinute)
	}
	return text
}

// who says whose lines and columns they are.
const who = "ours is this client, connector the platform's own, naive a client that only tries again."

// Text returns the report as a table of characters.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s clients, %d calls an hour, seed %d", r.Title, whole(int64(r.Clients)), r.CallsPerH, r.Seed)
	if r.NormalPeak > 0 {
		fmt.Fprintf(&b, "; the busiest second of main on a normal day has %d requests", r.NormalPeak)
	}
	b.WriteByte('\n')
	if r.Interrupted {
		fmt.Fprintf(&b, "INTERRUPTED after %s of %s\n", clockSpan(float64(r.DoneMs)/1000),
			clockSpan(float64(r.LengthMs)/1000))
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	line := func(name string, of func(*Figures) string) {
		texts := []string{name}
		for i := range r.Behaviours {
			texts = append(texts, of(&r.Behaviours[i]))
		}
		_, _ = fmt.Fprintln(table, strings.Join(texts, "\t"))
	}
	_, _ = fmt.Fprintln(table)
	line("", func(f *Figures) string { return string(f.Behaviour) })
	for _, row := range rows {
		line(row.Name, row.Of)
	}
	_ = table.Flush() // a Builder takes everything
	b.WriteString("\n" + who + "\nTimes to switch and to return are of the services at a client, not of the load.\n")
	return b.String()
}
