package scenario_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	report := play(t, "title Down & <back>\nfail etk/0 refused\ncall etk repeat yes\nrecover\nwait 70m call etk "+
		"repeat yes every 5m\nexpect answer etk/0\n", "")
	require.True(t, report.OK, report.Text())
	require.True(t, report.Virtual)
	require.Len(t, report.Outages, 1)
	outage := report.Outages[0]
	require.Equal(t, "etk", outage.Service)
	require.Equal(t, "etk/0", outage.Endpoint)
	require.Equal(t, "etk/1", outage.SwitchedTo)
	require.Less(t, *outage.SwitchedAfterMs, int64(1000))
	require.LessOrEqual(t, outage.CalledAtMs, outage.FailedAtMs)
	require.GreaterOrEqual(t, *outage.BackAfterMs, int64(2*60*1000), "not before the cool-down")

	var decoded map[string]any
	require.NoError(t, json.Unmarshal(report.JSON(), &decoded))
	require.Equal(t, true, decoded["ok"])
	page, err := report.HTML()
	require.NoError(t, err)
	require.Contains(t, string(page), "Down &amp; &lt;back&gt;")
	require.NotRegexp(t, `(src|href|url\()|<script|<link|@import`, string(page), "the page loads nothing")
	require.Contains(t, string(page), "<main>")
	require.Equal(t, 4, strings.Count(string(page), "<table "))
	require.Equal(t, 4, strings.Count(string(page), "<caption "))
	for _, cell := range regexp.MustCompile(`<td[^>]*>|<th[^>]*scope="row"[^>]*>`).FindAllString(string(page), -1) {
		require.Regexp(t, `data-label="\w`, cell, "a cell says its heading where the columns are gone")
	}
}

// The lines of the outages say what did not happen too: nothing else answered, the end came first, it is the second
// time.
func TestReportText(t *testing.T) {
	report := play(t, "title T\nfail etk refused\ncall etk repeat yes\nrecover\nwait 2h\ncall etk\nfail etk/0 "+
		"refused\ncall etk repeat yes\n", "")
	require.True(t, report.OK, report.Text())
	lines := strings.Split(report.Text(), "\n")
	require.Equal(t, "passed: T (7 steps, 3 calls)", lines[0])
	require.Regexp(t, `^  etk: etk/0 failed, no other endpoint answered, back after 2h0m0\.?\d*s, `+
		`the caller waited (less than )?\d+m?s$`, lines[1])
	require.Regexp(t, `^  etk: etk/0 failed again, switched to etk/1 after (less than )?[\d.]+m?s, not back when `+
		`the drill ended, the caller waited (less than )?[\d.]+m?s$`,
		lines[2])
	require.Len(t, lines, 4)
}

// The report says what the caller waited: the time-out that he sat through, not how fast the next endpoint was.
func TestReportSaysWhatTheCallerWaited(t *testing.T) {
	report := play(t, "policy attempt 300ms\nfail etk/0 silent\ncall etk repeat yes\nexpect answer etk/1\n", "")
	outage := report.Outages[0]
	require.GreaterOrEqual(t, outage.WaitedMs, int64(300))
	require.GreaterOrEqual(t, *outage.SwitchedAfterMs, int64(300))
	call := report.Steps[2].Call
	require.Equal(t, outage.WaitedMs, call.TookMs)
	require.Equal(t, failover.Timeout, call.Tried[0].Outcome)
	require.GreaterOrEqual(t, call.Tried[0].TookMs, int64(300))
	require.GreaterOrEqual(t, call.Tried[1].AtMs, call.Tried[0].AtMs+300)
}

