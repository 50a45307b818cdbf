package xslt

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRepeats compares the result of every case with itself and with what departs from it at the begin, in the middle
// and at the end.
func TestRepeats(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "cases", "*.txtar"))
	require.NoError(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			parts := readArchive(t, file)
			s, err := Compile([]byte(parts["stylesheet.xsl"]))
			require.NoError(t, err)
			repeats := func(output string) bool {
				return s.Repeats([]byte(output), domOf(t, parts["input.xml"]), DefaultLimits)
			}
			want := strings.TrimSuffix(parts["want"], "\n")
			if want == "" {
				return
			}
			require.True(t, repeats(want))
			for _, at := range []int{0, len(want) / 2, len(want) - 1} {
				require.False(t, repeats(want[:at]+"\x00"+want[at+1:]), "another octet at %d", at)
			}
			require.False(t, repeats(want+" "))
			if len(want) > 1 {
				require.False(t, repeats(want[:len(want)-1]))
			}
		})
	}
}

func TestRepeatsEndsWhereItDeparts(t *testing.T) {
	for _, method := range []string{"xml", "html", "text"} {
		s, err := Compile([]byte(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
			<xsl:output method="` + method + `"/>
			<xsl:template match="/"><xsl:for-each select="//a"><xsl:value-of select="."/></xsl:for-each></xsl:template>
			</xsl:stylesheet>`))
		require.NoError(t, err)
		input := "<q>" + strings.Repeat("<a>70010112345</a>", 10_000) + "</q>"
		whole, err := s.Transform(domOf(t, input), DefaultLimits)
		require.NoError(t, err)
		other := []byte(strings.ReplaceAll(string(whole.Output), "70010112345", "70010112346"))
		cut, err := s.transform(domOf(t, input), DefaultLimits, other)
		require.ErrorIs(t, err, errDeparts)
		require.Less(t, cut.Steps, whole.Steps-30_000, method) // finding the elements takes its time
	}
}
