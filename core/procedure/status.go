package procedure

import (
	"slices"
	"strings"
)

// Way is how a functionality is served now.
type Way string

// The ways, from best to worst.
const (
	WayUnwatched  Way = "unwatched"  // none of its services is known: nothing can be said
	WayNormal     Way = "normal"     // the main endpoints answer
	WayRecovery   Way = "recovery"   // a recovery endpoint answers
	WayFallback   Way = "fallback"   // the other electronic way of the functionality
	WayCache      Way = "cache"      // answers kept from before
	WayLastResort Way = "lastResort" // no electronic way is left
)

// severity orders the ways; a functionality is as well off as the worst of what it needs.
var severity = [...]Way{WayUnwatched, WayNormal, WayRecovery, WayFallback, WayCache, WayLastResort}

func worse(a, b Way) Way {
	if slices.Index(severity[:], a) > slices.Index(severity[:], b) {
		return a
	}
	return b
}

// Reach says which endpoint of a service answers.
type Reach string

// The values of Reach. A service that was not called yet counts as its catalogue publishes it.
const (
	ReachMain     Reach = "main"     // the endpoint that the catalogue prefers
	ReachRecovery Reach = "recovery" // another endpoint
	ReachDown     Reach = "down"     // none, or none is ACTIVE
)

// ServiceState is what is known of one service.
type ServiceState struct {
	ID    string `json:"id"`
	Reach Reach  `json:"reach"`
	// Endpoint is the URL that answers; only its host is looked at.
	Endpoint string `json:"endpoint,omitempty"`
	// Cached: the service's cache is on and holds answers.
	Cached bool `json:"cached,omitempty"`
	// Used: the application calls this service. See Status.
	Used bool `json:"used,omitempty"`
	// SinceMs is when the service came into this state, Unix time; 0 when that is not known.
	SinceMs int64 `json:"sinceMs,omitempty"`
}

// State is the way in use of a functionality.
//
// Shape: Services are the Ids that decided, in the order given; SinceMs is the earliest moment that one of them came
// into its state, 0 when not known.
type State struct {
	Way      Way      `json:"way"`
	SinceMs  int64    `json:"sinceMs,omitempty"`
	Services []string `json:"services,omitempty"`
}

// Status derives the way in use of a functionality from the states of services.
//
// Of the alternatives of one need (insurability and generic insurability; versions of one service) those marked Used
// count, and the worst of them; when none is marked, the best counts, because an application uses one of them and an
// old version that is switched off must not alarm anybody. Over all needs the worst counts. A manual fallback comes
// before the cache and the last resort. When something the functionality uses has no electronic way left, neither
// has the functionality.
// Errors: FunctionalityUnknown.
func (b Book) Status(functionality string, services []ServiceState) (State, error) {
	f, err := b.find(functionality)
	if err != nil {
		return State{}, err
	}
	return b.status(f, services), nil
}

func (b Book) status(f Functionality, services []ServiceState) State {
	state := f.own(services)
	for _, id := range f.Uses {
		i := b.index(id)
		if i < 0 {
			continue // a file alone may use what With has not brought yet
		}
		if other := b.functionalities[i].own(services); other.Way == WayLastResort && state.Way != WayLastResort {
			state = other
		}
	}
	return state
}

// own is the state from the functionality's own needs.
func (f Functionality) own(services []ServiceState) State {
	state := State{Way: WayUnwatched}
	for _, alternatives := range f.Needs {
		state = state.and(f.need(alternatives, services))
	}
	if (state.Way == WayCache || state.Way == WayLastResort) && f.Fallback.offered(services) {
		state.Way = WayFallback
	}
	return state
}

// and joins two states: the worse way, with what decided it.
func (s State) and(other State) State {
	switch {
	case s.Way == other.Way:
		since := s.SinceMs
		if since == 0 || other.SinceMs != 0 && other.SinceMs < since {
			since = other.SinceMs
		}
		return State{Way: s.Way, SinceMs: since, Services: slices.Concat(s.Services, other.Services)}
	case worse(s.Way, other.Way) == s.Way:
		return s
	default:
		return other
	}
}

// need is the state of one need.
func (f Functionality) need(alternatives []string, services []ServiceState) State {
	var used, rest []State
	for _, service := range services {
		if !matchesAny(alternatives, service.ID) {
			continue
		}
		state := State{Way: f.way(service), SinceMs: service.SinceMs, Services: []string{service.ID}}
		if service.Used {
			used = append(used, state)
		} else {
			rest = append(rest, state)
		}
	}
	joined := State{Way: WayUnwatched}
	for _, state := range used {
		joined = joined.and(state)
	}
	if len(used) > 0 || len(rest) == 0 {
		return joined
	}
	best := rest[0]
	for _, state := range rest[1:] {
		if worse(best.Way, state.Way) != state.Way {
			best = state
		}
	}
	return best
}

// way is how one service serves the functionality.
func (f Functionality) way(service ServiceState) Way {
	switch service.Reach {
	case ReachMain:
		return WayNormal
	case ReachRecovery:
		if f.Fallback.at(service.Endpoint) {
			return WayFallback
		}
		return WayRecovery
	case ReachDown:
		if service.Cached {
			return WayCache
		}
		return WayLastResort
	default:
		return WayUnwatched
	}
}

// offered reports whether the caregiver can be sent to the manual fallback: nothing known says that it is down too.
func (fb *Fallback) offered(services []ServiceState) bool {
	if fb == nil || !fb.Manual {
		return false
	}
	known, up := false, false
	for _, service := range services {
		if matchesAny(fb.Services, service.ID) {
			known = true
			up = up || service.Reach != ReachDown
		}
	}
	return up || !known
}

// at reports whether the URL's host, with or without its port, is one of the fallback's.
func (fb *Fallback) at(url string) bool {
	if fb == nil {
		return false
	}
	_, rest, _ := strings.Cut(url, "://")
	authority, _, _ := strings.Cut(strings.ToLower(rest), "/")
	name := authority
	if i := strings.LastIndexByte(authority, ':'); i >= 0 {
		name = authority[:i]
	}
	return slices.Contains(fb.Hosts, authority) || slices.Contains(fb.Hosts, name)
}
