package vectors

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// testdata is the folder that `go generate ./...` fills.
const testdata = "../../testdata"

// The stored files are exactly what the generator writes: a second run of `go generate` changes nothing.
func TestTestdataIsWhatGenerateWrites(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("half a minute of RSA in WebAssembly; the native run compares the same files")
	}
	want, err := Files()
	require.NoError(t, err)
	stored := map[string]bool{}
	for _, folder := range Folders {
		require.NoError(t, filepath.WalkDir(filepath.Join(testdata, folder),
			func(name string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				relative, err := filepath.Rel(testdata, name)
				stored[filepath.ToSlash(relative)] = true
				return err
			}))
	}
	stored[IndexName] = true
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(testdata, name))
		require.NoError(t, err, "run `go generate ./...`")
		require.Equal(t, string(content), string(got), "%s: run `go generate ./...`", name)
		delete(stored, name)
	}
	require.Empty(t, stored, "files that the generator does not write: run `go generate ./...`")
}
