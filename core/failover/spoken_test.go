package failover_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// What the service said decides: other answers lead on, and never back.
var spokenStories = []story{
	{"a foreign answer leads on, like a failure", with(2, first), `
		a: begin -> send e0
		a: foreign -> send e1
		a: ok -> answer e1 after 2
		b: begin -> send e1`},
	{"a foreign answer proves nothing", with(2, first, act), `
		a: begin -> send e0
		a: foreign -> fail not-repeatable e0:foreign`},
	{"a probe that meets a page is no failback", with(2, first), `
		a: begin -> send e0
		a: refused -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		b: foreign -> send e1
		b: ok -> answer e1 after 2
		c: begin -> send e1
		+9m59s
		d: begin -> send e0 probe within 8s
		d: ok -> answer e0 after 1
		e: begin -> send e0 within 8s`},
	{"a silent answer is handed on, and answers no probe", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		b: silence -> answer e0 after 1
		c: begin -> send e1`},
	{"a silent answer of the endpoint in use changes nothing", with(2, first), `
		a: begin -> send e0
		a: silence -> answer e0 after 1
		b: begin -> send e0`},
	{"a foreign answer never becomes the choice", with(2, first), `
		a: begin -> send e0
		a: refusal -> send e1
		a: foreign -> answer e0 after 2 exhausted endpoints-exhausted
		b: begin -> send e0`},
	{"the last fault is handed on", with(2, first), `
		a: begin -> send e0
		a: code -> send e1
		a: code -> answer e1 after 2 exhausted endpoints-exhausted`},
	{"a fault is handed on over what came after it", with(3, first), `
		a: begin -> send e0
		a: code -> send e1
		a: 503 -> send e2
		a: timeout -> answer e0 after 3 exhausted endpoints-exhausted`},
	{"a fault without a code is handed on too", with(1, first), `
		a: begin -> send e0
		a: 503 fault -> answer e0 after 1 exhausted endpoints-exhausted`},
	{"a fault is handed on when the time is over", with(2, first), `
		a: begin -> send e0
		a: code -> send e1
		a: deadline -> answer e0 after 2 exhausted timeout`},
	{"act: that nobody knows weighs more than a fault", with(2, first, act), `
		a: begin -> send e0
		a: code -> send e1
		a: 503 fault -> fail not-repeatable e0:switch e1:switch`},
	{"act: a fault that proves is handed on", with(2, first, act), `
		a: begin -> send e0
		a: code -> send e1
		a: refusal -> answer e1 after 2 exhausted endpoints-exhausted`},
	{"a cancelled call gets no fault", with(2, first), `
		a: begin -> send e0
		a: code -> send e1
		a: cancel -> fail aborted e0:switch e1:cancelled`},
	{"a refused caller blames nobody", with(2, first), `
		a: begin -> send e0
		a: refusal -> send e1
		a: refusal -> answer e1 after 2 exhausted
		b: begin -> send e0
		b: ok -> answer e0 after 1`},
	{"a refused caller neither answers nor fails a probe", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		b: refusal -> send e1
		b: refusal -> answer e1 after 2 exhausted
		c: begin -> send e0 probe within 8s`},
	{"without failback a refusal is what it is to the reference", with(2, first, noFailback), `
		a: begin -> send e0
		a: refusal -> send e1
		a: ok -> answer e1 after 2
		b: begin -> send e1`},
	{"offline blames nobody", with(2, first, act), `
		a: begin -> send e0
		a: offline -> send e1
		a: offline -> fail endpoints-exhausted e0:unreachable e1:unreachable
		b: begin -> send e0`},
	{"act: a send that never went when the time was over blames nobody, and nothing ran", with(2, first, act), `
		a: begin -> send e0
		a: too late -> fail timeout e0:timeout
		b: begin -> send e0`},
	{"what is given up before it went lets the others ask", with(3, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		b: begin -> wait within 25s
		a: given up -> fail aborted e0:unreachable e1:cancelled
		b: waited -> send e1`},
	{"a cached answer comes before a fault", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: code -> send e1
		a: code -> readCache
		a: hit -> answer cache`},
	{"a fault comes before an expired entry", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: code -> readCache
		a: old hit -> answer e0 after 1 exhausted endpoints-exhausted`},
	{"the cache is not for whom all refuse", with(3, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: refusal -> send e1
		a: unreachable -> send e2
		a: forbidden -> answer e0 after 3 exhausted`},
	{"nor when HTTP refuses", with(1, first, cached(servicelist.EndpointFirst), serveExpired), `
		a: begin -> send e0
		a: forbidden -> fail endpoints-exhausted e0:foreign`},
	{"it is when one of them fails", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: refusal -> send e1
		a: foreign -> readCache
		a: miss -> answer e0 after 2 exhausted endpoints-exhausted`},
}

// An endpoint of which nobody knows whether it answers is asked by one call.
var scoutStories = []story{
	{"a burst waits for the first that asks", with(3, first), `
		a: begin -> send e0
		b: begin -> send e0
		c: begin -> send e0
		+20s
		a: timeout -> send e1
		b: timeout -> wait within 25s
		+1s
		c: timeout -> wait within 24s
		d: begin -> wait within 24s
		+19s
		a: timeout -> send e2
		b: waited -> wait within 20s
		d: waited -> wait within 25s
		+1s
		a: ok -> answer e2 after 3
		b: waited -> send e2 within 19s
		c: waited -> send e2 within 19s
		d: waited -> send e2`},
	{"one that is refused lives: nobody waits after it", with(2, first), `
		a: begin -> send e0
		b: begin -> send e0
		c: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> wait within 25s
		c: unreachable -> wait within 25s
		a: refusal -> answer e1 after 2 exhausted
		b: waited -> send e1
		c: waited -> send e1`},
	{"one that is cancelled proves nothing: the next asks", with(2, first), `
		a: begin -> send e0
		b: begin -> send e0
		c: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> wait within 25s
		c: unreachable -> wait within 25s
		a: cancel -> fail aborted e0:unreachable e1:cancelled
		b: waited -> send e1
		c: waited -> wait within 25s`},
	{"a tab that died blocks no longer than its time-out", with(2, first), `
		a: begin -> send e0
		b: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> wait within 25s
		+25s
		b: waited -> send e1`},
	{"the deadline ends the wait", with(2, first, act), `
		a: begin -> send e0
		b: begin -> send e0
		a: refused -> send e1
		b: refused -> wait within 25s
		b: deadline -> fail timeout e0:unreachable`},
	{"an endpoint that answered in this outage needs no scout", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		b: begin -> send e1
		c: begin -> send e1`},
	{"without failback nobody waits", with(2, first, noFailback), `
		a: begin -> send e0
		b: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> send e1`},
}

// Twenty calls at once on a client that knows nothing, and endpoints that hang: each call asks the first, one
// the others.
func TestFirstBurst(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(3, first)(s)
	type running struct {
		call failover.Call
		do   failover.Do
		due  time.Time // when its send or its wait ends
	}
	var calls []*running
	start, sends := s.now, 0
	take := func(c *running, step failover.Step, err error) {
		require.NoError(t, err)
		if step.Action.Do == failover.DoSend {
			sends++
		}
		s.state = step.State
		c.call, c.do, c.due = step.Call, step.Action.Do, s.now.Add(step.Action.Timeout)
	}
	for range 20 {
		c := &running{}
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
		take(c, step, err)
		calls = append(calls, c)
	}
	require.Equal(t, 20, sends)
	for range 90 { // seconds
		s.now = s.now.Add(time.Second)
		for _, c := range calls {
			switch {
			case c.do == failover.DoSend && !s.now.Before(c.due):
				e := failover.Event{Kind: failover.SendEnded, Outcome: failover.Timeout}
				step, err := failover.Next(s.service, c.call, s.state, e, s.now)
				take(c, step, err)
			case c.do == failover.DoWait:
				step, err := failover.Next(s.service, c.call, s.state, failover.Event{Kind: failover.Waited}, s.now)
				take(c, step, err)
			}
			if c.do == failover.DoFail {
				require.LessOrEqual(t, s.now.Sub(start), s.policy.TotalTimeout)
				c.do = "over"
			}
		}
	}
	require.LessOrEqual(t, sends, 30)
	for _, c := range calls {
		require.Equal(t, failover.Do("over"), c.do)
	}
}

// A caller who is refused, or offline, saw no outage: nothing recovers after it.
func TestNoOutageNoRecovery(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"refusal", "offline"} {
		s := newTeller()
		with(1, first)(s)
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
		require.NoError(t, err)
		step, err = failover.Next(s.service, step.Call, step.State, s.event(t, word), s.now)
		require.NoError(t, err)
		step, err = failover.Begin(s.service, s.facts, s.policy, step.State, 7, s.now)
		require.NoError(t, err)
		step, err = failover.Next(s.service, step.Call, step.State, s.event(t, "ok"), s.now)
		require.NoError(t, err)
		require.Empty(t, step.Notes, word)
	}
}

// Nobody has to ask whether an act arrived that was never sent, however its call ended.
func TestNotSentIsCertain(t *testing.T) {
	t.Parallel()
	for word, isUncertain := range map[string]bool{
		"cancel": true, "given up": false, "deadline": true, "too late": false,
	} {
		s := newTeller()
		with(1, first, act)(s)
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
		require.NoError(t, err)
		step, err = failover.Next(s.service, step.Call, step.State, s.event(t, word), s.now)
		require.NoError(t, err)
		health, err := failover.Status(s.service, s.policy, step.State, s.now)
		require.NoError(t, err)
		require.Equal(t, isUncertain, health.Uncertain, word)
	}
}
