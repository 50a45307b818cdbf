package command

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/history"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

var judged = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// run reads the files that a command line asks for below testdata and runs it.
func run(t *testing.T, args ...string) Outcome {
	t.Helper()
	files, ended := Files(args)
	if ended != nil {
		return *ended
	}
	contents := make([][]byte, len(files))
	for i, f := range files {
		var err error
		contents[i], err = os.ReadFile(filepath.Join("..", "..", "testdata", f.Name))
		require.NoError(t, err)
	}
	return Run(args, contents, judged)
}

// answer decodes the line on standard output.
func answer(t *testing.T, o Outcome) map[string]any {
	t.Helper()
	var a map[string]any
	require.NoError(t, json.Unmarshal([]byte(o.Stdout), &a), o.Stdout+o.Stderr)
	return a
}

func TestVerify(t *testing.T) {
	for name, args := range map[string][]string{
		"flags after":  {"verify", "catalogues/v1.xml", "--anchors", "pki/root.pem"},
		"flags before": {"verify", "--anchors", "pki/root.pem", "catalogues/v1.xml"},
		"equals sign":  {"verify", "--anchors=pki/root.pem", "catalogues/v1.xml"},
		"end of flags": {"verify", "--anchors", "pki/root.pem", "--", "catalogues/v1.xml"},
		"repeated anchors": {"verify", "--anchors", "pki/root.pem", "catalogues/v1.xml", "--anchors",
			"pki/issuing.pem"},
		"all judgements": {"verify", "catalogues/v1.xml", "--anchors", "pki/root.pem", "--environment", "Production",
			"--signer-cn", "CBE=0809394427, SERVICELIST", "--at", "2026-06-01T12:00:00Z", "--held", "catalogues/v1.xml",
			"--held-at", "2026-05-30T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, args...)
			require.Equal(t, ExitAccepted, o.Exit, o.Stdout+o.Stderr)
			a := answer(t, o)
			require.Equal(t, true, a["ok"])
			require.Equal(t, 1.0, a["version"])
			require.Equal(t, "Production", a["environment"])
			require.Equal(t, 16.0, a["services"])
			require.NotNil(t, a["lint"], "an empty list is [], never null")
			require.Equal(t, daysLeft(t, a), a["trust"].(map[string]any)["signerDaysLeft"])
			require.Positive(t, a["trust"].(map[string]any)["anchorDaysLeft"])
		})
	}
}

// daysLeft counts from the moment of judgement to the end of the signer's certificate.
func daysLeft(t *testing.T, a map[string]any) float64 {
	end, err := time.Parse(time.RFC3339, a["signer"].(map[string]any)["notAfter"].(string))
	require.NoError(t, err)
	return math.Floor(end.Sub(judged).Hours() / 24)
}

func TestRejections(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		args []string
	}{
		"other environment": {"environment-mismatch", []string{"verify", "catalogues/v1.xml", "--anchors",
			"pki/root.pem", "--environment", "Acceptation"}},
		"time of judgement": {"signer-not-yet-valid", []string{"verify", "catalogues/v1.xml", "--anchors",
			"pki/root.pem", "--at", "2019-01-01T00:00:00Z"}},
		"default time": {"issued-in-future", []string{"verify", "catalogues/v1.xml", "--anchors", "pki/root.pem",
			"--at", "2026-01-01T00:00:00Z"}},
		"other signer": {"signer-mismatch", []string{"verify", "catalogues/v1.xml", "--anchors", "pki/root.pem",
			"--signer-cn", "CBE=1, SERVICELIST"}},
		"not a catalogue": {"xml-malformed", []string{"services", "index.json", "--anchors", "pki/root.pem"}},
		"unknown service": {"service-unknown", []string{"plan", "catalogues/v1.xml", "--service", "none", "--script",
			"index.json", "--anchors", "pki/root.pem"}},
		"cut answer": {"incomplete", []string{"switch", "index.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, c.args...)
			require.Equal(t, ExitRejected, o.Exit, o.Stdout+o.Stderr)
			require.Empty(t, o.Stderr)
			a := answer(t, o)
			require.Equal(t, false, a["ok"])
			require.Equal(t, c.code, a["code"], a["detail"])
		})
	}
}

