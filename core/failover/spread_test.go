package failover_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

const (
	mainHost  = "https://main.example"
	otherHost = "https://other.example"
)

// beside is a service on the same main host as those that the notes are about.
func beside() failover.Service {
	return failover.Service{ID: "urn:beside", Endpoints: []failover.Endpoint{
		{Order: 0, Active: true, URL: mainHost + "/beside"}, {Order: 1, URL: otherHost + "/beside"}}}
}

// other is another service of the same hosts.
func other(name string) failover.Neighbour {
	return failover.Neighbour{Service: &failover.Service{ID: "urn:" + name, Endpoints: []failover.Endpoint{
		{Order: 0, Active: true, URL: mainHost + "/" + name}, {Order: 1, URL: otherHost + "/" + name}}}}
}

// told is a service that hears of others, with its State.
type told struct {
	t      *testing.T
	s      failover.Service
	st     failover.State
	now    time.Time
	others []failover.Neighbour // the first is the one that tells
}

func newTold(t *testing.T) *told {
	return &told{t: t, s: beside(), now: time.UnixMilli(1_700_000_000_000), others: []failover.Neighbour{other("a")}}
}

// begin starts a call and returns where it goes, and how long that may take.
func (b *told) begin(repeat failover.Repeat) (failover.Step, string, time.Duration) {
	b.t.Helper()
	step, err := failover.Begin(b.s, failover.Facts{Repeat: repeat}, failover.DefaultPolicy(), b.st, 1, b.now)
	require.NoError(b.t, err)
	b.st = step.State
	return step, step.Action.Endpoint, step.Action.Timeout
}

func (b *told) end(step failover.Step, outcome failover.Outcome) failover.Step {
	b.t.Helper()
	step, err := failover.Next(b.s, step.Call, b.st, failover.Event{Kind: failover.SendEnded, Outcome: outcome}, b.now)
	require.NoError(b.t, err)
	b.st = step.State
	return step
}

// failOver is a call that the main endpoint does not answer, and the other one does.
func (b *told) failOver() {
	step, _, _ := b.begin(failover.RepeatYes)
	b.end(b.end(step, failover.Timeout), failover.Answered)
}

// goesTo is where the next call begins.
func (b *told) goesTo(repeat failover.Repeat) string {
	b.t.Helper()
	_, to, _ := b.begin(repeat)
	return to
}

// patience is how long the next consultation waits there.
func (b *told) patience() time.Duration {
	b.t.Helper()
	_, _, patience := b.begin(failover.RepeatYes)
	return patience
}

func (b *told) hear(n failover.Note) (changed bool) {
	b.t.Helper()
	all := append(slices.Clone(b.others), failover.Neighbour{Service: &b.s, State: b.st})
	failover.Spread(n, 0, all, b.now)
	require.False(b.t, all[0].IsChanged, "who tells knows it already")
	one := all[len(all)-1]
	require.Equal(b.t, text(one.State), text(failover.Merge(b.st, one.State)), "what was heard is the newest")
	changed, b.st = one.IsChanged, one.State
	return changed
}

// comeBack is an outage of one of the others, over.
func (b *told) comeBack(i int) {
	b.t.Helper()
	one := told{t: b.t, s: *b.others[i].Service, now: b.now}
	one.failOver()
	b.now = b.now.Add(10 * time.Minute)
	one.now = b.now
	step, _, _ := one.begin(failover.RepeatYes)
	require.True(b.t, step.Action.Probe)
	one.end(step, failover.Answered)
	b.others[i].State = one.st
}

// play lets one of the others call its main endpoint once.
func (b *told) play(i int, outcome failover.Outcome) {
	b.t.Helper()
	o := &b.others[i]
	step, err := failover.Begin(*o.Service, failover.Facts{}, failover.DefaultPolicy(), o.State, 1, b.now)
	require.NoError(b.t, err)
	require.Equal(b.t, o.Service.Endpoints[0].URL, step.Action.Endpoint)
	step, err = failover.Next(*o.Service, step.Call, step.State,
		failover.Event{Kind: failover.SendEnded, Outcome: outcome}, b.now)
	require.NoError(b.t, err)
	o.State = step.State
}

var (
	silentBeside = failover.Note{Kind: failover.EndpointFailed, Outcome: failover.Timeout, Endpoint: mainHost + "/a"}
	wellBeside   = failover.Note{Kind: failover.FailedBack, From: otherHost + "/a", To: mainHost + "/a"}
)

