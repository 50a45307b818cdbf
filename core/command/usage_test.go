package command

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUsageNamesOptions: each option of a command stands in its line of usage, which help and errors show.
func TestUsageNamesOptions(t *testing.T) {
	for _, c := range commands {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range c.flags {
				require.Regexp(t, `--`+f.name+`\b`, c.usage)
			}
		})
	}
}