// An attempt carries what came: the status, and the code of a fault that switches; the log does too.
func TestReportHasStatusAndSwitchCode(t *testing.T) {
	report := play(t, "fail etk/0 switch-fault SOA-02002\ncall etk\nexpect answer etk/1\nfail etk/1 unavailable\n"+
		"call etk repeat yes\n", "")
	first := report.Steps[1].Call.Tried[0]
	require.Equal(t, []any{500, "SOA-02002"}, []any{first.Status, first.SwitchCode})
	require.Equal(t, 200, report.Steps[1].Call.Tried[1].Status)
	require.Equal(t, 503, report.Steps[4].Call.Tried[0].Status)
	var failed []string
	for _, line := range report.Log {
		if line.Kind == string(failover.EndpointFailed) {
			failed = append(failed, fmt.Sprint(line.Endpoint, " ", line.Status, " ", line.SwitchCode))
		}
	}
	require.Equal(t, []string{"etk/0 500 SOA-02002", "etk/1 503 "}, failed[:2])
	page, err := report.HTML()
	require.NoError(t, err)
	require.Contains(t, string(page), "HTTP 500, SOA-02002")
}

// Who reads the report knows by what it was made: version, tester, machine, scenario, policies, catalogues.
func TestReportIsEvidence(t *testing.T) {
	text := "title E\ncall etk\npublish switch etk/1\nrefresh\nexpect catalogue updated\npolicy cooldown 10m\n" +
		"policy cooldown 10m\nrestart\n"
	s, err := scenario.Parse([]byte(text))
	require.NoError(t, err)
	report, err := scenario.Run(t.Context(), s, scenario.Options{Tester: "A. Tester"})
	require.NoError(t, err)
	require.True(t, report.OK, report.Text())
	require.Equal(t, scenario.Format, report.Format)
	require.Equal(t, core.Version, report.Version)
	require.Equal(t, "A. Tester", report.Tester)
	require.NotEmpty(t, report.Machine.OS)
	require.Equal(t, text, report.Scenario.Text)
	require.Len(t, report.Catalogues, 2)
	require.Less(t, report.Catalogues[0].IssueInstant, report.Catalogues[1].IssueInstant)
	require.NotEqual(t, report.Catalogues[0].SHA256, report.Catalogues[1].SHA256)
	require.Len(t, report.Policies, 2, "one that stays the same is told once")
	require.Equal(t, int64(10*60*1000), report.Policies[1].CoolDownMs)
	page, err := report.HTML()
	require.NoError(t, err)
	for _, want := range []string{"A. Tester", core.Version, report.Scenario.SHA256, report.Catalogues[1].SHA256,
		report.Catalogues[1].IssueInstant, "time-outs: 1s per attempt, 10s per call", "shortened"} {
		require.Contains(t, string(page), want)
	}
}

// In real time the time-outs are the product's.
func TestRealTimeHasTheProductsTimeOuts(t *testing.T) {
	s, err := scenario.Parse([]byte("call etk\n"))
	require.NoError(t, err)
	report, err := scenario.Run(t.Context(), s, scenario.Options{RealTime: true})
	require.NoError(t, err)
	product := failover.DefaultPolicy()
	require.Equal(t, product.AttemptTimeout.Milliseconds(), report.Policies[0].AttemptTimeoutMs)
	require.Equal(t, product.TotalTimeout.Milliseconds(), report.Policies[0].TotalTimeoutMs)
}

// A kept answer says how old it is and until when it counts; days have their dates.
func TestReportSaysHowOldAnAnswerIs(t *testing.T) {
	report := play(t, "publish cache insurability ENDPOINT_FIRST P30D\ncache insurability\nrefresh\n"+
		"call insurability\nwait 50h\nfail all refused\ncall insurability\nexpect cache\n", "")
	require.True(t, report.OK, report.Text())
	step := report.Steps[6]
	age := time.Duration(step.AtMs-step.Call.StoredAtMs) * time.Millisecond
	require.InDelta(t, 50, age.Hours(), 0.1)
	require.InDelta(t, 30*24, time.Duration(step.Call.ValidUntilMs-step.Call.StoredAtMs).Hours()*1e6, 25)
	page, err := report.HTML()
	require.NoError(t, err)
	require.Regexp(t, `answered from the cache, 50h0m\d+s old: stored \d{4}-\d\d-\d\d \d\d:\d\d, `+
		`valid until \d{4}-`, string(page))
	require.Contains(t, string(page), time.UnixMilli(step.AtMs).UTC().Format("2006-01-02 15:04:05"))
}

