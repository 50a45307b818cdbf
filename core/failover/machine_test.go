package failover_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// A story is a list of lines: "CALL: EVENT -> ACTION", where the event "begin" starts the call, "+5m" moves the clock,
// "publish 1" puts a newer catalogue in force with only e1 ACTIVE (none: no endpoint; gone: no service). Endpoints are
// https://e0/, https://e1/ …, e0 ACTIVE and the others not, unless the story says otherwise.
type story struct {
	name   string
	setUp  func(s *teller)
	script string
}

// teller plays a story.
type teller struct {
	service   failover.Service
	endpoints int
	policy    failover.Policy
	facts     failover.Facts
	state     failover.State
	now       time.Time
	calls     map[string]failover.Call
}

func url(i int) string { return "https://e" + strconv.Itoa(i) + "/" }

func newTeller() *teller {
	s := &teller{endpoints: 2, policy: failover.DefaultPolicy(), calls: map[string]failover.Call{}}
	s.now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s.service = failover.Service{ID: "urn:s", Catalogue: s.now.Add(-time.Hour)}
	s.facts.Repeat = failover.RepeatYes
	return s
}

// activate makes the endpoints named by their numbers ACTIVE.
func (s *teller) activate(numbers ...int) {
	s.service.Endpoints = nil
	for i := range s.endpoints {
		s.service.Endpoints = append(s.service.Endpoints, failover.Endpoint{Order: i, URL: url(i)})
	}
	for _, i := range numbers {
		s.service.Endpoints[i].Active = true
	}
}

// with sets a story up: the number of endpoints, the ACTIVE ones, and whatever else.
func with(endpoints int, active []int, more ...func(s *teller)) func(s *teller) {
	return func(s *teller) {
		s.endpoints = endpoints
		s.activate(active...)
		for _, f := range more {
			f(s)
		}
	}
}

func published(s *teller)  { s.policy.Name = failover.Published }
func noFailback(s *teller) { s.policy.Failback = false }
func act(s *teller)        { s.facts.Repeat = failover.RepeatNo }
func unknown(s *teller)    { s.facts.Repeat = failover.RepeatUnknown }

// twice gives the second endpoint the URL of the first, for calls that may not run twice.
func twice(s *teller) {
	act(s)
	s.service.Endpoints[1].URL = url(0)
}
func serveExpired(s *teller) {
	s.facts.ServeExpired = true
}
func cached(strategy servicelist.Strategy) func(s *teller) {
	return func(s *teller) {
		s.service.Cache = strategy
		s.service.ValidUntil = func(stored time.Time) time.Time { return stored.AddDate(0, 0, 1) }
		s.facts.Cache, s.facts.CacheKey = true, "k"
	}
}

// event reads the words of a story.
func (s *teller) event(t *testing.T, word string) failover.Event {
	sent := func(o failover.Outcome) failover.Event { return failover.Event{Kind: failover.SendEnded, Outcome: o} }
	stored := func(ago time.Duration) failover.Event {
		at := s.now.Add(-ago)
		return failover.Event{Kind: failover.CacheHit, StoredAtMs: at.UnixMilli(),
			ValidUntilMs: at.AddDate(0, 0, 1).UnixMilli()}
	}
	e, known := map[string]failover.Event{
		"ok":          {Kind: failover.SendEnded, Outcome: failover.Answered, Cacheable: true},
		"fault":       sent(failover.Answered),
		"switch":      {Kind: failover.SendEnded, Outcome: failover.Switch, SwitchCode: "SOA-02001"},
		"503":         {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 503},
		"unreachable": sent(failover.Unreachable),
		"refused":     {Kind: failover.SendEnded, Outcome: failover.Unreachable, NotSent: true},
		"timeout":     sent(failover.Timeout),
		"incomplete":  sent(failover.Incomplete),
		"cancelled":   sent(failover.Cancelled),
		"hit":         stored(time.Hour),
		"old hit":     stored(48 * time.Hour),
		"ending hit":  stored(24*time.Hour - 2*time.Minute), // it has two minutes left by this clock
		"future hit":  stored(-time.Hour),
		"bare hit":    {Kind: failover.CacheHit, StoredAtMs: s.now.Add(-29 * 24 * time.Hour).UnixMilli()},
		"bare old":    {Kind: failover.CacheHit, StoredAtMs: s.now.Add(-31 * 24 * time.Hour).UnixMilli()},
		"long hit": {Kind: failover.CacheHit, StoredAtMs: s.now.Add(-31 * 24 * time.Hour).UnixMilli(),
			ValidUntilMs: s.now.Add(time.Hour).UnixMilli()},
		"bad hit":   {Kind: failover.CacheHit, StoredAtMs: -1},
		"miss":      {Kind: failover.CacheMiss},
		"written":   {Kind: failover.CacheWritten},
		"unwritten": {Kind: failover.CacheFailed},
		"refreshed": {Kind: failover.CatalogueRefreshed},
		"unchanged": {Kind: failover.CatalogueUnchanged},
		"cancel":    {Kind: failover.CallCancelled},
		"deadline":  {Kind: failover.DeadlinePassed},
		"given up":  {Kind: failover.CallCancelled, NotSent: true},
		"too late":  {Kind: failover.DeadlinePassed, NotSent: true},
		"nothing":   {},
		"waited":    {Kind: failover.Waited},
		"foreign":   {Kind: failover.SendEnded, Outcome: failover.Foreign, Status: 404},
		"forbidden": {Kind: failover.SendEnded, Outcome: failover.Foreign, Status: 403},
		"silence":   {Kind: failover.SendEnded, Outcome: failover.Answered, Silent: true},
		"offline":   {Kind: failover.SendEnded, Outcome: failover.Unreachable, NotSent: true, Blameless: true},
		"refusal": {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 500,
			SwitchCode: "SOA-01001", Fault: true},
		"code": {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 500,
			SwitchCode: "SOA-02001", Fault: true},
		"503 fault": {Kind: failover.SendEnded, Outcome: failover.Switch, Status: 503, Fault: true},
	}[word]
	require.True(t, known, "event %q", word)
	return e
}

