// Package options parses the options of the commands that only the Go program has. Those of the other commands are
// parsed in core/command, for Node too.
package options

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Parse parses options that may stand before or after the operands, and returns the operands.
//
// Errors: flag.ErrHelp; what is wrong, in a sentence, with the option that was probably meant by a misspelt one.
func Parse(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, misspelt(flags, err)
		}
		if flags.NArg() == 0 {
			return operands, nil
		}
		operands = append(operands, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func misspelt(flags *flag.FlagSet, err error) error {
	_, given, isUnknown := strings.Cut(err.Error(), "not defined: -")
	if errors.Is(err, flag.ErrHelp) || !isUnknown {
		return err
	}
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("unknown option %q%s", "--"+given, strings.Replace(bcperr.Nearest(given, names), `"`, `"--`, 1))
}
