package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
)

func digest(n int) string { return fmt.Sprintf("%064x", n) }

const instant = "2026-05-20T10:20:09.583+02:00"

// written is a history of n lists.
func written(t *testing.T, n int) string {
	t.Helper()
	var text strings.Builder
	var c history.Chain
	for i := range n {
		line, err := c.Next(digest(i+1), instant)
		require.NoError(t, err)
		text.WriteString(line)
		c, err = history.Read([]byte(text.String()))
		require.NoError(t, err)
	}
	return text.String()
}

func TestLines(t *testing.T) {
	text := written(t, 3)
	c, err := history.Read([]byte(text))
	require.NoError(t, err)
	require.Len(t, c.Entries, 3)
	require.Equal(t, digest(2), c.Entries[1].Digest)
	require.Equal(t, instant, c.Entries[1].IssueInstant)
	require.True(t, strings.HasSuffix(text, c.Head()+"\n"))
	require.Equal(t, text, written(t, 3), "two that saw the same lists have the same lines")

	// Computed by hand: printf '%064d %064x %s' 0 1 2026-05-20T10:20:09.583+02:00 | sha256sum
	require.Equal(t, "645d4cc5", written(t, 1)[64+1+len(instant)+1:][:8])
}

func TestSameListTwice(t *testing.T) {
	c, err := history.Read([]byte(written(t, 2)))
	require.NoError(t, err)
	line, err := c.Next(strings.ToUpper(digest(2)), instant)
	require.NoError(t, err)
	require.Empty(t, line, "it is the last one")
	line, err = c.Next(digest(1), instant)
	require.NoError(t, err)
	require.NotEmpty(t, line, "an earlier list that comes again is told")
}

// TestWhatWasChangedIsSeen: each octet of each line.
func TestWhatWasChangedIsSeen(t *testing.T) {
	text := []byte(written(t, 3))
	for i := range text[:len(text)-1] { // without the last line feed the last line is one that was cut
		changed := append([]byte{}, text...)
		changed[i] ^= 1
		_, err := history.Read(changed)
		require.Equal(t, bcperr.HistoryBroken, bcperr.CodeOf(err), "octet %d", i)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for name, edited := range map[string]string{
		"the first line is gone":   lines[1] + lines[2],
		"a line is gone":           lines[0] + lines[2],
		"two lines change places":  lines[0] + lines[2] + lines[1],
		"a line comes twice":       lines[0] + lines[0],
		"an empty line":            lines[0] + "\n" + lines[1],
		"Windows line ends":        strings.ReplaceAll(string(text), "\n", "\r\n"),
		"capital letters":          strings.ToUpper(lines[0]),
		"a fourth word":            strings.Replace(lines[0], "\n", " x\n", 1),
		"a page in its place":      "<html>\n</html>\n",
		"an instant that is a tag": strings.Replace(lines[0], instant, "<b>", 1),
	} {
		_, err := history.Read([]byte(edited))
		require.Equal(t, bcperr.HistoryBroken, bcperr.CodeOf(err), name)
	}
}

// TestCutWrite: an unfinished last line is told, and what stands before it holds.
func TestCutWrite(t *testing.T) {
	text := written(t, 2)
	line := len(text) / 2
	for torn := 1; torn < line; torn++ {
		c, err := history.Read([]byte(text[:line+torn]))
		require.NoError(t, err)
		require.Len(t, c.Entries, 1)
		require.Equal(t, torn, c.Torn)
	}
}

func TestHeads(t *testing.T) {
	c, err := history.Read([]byte(written(t, 3)))
	require.NoError(t, err)
	for _, e := range c.Entries {
		require.True(t, c.Has(strings.ToUpper(e.Hash)))
	}
	require.True(t, c.Has(history.Chain{}.Head()))
	require.False(t, c.Has(digest(1)), "a digest is no head")
	require.False(t, c.Has(""))
}

func TestBadInput(t *testing.T) {
	_, err := history.Read(make([]byte, history.MaxBytes+1))
	require.Equal(t, bcperr.InputTooLarge, bcperr.CodeOf(err))
	for _, bad := range [][2]string{
		{"", instant}, {"x", instant}, {digest(1) + "0", instant}, {digest(1), ""}, {digest(1), "a b"},
		{digest(1), "1\n2"},
		{digest(1), strings.Repeat("1", 65)},
	} {
		_, err := history.Chain{}.Next(bad[0], bad[1])
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), "%q", bad)
	}
}
