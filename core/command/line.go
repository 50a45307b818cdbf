package command

import (
	"errors"
	"fmt"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
)

// flag describes one option of a command. All take a value but switches.
type flag struct {
	name     string
	about    string // what help says of it
	isFile   bool   // the value names a file to read
	isSwitch bool   // takes no value
	repeats  bool
	isSpare  bool // a file that cannot be read costs nothing else
	maxBytes int  // for files
}

// command describes one command: its flags, the files that stand without a flag, and what it does.
type command struct {
	name, usage, summary string
	about                string // what help says beside that
	exits                string // exit codes beside 0, 1 and 2
	operands             []operand
	flags                []flag
	run                  func(*line) (any, error)
}

// operand is a file, or a text, that stands on the command line without a flag.
type operand struct {
	name     string
	optional bool
	isText   bool
	maxBytes int
}

// line is a command line that was understood.
type line struct {
	command  *command
	values   map[string][]string // per flag name, in order; switches hold ""
	operands []string
	files    []File
	fileOf   map[string][]int // flag or operand name -> indexes into files
	contents [][]byte
	now      time.Time
}

func (l *line) has(name string) bool { return len(l.values[name]) > 0 }

// value returns the only value of a flag, or "".
func (l *line) value(name string) string {
	if v := l.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// content returns the bytes of the files that a flag or operand names, in order.
func (l *line) content(name string) [][]byte {
	var out [][]byte
	for _, i := range l.fileOf[name] {
		out = append(out, l.contents[i])
	}
	return out
}

// instant returns a flag's value as an RFC 3339 instant, or fallback when the flag is absent.
func (l *line) instant(name string, fallback time.Time) (time.Time, error) {
	if !l.has(name) {
		return fallback, nil
	}
	t, err := time.Parse(time.RFC3339, l.value(name))
	if err != nil {
		return t,
			usageError(fmt.Sprintf("--%s: expected an RFC 3339 instant such as 2026-11-22T09:00:00Z, got %q",
				name, l.value(name)))
	}
	return t, nil
}

// parse reads a command line. A second result that is not nil is the whole outcome.
func parse(args []string) (*line, *Outcome) {
	if len(args) == 0 {
		return nil, usage(nil, "expected a command, got none")
	}
	if asksHelp(args[0]) {
		return nil, help(args[1:])
	}
	if args[0] == "version" || args[0] == "--version" {
		return nil, version()
	}
	c := find(args[0])
	if c == nil {
		return nil, usage(nil, unknownCommand(args[0]))
	}
	l := &line{command: c, values: map[string][]string{}, fileOf: map[string][]int{}}
	switch err := l.read(args[1:]); {
	case errors.Is(err, arguments.ErrHelp):
		return nil, help([]string{c.name})
	case err != nil:
		return nil, usage(c, err.Error())
	}
	return l, nil
}

func asksHelp(arg string) bool { return arg == "help" || arg == "--help" || arg == "-h" }

// read fills l from the arguments after the command's name.
//
// Errors: as arguments.Read; what is wrong with the operands and files.
func (l *line) read(args []string) error {
	options := make([]arguments.Option, len(l.command.flags))
	for i, f := range l.command.flags {
		options[i] = arguments.Option{Name: f.name, IsSwitch: f.isSwitch, Repeats: f.repeats}
	}
	given, operands, err := arguments.Read(options, args)
	if err != nil {
		return err
	}
	for _, one := range given {
		l.values[one.Name] = append(l.values[one.Name], one.Value)
	}
	l.operands = operands
	return l.bindFiles()
}

// bindFiles checks the operands and lists every file to read: operands first, then flags in the order of the command.
func (l *line) bindFiles() error {
	if len(l.operands) > len(l.command.operands) {
		return fmt.Errorf("unexpected argument %q", l.operands[len(l.command.operands)])
	}
	fromInput := 0
	bind := func(key, name string, maxBytes int, isSpare bool) {
		if name == arguments.StandardInput {
			fromInput++
		}
		l.fileOf[key] = append(l.fileOf[key], len(l.files))
		l.files = append(l.files, File{Name: name, MaxBytes: maxBytes, Spare: isSpare})
	}
	for i, o := range l.command.operands {
		switch {
		case i >= len(l.operands) && !o.optional:
			return fmt.Errorf("expected %s as an argument", o.name)
		case i < len(l.operands) && !o.isText:
			bind(o.name, l.operands[i], o.maxBytes, false)
		}
	}
	for _, f := range l.command.flags {
		if f.isFile {
			for _, name := range l.values[f.name] {
				bind(f.name, name, f.maxBytes, f.isSpare)
			}
		}
	}
	if fromInput > 1 {
		return errors.New("standard input (-) can stand for one file only")
	}
	return nil
}
