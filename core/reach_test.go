package core_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// watched plays calls to one service and tells what Reach says of it.
type watched struct {
	t         *testing.T
	catalogue *core.Catalogue
	service   string
	policy    failover.Policy
	state     failover.State
	now       time.Time
	notes     []failover.Note
}

func watch(t *testing.T, file, service string) *watched {
	policy := failover.DefaultPolicy()
	return &watched{t: t, catalogue: open(t, file), service: service, policy: policy, now: judged}
}

// call plays one call: each send ends with the next outcome. It returns what the call ended with.
func (w *watched) call(repeat failover.Repeat, outcomes ...failover.Outcome) failover.Action {
	w.t.Helper()
	request := core.Request{Target: w.service, Policy: w.policy, Facts: failover.Facts{Repeat: repeat}}
	step, _, err := w.catalogue.Begin(request, w.state, w.now)
	require.NoError(w.t, err)
	for _, outcome := range outcomes {
		require.Equal(w.t, failover.DoSend, step.Action.Do)
		step, err = w.catalogue.Next(step.Call, step.State, failover.Event{Kind: failover.SendEnded, Outcome: outcome},
			w.now)
		require.NoError(w.t, err)
		w.notes = append(w.notes, step.Notes...)
	}
	require.NotEqual(w.t, failover.DoSend, step.Action.Do, "the call goes on")
	w.state = step.State
	return step.Action
}

func (w *watched) reach() procedure.ServiceState {
	w.t.Helper()
	all, err := w.catalogue.Reach(map[string]failover.State{w.service: w.state}, w.policy, nil, []string{w.service},
		w.now)
	require.NoError(w.t, err)
	for _, s := range all {
		if s.ID == w.service {
			require.True(w.t, s.Used)
			return s
		}
	}
	w.t.Fatalf("no service %q", w.service)
	return procedure.ServiceState{}
}

func (w *watched) says(reach procedure.Reach) {
	w.t.Helper()
	require.Equal(w.t, reach, w.reach().Reach)
}

// The outage of a service as the panel tells it: each word only after it was seen.
func TestReachTellsWhatWasSeen(t *testing.T) {
	w := watch(t, "v1.xml", memberData)
	w.says(procedure.ReachUnused)
	w.call(failover.RepeatYes, failover.Answered)
	w.says(procedure.ReachMain)
	require.Equal(t, judged.UnixMilli(), w.reach().AnsweredAtMs)

	w.now = w.now.Add(time.Hour)
	began := w.now.UnixMilli()
	w.call(failover.RepeatYes, failover.Unreachable, failover.Answered)
	w.says(procedure.ReachRecovery)
	require.NotEqual(t, "", w.reach().Endpoint)
	require.Equal(t, began, w.reach().SinceMs)
	require.Empty(t, w.recovered(), "no caller was left without an answer")

	w.now = w.now.Add(time.Minute)
	w.call(failover.RepeatYes, failover.Unreachable, failover.Unreachable)
	w.says(procedure.ReachDown)
	require.Equal(t, began, w.reach().SinceMs, "the outage began with its first failure")
	require.InDelta(t, w.now.UnixMilli(), w.reach().FailedAtMs, 5, "stamps of one millisecond are told apart")
	require.Greater(t, w.reach().RetryAtMs, w.now.UnixMilli())

	w.now = w.now.Add(2 * time.Hour)
	w.says(procedure.ReachRetry)
	w.call(failover.RepeatYes, failover.Unreachable, failover.Answered)
	w.says(procedure.ReachRecovery)
	require.Equal(t, began, w.reach().SinceMs, "until the main endpoint is back")
	require.Equal(t, []int64{began}, w.recovered())

	w.now = w.now.Add(2 * time.Hour)
	w.call(failover.RepeatYes, failover.Answered)
	w.says(procedure.ReachMain)
	require.Zero(t, w.reach().SinceMs)
	require.Len(t, w.recovered(), 1, "that the main endpoint is back, failback tells")

	w.now = w.now.Add(2 * time.Hour)
	second := w.now.UnixMilli()
	w.call(failover.RepeatYes, failover.Unreachable, failover.Unreachable)
	require.Equal(t, second, w.reach().SinceMs)
	w.now = w.now.Add(2 * time.Hour)
	w.call(failover.RepeatYes, failover.Answered)
	require.Equal(t, []int64{began, second}, w.recovered(), "nobody asked the other one since it failed")
}

// recovered returns the moments since which a service was out, of those that it was told of.
func (w *watched) recovered() (sinceMs []int64) {
	for _, note := range w.notes {
		if note.Kind == failover.ServiceRecovered {
			sinceMs = append(sinceMs, note.SinceMs)
		}
	}
	return sinceMs
}