// TestWrongFile: whoever gives the wrong file reads what it seems to be. One that says how to judge is a wrong call.
func TestWrongFile(t *testing.T) {
	for _, c := range []struct{ input, seems string }{
		{"", "an empty input"},
		{"\x1f\x8b\x08\x00", "gzip-compressed bytes"},
		{"<!doctype html><html><p>log in</html>", "an HTML page"},
	} {
		for _, command := range []struct {
			exit int
			args []string
		}{
			{ExitRejected, []string{"verify", "x", "--anchors", "pki/root.pem"}},
			{ExitRejected, []string{"switch", "x"}},
			{ExitUsage, []string{"plan", "--script", "x"}},
			{ExitRejected, []string{"key", "--stylesheet", "x", "--request", "x"}},
			{ExitUsage, []string{"verify", "catalogues/v1.xml", "--anchors", "x"}},
		} {
			args := command.args
			files, ended := Files(args)
			require.Nil(t, ended)
			contents := make([][]byte, len(files))
			for i, f := range files {
				contents[i] = []byte(c.input)
				if f.Name != "x" {
					var err error
					contents[i], err = os.ReadFile(filepath.Join("..", "..", "testdata", f.Name))
					require.NoError(t, err)
				}
			}
			o := Run(args, contents, judged)
			require.Equal(t, command.exit, o.Exit, args)
			require.Contains(t, answer(t, o)["detail"], "got "+c.seems, args)
		}
	}
}

// TestCutAnswer: where an answer stops being one.
func TestCutAnswer(t *testing.T) {
	o := Run([]string{"switch", "x"}, [][]byte{[]byte("<a>\n<b></a>")}, judged)
	require.Equal(t, "incomplete", answer(t, o)["code"])
	require.Contains(t, answer(t, o)["detail"], "at 2:")
}

func TestUsage(t *testing.T) {
	for name, c := range map[string]struct {
		says string
		args []string
	}{
		"nothing":            {"expected a command", nil},
		"unknown command":    {`unknown command "frob"; there are verify, services,`, []string{"frob"}},
		"misspelt":           {`unknown command "sevre" (did you mean "serve"?)`, []string{"sevre"}},
		"of the Go program":  {`"drill" is a command of the Go program`, []string{"drill", "x"}},
		"of the npm package": {`"demo" is a command of the npm package only: npx ehealth-bcp demo`, []string{"demo"}},
		"mirror to nowhere":  {"expected DIR", []string{"mirror", "https://a.example/l.xml"}},
		"mirror by no trust": {"--anchors is required", []string{"mirror", "https://a.example/l.xml", "d"}},
		"mirror of anything": {"--environment is required", []string{"mirror", "https://a.example/l.xml", "d",
			"--anchors", "pki/root.pem"}},
		"Go only":             {`"sign" is a command of the Go program bcp only, see docs/`, []string{"sign", "x"}},
		"no anchors":          {"--anchors is required", []string{"verify", "catalogues/v1.xml"}},
		"no file":             {"expected FILE", []string{"verify", "--anchors", "pki/root.pem"}},
		"two files":           {`unexpected argument "b"`, []string{"verify", "a", "b"}},
		"unknown flag":        {`unknown option "--frob"`, []string{"verify", "a", "--frob"}},
		"single dash":         {`unknown option "-anchors"`, []string{"verify", "a", "-anchors", "b"}},
		"flag twice":          {"--at is given twice", []string{"verify", "a", "--at", "b", "--at", "c"}},
		"value missing":       {"--anchors needs a value", []string{"verify", "a", "--anchors"}},
		"switch with a value": {"--raw takes no value", []string{"key", "a", "--raw=1"}},
		"empty value":         {"--environment: expected a value", []string{"verify", "a", "--environment", ""}},
		"empty by equals":     {"--at: expected a value", []string{"verify", "a", "--at="}},
		"input twice":         {"standard input", []string{"verify", "-", "--anchors", "-"}},
		"bad instant": {"expected an RFC 3339 instant", []string{"verify", "catalogues/v1.xml", "--anchors",
			"pki/root.pem", "--at", "yesterday"}},
		"held-at alone": {"--held is missing", []string{"verify", "catalogues/v1.xml", "--anchors",
			"pki/root.pem", "--held-at", "2026-06-01T12:00:00Z"}},
		"key without request": {"--request is required", []string{"key", "--stylesheet", "index.json"}},
		"key from nothing":    {"either FILE", []string{"key", "--request", "index.json"}},
		"key from both": {"either FILE", []string{"key", "catalogues/v1.xml", "--stylesheet", "index.json",
			"--request", "index.json"}},
		"key without service": {"--service is required", []string{"key", "catalogues/v1.xml", "--request",
			"index.json"}},
		"plan without script": {"--script is required", []string{"plan"}},
		"plan without file":   {"--service needs FILE", []string{"plan", "--script", "index.json", "--service", "x"}},
		"bad policy": {"--policy: expected connector or published, got",
			[]string{"plan", "--script", "index.json", "--policy", "x"}},
		"bad seed": {"--seed", []string{"plan", "--script", "index.json", "--seed", "-1"}},
		"seed too large": {"0 to 9007199254740991", []string{"plan", "--script", "index.json", "--seed",
			"9007199254740992"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, c.args...)
			require.Equal(t, ExitUsage, o.Exit, o.Stdout+o.Stderr)
			require.Empty(t, o.Stdout)
			require.Contains(t, o.Stderr, c.says)
			require.Contains(t, o.Stderr, "try: bcp help")
		})
	}
}

