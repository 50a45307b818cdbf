package failover

import (
	"cmp"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
)

// State is what is known about one service between calls. The zero State knows nothing.
//
// It is a value: Begin and Next return a changed copy. Two tabs that each have one bring them together with Merge.
// MarshalJSON and UnmarshalJSON give its stored form.
type State struct {
	nowMs       int64 // the highest moment seen: a clock that runs back does not make an expired answer fresh
	catalogueMs int64 // IssueInstant of the catalogue that the rest refers to
	chosen      choice
	down        []failure // by ascending order, each once
	evidence    evidence
}

// choice is the endpoint in use. Stamp 0: never chosen, so the preferred one.
type choice struct {
	order int
	stamp int64
}

// failure is what is known against one endpoint. Count 0 with probe false says that it lives: it answered after a
// failure, or gave something that is no failure.
type failure struct {
	order   int
	count   int   // failures in a row, those within one cool-down counted once
	stamp   int64 // of the last event
	untilMs int64 // not to be tried before; while it is booked, when the booking is given up for lost
	probe   bool  // it is booked: a call is trying it
}

// Seen returns the State when it can have been seen by now, else the zero State: one that holds a moment from further
// ahead than dsig.ClockSlack was made by a clock that was moved since, and nobody knows how old what it says is.
// The highest moment seen stays when it is none of these, so that what expired stays expired.
//
// Source: docs/design.md#time.
func (st State) Seen(now time.Time) State {
	if limit := now.Add(dsig.ClockSlack).UnixMilli(); st.latest() > limit {
		return st.forgotten(limit)
	}
	return st
}

// forgotten is the State without what it knows: only the highest moment stays, when it is none beyond limit.
func (st *State) forgotten(limit int64) State {
	if st.nowMs > limit {
		return State{}
	}
	return State{nowMs: st.nowMs}
}

// latest is the latest moment that the State says was seen.
func (st *State) latest() int64 {
	last := max(st.nowMs, st.chosen.stamp, st.evidence.unansweredMs, st.evidence.uncertainMs, st.evidence.settledMs,
		st.evidence.sinceMs)
	for i := range st.down {
		last = max(last, st.down[i].stamp)
	}
	for _, s := range st.evidence.seen {
		last = max(last, s.answeredMs, s.sinceMs)
	}
	return last
}

// Merge returns what two tabs know together: of each choice and each failure the newest event, of an outage its first
// failure, of each endpoint its last answer; of two catalogues what refers to the newer.
//
// Merge is commutative, associative and idempotent, so states may arrive in any sequence and any number of times. A
// state from elsewhere goes through Seen first.
func Merge(a, b State) State {
	nowMs := max(a.nowMs, b.nowMs)
	if a.catalogueMs < b.catalogueMs {
		a, b = b, a
	}
	if a.catalogueMs == b.catalogueMs {
		if compareChoice(a.chosen, b.chosen) < 0 {
			a.chosen = b.chosen
		}
		a.down = mergeByOrder(a.down, b.down, func(f failure) int { return f.order }, newerFailure)
		a.evidence = a.evidence.merge(b.evidence)
	} else {
		a.evidence = a.evidence.merge(b.evidence.reset())
	}
	a.nowMs = nowMs
	return a
}

// compareChoice puts the newer event last. Equal stamps come from two tabs in the same millisecond; any total order
// does, so long as every tab takes the same.
func compareChoice(a, b choice) int {
	return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.order, b.order))
}

func compareFailure(a, b failure) int {
	return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.count, b.count), cmp.Compare(a.untilMs, b.untilMs),
		compareBool(a.probe, b.probe))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func newerFailure(a, b failure) failure {
	if compareFailure(a, b) < 0 {
		return b
	}
	return a
}

// mergeByOrder merges two lists that are sorted by order; of two records of one order it keeps what join makes of them.
func mergeByOrder[T any](a, b []T, order func(T) int, join func(a, b T) T) []T {
	if len(b) == 0 {
		return a
	}
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case order(a[0]) < order(b[0]):
			out, a = append(out, a[0]), a[1:]
		case order(a[0]) > order(b[0]):
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, join(a[0], b[0])), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// failureOf returns what is known against the endpoint with that Order, or a record that knows nothing.
func (st *State) failureOf(order int) failure {
	for i := range st.down {
		if st.down[i].order == order {
			return st.down[i]
		}
	}
	return failure{order: order}
}

// put stores f in a copy of the list: earlier States keep theirs.
func (st *State) put(f failure) {
	i, known := slices.BinarySearchFunc(st.down, f.order, func(g failure, order int) int {
		return cmp.Compare(g.order, order)
	})
	down := slices.Clone(st.down)
	if known {
		down[i] = f
	} else {
		down = slices.Insert(down, i, f)
	}
	st.down = down
}

// nextStamp returns the stamp of a new event: the moment, but always after every event known, so that of two events
// in one millisecond, or after the clock was set back, the later still wins a Merge. It stays a number that JavaScript
// can hold, even when a record from elsewhere is at that end.
func (st *State) nextStamp() int64 {
	last := st.chosen.stamp
	for i := range st.down {
		last = max(last, st.down[i].stamp)
	}
	return min(max(st.nowMs, last+1), wire.MaxInteger)
}
