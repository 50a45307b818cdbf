package failover_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// failedOver returns a story after a failover: the State that choosing costs most with.
func failedOver(b *testing.B) *teller {
	s := newTeller()
	with(3, first)(s)
	for _, word := range []string{"begin", "timeout", "ok"} {
		var step failover.Step
		var err error
		if word == "begin" {
			step, err = failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
		} else {
			e := failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered}
			if word == "timeout" {
				e.Outcome = failover.Timeout
			}
			step, err = failover.Next(s.service, s.calls["a"], s.state, e, s.now)
		}
		require.NoError(b, err)
		s.calls["a"], s.state = step.Call, step.State
	}
	return s
}

func BenchmarkBegin(b *testing.B) {
	s := failedOver(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBeginJSON reads policy, facts and State from JSON and writes the Step, as the browser's boundary does.
func BenchmarkBeginJSON(b *testing.B) {
	s := failedOver(b)
	state, err := s.state.MarshalJSON()
	require.NoError(b, err)
	args := []byte(`{"policy":{"name":"connector","failback":true,"totalTimeoutMs":45000},"facts":{"repeat":"yes",` +
		`"cache":true,"cacheKey":"NIHII|10022347001|RECIPE"},` +
		`"random":7,"nowMs":1772366400000,"state":` + string(state) + `}`)
	b.ReportAllocs()
	for b.Loop() {
		var a struct {
			Policy failover.Policy `json:"policy"`
			Facts  failover.Facts  `json:"facts"`
			State  failover.State  `json:"state"`
			Random uint64          `json:"random"`
			NowMs  int64           `json:"nowMs"`
		}
		if err := json.Unmarshal(args, &a); err != nil {
			b.Fatal(err)
		}
		step, err := failover.Begin(s.service, a.Facts, a.Policy, a.State, a.Random, s.now)
		if err != nil {
			b.Fatal(err)
		}
		step.AppendJSON(nil)
	}
}