func TestHistory(t *testing.T) {
	line, err := history.Chain{}.Next(strings.Repeat("ab", 32), "2026-05-20T10:20:09.583+02:00")
	require.NoError(t, err)
	head := line[len(line)-65 : len(line)-1]
	for name, c := range map[string]struct {
		content string
		args    []string
		want    string
	}{
		"holds":        {line, nil, `{"ok":true,"head":"` + head + `","lists":[{"digest":"abab`},
		"empty":        {"", nil, `{"ok":true,"head":"0000`},
		"cut":          {line + "abc", nil, `"torn":3`},
		"head noted":   {line, []string{"--head", head}, `{"ok":true`},
		"head of none": {line, []string{"--head", strings.Repeat("1", 64)}, `{"ok":false,"code":"history-broken"`},
		"changed": {strings.Replace(line, "2026", "2027", 1), nil,
			`{"ok":false,"code":"history-broken","detail":"line 1: `},
	} {
		o := Run(append([]string{"history", "chain.txt"}, c.args...), [][]byte{[]byte(c.content)}, time.Time{})
		require.Contains(t, o.Stdout, c.want, name)
		require.Equal(t, strings.Contains(c.want, `"ok":false`), o.Exit == ExitRejected, name)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}, {"help", "verify"}, {"verify", "--help"},
		{"version"}} {
		o := run(t, args...)
		require.Equal(t, ExitAccepted, o.Exit)
		require.NotEmpty(t, o.Stdout)
		require.Empty(t, o.Stderr)
	}
	require.Contains(t, run(t, "plan", "-h").Stdout, "--script STEPS.json")
	require.Contains(t, run(t, "plan", "-h").Stdout, "as a client does unless told otherwise; off without it")
	require.True(t, failover.DefaultPolicy().Failback, "as the help of plan says")
}

// TestHelpListsWhatIsTaken: the help of a command explains its options, all of them and no others.
func TestHelpListsWhatIsTaken(t *testing.T) {
	for i := range commands {
		c := &commands[i]
		_, explained, found := strings.Cut(run(t, "help", c.name).Stdout, "\n\n")
		require.True(t, found)
		_, explained, _ = strings.Cut(explained, "\n\n") // after the usage
		var names []string
		for line := range strings.Lines(explained) {
			if name, isOption := strings.CutPrefix(line, "--"); isOption {
				names = append(names, strings.Fields(name)[0])
			}
		}
		var want []string
		for _, f := range c.flags {
			want = append(want, f.name)
		}
		require.ElementsMatch(t, want, names, c.name)
	}
	require.NotContains(t, run(t, "help", "switch").Stdout, "--anchors")
}

