package procedure

import (
	"slices"
	"strings"
)

// Reach says what was seen of the endpoints of a service; never where the next call would go.
type Reach string

// The values of Reach.
const (
	ReachUnused Reach = "unused" // published, and not called yet
	ReachMain   Reach = "main"   // the main endpoint answered, and did not fail since
	// the main one is out; another answered in this outage, and did not fail since
	ReachRecovery Reach = "recovery"
	// the main one is out; another is left that was not seen to answer in this outage
	ReachUnconfirmed Reach = "unconfirmed"
	ReachRetry       Reach = "retry" // none answered; the main one has rested, and nobody called since
	ReachDown        Reach = "down"  // none answered, or none is ACTIVE
)

// ServiceState is what was seen of one service. Units: milliseconds since 1970, 0 when there is none.
type ServiceState struct {
	ID    string `json:"id"`
	Reach Reach  `json:"reach"`
	// Endpoint is the URL that answered; only its host is looked at.
	Endpoint string `json:"endpoint,omitempty"`
	// Cached: the service's cache is on and holds answers.
	Cached bool `json:"cached,omitempty"`
	// Used: the application calls this service. See Status.
	Used bool `json:"used,omitempty"`
	// Uncertain: a request that must not run twice ended without a proof, and no endpoint answered since.
	Uncertain bool `json:"uncertain,omitempty"`
	// The moments are those of State, for this service.
	AnsweredAtMs int64 `json:"answeredAtMs,omitempty"`
	SinceMs      int64 `json:"sinceMs,omitempty"`
	FailedAtMs   int64 `json:"failedAtMs,omitempty"`
	RetryAtMs    int64 `json:"retryAtMs,omitempty"`
}

// Status derives the way of a functionality from the states of services.
//
// Of the alternatives of one need (insurability and generic insurability; versions of one service) those marked Used
// count, and the worst of them; when none is marked, the best counts, because an application uses one of them and an
// old version that is switched off must not alarm anybody. Over all needs the worst counts. A manual fallback comes
// before the cache and whatever is heavier. When something the functionality uses does not work for sure, neither does
// the functionality.
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
		used := b.functionalities[b.index(id)].own(services) // With checked that it is there
		used.Uncertain = state.Uncertain
		if used.hinders() && weightOf(used.Way) > weightOf(state.Way) {
			state = used
		}
	}
	return state
}

// hinders: what uses this does not work for sure either. That a republication moved it, and nobody called it since, is
// no failure.
func (s State) hinders() bool {
	return s.Way == WayLastResort || weightOf(s.Way) >= weightOf(WayUnconfirmed) && s.FailedAtMs > 0
}

// own is the state from the functionality's own needs.
func (f Functionality) own(services []ServiceState) State {
	state := State{Way: WayUnwatched}
	for _, alternatives := range f.Needs {
		state = state.and(f.need(alternatives, services))
	}
	fb := f.Fallback
	switch {
	case fb == nil || !fb.Manual:
	case state.Way == WayUnwatched:
		return f.need(fb.Services, services)
	case weightOf(state.Way) >= weightOf(WayCache) && fb.offered(services):
		state.Way = WayFallback
	}
	return state
}

// need is the state of one need.
func (f Functionality) need(alternatives []string, services []ServiceState) State {
	var used, rest []State
	for _, service := range services {
		if !matchesAny(alternatives, service.ID) {
			continue
		}
		if service.Used {
			used = append(used, f.state(service))
		} else {
			rest = append(rest, f.state(service))
		}
	}
	joined := State{Way: WayUnwatched}
	for _, state := range used {
		joined = joined.and(state)
	}
	if len(used) > 0 || len(rest) == 0 {
		return joined
	}
	return slices.MinFunc(rest, func(a, b State) int { return a.rank() - b.rank() })
}

// rank orders alternatives of which one will do, best first: what answered, then what was not used yet.
func (s State) rank() int {
	rank := 2 * s.weight()
	if s.Way == WayNormal && s.AnsweredAtMs == 0 {
		rank++
	}
	return rank
}

// state is how one service serves the functionality.
func (f Functionality) state(service ServiceState) State {
	return State{
		Way:          f.way(service),
		Uncertain:    service.Uncertain && len(f.Texts[TextMayHaveArrived]) > 0,
		AnsweredAtMs: service.AnsweredAtMs,
		SinceMs:      service.SinceMs,
		FailedAtMs:   service.FailedAtMs,
		RetryAtMs:    service.RetryAtMs,
		Services:     []string{service.ID},
	}
}

func (f Functionality) way(service ServiceState) Way {
	switch service.Reach {
	case ReachUnused, ReachMain:
		return WayNormal
	case ReachRecovery:
		if f.Fallback.at(service.Endpoint) {
			return WayFallback
		}
		return WayRecovery
	case ReachUnconfirmed:
		return WayUnconfirmed
	case ReachRetry:
		return WayRetry
	case ReachDown:
		if service.Cached {
			return WayCache
		}
		return WayLastResort
	default:
		return WayUnwatched
	}
}

// offered reports whether the caregiver can be sent to the manual fallback: nothing known says that it is out too.
func (fb *Fallback) offered(services []ServiceState) bool {
	known, up := false, false
	for _, service := range services {
		if matchesAny(fb.Services, service.ID) {
			known = true
			up = up || service.Reach == ReachUnused || service.Reach == ReachMain || service.Reach == ReachRecovery
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
	return slices.ContainsFunc(fb.Hosts, func(host string) bool {
		return host == authority || host == name || strings.HasPrefix(host, ".") && strings.HasSuffix(name, host)
	})
}
