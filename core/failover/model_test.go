package failover_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// The paths of model/testdata are walks through the models in model/, which spin has searched as a whole: each line
// says what happened, what the model's machine did and what it knows after it. The real machine must do the same, line
// by line; and it must leave the path that leads a machine with a deliberate bug to its fault.
//
// The times of the model are four: 11 s, past "failed just now"; 310 s, past a booking; 5 h, past the rests that a path
// can come to; 25 h, past the longest. The policy is made so that none of the lesser ones adds up to the next.
//
// Source: docs/model.md#paths.
var modelPolicy = failover.Policy{
	Name: failover.Connector, Failback: true,
	AttemptTimeout: 5 * time.Minute, TotalTimeout: 15 * time.Minute,
	CoolDown: time.Hour, MaxCoolDown: 24 * time.Hour, MaxCacheAge: time.Hour,
}

var modelTimes = map[string]time.Duration{
	"short": 11 * time.Second, "medium": 310 * time.Second, "rest": 5 * time.Hour, "long": 25 * time.Hour,
}

// modelOutcomes are what the model calls by one word. Of those that prove nothing each takes part.
var modelOutcomes = map[string]failover.Event{
	"answered": {Outcome: failover.Answered, Status: 200},
	"silent":   {Outcome: failover.Answered, Status: 202, Silent: true},
	"proved":   {Outcome: failover.Switch, Status: 500, SwitchCode: "SOA-02001", Fault: true},
	"refused":  {Outcome: failover.Switch, Status: 500, SwitchCode: "SOA-01001", Fault: true},
	"notSent":  {Outcome: failover.Unreachable, NotSent: true},
	"unsent":   {Outcome: failover.Unreachable, NotSent: true, Blameless: true},
	"offline":  {Outcome: failover.Unreachable, Blameless: true},
}

var brokenOutcomes = []failover.Event{
	{Outcome: failover.Foreign, Status: 404},
	{Outcome: failover.Switch, Status: 503},
	{Outcome: failover.Unreachable},
	{Outcome: failover.Timeout},
	{Outcome: failover.Incomplete, Status: 200},
}

var modelCodes = map[bcperr.Code]string{
	bcperr.EndpointsExhausted: "exhausted", bcperr.NotRepeatable: "notRepeatable", bcperr.Timeout: "timedOut",
	bcperr.Aborted: "aborted",
}

// walker is a client on a path of the model.
type walker struct {
	now       time.Time
	state     failover.State
	endpoints int
	published bool
	broken    failover.Event
	calls     map[string]*walked
}

type walked struct {
	call    failover.Call
	service failover.Service
}

func newWalker(lines []string, broken failover.Event) *walker {
	_, state, _ := strings.Cut(lines[0], " | ")
	return &walker{
		now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), endpoints: len(strings.Fields(state)) - 1, broken: broken,
		calls: map[string]*walked{},
	}
}

