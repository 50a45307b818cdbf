package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// PolicyName says how the endpoints of a service are taken.
type PolicyName string

// The two ways of choosing.
const (
	Connector PolicyName = "connector" // the ring of the platform's connector: INACTIVE endpoints too
	Published PolicyName = "published" // only ACTIVE endpoints; when all fail, the catalogue is refreshed at once
)

// Policy says how a call behaves. Start from DefaultPolicy; the zero Policy is refused.
//
// Shape in JSON: {"name","failback","attemptTimeoutMs","totalTimeoutMs","coolDownMs","maxCoolDownMs","maxCacheAgeMs"},
// integer milliseconds; what is absent has its default, an unknown key is refused.
type Policy struct {
	Name PolicyName

	// Failback lets one call at a time probe the preferred endpoint after its cool-down, and passes over endpoints that
	// are known to be down. Without it the choice is the reference's, call by call.
	Failback bool

	AttemptTimeout time.Duration // for one send, body included
	TotalTimeout   time.Duration // for the whole call
	CoolDown       time.Duration // after a first failure; doubles with each that follows a rest
	MaxCoolDown    time.Duration
	MaxCacheAge    time.Duration // how long an answer of Expiry "none" is fresh
}

// Defaults. 20 s: a slow but healthy insurability or metahub answer takes seconds, not tens of them. 60 s: two full
// attempts and part of a third, the patience of somebody with a patient at the desk. 5 and 60 minutes:
// docs/design.md#failover. 30 days: the platform's own guidance takes a regular patient's insurability as known for
// that long.
const (
	defaultAttemptTimeout = 20 * time.Second
	defaultTotalTimeout   = 60 * time.Second
	defaultCoolDown       = 5 * time.Minute
	defaultMaxCoolDown    = 60 * time.Minute
	defaultMaxCacheAge    = 30 * 24 * time.Hour
)

// DefaultPolicy returns the policy connector with failback: 20 s for an attempt, 60 s for a call, cool-down from 5 to
// 60 minutes, 30 days for cached answers without an expiry of their own.
func DefaultPolicy() Policy {
	return Policy{
		Name:           Connector,
		Failback:       true,
		AttemptTimeout: defaultAttemptTimeout,
		TotalTimeout:   defaultTotalTimeout,
		CoolDown:       defaultCoolDown,
		MaxCoolDown:    defaultMaxCoolDown,
		MaxCacheAge:    defaultMaxCacheAge,
	}
}

// Check returns bad-call when a value is unknown or out of its bounds.
//
// The bounds keep a mistyped unit (seconds for milliseconds) from passing unseen, and every sum of times far from
// overflow.
func (p Policy) Check() error {
	if p.Name != Connector && p.Name != Published {
		return bcperr.New(bcperr.BadCall, "policy: name must be %q or %q, got %q", Connector, Published, p.Name)
	}
	for _, b := range [...]struct {
		name          string
		got, min, max time.Duration
	}{
		{"attemptTimeoutMs", p.AttemptTimeout, 100 * time.Millisecond, 5 * time.Minute},
		{"totalTimeoutMs", p.TotalTimeout, 100 * time.Millisecond, 15 * time.Minute},
		{"coolDownMs", p.CoolDown, time.Second, time.Hour},
		{"maxCoolDownMs", p.MaxCoolDown, p.CoolDown, 24 * time.Hour},
		{"maxCacheAgeMs", p.MaxCacheAge, time.Minute, 366 * 24 * time.Hour},
	} {
		if b.got < b.min || b.got > b.max {
			return bcperr.New(bcperr.BadCall, "policy: %s must be %d to %d, got %d",
				b.name, b.min.Milliseconds(), b.max.Milliseconds(), b.got.Milliseconds())
		}
	}
	return nil
}

// coolDownMs returns how long an endpoint rests after its nth failure in a row: CoolDown, doubled n-1 times up to
// MaxCoolDown, less up to a fifth by the draw, so that clients that failed together do not come back together.
func (p Policy) coolDownMs(n int, draw uint64) int64 {
	d := p.CoolDown.Milliseconds()
	for ; n > 1 && d < p.MaxCoolDown.Milliseconds(); n-- {
		d *= 2
	}
	d = min(d, p.MaxCoolDown.Milliseconds())
	return d - d/5*int64(draw%1001)/1000
}

// Draw returns a number that looks random and depends on nothing but its arguments.
//
// Source: FNV-1a over the text, then the finalizer of SplitMix64.
func Draw(random uint64, text string, a, b int64) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	for _, x := range [...]uint64{random, uint64(a), uint64(b)} {
		h += x + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}
