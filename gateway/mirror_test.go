package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// mirrorOnce runs the mirror of a house into a folder.
func (h *house) mirrorOnce(dir string) gateway.MirrorStatus {
	h.t.Helper()
	s, err := gateway.Mirror(h.t.Context(), client.Options{
		Environment: "Drill", Catalogue: h.source.URL + "/list.xml", Anchors: [][]byte{drill.PEM(h.pki.Root)},
	}, dir)
	require.NoError(h.t, err)
	return s
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

func TestMirror(t *testing.T) {
	t.Parallel()
	h, dir := build(t, nil, well), filepath.Join(t.TempDir(), "www")
	holds := func(signed []byte) {
		t.Helper()
		require.Equal(t, string(signed), readFile(t, dir, "servicelist.xml"))
		require.Equal(t, digest(signed)+"\n", readFile(t, dir, "servicelist.sha2"))
		require.Equal(t, string(signed), readFile(t, dir, "history", digest(signed)+".xml"))
	}
	first := h.signed
	s := h.mirrorOnce(dir)
	require.Equal(t, gateway.MirrorUpdated, s.Result)
	require.True(t, s.OK)
	holds(first)
	for path, mode := range map[string]os.FileMode{dir: 0o755, dir + "/history": 0o755, dir + "/.state": 0o700} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), "a web server reads %s, and not the state", path)
	}
	s = h.mirrorOnce(dir)
	require.Equal(t, gateway.MirrorUnchanged, s.Result)
	require.Equal(t, 1, s.History.Entries)

	var stored gateway.MirrorStatus
	require.NoError(t, json.Unmarshal([]byte(readFile(t, dir, "status.json")), &stored))
	require.Equal(t, s, stored)

	h.breaks(func(w http.ResponseWriter) bool { _, _ = io.WriteString(w, "<html>"); return true })
	s = h.mirrorOnce(dir)
	require.Equal(t, gateway.MirrorRefused, s.Result)
	require.False(t, s.OK)
	require.NotEmpty(t, s.Code)
	require.Equal(t, digest(first), s.List.SHA256)
	holds(first)

	h.breaks(func(w http.ResponseWriter) bool { w.WriteHeader(404); return true })
	s = h.mirrorOnce(dir)
	require.Equal(t, gateway.MirrorUnreachable, s.Result)
	require.Equal(t, bcperr.Network, s.Code)
	holds(first)

	h.breaks(nil)
	h.publish(nil)
	require.Equal(t, gateway.MirrorUpdated, h.mirrorOnce(dir).Result)
	holds(h.signed)
	chain, err := history.Read([]byte(readFile(t, dir, "history", "chain.txt")))
	require.NoError(t, err)
	require.Len(t, chain.Entries, 2)
}

// What somebody changes or deletes in the folder comes back, and an older list never takes the place of a newer one.
func TestMirrorHeals(t *testing.T) {
	t.Parallel()
	h, dir := build(t, nil, well), t.TempDir()
	old := h.signed
	h.publish(nil)
	h.mirrorOnce(dir)
	newest := string(h.signed)
	for name, spoil := range map[string]func() error{
		"changed":    func() error { return os.WriteFile(filepath.Join(dir, "servicelist.xml"), []byte("x"), 0o600) },
		"older":      func() error { return os.WriteFile(filepath.Join(dir, "servicelist.xml"), old, 0o600) },
		"deleted":    func() error { return os.Remove(filepath.Join(dir, "servicelist.xml")) },
		"no hint":    func() error { return os.Remove(filepath.Join(dir, "servicelist.sha2")) },
		"no state":   func() error { return os.RemoveAll(filepath.Join(dir, ".state")) },
		"no history": func() error { return os.RemoveAll(filepath.Join(dir, "history")) },
	} {
		require.NoError(t, spoil())
		s := h.mirrorOnce(dir)
		require.True(t, s.OK, name)
		require.Equal(t, newest, readFile(t, dir, "servicelist.xml"), name)
		require.Equal(t, digest([]byte(newest))+"\n", readFile(t, dir, "servicelist.sha2"), name)
	}
	require.NoError(t, os.RemoveAll(filepath.Join(dir, ".state")))
	h.breaks(func(w http.ResponseWriter) bool { _, _ = w.Write(old); return true })
	s := h.mirrorOnce(dir)
	require.Equal(t, bcperr.CatalogueRollback, s.Code)
	require.Equal(t, newest, readFile(t, dir, "servicelist.xml"))
}

