package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/command"
)

const (
	catalogue = "../../../testdata/catalogues/v1.xml"
	anchors   = "../../../testdata/pki/root.pem"
)

func TestVerifyFromFilesAndStandardInput(t *testing.T) {
	fromFile := run([]string{"verify", catalogue, "--anchors", anchors, "--at", "2026-06-01T12:00:00Z"}, nil)
	require.Equal(t, command.ExitAccepted, fromFile.Exit, fromFile.Stdout)
	signed, err := os.Open(catalogue)
	require.NoError(t, err)
	defer signed.Close()
	require.Equal(t, fromFile, run([]string{"verify", "-", "--anchors", anchors, "--at", "2026-06-01T12:00:00Z"}, signed))
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

	withKey := run([]string{"sign", "-", "--key", "../../../testdata/pki/signer.key.pem", "--chain", "../../../testdata/pki/signer-chain.pem"}, strings.NewReader(list))
	require.Equal(t, signed, withKey, "the drill's key is the one in testdata, and signing is deterministic")
}

func TestSignRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		exit int
		says string
		args []string
		in   io.Reader
	}{
		"no list":        {command.ExitUsage, "expected one LIST.json", nil, nil},
		"unknown flag":   {command.ExitUsage, "frob", []string{"--frob", "-"}, nil},
		"key alone":      {command.ExitUsage, "go together", []string{"--key", anchors, "-"}, nil},
		"bad time":       {command.ExitUsage, "RFC 3339", []string{"--at", "now", "-"}, nil},
		"absent list":    {command.ExitUsage, "not found", []string{"nowhere.json"}, nil},
		"not a list":     {command.ExitRejected, "bad-call: ", []string{"-"}, strings.NewReader("{}")},
		"help":           {command.ExitAccepted, "", []string{"--help"}, nil},
		"not a key pair": {command.ExitRejected, "bad-call: ", []string{"-", "--key", anchors, "--chain", anchors}, strings.NewReader(list)},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(append([]string{"sign"}, c.args...), c.in)
			require.Equal(t, c.exit, o.Exit, o.Stdout+o.Stderr)
			require.Contains(t, o.Stderr, c.says)
		})
	}
}
