package simulation

import (
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// Spread is how a time spreads over the services of the clients, in seconds.
//
// Shape: Count is how many there are, Never for how many of these it did not happen. What is absent is never: of so
// many it did not happen; or Count is 0.
type Spread struct {
	Count  int      `json:"count"`
	Never  int      `json:"never"`
	Median *float64 `json:"medianS,omitempty"`
	P95    *float64 `json:"p95S,omitempty"`
	Last   *float64 `json:"lastS,omitempty"`
}

// spreadOf sums up the times of those for whom it happened, and how many others there are.
func spreadOf(ms []int32, never int) Spread {
	count := len(ms) + never
	if count == 0 {
		return Spread{}
	}
	slices.Sort(ms)
	at := func(percent int) *float64 {
		i := (count - 1) * percent / 100
		if i >= len(ms) {
			return nil
		}
		seconds := float64(ms[i]) / 1000
		return &seconds
	}
	return Spread{count, never, at(50), at(95), at(100)}
}

// returns says when the services of stores were back after the last outage, and how many are not.
func (r *run) returns() (spread Spread, stillAway int64) {
	var strays []int32
	never := 0
	for i := range r.stores {
		st := &r.stores[i]
		for slot, service := range r.numbers[st.kind] {
			m, isAway := &r.marks[st.slots+int32(slot)], r.isAway(st, slot, service)
			isOfLast := m.hasStray && m.round == r.round && r.rightAtMs >= 0
			switch {
			case isAway && isOfLast:
				never++
			case isOfLast:
				strays = append(strays, m.strayMs)
			}
			if isAway {
				stillAway++
			}
		}
	}
	return spreadOf(strays, never), stillAway
}

// isAway: did the last call of a service of a store go elsewhere than to the main site, and will the next one?
func (r *run) isAway(st *store, slot int, service uint8) bool {
	at := st.slots + int32(slot)
	if r.behaviour == Naive || !r.marks[at].isAway {
		return false
	}
	now := r.clockOf(st)
	h, err := failover.Status(r.serviceOf(st, service), r.core, r.states[at], now)
	isProbed := r.core.Failback && h.FailedOver && h.ProbeAtMs <= now.UnixMilli()
	return err == nil && r.siteOf[h.Endpoint] != main && !isProbed
}
