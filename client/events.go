package client

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// Event is something that a helpdesk wants to know. It holds codes, and Ids and URLs of the verified catalogue: no text
// of a stranger, nothing of a request or an answer.
//
// Shape: Kind is one of the Event constants or the kind of a failover.Note; which of the others hold something follows
// from it.
type Event struct {
	At         time.Time
	Kind       string
	Service    string           // Id
	Endpoint   string           // URL
	Outcome    failover.Outcome // of a send that failed
	Status     int              // of HTTP
	SwitchCode string           // the SOAP code of a fault that switches
	From, To   string           // URLs
	Since      time.Time        // the first failure of an outage that is over
	Code       bcperr.Code
	Place      string // which of the Anchors and CRLs: "crl 1"
	Origin     Origin // of a catalogue
	SHA256     string // of a catalogue, in lower-case hexadecimal
	CoolDown   time.Duration

	Ends          core.TrustPart // of the trust
	EndsAt        time.Time
	ThresholdDays int // so many days before EndsAt, 0 at the end
}

// The kinds of events beside those of failover.Note.
const (
	CatalogueUpdated     = "catalogue-updated"     // Origin, SHA256: stored, or known not to be storable
	CatalogueRejected    = "catalogue-rejected"    // Origin, Code: the last good one stays
	CatalogueUnreachable = "catalogue-unreachable" // Code: no source gave one
	TrustExpiring        = "trust-expiring"        // Ends, EndsAt, ThresholdDays: once in each process
	TrustFlawed          = "trust-flawed"          // Code, Place: an anchor or a CRL of no use, once in each process
	StorageDegraded      = "storage-degraded"      // Code: the Store failed, memory goes on
	Unprotected          = "unprotected"           // Code: a request went out as it was, for want of a catalogue
	CacheHit             = "cache-hit"             // Service: a kept answer was served
	StaleServed          = "stale-served"          // Service: an expired one was
	CallFailed           = "call-failed"           // Service, Code
	Cleared              = "cleared"               // kept answers were dropped
)

// Origin says where a catalogue came from.
type Origin string

// The origins.
const (
	FromNetwork Origin = "network"
	FromStore   Origin = "store"   // an earlier run, or another process that shares the Store
	FromBundle  Origin = "bundled" // Options.Bundled
)

// Attempt is one send that is over.
//
// Shape: Status is 0 when no answer came. Took is from the send to the last octet.
type Attempt struct {
	Service    string // Id
	Endpoint   string // URL
	Order      int    // of the endpoint, 0 for the main one
	Probe      bool
	Outcome    failover.Outcome
	Status     int
	SwitchCode string
	NotSent    bool
	Took       time.Duration
}

// journal tells events to whoever wants them, one at a time.
type journal struct {
	log     *slog.Logger
	now     func() time.Time
	onEvent func(Event)
	mu      sync.Mutex
}

func (j *journal) report(e Event) {
	e.At = j.now()
	j.log.LogAttrs(context.Background(), levelOf(e), e.Kind, e.attributes()...)
	if j.onEvent != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.onEvent(e)
	}
}

// note tells a note of the core.
func (j *journal) note(service string, n failover.Note) {
	e := Event{
		Kind: string(n.Kind), Service: service, Endpoint: n.Endpoint, Outcome: n.Outcome, From: n.From, To: n.To,
		Status: n.Status, SwitchCode: n.SwitchCode, CoolDown: time.Duration(n.CoolDownMs) * time.Millisecond,
		Code: n.Code,
	}
	if n.SinceMs > 0 {
		e.Since = time.UnixMilli(n.SinceMs).UTC()
	}
	j.report(e)
}

// levelOf: a warning is what an operator should look at.
func levelOf(e Event) slog.Level {
	switch e.Kind {
	case string(failover.EndpointFailed), string(failover.EndpointSwitched), CatalogueRejected, CatalogueUnreachable,
		TrustExpiring, TrustFlawed, StorageDegraded, Unprotected, StaleServed, CallFailed:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func (e Event) attributes() []slog.Attr {
	var all []slog.Attr
	for _, a := range [...]struct{ name, value string }{
		{"service", e.Service}, {"endpoint", e.Endpoint}, {"outcome", string(e.Outcome)}, {"from", e.From},
		{"to", e.To},
		{"switchCode", e.SwitchCode},
		{"code", string(e.Code)}, {"place", e.Place}, {"origin", string(e.Origin)}, {"sha256", e.SHA256},
	} {
		if a.value != "" {
			all = append(all, slog.String(a.name, a.value))
		}
	}
	if e.Ends != "" {
		all = append(all, slog.String("ends", string(e.Ends)), slog.Time("endsAt", e.EndsAt),
			slog.Int("thresholdDays", e.ThresholdDays))
	}
	if !e.Since.IsZero() {
		all = append(all, slog.Time("since", e.Since))
	}
	if e.Status > 0 {
		all = append(all, slog.Int("status", e.Status))
	}
	if e.CoolDown > 0 {
		all = append(all, slog.Duration("coolDown", e.CoolDown))
	}
	return all
}
