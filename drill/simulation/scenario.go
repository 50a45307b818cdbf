package simulation

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/internal/scenarios"
)

// Bounds, each told before anything runs. The longest scenario that comes along is 8 days in 40 lines.
const (
	maxChanges = 1000
	maxLength  = 14 * 24 * time.Hour
	maxClients = 2_000_000     // about 4 GB for one behaviour
	maxCalls   = 3_600         // of one client in an hour
	maxWork    = 1_000_000_000 // calls of one behaviour: about half an hour
)

// Scenario is what happens to whom.
//
// Shape: Begin is since Monday 00:00; Changes by ascending At, which is since the begin. Text is what was parsed.
type Scenario struct {
	Title   string
	Clients int
	Calls   int // of one client in an hour while it is open
	Begin   time.Duration
	Length  time.Duration
	Open    bool // everybody always
	Cache   int  // percent of consultations that the cache has an answer for; 0: off
	Empty   int  // percent of clients that start without a catalogue
	Clocks  Clocks
	Sites   map[string]int // percent of the main site's normal peak that a site can carry; absent: anything
	Changes []Change
	Text    []byte
}

// Clocks says how many clients have a clock that is wrong, by how much, and until when.
type Clocks struct {
	Percent int
	Off     time.Duration
	Until   time.Duration // 0: to the end
}

// Change is something that happens.
type Change struct {
	At      time.Duration
	Line    int
	Verb    string // fail, recover, publish
	Site    string
	How     string        // of fail
	Percent int           // of fail: of the requests
	Ramp    time.Duration // of recover: until it carries all that it can
}

// The words of a scenario.
var (
	verbs = []string{"title", "clients", "calls", "begin", "length", "open", "cache", "empty", "clocks", "capacity",
		"at"}
	siteNames = []string{"main", "recovery", "partner", "catalogue"}
	hows      = []string{"refused", "silent", "unavailable", "html"}
	days      = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
)

//go:embed scenarios/*.sim
var files embed.FS

var own = scenarios.Own{Files: files, Ext: ".sim"}

// Names returns the names of the scenarios that come with the product.
func Names() []string { return own.Names() }

// Own returns the text of a scenario that comes with the product, and whether there is one of that name.
func Own(name string) ([]byte, bool) { return own.Text(name) }

// Parse reads a scenario.
//
// Shape: one word and its values a line; what follows a # at the start of a line or after a space is a comment.
//
//	title TEXT
//	clients N                       100000 unless said
//	calls N                         of one client in an hour while it is open; 25 unless said
//	begin DAY HH:MM                 monday 08:00 unless said
//	length DURATION                 needed: 8h
//	open always                     everybody, whatever the hour
//	capacity SITE N%                of the main site's normal peak; without it a site carries anything
//	cache N%                        of the consultations have an answer in the cache
//	empty N%                        of the clients start without a catalogue
//	clocks N% off DURATION [until DURATION]
//	at DURATION fail SITE HOW [N%]  refused, silent, unavailable (HTTP 503) or html, for all or some of the requests
//	at DURATION recover SITE [ramp DURATION]
//	at DURATION publish main|recovery
//
// SITE is main, recovery, partner or catalogue; moments count from the begin and never run backwards.
// Errors: ScenarioInvalid with the line, InputTooLarge.
func Parse(text []byte) (Scenario, error) {
	lines, err := scenarios.Lines(text, "one word and its values a line")
	if err != nil {
		return Scenario{}, err
	}
	s := Scenario{Clients: 100_000, Calls: 25, Begin: 8 * time.Hour, Sites: map[string]int{}, Text: text}
	seen := map[string]int{}
	for number, line := range lines {
		err := s.take(strings.Fields(line), number)
		if word := strings.Fields(line)[0]; err == nil && word != "at" && word != "capacity" {
			if seen[word] > 0 {
				err = invalid("%s was said in line %d", word, seen[word])
			}
			seen[word] = number
		}
		if err != nil {
			return Scenario{}, invalid("line %d, %q: %s", number, line, bcperr.DetailOf(err))
		}
	}
	return s, s.check()
}

// check looks at what no line shows by itself.
func (s *Scenario) check() error {
	if s.Length == 0 {
		return invalid("it never ends: a line like \"length 8h\" is missing")
	}
	if n := len(s.Changes); n > 0 && s.Changes[n-1].At >= s.Length {
		c := s.Changes[n-1]
		return invalid("line %d: at %v is after the end, at %v", c.Line, c.At, s.Length)
	}
	if s.Clocks.Until >= s.Length {
		return invalid("clocks: until %v is after the end, at %v", s.Clocks.Until, s.Length)
	}
	return nil
}

