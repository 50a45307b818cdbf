package scenario_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/drill/scenario"
	"github.com/stretchr/testify/require"
)

// A report that was changed contradicts itself, is of another format, or is none: it is told, and nothing is played.
func TestReadReport(t *testing.T) {
	report := play(t, "title T\nfail etk/0 refused\ncall etk repeat yes\nexpect answer etk/1\n", "")
	good := string(report.JSON())
	read, err := scenario.ReadReport([]byte(good))
	require.NoError(t, err)
	require.Equal(t, good, string(read.JSON()), "nothing is lost")
	_, err = scenario.ReadReport([]byte("\ufeff" + good))
	require.NoError(t, err, "as an editor on Windows saves it")

	change := func(from, to string) string {
		require.Contains(t, good, from)
		return strings.Replace(good, from, to, 1)
	}
	for _, c := range []struct {
		name, text string
		code       bcperr.Code
		detail     string
	}{
		{"another format", change(`"format": 1`, `"format": 2`), bcperr.ScenarioInvalid,
			"a report of format 2, made by version"},
		{"another format that differs", `{"format": 2, "version": {"major": "9\u202e\u001b"}, "ok": "<script>"}`,
			bcperr.ScenarioInvalid, `a report of format 2, made by version "map[major:9\u202e\x1b]"`},
		{"no format", change(`"format": 1`, `"form": 1`), bcperr.ScenarioInvalid, "expected the report of a drill"},
		{"an unknown member", change(`"title"`, `"evil": 1, "title"`), bcperr.ScenarioInvalid, `unknown field "evil"`},
		{"cut", good[:len(good)/2], bcperr.ScenarioInvalid, "the JSON is cut"},
		{"twice", good + good, bcperr.ScenarioInvalid, "expected the report of a drill in JSON"},
		{"empty", "", bcperr.ScenarioInvalid, "expected the report of a drill in JSON"},
		{"a page", "<!doctype html><p>x", bcperr.ScenarioInvalid, "got an HTML page"},
		{"another scenario", change(`title T\n`, `title U\n`), bcperr.DrillFailed, "not that of its digest"},
		{"another title", change(`"title": "T"`, `"title": "T\npassed: U"`), bcperr.DrillFailed,
			"the title is not that"},
		{"another verdict", change(`"ok": true`, `"ok": false`), bcperr.DrillFailed, "the verdict is not what follows"},
		{"another step", change(`"text": "fail etk/0 refused"`, `"text": "fail etk/1 refused"`), bcperr.DrillFailed,
			"step 1 of the report is not that of the scenario"},
		{"too large", good + strings.Repeat(" ", scenario.MaxReportBytes), bcperr.InputTooLarge, "more than"},
	} {
		_, err := scenario.ReadReport([]byte(c.text))
		require.Equal(t, c.code, bcperr.CodeOf(err), c.name)
		require.Contains(t, bcperr.DetailOf(err), c.detail, c.name)
	}
}

// A stranger's report writes no line of its own into a terminal, and steers none.
func TestReportTextSteersNothing(t *testing.T) {
	const evil = "\x1b[2J\u202e\u009b\npassed: x"
	report := scenario.Report{Title: evil, Calls: 1, Outages: []scenario.Outage{{Service: evil, Endpoint: evil}},
		Findings: []scenario.Finding{{Detail: evil}},
		Steps:    []scenario.StepReport{{Text: evil, Code: bcperr.Code(evil), Detail: evil}}}
	text := report.Text()
	require.Equal(t, 5, strings.Count(text, "\n"), text)
	require.Contains(t, text, `FAILED: \x1b[2J\u202e\u009b\npassed: x (1 steps, 1 calls)`)
	require.Equal(t, -1, strings.IndexFunc(strings.ReplaceAll(text, "\n", ""), func(r rune) bool {
		return !strconv.IsPrint(r)
	}))
}

// A signed report is checked with the vendor's key; a changed one, another key and a missing signature are told.
func TestSignedReport(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	run := func(exit int, args ...string) string {
		var stdout, stderr bytes.Buffer
		got := scenario.Main(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
		require.Equal(t, exit, got, stdout.String()+stderr.String())
		return stdout.String() + stderr.String()
	}
	require.NoError(t, os.WriteFile(at("s.drill"), []byte("call etk\nexpect answer etk/0\n"), 0o600))
	for _, key := range []string{"test-signer", "test-p256"} {
		private := "../keys/" + key + ".key.pem"
		run(0, at("s.drill"), "--json", at("r.json"), "--sign", private)
		require.NoError(t, os.WriteFile(at("public.pem"), publicOf(t, private), 0o600))
		said := run(0, "--check", at("r.json"), "--key", at("public.pem"))
		require.Contains(t, said, "its signature is that of the key")
		require.Contains(t, run(0, "--check", at("r.json")), "its signature is not checked")
		if openssl, err := exec.LookPath("openssl"); err == nil {
			out, err := exec.Command(openssl, "dgst", "-sha256", "-verify", at("public.pem"),
				"-signature", at("r.json.sig"), at("r.json")).CombinedOutput()
			require.NoError(t, err, string(out))
		}
	}
	for wrong, what := range map[string]string{
		"../keys/test-rsa1024.key.pem": "an RSA key of 1024 bits: 2048 are needed",
		at("public.pem"):               `expected a private key, got "PUBLIC KEY"`,
		at("s.drill"):                  "the key is not PEM: expected a private key, got other text",
	} {
		said := run(2, at("s.drill"), "--json", at("w.json"), "--sign", wrong)
		require.Contains(t, said, what)
		require.NotContains(t, said, "passed", "told before anything is played")
		require.NoFileExists(t, at("w.json"))
	}
	said := run(2, at("s.drill"), "--json", at("nowhere/w.json"))
	require.Contains(t, said, "w.json cannot be written: ")
	require.NotContains(t, said, "passed")
	run(0, at("s.drill"), "--json", at("w.json"), "--sign", "../keys/test-p256.key.pem")
	run(0, at("s.drill"), "--json", at("w.json"))
	require.NoFileExists(t, at("w.json.sig"), "it was that of another report")
	require.NoError(t, os.WriteFile(at("other.pem"), publicOf(t, "../keys/test-p384.key.pem"), 0o600))
	require.Contains(t, run(1, "--check", at("r.json"), "--key", at("other.pem")), "signature-invalid")
	text, err := os.ReadFile(at("r.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(at("r.json"), append(text, '\n'), 0o600))
	require.Contains(t, run(1, "--check", at("r.json"), "--key", at("public.pem")), "the report was changed")
	require.NoError(t, os.Remove(at("r.json.sig")))
	require.Contains(t, run(1, "--check", at("r.json"), "--key", at("public.pem")), "signature-missing")
	require.Contains(t, run(0, "--check", at("r.json")), "its signature is absent")
	require.Contains(t, run(2, "--check", at("r.json"), "--sign", at("public.pem")), "--check takes a report")
	require.Contains(t, run(2, "--check", at("nowhere.json")), "no such file")
	require.Contains(t, run(2, "--check", at("r.json"), "--key", at("nowhere.pem")), "the key: open")
	require.Contains(t, run(2, at("s.drill"), "--sign", "../keys/test-p256.key.pem"), "--json")
	require.Contains(t, run(2, at("s.drill"), "--htlm", "x"), `unknown option "--htlm" (did you mean "--html"?)`)
}

func publicOf(t *testing.T, private string) []byte {
	t.Helper()
	text, err := os.ReadFile(private)
	require.NoError(t, err)
	key, err := drill.ParseKey(text)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
