package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/ehealth-bcp/ehealth-bcp/core/command"
)

const logUsage = `usage: bcp log FILE
Prints a log that a page saved, by the button of the panel or exportLog(): what happened, in the time zone of this
machine (of another: TZ=Europe/Brussels bcp log FILE). What happened again and again is one line, with how often and
until when. - reads standard input.
`

const (
	maxLogBytes = 8 << 20 // a log has 700 events at most, of less than 2 KiB
	foldWithin  = 8       // lines, as in js/src/storage/journal.ts: so many kinds of events may take turns
)

// savedLog is what exportLog() of a client in JavaScript writes, as far as a helpdesk needs it.
type savedLog struct {
	ExportedAt  time.Time
	Version     string
	Environment string
	TimeZone    string
	Policy      map[string]any
	Status      struct {
		Phase, Code string
		Catalogue   *struct {
			IssueInstant string
			CheckedAtMs  int64
			Stale        bool
		}
		Services []struct {
			ID     string
			Health struct {
				Inactive, Down, FailedOver, Uncertain bool
				Failures                              []struct {
					Endpoint      string
					SinceMs, AtMs int64
				}
			}
		}
	}
	Events []loggedEvent
}

// loggedEvent is one event with all its members, those of a later version too.
type loggedEvent map[string]any

// printLog performs `bcp log`, with times of a zone.
func printLog(args []string, stdin io.Reader, zone *time.Location) command.Outcome {
	operands, ended := parsed(flag.NewFlagSet("log", flag.ContinueOnError), args, logUsage)
	switch {
	case ended != nil:
		return *ended
	case len(operands) != 1:
		return *misused("log", logUsage, fmt.Sprintf("expected one FILE, got %d", len(operands)))
	}
	text, err := read(command.File{Name: operands[0], MaxBytes: maxLogBytes}, stdin)
	if err != nil {
		return command.Unreadable(operands[0], reason(err))
	}
	saved, err := parseLog(text)
	if err != nil {
		return command.Outcome{Exit: command.ExitRejected, Stderr: "bcp log: this is no log as a page saves it (the " +
			"button of the panel, or exportLog()): " + inert(err.Error()) + "\n"}
	}
	return command.Outcome{Stdout: saved.table(zone)}
}

func parseLog(text []byte) (savedLog, error) {
	var saved savedLog
	if len(text) > maxLogBytes {
		return saved, fmt.Errorf("it has more than %d octets", maxLogBytes)
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.UseNumber() // a moment stays whole
	err := in.Decode(&saved)
	if err == nil && saved.Events == nil {
		err = fmt.Errorf("it has no events")
	}
	return saved, err
}

func (l savedLog) table(zone *time.Location) string {
	at := func(ms int64) string { return time.UnixMilli(ms).In(zone).Format(time.DateTime) }
	var out strings.Builder
	fmt.Fprintf(&out, "saved %s by ehealth-bcp %s for %s; the page's time zone: %s\n",
		l.ExportedAt.In(zone).Format(time.DateTime+" MST"), inert(l.Version), inert(l.Environment), inert(l.TimeZone))
	fmt.Fprintf(&out, "policy: %s\nstate: %s\n", inert(strings.TrimPrefix(fmt.Sprint(l.Policy), "map")),
		inert(strings.TrimSpace(l.Status.Phase+" "+l.Status.Code)))
	if c := l.Status.Catalogue; c != nil {
		stale := ""
		if c.Stale {
			stale = ", stale"
		}
		fmt.Fprintf(&out, "list of services of %s, checked %s%s\n", inert(c.IssueInstant), at(c.CheckedAtMs), stale)
	}
	for _, s := range l.Status.Services {
		var states []string
		for _, is := range [...]struct {
			it   bool
			word string
		}{{s.Health.Inactive, "inactive"}, {s.Health.Down, "down"}, {s.Health.FailedOver, "failed over"},
			{s.Health.Uncertain, "uncertain: an act may have arrived"}} {
			if is.it {
				states = append(states, is.word)
			}
		}
		for _, f := range s.Health.Failures {
			states = append(states, inert(f.Endpoint)+" fails since "+at(cmp.Or(f.SinceMs, f.AtMs)))
		}
		if len(states) > 0 {
			fmt.Fprintf(&out, "%s: %s\n", nameOf(s.ID), strings.Join(states, ", "))
		}
	}
	writeEvents(&out, l.Events, zone)
	return out.String()
}

// logLine is an event, and those that say the same soon after it.
type logLine struct {
	at, last time.Time
	count    int64
	said     string
}

func writeEvents(out io.Writer, events []loggedEvent, zone *time.Location) {
	var lines []*logLine
	for _, e := range events {
		next := &logLine{at: e.moment("atMs", zone), count: max(e.number("count"), 1), said: e.said(zone)}
		next.last = next.at
		if last := e.moment("lastAtMs", zone); last.After(next.at) {
			next.last = last
		}
		recent := lines[max(len(lines)-foldWithin, 0):]
		i := slices.IndexFunc(recent, func(l *logLine) bool { return l.said == next.said })
		if i < 0 {
			lines = append(lines, next)
			continue
		}
		recent[i].count += next.count
		recent[i].last = next.last
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	day := ""
	for _, l := range lines {
		if today := l.at.Format("Mon " + time.DateOnly); today != day {
			day = today
			fmt.Fprintf(table, "\n%s\n", day)
		}
		again := ""
		if l.count > 1 {
			format := time.TimeOnly
			if l.last.Format(time.DateOnly) != l.at.Format(time.DateOnly) {
				format = time.DateTime
			}
			again = fmt.Sprintf("  (%d times, until %s)", l.count, l.last.Format(format))
		}
		fmt.Fprintf(table, "%s\t%s%s\n", l.at.Format(time.TimeOnly), l.said, again)
	}
	table.Flush() // into memory
}

// said is what an event tells beside its moments: its type, what it is about, why, then what else it has.
func (e loggedEvent) said(zone *time.Location) string {
	parts := []string{}
	told := map[string]bool{"at": true, "atMs": true, "count": true, "lastAtMs": true, "type": true, "detail": true,
		"coolDownMs": true} // which is spread at random
	for _, name := range [...]string{"service", "endpoint", "outcome", "status", "switchCode", "code"} {
		if value, has := e[name]; has {
			told[name] = true
			parts = append(parts, nameOf(fmt.Sprint(value)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e)) {
		switch {
		case told[name]:
		case strings.HasSuffix(name, "Ms"):
			parts = append(parts, inert(strings.TrimSuffix(name, "Ms"))+" "+e.moment(name, zone).Format(time.DateTime))
		default:
			parts = append(parts, inert(fmt.Sprintf("%s %v", name, e[name])))
		}
	}
	if detail, has := e["detail"]; has {
		parts = append(parts, inert(fmt.Sprint(detail)))
	}
	return inert(fmt.Sprint(e["type"])) + "\t" + strings.Join(parts, "  ")
}

func (e loggedEvent) number(name string) int64 {
	text, _ := e[name].(json.Number)
	number, _ := text.Int64() // 0 for what is none
	return number
}

func (e loggedEvent) moment(name string, zone *time.Location) time.Time {
	return time.UnixMilli(e.number(name)).In(zone)
}

// nameOf is the end of a service's Id, as the panel says it; what is none stays as it is.
func nameOf(id string) string {
	if parts := strings.Split(id, ":"); parts[0] == "uddi" && len(parts) > 2 {
		id = strings.Join(parts[len(parts)-2:], ":")
	}
	return inert(id)
}

// inert escapes what does not print: a log comes from elsewhere, and must not steer the terminal.
func inert(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return text
	}
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}