func TestMirrorCannotWrite(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	s := h.mirrorOnce(file)
	require.False(t, s.OK)
	require.Equal(t, gateway.MirrorUnwritable, s.Result)
	require.Equal(t, bcperr.StorageUnavailable, s.Code)
	require.Empty(t, readFile(t, file))
}

func TestMirrorsAtOnce(t *testing.T) {
	t.Parallel()
	h, dir := build(t, nil, well), t.TempDir()
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			s, err := gateway.Mirror(context.WithoutCancel(t.Context()), client.Options{
				Environment: "Drill", Catalogue: h.source.URL + "/list.xml", Anchors: [][]byte{drill.PEM(h.pki.Root)},
			}, dir)
			if err != nil || !s.OK {
				t.Error(s, err)
			}
		})
	}
	running.Wait()
	_, err := history.Read([]byte(readFile(t, dir, "history", "chain.txt")))
	require.NoError(t, err)
}

// killed says to the test binary that it is the process to be killed.
const killed = "BCP_TEST_MIRROR"

// TestKilledMirror kills a process that mirrors a list that changes all the time, BCP_KILLS times (10 by default).
// After each the folder holds a whole list, no older than the one before, and a chain that holds.
func TestKilledMirror(t *testing.T) {
	if source := os.Getenv(killed); source != "" {
		mirrorForEver(source)
	}
	times, _ := strconv.Atoi(os.Getenv("BCP_KILLS"))
	if times == 0 {
		times = 10
	}
	h, dir := build(t, nil, well), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "anchor.pem"), drill.PEM(h.pki.Root), 0o600))
	h.mirrorOnce(dir)
	lists := map[string]int{digest(h.signed): 0}
	newest, torn, older := 0, 0, 0
	for i := range times {
		command := exec.Command(os.Args[0], "-test.run=^TestKilledMirror$")
		command.Env = append(os.Environ(), killed+"="+h.source.URL+" "+dir)
		require.NoError(t, command.Start())
		for range 3 {
			h.publish(nil)
			lists[digest(h.signed)] = len(lists)
			time.Sleep(time.Duration(5+i*7%23) * time.Millisecond)
		}
		require.NoError(t, command.Process.Kill())
		_ = command.Wait()
		at, known := lists[digest([]byte(readFile(t, dir, "servicelist.xml")))]
		if !known {
			torn++
		}
		if at < newest {
			older++
		}
		newest = max(newest, at)
		if _, err := history.Read([]byte(readFile(t, dir, "history", "chain.txt"))); err != nil {
			torn++
		}
	}
	t.Logf("%d kills, %d lists, the last one seen is %d: torn %d, older %d", times, len(lists), newest, torn, older)
	require.Zero(t, torn)
	require.Zero(t, older)
	require.Equal(t, true, h.mirrorOnce(dir).OK)
	require.Equal(t, string(h.signed), readFile(t, dir, "servicelist.xml"))
}

func mirrorForEver(arguments string) {
	var source, dir string
	_, _ = fmt.Sscan(arguments, &source, &dir)
	anchor, _ := os.ReadFile(filepath.Join(dir, "anchor.pem"))
	for {
		_, _ = gateway.Mirror(context.Background(), client.Options{
			Environment: "Drill", Catalogue: source + "/list.xml", Anchors: [][]byte{anchor},
		}, dir)
	}
}
