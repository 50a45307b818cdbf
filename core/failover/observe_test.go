package failover_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// What others saw of an endpoint counts as what a call saw itself: the next call passes over it, and comes back when it
// is seen to answer.
func TestObserve(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	s := failover.Service{ID: "s", Endpoints: []failover.Endpoint{
		{Order: 0, Active: true, URL: "https://a.example/"}, {Order: 1, URL: "https://b.example/"},
	}}
	p := failover.DefaultPolicy()
	observe := func(st failover.State, url string, o failover.Outcome) failover.Step {
		step, err := failover.Observe(s, url, failover.Event{Kind: failover.SendEnded, Outcome: o}, p, st, 1, now)
		require.NoError(t, err)
		require.Empty(t, step.Action.Do)
		require.Empty(t, step.Call.Service())
		return step
	}
	next := func(st failover.State) string {
		step, err := failover.Begin(s, failover.Facts{}, p, st, 1, now)
		require.NoError(t, err)
		return step.Action.Endpoint
	}
	failed := observe(failover.State{}, "https://a.example/", failover.Unreachable)
	require.True(t, failed.Changed)
	require.Equal(t, failover.EndpointFailed, failed.Notes[0].Kind)
	require.Equal(t, "https://b.example/", next(failed.State))
	require.Equal(t, "https://a.example/", next(observe(failed.State, "https://a.example/", failover.Answered).State))
	for _, neutral := range []failover.Step{
		observe(failover.State{}, "https://a.example/", failover.Cancelled),
		observe(failover.State{}, "https://gone.example/", failover.Timeout),
	} {
		require.Empty(t, neutral.Notes)
		require.Equal(t, "https://a.example/", next(neutral.State))
	}

	for name, e := range map[string]failover.Event{
		"another event":      {Kind: failover.CacheMiss},
		"an unknown outcome": {Kind: failover.SendEnded, Outcome: "fine"},
	} {
		_, err := failover.Observe(s, "https://a.example/", e, p, failover.State{}, 1, now)
		require.ErrorIs(t, err, bcperr.BadCall, name)
	}
}

// A tab that has an older list reads what another saw with a newer one, where the Orders stand for other endpoints: the
// first choice may be a poor one, but no endpoint is left out.
func TestStateOfNewerCatalogue(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	listed := func(issued time.Time, main, second string) failover.Service {
		return failover.Service{ID: "s", Catalogue: issued, Endpoints: []failover.Endpoint{
			{Order: 0, Active: true, URL: main}, {Order: 1, URL: second},
		}}
	}
	call := func(s failover.Service, st failover.State, at time.Time, well string) (failover.State, failover.Do) {
		step, err := failover.Begin(s, failover.Facts{Repeat: failover.RepeatYes}, failover.DefaultPolicy(), st, 1, at)
		require.NoError(t, err)
		for step.Action.Do == failover.DoSend {
			ended := failover.Event{Kind: failover.SendEnded, Outcome: failover.Unreachable}
			if step.Action.Endpoint == well {
				ended.Outcome = failover.Answered
			}
			step, err = failover.Next(s, step.Call, step.State, ended, at)
			require.NoError(t, err)
		}
		return step.State, step.Action.Do
	}
	older := listed(now.Add(-time.Hour), "https://a.example/", "https://b.example/")
	newer := listed(now.Add(-time.Minute), "https://c.example/", "https://d.example/")
	st, end := call(newer, failover.State{}, now, "")
	require.Equal(t, failover.DoFail, end)
	for _, well := range []string{"https://a.example/", "https://b.example/"} {
		_, end = call(older, st, now.Add(time.Second), well)
		require.Equal(t, failover.DoAnswer, end, well)
	}
}