// words puts an action into the words of a story.
func (s *teller) words(a failover.Action, err error) string {
	name := func(url string) string { return strings.Trim(strings.TrimPrefix(url, "https://"), "/") }
	text := string(a.Do)
	switch {
	case err != nil:
		return "error " + string(bcperr.CodeOf(err))
	case a.Do == failover.DoSend:
		text += " " + name(a.Endpoint)
		if a.Probe {
			text += " probe"
		}
		if a.Timeout != s.policy.AttemptTimeout {
			text += " within " + a.Timeout.String()
		}
	case a.Do == failover.DoWait:
		text += " within " + a.Timeout.String()
	case a.Do == failover.DoWriteCache:
		text += " for " + time.Duration((a.ValidUntilMs-a.StoredAtMs)*int64(time.Millisecond)).String()
	case a.Do == failover.DoAnswer && a.Source == failover.FromNetwork:
		text += " " + name(a.Endpoint) + " after " + strconv.Itoa(a.Attempts)
		if a.Exhausted {
			text += strings.TrimRight(" exhausted "+string(a.Code), " ")
		}
	case a.Do == failover.DoAnswer:
		text += " cache"
		if a.Expired {
			text += " expired"
		}
	case a.Do == failover.DoFail:
		text += " " + string(a.Code)
		for _, one := range a.Tried {
			text += " " + name(one.Endpoint) + ":" + string(one.Outcome)
		}
		if a.CacheCode != "" {
			text += " " + string(a.CacheCode)
		}
	}
	return text
}

// line plays one line.
func (s *teller) line(t *testing.T, line string) {
	if rest, isPublish := strings.CutPrefix(line, "publish "); isPublish {
		s.service.Catalogue = s.service.Catalogue.Add(time.Minute)
		switch i, err := strconv.Atoi(rest); {
		case rest == "gone":
			s.service = failover.Service{}
		case err != nil:
			s.activate()
		default:
			s.activate(i)
		}
		return
	}
	if line[0] == '+' || line[0] == '-' {
		d, err := time.ParseDuration(line)
		require.NoError(t, err)
		s.now = s.now.Add(d)
		return
	}
	name, rest, _ := strings.Cut(line, ": ")
	event, want, _ := strings.Cut(rest, " -> ")
	var step failover.Step
	var err error
	if event == "begin" {
		step, err = failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
	} else {
		step, err = failover.Next(s.service, s.calls[name], s.state, s.event(t, event), s.now)
	}
	require.Equal(t, want, s.words(step.Action, err), line)
	if err == nil {
		s.calls[name], s.state = step.Call, step.State
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	for _, one := range allStories() {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			s := newTeller()
			one.setUp(s)
			for line := range strings.Lines(one.script) {
				if line = strings.TrimSpace(line); line != "" {
					s.line(t, line)
				}
			}
		})
	}
}

// An act that may have arrived says how it ended, and what to do.
func TestNotRepeatableIsSaid(t *testing.T) {
	t.Parallel()
	const after = "; it may not run twice, so no other endpoint was asked: look whether it was done " +
		"before you send it again"
	for outcome, want := range map[failover.Outcome]string{
		failover.Timeout:     ": no answer in time",
		failover.Unreachable: ": the connection failed, and nothing proves that it did before the request left",
		failover.Incomplete:  ": the answer broke off",
	} {
		s := newTeller()
		with(2, []int{0}, act)(s)
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 0, s.now)
		require.NoError(t, err)
		event := failover.Event{Kind: failover.SendEnded, Outcome: outcome}
		step, err = failover.Next(s.service, step.Call, step.State, event, s.now)
		require.NoError(t, err)
		require.Equal(t, bcperr.NotRepeatable, step.Action.Code)
		require.Equal(t, "the request may have been processed"+want+after, step.Action.Detail)
	}
}

// In an outage a call leaves out what failed a moment ago. Its error says so, and until when.
func TestLeftOutIsSaid(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(3, []int{0})(s)
	down := failover.Event{Kind: failover.SendEnded, Outcome: failover.Unreachable}
	fails := func(took time.Duration) string {
		step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 0, s.now)
		for err == nil && step.Action.Do == failover.DoSend {
			s.now = s.now.Add(took)
			step, err = failover.Next(s.service, step.Call, step.State, down, s.now)
		}
		require.NoError(t, err)
		s.state = step.State
		require.Equal(t, bcperr.EndpointsExhausted, step.Action.Code)
		return step.Action.Detail
	}
	require.Equal(t, "no endpoint answered, 3 tried", fails(time.Second)) // at 12:00:01, :02 and :03
	require.Equal(t, "no endpoint answered, 1 tried; 2 that failed less than 10 s ago left out until "+
		"2026-03-01T12:00:13Z", fails(0))
	s.now = s.now.Add(10 * time.Second)
	require.Equal(t, "no endpoint answered, 2 tried; 1 that failed less than 10 s ago left out until "+
		"2026-03-01T12:00:14Z", fails(0))
	s.now = s.now.Add(11 * time.Second)
	require.Equal(t, "no endpoint answered, 3 tried", fails(0))
}
