package options

import (
	"flag"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		operands []string
		wrong    string
	}{
		{"before", []string{"--listen", "x", "a"}, []string{"a"}, ""},
		{"after", []string{"a", "b", "--listen=x"}, []string{"a", "b"}, ""},
		{"none", nil, nil, ""},
		{"misspelt", []string{"--lisen", "x"}, nil, `unknown option "--lisen" (did you mean "--listen"?)`},
		{"unknown", []string{"a", "--juggle"}, nil, `unknown option "--juggle"`},
		{"without its value", []string{"--listen"}, nil, "flag needs an argument: -listen"},
		{"help", []string{"a", "-h"}, nil, flag.ErrHelp.Error()},
	} {
		flags := flag.NewFlagSet("x", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		listen := flags.String("listen", "", "")
		operands, err := Parse(flags, c.args)
		if c.wrong != "" {
			require.EqualError(t, err, c.wrong, c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.Equal(t, c.operands, operands, c.name)
		require.Equal(t, len(c.args) > 1, *listen == "x", c.name)
	}
}
