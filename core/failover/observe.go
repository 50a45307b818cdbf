package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Observe takes in what a send to one endpoint came to, for a host that was told where to send: a gateway whose callers
// choose for themselves. The Step has the new State and its notes, and no Action and no Call.
//
// Shape: e is the outcome of a send. Of an endpoint that s does not have nothing is kept.
// Errors: bad-call for another event and as Begin; limit-exceeded as Begin.
func Observe(s Service, endpoint string, e Event, p Policy, st State, random uint64, now time.Time) (Step, error) {
	if err := p.Check(); err != nil {
		return Step{}, err
	}
	if e.Kind != SendEnded || !isOutcome(e.Outcome) {
		return Step{}, bcperr.New(bcperr.BadCall, "expected the outcome of a send, got %q %q", e.Kind, e.Outcome)
	}
	if random > MaxRandom {
		return Step{}, bcperr.New(bcperr.BadCall, "random must be at most 2^53-1, got %d", random)
	}
	m := machine{svc: &s, st: st, call: Call{service: s.ID, policy: p, random: random, sending: endpoint}}
	if err := m.enter(now); err != nil {
		return Step{}, err
	}
	if s.Quarantined == "" {
		m.sendOver(e)
	}
	return Step{State: m.st, Changed: m.changed, Notes: m.notes}, nil
}
