package arguments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
)

var options = []arguments.Option{
	{Name: "listen"}, {Name: "crl", Repeats: true}, {Name: "watch", IsSwitch: true},
}

func TestRead(t *testing.T) {
	listen := []arguments.Given{{Name: "listen", Value: "x"}}
	for name, c := range map[string]struct {
		args, operands []string
		given          []arguments.Given
	}{
		"none":                {},
		"before the operands": {[]string{"--listen", "x", "a"}, []string{"a"}, listen},
		"after the operands":  {[]string{"a", "b", "--listen=x"}, []string{"a", "b"}, listen},
		"a value with =":      {[]string{"--listen=a=b"}, nil, []arguments.Given{{"listen", "a=b"}}},
		"a value like one":    {[]string{"--listen", "--watch"}, nil, []arguments.Given{{"listen", "--watch"}}},
		"several of one": {
			[]string{"--crl", "a", "--crl", "b"}, nil, []arguments.Given{{"crl", "a"}, {"crl", "b"}},
		},
		"a switch":         {[]string{"--watch", "a"}, []string{"a"}, []arguments.Given{{Name: "watch"}}},
		"standard input":   {[]string{"-", "--watch"}, []string{"-"}, []arguments.Given{{Name: "watch"}}},
		"the end of them":  {[]string{"a", "--", "--watch", "--"}, []string{"a", "--watch", "--"}, nil},
		"an empty operand": {[]string{""}, []string{""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			given, operands, err := arguments.Read(options, c.args)
			require.NoError(t, err)
			require.Equal(t, c.operands, operands)
			require.Equal(t, c.given, given)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"misspelt":            {[]string{"--lisen", "x"}, `unknown option "--lisen" (did you mean "--listen"?)`},
		"unknown":             {[]string{"a", "--juggle"}, `unknown option "--juggle"`},
		"one dash":            {[]string{"-listen", "x"}, `unknown option "-listen" (did you mean "--listen"?)`},
		"without its value":   {[]string{"--listen"}, "--listen needs a value"},
		"an empty value":      {[]string{"--listen", ""}, "--listen: expected a value, got an empty one"},
		"twice":               {[]string{"--listen=a", "--listen=b"}, "--listen is given twice"},
		"a switch with value": {[]string{"--watch=no"}, "--watch takes no value"},
		"a switch twice":      {[]string{"--watch", "--watch"}, "--watch is given twice"},
		"help":                {[]string{"a", "-h"}, arguments.ErrHelp.Error()},
		"help, long":          {[]string{"--help"}, arguments.ErrHelp.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := arguments.Read(options, c.args)
			require.EqualError(t, err, c.want)
		})
	}
}
