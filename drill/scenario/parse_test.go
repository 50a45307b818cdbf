package scenario_test

import (
	"strings"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	s, err := scenario.Parse([]byte("# a drill\ntitle  Two things # said\n\n  call etk   patient 2 # now\nexpect " +
		"cache\n"))
	require.NoError(t, err)
	require.Equal(t, "Two things", s.Title)
	require.Len(t, s.Steps, 2)
	require.Equal(t, 4, s.Steps[0].Line)
	require.Equal(t, "call etk patient 2", s.Steps[0].Text)
	s, err = scenario.Parse([]byte("\ufefftitle Written on Windows\r\ncall etk\r\n"))
	require.NoError(t, err)
	require.Equal(t, "Written on Windows", s.Title)
}

// Every refusal names the line and what is wrong with it.
func TestParseRefuses(t *testing.T) {
	for line, detail := range map[string]string{
		"dance":                              `unknown step "dance"; steps are title, policy, cache,`,
		"refresh now":                        "expected: refresh",
		"restart now":                        "expected: restart",
		"cache":                              "cache takes the services",
		"forward etk/0":                      "expected: forward ENDPOINT URL",
		"policy":                             "policy takes pairs",
		"policy failback":                    "policy takes pairs",
		"policy failback maybe":              "on or off",
		"policy attempt soon":                "expected a duration",
		"policy attempt 1ms":                 "attemptTimeoutMs",
		"policy name gut-feeling":            "policy name",
		"policy colour red":                  "unknown policy word",
		"call":                               "expected: call SERVICE [patient N] [repeat yes|no] [with FILE]",
		"call etk patient":                   "expected: call SERVICE",
		"call etk patient zero":              "patient takes a number",
		"call etk patient 0":                 "patient takes a number",
		"call etk repeat perhaps":            "yes or no",
		"call etk by bike":                   "expected patient, repeat or with",
		"wait":                               "wait takes a duration",
		"wait long":                          "expected a duration",
		"wait -1s":                           "expected a duration",
		"wait 0s":                            "expected a duration",
		"wait 169h":                          "expected a duration",
		"wait 1h call etk":                   "expected wait DURATION call",
		"wait 1h call etk each 1m":           "expected wait DURATION call",
		"wait 1h call etk every 1ms":         "every takes",
		"wait 168h call etk every 1s":        "at most 5000 calls",
		"wait 1h call etk every x":           "expected a duration",
		"wait 1h call etk patient every 1m":  "expected: call SERVICE",
		"expect":                             "expect takes",
		"expect rain":                        `cannot expect "rain"`,
		"expect answer":                      "expected: expect answer ENDPOINT",
		"expect cache now":                   "expected: expect cache",
		"expect tried":                       "pairs",
		"expect tried etk/0":                 "pairs",
		"expect tried etk/0 answered etk/1":  "pairs",
		"expect way login":                   "expected: expect way FUNCTIONALITY WAY",
		"\x1f\x8b\x08":                       "expected a scenario, one step a line, got gzip-compressed bytes",
		"<!doctype html>":                    "got an HTML page",
		"":                                   "got an empty input",
		strings.Repeat("recover\n", 1001):    "more than 1000 steps",
		"title only a title":                 "no steps",
		"# only a comment":                   "no steps",
		"publish\nrefresh now # on line two": "line 2",
	} {
		_, err := scenario.Parse([]byte(line))
		require.Equal(t, bcperr.ScenarioInvalid, bcperr.CodeOf(err), "%.40q", line)
		require.ErrorContains(t, err, detail)
	}
	_, err := scenario.Parse([]byte(strings.Repeat("#", 64<<10) + "\n"))
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
}

func FuzzParse(f *testing.F) {
	for _, name := range scenario.Names() {
		text, _ := scenario.Own(name)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := scenario.Parse(text)
		if err == nil {
			require.NotEmpty(t, s.Steps)
		}
	})
}
