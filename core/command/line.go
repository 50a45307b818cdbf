package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// flag describes one option of a command. All take a value but switches.
type flag struct {
	name     string
	about    string // what help says of it
	isFile   bool   // the value names a file to read
	isSwitch bool   // takes no value
	repeats  bool
	maxBytes int // for files
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

// parse reads a command line. Flags may come before or after the operands, as --name value or --name=value; `--` ends
// them. A second result that is not nil is the whole outcome.
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
	if problem := l.read(args[1:]); problem != "" {
		if problem == helpAsked {
			return nil, help([]string{c.name})
		}
		return nil, usage(c, problem)
	}
	return l, nil
}

const helpAsked = "help"

func asksHelp(arg string) bool { return arg == "help" || arg == "--help" || arg == "-h" }

// read fills l from the arguments after the command's name; it returns what is wrong, or "".
func (l *line) read(args []string) string {
	flagsEnded := false
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if flagsEnded || arg == StandardInput || !strings.HasPrefix(arg, "-") {
			l.operands = append(l.operands, arg)
			continue
		}
		if arg == "--" {
			flagsEnded = true
			continue
		}
		if arg == "--help" || arg == "-h" {
			return helpAsked
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		f := l.command.flag(name)
		if f == nil || !strings.HasPrefix(arg, "--") {
			return fmt.Sprintf("unknown option %q%s", arg, l.command.nearest(name))
		}
		switch {
		case f.isSwitch && hasValue:
			return fmt.Sprintf("--%s takes no value", name)
		case !f.isSwitch && !hasValue:
			if i++; i == len(args) {
				return fmt.Sprintf("--%s needs a value", name)
			}
			value = args[i]
		}
		if !f.isSwitch && value == "" { // an unset variable in a script must not switch a check off
			return fmt.Sprintf("--%s: expected a value, got an empty one", name)
		}
		if !f.repeats && l.has(name) {
			return fmt.Sprintf("--%s is given twice", name)
		}
		l.values[name] = append(l.values[name], value)
	}
	return l.bindFiles()
}

// bindFiles checks the operands and lists every file to read: operands first, then flags in the order of the command.
func (l *line) bindFiles() string {
	if len(l.operands) > len(l.command.operands) {
		return fmt.Sprintf("unexpected argument %q", l.operands[len(l.command.operands)])
	}
	fromInput := 0
	bind := func(key, name string, maxBytes int) {
		if name == StandardInput {
			fromInput++
		}
		l.fileOf[key] = append(l.fileOf[key], len(l.files))
		l.files = append(l.files, File{Name: name, MaxBytes: maxBytes})
	}
	for i, o := range l.command.operands {
		switch {
		case i >= len(l.operands) && !o.optional:
			return "expected " + o.name + " as an argument"
		case i < len(l.operands) && !o.isText:
			bind(o.name, l.operands[i], o.maxBytes)
		}
	}
	for _, f := range l.command.flags {
		if f.isFile {
			for _, name := range l.values[f.name] {
				bind(f.name, name, f.maxBytes)
			}
		}
	}
	if fromInput > 1 {
		return "standard input (-) can stand for one file only"
	}
	return ""
}

func (c *command) nearest(name string) string {
	names := make([]string, len(c.flags))
	for i := range c.flags {
		names[i] = c.flags[i].name
	}
	if near := bcperr.Nearest(strings.TrimLeft(name, "-"), names); near != "" {
		return strings.Replace(near, `"`, `"--`, 1)
	}
	return ""
}

func (c *command) flag(name string) *flag {
	for i := range c.flags {
		if c.flags[i].name == name {
			return &c.flags[i]
		}
	}
	return nil
}
