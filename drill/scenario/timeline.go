package scenario

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// The picture's measures, in units of its own: 960 fit a sheet of A4 in letters of 8 points.
const (
	pictureWidth = 960.0
	plotLeft     = 150.0
	plotRight    = 944.0
	laneTop      = 14.0
	laneHeight   = 38.0
	maxLanes     = 40
	markRoom     = 7.0 // marks of one kind closer than this in a lane are drawn as one
	tickRoom     = 118.0
)

// Timeline is the picture of a drill: a lane for each endpoint that was called or failed beside it, its outages as bars
// and the calls as marks.
type Timeline struct {
	Lanes                      []Lane
	Ticks                      []Tick
	Width, Height, Left, Right float64
	LeftOut                    int // lanes beyond what fits
}

// Lane is what one endpoint met.
type Lane struct {
	Name     string
	Y        float64
	Bars     []Bar
	Marks    []Mark
	Outcomes []OutcomeCount
}

// Bar is a fault, from X on.
type Bar struct {
	X, Width float64
	How      string
	FromMs   int64
	ToMs     int64
	HasRoom  bool // for the word in it
}

// Mark is one or several calls at one place.
type Mark struct {
	X     float64
	Good  bool
	Label string
}

// OutcomeCount is how often calls of an endpoint came to one outcome.
type OutcomeCount struct {
	Outcome string
	Count   int
	FirstMs int64
	LastMs  int64
}

// Tick is a moment on the axis; the words of the last one end there.
type Tick struct {
	X     float64
	IsEnd bool
	Time  string
	Day   string // where the day is another than at the tick before
}

// hit is one request at an endpoint.
type hit struct {
	endpoint string
	atMs     int64
	outcome  string
}

// Timeline draws the report.
func (r *Report) Timeline() Timeline {
	hits := r.hits()
	t := Timeline{Width: pictureWidth, Left: plotLeft, Right: plotRight}
	names := r.laneNames(hits)
	if len(names) > maxLanes {
		t.LeftOut, names = len(names)-maxLanes, names[:maxLanes]
	}
	axis := r.axis(hits)
	for i, name := range names {
		lane := Lane{Name: name, Y: laneTop + laneHeight*float64(i)}
		for _, f := range r.Faults {
			if f.Endpoint == name {
				x := axis.x(f.FromMs)
				width := max(axis.x(f.ToMs)-x, 3)
				room := float64(len(f.How))*7 + 8
				lane.Bars = append(lane.Bars, Bar{x, width, f.How, f.FromMs, f.ToMs, width > room})
			}
		}
		lane.add(hits, axis)
		t.Lanes = append(t.Lanes, lane)
	}
	t.Ticks = axis.ticks()
	t.Height = laneTop + laneHeight*float64(len(names)) + 44
	return t
}

// hits are the requests, by time.
func (r *Report) hits() []hit {
	var all []hit
	for _, s := range r.Sends {
		all = append(all, hit{s.Endpoint, s.AtMs, string(s.Outcome)})
	}
	slices.SortStableFunc(all, func(a, b hit) int { return int(a.atMs - b.atMs) })
	return all
}

// laneNames are the endpoints of the services that were called, and the catalogue when it failed, in an order that
// keeps those of a service together.
func (r *Report) laneNames(hits []hit) []string {
	service := func(name string) string { before, _, _ := strings.Cut(name, "/"); return before }
	called := map[string]bool{"catalogue": true}
	var names []string
	for _, h := range hits {
		called[service(h.endpoint)] = true
		names = append(names, h.endpoint)
	}
	for _, f := range r.Faults {
		if called[service(f.Endpoint)] {
			names = append(names, f.Endpoint)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// add puts the calls of the endpoint into the lane: the eye gets one mark where several would cover one another.
func (l *Lane) add(hits []hit, axis axis) {
	last := map[bool]float64{}
	for _, h := range hits {
		if h.endpoint != l.Name {
			continue
		}
		good := h.outcome == string(failover.Answered)
		l.count(h)
		x := axis.x(h.atMs)
		if before, drawn := last[good]; drawn && x-before < markRoom {
			continue
		}
		last[good] = x
		l.Marks = append(l.Marks, Mark{X: x, Good: good, Label: h.outcome})
	}
}

func (l *Lane) count(h hit) {
	i := slices.IndexFunc(l.Outcomes, func(c OutcomeCount) bool { return c.Outcome == h.outcome })
	if i < 0 {
		l.Outcomes = append(l.Outcomes, OutcomeCount{Outcome: h.outcome, FirstMs: h.atMs})
		i = len(l.Outcomes) - 1
	}
	l.Outcomes[i].Count++
	l.Outcomes[i].LastMs = h.atMs
}

// axis maps moments to places. Calls take milliseconds and outages hours, so a span is drawn by its logarithm:
// what can be read off is the order, and the time that stands below.
type axis struct {
	moments []int64
	at      []float64
}

func (r *Report) axis(hits []hit) axis {
	moments := []int64{r.StartedAt.UnixMilli(), r.EndedAt.UnixMilli()}
	for _, s := range r.Steps {
		moments = append(moments, s.AtMs)
	}
	for _, f := range r.Faults {
		moments = append(moments, f.FromMs, f.ToMs)
	}
	for _, h := range hits {
		moments = append(moments, h.atMs)
	}
	slices.Sort(moments)
	a := axis{moments: slices.Compact(moments), at: []float64{0}}
	for i := 1; i < len(a.moments); i++ {
		gap := float64(a.moments[i] - a.moments[i-1])
		a.at = append(a.at, a.at[i-1]+1+math.Log1p(gap))
	}
	scale := (plotRight - plotLeft) / max(a.at[len(a.at)-1], 1)
	for i := range a.at {
		a.at[i] = plotLeft + a.at[i]*scale
	}
	return a
}

// x is the place of a moment: one of the moments, or the last before it.
func (a axis) x(ms int64) float64 {
	i, found := slices.BinarySearch(a.moments, ms)
	if !found {
		i = max(i-1, 0)
	}
	return math.Round(a.at[i]*10) / 10
}

// ticks are moments that leave one another room, the last one at the end.
func (a axis) ticks() []Tick {
	var all []Tick
	day := ""
	for i, ms := range a.moments {
		x, isEnd := a.x(ms), i > 0 && i == len(a.moments)-1
		if !isEnd && (x > plotRight-1.5*tickRoom && i > 0 || len(all) > 0 && x-all[len(all)-1].X < tickRoom) {
			continue
		}
		t := time.UnixMilli(ms).UTC()
		tick := Tick{X: x, IsEnd: isEnd, Time: t.Format("15:04:05")}
		if d := t.Format("2006-01-02"); d != day {
			tick.Day, day = d, d
		}
		all = append(all, tick)
	}
	return all
}

// number writes a measure of the picture.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
