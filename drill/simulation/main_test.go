package simulation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/drill/simulation"
)

func command(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exit = simulation.Main(context.Background(), args, &out, &err)
	return exit, out.String(), err.String()
}

func TestMainWritesReports(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "mine.sim")
	require.NoError(t, os.WriteFile(name, []byte(outage), 0o600))
	exit, stdout, stderr := command(t, name, "--clients", "50", "--behaviour", "ours,naive",
		"--json", filepath.Join(dir, "r.json"), "--html", filepath.Join(dir, "r.html"))
	require.Zero(t, exit, stderr)
	require.NotContains(t, stderr, "%", "how far it is, in a file")
	require.Contains(t, stdout, "50 clients, 25 calls an hour, seed 1")
	require.Contains(t, stderr, "MiB of memory")
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	require.NoError(t, err)
	var report simulation.Report
	require.NoError(t, json.Unmarshal(text, &report))
	require.Len(t, report.Behaviours, 2)
	require.Equal(t, outage, report.Scenario.Text)
	page, err := os.ReadFile(filepath.Join(dir, "r.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "</html>")
}

func TestMainRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no scenario", nil, "expected one scenario, got 0"},
		{"misspelt scenario", []string{"silnt"},
			`scenario-invalid: no file "silnt", and no scenario of that name (did you mean "silent"?)`},
		{"misspelt option", []string{"silent", "--client", "3"},
			`unknown option "--client" (did you mean "--clients"?)`},
		{"nobody", []string{"silent", "--clients", "0"}, "limit-exceeded: expected 1 to 2000000 clients, got 0"},
		{"too many", []string{"silent", "--clients", "1000000000"}, "limit-exceeded"},
		{"no number", []string{"silent", "--clients", "many"}, "--clients: expected a number"},
		{"behaviour", []string{"silent", "--behaviour", "nave"},
			`bad-call: unknown behaviour "nave" (did you mean "naive"?)`},
		{"a folder", []string{t.TempDir()}, "scenario-invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exit, stdout, stderr := command(t, c.args...)
			require.Equal(t, 2, exit)
			require.Empty(t, stdout)
			require.Contains(t, stderr, c.says)
		})
	}
	exit, stdout, _ := command(t, "--help")
	require.Zero(t, exit)
	require.Contains(t, stdout, "flapping")
}
