package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// A service whose endpoints all failed stays down for the panel until one of them answered: that the cool-downs are over
// is no sign of health.
func TestReachStaysDownUntilAnEndpointAnswers(t *testing.T) {
	c, policy := open(t, "v1.xml"), failover.DefaultPolicy()
	call := func(st failover.State, outcome failover.Outcome, at time.Time) failover.State {
		step, _, err := c.Begin(core.Request{Target: memberData, Policy: policy}, st, at)
		require.NoError(t, err)
		for step.Action.Do == failover.DoSend {
			step, err = c.Next(step.Call, step.State, failover.Event{Kind: failover.SendEnded, Outcome: outcome}, at)
			require.NoError(t, err)
		}
		return step.State
	}
	reach := func(st failover.State, at time.Time) procedure.Reach {
		all, err := c.Reach(map[string]failover.State{memberData: st}, policy, nil, nil, at)
		require.NoError(t, err)
		for _, s := range all {
			if s.ID == memberData {
				return s.Reach
			}
		}
		return ""
	}
	st := call(failover.State{}, failover.Unreachable, judged)
	require.Equal(t, procedure.ReachDown, reach(st, judged))
	later := judged.Add(2 * time.Hour)
	require.Equal(t, procedure.ReachDown, reach(st, later), "the cool-downs are over, nobody called")
	require.NotEqual(t, procedure.ReachDown, reach(call(st, failover.Answered, later), later))
}