// Check says whether a scenario of that size can be run at all.
//
// Errors: limit-exceeded, for more clients or calls than there is memory and time for.
func (s *Scenario) Check() error {
	if s.Clients < 1 || s.Clients > maxClients {
		return bcperr.New(bcperr.LimitExceeded, "expected 1 to %d clients, got %d", maxClients, s.Clients)
	}
	if work := float64(s.Clients) * float64(s.Calls) * s.Length.Hours(); work > maxWork {
		return bcperr.New(bcperr.LimitExceeded,
			"%d clients with %d calls an hour for %v are up to %.0f million calls, at most %d; take fewer clients",
			s.Clients, s.Calls, s.Length, work/1e6, maxWork/1_000_000)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return bcperr.New(bcperr.ScenarioInvalid, format, args...)
}

// take reads one line.
func (s *Scenario) take(words []string, line int) (err error) {
	verb, rest := words[0], words[1:]
	switch {
	case verb == "title" && len(rest) > 0:
		s.Title = strings.Join(rest, " ")
	case verb == "clients" && len(rest) == 1:
		s.Clients, err = count(rest[0], maxClients)
	case verb == "calls" && len(rest) == 1:
		s.Calls, err = count(rest[0], maxCalls)
	case verb == "begin" && len(rest) == 2:
		s.Begin, err = beginning(rest[0], rest[1])
	case verb == "length" && len(rest) == 1:
		s.Length, err = duration(rest[0])
	case verb == "open" && len(rest) == 1 && rest[0] == "always":
		s.Open = true
	case verb == "cache" && len(rest) == 1:
		s.Cache, err = percent(rest[0], 100)
	case verb == "empty" && len(rest) == 1:
		s.Empty, err = percent(rest[0], 100)
	case verb == "clocks" && (len(rest) == 3 || len(rest) == 5) && rest[1] == "off":
		s.Clocks, err = clocks(rest)
	case verb == "capacity" && len(rest) == 2:
		if err = oneOf("site", rest[0], siteNames); err == nil {
			s.Sites[rest[0]], err = percent(rest[1], 10_000)
		}
	case verb == "at" && len(rest) >= 3:
		err = s.change(rest, line)
	case slices.Contains(verbs, verb):
		err = invalid("%s has other values; bcp simulate --help shows each line", verb)
	default:
		err = oneOf("word", verb, verbs)
	}
	return err
}

// change reads what follows "at".
func (s *Scenario) change(words []string, line int) (err error) {
	c := Change{Line: line, Verb: words[1], Site: words[2], Percent: 100}
	if c.At, err = duration(words[0]); err != nil && words[0] != "0s" {
		return err
	}
	if n := len(s.Changes); n > 0 && c.At < s.Changes[n-1].At {
		return invalid("time runs backwards: line %d is at %v", s.Changes[n-1].Line, s.Changes[n-1].At)
	}
	if len(s.Changes) == maxChanges {
		return invalid("more than %d changes", maxChanges)
	}
	if c.Verb == "publish" {
		err = oneOf("publication", c.Site, []string{"main", "recovery"})
	} else {
		err = oneOf("site", c.Site, siteNames)
	}
	if err != nil {
		return err
	}
	rest := words[3:]
	switch {
	case c.Verb == "fail" && (len(rest) == 1 || len(rest) == 2):
		c.How = rest[0]
		if err = oneOf("failure", c.How, hows); err == nil && len(rest) == 2 {
			c.Percent, err = percent(rest[1], 100)
		}
	case c.Verb == "recover" && len(rest) == 2 && rest[0] == "ramp":
		c.Ramp, err = duration(rest[1])
	case (c.Verb == "recover" || c.Verb == "publish") && len(rest) == 0:
	case c.Verb == "fail" || c.Verb == "recover" || c.Verb == "publish":
		err = invalid("%s has other values; bcp simulate --help shows each line", c.Verb)
	default:
		err = oneOf("change", c.Verb, []string{"fail", "recover", "publish"})
	}
	s.Changes = append(s.Changes, c)
	return err
}

func oneOf(what, word string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	return invalid("unknown %s %q%s; there are %s", what, word, bcperr.Nearest(word, words), strings.Join(words, ", "))
}

func count(word string, most int) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > most {
		return 0, invalid("expected a number from 1 to %d, got %q", most, word)
	}
	return n, nil
}

func percent(word string, most int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(word, "%"))
	if err != nil || n < 1 || n > most || !strings.HasSuffix(word, "%") {
		return 0, invalid("expected 1%% to %d%%, got %q", most, word)
	}
	return n, nil
}

func duration(word string) (time.Duration, error) {
	d, err := time.ParseDuration(word)
	if err != nil || d < time.Second || d > maxLength {
		return 0, invalid("expected a duration like 90s or 2h30m, at most %v, got %q", maxLength, word)
	}
	return d.Truncate(time.Millisecond), nil
}

func clocks(words []string) (c Clocks, err error) {
	if c.Percent, err = percent(words[0], 100); err != nil {
		return c, err
	}
	back := strings.TrimPrefix(words[2], "-")
	if c.Off, err = duration(back); err != nil || len(words) == 3 {
		return c.signed(back != words[2]), err
	}
	if words[3] != "until" {
		return c, invalid("expected until, got %q", words[3])
	}
	c.Until, err = duration(words[4])
	return c.signed(back != words[2]), err
}

func (c Clocks) signed(isBack bool) Clocks {
	if isBack {
		c.Off = -c.Off
	}
	return c
}

// clockMs reads "HH:MM".
func clockMs(text string) (int64, bool) {
	t, err := time.Parse("15:04", text)
	return int64(t.Hour())*hourMs + int64(t.Minute())*minuteMs, err == nil
}

func beginning(day, clock string) (time.Duration, error) {
	if err := oneOf("day", day, days); err != nil {
		return 0, err
	}
	ms, ok := clockMs(clock)
	if !ok {
		return 0, invalid("expected a time like 08:30, got %q", clock)
	}
	return time.Duration(int64(slices.Index(days, day))*dayMs+ms) * time.Millisecond, nil
}
