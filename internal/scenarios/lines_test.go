package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/internal/scenarios"
)

// TestLines: what says nothing is left out, and what stands after it keeps the number that an editor shows.
func TestLines(t *testing.T) {
	lines, err := scenarios.Lines([]byte("\ufeff# head\r\n\n  wait 5m\t\r\ncall a#b # why\n#\nlast"), "a step a line")
	require.NoError(t, err)
	said := map[int]string{}
	for number, line := range lines {
		said[number] = line
	}
	require.Equal(t, map[int]string{3: "wait 5m", 4: "call a#b", 6: "last"}, said)
}

// TestLinesRefuses: a text without end, and what is no text; with the way a line should look.
func TestLinesRefuses(t *testing.T) {
	const most = 64 << 10
	_, err := scenarios.Lines([]byte(strings.Repeat("#", most)), "a step a line")
	require.NoError(t, err)
	for name, text := range map[string]struct {
		text string
		code bcperr.Code
		says string
	}{
		"too large": {strings.Repeat("#", most+1), bcperr.InputTooLarge, "65537 bytes, at most 65536"},
		"JSON":      {`{"steps":[]}`, bcperr.ScenarioInvalid, "a step a line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scenarios.Lines([]byte(text.text), "a step a line")
			require.ErrorIs(t, err, text.code)
			require.ErrorContains(t, err, text.says)
		})
	}
}
