package procedure

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tables of the documentation are those of the data.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/application.md")
	require.NoError(t, err)
	section := func(title string) string {
		_, section, found := strings.Cut(string(text), "\n## "+title+"\n")
		require.True(t, found, title)
		section, _, _ = strings.Cut(section, "\n## ")
		return section
	}

	twice := section("Requests that may run twice")
	listed := map[string]Nature{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\x60.*?) \|`).FindAllStringSubmatch(twice, -1) {
		for _, id := range regexp.MustCompile("`(?:"+ehealth+"|…:)([a-z0-9-]+)`").FindAllStringSubmatch(row[1], -1) {
			listed[ehealth+id[1]] = Consult
		}
	}
	_, acts, _ := strings.Cut(twice, "These act")
	acts, _, _ = strings.Cut(acts, "The metahub")
	for _, id := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(acts, -1) {
		listed[ehealth+id[1]] = Act
	}
	require.Equal(t, natures, listed)

	var names []string
	for _, f := range Default().functionalities {
		names = append(names, "| `"+f.ID+"` | "+f.Title["en"]+" |")
	}
	rows := slices.DeleteFunc(strings.Split(section("Names of the care functionalities"), "\n"),
		func(line string) bool { return !strings.HasPrefix(line, "| `") })
	require.Equal(t, names, rows)
}
