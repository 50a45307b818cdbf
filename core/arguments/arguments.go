// Package arguments reads the command line of a command, for the Go program and for Node alike.
package arguments

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// StandardInput is the operand that stands for standard input.
const StandardInput = "-"

// ErrHelp is what Read returns when help is asked for.
var ErrHelp = errors.New("help is asked for")

// Option is one that a command takes, as --name value or --name=value; a switch takes no value.
type Option struct {
	Name     string
	IsSwitch bool
	Repeats  bool
}

// Given is an option as it stood on the command line. The Value of a switch is "".
type Given struct {
	Name, Value string
}

// Read reads the arguments after a command's name. Options may stand before or after the operands; `--` ends them.
//
// Errors: ErrHelp; else what is wrong, in a sentence, with the option that was probably meant by a misspelt one.
func Read(options []Option, args []string) (given []Given, operands []string, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return given, append(operands, args[i+1:]...), nil
		case arg == StandardInput || !strings.HasPrefix(arg, "-"):
			operands = append(operands, arg)
			continue
		case arg == "--help" || arg == "-h":
			return nil, nil, ErrHelp
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		o := find(options, name)
		if o == nil || !strings.HasPrefix(arg, "--") {
			return nil, nil, fmt.Errorf("unknown option %q%s", arg, nearest(options, name))
		}
		switch {
		case o.IsSwitch && hasValue:
			return nil, nil, fmt.Errorf("--%s takes no value", name)
		case !o.IsSwitch && !hasValue:
			if i++; i == len(args) {
				return nil, nil, fmt.Errorf("--%s needs a value", name)
			}
			value = args[i]
		}
		if !o.IsSwitch && value == "" { // an unset variable in a script must not switch a check off
			return nil, nil, fmt.Errorf("--%s: expected a value, got an empty one", name)
		}
		if !o.Repeats && slices.ContainsFunc(given, func(one Given) bool { return one.Name == name }) {
			return nil, nil, fmt.Errorf("--%s is given twice", name)
		}
		given = append(given, Given{name, value})
	}
	return given, operands, nil
}

func find(options []Option, name string) *Option {
	for i := range options {
		if options[i].Name == name {
			return &options[i]
		}
	}
	return nil
}

func nearest(options []Option, name string) string {
	name = strings.TrimLeft(name, "-")
	if find(options, name) != nil { // with one dash
		return fmt.Sprintf(" (did you mean %q?)", "--"+name)
	}
	names := make([]string, len(options))
	for i := range options {
		names[i] = options[i].Name
	}
	return strings.Replace(bcperr.Nearest(name, names), `"`, `"--`, 1)
}
