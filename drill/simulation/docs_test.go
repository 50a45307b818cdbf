package simulation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/drill/simulation"
)

// The scenario of docs/scale.md is one, and its command lines run, for few clients.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/scale.md")
	require.NoError(t, err)
	blocks := strings.Split(string(page), "```")
	require.Len(t, blocks, 5, "two examples")
	dir := t.TempDir()
	mine := filepath.Join(dir, "my.sim")
	require.NoError(t, os.WriteFile(mine, []byte(strings.TrimPrefix(blocks[3], "\n")), 0o600))
	_, err = simulation.Parse([]byte(blocks[3]))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimPrefix(strings.TrimSpace(blocks[1]), "sh\n"), "\n")
	require.Len(t, lines, 3)
	for _, line := range lines {
		code, _, _ := strings.Cut(line, "#")
		args := strings.Fields(strings.TrimPrefix(code, "bcp simulate "))
		for i, arg := range args {
			switch {
			case arg == "my.sim":
				args[i] = mine
			case filepath.Ext(arg) != "":
				args[i] = filepath.Join(dir, arg)
			case arg == "20000":
				args[i] = "20"
			}
		}
		if args[0] == "morning" {
			args = append(args, "--clients", "20")
		}
		exit, stdout, stderr := command(t, args...)
		require.Zero(t, exit, "%s: %s", line, stderr)
		require.NotEmpty(t, stdout, line)
	}
}
