package simulation

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/internal/options"
)

func itoa(n int) string { return strconv.Itoa(n) }

const usage = `usage: bcp simulate [options] SCENARIO

Simulates an outage for a whole country, on the machine that decides in every client, and beside it the platform's own
connector and a client that only tries again.
SCENARIO is a file, or one of: %s
--clients N   in the place of the scenario's number, 100000 unless it says another
--seed N      other random draws; the same seed gives the same report
--behaviour B ours, connector or naive, or several with commas; all unless said
--json FILE   writes the report as JSON
--html FILE   writes the report as a page
Exit: 0 done, 1 interrupted (the report says how far it came), 2 usage. docs/scale.md explains a picture.

A scenario has one word and its values a line; a # begins a comment.
  title TEXT                      clients N                       calls N (of a client in an hour)
  begin monday 08:00              length 8h                       open always
  capacity SITE 150%%              cache 30%%                       empty 5%%
  clocks 5%% off 2h until 3h
  at 2h fail SITE refused|silent|unavailable|html [30%%]
  at 4h recover SITE [ramp 10m]
  at 3h publish main|recovery
SITE is main, recovery, partner or catalogue.
`

// line is a command line.
type line struct {
	json, html, behaviour string
	clients               int
	seed                  uint64
	names                 []string
}

func parseLine(args []string) (line, error) {
	var l line
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&l.json, "json", "", "")
	flags.StringVar(&l.html, "html", "", "")
	flags.StringVar(&l.behaviour, "behaviour", "", "")
	flags.IntVar(&l.clients, "clients", -1, "")
	flags.Uint64Var(&l.seed, "seed", 1, "")
	var err error
	if l.names, err = options.Parse(flags, args); err != nil {
		return l, err
	}
	if len(l.names) != 1 {
		return l, fmt.Errorf("expected one scenario, got %d", len(l.names))
	}
	return l, nil
}

// Main is the command "bcp simulate": it returns the exit code.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	l, err := parseLine(args)
	if errors.Is(err, arguments.ErrHelp) {
		_, _ = fmt.Fprintf(stdout, usage, strings.Join(Names(), ", "))
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp simulate: %v\n"+usage, err, strings.Join(Names(), ", "))
		return 2
	}
	report, err := l.run(ctx, stderr)
	if err == nil {
		err = l.write(report)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp simulate: %s: %s\n", bcperr.CodeOf(err), bcperr.DetailOf(err))
		return 2
	}
	_, _ = io.WriteString(stdout, report.Text())
	if report.Interrupted {
		return 1
	}
	return 0
}

func (l *line) run(ctx context.Context, stderr io.Writer) (*Report, error) {
	s, err := load(l.names[0])
	if err != nil {
		return nil, err
	}
	if l.clients != -1 {
		s.Clients = l.clients
	}
	told, done := progress(stderr)
	o := Options{Seed: l.seed, Told: told}
	if l.behaviour != "" {
		for name := range strings.SplitSeq(l.behaviour, ",") {
			o.Behaviours = append(o.Behaviours, Behaviour(name))
		}
	}
	begun := time.Now()
	report, err := Run(ctx, s, o)
	done()
	if err == nil {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		_, _ = fmt.Fprintf(stderr, "%.1f s, %d MiB of memory\n", time.Since(begun).Seconds(), memory.Sys>>20)
	}
	return report, err
}

// tellEvery is how often a run says how far it is.
const tellEvery = 100 * time.Millisecond

// progress tells on a terminal alone, on one line that is gone in the end: in a file each would stay.
func progress(stderr io.Writer) (told func(Behaviour, int64, int64), done func()) {
	if !isTerminal(stderr) {
		return nil, func() {}
	}
	var mu sync.Mutex
	last := time.Now()
	told = func(b Behaviour, doneMs, lengthMs int64) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(last) >= tellEvery {
			last = now
			_, _ = fmt.Fprintf(stderr, "\r\x1b[K%s: %d %%", b, doneMs*100/lengthMs)
		}
	}
	return told, func() { _, _ = io.WriteString(stderr, "\r\x1b[K") }
}

func isTerminal(w io.Writer) bool {
	file, isFile := w.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// load reads a scenario: a file, or one that comes along.
func load(name string) (Scenario, error) {
	text, err := own.Load(name)
	if err != nil {
		return Scenario{}, err
	}
	s, err := Parse(text)
	if s.Title == "" {
		s.Title = name
	}
	return s, err
}

func (l *line) write(r *Report) error {
	if l.json != "" {
		if err := os.WriteFile(l.json, r.JSON(), 0o644); err != nil {
			return bcperr.New(bcperr.BadCall, "%w", err)
		}
	}
	if l.html == "" {
		return nil
	}
	page, err := r.HTML()
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.html, page, 0o644); err != nil {
		return bcperr.New(bcperr.BadCall, "%w", err)
	}
	return nil
}
