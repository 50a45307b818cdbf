package core

import (
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// Reach returns what the care procedures need to know of every service: what was seen of its endpoints, and when.
//
// Shape: cached holds the Ids of the services with stored answers, used of those that the application calls. Main is
// the endpoint with the lowest Order, also when the catalogue publishes another one as ACTIVE.
// Errors: bad-call as failover.Status.
// Source: docs/design.md#panel.
func (c *Catalogue) Reach(states map[string]failover.State, p failover.Policy, cached, used []string,
	now time.Time) ([]procedure.ServiceState, error) {
	all, err := c.Status(states, p, now)
	if err != nil {
		return nil, err
	}
	out := make([]procedure.ServiceState, len(all))
	for i, s := range all {
		w := witness{health: s.Health, endpoints: eligible(c.list.Services[i].Endpoints, p),
			issuedMs: c.list.IssueInstant.UnixMilli(), nowMs: now.UnixMilli()}
		if s.Quarantined != "" {
			out[i] = procedure.ServiceState{Reach: procedure.ReachDown, SinceMs: w.issuedMs}
		} else {
			out[i] = w.reach()
		}
		out[i].ID = s.ID
		out[i].Uncertain = s.Health.Uncertain
		out[i].Cached = c.hasCache(i) && slices.Contains(cached, s.ID)
		out[i].Used = slices.Contains(used, s.ID)
	}
	return out, nil
}

// hasCache says whether answers of the service at index i can be cached at all.
func (c *Catalogue) hasCache(i int) bool {
	rule := c.caches[&c.list.Services[i]]
	return rule != nil && rule.err == nil
}

// eligible returns the endpoints that the policy may use, and the main one, which the panel always speaks of.
func eligible(all []servicelist.Endpoint, p failover.Policy) []servicelist.Endpoint {
	if p.Name == failover.Connector {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(e servicelist.Endpoint) bool {
		return e.Status != servicelist.Active && e.URL != all[0].URL
	})
}

// witness tells what was seen of one service: never where the next call would go.
type witness struct {
	health    failover.Health
	endpoints []servicelist.Endpoint // by Order, the main one first
	issuedMs  int64
	nowMs     int64
}

func (w witness) reach() procedure.ServiceState {
	if w.health.Inactive || len(w.endpoints) == 0 {
		return procedure.ServiceState{Reach: procedure.ReachDown, SinceMs: w.issuedMs}
	}
	main := w.endpoints[0].URL
	failed, fails := w.failure(main)
	answeredMs := w.answeredMs(main)
	switch isPreferred := main == w.health.Preferred; {
	case !fails && answeredMs > 0:
		return procedure.ServiceState{Reach: procedure.ReachMain, Endpoint: main, AnsweredAtMs: answeredMs}
	case !fails && isPreferred:
		return procedure.ServiceState{Reach: procedure.ReachUnused}
	case isPreferred:
		return w.outage(failed.SinceMs, failed.SinceMs)
	}
	return w.outage(w.issuedMs, 1) // by the catalogue itself: a State tells of one catalogue only
}

// outage tells of a service whose main endpoint is out. An endpoint counts as well when it answered at fromMs or later.
func (w witness) outage(sinceMs, fromMs int64) procedure.ServiceState {
	out := procedure.ServiceState{Reach: procedure.ReachDown, SinceMs: sinceMs}
	hasRested, isLeft := false, false
	for _, e := range w.endpoints {
		failed, fails := w.failure(e.URL)
		answeredMs := w.answeredMs(e.URL)
		switch {
		case fails:
			out.FailedAtMs = max(out.FailedAtMs, failed.AtMs)
			hasRested = hasRested || failed.Probing || failed.UntilMs <= w.nowMs
			if out.RetryAtMs == 0 || failed.UntilMs < out.RetryAtMs {
				out.RetryAtMs = failed.UntilMs
			}
		case e.URL == w.endpoints[0].URL: // out by the catalogue, and not tried
		case answeredMs >= fromMs:
			if answeredMs > out.AnsweredAtMs {
				out.Reach, out.Endpoint, out.AnsweredAtMs = procedure.ReachRecovery, e.URL, answeredMs
			}
		default:
			isLeft = true
		}
	}
	switch {
	case out.Reach == procedure.ReachRecovery:
		out.RetryAtMs = 0
	case hasRested:
		out.Reach, out.RetryAtMs = procedure.ReachRetry, 0
	case isLeft:
		out.Reach, out.RetryAtMs = procedure.ReachUnconfirmed, 0
	}
	return out
}

// failure returns what is known against an endpoint, and whether it failed since it answered.
func (w witness) failure(url string) (failover.Failure, bool) {
	i := slices.IndexFunc(w.health.Failures, func(f failover.Failure) bool { return f.Endpoint == url && f.Count > 0 })
	if i < 0 {
		return failover.Failure{}, false
	}
	f := w.health.Failures[i]
	if f.SinceMs == 0 {
		f.SinceMs = f.AtMs // of a state that tells no more
	}
	return f, true
}

// answeredMs is the last answer of an endpoint, 0 when there is none.
func (w witness) answeredMs(url string) int64 {
	for _, a := range w.health.Answers {
		if a.Endpoint == url {
			return a.AtMs
		}
	}
	return 0
}
