package failover_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(2, first, cached(servicelist.EndpointFirst))(s)
	s.facts.CacheKey = "<k> \"é\"\n\x01\xff\u2028"
	s.policy.CoolDown, s.policy.Failback = time.Minute, false
	step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
	require.NoError(t, err)
	text, err := json.Marshal(step)
	require.NoError(t, err)
	require.Equal(t, `{"call":{"v":1,"phase":"send","service":"urn:s","startMs":1772366400000,"random":7,`+
		`"policy":{"failback":false,"coolDownMs":60000},`+
		`"facts":{"repeat":"yes","cache":true,"cacheKey":"\u003ck\u003e \"é\"\u000a\u0001�\u2028"},`+
		`"cache":true,"sending":"https://e0/"},`+
		`"state":{"v":1,"nowMs":1772366400000,"catalogueMs":1772362800000},`+
		`"action":{"do":"send","endpoint":"https://e0/","attempt":1,"timeoutMs":20000},"changed":true}`, string(text))

	step, err = failover.Next(s.service, step.Call, step.State, s.event(t, "switch"), s.now)
	require.NoError(t, err)
	require.Equal(t, `"state":{"v":1,"nowMs":1772366400000,"catalogueMs":1772362800000,"chosen":[1,1772366400001],`+
		`"down":[[0,1,1772366400000,1772366448852,0]],"seen":[[0,0,1772366400000]]},`+
		`"action":{"do":"send","endpoint":"https://e1/","attempt":2,"timeoutMs":20000},"changed":true,`+
		`"notes":[{"kind":"endpoint-failed","endpoint":"https://e0/","outcome":"switch",`+
		`"switchCode":"SOA-02001","coolDownMs":48852},`+
		`{"kind":"endpoint-switched","from":"https://e0/","to":"https://e1/"}]}`, after(t, step, `"state":`))

	step, err = failover.Next(s.service, step.Call, step.State, s.event(t, "unreachable"), s.now.Add(time.Second))
	require.NoError(t, err)
	require.Contains(t, after(t, step, `"action":`), `{"do":"readCache","service":"urn:s","key":"`)
	step, err = failover.Next(s.service, step.Call, step.State, s.event(t, "miss"), s.now.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t,
		`"action":{"do":"fail","code":"endpoints-exhausted",`+
			`"detail":"no endpoint answered, 2 tried; nothing in the cache",`+
			`"tried":[{"endpoint":"https://e0/","outcome":"switch","switchCode":"SOA-02001"},`+
			`{"endpoint":"https://e1/","outcome":"unreachable"}],"cache":"cache-miss"}}`,
		after(t, step, `"action":`))
	require.Equal(t, `{"v":1}`, strings.TrimPrefix(strings.SplitAfter(after(t, step, `"call":`), "}")[0], `"call":`))
}

// after returns the JSON of a step from a member on.
func after(t *testing.T, step failover.Step, member string) string {
	t.Helper()
	text := string(step.AppendJSON(nil))
	require.Contains(t, text, member)
	return text[strings.Index(text, member):]
}

