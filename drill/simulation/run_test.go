package simulation_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/drill/simulation"
)

const outage = "clients 300\nlength 5h\nopen always\nat 1h fail main silent\nat 3h recover main\n"

// played runs a scenario, and returns the figures by behaviour.
func played(t *testing.T, text string, behaviours ...simulation.Behaviour) map[simulation.Behaviour]simulation.Figures {
	t.Helper()
	s, err := simulation.Parse([]byte(text))
	require.NoError(t, err)
	r, err := simulation.Run(context.Background(), s, simulation.Options{Seed: 3, Behaviours: behaviours})
	require.NoError(t, err)
	out := map[simulation.Behaviour]simulation.Figures{}
	for _, f := range r.Behaviours {
		require.Equal(t, f.Calls, f.Answered+f.FromCache+f.Failed)
		out[f.Behaviour] = f
	}
	return out
}

func TestANormalDay(t *testing.T) {
	for behaviour, f := range played(t, "clients 300\nlength 3h\nopen always\n") {
		require.InDelta(t, 300*25*3, f.Calls, 1200, behaviour)
		require.Zero(t, f.Failed+f.Slow+f.Probes+f.ActsSentAgain, behaviour)
		require.Zero(t, f.Sites[1].Requests+f.Sites[2].Requests, behaviour)
		require.GreaterOrEqual(t, f.Sites[0].Requests, f.Calls, behaviour)
	}
}

// Naive asks the main site three times and fails; the connector leaves it after one failure of each service and never
// comes back; ours comes back.
func TestASilentOutage(t *testing.T) {
	of := played(t, outage)
	naive, connector, ours := of[simulation.Naive], of[simulation.Reference], of[simulation.Ours]
	require.InDelta(t, 3, naive.SendsToDownPerCall, 0.05)
	require.Greater(t, naive.Failed, naive.CallsWhileDown*9/10)
	require.Zero(t, connector.Failed)
	require.Positive(t, connector.ActsSentAgain)
	require.Positive(t, connector.StillAway)
	require.Zero(t, connector.Failbacks)
	require.Zero(t, ours.ActsSentAgain)
	require.Positive(t, ours.Failbacks)
	require.Zero(t, ours.WrongFailbacks)
	never := connector.Return.Count
	require.Positive(t, never)
	require.Equal(t, simulation.Spread{Count: never, Never: never}, connector.Return)
	require.NotNil(t, ours.Return.Last)
	require.Zero(t, ours.Return.Never)
	require.Less(t, ours.SendsToDownPerCall, 1.0)
	require.Equal(t, slices.Max(ours.Minutes.Main[180:195]), ours.ReturnMinute)
	require.InDelta(t, 1, naive.NormalMinute/slices.Max(ours.Minutes.Main[:60]), 0.2)
	require.Greater(t, naive.ReturnMinute, ours.ReturnMinute)
	require.Less(t, ours.ReturnMinute, ours.NormalMinute*1.1, "no rush")
}

// A site that refuses costs nobody ten seconds; a gateway proves that nothing was sent, so its acts go on.
func TestARefusingSite(t *testing.T) {
	f := played(t, strings.Replace(outage, "silent", "refused", 1), simulation.Ours)[simulation.Ours]
	require.Zero(t, f.Slow)
	require.Positive(t, f.ActsUncertain)
	require.Zero(t, f.ActsSentAgain)
}

// With a fifth of what its busiest second takes a site gets slow, and people click again.
func TestTooLittleToCarryIt(t *testing.T) {
	of := played(t, "clients 300\ncalls 200\nlength 1h\nopen always\ncapacity main 20%\n", simulation.Naive)
	require.Greater(t, of[simulation.Naive].Slow, of[simulation.Naive].Calls/3)
}

// A publication moves everybody without a failure, and back.
func TestAPublication(t *testing.T) {
	f := played(t, "clients 300\nlength 6h\nopen always\nat 1h publish recovery\nat 3h publish main\n",
		simulation.Ours)[simulation.Ours]
	require.Zero(t, f.Failed+f.Slow+f.Probes)
	require.Positive(t, f.Sites[1].Requests)
	require.LessOrEqual(t, *f.Return.Last, (17 * time.Minute).Seconds()) // of two questions while it is published
	require.Zero(t, f.StillAway)
}

// The same seed gives the same report to the last octet, another seed another one.
func TestDeterminism(t *testing.T) {
	s, err := simulation.Parse([]byte(outage))
	require.NoError(t, err)
	var reports [3][]byte
	for i, seed := range []uint64{5, 5, 6} {
		r, err := simulation.Run(context.Background(), s, simulation.Options{Seed: seed, Jobs: 1 + i})
		require.NoError(t, err)
		reports[i] = r.JSON()
	}
	require.True(t, bytes.Equal(reports[0], reports[1]))
	require.False(t, bytes.Equal(reports[0], reports[2]))
}

// Interrupted, the report holds what was done until then.
func TestInterrupted(t *testing.T) {
	s, err := simulation.Parse([]byte(outage))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	r, err := simulation.Run(ctx, s, simulation.Options{Behaviours: []simulation.Behaviour{simulation.Ours},
		Told: func(b simulation.Behaviour, doneMs, _ int64) {
			if b == simulation.Ours && doneMs > 0 {
				stop()
			}
		}})
	require.NoError(t, err)
	require.True(t, r.Interrupted)
	require.Positive(t, r.DoneMs)
	require.Less(t, r.DoneMs, r.LengthMs)
	require.Positive(t, r.Behaviours[0].Calls)
	require.Contains(t, r.Text(), "INTERRUPTED")
}

func TestThePage(t *testing.T) {
	s, err := simulation.Parse([]byte("title A <b>bold</b> title\n" + outage))
	require.NoError(t, err)
	r, err := simulation.Run(context.Background(), s, simulation.Options{})
	require.NoError(t, err)
	page, err := r.HTML()
	require.NoError(t, err)
	text := string(page)
	require.NotContains(t, text, "<script")
	require.NotContains(t, text, "<b>bold")
	require.NotContains(t, text, "NaN")
	require.NotContains(t, text, "http")
	require.Equal(t, 5, strings.Count(text, `role="img"`))
	require.Equal(t, 5*len(simulation.Behaviours)*2, strings.Count(text, "<path class="))
	require.Contains(t, text, "Monday 09:00: fail main silent")
	require.Contains(t, text, "<td>never</td>", "the connector returns")
	require.Equal(t, 5, strings.Count(text, "<details>"))
	require.Equal(t, 5, strings.Count(text, `<th scope="row">Monday 09:00<small> fail main silent</small></th>`))
	require.Contains(t, text, "connector (dashed) ·")
	require.Contains(t, text, ", 5h from Monday 08:00")
	require.NotContains(t, text, "in numbers", "the heading says of what")
	require.Equal(t, 5, strings.Count(text, `<tr><th scope="row">Monday 12:45</th>`), "the last quarter of an hour")
	require.NotContains(t, text, "<desc", "a reader says a name and a description")
	for _, f := range r.Behaviours {
		found := fmt.Sprintf("%.2f (of the client with most %d) with %s", f.SlowPerClient, f.SlowMost, f.Behaviour)
		require.Contains(t, text, found)
		require.Contains(t, r.Text(), fmt.Sprint(f.SlowMost))
		require.Contains(t, text, fmt.Sprintf("%.1f a second (%.2f of normal) with %s", f.ReturnMinute,
			f.ReturnMinute/f.NormalMinute, f.Behaviour))
	}
	require.Regexp(t, "time to return: median, 95 %, last .* never", r.Text())
}
