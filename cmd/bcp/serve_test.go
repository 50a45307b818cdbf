package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// house is a simulated platform with its anchor in a file.
func house(t *testing.T) (p *platform.Platform, anchor string) {
	t.Helper()
	p, err := platform.Start(platform.Options{})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	anchor = filepath.Join(t.TempDir(), "anchor.pem")
	require.NoError(t, os.WriteFile(anchor, p.Anchors(), 0o600))
	return p, anchor
}

func TestMirrorCommand(t *testing.T) {
	p, anchor := house(t)
	dir := filepath.Join(t.TempDir(), "www")
	once := func() (command.Outcome, gateway.MirrorStatus) {
		args := []string{"mirror", p.CatalogueURL(), dir, "--anchors", anchor, "--environment", platform.Environment}
		o := run(args, nil)
		var s gateway.MirrorStatus
		require.NoError(t, json.Unmarshal([]byte(o.Stdout), &s), o.Stdout+o.Stderr)
		return o, s
	}
	o, s := once()
	require.Equal(t, 0, o.Exit)
	require.Equal(t, gateway.MirrorUpdated, s.Result)
	o, s = once()
	require.Equal(t, 0, o.Exit)
	require.Equal(t, gateway.MirrorUnchanged, s.Result)
	require.NoError(t, p.Do("publish bad tampered"))
	o, s = once()
	require.Equal(t, command.ExitRejected, o.Exit)
	require.Equal(t, gateway.MirrorRefused, s.Result)
	require.NoError(t, p.Do("fail catalogue refused"))
	o, s = once()
	require.Equal(t, command.ExitUnreachable, o.Exit)
	require.Equal(t, gateway.MirrorUnreachable, s.Result)
	verified := runVerify(t, filepath.Join(dir, "servicelist.xml"), anchor)
	require.Equal(t, command.ExitAccepted, verified.Exit, verified.Stdout)
	kept := run([]string{"history", filepath.Join(dir, "history", "chain.txt"), "--head", s.History.Head}, nil)
	require.Equal(t, command.ExitAccepted, kept.Exit, kept.Stdout)
}

func runVerify(t *testing.T, file, anchor string) command.Outcome {
	t.Helper()
	return run([]string{"verify", file, "--anchors", anchor, "--environment", platform.Environment}, nil)
}

func TestServeAndMirrorRefuse(t *testing.T) {
	_, anchor := house(t)
	all := []string{"--catalogue", "https://x.example/l.xml", "--anchors", anchor, "--environment", "E",
		"--dir", t.TempDir()}
	without := func(name string) (left []string) {
		for i := 0; i < len(all); i += 2 {
			if all[i] != name {
				left = append(left, all[i:i+2]...)
			}
		}
		return left
	}
	for name, c := range map[string]struct {
		command func([]string) command.Outcome
		args    []string
		says    string
	}{
		"no catalogue":    {serve, without("--catalogue"), "expected --catalogue"},
		"no anchors":      {serve, without("--anchors"), "expected --anchors"},
		"no environment":  {serve, without("--environment"), "expected --environment"},
		"no folder":       {serve, without("--dir"), "expected --dir"},
		"absent anchors":  {serve, append(without("--anchors"), "--anchors", "nowhere.pem"), "not found"},
		"anchors of none": {serve, append(without("--anchors"), "--anchors", "serve.go", "--listen", ":0"), "bad-call"},
		"a wrong origin": {serve, append(without(""), "--allow-origin", "*", "--listen", ":0", "--admin", "none"),
			"expected an origin"},
		"cookies": {serve, append(without(""), "--forward-header", "cookie", "--listen", ":0", "--admin", "none"),
			"never goes to an endpoint"},
		"an operand":      {serve, append(without(""), "x"), `got "x"`},
		"an unknown flag": {serve, []string{"--frob"}, "frob"},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.command(c.args)
			require.Equal(t, command.ExitUsage, o.Exit, o.Stderr)
			require.Contains(t, o.Stderr, c.says)
		})
	}
	require.Zero(t, serve([]string{"--help"}).Exit)
	o := serve(append(without(""), "--listen", "256.0.0.1:1"))
	require.Equal(t, command.ExitRejected, o.Exit)
	require.Contains(t, o.Stderr, "cannot listen on 256.0.0.1:1")
}

// The program as an operator runs it: it serves, forwards, tells the operator, and ends when asked.
func TestServeCommand(t *testing.T) {
	p, anchor := house(t)
	id, _ := p.ServiceID("etk")
	main, _ := p.URL("etk/0")
	var tr trust
	tr.catalogues, tr.anchors, tr.environment = names{p.CatalogueURL()}, names{anchor}, platform.Environment
	options, ended := tr.options()
	require.Nil(t, ended)
	var logged strings.Builder
	options.Log = slog.New(slog.NewTextHandler(&logged, nil))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	public, operator := freeAddress(t), freeAddress(t)
	done := make(chan error, 1)
	go func() {
		done <- serveUntil(ctx, gateway.Options{Client: options, Dir: t.TempDir()}, public, operator)
	}()
	get := func(address string) string {
		response, err := http.Get("http://" + address)
		if err != nil {
			return ""
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		return string(body)
	}
	require.Eventually(t, func() bool { return strings.Contains(get(public+"/healthz"), "true") }, 10*time.Second,
		20*time.Millisecond)
	post := func(path string) *http.Response {
		response, err := http.Post("http://"+public+path, "text/xml", strings.NewReader(
			`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q/></s:Body></s:Envelope>`))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response
	}
	require.Equal(t, 200, post("/endpoint?url="+url.QueryEscape(main)).StatusCode)
	require.NoError(t, p.Do("fail etk/0 refused"))
	gone := post("/endpoint?url=" + url.QueryEscape(main))
	require.Equal(t, 502, gone.StatusCode)
	require.Equal(t, "1", gone.Header.Get("X-Bcp-Not-Sent"))
	chosen := post("/service?id=" + url.QueryEscape(id))
	require.Equal(t, 200, chosen.StatusCode)
	require.Equal(t, "etk/1", p.Name(chosen.Header.Get("X-Bcp-Endpoint")))
	require.Contains(t, get(operator+"/metrics"), `bcp_service_failed_over{service="`+id+`"} 1`)
	require.Contains(t, get(operator+"/status"), `"failedOver":true`)
	stop()
	require.NoError(t, <-done)
	lines := strings.Split(strings.TrimSpace(logged.String()), "\n")
	require.Contains(t, lines[len(lines)-1], "msg=stopped")
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
