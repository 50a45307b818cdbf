package options

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type several []string

func (s *several) String() string         { return strings.Join(*s, ",") }
func (s *several) Set(value string) error { *s = append(*s, value); return nil }
func (s *several) IsRepeated()            {}

type values struct {
	name     string
	number   int
	is       bool
	patience time.Duration
	copies   several
}

func parse(args ...string) (v values, operands []string, err error) {
	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	flags.StringVar(&v.name, "name", "", "")
	flags.IntVar(&v.number, "number", 7, "")
	flags.BoolVar(&v.is, "is", false, "")
	flags.DurationVar(&v.patience, "patience", time.Minute, "")
	flags.Var(&v.copies, "copy", "")
	operands, err = Parse(flags, args)
	return v, operands, err
}

func TestParse(t *testing.T) {
	v, operands, err := parse(strings.Fields("a --is --number=9 b --copy x --name n --copy=y --patience 3s")...)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, operands)
	require.Equal(t, values{"n", 9, true, 3 * time.Second, several{"x", "y"}}, v)

	v, operands, err = parse()
	require.NoError(t, err)
	require.Empty(t, operands)
	require.Equal(t, values{number: 7, patience: time.Minute}, v)
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--number=many", `--number: expected a number, got "many"`},
		{"--patience=5", `--patience: expected a duration like 2m, got "5"`},
		{"--name=a --name=b", "--name is given twice"},
		{"--is=yes", "--is takes no value"},
		{"--nmae a", `unknown option "--nmae" (did you mean "--name"?)`},
	} {
		_, _, err := parse(strings.Fields(c.args)...)
		require.EqualError(t, err, c.want)
	}
}