// service is the one of the catalogue in force: of the second the endpoint 1 is ACTIVE.
func (w *walker) service() failover.Service {
	s := failover.Service{ID: "urn:model", Catalogue: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	active := 0
	if w.published {
		active, s.Catalogue = 1, s.Catalogue.Add(time.Second)
	}
	for i := range w.endpoints {
		s.Endpoints = append(s.Endpoints, failover.Endpoint{Order: i, Active: i == active, URL: url(i)})
	}
	return s
}

// walk does what the line says happened, and returns the line as the machine would have it.
func (w *walker) walk(line string) (string, error) {
	happened, _, _ := strings.Cut(line, " |")
	happened, _, _ = strings.Cut(happened, " > ")
	words := strings.Fields(happened)
	w.now = w.now.Add(10 * time.Millisecond) // of two steps the later has the later stamp
	did, err := w.step(words)
	if err != nil {
		return "", err
	}
	if did != "" {
		happened += " > " + did
	}
	state, err := w.known()
	return happened + " | " + state, err
}

func (w *walker) step(words []string) (string, error) {
	switch words[0] {
	case "time":
		w.now = w.now.Add(modelTimes[words[1]])
		return "", nil
	case "publish":
		w.published = true
		return "", nil
	case "die":
		delete(w.calls, words[1])
		return "", nil
	case "begin":
		repeat := failover.Repeat(words[2])
		if repeat == "unknown" {
			repeat = failover.RepeatUnknown
		}
		one := &walked{service: w.service()}
		w.calls[words[1]] = one
		step, err := failover.Begin(one.service, failover.Facts{Repeat: repeat}, modelPolicy, w.state, 7, w.now)
		return w.took(one, step, err)
	}
	one := w.calls[words[1]]
	if one == nil {
		return "", fmt.Errorf("no call %s", words[1])
	}
	step, err := failover.Next(one.service, one.call, w.state, w.event(words), w.now)
	return w.took(one, step, err)
}

func (w *walker) event(words []string) failover.Event {
	switch words[0] {
	case "waited":
		return failover.Event{Kind: failover.Waited}
	case "cancel":
		return failover.Event{Kind: failover.CallCancelled, NotSent: words[2] == "unsent"}
	case "deadline":
		return failover.Event{Kind: failover.DeadlinePassed, NotSent: words[2] == "unsent"}
	}
	e, known := modelOutcomes[words[2]]
	if !known {
		e = w.broken
	}
	e.Kind = failover.SendEnded
	return e
}

// took keeps a step and says what the machine did.
func (w *walker) took(one *walked, step failover.Step, err error) (string, error) {
	if err != nil {
		return "", err
	}
	one.call, w.state = step.Call, step.State
	switch a := step.Action; a.Do {
	case failover.DoSend:
		var call struct{ BookedMs int64 }
		text, err := json.Marshal(step.Call)
		if err == nil {
			err = json.Unmarshal(text, &call)
		}
		return fmt.Sprintf("send %s %d", w.indexOf(a.Endpoint), bit(call.BookedMs > 0)), err
	case failover.DoWait:
		return "wait", nil
	case failover.DoAnswer:
		if a.Exhausted {
			return "handOn", nil
		}
		return "answer " + w.indexOf(a.Endpoint), nil
	case failover.DoFail:
		return "fail " + modelCodes[a.Code], nil
	default:
		return string(a.Do), nil
	}
}

func (w *walker) indexOf(address string) string {
	for i := range w.endpoints {
		if url(i) == address {
			return strconv.Itoa(i)
		}
	}
	return address
}

// known is what the State says, in the words of the model: the choice, and of each endpoint whether it failed, is
// booked and rests.
func (w *walker) known() (string, error) {
	var stored struct {
		Chosen []int64
		Down   [][]int64
	}
	text, err := json.Marshal(w.state)
	if err == nil {
		err = json.Unmarshal(text, &stored)
	}
	chosen := "-"
	if len(stored.Chosen) > 0 {
		chosen = strconv.FormatInt(stored.Chosen[0], 10)
	}
	known := make([]string, w.endpoints)
	for i := range known {
		known[i] = "000"
	}
	for _, f := range stored.Down {
		down, booked := f[1] > 0, f[4] == 1
		rests := (down || booked) && f[3] > w.now.UnixMilli()
		known[f[0]] = fmt.Sprintf("%d%d%d", bit(down), bit(booked), bit(rests))
	}
	return chosen + " " + strings.Join(known, " "), err
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

// modelWalks reads a file of model/testdata: walks by their head lines.
func modelWalks(t *testing.T, name, head string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	walks, title := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, head+" "):
			title = line
		default:
			walks[title] = append(walks[title], line)
		}
	}
	require.NotEmpty(t, walks)
	return walks
}

const modelData = "../../model/testdata"

func TestMachineFollowsTheModel(t *testing.T) {
	t.Parallel()
	files := []string{filepath.Join(modelData, "failback.paths"), filepath.Join(modelData, "acts.paths")}
	if trail := os.Getenv("BCP_TRAIL"); trail != "" {
		files = []string{trail}
	}
	steps := 0
	for _, file := range files {
		for title, lines := range modelWalks(t, file, "path") {
			for _, broken := range brokenOutcomes {
				w := newWalker(lines, broken)
				for i, line := range lines {
					got, err := w.walk(line)
					require.NoError(t, err, "%s, %s, line %d: %s", file, title, i+1, line)
					require.Equal(t, line, got, "%s, %s, line %d, broken is %s", file, title, i+1, broken.Outcome)
					steps++
				}
			}
		}
	}
	t.Logf("%d steps as in the model", steps)
}

func TestMachineLeavesThePathsOfBugs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"failback.bugs", "acts.bugs"} {
		for title, lines := range modelWalks(t, filepath.Join(modelData, name), "bug") {
			for _, broken := range brokenOutcomes {
				require.True(t, leaves(newWalker(lines, broken), lines), "the machine has the bug: %s, %s", name, title)
			}
		}
	}
}

// leaves: does the machine do anything else than the lines say?
func leaves(w *walker, lines []string) bool {
	for _, line := range lines {
		if got, err := w.walk(line); err != nil || got != line {
			return true
		}
	}
	return false
}
