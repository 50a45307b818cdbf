package client_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// TestMain is also the process that others kill: with BCP_CHAOS_DIR it publishes into that folder, as often as
// BCP_CHAOS_TIMES says, and prints the number of each record that is stored.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BCP_CHAOS_DIR"); dir != "" {
		times, _ := strconv.Atoi(os.Getenv("BCP_CHAOS_TIMES"))
		for range times {
			fmt.Println(publish(client.Dir(dir)))
		}
		return
	}
	os.Exit(m.Run())
}

// publish stores the record after the one that is kept, and returns its number.
func publish(d client.Dir) uint64 {
	var number uint64
	err := d.Update("catalogue", func(kept [][]byte) []byte {
		if len(kept) > 0 {
			number = numberOf(kept[0])
		}
		number++
		return recordOf(number)
	})
	if err != nil {
		panic(err)
	}
	return number
}

// recordOf is as large as a genuine catalogue, and says its number all over.
func recordOf(number uint64) []byte {
	return bytes.Repeat(binary.BigEndian.AppendUint64(nil, number), 8_000)
}

// numberOf is 0 for a record that is not whole.
func numberOf(record []byte) uint64 {
	if len(record) < 8 {
		return 0
	}
	number := binary.BigEndian.Uint64(record)
	if !bytes.Equal(record, recordOf(number)) {
		return 0
	}
	return number
}

func publisher(t *testing.T, dir string, times int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), "BCP_CHAOS_DIR="+dir, "BCP_CHAOS_TIMES="+strconv.Itoa(times))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	return command, bufio.NewScanner(out)
}

// A process that publishes is killed at any instant: what it stored is there, whole, and never older.
// BCP_KILLS says how often (make chaos-dir: 10,000).
func TestKilledPublisher(t *testing.T) {
	t.Parallel()
	kills := 25
	if n, err := strconv.Atoi(os.Getenv("BCP_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	lost, torn, older, stored := 0, 0, 0, uint64(0)
	for range kills {
		command, said := publisher(t, dir, 1_000_000)
		require.True(t, said.Scan(), "it published once")
		end := time.Now().Add(time.Duration(rand.IntN(8000)) * time.Microsecond)
		for {
			n, err := strconv.ParseUint(said.Text(), 10, 64)
			require.NoError(t, err)
			require.Greater(t, n, stored)
			stored = n
			if time.Now().After(end) || !said.Scan() {
				break
			}
		}
		require.NoError(t, command.Process.Kill())
		for said.Scan() { // what it stored before it died
			stored, _ = strconv.ParseUint(said.Text(), 10, 64)
		}
		_ = command.Wait()

		kept, err := client.Dir(dir).Load("catalogue")
		require.NoError(t, err)
		switch {
		case len(kept) == 0:
			lost++
		case numberOf(kept[0]) == 0:
			torn++
		case numberOf(kept[0]) < stored:
			older++
		}
		if len(kept) > 1 && numberOf(kept[1]) == 0 {
			torn++
		}
	}
	t.Logf("%d kills of a process that had published %d records: %d lost, %d torn, %d older", kills, stored,
		lost, torn, older)
	require.Zero(t, lost+torn+older)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.LessOrEqual(t, len(files), 5,
		"nothing is left behind but the two records, the lock, and a write that was cut")
}

// Two processes publish into one folder: nothing is torn for whoever reads meanwhile, and no record of either is lost.
func TestTwoPublishers(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no flock: only one process may write")
	}
	dir := t.TempDir()
	const times = 60
	var group sync.WaitGroup
	for range 2 {
		command, said := publisher(t, dir, times)
		group.Go(func() {
			for said.Scan() {
			}
			if err := command.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	last := uint64(0)
	for {
		kept, err := client.Dir(dir).Load("catalogue")
		require.NoError(t, err)
		for i, record := range kept {
			require.NotZero(t, numberOf(record))
			if i == 0 {
				require.GreaterOrEqual(t, numberOf(record), last)
				last = numberOf(record)
			}
		}
		select {
		case <-done:
			require.EqualValues(t, 2*times, publish(client.Dir(dir))-1)
			return
		default:
		}
	}
}

// Whatever lies where a record should be, the whole record beside it is found, and the next write mends both.
func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, file string){
		"absent":    func(t *testing.T, file string) { require.NoError(t, os.Remove(file)) },
		"empty":     func(t *testing.T, file string) { require.NoError(t, os.Truncate(file, 0)) },
		"cut":       func(t *testing.T, file string) { require.NoError(t, os.Truncate(file, 5_000)) },
		"no octets": func(t *testing.T, file string) { require.NoError(t, os.Truncate(file, 90)) },
		"zeros":     func(t *testing.T, file string) { put(t, file, make([]byte, 64_000)) },
		"foreign":   func(t *testing.T, file string) { put(t, file, []byte("<html>")) },
		"one bit":   func(t *testing.T, file string) { flip(t, file) },
		"huge": func(t *testing.T, file string) {
			put(t, file, nil)
			require.NoError(t, os.Truncate(file, 1<<40))
		},
		"a folder": func(t *testing.T, file string) {
			require.NoError(t, os.Remove(file))
			require.NoError(t, os.Mkdir(file, 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			d := client.Dir(dir)
			publish(d)
			publish(d)
			damage(t, filepath.Join(dir, "catalogue.bcp"))
			kept, err := d.Load("catalogue")
			if name == "absent" {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, bcperr.RecordDropped)
			}
			require.Len(t, kept, 1)
			require.EqualValues(t, 1, numberOf(kept[0]))
			if name == "a folder" {
				return // an operator's hand is needed
			}
			require.EqualValues(t, 2, publish(d))
			kept, err = d.Load("catalogue")
			require.NoError(t, err)
			require.EqualValues(t, 2, numberOf(kept[0]))
			require.EqualValues(t, 1, numberOf(kept[1]), "the torn record pushed nothing out")
		})
	}
}

func put(t *testing.T, file string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, data, 0o600))
}