func TestJSONRefused(t *testing.T) {
	t.Parallel()
	into := map[string]func() any{
		"state":  func() any { return new(failover.State) },
		"call":   func() any { return new(failover.Call) },
		"facts":  func() any { return new(failover.Facts) },
		"policy": func() any { return new(failover.Policy) },
		"event":  func() any { return new(failover.Event) },
	}
	for name, c := range map[string]struct{ kind, text string }{
		"not an object":             {"state", `[]`},
		"unknown member":            {"state", `{"v":1,"x":1}`},
		"negative moment":           {"state", `{"nowMs":-1}`},
		"a moment past all":         {"state", `{"nowMs":8640000000000001}`},
		"not an integer":            {"state", `{"nowMs":1.5}`},
		"text for a number":         {"state", `{"nowMs":"1"}`},
		"choice too short":          {"state", `{"chosen":[1]}`},
		"choice too long":           {"state", `{"chosen":[1,2,3]}`},
		"an Order out of range":     {"state", `{"chosen":[9007199254740992,2]}`},
		"failures not ascending":    {"state", `{"down":[[1,1,1,1,0],[1,1,1,1,0]]}`},
		"too many failures":         {"state", `{"down":[` + numbered(`[%d,1,1,1,0]`, 129) + `]}`},
		"unknown phase":             {"call", `{"v":1,"phase":"other"}`},
		"another version":           {"call", `{"v":2}`},
		"a phase without a policy":  {"call", `{"v":1,"phase":"send"}`},
		"a policy out of bounds":    {"call", `{"v":1,"phase":"send","policy":{"name":"x"}}`},
		"unknown member of a call":  {"call", `{"v":1,"x":1}`},
		"unknown member of attempt": {"call", `{"v":1,"tried":[{"x":"1"}]}`},
		"too many attempts":         {"call", `{"v":1,"tried":[` + strings.Repeat(`{},`, 64) + `{}]}`},
		"random too large":          {"call", `{"v":1,"random":9007199254740992}`},
		"unknown fact":              {"facts", `{"repeatable":"yes"}`},
		"text for true":             {"facts", `{"cache":"true"}`},
		"unknown member of policy":  {"policy", `{"failBack":true}`},
		"unknown policy":            {"policy", `{"name":"other"}`},
		"attempt too short":         {"policy", `{"attemptTimeoutMs":99}`},
		"attempt too long":          {"policy", `{"attemptTimeoutMs":300001}`},
		"total too short":           {"policy", `{"totalTimeoutMs":99}`},
		"total too long":            {"policy", `{"totalTimeoutMs":900001}`},
		"cool-down too short":       {"policy", `{"coolDownMs":999}`},
		"cool-down too long":        {"policy", `{"coolDownMs":3600001}`},
		"longest below shortest":    {"policy", `{"maxCoolDownMs":299999}`},
		"longest too long":          {"policy", `{"maxCoolDownMs":86400001}`},
		"cap too short":             {"policy", `{"maxCacheAgeMs":59999}`},
		"cap too long":              {"policy", `{"maxCacheAgeMs":31622400001}`},
		"unknown member of event":   {"event", `{"kind":"outcome","x":1}`},
		"status out of range":       {"event", `{"status":1000}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, bcperr.BadCall, bcperr.CodeOf(json.Unmarshal([]byte(c.text), into[c.kind]())))
		})
	}
	for _, text := range []string{``, `{`, `{"v"`, `{"v":`, `{"v":1`, `{"v":1,`, `{"v":1,}`, `{"v" 1}`,
		`{"v":1}x`, `{"chosen":[1,2}`,
		`{"down":[[1,1,1,1,0]`, `{"v":"`, `{"v`, `{"v\`, `{"\u12":1}`} {
		var st failover.State
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(st.UnmarshalJSON([]byte(text))), text)
	}
}

// A State that a later version wrote is no reason to refuse the call of a tab that still runs this one.
func TestStateOfAnotherVersion(t *testing.T) {
	t.Parallel()
	st := failover.State{}
	require.NoError(t, json.Unmarshal([]byte(`{"v":2,"endpoints":{"a":1}}`), &st))
	require.Equal(t, `{"v":1}`, text(st))
	require.NoError(t, json.Unmarshal([]byte(` { "nowMs" : 5 , "v" : 1 } `), &st))
	require.Equal(t, `{"v":1,"nowMs":5}`, text(st))
}

// Fifty services, each with three endpoints of which two fail and one is probed, are more than a country loses.
func TestStateSize(t *testing.T) {
	t.Parallel()
	states := map[string]failover.State{}
	for i := range 50 {
		s := newTeller()
		with(3, first)(s)
		s.service.ID = fmt.Sprintf("uddi:ehealth-fgov-be:business:chapterivchapterivagreementadmission:v%d", i)
		for _, line := range []string{"a: begin -> send e0", "a: timeout -> send e1", "a: timeout -> send e2",
			"a: ok -> answer e2 after 3",
			"+5m", "b: begin -> send e0 probe within 8s"} {
			s.line(t, line)
		}
		states[s.service.ID] = s.state
	}
	stored, err := json.Marshal(states)
	require.NoError(t, err)
	require.Less(t, len(stored), 17*1024)
}

func TestBeginRefused(t *testing.T) {
	t.Parallel()
	many := make([]failover.Endpoint, 65)
	for name, c := range map[string]struct {
		change func(s *teller)
		random uint64
		want   bcperr.Code
	}{
		"zero policy":          {func(s *teller) { s.policy = failover.Policy{} }, 0, bcperr.BadCall},
		"unknown repeat":       {func(s *teller) { s.facts.Repeat = "often" }, 0, bcperr.BadCall},
		"random too large":     {func(*teller) {}, 1 << 53, bcperr.BadCall},
		"before 1970":          {func(s *teller) { s.now = time.Time{} }, 0, bcperr.BadCall},
		"after all":            {func(s *teller) { s.now = time.UnixMilli(8_640_000_000_000_001) }, 0, bcperr.BadCall},
		"endless time-out":     {func(s *teller) { s.policy.AttemptTimeout = time.Hour }, 0, bcperr.BadCall},
		"too many of anything": {func(s *teller) { s.service.Endpoints = many }, 0, bcperr.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTeller()
			with(2, first)(s)
			c.change(s)
			_, err := failover.Begin(s.service, s.facts, s.policy, s.state, c.random, s.now)
			require.Equal(t, c.want, bcperr.CodeOf(err))
		})
	}
}

// A service that is refused anyway does not cost its status, and so that of every other service, by its size.
func TestQuarantinedOfAnySize(t *testing.T) {
	t.Parallel()
	s := newTeller()
	s.service.Endpoints, s.service.Quarantined = make([]failover.Endpoint, 65), bcperr.LimitExceeded
	step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 0, s.now)
	require.NoError(t, err)
	require.Equal(t, bcperr.ServiceQuarantined, step.Action.Code)
	_, err = failover.Status(s.service, s.policy, s.state, s.now)
	require.NoError(t, err)
}

func TestNextRefused(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(2, first)(s)
	step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
	require.NoError(t, err)
	ok := s.event(t, "ok")

	other := s.service
	other.ID = "urn:other"
	_, err = failover.Next(other, step.Call, step.State, ok, s.now)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "another service")
	_, err = failover.Next(failover.Service{}, failover.Call{}, step.State, s.event(t, "cancel"), s.now)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "the zero Call")
	_, err = failover.Next(s.service, step.Call, step.State, ok, time.Time{})
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "a moment out of bounds")
	_, err = failover.Next(s.service, step.Call, step.State,
		failover.Event{Kind: failover.SendEnded, Outcome: "other"}, s.now)
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "an unknown outcome")
}

// Begin and Next are functions: what they were given stays as it was, and the same again gives the same.
func TestPure(t *testing.T) {
	t.Parallel()
	s := newTeller()
	with(6, first)(s)
	for _, line := range []string{"a: begin -> send e0", "a: switch -> send e1", "a: switch -> send e2",
		"a: switch -> send e3"} {
		s.line(t, line)
	}
	call, state := s.calls["a"], s.state
	before := text(state)
	next := func(word string) string {
		step, err := failover.Next(s.service, call, state, s.event(t, word), s.now)
		require.NoError(t, err)
		return string(step.AppendJSON(nil))
	}
	down, switched := next("unreachable"), next("switch")
	require.NotEqual(t, down, switched)
	require.Equal(t, down, next("unreachable"))
	require.Equal(t, before, text(state))

	one, err := failover.Next(s.service, call, state, s.event(t, "unreachable"), s.now)
	require.NoError(t, err)
	kept := string(one.AppendJSON(nil))
	_, err = failover.Next(s.service, one.Call, one.State, s.event(t, "switch"), s.now)
	require.NoError(t, err)
	next("timeout")
	_, err = failover.Begin(s.service, s.facts, s.policy, one.State, 7,
		s.now.Add(5*time.Minute)) // a probe: e0's record changes
	require.NoError(t, err)
	require.Equal(t, kept, string(one.AppendJSON(nil)), "a later step does not write into an earlier one")
}

func FuzzNext(f *testing.F) {
	s := newTeller()
	with(2, first, cached(servicelist.CacheFirst))(s)
	step, err := failover.Begin(s.service, s.facts, s.policy, s.state, 7, s.now)
	require.NoError(f, err)
	call, _ := step.Call.MarshalJSON()
	state, _ := step.State.MarshalJSON()
	f.Add(call, state, []byte(`{"kind":"cacheMiss"}`), int64(1), byte(0))
	f.Add(call, state, []byte(`{"kind":"cacheHit","storedAtMs":1,"validUntilMs":9007199254740991}`),
		int64(8_640_000_000_000_000), byte(7))
	f.Add(
		[]byte(
			`{"v":1,"phase":"send","service":"urn:s","policy":{"name":"published"},"facts":{},"cache":true,`+
				`"sending":"https://e0/"}`),
		[]byte(`{"v":1,"chosen":[1,9007199254740991],"down":[[0,9,9,9,1]]}`),
		[]byte(`{"kind":"outcome","outcome":"timeout"}`), int64(9), byte(3))
	f.Fuzz(func(t *testing.T, callText, stateText, eventText []byte, nowMs int64, shape byte) {
		var c failover.Call
		var st failover.State
		var e failover.Event
		if c.UnmarshalJSON(callText) != nil || st.UnmarshalJSON(stateText) != nil || e.UnmarshalJSON(eventText) != nil {
			return
		}
		service := failover.Service{ID: c.Service(), Cache: servicelist.CacheFirst,
			Catalogue: time.UnixMilli(int64(shape))}
		for i := range int(shape % 4) {
			service.Endpoints = append(service.Endpoints, failover.Endpoint{Order: i, Active: shape>>i&4 != 0,
				URL: url(i)})
		}
		for range 10 { // whatever comes, the call goes on or is over
			step, err := failover.Next(service, c, st, e, time.UnixMilli(nowMs))
			if err != nil {
				require.Contains(t, []bcperr.Code{bcperr.BadCall, bcperr.LimitExceeded}, bcperr.CodeOf(err))
				e = failover.Event{Kind: failover.CallCancelled}
				continue
			}
			require.NotEmpty(t, step.Action.Do)
			require.True(t, json.Valid(step.AppendJSON(nil)))
			c, st = step.Call, step.State
			if step.Action.Do == failover.DoFail || step.Action.Do == failover.DoAnswer {
				return
			}
		}
	})
}

// numbered returns the numbers from 0 to n-1 in the format, with commas.
func numbered(format string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(list, ",")
}