// After one failed act nobody has seen the other endpoint, and nobody knows whether the act arrived.
func TestReachOfAnAct(t *testing.T) {
	w := watch(t, "v1.xml", eAttest)
	require.EqualValues(t, "not-repeatable", w.call(failover.RepeatNo, failover.Unreachable).Code)
	w.says(procedure.ReachUnconfirmed)
	require.True(t, w.reach().Uncertain)
	require.Equal(t, w.now.UnixMilli(), w.reach().SinceMs)

	w.now = w.now.Add(14 * time.Hour)
	w.says(procedure.ReachRetry)
	require.True(t, w.reach().Uncertain, "nothing has cleared it up")
	w.call(failover.RepeatNo, failover.Answered)
	require.False(t, w.reach().Uncertain)
	require.Len(t, w.recovered(), 1)
}

// A switch fault proves that the act was not processed; the caller who gives up in mid-call proves nothing.
func TestReachKnowsWhatProvesNothing(t *testing.T) {
	w := watch(t, "v1.xml", eAttest)
	step, _, err := w.catalogue.Begin(core.Request{Target: eAttest, Policy: w.policy,
		Facts: failover.Facts{Repeat: failover.RepeatNo}}, w.state, w.now)
	require.NoError(t, err)
	fault := failover.Event{Kind: failover.SendEnded, Outcome: failover.Switch, Status: 500, SwitchCode: "SOA-02001"}
	for step.Action.Do == failover.DoSend {
		step, err = w.catalogue.Next(step.Call, step.State, fault, w.now)
		require.NoError(t, err)
	}
	w.state = step.State
	w.says(procedure.ReachDown)
	require.False(t, w.reach().Uncertain)

	w = watch(t, "v1.xml", eAttest)
	step, _, err = w.catalogue.Begin(core.Request{Target: eAttest, Policy: w.policy,
		Facts: failover.Facts{Repeat: failover.RepeatNo}}, w.state, w.now)
	require.NoError(t, err)
	step, err = w.catalogue.Next(step.Call, step.State, failover.Event{Kind: failover.CallCancelled}, w.now)
	require.NoError(t, err)
	w.state = step.State
	require.True(t, w.reach().Uncertain)
	w.says(procedure.ReachUnused)
}

// A republication that moves a service says that its main endpoint is out; that another one works, only an answer says.
func TestReachOfARepublication(t *testing.T) {
	moved := ""
	for _, row := range open(t, "v2-recovery.xml").Services().Services {
		if row.Endpoints[0].Status == "INACTIVE" {
			moved = row.ID
		}
	}
	require.NotEmpty(t, moved)
	w := watch(t, "v2-recovery.xml", moved)
	w.says(procedure.ReachUnconfirmed)
	require.Equal(t, w.catalogue.Summary().IssueInstantMs, w.reach().SinceMs)
	w.call(failover.RepeatYes, failover.Answered)
	w.says(procedure.ReachRecovery)
	require.Equal(t, w.catalogue.Summary().IssueInstantMs, w.reach().SinceMs)
}

// A republication ends no outage: whoever was out before it has been out since.
func TestReachOfARepublicationInAnOutage(t *testing.T) {
	w := watch(t, "v1.xml", eAttest)
	began := w.now.UnixMilli()
	w.call(failover.RepeatYes, failover.Unreachable, failover.Unreachable)
	for range 2 { // what is out under both lists
		w.now = w.now.Add(2 * time.Hour)
		w.call(failover.RepeatYes, failover.Unreachable, failover.Unreachable)
		require.Equal(t, began, w.reach().SinceMs)
		w.catalogue = open(t, "v2-recovery.xml")
	}
	w.now = w.now.Add(2 * time.Hour)
	w.call(failover.RepeatYes, failover.Answered)
	require.Equal(t, []int64{began}, w.recovered())
	require.Zero(t, w.reach().SinceMs)
}

// What two tabs saw, they know together, in whichever sequence they hear of it.
func TestReachOfTwoTabs(t *testing.T) {
	here, there := watch(t, "v1.xml", eAttest), watch(t, "v1.xml", eAttest)
	here.call(failover.RepeatNo, failover.Unreachable)
	there.now = there.now.Add(time.Minute)
	there.state = failover.Merge(there.state, here.state)
	there.call(failover.RepeatNo, failover.Answered)
	for _, state := range []failover.State{failover.Merge(here.state, there.state),
		failover.Merge(there.state, here.state)} {
		here.state, here.now = state, there.now
		here.says(procedure.ReachRecovery)
		require.False(t, here.reach().Uncertain)
		require.Equal(t, judged.UnixMilli(), here.reach().SinceMs)
	}
}
