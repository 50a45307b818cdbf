package scenario

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
	"github.com/ehealth-bcp/ehealth-bcp/internal/options"
	"github.com/ehealth-bcp/ehealth-bcp/internal/scenarios"
)

//go:embed scenarios/*.drill
var files embed.FS

var own = scenarios.Own{Files: files, Ext: ".drill"}

// Names returns the names of the scenarios that come with the product.
func Names() []string { return own.Names() }

// Own returns the text of a scenario that comes with the product, and whether there is one of that name.
func Own(name string) ([]byte, bool) { return own.Text(name) }

const usage = `usage: bcp drill [--watch] [options] SCENARIO
       bcp drill --check REPORT.json [--key PUBLIC.pem]

Plays a scripted outage against a simulated platform and reports what a caller got.
SCENARIO is a file, or one of: %s
--json FILE   writes the report as JSON
--html FILE   writes the report as a page
--tester NAME  stands in the report
--sign KEY.pem  signs the JSON report with this private key, into FILE.sig
--real-time   waits take their time, and the time-outs are the product's; otherwise the time-outs are 1 s and 10 s
--watch       your own application calls, and the verdict comes from what the endpoints see
--port N      with --watch: the catalogue's port, the endpoints have those after it; otherwise free ones
--patience T  with --watch: how long a step waits for your application; default 2m
--check FILE  reads a report and says whether it fits together; plays nothing
--key FILE    with --check: the public key, or its certificate, that FILE.sig is checked with
Exit: 0 every expectation held, 1 one did not, 2 usage. docs/drills.md explains the steps of a scenario.
`

// line is a command line.
type line struct {
	json, html, tester, sign, check, key string
	realTime, watch                      bool
	port                                 int
	patience                             time.Duration
	names                                []string
}

// parseLine reads the arguments. Errors: arguments.ErrHelp; what is wrong, in a sentence.
func parseLine(args []string) (line, error) {
	var l line
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for name, to := range map[string]*string{"json": &l.json, "html": &l.html, "tester": &l.tester, "sign": &l.sign,
		"check": &l.check, "key": &l.key} {
		flags.StringVar(to, name, "", "")
	}
	flags.BoolVar(&l.realTime, "real-time", false, "")
	flags.BoolVar(&l.watch, "watch", false, "")
	flags.IntVar(&l.port, "port", 0, "")
	flags.DurationVar(&l.patience, "patience", defaultPatience, "")
	var err error
	if l.names, err = options.Parse(flags, args); err != nil {
		return l, err
	}
	return l, l.problem()
}

func (l line) problem() error {
	switch {
	case l.check != "" && (len(l.names) > 0 || l.watch || l.sign != ""):
		return errors.New("--check takes a report and --key, and no scenario")
	case l.check != "":
		return nil
	case len(l.names) != 1:
		return fmt.Errorf("expected one scenario, got %d", len(l.names))
	case l.key != "":
		return errors.New("--key goes with --check; to sign a report, --sign")
	case l.sign != "" && l.json == "":
		return errors.New("--sign signs the report of --json, which is missing")
	case !l.watch && l.port != 0:
		return errors.New("--port goes with --watch")
	case l.port < 0 || l.port > 65000:
		return fmt.Errorf("--port: expected 1 to 65000, got %d", l.port)
	case l.patience <= 0:
		return errors.New("--patience: expected a duration like 2m")
	}
	return nil
}

// Main is the command "bcp drill": it returns the exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	l, err := parseLine(args)
	if errors.Is(err, arguments.ErrHelp) {
		_, _ = fmt.Fprintf(stdout, usage, strings.Join(Names(), ", "))
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n"+usage, err, strings.Join(Names(), ", "))
		return 2
	}
	if l.check != "" {
		return recheck(l, stdout, stderr)
	}
	if err := l.tryFiles(); err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n", err)
		return 2
	}
	report, err := l.play(ctx, stdin, stderr)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %s: %s\n", bcperr.CodeOf(err), bcperr.DetailOf(err))
		return 2
	}
	_, _ = io.WriteString(stdout, report.Text())
	if err := l.write(report); err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n", err)
		return 2
	}
	if !report.OK {
		return 1
	}
	return 0
}