// A host that answers again lets everything that failed beside it try at once, an act too; what does not answer then
// rests longer than before, so that one that is well does not send the others to a dead one again and again.
func TestSpreadOfAReturn(t *testing.T) {
	b := newTold(t)
	b.failOver()
	require.Equal(t, otherHost+"/beside", b.goesTo(failover.RepeatNo))
	require.True(t, b.hear(wellBeside))
	require.False(t, b.hear(wellBeside), "said once")
	step, to, _ := b.begin(failover.RepeatNo)
	require.Equal(t, mainHost+"/beside", to)
	require.True(t, step.Action.Probe)
	step = b.end(step, failover.Timeout)
	require.Greater(t, step.Notes[0].CoolDownMs, (5 * time.Minute).Milliseconds(), "its second failure")
	require.Equal(t, otherHost+"/beside", b.goesTo(failover.RepeatYes))
}

func TestSpreadOfAReturnBringsBack(t *testing.T) {
	b := newTold(t)
	b.failOver()
	b.hear(wellBeside)
	step, _, _ := b.begin(failover.RepeatNo)
	step = b.end(step, failover.Answered)
	require.Equal(t, failover.FailedBack, step.Notes[0].Kind)
}

// What was back and is silent again keeps the acts away again.
func TestSpreadOfARelapse(t *testing.T) {
	for _, outcome := range []failover.Outcome{failover.Timeout, failover.Unreachable, failover.Switch} {
		b := newTold(t)
		b.failOver()
		b.hear(wellBeside)
		again := silentBeside
		again.Outcome = outcome
		require.True(t, b.hear(again), "it is news at once")
		require.Equal(t, otherHost+"/beside", b.goesTo(failover.RepeatNo))
		step, to, _ := b.begin(failover.RepeatYes)
		require.Equal(t, mainHost+"/beside", to)
		require.True(t, step.Action.Probe, "a consultation finds out")
		b.now = b.now.Add(61 * time.Minute)
		require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo))
	}
}

// Beside a service that got no answer a consultation has less patience, where it can go elsewhere; an act has not.
func TestSpreadOfSilence(t *testing.T) {
	b := newTold(t)
	require.True(t, b.hear(silentBeside))
	_, to, patience := b.begin(failover.RepeatNo)
	require.Equal(t, mainHost+"/beside", to)
	require.Equal(t, 20*time.Second, patience)
	step, to, patience := b.begin(failover.RepeatYes)
	require.Equal(t, mainHost+"/beside", to, "nothing is known against it")
	require.Equal(t, 8*time.Second, patience)
	require.False(t, step.Action.Probe)
	b.end(step, failover.Answered)
	require.Equal(t, 20*time.Second, b.patience(), "it answered")

	b.hear(silentBeside)
	b.now = b.now.Add(time.Hour)
	require.Equal(t, 20*time.Second, b.patience(), "that was long ago")

	b.hear(silentBeside)
	require.True(t, b.hear(wellBeside))
	require.Equal(t, 20*time.Second, b.patience(), "the other one is back")

	b.s.Endpoints = b.s.Endpoints[:1]
	b.hear(silentBeside)
	require.Equal(t, 20*time.Second, b.patience(), "there is nowhere else")
}

// Where two services fail and nothing on the host answers, the acts of a third one stay away for an hour; its
// consultations go on asking, and the endpoint in use stays.
func TestSpreadOfASilentHost(t *testing.T) {
	b := newTold(t)
	b.others = append(b.others, other("second"), other("third"))

	b.play(0, failover.Timeout)
	b.hear(silentBeside)
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo), "one dead service sends nobody away")

	b.play(1, failover.Timeout)
	require.True(t, b.hear(silentBeside))
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatYes))
	step, to, patience := b.begin(failover.RepeatUnknown)
	require.Equal(t, otherHost+"/beside", to)
	require.Equal(t, 20*time.Second, patience)
	b.end(step, failover.Answered)
	health, err := failover.Status(b.s, failover.DefaultPolicy(), b.st, b.now)
	require.NoError(t, err)
	require.False(t, health.FailedOver, "nobody's failure is taken for another's")
	b.now = b.now.Add(time.Hour)
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo), "an hour without news")

	require.True(t, b.hear(silentBeside))
	require.Equal(t, otherHost+"/beside", b.goesTo(failover.RepeatNo))
	require.True(t, b.hear(wellBeside))
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo), "one is back")
}

