package core_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

func TestAskAgain(t *testing.T) {
	c := open(t, "v1.xml")
	now := judged
	inactive, recovery := published(t, now), published(t, now, 1)
	away := map[string]failover.State{}
	id := c.Services().Services[0].ID
	fail(t, c, id, away, now)
	within := func(least, most time.Duration) [2]time.Duration { return [2]time.Duration{least, most} }
	calm, often := within(40*time.Minute, 66*time.Minute), within(10*time.Minute, 990*time.Second)
	for name, row := range map[string]struct {
		catalogue *core.Catalogue
		asked     core.Asked
		states    map[string]failover.State
		want      [2]time.Duration // from now
	}{
		"never asked":                 {c, core.Asked{}, nil, within(0, 0)},
		"asked now":                   {c, core.Asked{At: now}, nil, calm},
		"confirmed now":               {c, core.Asked{Confirmed: now}, nil, calm},
		"the later of the two counts": {c, core.Asked{At: now.Add(-time.Hour), Confirmed: now}, nil, calm},
		"asked an hour ago": {c, core.Asked{At: now.Add(-time.Hour)}, nil,
			within(-20*time.Minute, 6*time.Minute)},
		"failed over":                       {c, core.Asked{At: now}, away, often},
		"a service published as down":       {inactive, core.Asked{At: now}, nil, often},
		"published elsewhere":               {recovery, core.Asked{At: now}, nil, often},
		"a moment in the future is unknown": {c, core.Asked{At: now.Add(48 * time.Hour)}, nil, within(0, 0)},
		"one unknown, one known":            {c, core.Asked{At: now, Confirmed: now.AddDate(1, 0, 0)}, nil, calm},
		"clocks differ":                     {c, core.Asked{At: now.Add(4 * time.Minute)}, nil, calm},
		"no catalogue":                      {nil, core.Asked{At: now}, nil, within(30*time.Second, 30*time.Second)},
		"no catalogue, clock set back": {nil, core.Asked{At: now.Add(time.Minute)}, nil,
			within(30*time.Second, 30*time.Second)},
		"no catalogue, never asked": {nil, core.Asked{}, nil, within(0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			for random := range uint64(50) {
				at, err := row.catalogue.AskAgain(row.asked, row.states, failover.DefaultPolicy(), random, now)
				require.NoError(t, err)
				require.GreaterOrEqual(t, at.Sub(now), row.want[0])
				require.LessOrEqual(t, at.Sub(now), row.want[1])
			}
		})
	}
}

// TestAskAgainSpreads: computers that start together do not ask together.
func TestAskAgainSpreads(t *testing.T) {
	c := open(t, "v1.xml")
	moments := map[int64]bool{}
	for random := range uint64(1000) {
		at, err := c.AskAgain(core.Asked{At: judged}, nil, failover.DefaultPolicy(), random, judged)
		require.NoError(t, err)
		moments[int64(at.Sub(judged)/time.Minute)] = true
	}
	require.GreaterOrEqual(t, len(moments), 26, "each minute from the 40th to the 66th")
}

// published is a catalogue whose first service has these endpoints ACTIVE, and no other.
func published(t *testing.T, now time.Time, active ...int) *core.Catalogue {
	t.Helper()
	s := newShop(t)
	l := drill.Sample(1)
	for i := range l.Services[0].Endpoints {
		l.Services[0].Endpoints[i].Status = drill.Inactive
	}
	for _, i := range active {
		l.Services[0].Endpoints[i].Status = drill.Active
	}
	file, err := drill.Sign(l, s.signer, time.Time{})
	require.NoError(t, err)
	s.offer(file, now, "")
	return s.held
}

// fail lets every endpoint of a service but the second be out of reach in one call.
func fail(t *testing.T, c *core.Catalogue, id string, states map[string]failover.State, now time.Time) {
	t.Helper()
	step, _, err := c.Begin(core.Request{Target: id, Policy: failover.DefaultPolicy(),
		Facts: failover.Facts{Repeat: failover.RepeatYes}}, states[id], now)
	for sent := 0; err == nil && step.Action.Do == failover.DoSend; sent++ {
		event := failover.Event{Kind: failover.SendEnded, Outcome: failover.Unreachable}
		if sent == 1 {
			event = failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered, Status: 200}
		}
		step, err = c.Next(step.Call, step.State, event, now)
	}
	require.NoError(t, err)
	require.Equal(t, failover.DoAnswer, step.Action.Do)
	states[id] = step.State
}

func TestIsStale(t *testing.T) {
	require.True(t, core.IsStale(time.Time{}, judged), "never checked")
	require.False(t, core.IsStale(judged.Add(-24*time.Hour), judged))
	require.True(t, core.IsStale(judged.Add(-24*time.Hour-time.Millisecond), judged))
	require.False(t, core.IsStale(judged.Add(core.ClockSlack), judged))
	require.True(t, core.IsStale(judged.Add(core.ClockSlack+time.Millisecond), judged),
		"a moment in the future is unknown")
}

func TestHintConfirms(t *testing.T) {
	held := []byte("octets")
	digest := fmt.Sprintf("%x", sha256.Sum256(held))
	for _, hint := range []string{digest, strings.ToUpper(digest), digest + "\n", "\ufeff" + digest + "\r\n",
		digest + "  servicelist.xml\n"} {
		require.True(t, core.HintConfirms([]byte(hint), held), "%q", hint)
	}
	for _, hint := range []string{
		"", " ", "changed", digest[:63], digest + "0", digest[1:] + "g", digest + " a b", "<html>" + digest + "</html>",
		fmt.Sprintf("%x", sha256.Sum256([]byte("octets of the next list"))),
	} {
		require.False(t, core.HintConfirms([]byte(hint), held), "%q", hint)
	}
}
