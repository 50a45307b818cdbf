package main

import (
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

const (
	catalogue = "../../testdata/catalogues/v1.xml"
	anchors   = "../../testdata/pki/root.pem"
)

func TestVerifyFromFilesAndStandardInput(t *testing.T) {
	fromFile := run([]string{"verify", catalogue, "--anchors", anchors, "--at", "2026-06-01T12:00:00Z"}, nil)
	require.Equal(t, command.ExitAccepted, fromFile.Exit, fromFile.Stdout)
	signed, err := os.Open(catalogue)
	require.NoError(t, err)
	defer signed.Close()
	require.Equal(t, fromFile, run([]string{"verify", "-", "--anchors", anchors, "--at", "2026-06-01T12:00:00Z"},
		signed))
}

// endless never ends: only the bound of the file stops the reading.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestInputWithoutEnd(t *testing.T) {
	o := run([]string{"verify", "-", "--anchors", anchors}, endless{})
	require.Equal(t, command.ExitRejected, o.Exit)
	require.Contains(t, o.Stdout, `"input-too-large"`)
}

func TestUnreadableFiles(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"absent": {"nowhere.xml", "not found"},
		"folder": {t.TempDir(), "is a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			o := run([]string{"verify", c.file, "--anchors", anchors}, nil)
			require.Equal(t, command.ExitUsage, o.Exit)
			require.Contains(t, o.Stderr, c.says)
		})
	}
	require.Equal(t, "not allowed", reason(fs.ErrPermission))
	require.Equal(t, "cannot be read", reason(errors.New("a disk that fails")))
}

// TestUnreadableCRL: it is told, and the list is judged without it, by the one-shot commands and at the start of serve.
func TestUnreadableCRL(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.crl")
	require.NoError(t, os.WriteFile(large, make([]byte, core.MaxCRLBytes+9), 0o600))
	for name, c := range map[string]struct{ file, says, finding string }{
		"absent":    {"nowhere.crl", "bcp: cannot read \"nowhere.crl\": not found\n", "got an empty input"},
		"too large": {large, "", "more than 4194304 bytes; it is not used"},
	} {
		t.Run(name, func(t *testing.T) {
			o := run([]string{"verify", catalogue, "--anchors", anchors, "--at", "2026-06-01T12:00:00Z",
				"--crl", catalogue, "--crl", c.file}, nil)
			require.Equal(t, command.ExitAccepted, o.Exit, o.Stdout)
			require.Equal(t, c.says, o.Stderr)
			require.Contains(t, o.Stdout, `{"code":"crl-invalid","place":"crl 2","detail":"`)
			require.Contains(t, o.Stdout, c.finding)
			given := trust{catalogues: names{"https://x.example/"}, anchors: names{anchors}, environment: "E",
				crls: names{catalogue, c.file}}
			options, ended := given.options()
			require.Nil(t, ended)
			require.Len(t, options.CRLs, 2)
		})
	}
}

const list = `{"version":2,"environment":"Production","issueInstant":"2026-05-20T10:00:00Z","services":[
	{"id":"uddi:x:v1","name":"X","endpoints":[{"order":0,"status":"ACTIVE","url":"https://x.example/"}]}]}`

func TestSign(t *testing.T) {
	signed := run([]string{"sign", "-"}, strings.NewReader(list))
	require.Equal(t, command.ExitAccepted, signed.Exit, signed.Stderr)
	file := filepath.Join(t.TempDir(), "list.xml")
	require.NoError(t, os.WriteFile(file, []byte(signed.Stdout), 0o600))
	o := run([]string{"services", file, "--anchors", anchors, "--at", "2026-06-01T12:00:00Z"}, nil)
	require.Equal(t, command.ExitAccepted, o.Exit, o.Stdout)
	require.Contains(t, o.Stdout, `"uddi:x:v1"`)

	withKey := run([]string{"sign", "-", "--key", "../../testdata/pki/signer.key.pem", "--chain",
		"../../testdata/pki/signer-chain.pem"}, strings.NewReader(list))
	require.Equal(t, signed, withKey, "the drill's key is the one in testdata, and signing is deterministic")
}

