package replay_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover/replay"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// reference is the policy that the recording was made under.
func reference() failover.Policy {
	p := failover.DefaultPolicy()
	p.Failback = false
	return p
}

// recorded is what a recording says about each call.
type recorded []struct {
	Case  int
	Steps []struct {
		Call                 string
		Tried                []string
		Outcome, ActiveAfter string
	}
}

func TestPlanReference(t *testing.T) {
	t.Parallel()
	text := corpus.File(t, "vectors", "failover-reference.json")
	out, err := replay.Run(text, replay.Options{Policy: reference()})
	require.NoError(t, err)

	var want, got recorded
	require.NoError(t, json.Unmarshal(text, &want))
	require.NoError(t, json.Unmarshal(out, &got))
	require.Len(t, got, 150)
	for i := range want {
		require.Equal(t, want[i], got[i], "case %d", want[i].Case)
	}

	again, err := replay.Run(out, replay.Options{Policy: reference()})
	require.NoError(t, err)
	require.Equal(t, string(out), string(again), "the answer can be replayed")
}

func TestPlanKeepsForm(t *testing.T) {
	t.Parallel()
	out, err := replay.Run([]byte("\ufeff"+`{"steps":[{"activeAfter":"?","down":{},"call":"https://a/"},{"publish":1}],
		"active":0,"endpoints":["https://a/","https://b/"],"case":"<7>"}`), replay.Options{Policy: reference()})
	require.NoError(t, err)
	form, _, _ := strings.Cut(string(out), `,"state"`)
	require.Equal(t, `{"steps":[{"activeAfter":"https://a/","down":{},"call":"https://a/",`+
		`"tried":["https://a/"],"outcome":"ok","source":"network"`, form)
	require.True(t, strings.HasSuffix(string(out),
		`}},{"publish":1}],"active":0,"endpoints":["https://a/","https://b/"],"case":"<7>"}`), string(out))
}

// planned plays a script of two endpoints, a (ACTIVE) and b, and returns "tried source-or-code activeAfter" of each
// call.
func planned(t *testing.T, steps string, o replay.Options, more ...string) []string {
	t.Helper()
	text := `{"endpoints":["https://a/","https://b/"],"active":0,"steps":[` + steps + `]` + strings.Join(more, "") + `}`
	out, err := replay.Run([]byte(text), o)
	require.NoError(t, err)
	var got struct {
		Steps []struct {
			Call                      *string
			Tried                     []string
			Source, Code, ActiveAfter string
		}
	}
	require.NoError(t, json.Unmarshal(out, &got))
	var lines []string
	for _, s := range got.Steps {
		if s.Call != nil {
			line := strings.Join(s.Tried, "+") + " " + s.Source + s.Code + " " + s.ActiveAfter
			lines = append(lines, strings.NewReplacer("https://", "", "/", "").Replace(line))
		}
	}
	return lines
}

func TestPlan(t *testing.T) {
	t.Parallel()
	const aDown = `{"call":"https://a/","down":{"https://a/":"conn"}},`
	withFailback := replay.Options{Policy: failover.DefaultPolicy()}
	published := replay.Options{Policy: failover.DefaultPolicy()}
	published.Policy.Name = failover.Published
	impatient := replay.Options{Policy: failover.DefaultPolicy()}
	impatient.Policy.TotalTimeout = impatient.Policy.AttemptTimeout
	without := replay.Options{Policy: reference()}
	for name, c := range map[string]struct {
		steps string
		o     replay.Options
		more  string
		want  []string
	}{
		"sticks without failback": {aDown + `{"advanceMs":86400000},{"call":"https://a/"}`, without, "",
			[]string{"a+b network b", "b network b"}},
		"returns with failback": {aDown + `{"advanceMs":300000},{"call":"https://a/"}`, withFailback, "",
			[]string{"a+b network b", "a network a"}},
		"rests with failback": {aDown + `{"advanceMs":200000},{"call":"https://a/"}`, withFailback, "",
			[]string{"a+b network b", "b network b"}},
		"acts only once": {`{"call":"https://a/","down":{"https://a/":"timeout"},"idempotent":false},` +
			`{"call":"https://a/","idempotent":true}`, without, "",
			[]string{"a not-repeatable b", "b network b"}},
		"acts go on after a switch fault": {`{"call":"https://a/","down":{"https://a/":"switch"},"idempotent":false}`,
			without, "", []string{"a+b network b"}},
		"acts stop after a bare 503": {`{"call":"https://a/","down":{"https://a/":"unavailable"},` +
			`"idempotent":false}`, without, "", []string{"a not-repeatable b"}},
		"incomplete": {`{"call":"https://a/","down":{"https://a/":"incomplete"}}`, without, "",
			[]string{"a+b network b"}},
		"unreachable": {`{"call":"https://a/","down":{"https://a/":"unreachable"}}`, without, "",
			[]string{"a+b network b"}},
		"cancelled": {`{"call":"https://a/","down":{"https://a/":"cancelled"}}`, without, "",
			[]string{"a aborted a"}},
		"time-outs take time": {`{"call":"https://a/","down":{"https://a/":"timeout"}}`, impatient, "",
			[]string{"a timeout b"}},
		"an unknown URL is called as it is": {
			`{"call":"https://x/"},{"call":"https://x/","down":{"https://x/":"conn"}}`, without, "",
			[]string{"x network a", "x endpoints-exhausted a"}},
		"none ACTIVE": {`{"publish":-1},{"call":"https://a/"}`, without, "", []string{" service-inactive "}},
		"published refreshes": {`{"call":"https://a/","down":{"https://a/":"conn"},"refresh":1},{"call":"https://a/",` +
			`"down":{"https://b/":"conn"}}`, published, "",
			[]string{"a+b network b", "b endpoints-exhausted b"}},
		"the cache answers": {`{"call":"https://a/","cacheKey":"k"},{"call":"https://a/","cacheKey":"k",` +
			`"down":{"https://a/":"conn","https://b/":"conn"}}`,
			without, `,"cache":{"strategy":"ENDPOINT_FIRST"}`, []string{"a network a", "a+b cache a"}},
		"the cache answers first": {`{"call":"https://a/","cacheKey":"k"},{"call":"https://a/","cacheKey":"k"},` +
			`{"advanceMs":1000},{"call":"https://a/","cacheKey":"k"}`,
			without, `,"cache":{"strategy":"CACHE_FIRST","ttlMs":1000}`,
			[]string{"a network a", " cache a", "a network a"}},
		"an expired entry": {`{"call":"https://a/","cacheKey":"k"},{"advanceMs":1000},{"call":"https://a/",` +
			`"cacheKey":"k","serveExpired":true,` +
			`"down":{"https://a/":"conn","https://b/":"conn"}}`, without,
			`,"cache":{"strategy":"CACHE_FIRST","ttlMs":1000}`, []string{"a network a", "a+b cache a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, planned(t, c.steps, c.o, c.more))
		})
	}
}

