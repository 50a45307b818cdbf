// Command bcp verifies the eHealth-platform's signed service catalogue and uses it: see `bcp help`.
//
// Its commands are core/command, the same code as the Node command ehealth-bcp; but log, sign, drill, simulate and
// serve exist here only.
package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/ehealth-bcp/ehealth-bcp/drill/simulation"
)

func main() {
	args := os.Args[1:]
	if len(args) == 2 && args[0] == "help" && command.OfGoOnly(args[1]) {
		args = []string{args[1], "--help"}
	}
	if len(args) > 0 && (args[0] == "drill" || args[0] == "simulate") {
		os.Exit(rehearse(args[0], args[1:]))
	}
	o := run(args, os.Stdin)
	io.WriteString(os.Stdout, o.Stdout)
	io.WriteString(os.Stderr, o.Stderr)
	os.Exit(o.Exit)
}

// rehearse plays an outage, `bcp drill` or `bcp simulate`; it runs for minutes, so it prints as it goes and ends
// cleanly when interrupted.
func rehearse(command string, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if command == "simulate" {
		return simulation.Main(ctx, args, os.Stdout, os.Stderr)
	}
	return scenario.Main(ctx, args, os.Stdin, os.Stdout, os.Stderr)
}

func run(args []string, stdin io.Reader) command.Outcome {
	if len(args) > 0 {
		switch args[0] {
		case "sign":
			return sign(args[1:], stdin)
		case "serve":
			return serve(args[1:])
		case "log":
			return printLog(args[1:], stdin, time.Local)
		}
	}
	files, ended := command.Files(args)
	if ended != nil {
		return *ended
	}
	contents := make([][]byte, len(files))
	told := ""
	for i, f := range files {
		content, err := read(f, stdin)
		if err != nil {
			unreadable := command.Unreadable(f.Name, reason(err))
			if !f.Spare {
				return unreadable
			}
			told += unreadable.Stderr
		}
		contents[i] = content
	}
	o := command.Run(args, contents, time.Now())
	if o.Mirror != nil {
		o = mirror(o.Mirror, contents)
	}
	o.Stderr = told + o.Stderr
	return o
}

// read returns the bytes of a file, one more than allowed at most, so that a file without end does not fill the memory
// and one that is too large is seen to be.
func read(f command.File, stdin io.Reader) ([]byte, error) {
	from := stdin
	if f.Name != arguments.StandardInput {
		opened, err := os.Open(f.Name)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		from = opened
	}
	return io.ReadAll(io.LimitReader(from, int64(f.MaxBytes)+1))
}

// reason says in a few words why a file cannot be read; the Node command uses the same words.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "not found"
	case errors.Is(err, fs.ErrPermission):
		return "not allowed"
	case errors.Is(err, syscall.EISDIR):
		return "is a folder"
	}
	return "cannot be read"
}
