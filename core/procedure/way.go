package procedure

import "slices"

// Way is how a functionality is served, by what was seen.
type Way string

// The ways, from light to heavy. Of an act of which nobody knows whether it arrived State.Uncertain tells: it weighs
// less than WayLastResort and more than the others.
//
// Source: docs/design.md#panel.
const (
	WayUnwatched Way = "unwatched" // none of its services is known: nothing can be said
	WayNormal    Way = "normal"    // the main endpoints answered, or were not used yet
	WayRecovery  Way = "recovery"  // a recovery endpoint answered in this outage
	// the other electronic way: it answered in this outage, or the caregiver takes it
	WayFallback    Way = "fallback"
	WayCache       Way = "cache"       // nothing answers; answers were kept from before
	WayUnconfirmed Way = "unconfirmed" // an endpoint failed, another is left that nobody saw answer in this outage
	WayRetry       Way = "retry"       // nothing answered, it rested long enough, and nobody tried since
	WayLastResort  Way = "lastResort"  // no electronic way is left
)

// uncertain takes the place in the order that an uncertain act has.
const uncertain Way = "uncertain"

// severity orders the ways; a functionality is as well off as the worst of what it needs.
var severity = [...]Way{
	WayUnwatched, WayNormal, WayRecovery, WayFallback, WayCache, WayUnconfirmed, WayRetry, uncertain, WayLastResort,
}

func weightOf(way Way) int { return slices.Index(severity[:], way) }

// weight orders states: the heavier concerns the caregiver more.
func (s State) weight() int {
	if s.Uncertain {
		return max(weightOf(s.Way), weightOf(uncertain))
	}
	return weightOf(s.Way)
}

// State is the way of a functionality and what was seen of it.
//
// Shape: Services are the Ids that decided, in the order given.
// Units: milliseconds since 1970; 0 when there is none.
type State struct {
	Way Way `json:"way"`
	// Uncertain: the last act may have arrived or not, and no endpoint answered since.
	Uncertain bool `json:"uncertain,omitempty"`
	// AnsweredAtMs is the last answer on this way. WayNormal without one: not used yet.
	AnsweredAtMs int64 `json:"answeredAtMs,omitempty"`
	// SinceMs is the first failure of the outage, until the main endpoint is back.
	SinceMs int64 `json:"sinceMs,omitempty"`
	// FailedAtMs is the last failure.
	FailedAtMs int64 `json:"failedAtMs,omitempty"`
	// RetryAtMs is from when trying again may help.
	RetryAtMs int64    `json:"retryAtMs,omitempty"`
	Services  []string `json:"services,omitempty"`
}

// and joins two states that must both do: the heavier way, with what decided it.
func (s State) and(other State) State {
	heavier := s
	switch a, b := weightOf(s.Way), weightOf(other.Way); {
	case a == b:
		heavier = State{
			Way:          s.Way,
			AnsweredAtMs: max(s.AnsweredAtMs, other.AnsweredAtMs),
			SinceMs:      earlier(s.SinceMs, other.SinceMs),
			FailedAtMs:   max(s.FailedAtMs, other.FailedAtMs),
			RetryAtMs:    earlier(s.RetryAtMs, other.RetryAtMs),
			Services:     append(s.Services[:len(s.Services):len(s.Services)], other.Services...),
		}
	case a < b:
		heavier = other
	}
	if s.fails() && other.fails() {
		heavier.SinceMs = earlier(s.SinceMs, other.SinceMs) // it did not work without what failed first either
	}
	heavier.Uncertain = s.Uncertain || other.Uncertain
	return heavier
}

// fails: was it tried, and has nothing answered?
func (s State) fails() bool { return s.FailedAtMs > 0 && weightOf(s.Way) >= weightOf(WayUnconfirmed) }

// earlier returns the earlier of two moments, of which 0 is none.
func earlier(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
