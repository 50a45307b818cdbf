package failover_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// coolDown returns the rest that an endpoint gets after failing n times, each time when its rest was over.
func coolDown(t *testing.T, random uint64, n int) time.Duration {
	t.Helper()
	s := newTeller()
	with(1, first)(s)
	var health failover.Health
	for range n {
		s.now = s.now.Add(24 * time.Hour)
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, random, s.now)
		require.NoError(t, err)
		step, err = failover.Next(s.service, step.Call, step.State, s.event(t, "timeout"), s.now)
		require.NoError(t, err)
		s.state = step.State
		health, err = failover.Status(s.service, s.policy, s.state, s.now)
		require.NoError(t, err)
	}
	require.Equal(t, n, health.Failures[0].Count)
	return time.UnixMilli(health.Failures[0].UntilMs).Sub(s.now)
}

func TestCoolDown(t *testing.T) {
	t.Parallel()
	for n, longest := range []time.Duration{0, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute,
		time.Hour, time.Hour} {
		seen := map[time.Duration]bool{}
		for random := range uint64(200) {
			if n == 0 {
				continue
			}
			d := coolDown(t, random, n)
			require.LessOrEqual(t, d, longest)
			require.GreaterOrEqual(t, d, longest*4/5)
			seen[d] = true
		}
		require.True(t, n == 0 || len(seen) > 150, "the random number spreads the rests: %d different", len(seen))
	}
	require.Equal(t, coolDown(t, 7, 2), coolDown(t, 7, 2), "the same random number, the same rest")
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(2, first)(s)
	status := func() string {
		health, err := failover.Status(s.service, s.policy, s.state, s.now)
		require.NoError(t, err)
		b, err := health.MarshalJSON()
		require.NoError(t, err)
		return string(b)
	}
	play := func(lines ...string) {
		for _, line := range lines {
			s.line(t, line)
		}
	}
	require.Equal(t, `{"endpoint":"https://e0/","preferred":"https://e0/"}`, status())
	play("a: begin -> send e0", "a: timeout -> send e1")
	require.Equal(t, `{"endpoint":"https://e1/","preferred":"https://e0/","failedOver":true,"probeAtMs":1772366644260,`+
		`"failures":[{"endpoint":"https://e0/","count":1,"atMs":1772366400000,"sinceMs":1772366400000,`+
		`"untilMs":1772366644260}]}`, status())
	play("a: unreachable -> fail endpoints-exhausted e0:timeout e1:unreachable")
	require.Contains(t, status(), `"down":true`)
	play("+5m", "b: begin -> send e0 probe")
	require.Contains(t, status(), `"untilMs":1772366725000,"probing":true`)
	play("b: ok -> answer e0 after 1")
	require.NotContains(t, status(), `e0/","count"`)
	require.NotContains(t, status(), `"down"`)
	play("publish none")
	require.Equal(t, `{"inactive":true,"down":true}`, status())

	_, err := failover.Status(s.service, failover.Policy{}, s.state, s.now)
	require.Error(t, err)
}

func TestNotes(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(2, first, cached(servicelist.EndpointFirst))(s)
	var notes []failover.NoteKind
	do := func(step failover.Step, err error) failover.Call {
		require.NoError(t, err)
		s.state = step.State
		for _, n := range step.Notes {
			notes = append(notes, n.Kind)
		}
		return step.Call
	}
	c := do(failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now))
	c = do(failover.Next(s.service, c, s.state, s.event(t, "timeout"), s.now))
	c = do(failover.Next(s.service, c, s.state, s.event(t, "ok"), s.now))
	do(failover.Next(s.service, c, s.state, s.event(t, "unwritten"), s.now))
	require.Equal(t, []failover.NoteKind{failover.EndpointFailed, failover.EndpointSwitched, failover.StoreFailed},
		notes)

	notes, s.now = nil, s.now.Add(time.Hour)
	c = do(failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now))
	c = do(failover.Next(s.service, c, s.state, s.event(t, "ok"), s.now))
	do(failover.Next(s.service, c, s.state, s.event(t, "written"), s.now))
	require.Equal(t, []failover.NoteKind{failover.ProbeStarted, failover.FailedBack}, notes)

	notes = nil
	c = do(failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now))
	c = do(failover.Next(s.service, c, s.state, s.event(t, "timeout"), s.now))
	do(failover.Next(s.service, c, s.state, s.event(t, "ok"), s.now))
	s.line(t, "publish 0")
	notes = nil
	do(failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now))
	require.Equal(t, []failover.NoteKind{failover.ChoiceReset}, notes)
}

// A State is worth storing when a choice or a failure changed, and once a minute for its clock.
func TestChanged(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(2, first)(s)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {0, false}, {59 * time.Second, false}, {time.Second, true}, {time.Second, false},
		{-4 * time.Minute, false}, {-time.Hour, true}} {
		s.now = s.now.Add(c.after)
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
		require.NoError(t, err)
		require.Equal(t, c.want, step.Changed, "after %s", c.after)
		s.state = step.State
	}
}

// Two tabs that have not heard of each other: one slept over the end of its booking, and the other books. Each gives up
// only its own.
func TestLapsedBooking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, slept, other string }{
		{"the one that slept is cancelled", "b: cancelled -> fail aborted e0:cancelled", ""},
		{"the one that slept is refused", "b: refusal -> send e1", ""},
		{"the one that slept fails, then the other is cancelled", "b: timeout -> send e1",
			"c: cancelled -> fail aborted e0:cancelled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, b := newTeller(), newTeller()
			with(2, first)(a)
			with(2, first)(b)
			for _, line := range []string{"a: begin -> send e0", "a: timeout -> send e1", "a: ok -> answer e1 after 2",
				"+5m", "b: begin -> send e0 probe within 8s"} {
				a.line(t, line)
			}
			b.state, b.now = a.state, a.now.Add(13*time.Second)
			b.line(t, "c: begin -> send e0 probe within 8s")
			a.now = b.now.Add(time.Second)
			a.line(t, c.slept)
			b.now = a.now.Add(time.Second)
			if c.other != "" {
				b.line(t, c.other)
			}
			b.state = failover.Merge(b.state, a.state)
			b.line(t, "d: begin -> send e1")
		})
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	a, b := newTeller(), newTeller()
	with(3, first)(a)
	with(3, first)(b)
	for _, line := range []string{"a: begin -> send e0", "a: timeout -> send e1", "a: ok -> answer e1 after 2"} {
		a.line(t, line)
	}
	b.now = b.now.Add(time.Second)
	for _, line := range []string{"a: begin -> send e0", "a: ok -> answer e0 after 1", "b: begin -> send e0",
		"b: timeout -> send e1",
		"b: timeout -> send e2", "b: ok -> answer e2 after 3"} {
		b.line(t, line)
	}
	a.state = failover.Merge(a.state, b.state)
	a.line(t, "c: begin -> send e2") // the newest choice
	require.Equal(t, text(failover.Merge(b.state, a.state)), text(a.state))

	old := a.state
	a.line(t, "publish 0")
	a.line(t, "d: begin -> send e0")
	a.state = failover.Merge(old, a.state)
	a.line(t, "e: begin -> send e0") // what refers to an older catalogue does not come back
}