// TestHelpExamples: the forms of input that the help shows are taken as they stand.
func TestHelpExamples(t *testing.T) {
	between := func(command, begin, end string) []byte {
		_, text, found := strings.Cut(run(t, "help", command).Stdout, begin)
		require.True(t, found, command)
		text, _, found = strings.Cut(text, end)
		require.True(t, found, command)
		return []byte(begin + text + end)
	}
	o := Run([]string{"plan", "--script", "x"}, [][]byte{between("plan", `{"endpoints"`, "]}\n")}, judged)
	require.Equal(t, ExitAccepted, o.Exit, o.Stdout)
	require.True(t, strings.HasSuffix(o.Stdout, "}\n"), "a line ends")
	o = Run([]string{"key", "--stylesheet", "x", "--request", "y"},
		[][]byte{between("key", "<xsl:stylesheet", "</xsl:stylesheet>"),
			between("key", "<soap:Envelope", "</soap:Envelope>")}, judged)
	require.Equal(t, "85071599987", answer(t, o)["key"])
}

// TestConstantKey: a key that no cache takes ends as a refusal, and goes down no pipe.
func TestConstantKey(t *testing.T) {
	contents := [][]byte{
		[]byte(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
			`<xsl:template match="/">|</xsl:template></xsl:stylesheet>`),
		[]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>1</q></s:Body></s:Envelope>`),
	}
	o := Run([]string{"key", "--stylesheet", "x", "--request", "y"}, contents, judged)
	require.Equal(t, ExitRejected, o.Exit)
	a := answer(t, o)
	require.Equal(t, []any{false, "key-constant", true}, []any{a["ok"], a["code"], a["constant"]})
	require.Contains(t, a["key"], "|")
	o = Run([]string{"key", "--stylesheet", "x", "--request", "y", "--raw"}, contents, judged)
	require.Equal(t, Outcome{Exit: ExitRejected, Stderr: o.Stderr}, o)
	require.Contains(t, o.Stderr, "bcp key: key-constant: ")
}

func TestFilesAreOrderedAndBounded(t *testing.T) {
	files, ended := Files([]string{"verify", "--crl", "c1", "--anchors", "a1", "list", "--crl", "c2", "--held", "h"})
	require.Nil(t, ended)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		require.Positive(t, f.MaxBytes)
	}
	require.Equal(t, []string{"list", "a1", "h", "c1", "c2"}, names)
}

// TestNoFiles: JavaScript goes through the list, so it is there even when it is empty.
func TestNoFiles(t *testing.T) {
	files, ended := Files([]string{"plan"})
	require.Nil(t, ended)
	require.NotNil(t, files)
	require.Empty(t, files)
}

func TestContentsMustFitTheFiles(t *testing.T) {
	o := Run([]string{"verify", "a", "--anchors", "b"}, [][]byte{nil}, judged)
	require.Equal(t, ExitUsage, o.Exit)
	require.Equal(t, "bad-call", answer(t, o)["code"])
}

func TestUnreadable(t *testing.T) {
	o := Unreadable("x.xml", "not found")
	require.Equal(t, Outcome{Exit: ExitUsage, Stderr: "bcp: cannot read \"x.xml\": not found\n"}, o)
}

// What is printed neither steers a terminal nor turns the direction of writing, and is the same text to who reads JSON.
func TestPrintedTextSteersNothing(t *testing.T) {
	name := "<img src=x>\u202eSTS\u2067\u200f\u009b2J\x1b\u2028 é\u00a0&"
	line := printed(map[string]string{"name": name})
	require.Equal(t, `{"name":"<img src=x>\u202eSTS\u2067\u200f\u009b2J\u001b\u2028 é`+"\u00a0&\"}\n", line)
	require.Equal(t, name, answer(t, Outcome{Stdout: line})["name"])
}