// recheck reads a report again: 0 when it fits together and its signature, where a key is given, is that of the key.
func recheck(l line, stdout, stderr io.Writer) int {
	text, key, err := l.readChecked()
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "bcp drill: %v\n", err)
		return 2
	}
	report, err := ReadReport(text)
	said := "is not checked: name the vendor's public key with --key"
	if err == nil && key != nil {
		said, err = "is that of the key", checkSignature(l.check+signatureSuffix, text, key)
	}
	switch code := bcperr.CodeOf(err); {
	case code == bcperr.BadCall:
		_, _ = fmt.Fprintf(stderr, "bcp drill: %s\n", bcperr.DetailOf(err))
		return 2
	case err != nil:
		_, _ = fmt.Fprintf(stdout, "refused: %s: %s\n", code, bcperr.DetailOf(err))
		return 1
	}
	if _, err := os.Stat(l.check + signatureSuffix); err != nil {
		said = "is absent"
	}
	_, _ = fmt.Fprintf(stdout, "The report fits together; its signature %s. It says:\n%s", said, report.Text())
	return 0
}

// readChecked reads the files that the command line names: the report and, when it names one, the key.
func (l line) readChecked() (report, key []byte, err error) {
	file, err := os.Open(l.check)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	if report, err = io.ReadAll(io.LimitReader(file, MaxReportBytes+1)); err != nil || l.key == "" {
		return report, nil, err
	}
	if key, err = os.ReadFile(l.key); err != nil {
		return nil, nil, fmt.Errorf("the key: %w", err)
	}
	return report, key, nil
}

func checkSignature(name string, text, key []byte) error {
	signature, err := os.ReadFile(name)
	if err != nil {
		return bcperr.New(bcperr.SignatureMissing, "there is no %s beside the report: it was not signed",
			filepath.Base(name))
	}
	return VerifySignature(text, signature, key)
}

// play plays the scenario, or lets an application be watched.
func (l line) play(ctx context.Context, stdin io.Reader, stderr io.Writer) (*Report, error) {
	name := l.names[0]
	s, err := load(name)
	if err != nil {
		return nil, err
	}
	if !l.watch {
		return Run(ctx, s, Options{Dir: filepath.Dir(name), Tester: l.tester, RealTime: l.realTime})
	}
	tell := func(text string) { _, _ = fmt.Fprintln(stderr, text) }
	return Watch(ctx, s, WatchOptions{
		Tester: l.tester, Port: l.port, Dir: filepath.Dir(name), Patience: l.patience, Next: lines(stdin),
		Ready: func(p *platform.Platform) { announce(p, tell) },
		Ask:   func(text string) { tell("> " + text) },
	})
}

// announce says how to point an application at the platform.
func announce(p *platform.Platform, tell func(string)) {
	tell("Point your application at this platform, and start it:")
	tell("  environment  " + platform.Environment)
	tell("  catalogue    " + p.CatalogueURL())
	tell("  anchors      the certificate below, in a file")
	tell(strings.TrimSpace(string(p.Anchors())))
	tell("Enter goes on when nothing more will come.")
}

// lines gives a value for each line that is typed.
func lines(from io.Reader) <-chan struct{} {
	typed := make(chan struct{})
	go func() {
		for in := bufio.NewScanner(from); in.Scan(); {
			typed <- struct{}{}
		}
	}()
	return typed
}

// load reads a scenario: a file, or one that comes along.
func load(name string) (Scenario, error) {
	text, err := own.Load(name)
	if err != nil {
		return Scenario{}, err
	}
	s, err := Parse(text)
	if err != nil {
		return Scenario{}, err
	}
	if s.Title == "" {
		s.Title = name
	}
	return s, nil
}
