// Package steps counts the statements that a test runs, for tests of how the work grows with the input: a count is the
// same on every machine, however busy it is. It comes from a build with coverage counters, so the code that ships holds
// none.
package steps

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Counter is an instrumented copy of the tests of a package.
type Counter struct{ binary, profile string }

// size is the variable by which a test that is counted learns how much it has to do.
const size = "STEPS_SIZE"

// Size returns how much the running test has to do. It skips a test that no Counter runs.
func Size(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(size))
	if err != nil {
		t.Skip("run by a test that counts its steps")
	}
	return n
}

// New builds the tests of the package in the working folder with counters in the packages that are given, a list with
// commas. It skips the test in a short run, in wasm, and without the go command.
func New(t *testing.T, packages string) *Counter {
	t.Helper()
	if testing.Short() || runtime.GOOS == "js" {
		t.Skip("builds an instrumented copy of the package: not in a short run, not in wasm")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is not here to build the instrumented copy")
	}
	dir := t.TempDir()
	c := &Counter{binary: filepath.Join(dir, "steps.test"), profile: filepath.Join(dir, "profile")}
	build, err := exec.Command(goTool, "test", "-c", "-covermode=count", "-coverpkg="+packages, "-o", c.binary,
		".").CombinedOutput()
	require.NoError(t, err, "%s", build)
	return c
}

// Count returns how many statements run while the test of that name does as much as n. Variables of the environment
// may tell it more.
func (c *Counter) Count(t *testing.T, test string, n int, environment ...string) (total int) {
	t.Helper()
	cmd := exec.Command(c.binary, "-test.run=^"+test+"$", "-test.coverprofile="+c.profile)
	cmd.Env = append(append(os.Environ(), size+"="+strconv.Itoa(n)), environment...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "no tests to run")
	file, err := os.Open(c.profile)
	require.NoError(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan() // mode: count
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		require.Len(t, f, 3)
		statements, err := strconv.Atoi(f[1])
		require.NoError(t, err)
		count, err := strconv.Atoi(f[2])
		require.NoError(t, err)
		total += statements * count
	}
	require.NoError(t, lines.Err())
	return total
}

// Many repeats a text with a number in it, from 0.
func Many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
