package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// lines is an output that a test can wait on.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// builtPackage is a folder that looks like dist.
func builtPackage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.js"), []byte("export {};\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bcp.wasm"), []byte("\x00asm"), 0o600))
	return dir
}

// started runs the command until the test ends, and returns its address.
func started(t *testing.T, args ...string) (origin string, stderr *lines) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stdout, stderr := &lines{}, &lines{}
	exit := make(chan int, 1)
	go func() { exit <- run(ctx, append(args, "-dist", builtPackage(t)), stdout, stderr) }()
	t.Cleanup(func() {
		cancel()
		require.Equal(t, 0, <-exit)
		require.Contains(t, stdout.String(), "Stopped.")
		_, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
		require.Error(t, err, "the port is free again")
	})
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	require.Eventually(t, func() bool { return address.MatchString(stdout.String()) }, 10*time.Second,
		5*time.Millisecond)
	return address.FindString(stdout.String()), stderr
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

func TestServesEverything(t *testing.T) {
	origin, _ := started(t, "-port", "0")
	for path, want := range map[string]struct{ contentType, text string }{
		"/":                         {"text/html; charset=utf-8", "rehearsed on this machine"},
		"/app/":                     {"text/html; charset=utf-8", "importmap"},
		"/app/app.js":               {"text/javascript; charset=utf-8", "createBcpClient"},
		"/verify/":                  {"text/html; charset=utf-8", "Check a catalogue"},
		"/control/":                 {"text/html; charset=utf-8", "Simulated platform"},
		"/shared/style.css":         {"text/css; charset=utf-8", ":root"},
		"/dist/index.js":            {"text/javascript; charset=utf-8", "export"},
		"/dist/bcp.wasm":            {"application/wasm", "\x00asm"},
		"/platform/state":           {"application/json; charset=utf-8", `"environment":"Drill"`},
		"/platform/anchors.pem":     {"application/x-pem-file", "BEGIN CERTIFICATE"},
		"/practice/config.json":     {"application/json; charset=utf-8", `"functionalities"`},
		"/practice/secret?user=A":   {"application/octet-stream", ""},
		"/bcp/servicelist.xml":      {"application/xml", "<ServiceList"},
		"/practice/gateway.json":    {"application/json; charset=utf-8", `"issueInstant"`},
		"/platform/catalogue.xml":   {"application/xml", "<ServiceList"},
		"/platform/procedures.json": {"application/json", "127.0.0.1"},
	} {
		response, body := get(t, origin+path)
		require.Equal(t, 200, response.StatusCode, path)
		require.Equal(t, want.contentType, response.Header.Get("Content-Type"), path)
		require.Contains(t, body, want.text, path)
	}
	for _, path := range []string{"/demo.go", "/platform.go", "/practice/secret?user=C", "/nowhere"} {
		response, _ := get(t, origin+path)
		require.Equal(t, 404, response.StatusCode, path)
	}
}

func TestSecretsDifferByUserAndStay(t *testing.T) {
	origin, _ := started(t, "-port", "0")
	_, a := get(t, origin+"/practice/secret?user=A")
	_, b := get(t, origin+"/practice/secret?user=B")
	_, again := get(t, origin+"/practice/secret?user=A")
	require.Len(t, a, 32)
	require.NotEqual(t, a, b)
	require.Equal(t, a, again)
}

// The policy that the README promises to suffice, with the import maps by their hash.
func TestContentSecurityPolicy(t *testing.T) {
	origin, _ := started(t, "-port", "0")
	response, _ := get(t, origin+"/app/")
	policy := response.Header.Get("Content-Security-Policy")
	require.Regexp(t, `script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}='(;| )`, policy)
	require.Contains(t, policy, "require-trusted-types-for 'script'")
	require.NotContains(t, policy, "'unsafe-inline'")
	require.NotContains(t, policy, "'unsafe-eval'")
}

func TestBusyPortSaysSoAndTakesAnother(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	origin, stderr := started(t, "-port", port)
	require.NotContains(t, origin, ":"+port)
	require.Contains(t, stderr.String(), "port "+port+" cannot be had")
}

func TestWrongArguments(t *testing.T) {
	dist := builtPackage(t)
	for name, c := range map[string]struct {
		args []string
		exit int
		says string
	}{
		"no such port":     {[]string{"-port", "70000", "-dist", dist}, 2, "from 0 to 65000"},
		"a word":           {[]string{"-dist", dist, "now"}, 2, "no other arguments"},
		"an unknown flag":  {[]string{"-fast"}, 2, "-fast"},
		"nothing built":    {[]string{"-dist", t.TempDir()}, 1, "make build"},
		"a port as a word": {[]string{"-port", "http"}, 2, "invalid value"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, c.exit, run(t.Context(), c.args, io.Discard, &stderr), name)
		require.Contains(t, stderr.String(), c.says, name)
	}
}