// With a service of a catalogue its endpoints, Orders and cache count, and its Id can be called.
func TestPlanService(t *testing.T) {
	t.Parallel()
	service := failover.Service{ID: "uddi:s", Catalogue: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
		Cache:     servicelist.CacheFirst,
		Endpoints: []failover.Endpoint{{Order: 2, URL: "https://y/"}, {Order: 1, URL: "https://x/", Active: true}}}
	o := replay.Options{Policy: reference(), Service: &service}
	got := planned(t, `{"call":"uddi:s","down":{"https://x/":"conn"}},{"publish":0},{"call":"https://y/",`+
		`"cacheKey":"k"},{"call":"uddi:s","cacheKey":"k"}`, o)
	require.Equal(t, []string{"x+y network y", "x network x", " cache x"}, got)
	require.False(t, service.Endpoints[0].Active, "the caller's service stays as it was")

	out, err := replay.Run([]byte(`{"steps":[]}`), o)
	require.NoError(t, err)
	require.Equal(t, `{"steps":[]}`, string(out))
}

// numbered returns n times what format makes of a number, with commas.
func numbered(format string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(list, ",")
}

// TestPlanSaysWhatIsWrong: which member of which step, in words of JSON.
func TestPlanSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	with := func(member string) string { return `{"endpoints":["https://a/"],` + member + `}` }
	step := func(text string) string { return with(`"steps":[` + text + `]`) }
	for text, want := range map[string]string{
		"":                                `expected JSON, got an empty input`,
		"\x1f\x8b":                        `expected JSON, got gzip-compressed bytes`,
		"<html>":                          `expected JSON, got an HTML page`,
		`{"steps":`:                       `the JSON is cut: it ends in the middle`,
		`"x"`:                             `expected an object or a list of objects, got "x"`,
		`{"endpoints":"https://a/"}`:      `endpoints: expected a list, got string`,
		with(`"x":1`):                     `unknown member "x"`,
		with(`"steps":{}`):                `steps: expected a list, got object`,
		step(`"x"`):                       `expected an object, got "x"`,
		with(`"active":"1"`):              `active: expected a whole number, got string`,
		step(`{"publish":0},{"cal":"x"}`): `step 2: unknown member "cal"`,
		step(`{"call":"https://a/","down":{"https://a/":"dead"}}`): `step 1: down: unknown failure "dead" of ` +
			`https://a/; known are conn, switch,`,
		step(`{"call":"https://a/","down":["https://a/"]}`): `step 1: down: expected an object, got array`,
		step(`{"call":"https://a/","idempotent":"no"}`):     `step 1: idempotent: expected true or false, got string`,
		step(`{"publish":7}`):                               `step 1: there is no endpoint 7`,
	} {
		_, err := replay.Run([]byte(text), replay.Options{Policy: reference()})
		require.ErrorContains(t, err, "script: "+want, text)
	}
}

func TestPlanRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"not JSON":                 `{`,
		"a word":                   `"x"`,
		"a list of words":          `["x"]`,
		"unknown member":           `{"endpoints":["https://a/"],"active":0,"steps":[],"x":1}`,
		"member twice":             `{"endpoints":["https://a/"],"active":0,"active":0,"steps":[]}`,
		"member twice in a step":   `{"endpoints":["https://a/"],"active":0,"steps":[{"publish":0,"publish":0}]}`,
		"unknown member of a step": `{"endpoints":["https://a/"],"active":0,"steps":[{"call":"https://a/","x":1}]}`,
		"too many members": `{"endpoints":["https://a/"],"active":0,"steps":[{` + numbered(`"m%d":1`, 33) +
			`}]}`,
		"too many endpoints":   `{"endpoints":[` + numbered(`"https://e%d/"`, 65) + `],"active":0,"steps":[]}`,
		"no endpoints":         `{"endpoints":[],"active":0,"steps":[]}`,
		"endpoint twice":       `{"endpoints":["https://a/","https://a/"],"active":0,"steps":[]}`,
		"active out of range":  `{"endpoints":["https://a/"],"active":1,"steps":[]}`,
		"publish out of range": `{"endpoints":["https://a/"],"active":0,"steps":[{"publish":-2}]}`,
		"refresh out of range": `{"endpoints":["https://a/"],"active":0,"steps":[{"call":"https://a/",` +
			`"down":{"https://a/":"conn"},"refresh":9}]}`,
		"no kind of step":   `{"endpoints":["https://a/"],"active":0,"steps":[{}]}`,
		"null for a step":   `{"endpoints":["https://a/"],"active":0,"steps":[null]}`,
		"two kinds of step": `{"endpoints":["https://a/"],"active":0,"steps":[{"publish":0,"call":"https://a/"}]}`,
		"unknown failure": `{"endpoints":["https://a/"],"active":0,"steps":[{"call":"https://a/",` +
			`"down":{"https://a/":"tired"}}]}`,
		"a step of ten years": `{"endpoints":["https://a/"],"active":0,"steps":[{"advanceMs":315360000000}]}`,
		"unknown strategy":    `{"endpoints":["https://a/"],"active":0,"cache":{"strategy":"X"},"steps":[]}`,
		"negative ttl": `{"endpoints":["https://a/"],"active":0,"cache":{"strategy":"CACHE_FIRST",` +
			`"ttlMs":-1},"steps":[]}`,
		"unknown member of cache": `{"endpoints":["https://a/"],"active":0,"cache":{"x":1},"steps":[]}`,
		"steps are no list":       `{"endpoints":["https://a/"],"active":0,"steps":{}}`,
		"a clock before 1970": `{"endpoints":["https://a/"],"active":0,"steps":[` +
			strings.Repeat(`{"advanceMs":-31622400000},`, 60) +
			`{"call":"https://a/"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{text, `[` + text + `]`} {
				_, err := replay.Run([]byte(text), replay.Options{Policy: reference()})
				require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), text)
			}
		})
	}
	_, err := replay.Run([]byte(`{}`), replay.Options{})
	require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "no policy")
	_, err = replay.Run(make([]byte, replay.MaxScriptBytes+1), replay.Options{Policy: reference()})
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
}

// The bound on the work of a text counts steps and requests, over all its scripts.
func TestPlanWork(t *testing.T) {
	t.Parallel()
	waits := func(n int) string {
		return `{"endpoints":["https://a/"],"active":0,"steps":[` +
			strings.TrimSuffix(strings.Repeat(`{"advanceMs":1},`, n), ",") + `]}`
	}
	sends := func(n int) string { // two requests for each call
		call := `{"call":"https://a/","down":{"https://a/":"conn"}},{"publish":0},`
		return `{"endpoints":["https://a/","https://b/"],"active":0,"steps":[` +
			strings.TrimSuffix(strings.Repeat(call, n), ",") + `]}`
	}
	for _, text := range []string{waits(10_000), `[` + waits(5_000) + `,` + waits(5_000) + `]`, sends(2_500)} {
		_, err := replay.Run([]byte(text), replay.Options{Policy: reference()})
		require.NoError(t, err)
	}
	told := func(calls int) string { // each tells the URL three times
		return `{"endpoints":["https://` + strings.Repeat("a", 20_000) + `/"],"active":0,"steps":[` +
			strings.TrimSuffix(strings.Repeat(`{"call":"script"},`, calls), ",") + `]}`
	}
	_, err := replay.Run([]byte(told(200)), replay.Options{Policy: reference()})
	require.NoError(t, err)
	_, err = replay.Run([]byte(told(500)), replay.Options{Policy: reference()})
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	for _, text := range []string{waits(10_001), `[` + waits(5_000) + `,` + waits(5_001) + `]`, sends(2_501)} {
		_, err := replay.Run([]byte(text), replay.Options{Policy: reference()})
		require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	}
}
