package scenario_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/stretchr/testify/require"
)

// What the documentation shows works as it stands.
func TestDocumentation(t *testing.T) {
	blocks := func(file, kind string) [][][]byte {
		text, err := os.ReadFile("../../docs/" + file)
		require.NoError(t, err)
		found := regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllSubmatch(text, -1)
		require.NotEmpty(t, found, file)
		return found
	}
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><answer/>`+
			`</s:Body></s:Envelope>`)
	}))
	defer own.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "request.xml"), []byte("<question/>"), 0o600))
	for _, block := range blocks("drills.md", "drill") {
		steps := strings.Replace(string(block[1]), "http://127.0.0.1:9000", own.URL, 1)
		report := play(t, "policy attempt 150ms\n"+steps, dir)
		require.True(t, report.OK, report.Text())
	}
	for _, block := range blocks("procedures.md", "json") {
		extra, err := procedure.ParseFile(block[1])
		require.NoError(t, err)
		book, err := procedure.Default().With(extra)
		require.NoError(t, err)
		guidance, err := book.Guidance("eattest", "fr")
		require.NoError(t, err)
		require.Equal(t, []string{"Appelez le secrétariat : 12 34."}, guidance.LastResort)
	}
}
