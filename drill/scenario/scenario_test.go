package scenario_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/stretchr/testify/require"
)

func play(t *testing.T, text, dir string) *scenario.Report {
	t.Helper()
	s, err := scenario.Parse([]byte(text))
	require.NoError(t, err)
	report, err := scenario.Run(t.Context(), s, scenario.Options{Dir: dir})
	require.NoError(t, err)
	return report
}

// The scenarios that come with the product hold, and each of their expectations is needed: see TestWrongExpectation.
func TestOwnScenarios(t *testing.T) {
	require.Equal(t, []string{"application-under-test", "etk-down-with-cache", "main-down-and-back", "mycarenet-direct",
		"national-outage", "signer-rotated", "tampered-catalogue"}, scenario.Names())
	for _, name := range scenario.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, found := scenario.Own(name)
			require.True(t, found)
			report := play(t, string(text), "")
			require.True(t, report.OK, report.Text())
			require.NotEmpty(t, report.Title)
		})
	}
}

// Each kind of expectation can fail, and the report says which line.
func TestWrongExpectation(t *testing.T) {
	for _, c := range []struct{ steps, wrong, detail string }{
		{"call etk", "expect answer etk/1", `expected "an answer from etk/1", got "an answer from etk/0"`},
		{"call etk", "expect cache", `got "an answer from etk/0"`},
		{"call etk", "expect error endpoints-exhausted", `got "an answer from etk/0"`},
		{"call etk", "expect tried etk/0 answered etk/1 answered", `got "etk/0 answered"`},
		{"fail etk refused\ncall etk", "expect answer etk/0", `got "the error endpoints-exhausted"`},
		{"refresh", "expect catalogue updated", `got "unchanged"`},
		{"fail catalogue refused\nrefresh", "expect catalogue unchanged", `got "unreachable"`},
		{"publish bad expired\nrefresh", "expect catalogue updated", `got "signer-expired"`},
		{"call etk", "expect way encryption-known recovery", `expected "recovery", got "normal", for encryption-known`},
		{"publish inactive etk\nrefresh", "expect way encryption-known normal", `got "lastResort"`},
	} {
		report := play(t, c.steps+"\n"+c.wrong+"\ncall etk\n", "")
		require.False(t, report.OK)
		last := report.Steps[len(report.Steps)-1]
		require.Equal(t, c.wrong, last.Text, "the drill stops there")
		require.Equal(t, strings.Count(c.steps, "\n")+2, last.Line)
		require.Equal(t, bcperr.DrillFailed, last.Code)
		require.Contains(t, last.Detail, c.detail)
		require.Contains(t, report.Text(), "FAILED")
	}
}

// What a scenario cannot mean is told before anything is played, with the line and what was probably meant.
func TestScenariosThatCannotBePlayed(t *testing.T) {
	for steps, detail := range map[string]string{
		"expect cache":                          "nothing was called before",
		"wait 1h call etk every 1mm":            "expected a duration",
		"call etk\nexpect answer etk/9":         `unknown endpoint "etk/9" (did you mean "etk/0"?)`,
		"call etk\nexpect tried etkk/0 timeout": `unknown endpoint "etkk/0" (did you mean "etk/0"?)`,
		"call etk\nexpect tried etk/0 timeuot":  `(did you mean "timeout"?)`,
		"call etk\nexpect error not-repeatble":  `(did you mean "not-repeatable"?)`,
		"refresh\nexpect catalogue udpated":     `(did you mean "updated"?)`,
		"expect way loginn normal":              `(did you mean "login"?)`,
		"expect way login lastresort":           `(did you mean "lastResort"?)`,
		"fail nothing refused":                  `unknown target "nothing"`,
		"fail etk/0 refusd":                     `(did you mean "refused"?)`,
		"fial etk/0 refused":                    `unknown step "fial" (did you mean "fail"?)`,
		"recover insurabilty":                   `(did you mean "insurability"?)`,
		"publish site recovry":                  `(did you mean "recovery"?)`,
		"publish inactive etkk":                 `(did you mean "etk"?)`,
		"publish bad tamperd":                   `(did you mean "tampered"?)`,
		"publish cache etk SOMETIMES":           "unknown cache strategy",
		"cache etkk":                            `unknown service "etkk" (did you mean "etk"?), expected one of sts`,
		"call insurabilty":                      `(did you mean "insurability"?)`,
		"wait 1h call insurabilty every 1m":     `(did you mean "insurability"?)`,
		"call etk with no-such-file.xml":        `the request "no-such-file.xml" cannot be read`,
		"forward etk/9 http://127.0.0.1/":       "unknown endpoint",
		"forward etk/0 http://example.org":      "an http address on this machine",
		"forward etk/0 ftp://127.0.0.1/":        "an http address on this machine",
		"policy atempt 1s":                      `(did you mean "attempt"?)`,
	} {
		s, err := scenario.Parse([]byte(steps))
		if err == nil {
			_, err = scenario.Run(t.Context(), s, scenario.Options{})
		}
		require.Equal(t, bcperr.ScenarioInvalid, bcperr.CodeOf(err), steps)
		require.Regexp(t, `^line [12], "`, bcperr.DetailOf(err), steps)
		require.Contains(t, bcperr.DetailOf(err), detail, steps)
	}
}

