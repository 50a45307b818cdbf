package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/internal/scenarios"
)

// Bounds of a scenario; the longest that comes with the product has 60 lines.
const (
	maxSteps = 1000
	maxWait  = 7 * 24 * time.Hour
	minEvery = time.Second // of the calls during a wait, so that a wait has at most 604,800
	maxCalls = 5000        // of one wait
)

// Scenario is a parsed drill.
//
// Shape: Text is what was parsed, as it came.
type Scenario struct {
	Title string
	Steps []Step
	Text  []byte
}

// Step is one line.
type Step struct {
	Line  int
	Text  string
	verb  string
	words []string // after the verb
	wait  time.Duration
	every time.Duration
	call  callSpec
}

// callSpec is what a call sends.
type callSpec struct {
	target  string
	patient int
	repeat  failover.Repeat
	file    string
}

// Parse reads a scenario.
//
// Shape: one step a line; what follows a # at the start of a line or after a space is a comment; words are separated by
// spaces.
//
//	title TEXT
//	policy NAME VALUE ...           name connector|published, failback on|off,
//	                                attempt, total, cooldown, maxcooldown DURATION
//	cache SERVICE ...               the application turns the cache on for these services
//	forward ENDPOINT URL            the endpoint hands its calls on to this address on this machine
//	publish ... | fail ... | recover ...     see platform.Platform.Do
//	refresh                         the client asks for the catalogue
//	restart                         the client starts again with what it stored
//	call SERVICE [patient N] [repeat yes|no] [with FILE]
//	wait DURATION [call SERVICE ... every DURATION]
//	expect answer ENDPOINT          the last call was answered by this endpoint
//	expect cache                    the last call was answered from the cache
//	expect error CODE               the last call failed with this code
//	expect tried NAME OUTCOME ...   the last call tried these endpoints, in this order
//	expect catalogue WHAT           the last refresh: updated, unchanged, unreachable, or the code of the refusal
//	expect way FUNCTIONALITY WAY    see core/procedure
//
// Errors: ScenarioInvalid with the line, InputTooLarge.
func Parse(text []byte) (Scenario, error) {
	lines, err := scenarios.Lines(text, "one step a line")
	if err != nil {
		return Scenario{}, err
	}
	s := Scenario{Text: text}
	for number, line := range lines {
		if title, found := strings.CutPrefix(line, "title "); found {
			s.Title = strings.TrimSpace(title)
			continue
		}
		step, err := parseStep(line)
		if err != nil {
			return Scenario{}, invalid("line %d, %q: %s", number, line, bcperr.DetailOf(err))
		}
		step.Line = number
		s.Steps = append(s.Steps, step)
		if len(s.Steps) > maxSteps {
			return Scenario{}, bcperr.New(bcperr.ScenarioInvalid, "more than %d steps", maxSteps)
		}
	}
	if len(s.Steps) == 0 {
		return Scenario{}, bcperr.New(bcperr.ScenarioInvalid, "no steps")
	}
	return s, nil
}

// verbs are the first words of steps.
var verbs = []string{"title", "policy", "cache", "forward", "publish", "fail", "recover", "refresh", "restart", "call",
	"wait", "expect"}

func parseStep(line string) (Step, error) {
	words := strings.Fields(line)
	step := Step{Text: strings.Join(words, " "), verb: words[0], words: words[1:]}
	var err error
	switch step.verb {
	case "publish", "fail", "recover": // the platform reads them
	case "refresh", "restart":
		err = exactly(step.words, 0, step.verb)
	case "policy":
		_, err = applyPolicy(failover.DefaultPolicy(), step.words)
	case "cache":
		if len(step.words) == 0 {
			err = invalid("cache takes the services")
		}
	case "forward":
		err = exactly(step.words, 2, "forward ENDPOINT URL")
	case "call":
		step.call, err = parseCall(step.words)
	case "wait":
		err = step.parseWait()
	case "expect":
		err = checkExpect(step.words)
	default:
		err = invalid("unknown step %q%s; steps are %s", step.verb, bcperr.Nearest(step.verb, verbs),
			strings.Join(verbs, ", "))
	}
	return step, err
}

func invalid(format string, args ...any) error {
	return bcperr.New(bcperr.ScenarioInvalid, format, args...)
}

// exactly wants n words; form is how the step is written.
func exactly(words []string, n int, form string) error {
	if len(words) != n {
		return invalid("expected: %s", form)
	}
	return nil
}

func parseCall(words []string) (callSpec, error) {
	if len(words)%2 == 0 {
		return callSpec{}, invalid("expected: call SERVICE [patient N] [repeat yes|no] [with FILE]")
	}
	spec := callSpec{target: words[0], patient: 1}
	for i := 1; i < len(words); i += 2 {
		value := words[i+1]
		switch words[i] {
		case "patient":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return callSpec{}, invalid("patient takes a number from 1, got %q", value)
			}
			spec.patient = n
		case "repeat":
			if value != "yes" && value != "no" {
				return callSpec{}, invalid("repeat takes yes or no, got %q", value)
			}
			spec.repeat = failover.Repeat(value)
		case "with":
			spec.file = value
		default:
			return callSpec{}, invalid("expected patient, repeat or with, got %q", words[i])
		}
	}
	return spec, nil
}

func (s *Step) parseWait() error {
	words := s.words
	if len(words) == 0 {
		return invalid("wait takes a duration")
	}
	var err error
	if s.wait, err = duration(words[0]); err != nil || len(words) == 1 {
		return err
	}
	n := len(words)
	if n < 5 || words[1] != "call" || words[n-2] != "every" {
		return invalid("expected wait DURATION call SERVICE ... every DURATION")
	}
	if s.every, err = duration(words[n-1]); err != nil {
		return err
	}
	if s.every < minEvery || s.wait/s.every > maxCalls {
		return invalid("every takes %v or more, and at most %d calls in one wait", minEvery, maxCalls)
	}
	s.call, err = parseCall(words[2 : n-2])
	return err
}

func duration(word string) (time.Duration, error) {
	d, err := time.ParseDuration(word)
	if err != nil || d <= 0 || d > maxWait {
		return 0, invalid("expected a duration like 90s or 15m, at most %v, got %q", maxWait, word)
	}
	return d, nil
}

// applyPolicy returns p changed by pairs of words.
func applyPolicy(p failover.Policy, words []string) (failover.Policy, error) {
	if len(words) == 0 || len(words)%2 != 0 {
		return p, invalid("policy takes pairs of words")
	}
	for i := 0; i < len(words); i += 2 {
		name, value := words[i], words[i+1]
		var err error
		switch name {
		case "name":
			p.Name = failover.PolicyName(value)
		case "failback":
			if value != "on" && value != "off" {
				err = invalid("failback takes on or off, got %q", value)
			}
			p.Failback = value == "on"
		case "attempt":
			p.AttemptTimeout, err = duration(value)
		case "total":
			p.TotalTimeout, err = duration(value)
		case "cooldown":
			p.CoolDown, err = duration(value)
		case "maxcooldown":
			p.MaxCoolDown, err = duration(value)
		default:
			err = invalid("unknown policy word %q%s", name, bcperr.Nearest(name,
				[]string{"name", "failback", "attempt", "total", "cooldown", "maxcooldown"}))
		}
		if err != nil {
			return p, err
		}
	}
	return p, p.Check()
}
