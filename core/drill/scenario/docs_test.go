package scenario_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/stretchr/testify/require"
)

// What the documentation shows works as it stands.
func TestDocumentation(t *testing.T) {
	blocks := func(file, kind string) [][][]byte {
		text, err := os.ReadFile("../../../docs/" + file)
		require.NoError(t, err)
		found := regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllSubmatch(text, -1)
		require.NotEmpty(t, found, file)
		return found
	}
	for _, block := range blocks("drills.md", "drill") {
		report := play(t, string(block[1]), "")
		require.True(t, report.OK, report.Text())
	}
	for _, block := range blocks("status-panel.md", "json") {
		own, err := procedure.Load(block[1])
		require.NoError(t, err)
		book, err := procedure.Default().With(own)
		require.NoError(t, err)
		guidance, err := book.Guidance("eattest", "fr")
		require.NoError(t, err)
		require.Equal(t, []string{"Appelez le secrétariat : 12 34."}, guidance.LastResort)
	}
}