// A drill behaves as a browser: what CORS hides is unreachable, and the body decides.
func TestOutcomesAreABrowsers(t *testing.T) {
	for fault, outcome := range map[string]string{
		"refused": "unreachable", "reset": "unreachable", "tls": "unreachable", "no-cors": "unreachable",
		"unavailable": "switch", "unavailable-no-cors": "unreachable", "switch-fault": "switch",
		"silent": "timeout", "stall": "timeout", "cut": "incomplete", "html": "foreign",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			report := play(t, "policy attempt 150ms\nfail etk/0 "+fault+"\ncall etk repeat yes\nexpect tried etk/0 "+
				outcome+" etk/1 answered\n", "")
			require.True(t, report.OK, report.Text())
		})
	}
	report := play(t, "fail etk/0 business-fault\ncall etk\nexpect tried etk/0 answered\n", "")
	require.True(t, report.OK, report.Text())
}

// An integrator's own server behind the endpoint: its answers come through, and the endpoint still fails on command.
func TestForward(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = string(body)
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>`+
			`<faultcode>s:Server</faultcode><faultstring>x</faultstring><detail><e:E xmlns:e="urn:e">`+
			`<Code>SOA-01001</Code></e:E></detail></s:Fault></s:Body></s:Envelope>`)
	}))
	defer server.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mine.xml"), []byte("<mine/>"), 0o600))
	report := play(t, "forward etk/0 "+server.URL+"/etk\ncall etk with mine.xml repeat yes\nexpect tried etk/0 "+
		"switch etk/1 answered\n"+
		"fail etk/1 refused\nfail etk/0 refused\ncall etk repeat yes\nexpect error endpoints-exhausted\n", dir)
	require.True(t, report.OK, report.Text())
	require.Equal(t, "<mine/>", got)
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	right := write("right.drill", "call etk\nexpect answer etk/0\n")
	wrong := write("wrong.drill", "call etk\nexpect answer etk/1\n")
	broken := write("broken.drill", "dance\n")
	page, data := filepath.Join(dir, "r.html"), filepath.Join(dir, "r.json")
	for _, c := range []struct {
		name         string
		args         []string
		exit         int
		stdout, errs string
	}{
		{"holds", []string{right, "--html", page, "--json", data}, 0, "passed: ", ""},
		{"flags first", []string{"--html", page, right}, 0, "passed: ", ""},
		{"does not hold", []string{wrong}, 1, "line 2: expect answer etk/1", ""},
		{"cannot be read", []string{broken}, 2, "", "line 1"},
		{"help", []string{"--help"}, 0, "SCENARIO is a file, or one of: application-under-test", ""},
		{"help after all", []string{right, "-h"}, 0, "usage: bcp drill", ""},
		{"no such file", []string{"nowhere.drill"}, 2, "", `bcp drill: scenario-invalid: no file "nowhere.drill", ` +
			`and no scenario of that name; those that come along: application-under-test, etk-down-with-cache`},
		{"misspelt", []string{write("m.drill", "call insurabilty\n")}, 2, "", `(did you mean "insurability"?)`},
		{"a folder", []string{dir}, 2, "", "cannot be read"},
		{"a file without end", []string{endless(t)}, 2, "", "input-too-large: a scenario of 65537 bytes"},
		{"nothing", nil, 2, "", "usage:"},
		{"two", []string{right, wrong}, 2, "", "expected one scenario"},
		{"unknown flag", []string{"--fast", right}, 2, "", "usage:"},
		{"cannot be written", []string{right, "--json", dir}, 2, "", "directory"},
	} {
		var stdout, stderr bytes.Buffer
		exit := scenario.Main(context.Background(), c.args, strings.NewReader(""), &stdout, &stderr)
		require.Equal(t, c.exit, exit, c.name)
		require.Contains(t, stdout.String(), c.stdout, c.name)
		require.Contains(t, stderr.String(), c.errs, c.name)
	}
	require.FileExists(t, page)
	require.FileExists(t, data)
}

func TestRunStopsWithItsContext(t *testing.T) {
	s, err := scenario.Parse([]byte("wait 1h\n"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = scenario.Run(ctx, s, scenario.Options{RealTime: true})
	require.Error(t, err)
}

// endless is a file of more octets than any memory, which takes no room on disk.
func endless(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "endless.drill")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	require.NoError(t, os.Truncate(name, 1<<40))
	return name
}
