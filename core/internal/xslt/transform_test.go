package xslt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// TestTransform runs the cases of testdata/cases: a stylesheet, an input, and what the oracle named in the file makes
// of them. A file ends with a newline that is not part of the wanted text.
func TestTransform(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "cases", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			parts := readArchive(t, file)
			r, err := transform(t, parts["stylesheet.xsl"], parts["input.xml"], DefaultLimits)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSuffix(parts["want"], "\n"), string(r.Output))
		})
	}
}

// transform compiles and applies a stylesheet to the root element of an input, as the JDK sees it.
func transform(t *testing.T, stylesheet, input string, limits Limits) (Result, error) {
	t.Helper()
	s, err := Compile([]byte(stylesheet))
	require.NoError(t, err)
	return s.Transform(domOf(t, input), limits)
}

func domOf(t *testing.T, input string) *xmldoc.Node {
	t.Helper()
	doc, err := xmldoc.Parse([]byte(input), xmldoc.DocumentLimits)
	require.NoError(t, err)
	return asDOM(doc.DocumentElement())
}

func readArchive(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	parts := archive(data)
	require.Contains(t, parts[""], "oracle: ", "the file must name its oracle")
	return parts
}

// archive reads a txtar file: a comment, then files, each after a line "-- name --".
func archive(data []byte) map[string]string {
	parts := map[string]string{}
	name := ""
	for line := range bytes.Lines(data) {
		text := string(line)
		if inner, ok := strings.CutPrefix(text, "-- "); ok && strings.HasSuffix(inner, " --\n") {
			name = strings.TrimSuffix(inner, " --\n")
			parts[name] = ""
			continue
		}
		parts[name] += text
	}
	return parts
}
