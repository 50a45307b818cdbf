// Package options reads the options of the commands that only the Go program has into a flag.FlagSet.
package options

import (
	"flag"
	"fmt"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
)

// Repeated is a flag.Value that may be given several times.
type Repeated interface {
	flag.Value
	IsRepeated()
}

// Parse reads a command line by the rules of every command, sets the flags, and returns the operands.
//
// Errors: as arguments.Read; a value that its flag does not take, in a sentence.
func Parse(flags *flag.FlagSet, args []string) (operands []string, err error) {
	var all []arguments.Option
	flags.VisitAll(func(f *flag.Flag) {
		b, isBool := f.Value.(interface{ IsBoolFlag() bool })
		_, repeats := f.Value.(Repeated)
		all = append(all, arguments.Option{Name: f.Name, IsSwitch: isBool && b.IsBoolFlag(), Repeats: repeats})
	})
	given, operands, err := arguments.Read(all, args)
	if err != nil {
		return nil, err
	}
	for _, one := range given {
		value := one.Value
		if value == "" { // only a switch has none
			value = "true"
		}
		if err := flags.Set(one.Name, value); err != nil {
			return nil, fmt.Errorf("--%s: expected %s, got %q", one.Name, kindOf(flags.Lookup(one.Name)), value)
		}
	}
	return operands, nil
}

func kindOf(f *flag.Flag) string {
	if getter, can := f.Value.(flag.Getter); can {
		if _, is := getter.Get().(time.Duration); is {
			return "a duration like 2m"
		}
	}
	return "a number"
}
