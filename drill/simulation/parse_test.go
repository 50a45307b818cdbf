package simulation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill/simulation"
)

func TestParse(t *testing.T) {
	s, err := simulation.Parse([]byte("title Two # a comment\nlength 8h\ncapacity recovery 70%\n" +
		"clocks 5% off -2h until 3h\nbegin tuesday 07:30\nat 2h fail main silent 30%\nat 2h recover main ramp 10m\n"))
	require.NoError(t, err)
	require.Equal(t, "Two", s.Title)
	require.Equal(t, 31*time.Hour+30*time.Minute, s.Begin)
	require.Equal(t, map[string]int{"recovery": 70}, s.Sites)
	require.Equal(t, simulation.Clocks{Percent: 5, Off: -2 * time.Hour, Until: 3 * time.Hour}, s.Clocks)
	require.Equal(t, []simulation.Change{
		{At: 2 * time.Hour, Line: 6, Verb: "fail", Site: "main", How: "silent", Percent: 30},
		{At: 2 * time.Hour, Line: 7, Verb: "recover", Site: "main", Percent: 100, Ramp: 10 * time.Minute},
	}, s.Changes)
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "got an empty input"},
		{"never ends", "title x\nat 2h fail main silent", `it never ends: a line like "length 8h" is missing`},
		{"ends in a year", "length 9000h",
			`line 1, "length 9000h": expected a duration like 90s or 2h30m, at most 336h0m0s`},
		{"misspelt word", "lenght 8h", `unknown word "lenght" (did you mean "length"?)`},
		{"misspelt failure", "length 8h\nat 2h fail main silence",
			`line 2, "at 2h fail main silence": unknown failure "silence"`},
		{"misspelt site", "length 8h\nat 2h fail mian silent", `unknown site "mian" (did you mean "main"?)`},
		{"misspelt change", "length 8h\nat 2h recovers main", `unknown change "recovers" (did you mean "recover"?)`},
		{"misspelt publication", "length 8h\nat 2h publish partner", `unknown publication "partner"`},
		{"misspelt day", "length 8h\nbegin munday 08:00", `unknown day "munday" (did you mean "monday"?)`},
		{"no time", "length 8h\nbegin monday 8.00", `expected a time like 08:30, got "8.00"`},
		{"time runs backwards", "length 8h\nat 3h fail main silent\nat 2h recover main",
			`line 3, "at 2h recover main": time runs backwards: line 2 is at 3h0m0s`},
		{"after the end", "length 2h\nat 2h fail main silent", "line 2: at 2h0m0s is after the end, at 2h0m0s"},
		{"clocks after the end", "length 2h\nclocks 5% off 1h until 3h", "clocks: until 3h0m0s is after the end"},
		{"clocks without until", "length 2h\nclocks 5% off 1h till 3h", `expected until, got "till"`},
		{"twice", "length 8h\nlength 9h", `line 2, "length 9h": length was said in line 1`},
		{"no percent", "length 8h\ncache 30", `expected 1% to 100%, got "30"`},
		{"too much", "length 8h\nempty 101%", `expected 1% to 100%, got "101%"`},
		{"no clients", "length 8h\nclients 0", `expected a number from 1 to 2000000, got "0"`},
		{"too many clients", "length 8h\nclients 1000000000", `got "1000000000"`},
		{"negative", "length 8h\nat -2h fail main silent", `got "-2h"`},
		{"a page", "<!doctype html><title>x</title>", "expected a scenario, one word and its values a line"},
		{"values", "length", "length has other values"},
		{"values of a change", "length 8h\nat 2h fail main", "fail has other values"},
		{"many changes", "length 8h\n" + strings.Repeat("at 2h recover main\n", 1001), "more than 1000 changes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := simulation.Parse([]byte(c.text))
			require.Equal(t, bcperr.ScenarioInvalid, bcperr.CodeOf(err), "%v", err)
			require.Contains(t, bcperr.DetailOf(err), c.says)
		})
	}
	_, err := simulation.Parse(make([]byte, 65<<10))
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
}

// What would take more memory or time than there is is refused before anything runs.
func TestRunRefuses(t *testing.T) {
	base := simulation.Scenario{Clients: 10, Calls: 25, Length: time.Hour}
	for _, c := range []struct {
		name string
		edit func(*simulation.Scenario, *simulation.Options)
		code bcperr.Code
		says string
	}{
		{"nobody", func(s *simulation.Scenario, _ *simulation.Options) { s.Clients = 0 },
			bcperr.LimitExceeded, "expected 1 to 2000000 clients, got 0"},
		{"too many", func(s *simulation.Scenario, _ *simulation.Options) { s.Clients = 1_000_000_000 },
			bcperr.LimitExceeded, "got 1000000000"},
		{"too long",
			func(s *simulation.Scenario, _ *simulation.Options) { s.Clients, s.Length = 2_000_000, 200*time.Hour },
			bcperr.LimitExceeded, "up to 10000 million calls, at most 1000"},
		{"seed", func(_ *simulation.Scenario, o *simulation.Options) { o.Seed = 1 << 53 },
			bcperr.BadCall, "at most 2^53-1"},
		{"behaviour",
			func(_ *simulation.Scenario, o *simulation.Options) { o.Behaviours = []simulation.Behaviour{"our"} },
			bcperr.BadCall, `unknown behaviour "our" (did you mean "ours"?)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, o := base, simulation.Options{}
			c.edit(&s, &o)
			_, err := simulation.Run(context.Background(), s, o)
			require.Equal(t, c.code, bcperr.CodeOf(err), "%v", err)
			require.Contains(t, bcperr.DetailOf(err), c.says)
		})
	}
}

func TestOwnScenariosParse(t *testing.T) {
	require.GreaterOrEqual(t, len(simulation.Names()), 9)
	for _, name := range simulation.Names() {
		text, found := simulation.Own(name)
		require.True(t, found)
		s, err := simulation.Parse(text)
		require.NoError(t, err, name)
		require.NoError(t, s.Check(), name)
		require.NotEmpty(t, s.Title, name)
	}
}
