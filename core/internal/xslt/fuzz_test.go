package xslt

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// FuzzTransform compiles anything and applies it: errors are fine, panics and endless work are not, and a second run
// must give the same octets.
func FuzzTransform(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "cases", "*.txtar"))
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		parts := archive(data)
		f.Add([]byte(parts["stylesheet.xsl"]), []byte(parts["input.xml"]))
	}
	limits := Limits{Steps: 20_000, Depth: 200, Nodes: 5000, OutputBytes: 100_000}
	f.Fuzz(func(t *testing.T, stylesheet, input []byte) {
		s, err := Compile(stylesheet)
		if err != nil {
			require.NotEqual(t, bcperr.Internal, bcperr.CodeOf(err), "%v", err)
			return
		}
		doc, err := xmldoc.Parse(input, xmldoc.DocumentLimits)
		if err != nil {
			return
		}
		r, err := s.Transform(doc, limits)
		if err != nil {
			require.NotEqual(t, bcperr.Internal, bcperr.CodeOf(err), "%v", err)
		}
		again, errAgain := s.Transform(doc, limits)
		require.Equal(t, bcperr.CodeOf(err), bcperr.CodeOf(errAgain))
		require.Equal(t, r.Output, again.Output)
	})
}