// After each step the report has what the panel says differently, in the caregiver's words.
func TestReportHasThePanel(t *testing.T) {
	report := play(t, "call etk\nfail etk/0 refused\ncall etk repeat yes\nfail etk refused\ncall etk repeat yes\n", "")
	require.Nil(t, report.Steps[1].Panel, "nobody called")
	said := report.Steps[2].Panel.Changed
	require.Equal(t, "encryption-known", said[0].Functionality)
	require.Equal(t, "recovery", string(said[0].Way))
	require.NotEmpty(t, said[0].Says)
	require.Equal(t, "lastResort", string(report.Steps[4].Panel.Changed[0].Way))
	page, err := report.HTML()
	require.NoError(t, err)
	require.Contains(t, string(page), said[0].Title+"</b>: recovery")
}

// The picture has a lane for each endpoint that was called or failed, and its table says the same.
func TestTimeline(t *testing.T) {
	report := play(t, "call etk\nfail etk/0 refused\nfail sts refused\nwait 30m call etk repeat yes every 1m\n"+
		"recover\nwait 30m call etk repeat yes every 1m\n", "")
	picture := report.Timeline()
	var names []string
	for _, lane := range picture.Lanes {
		names = append(names, lane.Name)
	}
	require.Equal(t, []string{"etk/0", "etk/1"}, names, "nobody called the STS")
	down := picture.Lanes[0]
	require.Len(t, down.Bars, 1)
	require.Equal(t, "refused", down.Bars[0].How)
	require.Greater(t, down.Bars[0].ToMs-down.Bars[0].FromMs, int64(29*60*1000))
	require.Equal(t, "answered", down.Outcomes[0].Outcome)
	total := 0
	for _, lane := range picture.Lanes {
		require.NotEmpty(t, lane.Marks)
		for i, mark := range lane.Marks {
			require.True(t, mark.X >= picture.Left && mark.X <= picture.Right)
			require.True(t, i == 0 || mark.X >= lane.Marks[i-1].X, "in the order of time")
		}
		for _, outcome := range lane.Outcomes {
			total += outcome.Count
		}
	}
	require.Len(t, report.Sends, total)
	require.NotEmpty(t, picture.Ticks[0].Day)
	for i := 1; i < len(picture.Ticks); i++ {
		require.Greater(t, picture.Ticks[i].X-picture.Ticks[i-1].X, 60.0, "their words have room")
	}
}

// What is written in a scenario is text in the page, whatever it looks like.
func TestReportEscapes(t *testing.T) {
	script := "<script>alert(1)</script>"
	report := play(t, "title "+script+"</title><img src=x onerror=alert(1)>\n# "+script+"</pre>\ncall etk\n", "")
	report.Tester, report.Machine.Host = script, `"><svg onload=alert(1)>`
	page, err := report.HTML()
	require.NoError(t, err)
	require.NotContains(t, string(page), "<script")
	require.NotContains(t, string(page), "<img")
	require.Equal(t, 1, strings.Count(string(page), "<svg viewBox=\"0 0 960"), "the picture alone")
	require.NotContains(t, string(page), "<svg onload")
}

// A request is found beside the scenario, or where its whole path says.
func TestRequestByItsWholePath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.xml")
	require.NoError(t, os.WriteFile(file, []byte("<mine/>"), 0o600))
	report := play(t, "call etk with "+file+"\nexpect answer etk/0\n", "elsewhere")
	require.True(t, report.OK, report.Text())
}