func flip(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	put(t, file, data)
}

// A damaged record is told once, costs no call, and is mended by the next write.
func TestDamagedRecordIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "catalogue.bcp"), []byte("<html>"))
	put(t, filepath.Join(dir, "states.bcp"), nil)
	h := build(t, func(o *client.Options) { o.Store = client.Dir(dir) })
	_, err := h.client.Refresh(t.Context())
	require.NoError(t, err)
	response, _, err := h.post(t, "hub", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, 1, strings.Count(strings.Join(h.kinds(), " "), client.StorageDegraded))
	h.mu.Lock()
	defer h.mu.Unlock()
	at := slices.IndexFunc(h.events, func(e client.Event) bool { return e.Kind == client.StorageDegraded })
	require.Equal(t, bcperr.RecordDropped, h.events[at].Code)
	kept, err := client.Dir(dir).Load("catalogue")
	require.NoError(t, err)
	require.Len(t, kept, 1)
}

// A folder that cannot be used has a code, and costs nothing that was there.
func TestUnusableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, nil)
	require.ErrorIs(t, client.Dir(filepath.Join(file, "dir")).Update("states", recordAlways), bcperr.StorageUnavailable)

	dir := filepath.Join(t.TempDir(), "made", "here")
	d := client.Dir(dir)
	kept, err := d.Load("states")
	require.NoError(t, err)
	require.Empty(t, kept)
	require.NoError(t, d.Update("states", recordAlways))
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "nobody else reads it")

	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, d.Update("states", recordAlways), "deleted under way: made anew")

	if os.Getuid() != 0 {
		require.NoError(t, os.Chmod(dir, 0o500))
		require.ErrorIs(t, d.Update("states", func([][]byte) []byte { return []byte("other") }),
			bcperr.StorageUnavailable)
		kept, err := d.Load("states")
		require.NoError(t, err)
		require.Equal(t, [][]byte{[]byte("record")}, kept)
		require.NoError(t, os.Chmod(dir, 0o700))
	}
}

func recordAlways([][]byte) []byte { return []byte("record") }

func TestLock(t *testing.T) {
	t.Parallel()
	d := client.Dir(t.TempDir())
	release, err := d.Lock(t.Context(), "writer")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = d.Lock(ctx, "writer")
	require.ErrorIs(t, err, bcperr.StorageUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	release()
	release, err = d.Lock(t.Context(), "writer")
	require.NoError(t, err)
	release()
}

func TestWriteFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "servicelist.xml")
	for _, text := range []string{"one", "two"} {
		require.NoError(t, client.WriteFile(path, []byte(text), 0o644))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
	}
	require.ErrorIs(t, client.WriteFile(filepath.Join(path, "x"), nil, 0o644), bcperr.StorageUnavailable)
}

// paused is a store whose process is stopped before it writes the moment of a check.
type paused struct {
	client.Store
	meanwhile func()
}

func (p *paused) Update(name string, change func([][]byte) []byte) error {
	if name == "check" && p.meanwhile != nil {
		p.meanwhile()
	}
	return p.Store.Update(name, change)
}

// A process that was stopped while it asked does not set the moment of the last check back.
func TestCheckOfAStoppedProcess(t *testing.T) {
	var nowMs atomic.Int64
	nowMs.Store(time.Now().UnixMilli())
	clock := func() time.Time { return time.UnixMilli(nowMs.Load()) }
	store := &paused{Store: client.Memory()}
	h := build(t, func(o *client.Options) { o.Store, o.Now = store.Store, clock })
	start := func() *client.Client {
		o := h.options()
		o.Store, o.Now = store, clock
		one, err := client.New(o)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, one.Close()) })
		return one
	}
	store.meanwhile = func() {
		nowMs.Add(time.Hour.Milliseconds())
		_, err := h.client.Refresh(t.Context())
		require.NoError(t, err)
	}
	_, err := start().Refresh(t.Context())
	require.NoError(t, err)
	require.Equal(t, nowMs.Load(), start().Status().Catalogue.CheckedAtMs)
}