// What two services of a host came to says whether the acts of a third one stay away.
func TestSpreadOfAHostThatFails(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome failover.Outcome
		code    string
		to      string
	}{
		{"it gave nothing", failover.Timeout, "", otherHost},
		{"HTTP 503: it may be one service's, for another one may answer", failover.Switch, "", mainHost},
		{"each service says it for itself", failover.Switch, "SOA-02001", mainHost},
		{"something of another", failover.Foreign, "", mainHost},
		{"it may be what one service does wrong", failover.Unreachable, "", mainHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTold(t)
			b.others = append(b.others, other("second"))
			b.play(0, c.outcome)
			b.play(1, c.outcome)
			n := silentBeside
			n.Outcome, n.SwitchCode = c.outcome, c.code
			b.hear(n)
			require.Equal(t, c.to+"/beside", b.goesTo(failover.RepeatNo))
		})
	}
}

// Where two services of a host came back less than an hour ago, one time-out is enough: it falls as a whole.
func TestSpreadOfAHostThatFallsAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		back int           // services that came back
		ago  time.Duration // since then
		to   string
	}{
		{"nothing came back", 0, 0, mainHost},
		{"one service alone comes and goes", 1, 0, mainHost},
		{"the host", 2, 0, otherHost},
		{"the host, long ago", 2, time.Hour, mainHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTold(t)
			b.others = append(b.others, other("second"), other("third"))
			for i := range c.back {
				b.comeBack(i)
			}
			b.now = b.now.Add(c.ago + time.Second)
			b.play(0, failover.Timeout)
			b.hear(silentBeside)
			require.Equal(t, c.to+"/beside", b.goesTo(failover.RepeatNo))
		})
	}
}

// What makes no silent host: the acts of a third service go where they always went.
func TestSpreadOfAHostThatIsNotSilent(t *testing.T) {
	for _, c := range []struct {
		name string
		seen func(b *told)
	}{
		{"between two dead services one answers", func(b *told) {
			b.play(1, failover.Timeout)
			b.now = b.now.Add(time.Second)
			b.play(2, failover.Answered)
			b.now = b.now.Add(time.Second)
			b.play(0, failover.Timeout)
		}},
		{"there is nowhere else", func(b *told) {
			b.s.Endpoints = b.s.Endpoints[:1]
			b.play(0, failover.Timeout)
			b.play(1, failover.Timeout)
		}},
		{"one failed long ago", func(b *told) {
			b.play(1, failover.Timeout)
			b.now = b.now.Add(2 * time.Hour)
			b.play(0, failover.Timeout)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTold(t)
			b.others = append(b.others, other("second"), other("third"))
			c.seen(b)
			b.hear(silentBeside)
			require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo))
		})
	}
}

// What is seen of a host that still does not answer keeps an act from finding out itself, but not for ever: a service
// that stays dead would keep one that has only acts from its main endpoint.
func TestSpreadOfSilenceKeepsActsAway(t *testing.T) {
	b := newTold(t)
	b.failOver()
	b.now = b.now.Add(50 * time.Minute)
	require.True(t, b.hear(silentBeside))
	b.now = b.now.Add(50 * time.Minute)
	require.Equal(t, otherHost+"/beside", b.goesTo(failover.RepeatNo))
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatYes), "its own rest is over")

	b = newTold(t)
	b.failOver()
	for range 2 {
		b.now = b.now.Add(50 * time.Minute)
		require.True(t, b.hear(silentBeside))
	}
	b.now = b.now.Add(30 * time.Minute)
	require.True(t, b.hear(silentBeside))
	require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo), "two hours after its own rest")
}

// Of one silent host every call of every service tells the others: once a minute is news, so that hosts do not store it
// each time, and an endpoint that failed long ago is not one that failed just now.
func TestSpreadOfSilenceIsNewsOnceAMinute(t *testing.T) {
	for _, hasFailed := range []bool{false, true} {
		b := newTold(t)
		if hasFailed {
			b.failOver()
			require.False(t, b.hear(silentBeside), "it found out itself")
			b.now = b.now.Add(time.Minute)
		}
		require.True(t, b.hear(silentBeside))
		b.now = b.now.Add(59 * time.Second)
		require.False(t, b.hear(silentBeside))
		b.now = b.now.Add(time.Second)
		require.True(t, b.hear(silentBeside))
	}
}