// TestSignWarns: what verify has against a list is told when it is signed, and the list is signed all the same.
func TestSignWarns(t *testing.T) {
	cache := func(stylesheet string) string {
		return `"cache":{"strategy":"ENDPOINT_FIRST","key":{"inline":true,"text":"` + stylesheet +
			`"},"expiry":{"type":"none"}},`
	}
	second := `"services":[{"id":"uddi:x:v1","name":"X","endpoints":["https://y.example/"]},`
	for name, c := range map[string]struct{ old, with, says string }{
		"nothing": {`"id"`, `"id"`, ""},
		"a stylesheet": {`"endpoints"`, cache("<xsl:stylesheet") + `"endpoints"`,
			`xml-malformed: service "uddi:x:v1", cache: the cache of this service is off: `},
		"an expiry": {`"endpoints"`, strings.Replace(cache("<x/>"), "none", "ttl", 1) + `"endpoints"`,
			`expiry-invalid: service "uddi:x:v1", cache: the cache of this service is off: `},
		"a stylesheet away": {`"endpoints"`, strings.Replace(cache("https://x.example/"), "true", "false", 1) +
			`"endpoints"`, `key-not-signed: service "uddi:x:v1", cache: the cache of this service is off unless the ` +
			`application has its own copy`},
		"a URL":         {"https://x.example/", "ftp://x.example/", `url-invalid: service "uddi:x:v1", endpoint `},
		"two of one Id": {`"services":[`, second, `service-duplicate: service "uddi:x:v1": `},
		"an Id":         {`{"version"`, `{"id":"1","version"`, "verify refuses what was signed: "},
	} {
		t.Run(name, func(t *testing.T) {
			o := run([]string{"sign", "-"}, strings.NewReader(strings.Replace(list, c.old, c.with, 1)))
			require.Equal(t, command.ExitAccepted, o.Exit, o.Stderr)
			require.Contains(t, o.Stdout, "<ds:SignatureValue>")
			if c.says == "" {
				require.Empty(t, o.Stderr)
				return
			}
			require.True(t, strings.HasPrefix(o.Stderr, "bcp sign: warning: "+c.says), o.Stderr)
		})
	}
}

// TestSignWithOwnKey: a signer of another name, whose certificate begins after the list, is judged as its owner would.
func TestSignWithOwnKey(t *testing.T) {
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	key, err := drill.StoredKeyPEM("rsa3072")
	require.NoError(t, err)
	begins := time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC) // the list is of May
	signer, err := pki.IssueSigner("rsa3072", 99, func(c *x509.Certificate) {
		c.Subject.CommonName, c.NotBefore = "our hospital", begins
	})
	require.NoError(t, err)
	signed := func(text string, chain []*x509.Certificate) command.Outcome {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "key"), key, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "chain"), drill.PEM(chain...), 0o600))
		return run([]string{"sign", "-", "--key", filepath.Join(folder, "key"), "--chain",
			filepath.Join(folder, "chain")}, strings.NewReader(text))
	}
	o := signed(list, signer.Chain)
	require.Equal(t, command.ExitAccepted, o.Exit)
	require.Empty(t, o.Stderr)
	o = signed(strings.Replace(list, "2026-05", "2060-05", 1), signer.Chain)
	require.Equal(t, command.ExitAccepted, o.Exit)
	require.Contains(t, o.Stderr, "verify refuses what was signed: signer-expired: ")
	o = signed(list, signer.Chain[:1])
	require.Equal(t, command.ExitAccepted, o.Exit)
	require.Contains(t, o.Stderr, "not verified: the chain has no issuing CA")
}

func TestSignRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		exit int
		says string
		args []string
		in   io.Reader
	}{
		"no list":      {command.ExitUsage, "expected one LIST.json", nil, nil},
		"unknown flag": {command.ExitUsage, "frob", []string{"--frob", "-"}, nil},
		"key alone":    {command.ExitUsage, "go together", []string{"--key", anchors, "-"}, nil},
		"bad time":     {command.ExitUsage, "RFC 3339", []string{"--at", "now", "-"}, nil},
		"absent list":  {command.ExitUsage, "not found", []string{"nowhere.json"}, nil},
		"not a list":   {command.ExitRejected, "bad-call: ", []string{"-"}, strings.NewReader("{}")},
		"help":         {command.ExitAccepted, "", []string{"--help"}, nil},
		"not a key pair": {command.ExitRejected, "bad-call: ", []string{"-", "--key", anchors, "--chain", anchors},
			strings.NewReader(list)},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(append([]string{"sign"}, c.args...), c.in)
			require.Equal(t, c.exit, o.Exit, o.Stdout+o.Stderr)
			require.Contains(t, o.Stderr, c.says)
		})
	}
}
