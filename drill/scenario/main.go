package scenario

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The scenarios that come with the product, by the names of their files.
//
//go:embed scenarios/*.drill
var own embed.FS

// Names returns the names of the scenarios that come with the product.
func Names() []string {
	entries, err := own.ReadDir("scenarios")
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: it is embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".drill")
	}
	sort.Strings(names)
	return names
}

// Own returns the text of a scenario that comes with the product, and whether there is one of that name.
func Own(name string) ([]byte, bool) {
	text, err := own.ReadFile("scenarios/" + name + ".drill")
	return text, err == nil
}

const usage = `usage: bcp drill [--json FILE] [--html FILE] [--tester NAME] [--real-time] SCENARIO

Plays a scripted outage against a simulated platform and reports what a caller got.
SCENARIO is a file, or one of: %s
--json FILE   writes the report as JSON
--html FILE   writes the report as a page
--tester NAME  stands in the report
--real-time   waits take their time, and the time-outs are the product's; otherwise the time-outs are 1 s and 10 s
Exit: 0 every expectation held, 1 one did not, 2 usage. docs/drills.md explains the steps of a scenario.
`

// Main is the command "bcp drill": it returns the exit code.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	jsonFile := flags.String("json", "", "")
	htmlFile := flags.String("html", "", "")
	realTime := flags.Bool("real-time", false, "")
	tester := flags.String("tester", "", "")
	var names []string
	for rest := args; ; rest = flags.Args()[1:] { // flags may come before or after the scenario
		err := flags.Parse(rest)
		if errors.Is(err, flag.ErrHelp) {
			_, _ = fmt.Fprintf(stdout, usage, strings.Join(Names(), ", "))
			return 0
		}
		if err != nil {
			_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n"+usage, err, strings.Join(Names(), ", "))
			return 2
		}
		if flags.NArg() == 0 {
			break
		}
		names = append(names, flags.Arg(0))
	}
	if len(names) != 1 {
		_, _ = fmt.Fprintf(stderr, "bcp drill: expected one scenario, got %d\n"+usage, len(names),
			strings.Join(Names(), ", "))
		return 2
	}
	report, err := play(ctx, names[0], Options{Tester: *tester, RealTime: *realTime})
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %s: %s\n", bcperr.CodeOf(err), bcperr.DetailOf(err))
		return 2
	}
	if err := write(report, *jsonFile, *htmlFile); err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n", err)
		return 2
	}
	_, _ = io.WriteString(stdout, report.Text())
	if !report.OK {
		return 1
	}
	return 0
}

func play(ctx context.Context, name string, o Options) (*Report, error) {
	text, found := Own(name)
	if !found {
		var err error
		if text, err = os.ReadFile(name); errors.Is(err, fs.ErrNotExist) {
			return nil,
				bcperr.New(bcperr.ScenarioInvalid,
					"no file %q, and no scenario of that name%s; those that come along: %s",
					name, bcperr.Nearest(name, Names()), strings.Join(Names(), ", "))
		}
		if err != nil {
			return nil, bcperr.New(bcperr.ScenarioInvalid, "%q cannot be read: %w", name, err)
		}
	}
	s, err := Parse(text)
	if err != nil {
		return nil, err
	}
	if s.Title == "" {
		s.Title = name
	}
	o.Dir = filepath.Dir(name)
	return Run(ctx, s, o)
}

func write(r *Report, jsonFile, htmlFile string) error {
	if jsonFile != "" {
		if err := os.WriteFile(jsonFile, r.JSON(), 0o644); err != nil {
			return err
		}
	}
	if htmlFile == "" {
		return nil
	}
	page, err := r.HTML()
	if err != nil {
		return err
	}
	return os.WriteFile(htmlFile, page, 0o644)
}