// A clock that was wrong when the news came says nothing once it is set right.
func TestSpreadByAWrongClock(t *testing.T) {
	for _, off := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		b := newTold(t)
		b.others = append(b.others, other("second"))
		b.now = b.now.Add(off)
		b.play(0, failover.Timeout)
		b.play(1, failover.Timeout)
		b.hear(silentBeside)
		b.now = b.now.Add(-off)
		require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo), off)
		require.Equal(t, 20*time.Second, b.patience(), off)
	}
}

func TestSpreadSaysNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*failover.Note)
	}{
		{"of another host", func(n *failover.Note) { n.Endpoint = otherHost + "/a" }},
		{"of another port", func(n *failover.Note) { n.Endpoint = mainHost + ":8443/a" }},
		{"of a switch fault", func(n *failover.Note) { n.Outcome, n.SwitchCode = failover.Switch, "SOA-02001" }},
		{"of a page", func(n *failover.Note) { n.Outcome = failover.Foreign }},
		{"of a body that breaks off", func(n *failover.Note) { n.Outcome = failover.Incomplete }},
		{"of a probe that begins", func(n *failover.Note) { n.Kind = failover.ProbeStarted }},
		{"of a switch", func(n *failover.Note) { n.Kind, n.To = failover.EndpointSwitched, mainHost+"/a" }},
		{"of nothing", func(n *failover.Note) { *n = failover.Note{} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newTold(t)
			before, n := b.st, silentBeside
			c.edit(&n)
			require.False(t, b.hear(n))
			require.Equal(t, before, b.st)
		})
	}
	b := newTold(t)
	require.False(t, b.hear(wellBeside), "nothing failed here")
	b.s.Endpoints[0].Active = false
	require.False(t, b.hear(silentBeside), "none is ACTIVE")
}

func TestSpreadLeavesAlone(t *testing.T) {
	t.Run("a probe under way", func(t *testing.T) {
		b := newTold(t)
		b.failOver()
		b.now = b.now.Add(10 * time.Minute)
		step, _, _ := b.begin(failover.RepeatYes)
		require.True(t, step.Action.Probe)
		require.False(t, b.hear(wellBeside))
	})
	t.Run("a State of another catalogue", func(t *testing.T) {
		b := newTold(t)
		b.s.Catalogue = b.now.Add(-time.Hour)
		b.failOver()
		b.s.Catalogue = b.now.Add(-time.Minute)
		require.False(t, b.hear(wellBeside))
	})
	t.Run("what breaks a rule", func(t *testing.T) {
		b := newTold(t)
		b.s.Quarantined = bcperr.OrderDuplicate
		require.False(t, b.hear(silentBeside))
	})
}

// An act that a silent host sent elsewhere, and that provably was not sent there, goes to the main endpoint at once.
func TestSpreadOfASilentHostAndNowhereElse(t *testing.T) {
	b := newTold(t)
	b.others = append(b.others, other("second"))
	b.play(0, failover.Timeout)
	b.play(1, failover.Timeout)
	b.hear(silentBeside)
	step, to, _ := b.begin(failover.RepeatNo)
	require.Equal(t, otherHost+"/beside", to)
	step, err := failover.Next(b.s, step.Call, b.st, failover.Event{Kind: failover.SendEnded,
		Outcome: failover.Unreachable, NotSent: true}, b.now)
	require.NoError(t, err)
	require.Equal(t, mainHost+"/beside", step.Action.Endpoint)
}

// A record that says more than any news could is none.
func TestSpreadOfAMadeUpDoubt(t *testing.T) {
	b := newTold(t)
	for _, untilMs := range []int64{b.now.Add(3 * time.Hour).UnixMilli(), 1<<53 - 1} {
		require.NoError(t, b.st.UnmarshalJSON(fmt.Appendf(nil, `{"v":1,"nowMs":%d,"down":[[0,0,%[1]d,%d,0]]}`,
			b.now.UnixMilli(), untilMs)))
		require.Equal(t, mainHost+"/beside", b.goesTo(failover.RepeatNo))
		require.Equal(t, 20*time.Second, b.patience())
	}
}
