package failover

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// Call is the progress of one call between two events. Hand it back to Next as it came; the zero Call is over.
//
// It holds the cache key, which may name a patient: keep it in memory, never in a store or a log. MarshalJSON and
// UnmarshalJSON carry it to the runner of the call and back.
type Call struct {
	phase     phase
	service   string
	facts     Facts
	policy    Policy
	random    uint64
	startMs   int64
	cache     bool        // the service has a cache, and this request may use it
	tried     []Attempt   // the sends that are over
	sending   string      // the endpoint being asked, or that answered
	bookedMs  int64       // until when that send is booked: others leave the endpoint alone; 0: it is not
	refreshed bool        // the catalogue was refreshed for this call
	code      bcperr.Code // why the network did not answer, while the cache is asked
}

// phase says which event a call waits for.
type phase string

const (
	over       phase = ""
	lookingUp  phase = "lookup"   // CACHE_FIRST: for the cache, before anything is sent
	sending    phase = "send"     // for the outcome of a send
	waiting    phase = "wait"     // for what comes of another call's send
	refreshing phase = "refresh"  // for the catalogue
	falling    phase = "fallback" // for the cache, after all else failed
	storing    phase = "store"    // for the cache to keep the answer
)

// Service returns the Id of the service that the call is for, "" when the call is over.
func (c *Call) Service() string { return c.service }

// Wants returns the kind of answer that the call asks for: by it its answers are judged.
func (c *Call) Wants() soap.Wanted { return c.facts.Wants }

// hasTried: was that endpoint sent to by this call?
func (c *Call) hasTried(url string) bool {
	return slices.ContainsFunc(c.tried, func(a Attempt) bool { return a.Endpoint == url })
}

// deadlineMs is when the whole call must be over.
func (c *Call) deadlineMs() int64 {
	return c.startMs + c.policy.TotalTimeout.Milliseconds()
}
